"""One transaction of several that a command sends, each after the one before was decided."""

from __future__ import annotations

from ledger.chain.envelope import assemble
from ledger.encoding.codec import Value
from ledger.keys.address import MultisigKey
from nodechain.commands.sending.refusals import fee_refusal, refusal
from nodechain.commands.sending.send import How, signed_envelope
from nodechain.commands.terminal.options import Invocation
from nodechain.errors import LedgerRefused, TimedOut, UsageError


def require_waiting(how: How, what: str) -> None:
    """Raises `UsageError` where one is not to wait for what is sent."""
    if how["sign_only"] is not None or not how["wait"]:
        raise UsageError(f"{what} sends several transactions, each after the one before was decided")


def submit_decided(invocation: Invocation, how: How, payload: Value, what: str, again: str) -> None:
    """Send one and wait for it; `what` it is and how to go on (`again`) stand in the errors.

    Raises `LedgerRefused`, `TimedOut`, `UsageError` (too_few_signatures).
    """
    _chain, envelope, signed = signed_envelope(invocation, how, payload, invocation.passwords)
    key = envelope.sender_key
    if isinstance(key, MultisigKey) and len(signed) < key.threshold:
        raise UsageError(f"{len(signed)} of {key.threshold} signatures can be made here", code="too_few_signatures")
    raw = assemble(envelope, signed)
    try:
        answer = invocation.node.submit(raw, wait_s=invocation.config.timeout)
    except LedgerRefused as error:
        told = fee_refusal(invocation, raw, error)
        raise LedgerRefused(f"{what}: {told.detail}", code=told.code, advice=told.advice) from None
    if answer["status"] == "waiting":
        raise TimedOut(f"{what} is not decided yet ({answer['id']})", advice=again)
    if answer["code"]:
        told = refusal(invocation, answer)
        raise LedgerRefused(f"{what}: {told.detail}", code=told.code, advice=told.advice)
