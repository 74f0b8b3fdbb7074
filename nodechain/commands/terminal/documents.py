"""Documents of which only a hash goes on the chain: terms of a deal, evidence, the text of a resolution."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import click

from nodechain.errors import UsageError
from nodechain.files.user_file import open_user_file

MAX_DOCUMENT_BYTES: Final = 64 * 1024 * 1024
"""The page hashes a document in memory; what is larger could be signed here and checked by nobody there. A device that
never ends is no document either."""

DOCUMENT: Final = click.Path(dir_okay=False, path_type=Path)
"""The type of a parameter that names one."""

_PIECE: Final = 1 << 20


def document_hash(path: Path) -> bytes:
    """SHA-256 of a document, read piece by piece. Raises `NotFound` (file_not_found), `UsageError` (file_too_large,
    file_unreadable).
    """
    digest, size = hashlib.sha256(), 0
    with open_user_file(path) as content:
        while piece := content.read(_PIECE):
            size += len(piece)
            if size > MAX_DOCUMENT_BYTES:
                raise UsageError(
                    f"{path} has more than {MAX_DOCUMENT_BYTES} bytes",
                    code="file_too_large",
                    advice="Put the hash of the large file into a text, and name that.",
                )
            digest.update(piece)
    return digest.digest()
