"""What a genesis, or a vote that switches the module on, says of memos."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, Quantity
from ledger.errors import GenesisError
from ledger.memos.limits import MAX_MEMO_BYTES
from ledger.memos.padding import SIZES


class MemosSection(Value, frozen=True):
    """`longest`: the largest size, in bytes, to which a text may be filled up; one of `SIZES`."""

    longest: Annotated[int, msgspec.Meta(ge=1, le=MAX_MEMO_BYTES), FieldUnit(Quantity.COUNT)]


def _check(_genesis: Genesis, section: MemosSection) -> None:
    """A size that no text is filled up to would be another one's in disguise (ME4)."""
    if section.longest not in SIZES:
        raise GenesisError(f"memos have {', '.join(map(str, SIZES))} bytes, not {section.longest}")


MEMOS_SECTION: Final = Section("memos", MemosSection, _check, optional=True)
