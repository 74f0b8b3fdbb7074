"""Memos: texts with payments and orders that one reader can open; keys published, memos sealed and read."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from ledger.encoding.codec import Value, encode
from ledger.encoding.times import format_time
from ledger.errors import InvalidInput
from ledger.keys.address import address_of, format_address, parse_address
from ledger.keys.keyfile import KeyKind
from ledger.memos.limits import MAX_MEMO_BYTES
from ledger.memos.payloads import SealedMemo, SetMemoKey, WithMemo
from ledger.memos.schema import MEMO_KEYS
from ledger.memos.sealing import SALT_BYTES, memo_public_key, memo_secret, open_memo, seal
from nodechain.client.answers.bank import Movement
from nodechain.client.visible_text import visible
from nodechain.commands.light import proven_entry
from nodechain.commands.sending.chain import signing_chain
from nodechain.commands.sending.send import TYPES, How, account_asked, events_of, send, sender_key, sender_name
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, table
from nodechain.errors import NotFound, UsageError
from nodechain.files.user_file import read_user_file

MEMO_SENT: Final = "memo_sent"
SEALED_FOR_OTHERS: Final = "(sealed for a key that is not here)"
_NO_MEMO: Final = "(no memo: it cannot be opened by the key that it names)"


class MemoAsked(msgspec.Struct, frozen=True):
    """What a person wants to say beside a transaction, and to whom where that is not its recipient."""

    text: str | None
    reader: str | None


def carrying(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a sending command the options of a memo; it gets `memo`, a `MemoAsked`, for `beside`."""

    @functools.wraps(function)
    def run(*arguments: Any, memo: Path | None, memo_to: str | None, **options: Any) -> Any:
        text = None if memo is None else _text_of(memo)
        return function(*arguments, memo=MemoAsked(text, memo_to), **options)

    for option in (
        click.option("--memo-to", metavar="READER", shell_complete=completing.accounts, help="Who reads the memo."),
        click.option(
            "--memo",
            type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
            metavar="FILE",
            help="A text that only its reader, and you, can open; `-`: typed in.",
        ),
    ):
        run = option(run)
    return run


def _text_of(path: Path) -> str:
    """A private text is never an argument: those stand in the shell's history, and in the list of processes."""
    try:
        data = _typed() if str(path) == "-" else read_user_file(path, MAX_MEMO_BYTES, "memo")
        return data.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no text in UTF-8", code="bad_memo") from None


def _typed() -> bytes:
    if sys.stdin.isatty():
        return str(click.prompt("Memo", err=True)).encode()
    return sys.stdin.buffer.read(MAX_MEMO_BYTES + 1)


def beside(invocation: Invocation, how: How, payload: Value, asked: MemoAsked, reader: bytes | None = None) -> Value:
    """`payload`, or what carries it and the memo that was asked for; `reader`: who reads it if nobody is named.

    The reader's key is proven, not taken on the node's word: who could choose it could read the memo. Raises
    `UsageError`, `NotFound` (no_memo_key), `InvalidInput` (memo_too_long, bad_memo, weak_memo_key).
    """
    if asked.text is None:
        if asked.reader is not None:
            raise UsageError("--memo-to without a memo", advice="Say --memo FILE too.")
        return payload
    if how["acting_for"] is not None:
        raise UsageError("an agent sends no memos for its owner", code="memo_for_owner", advice="Leave out --memo.")
    if asked.reader is not None:
        reader = invocation.address(asked.reader)
    if reader is None:
        raise UsageError("who shall read the memo?", code="no_memo_reader", advice="Say --memo-to READER.")
    said = invocation.node.memos.key(format_address(reader))
    if not said["longest"]:
        raise UsageError("this chain has no memos", code="module_off", advice="A vote switches the module memos on.")
    found = proven_entry(invocation, MEMO_KEYS, reader)
    if found is None:
        raise NotFound(
            f"{asked.reader or format_address(reader)} takes no memos",
            code="no_memo_key",
            advice="Its owner publishes a key with `nodechain memo publish`; or leave out the memo.",
        )
    name = sender_name(invocation)
    sealed = seal(
        asked.text,
        genesis_hash=signing_chain(invocation).genesis_hash,
        sender=address_of(sender_key(invocation, name)),
        secret=_own_secret(invocation, name),
        reader=reader,
        reader_key=found.key,
        salt=os.urandom(SALT_BYTES),
        longest=min(said["longest"], MAX_MEMO_BYTES),
    )
    return WithMemo(TYPES[type(payload)].number, encode(payload), sealed)


def _own_secret(invocation: Invocation, name: str) -> bytes:
    """The sender's, so that it can open what it wrote; an account of several owners uses one that is then forgotten."""
    if name in invocation.keystore.names():
        return memo_secret(invocation.passwords.open(invocation.keystore, name).secret_bytes)
    return os.urandom(32)


@click.group()
def memo() -> None:
    """Texts that only their reader, and who sent them, can open: --memo of transfer, market, bank, deal and swap."""


@memo.command()
@click.option(
    "--reader", "opens", metavar="NAME", shell_complete=completing.keys, help="Whose key reads (default: the sender's)."
)
@sending
def publish(invocation: Invocation, how: How, *, opens: str | None) -> None:
    """Publish the key with which memos to you are sealed: it follows from your account's own, or from that of NAME."""
    name = opens or sender_name(invocation)
    if name not in invocation.keystore.names():
        raise UsageError(
            f"{name} is no single key of this home",
            code="no_single_key",
            advice="Say --reader NAME: the key of this home that reads for the account.",
        )
    secret = memo_secret(invocation.passwords.open(invocation.keystore, name).secret_bytes)
    send(invocation, how, SetMemoKey(memo_public_key(secret)), done=f"Memos to you are sealed for {name} from now on.")


@memo.command()
@sending
def unpublish(invocation: Invocation, how: How) -> None:
    """Take no memos any more; old ones stay readable with the key."""
    send(invocation, how, SetMemoKey(b""), done="You take no memos any more.")


@memo.command()
@click.argument("account", required=False, shell_complete=completing.accounts)
@command
def key(invocation: Invocation, *, account: str | None) -> None:
    """For which key memos to ACCOUNT are sealed."""
    data = invocation.node.memos.key(account_asked(invocation, account, "`nodechain memo key NAME`"))
    text = (
        "It takes no memos." if data["key"] is None else fields([("key", data["key"]), ("since block", data["since"])])
    )
    invocation.show(data, text)


@memo.command()
@click.argument("identity", metavar="ID")
@command
def read(invocation: Invocation, *, identity: str) -> None:
    """Open the memo of transaction ID with a key of this home."""
    data = invocation.node.transaction(identity)
    found = [event for event in events_of(data) if event.get("kind") == MEMO_SENT]
    if not found:
        raise NotFound(f"transaction {identity} brought no memo", code="no_memo", advice="See `nodechain tx show`.")
    opened = Opener(invocation).opened(found[0])
    if opened is None:
        raise UsageError("the memo is sealed for a key that is not in this home", code="memo_not_yours",
                         advice="Run it where its reader's or its sender's key is.")  # fmt: skip
    names = invocation.names()
    sender, reader = (names.get(found[0][field], found[0][field]) for field in ("sender", "reader"))
    shown = {"id": data["id"], "sender": found[0]["sender"], "reader": found[0]["reader"], "memo": opened}
    invocation.show(shown, fields([("from", sender), ("to", reader), ("memo", visible(opened))]))


@memo.command("list")
@click.argument("account", required=False, shell_complete=completing.accounts)
@click.option("--since", metavar="DATE", help="From this day or time on (2026-11-28, 2026-11-28T12:00Z; UTC).")
@command
def list_(invocation: Invocation, *, account: str | None, since: str | None) -> None:
    """All memos to and from ACCOUNT, oldest first, opened with the keys of this home."""
    address = account_asked(invocation, account, "`nodechain memo list NAME`")
    movements = invocation.node.statement(address, from_time=since)
    rows = [
        {"time": format_time(movement["time_ms"]), "id": movement["transaction_id"], "sender": event["sender"],
         "reader": event["reader"], "memo": text}
        for movement, event, text in opened_of(invocation, movements)
    ]  # fmt: skip
    names = invocation.names()
    lines = [
        (row["time"], *(names.get(row[name], row[name]) for name in ("sender", "reader")), row["memo"]) for row in rows
    ]
    text = table(("TIME (UTC)", "FROM", "TO", "MEMO"), lines) if rows else "No memos."
    invocation.show({"address": address, "memos": rows}, text, rows, columns=("time", "id", "sender", "reader", "memo"))


def opened_of(invocation: Invocation, movements: Sequence[Movement]) -> Iterator[tuple[Movement, dict[str, Any], str]]:
    """Each memo of an account's movements with its text, or with what keeps it shut."""
    opener = Opener(invocation)
    for movement in movements:
        for event in movement["events"]:
            if event.get("kind") == MEMO_SENT:
                try:
                    text = opener.opened(event)
                except InvalidInput:
                    text = _NO_MEMO
                yield movement, event, SEALED_FOR_OTHERS if text is None else text


class Opener:
    """Opens memos with the account keys of a home, each unlocked at most once, and only if a memo may be for it."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self._secrets: dict[str, bytes] = {}
        self._genesis_hash = b""

    def opened(self, event: Mapping[str, Any]) -> str | None:
        """The text; None where no key of the home opens it. Raises `InvalidInput` (bad_memo) for what is no memo."""
        sealed = SealedMemo(
            parse_address(event["reader"]),
            *(bytes.fromhex(event[name]) for name in ("reader_key", "sender_key", "salt", "sealed")),
        )
        secret = self._secret({sealed.reader_key, sealed.sender_key}, (event["reader"], event["sender"]))
        if secret is None:
            return None
        if not self._genesis_hash:
            self._genesis_hash = signing_chain(self._invocation).genesis_hash
        sender = parse_address(event["sender"])
        return open_memo(sealed, genesis_hash=self._genesis_hash, sender=sender, secret=secret)

    def _secret(self, wanted: set[bytes], accounts: tuple[str, ...]) -> bytes | None:
        """First the keys of the accounts that are named: opening a key file takes long."""
        entries = [entry for entry in self._invocation.keystore.entries() if entry.kind == KeyKind.ACCOUNT]
        entries.sort(key=lambda entry: format_address(entry.address) not in accounts)
        for entry in entries:
            if entry.name not in self._secrets:
                opened = self._invocation.passwords.open(self._invocation.keystore, entry.name)
                self._secrets[entry.name] = memo_secret(opened.secret_bytes)
            secret = self._secrets[entry.name]
            if memo_public_key(secret) in wanted:
                return secret
        return None
