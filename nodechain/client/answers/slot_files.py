"""Slot_files: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class ImportedFileView(TypedDict):
    """A file by its SHA-256; `parts` of it are imported, the last until `kept_until_ms` at the latest."""

    file: str
    custodian: str
    issued_ms: TimeMs
    parts: Int
    kept_until_ms: TimeMs


class SlotFiles(At):
    """Files by their hashes, a page."""

    files: list[ImportedFileView]
    next: str | None
