"""Files that are on the disk when the call returns: replaced whole, or not at all.

Order, everywhere: write a temporary file beside the target, sync it, rename it over the target, sync the directory.
A crash leaves the old content or the new one. This room knows nothing of what the bytes mean.
"""

from __future__ import annotations

import os
from pathlib import Path

from nodechain.errors import storage_failed

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700


def write_all(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of `data` at `offset`; the kernel may take it in several pieces. Raises OSError."""
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        offset += written
        view = view[written:]


def sync_directory(directory: Path) -> None:
    """Make the names in `directory` durable. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_directory(directory: Path) -> None:
    """Create a directory that only its owner can enter, durably; an existing one stays. Raises `StorageFailed`."""
    if directory.is_dir():
        return
    try:
        directory.mkdir(mode=PRIVATE_DIRECTORY, parents=True)
        sync_directory(directory.parent)
    except OSError as error:
        raise storage_failed(f"creating {directory}", error) from error


def replace_file(path: Path, data: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Give `path` the content `data`, whole or not at all, durably. Raises `StorageFailed`.

    One writer per path: the temporary name is fixed, so that a crash leaves at most one stray file.
    """
    temporary = _write_temporary(path, data, mode)
    try:
        temporary.replace(path)
        sync_directory(path.parent)
    except OSError as error:
        raise storage_failed(f"writing {path}", error) from error


def create_file(path: Path, data: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Like `replace_file`, for what must never be overwritten (keys). Raises FileExistsError or `StorageFailed`."""
    temporary = _write_temporary(path, data, mode)
    try:
        os.link(temporary, path)
        temporary.unlink()
        sync_directory(path.parent)
    except FileExistsError:
        temporary.unlink()
        raise
    except OSError as error:
        raise storage_failed(f"creating {path}", error) from error


def set_aside(path: Path, why: str) -> Path | None:
    """Keep a file or directory under the first free name `NAME.WHY-N`, durably; None if there is none.

    Raises `StorageFailed`.
    """
    number = 1
    while os.path.lexists(aside := path.with_name(f"{path.name}.{why}-{number}")):
        number += 1
    try:
        path.rename(aside)
        sync_directory(path.parent)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_failed(f"renaming {path}", error) from error
    return aside


def _write_temporary(path: Path, data: bytes, mode: int) -> Path:
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        try:
            write_all(descriptor, data, 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise storage_failed(f"writing {path}", error) from error
    return temporary
