"""The archive of settled days: a compressed file a scheme and local day, whose runs and inputs prove themselves."""

from __future__ import annotations

import zlib
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ledger.encoding.codec import encode
from ledger.errors import LedgerError
from ledger.sharing.late_archive import ARCHIVED_DAY, MAX_DAY_BYTES, ArchivedDay, check_slot
from nodechain.errors import NotFound, UsageError
from nodechain.files.durable_file import make_directory, replace_file
from nodechain.files.user_file import read_user_file

EPOCH: Final = date(1970, 1, 1)
MAX_FILE_BYTES: Final = 16 * 1024 * 1024
"""Compressed; the content is bounded by `MAX_DAY_BYTES`."""


def day_text(day: int) -> str:
    """A local day as people write it."""
    return (EPOCH + timedelta(days=day)).isoformat()


def path_of(folder: Path, scheme: int, day: int) -> Path:
    """The file of a day."""
    return folder / f"scheme-{scheme}" / f"{day_text(day)}.inputs"


def read_day(folder: Path, scheme: int, day: int) -> ArchivedDay | None:
    """An archived day, whose inputs lead to its runs; None: there is none. Raises `UsageError` (bad_archive)."""
    path = path_of(folder, scheme, day)
    try:
        packed = read_user_file(path, MAX_FILE_BYTES, "archived day")
    except NotFound:
        return None
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, MAX_DAY_BYTES)
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError("it is not whole")
        found = ARCHIVED_DAY.decode(data)
        if (found.scheme, found.day) != (scheme, day):
            raise ValueError(f"it is of scheme {found.scheme}, {day_text(found.day)}")
        for each in (*found.slots, *found.late):
            check_slot(each)
    except (zlib.error, ValueError, LedgerError) as error:
        raise UsageError(
            f"{path} is damaged: {error}", code="bad_archive", advice="Take it from a copy of the archive."
        ) from None
    return found


def write_day(folder: Path, day: ArchivedDay) -> None:
    """Keep a day; what was there is replaced whole or not at all."""
    path = path_of(folder, day.scheme, day.day)
    make_directory(folder)
    make_directory(path.parent)
    replace_file(path, zlib.compress(encode(day), 6))
