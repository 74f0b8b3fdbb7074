"""Build, sign and send a transaction, wait for its decision, and say what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, TypedDict

import click

from ledger.address import MultisigKey, SenderKey, address_of, format_address
from ledger.amounts import parse_amount
from ledger.chain_identity import ChainIdentity
from ledger.codec import Value, encode
from ledger.keyfile import KeyKind
from ledger.module import LEDGER
from ledger.transactions.envelope import Envelope, Signature, Transaction, assemble, sign_message, unsigned
from market.module import MARKET
from nodechain.client.rest import Answer
from nodechain.commands.chain import signing_chain
from nodechain.commands.events_text import event_lines
from nodechain.commands.offline import OfflineTransaction, write_offline
from nodechain.commands.options import Invocation
from nodechain.commands.output import fields
from nodechain.commands.passwords import Passwords
from nodechain.errors import NotFound, Refused, TimedOut, Unreachable, UsageError, WrongSecret

TYPES: Final = {kind.payload: kind for module in (LEDGER, MARKET) for kind in module.types}


class How(TypedDict):
    """The sending options of a command."""

    fee: str
    wait: bool
    valid_until: int
    sign_only: Path | None


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
            code="no_sender",
            advice="Make one: nodechain keys new NAME.",
        )
    raise UsageError("say who sends", code="no_sender", advice=f"--from one of: {', '.join(sorted(accounts))}.")


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
    invocation: Invocation, how: How, payload: Value, *, done: str, passwords: Passwords | None = None
) -> dict[str, Any] | None:
    """Send `payload` from the sender and show the decision; `done` says for people what was done."""
    name = sender_name(invocation)
    key = sender_key(invocation, name)
    chain = signing_chain(invocation)
    envelope = make_envelope(invocation, chain, how, key, payload)
    message = sign_message(envelope, chain.genesis_hash)
    signed = signatures(invocation, name, key, message, passwords or Passwords())
    if how["sign_only"] is not None:
        write_offline(how["sign_only"], OfflineTransaction(chain, encode(envelope), signed))
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


def make_envelope(invocation: Invocation, chain: ChainIdentity, how: How, key: SenderKey, payload: Value) -> Envelope:
    """The unsigned envelope: the next nonce is read from the node, never typed."""
    account = invocation.api.get(f"/v1/accounts/{format_address(address_of(key))}")
    return unsigned(
        chain.id,
        TYPES[type(payload)].number,
        key,
        int(account["next_nonce"]),
        payload,
        valid_until=how["valid_until"],
        fee=parse_amount(how["fee"]),
    )


def submit(invocation: Invocation, raw: bytes, *, wait: bool, done: str) -> dict[str, Any]:
    """Hand a signed transaction over and show what becomes of it."""
    look = f"nodechain tx wait {Transaction(raw).id.hex()}"
    seconds = invocation.config.timeout if wait else 0
    query = f"?wait=decided&timeout={seconds}" if wait else ""
    try:
        answer = invocation.api.post(f"/v1/transactions{query}", raw, timeout_s=seconds)
    except (TimedOut, Unreachable) as error:
        if error.code not in (TimedOut.code, Unreachable.code):
            raise
        # The connection was lost after the transaction was on its way: nobody here knows what the node did with it.
        advice = f"The transaction may be decided nevertheless: {look}. Do not send it again blindly."
        raise type(error)(error.detail, advice=advice) from error
    except KeyboardInterrupt:
        click.echo(f"The transaction may be decided nevertheless: {look}", err=True)
        raise
    if not wait:
        invocation.show(answer.data, f"Sent, not decided yet: {answer.data['id']}\nLook with `{look}`.")
        return dict(answer.data)
    return show_decision(invocation, answer, done)


def show_decision(invocation: Invocation, answer: Answer, done: str) -> dict[str, Any]:
    """Print a decided transaction; raises `Refused` with the ledger's reason, `TimedOut` if nothing is decided."""
    data: dict[str, Any] = answer.data
    if data["status"] == "waiting":
        raise TimedOut(
            f"transaction {data['id']} is not decided yet",
            advice=f"It may still be: nodechain tx wait {data['id']}. Do not send it again blindly.",
        )
    if data["code"]:
        raise Refused(f"{data['explanation']} (transaction {data['id']})", code=data["code"])
    receipt = data["receipt"] or {}
    fee = receipt.get("fee", {}).get("tokens", "0")
    shown = [("block", data["height"]), ("transaction", data["id"])]
    if fee != "0":
        shown.append(("fee", fee))
    lines = event_lines(receipt.get("events", []), invocation.names())
    invocation.show(data, "\n".join([done, *lines, fields(shown)]))
    return data
