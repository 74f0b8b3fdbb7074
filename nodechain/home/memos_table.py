"""The table `memos` of a genesis template: how long memos may be."""

from __future__ import annotations

from typing import Literal

from ledger.memos.genesis import MEMOS_SECTION, MemosSection
from nodechain.home.file_tables import FileTable


class MemosTable(FileTable):
    """The largest size in bytes, padding included, to which a text may be filled up."""

    longest: Literal[64, 256, 1024] = 256


def memos_section(table: MemosTable) -> tuple[str, bytes]:
    """The module's section."""
    return MEMOS_SECTION.holding(MemosSection(table.longest))
