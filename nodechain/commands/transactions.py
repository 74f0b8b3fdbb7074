"""`nodechain tx`: show, decode, wait for, sign and send transactions."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, Final

import click

from ledger.chain.envelope import Transaction, sign_message
from ledger.errors import InvalidInput
from ledger.keys.address import format_address
from nodechain.api.render import struct
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.sending.chain import known_denominations, known_words, require_chain, signing_chain, words_of
from nodechain.commands.sending.offline import (
    OfflineTransaction,
    encode_offline,
    offline_data,
    offline_text,
    read_offline,
)
from nodechain.commands.sending.refusals import refusal
from nodechain.commands.sending.send import sender_key, sender_name, signatures, submit
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.event_text import event_lines, payload_text
from nodechain.commands.terminal.options import Invocation, command, signing
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.passwords import Passwords, confirm
from nodechain.commands.terminal.progress import Progress
from nodechain.commands.terminal.words import Words
from nodechain.errors import NotFound, TimedOut, UsageError
from nodechain.files.user_file import write_user_file
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.modules import REGISTRY

POLL_S: Final = 0.2
_ID: Final = re.compile(r"[0-9a-fA-F]{64}")


@click.group()
def tx() -> None:
    """Transactions: by id, from bytes, or from a file between co-owners."""


@tx.command()
@click.argument("identity", metavar="ID|FILE")
@command
def show(invocation: Invocation, *, identity: str) -> None:
    """A transaction and what became of it; or what a FILE from --sign-only holds, and who has signed it."""
    if _ID.fullmatch(identity) is None:
        held = offline_data(read_offline(Path(identity)), known_denominations(invocation))
        invocation.show(held, offline_text(held, known_words(invocation)))
        return
    data = invocation.node.transaction(identity)
    invocation.show(data, _text(data, words_of(invocation)))


def _agree(invocation: Invocation, transaction: OfflineTransaction, *, yes: bool) -> None:
    """Nobody signs blind: what the file holds is shown, and then asked."""
    if not yes:
        click.echo(
            offline_text(offline_data(transaction, known_denominations(invocation)), known_words(invocation)), err=True
        )
    confirm("Sign this transaction?", yes=yes)


def _text(data: TransactionAnswer, words: Words) -> str:
    shown: list[tuple[str, object]] = [("transaction", data["id"]), ("status", data["status"])]
    if data["status"] == "decided":
        shown += [("height", data["height"]), ("outcome", data["code"] or "applied")]
    if data["explanation"]:
        shown.append(("because", data["explanation"]))
    found = data["transaction"]
    if found is not None:
        sender = words.who(found["sender"])
        shown += [("type", found["type"]), ("sender", sender), ("nonce", found["nonce"])]
        shown.append(("payload", payload_text(found["type"], found["payload"], words)))
    events = [] if data["receipt"] is None else data["receipt"]["events"]
    return "\n".join([fields(shown), *event_lines(events, words)])


@tx.command()
@click.argument("raw", metavar="HEX")
@command
def decode(invocation: Invocation, *, raw: str) -> None:
    """Decode a transaction's bytes (hex); asks no node."""
    try:
        transaction = REGISTRY.decode(bytes.fromhex(raw))
    except ValueError:
        raise UsageError("the text is not hexadecimal") from None
    envelope = transaction.envelope
    data: dict[str, Any] = {
        "id": transaction.id.hex(),
        "chain_id": envelope.chain_id,
        "type": REGISTRY.types[envelope.type].name,
        "sender": format_address(transaction.sender),
        "nonce": envelope.nonce,
        "valid_until_height": envelope.valid_until_height,
        "fee": envelope.fee,
        "payload": str(transaction.payload),
        "signatures_valid": _verdict(invocation, transaction),
    }
    payload = struct(known_denominations(invocation), transaction.payload)
    said = {**data, "payload": payload_text(data["type"], payload, known_words(invocation))}
    invocation.show(data, fields(list(said.items())))


def _verdict(invocation: Invocation, transaction: Transaction) -> bool | None:
    """Whether the signatures are right; None where the home does not know the chain's genesis, which they cover."""
    file = Home(invocation.home).genesis
    genesis = read_genesis(file) if file.is_file() else None
    if genesis is None or genesis.chain_id != transaction.envelope.chain_id:
        return None
    return transaction.verify_signatures(genesis.hash)


@tx.command()
@click.argument("identity", metavar="ID")
@click.option("--timeout", type=click.IntRange(1, 3_600), default=60, show_default=True, help="Seconds.")
@command
def wait(invocation: Invocation, *, identity: str, timeout: int) -> None:
    """Wait until a transaction is decided."""
    with Progress("waiting for the decision"):
        data = _decided(invocation, identity, timeout)
    if data["code"]:
        raise refusal(invocation, data)
    invocation.show(data, _text(data, words_of(invocation)))


def _decided(invocation: Invocation, identity: str, timeout_s: int) -> TransactionAnswer:
    deadline = time.monotonic() + timeout_s
    while True:
        data = _look(invocation, identity)
        if data is not None and data["status"] == "decided":
            return data
        if time.monotonic() >= deadline:
            raise TimedOut(f"transaction {identity} is not decided after {timeout_s} s")
        time.sleep(POLL_S)


def _look(invocation: Invocation, identity: str) -> TransactionAnswer | None:
    try:
        return invocation.node.transaction(identity)
    except NotFound:
        return None


@tx.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--from",
    "sender",
    metavar="NAME",
    shell_complete=accounts,
    help="The multi-signature account, as the address book calls it.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@signing
def sign(invocation: Invocation, *, file: Path, sender: str | None, yes: bool) -> None:
    """Show what FILE (from --sign-only) holds, and add the signatures that this home can make."""
    del sender
    transaction = read_offline(file)
    require_chain(invocation, transaction.chain, str(file))
    name = sender_name(invocation)
    key = sender_key(invocation, name)
    if key != transaction.decoded.sender_key:
        raise UsageError(f"{file} is not sent by {name}", advice="Name its account with --from.")
    _agree(invocation, transaction, yes=yes)
    made = signatures(
        invocation, name, key, sign_message(transaction.decoded, transaction.chain.genesis_hash), Passwords()
    )
    joined = transaction.with_signatures(made)
    write_user_file(file, encode_offline(joined))
    missing = f"{joined.missing} signatures are missing." if joined.missing else "`nodechain tx send` sends it."
    invocation.show({"file": str(file), "signatures": len(joined.signatures), "missing": joined.missing}, missing)


@tx.command("send")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--no-wait", is_flag=True, help="Do not wait for the decision.")
@signing
def send_(invocation: Invocation, *, file: Path, no_wait: bool) -> None:
    """Send the signed transaction in FILE."""
    found = read_offline(file)
    require_chain(invocation, found.chain, str(file))
    signing_chain(invocation)
    try:
        raw = found.assembled()
    except InvalidInput as error:
        raise UsageError(error.detail, code=error.code) from None
    submit(invocation, raw, wait=not no_wait, done=f"Sent {file}.")
