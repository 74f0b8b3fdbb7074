"""Which accounts of a home are one household's: those of one recovery phrase, in one file of the home.

A key file says its place in the tree of keys and not whose tree it is, and the phrase is on paper. So what was seen
when the phrase was there is written down: public addresses only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import msgspec

from ledger.errors import InvalidInput
from ledger.keys.address import format_address, parse_address
from nodechain.errors import DataDamaged
from nodechain.files.durable_file import make_directory
from nodechain.files.user_file import only_writer, write_user_file
from nodechain.home.keystore import reading

MAX_HOUSEHOLDS_BYTES: Final = 1024 * 1024
FILE: Final = "households.json"


class DamagedHouseholds(DataDamaged):
    """The file cannot be read; it is never overwritten in that state."""

    code = "households_damaged"
    advice = "Move the file away; `nodechain account restore` writes it anew from the recovery phrase."


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    households: tuple[tuple[str, ...], ...]


_decoder: Final = msgspec.json.Decoder(_File, strict=True)


class Households:
    """The households of one home. Reads its file on each call."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE

    def all(self) -> tuple[tuple[bytes, ...], ...]:
        """The addresses of each, in the order in which they came; raises `DamagedHouseholds`, `StorageFailed`."""
        with reading(self.path):
            if not self.path.exists():
                return ()
            with self.path.open("rb") as file:
                data = file.read(MAX_HOUSEHOLDS_BYTES + 1)
        try:
            found = _decoder.decode(data).households
            return tuple(tuple(parse_address(text) for text in each) for each in found)
        except (msgspec.DecodeError, UnicodeDecodeError, InvalidInput) as error:
            raise DamagedHouseholds(f"{self.path}: {error}") from None

    def of(self, address: bytes) -> tuple[bytes, ...]:
        """The household of an account; one that is in none is its own."""
        return next((each for each in self.all() if address in each), (address,))

    def join(self, first: bytes, *others: bytes) -> None:
        """Write down that accounts are of one phrase."""
        make_directory(self.path.parent)
        with only_writer(self.path.parent):
            known = self.all()
            mine = next((each for each in known if first in each), (first,))
            grown = (*mine, *(each for each in others if each not in mine))
            kept = [each for each in known if first not in each]
            file = _File(1, tuple(tuple(map(format_address, each)) for each in (*kept, grown)))
            write_user_file(self.path, msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n")
