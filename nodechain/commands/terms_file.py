"""Terms files (`ledger.metering.consent`) on this machine's disk."""

from __future__ import annotations

from pathlib import Path

from ledger.errors import TermsError
from ledger.metering.consent import MAX_TERMS_FILE_BYTES, Terms, decode_terms_file, encode_terms_file
from nodechain.errors import UsageError
from nodechain.files.user_file import read_user_file, write_user_file


def write_terms(path: Path, found: Terms) -> None:
    """Write the file."""
    write_user_file(path, encode_terms_file(found))


def read_terms(path: Path) -> Terms:
    """Read the file; raises `UsageError` (bad_terms_file) for what is none."""
    try:
        return decode_terms_file(read_user_file(path, MAX_TERMS_FILE_BYTES, "terms file"))
    except TermsError as error:
        raise UsageError(f"{path} is no terms file: {error}", code="bad_terms_file") from None
