"""Names for the addresses of others, in one file of the home; and how a name or an address becomes an address.

A multi-signature account has no secret of its own, so it lives here: its threshold and keys are needed to spend from
it. Errors are those of `nodechain.home.keystore`, and the ledger's where a text is no address.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from ledger.errors import InvalidInput
from ledger.keys.address import (
    ADDRESS_PREFIX,
    MultisigKey,
    address_of,
    check_sender_key,
    format_address,
    format_key,
    parse_address,
    parse_key,
)
from ledger.keys.keyfile import KeyKind
from nodechain.errors import DataDamaged, UsageError
from nodechain.files.durable_file import make_directory
from nodechain.files.user_file import only_writer, write_user_file
from nodechain.home.keystore import BadName, KeyNotFound, Keystore, NameTaken, check_name, reading

MAX_BOOK_BYTES: Final = 4 * 1024 * 1024


class DamagedBook(DataDamaged):
    """The address book's file cannot be read; it is never overwritten in that state."""

    code = "address_book_damaged"
    advice = "Repair the file or move it away; it holds names only, no keys."


class _Multisig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    threshold: int
    keys: tuple[str, ...]


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    address: str
    multisig: _Multisig | None = None


class _Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    entries: dict[Annotated[str, msgspec.Meta(max_length=32)], _Entry]


_decoder: Final = msgspec.json.Decoder(_Book, strict=True)


class AddressBook:
    """The book of one home. Reads its file on each call, so that two commands never work on an old copy."""

    def __init__(self, path: Path, *, taken: Callable[[], Collection[str]] = tuple) -> None:
        """`taken` gives names that mean something else (the home's keys), which no entry may hide."""
        self.path = path
        self._taken = taken

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._load())

    def entries(self) -> dict[str, bytes]:
        """All names and addresses, by name; raises `DamagedBook`, `StorageFailed`."""
        return {name: parse_address(entry.address) for name, entry in sorted(self._load().items())}

    def get(self, name: str) -> bytes:
        """The address of a name; raises `KeyNotFound`."""
        return parse_address(self._entry(name).address)

    def multisig(self, name: str) -> MultisigKey | None:
        """The keys behind a name, if it is a multi-signature account's; raises `KeyNotFound`."""
        found = self._entry(name).multisig
        return None if found is None else _multisig_key(found)

    def find(self, address: bytes) -> str | None:
        """The first name of an address."""
        return next((name for name, found in self.entries().items() if found == address), None)

    def add(self, name: str, address: bytes) -> None:
        """Remember an address; raises `BadName`, `NameTaken`."""
        self._add(name, _Entry(address=format_address(address)))

    def add_multisig(self, name: str, key: MultisigKey) -> bytes:
        """Remember a multi-signature account; its address comes back. Raises `CryptoKeyError` for a bad one."""
        check_sender_key(key)
        address = address_of(key)
        keys = tuple(map(format_key, key.keys))
        self._add(name, _Entry(format_address(address), _Multisig(key.threshold, keys)))
        return address

    def remove(self, name: str) -> None:
        """Forget a name; raises `KeyNotFound`."""
        with only_writer(self._folder()):
            self._entry(name)
            self._save({other: entry for other, entry in self._load().items() if other != name})

    def _entry(self, name: str) -> _Entry:
        found = self._load().get(name)
        if found is None:
            raise KeyNotFound(f"'{name}' is not in the address book {self.path}")
        return found

    def _add(self, name: str, entry: _Entry) -> None:
        check_name(name)
        with only_writer(self._folder()):
            entries = self._load()
            if name in entries:
                raise NameTaken(f"'{name}' is in the address book already")
            if name in self._taken():
                raise NameTaken(f"'{name}' is a key of this home: the same name must not mean two things")
            self._save({**entries, name: entry})

    def _folder(self) -> Path:
        make_directory(self.path.parent)
        return self.path.parent

    def _load(self) -> dict[str, _Entry]:
        with reading(self.path):
            if not self.path.exists():
                return {}
            with self.path.open("rb") as file:
                data = file.read(MAX_BOOK_BYTES + 1)
        try:
            entries = _decoder.decode(data).entries
            for name, entry in entries.items():
                check_name(name)
                address = parse_address(entry.address)
                if entry.multisig is not None and address_of(_multisig_key(entry.multisig)) != address:
                    raise DamagedBook(f"{self.path}: the keys of '{name}' make another address")
        except (msgspec.DecodeError, UnicodeDecodeError, BadName, InvalidInput) as error:
            raise DamagedBook(f"{self.path}: {error}") from None
        return entries

    def _save(self, entries: dict[str, _Entry]) -> None:
        book = _Book(version=1, entries=dict(sorted(entries.items())))
        write_user_file(self.path, msgspec.json.format(msgspec.json.encode(book), indent=2) + b"\n")


def resolve_address(text: str, keystore: Keystore, book: AddressBook) -> bytes:
    """The address that a person means by `nrg1...`, a key's name, or a name of the address book.

    Raises `AddressError` for a mistyped address, `KeyNotFound` for an unknown name, and `NameTaken` for a name that
    means different addresses in the two, since guessing could send money astray.
    """
    if text.lower().startswith(f"{ADDRESS_PREFIX}1"):
        return parse_address(text)
    check_name(text)
    found = book.entries().get(text)
    if text not in keystore.names():
        if found is None:
            raise KeyNotFound(
                f"'{text}' is neither a key in {keystore.directory} nor in the address book",
                advice="`nodechain keys list` shows the keys of this home; `nodechain keys book add NAME ADDRESS` names"
                " somebody else's.",
            )
        return found
    key = keystore.get(text)
    own = key.address
    if key.kind == KeyKind.VALIDATOR:
        raise UsageError(
            f"'{text}' is a validator's key, and no account: what were sent there nobody could spend",
            code="not_an_account",
            advice="Name the account that gets its fees, or write the address itself.",
        )
    if found is not None and found != own:
        raise NameTaken(
            f"'{text}' is a key and also an entry of the address book, with different addresses",
            advice="Write the address itself, or remove one of the two names.",
        )
    return own


def _multisig_key(found: _Multisig) -> MultisigKey:
    """Raises `InvalidInput` where the file holds no proper key."""
    key = MultisigKey(threshold=found.threshold, keys=tuple(map(parse_key, found.keys)))
    check_sender_key(key)
    return key
