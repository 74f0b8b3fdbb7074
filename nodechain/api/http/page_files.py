"""The files of the page as the package brings them: read once, compared with their manifest, served from memory.

Who builds the page writes `manifest.json` beside it, with the hash of every other file; a file that differs from it is
not served. What this guards against is a mistake or a damaged installation, not the one who serves the files.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from nodechain.api.http.conditional import gzipped

PAGE_FOLDER: Final = Path(__file__).resolve().parents[2] / "page"
INDEX: Final = "index.html"
MANIFEST: Final = "manifest.json"
MAX_PAGE_FILES: Final = 256
MAX_PAGE_BYTES: Final = 4 * 1024 * 1024
"""Of all files together: they stay in memory, twice."""
GZIP_LEVEL: Final = 9
"""Once, when the node starts."""

CONTENT_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
}
_HASHED: Final = re.compile(r"assets/.+-[A-Za-z0-9_-]{8,}\.\w+").fullmatch
"""A name that changes with the content, so that what it names never does."""


class PageFile(msgspec.Struct, frozen=True):
    """One file; `packed`: the same by gzip, empty where that saves nothing."""

    name: str
    content: bytes
    packed: bytes
    content_type: str
    integrity: str

    @property
    def is_immutable(self) -> bool:
        """Whether another content would have another name."""
        return _HASHED(self.name) is not None

    @property
    def etag(self) -> str:
        """The name of its content."""
        return self.integrity.partition("-")[2]


class PageFiles(msgspec.Struct, frozen=True):
    """All files by name; none, and the `trouble`, where the page is not there as it was built."""

    files: Mapping[str, PageFile]
    trouble: str = ""

    @property
    def digest(self) -> str:
        """One hash of the whole page: SHA-256 over the lines `HASH NAME` of its files, in the order of their names."""
        return digest_of({name: file.integrity for name, file in self.files.items()})


class _Manifest(msgspec.Struct):
    files: dict[str, str]


class PageUnreadable(ValueError):
    """The manifest is none."""


def integrity_of(content: bytes) -> str:
    """The hash of a file in the form of the attribute `integrity` (SRI): `sha384-` and base64."""
    return f"sha384-{b64encode(hashlib.sha384(content).digest()).decode()}"


def digest_of(integrities: Mapping[str, str]) -> str:
    """One hash of files by their names and hashes."""
    lines = "".join(f"{integrities[name]} {name}\n" for name in sorted(integrities))
    return hashlib.sha256(lines.encode()).hexdigest()


def manifest_of(content: bytes) -> dict[str, str]:
    """The hash of every file but the manifest itself; raises `PageUnreadable`."""
    try:
        return msgspec.json.decode(content, type=_Manifest).files
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PageUnreadable(f"{MANIFEST}: {error}") from None


def read_page(folder: Path = PAGE_FOLDER) -> PageFiles:
    """The page of a folder. Where it is incomplete, damaged or too large, no file of it is given."""
    if not (folder / MANIFEST).is_file():
        return PageFiles({}, "this package was installed without a page: it had not been built")
    try:
        contents = _contents(folder)
        listed = manifest_of(contents[MANIFEST])
    except (OSError, PageUnreadable) as error:
        return PageFiles({}, f"the page cannot be read: {error}")
    trouble = _fault(listed, contents)
    if trouble:
        return PageFiles({}, f"the page is not as it was built: {trouble}")
    return PageFiles({name: _page_file(name, content) for name, content in sorted(contents.items())})


def _contents(folder: Path) -> dict[str, bytes]:
    """Every file below the folder; raises `OSError`, `PageUnreadable` for more than is allowed."""
    found: dict[str, bytes] = {}
    size = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            size += path.stat().st_size
            if len(found) >= MAX_PAGE_FILES or size > MAX_PAGE_BYTES:
                raise PageUnreadable(f"more than {MAX_PAGE_FILES} files or {MAX_PAGE_BYTES} bytes")
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def _fault(listed: Mapping[str, str], contents: Mapping[str, bytes]) -> str:
    """What differs from the manifest; nothing if it is all as it says."""
    there = set(contents) - {MANIFEST}
    for name in sorted(set(listed) | there | {INDEX}):
        if name not in there:
            return f"{name} is missing"
        if name not in listed:
            return f"{name} is not in the manifest"
        if integrity_of(contents[name]) != listed[name]:
            return f"{name} differs from the manifest"
        if Path(name).suffix not in CONTENT_TYPES:
            return f"{name} is of no kind that a page has"
    return ""


def _page_file(name: str, content: bytes) -> PageFile:
    packed = gzipped(content, GZIP_LEVEL)
    return PageFile(name, content, packed, CONTENT_TYPES[Path(name).suffix], integrity_of(content))
