"""Terms files (`ledger.consent`) on this machine's disk."""

from __future__ import annotations

from pathlib import Path

from ledger.consent import MAX_TERMS_FILE_BYTES, Terms, decode_terms_file, encode_terms_file
from ledger.errors import TermsError
from nodechain.durable_file import replace_file
from nodechain.errors import UsageError


def write_terms(path: Path, found: Terms) -> None:
    """Write the file."""
    replace_file(path, encode_terms_file(found))


def read_terms(path: Path) -> Terms:
    """Read the file; raises `UsageError` (bad_terms_file) for what is none."""
    try:
        with path.open("rb") as file:
            return decode_terms_file(file.read(MAX_TERMS_FILE_BYTES + 1))
    except (OSError, TermsError) as error:
        raise UsageError(f"{path} is no terms file: {error}", code="bad_terms_file") from None
