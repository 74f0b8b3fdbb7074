"""Transactions that a command sends one after the other, each decided before the next is made."""

from __future__ import annotations

from ledger.chain.envelope import assemble
from ledger.encoding.codec import Value
from ledger.keys.address import MultisigKey, SenderKey
from nodechain.commands.sending.send import How, signed_envelope
from nodechain.commands.terminal.options import Invocation
from nodechain.errors import TimedOut, UsageError


def decided(invocation: Invocation, how: How, payload: Value, go_on: str) -> str:
    """The code with which the ledger decided a transaction; empty where it was applied. `go_on`: what to do after
    `TimedOut`."""
    _chain, envelope, signed = signed_envelope(invocation, how, payload, invocation.passwords)
    answer = invocation.node.submit(assemble(envelope, signed), wait_s=invocation.config.timeout)
    if answer["status"] == "waiting":
        raise TimedOut("a transaction is not decided yet", advice=go_on)
    return answer["code"]


def check_signs_alone(invocation: Invocation, how: How, key: SenderKey, what: str) -> None:
    """Raises `UsageError` (too_few_signatures) where this home cannot sign for an account by itself, or is to sign into
    a file, which holds one transaction. `what` is sent, for people.
    """
    if how["sign_only"] is not None:
        raise UsageError(
            f"{what} is many transactions: they are not signed as one file", advice="Leave out --sign-only."
        )
    if not isinstance(key, MultisigKey):
        return
    here = len({entry.public_key for entry in invocation.keystore.entries()} & set(key.keys))
    if here < key.threshold:
        raise UsageError(
            f"{here} of {key.threshold} signatures can be made here; nothing was sent",
            code="too_few_signatures",
            advice="Do it where enough of the keys are, or send what it shows one by one, signed by the others too.",
        )
