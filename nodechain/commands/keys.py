"""`nodechain keys`: create, import, list and protect keys; the address book."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ledger.keys.address import MultisigKey, format_address, format_key, parse_key
from ledger.keys.crypto import Algorithm
from ledger.keys.keyfile import COST_LIGHT, COST_STANDARD, Keyfile, KeyKind
from ledger.limits import MAX_KEYFILE_BYTES
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.options import Invocation, address_shown, command
from nodechain.commands.terminal.output import fields, table
from nodechain.commands.terminal.passwords import Passwords, confirm
from nodechain.commands.terminal.recovery_phrase import check_free, hand_over
from nodechain.files.durable_file import make_directory
from nodechain.files.user_file import check_absent, read_user_file, write_user_file
from nodechain.home.keystore import Keystore, new_mnemonic

_KIND = click.option(
    "--kind", type=click.Choice([kind.value for kind in KeyKind]), default="account", show_default=True
)
_LIGHT = click.option("--light", is_flag=True, help="For small devices: a cheaper key derivation.")


@click.group()
def keys() -> None:
    """The keys of this home, and names for other people's addresses."""


def _store(invocation: Invocation, *, light: bool) -> Keystore:
    make_directory(invocation.home)
    cost = COST_LIGHT if light else COST_STANDARD
    return Keystore(invocation.home / "keys", cost=cost, taken=invocation.book.names)


def _view(key: Keyfile) -> dict[str, Any]:
    return {
        "name": key.name,
        "kind": key.kind.value,
        "address": format_address(address_shown(key)),
        "public_key": format_key(key.public_key),
        "path": key.path,
    }


def _show(invocation: Invocation, key: Keyfile, title: str) -> None:
    view = _view(key)
    invocation.show(view, f"{title}\n{fields(list(view.items()))}")


@keys.command()
@click.argument("name")
@_KIND
@click.option("--p256", is_flag=True, help="ECDSA P-256, for devices; it has no recovery phrase.")
@click.option("--mnemonic-file", type=click.Path(dir_okay=False, path_type=Path), help="Write the phrase there.")
@_LIGHT
@command
def new(invocation: Invocation, *, name: str, kind: str, p256: bool, mnemonic_file: Path | None, light: bool) -> None:
    """Make a key NAME; its 24 words are shown once, on the terminal, or written to a file."""
    store = _store(invocation, light=light)
    if p256:
        key = store.create(name, KeyKind(kind), Passwords().ask_new(name), algorithm=Algorithm.P256)
        _show(invocation, key, "Made a P-256 key; back up its file.")
        return
    check_free(mnemonic_file)
    phrase = new_mnemonic()
    key = store.import_mnemonic(name, KeyKind(kind), Passwords().ask_new(name), phrase)
    hand_over(phrase, mnemonic_file)
    _show(invocation, key, "Made a key.")


@keys.command("list")
@command
def list_(invocation: Invocation) -> None:
    """The keys of this home; damaged files are named."""
    views = [_view(key) for key in invocation.keystore.entries()]
    damaged = [{"name": entry.name, "reason": entry.reason} for entry in invocation.keystore.damaged()]
    text = table(("NAME", "KIND", "ADDRESS"), [(view["name"], view["kind"], view["address"]) for view in views])
    if damaged:
        text += "\n\nDamaged: " + ", ".join(f"{entry['name']} ({entry['reason']})" for entry in damaged)
    invocation.show(
        {"keys": views, "damaged": damaged},
        text if views or damaged else "No keys.",
        views,
        columns=("name", "kind", "address"),
    )


@keys.command()
@click.argument("name", shell_complete=completing.keys)
@command
def show(invocation: Invocation, *, name: str) -> None:
    """A key's address and public key."""
    _show(invocation, invocation.keystore.get(name), name)


@keys.command("import")
@click.argument("name")
@click.option("--file", "path", type=click.Path(dir_okay=False, path_type=Path), help="An exported key file.")
@_KIND
@click.option(
    "--index", type=click.IntRange(0, 2**31 - 1), default=0, help="Which key of its kind (init makes several)."
)
@_LIGHT
@command
def import_(invocation: Invocation, *, name: str, path: Path | None, kind: str, index: int, light: bool) -> None:
    """Bring a key in, from its file or from its 24 words (asked for, hidden)."""
    store = _store(invocation, light=light)
    if path is not None:
        content = read_user_file(path, MAX_KEYFILE_BYTES, "key file")
        key = store.import_file(name, content, Passwords().ask(name))
    else:
        words = Passwords.ask_mnemonic()
        key = store.import_mnemonic(name, KeyKind(kind), Passwords().ask_new(name), words, index=index)
    _show(invocation, key, "Imported.")


@keys.command()
@click.argument("name", shell_complete=completing.keys)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@command
def export(invocation: Invocation, *, name: str, file: Path) -> None:
    """Write the encrypted key file of NAME to FILE."""
    data = invocation.keystore.export(name)
    check_absent(file)
    write_user_file(file, data)
    invocation.show({"name": name, "file": str(file)}, f"Exported {name} to {file}, encrypted.")


@keys.command()
@click.argument("old", shell_complete=completing.keys)
@click.argument("new_name", metavar="NEW")
@command
def rename(invocation: Invocation, *, old: str, new_name: str) -> None:
    """Call key OLD NEW."""
    _show(invocation, invocation.keystore.rename(old, new_name), "Renamed.")


@keys.command()
@click.argument("name", shell_complete=completing.keys)
@command
def passwd(invocation: Invocation, *, name: str) -> None:
    """Give key NAME another password."""
    old = Passwords().ask(name)
    _show(
        invocation, invocation.keystore.change_password(name, old, Passwords.ask_other(name)), "Changed the password."
    )


@keys.command()
@click.argument("name", shell_complete=completing.keys)
@click.option("--yes", is_flag=True, help="Do not ask.")
@command
def rm(invocation: Invocation, *, name: str, yes: bool) -> None:
    """Remove key NAME; what it owns is lost unless there is a backup."""
    view = _view(invocation.keystore.get(name))
    confirm(f"Remove {name} ({view['address']})? Without a backup, all that it owns is lost.", yes=yes)
    invocation.keystore.remove(name)
    invocation.show(view, f"Removed {name}.")


@keys.command()
@click.argument("name")
@click.argument("threshold", type=click.IntRange(1, 16))
@click.argument("owners", nargs=-1, required=True, metavar="KEY...", shell_complete=completing.keys)
@command
def multisig(invocation: Invocation, *, name: str, threshold: int, owners: tuple[str, ...]) -> None:
    """Name an account of which THRESHOLD of KEYs (names here, or nrgpub...) must sign."""
    found = sorted(
        parse_key(text) if text.startswith("nrgpub") else invocation.keystore.get(text).public_key for text in owners
    )
    make_directory(invocation.home)
    address = format_address(invocation.book.add_multisig(name, MultisigKey(threshold, tuple(found))))
    data = {"name": name, "address": address, "threshold": threshold, "keys": [format_key(key) for key in found]}
    invocation.show(data, f"{name} is {address}: {threshold} of {len(found)} sign.")


@keys.group()
def book() -> None:
    """Names for other people's addresses."""


@book.command("add")
@click.argument("name")
@click.argument("address")
@command
def book_add(invocation: Invocation, *, name: str, address: str) -> None:
    """Call ADDRESS NAME."""
    make_directory(invocation.home)
    invocation.book.add(name, invocation.address(address))
    invocation.show({"name": name, "address": address}, f"{name} is {address}.")


@book.command("list")
@command
def book_list(invocation: Invocation) -> None:
    """All names."""
    entries = [{"name": name, "address": format_address(found)} for name, found in invocation.book.entries().items()]
    text = table(("NAME", "ADDRESS"), [(entry["name"], entry["address"]) for entry in entries])
    invocation.show(
        {"entries": entries}, text if entries else "The address book is empty.", entries, columns=("name", "address")
    )


@book.command("rm")
@click.argument("name", shell_complete=completing.book)
@command
def book_rm(invocation: Invocation, *, name: str) -> None:
    """Forget NAME."""
    invocation.book.remove(name)
    invocation.show({"name": name}, f"Forgot {name}.")
