"""The network operator's files of which values stand in the state: their hashes, when, by whom."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.encoding.quantities import TimeMs
from ledger.keys.address import format_address
from ledger.slots.queries import imported_files
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right
from nodechain.api.http.route import AT, PAGE, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.node import Node


class ImportedFileView(ApiModel):
    """A file by its SHA-256; `parts` of it are imported, the last until `kept_until_ms` at the latest."""

    file: str
    custodian: str
    issued_ms: TimeMs
    parts: int
    kept_until_ms: TimeMs


class SlotFiles(At):
    """Files by their hashes, a page."""

    files: list[ImportedFileView]
    next: str | None


def read_files(at: CommittedState, cursor: bytes | None, limit: int) -> SlotFiles:
    """A page of files."""
    page = imported_files(at.reader, cursor, limit)
    views = [
        ImportedFileView(
            file=key.hex(),
            custodian=format_address(entry.custodian),
            issued_ms=entry.issued_ms,
            parts=entry.parts,
            kept_until_ms=entry.due_ms,
        )
        for key, entry in page.entries
    ]
    return SlotFiles(height=at.height, files=views, next=cursor_text(page.cursor))


async def get_files(node: Node, request: web.Request) -> Work:
    """Imported files."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_files(at, cursor, limit))


_FILES: Final = "/v1/slots/files"

ROUTES: Final = (Route("GET", _FILES, "Operators' files that were imported", SlotFiles, get_files, query=(*AT, *PAGE)),)

RIGHTS: Final[dict[str, Right]] = {_FILES: MEMBERS}
