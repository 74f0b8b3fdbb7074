"""Build, sign and send a transaction, wait for its decision, and say what became of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypedDict

import click

from ledger.agents.payloads import ActForOwner
from ledger.chain.envelope import Envelope, Signature, Transaction, assemble, sign_message, unsigned
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Value, encode
from ledger.keys.address import MultisigKey, SenderKey, address_of, format_address
from ledger.keys.keyfile import KeyKind
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.sending.chain import denominations, signing_chain, words_of
from nodechain.commands.sending.offline import OfflineTransaction, encode_offline
from nodechain.commands.sending.refusals import fee_refusal, refusal
from nodechain.commands.terminal.event_text import event_lines
from nodechain.commands.terminal.options import Invocation
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.passwords import Passwords
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import BadAnswer, LedgerRefused, NotFound, TimedOut, Unreachable, UsageError, WrongSecret
from nodechain.modules import MODULES

TYPES: Final = {kind.payload: kind for module in MODULES for kind in module.types}


Done = str | Callable[[TransactionAnswer], str]
"""What a command says when its transaction was applied; for some it depends on what the receipt tells."""


NO_SENDER: Final = "no_sender"


class How(TypedDict):
    """The sending options of a command."""

    acting_for: str | None
    fee: str
    wait: bool
    valid_until: int
    sign_only: Path | None


def account_asked(invocation: Invocation, named: str | None, how: str) -> str:
    """The address that a question is about: as named, else the home's own account. `how`: what to say to name one."""
    try:
        return invocation.address_text(named or sender_name(invocation))
    except UsageError as error:
        if error.code != NO_SENDER:
            raise
        raise UsageError(f"whose? {error.detail}", code=NO_SENDER, advice=f"Say {how}. {error.advice}") from None


def sender_name(invocation: Invocation) -> str:
    """Who sends: --from, the setting `sender`, or the home's only account key."""
    if invocation.config.sender:
        return invocation.config.sender
    accounts = [key.name for key in invocation.keystore.entries() if key.kind == KeyKind.ACCOUNT]
    if len(accounts) == 1:
        return accounts[0]
    if not accounts:
        raise UsageError(
            f"there is no account key in {invocation.home}",
            code=NO_SENDER,
            advice="Make one: nodechain keys new NAME.",
        )
    raise UsageError(
        f"{invocation.home} holds several account keys",
        code=NO_SENDER,
        advice=f"Name one of them: {', '.join(sorted(accounts))}.",
    )


def sender_key(invocation: Invocation, name: str) -> SenderKey:
    """The public key, or multi-signature key, of a sender's name."""
    if name in invocation.keystore.names():
        return invocation.keystore.get(name).public_key
    found = invocation.book.multisig(name)
    if found is None:
        raise NotFound(
            f"there is no key {name} in {invocation.home}", code="no_key", advice="See `nodechain keys list`."
        )
    return found


def signatures(
    invocation: Invocation, name: str, key: SenderKey, message: bytes, passwords: Passwords
) -> tuple[Signature, ...]:
    """What this home can sign of it: the single key, or as many of a multi-signature account's keys as are needed."""
    if isinstance(key, bytes):
        return (Signature(0, passwords.open(invocation.keystore, name).sign(message)),)
    return _shared(invocation, key, message, passwords)


def _shared(invocation: Invocation, key: MultisigKey, message: bytes, passwords: Passwords) -> tuple[Signature, ...]:
    local = {entry.public_key: entry.name for entry in invocation.keystore.entries()}
    found = [
        Signature(index, passwords.open(invocation.keystore, local[single]).sign(message))
        for index, single in enumerate(key.keys)
        if single in local
    ]
    return tuple(found[: key.threshold])


def send(
    invocation: Invocation, how: How, payload: Value, *, done: Done, passwords: Passwords | None = None,
    nonce: int | None = None,
) -> TransactionAnswer | None:  # fmt: skip
    """Send `payload` from the sender and show the decision; `done` says for people what was done. `nonce`: where it is
    not the account's next one."""
    chain, envelope, signed = signed_envelope(invocation, how, payload, passwords or invocation.passwords, nonce)
    key = envelope.sender_key
    if how["sign_only"] is not None:
        invocation.write_file(how["sign_only"], encode_offline(OfflineTransaction(chain, encode(envelope), signed)))
        text = f"Written to {how['sign_only']}; `nodechain tx send` sends it."
        invocation.show({"file": str(how["sign_only"]), "signatures": len(signed)}, text)
        return None
    if isinstance(key, MultisigKey) and len(signed) < key.threshold:
        raise WrongSecret(
            f"{len(signed)} of {key.threshold} signatures can be made here",
            code="too_few_signatures",
            advice="Use --sign-only FILE and let the other owners run `nodechain tx sign FILE`.",
        )
    return submit(invocation, assemble(envelope, signed), wait=how["wait"], done=done)


def signed_envelope(
    invocation: Invocation, how: How, payload: Value, passwords: Passwords, nonce: int | None = None
) -> tuple[ChainIdentity, Envelope, tuple[Signature, ...]]:
    """The sender's envelope for the node's chain, with what this home can sign of it; around `payload`, or around what
    an agent sends for the owner that `--for` names.
    """
    if how["acting_for"] is not None:
        payload = for_owner(invocation.address(how["acting_for"]), payload)
    name = sender_name(invocation)
    key = sender_key(invocation, name)
    chain = signing_chain(invocation)
    envelope = make_envelope(invocation, chain, how, key, payload, nonce)
    message = sign_message(envelope, chain.genesis_hash)
    return chain, envelope, signatures(invocation, name, key, message, passwords)


def for_owner(owner: bytes, payload: Value) -> ActForOwner:
    """What an agent sends so that `payload` is its owner's; raises `UsageError` (not_delegable)."""
    kind = TYPES[type(payload)]
    if kind.uses is None:
        names = ", ".join(sorted(each.name for each in TYPES.values() if each.uses is not None))
        raise UsageError(f"{kind.name} is sent for nobody else", code="not_delegable", advice=f"These are: {names}.")
    return ActForOwner(owner, kind.number, encode(payload))


def make_envelope(
    invocation: Invocation, chain: ChainIdentity, how: How, key: SenderKey, payload: Value, nonce: int | None = None
) -> Envelope:
    """The unsigned envelope: the next nonce is read from the node, never typed, unless the type has another."""
    if nonce is None:
        nonce = invocation.node.account(format_address(address_of(key)))["next_nonce"]
    return unsigned(
        chain.id,
        TYPES[type(payload)].number,
        key,
        nonce,
        payload,
        valid_until=how["valid_until"],
        fee=_fee(invocation, how["fee"]),
    )


def _fee(invocation: Invocation, text: str) -> int:
    """Base units of the chain's fee asset; nobody is asked how to write none."""
    if text == "0":
        return 0
    chain = denominations(invocation)
    return chain.parse(chain.fee_asset, text)


def submit(invocation: Invocation, raw: bytes, *, wait: bool, done: Done) -> TransactionAnswer:
    """Hand a signed transaction over and show what becomes of it."""
    look = f"nodechain tx wait {Transaction(raw).id.hex()}"
    seconds = invocation.config.timeout if wait else 0
    try:
        with Progress("waiting for the decision"):
            answer = invocation.node.submit(raw, wait_s=seconds)
    except LedgerRefused as error:
        raise fee_refusal(invocation, raw, error) from None
    except (TimedOut, Unreachable) as error:
        if error.code not in (TimedOut.code, Unreachable.code, BadAnswer.code):
            raise
        # The connection was lost after the transaction was on its way: nobody here knows what the node did with it.
        advice = f"The transaction may be decided nevertheless: {look}. Do not send it again blindly."
        raise type(error)(error.detail, advice=advice) from error
    except KeyboardInterrupt:
        click.echo(f"The transaction may be decided nevertheless: {look}", err=True)
        raise
    if not wait:
        invocation.show(answer, f"Sent, not decided yet: {answer['id']}\nLook with `{look}`.")
        return answer
    return show_decision(invocation, answer, done)


def events_of(answer: TransactionAnswer) -> list[dict[str, Any]]:
    """The events of a decided transaction."""
    return [] if answer["receipt"] is None else answer["receipt"]["events"]


def show_decision(invocation: Invocation, data: TransactionAnswer, done: Done) -> TransactionAnswer:
    """Print a decided transaction; raises `LedgerRefused` with the ledger's code, `TimedOut` if nothing is decided."""
    if data["status"] == "waiting":
        raise TimedOut(
            f"transaction {data['id']} is not decided yet",
            advice=f"It may still be: nodechain tx wait {data['id']}. Do not send it again blindly.",
        )
    if data["code"]:
        raise refusal(invocation, data)
    receipt = data["receipt"]
    fee = "0" if receipt is None else receipt["fee"]["tokens"]
    shown = [("block", data["height"]), ("transaction", data["id"])]
    if fee != "0":
        shown.append(("fee", fee))
    lines = event_lines(events_of(data), words_of(invocation))
    said = done if isinstance(done, str) else done(data)
    invocation.show(data, "\n".join([said, *lines, fields(shown)]))
    return data
