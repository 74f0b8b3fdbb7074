"""What a genesis template says of origin lots."""

from __future__ import annotations

from typing import Literal

from ledger.origin.genesis import ORIGIN_SECTION, OriginSection
from ledger.origin.terms import TakingOrder
from nodechain.home.file_tables import FileTable


class OriginTable(FileTable):
    """Which lots of a storage unit a draw takes first."""

    lots: Literal["oldest", "renewable_first"] = "oldest"


def origin_section(table: OriginTable | None) -> tuple[tuple[str, bytes], ...]:
    """The section, where the template has the table."""
    if table is None:
        return ()
    return (ORIGIN_SECTION.holding(OriginSection(int(TakingOrder[table.lots.upper()]))),)
