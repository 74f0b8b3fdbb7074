"""Files that a person names (C3): written whole or not at all, through links, and only where a regular file may be.

A device, a pipe or a socket is never replaced (as root that would break the machine), a link stays one, and a file
keeps its mode. Reading is bounded: a device that never ends is no input file.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from nodechain.errors import NotFound, UsageError, storage_failed
from nodechain.files.durable_file import PRIVATE_FILE, replace_file, sync_directory

READABLE_FILE: Final = 0o644
_NOT_FOR_FILES: Final = ("dev", "proc", "sys")


def file_behind(path: Path) -> Path:
    """The regular file, there or to be made, that a path leads to. Raises `UsageError` (not_a_file, no_directory)."""
    target = Path(os.path.realpath(path))
    for place in (Path(os.path.abspath(path)), target):
        if place.parts[1:2] and place.parts[1] in _NOT_FOR_FILES:
            raise _no_file(path)
    try:
        found = target.stat()
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise UsageError(
                f"{target.parent} is no directory", code="no_directory", advice="Make it first, or choose another path."
            ) from None
        return target
    except OSError as error:
        raise storage_failed(f"looking at {path}", error) from error
    if not stat.S_ISREG(found.st_mode):
        raise _no_file(path)
    return target


def write_user_file(path: Path, data: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Give the file that `path` leads to this content; a new one gets `mode`. Raises `UsageError`, `StorageFailed`."""
    target = file_behind(path)
    kept = stat.S_IMODE(target.stat().st_mode) if target.exists() else mode
    replace_file(target, data, mode=kept)
    if kept != mode:
        # The mode of a new file loses what the process' mask takes.
        target.chmod(kept)


@contextmanager
def new_user_file(path: Path, *, mode: int = READABLE_FILE) -> Iterator[BinaryIO]:
    """A file that must be new, written piece by piece; it has its name only when it is whole and durable.

    What is half done is removed. Raises what `check_absent` raises, and `StorageFailed`.
    """
    check_absent(path)
    target = file_behind(path)
    temporary = target.with_name(f".{target.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        try:
            with os.fdopen(descriptor, "wb") as sink:
                yield sink
                sink.flush()
                os.fsync(sink.fileno())
            os.link(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_directory(target.parent)
    except OSError as error:
        raise storage_failed(f"writing {path}", error) from error


def check_absent(path: Path) -> None:
    """Raise `UsageError` (file_exists) where anything is at a path that must be new, and what `file_behind` raises."""
    if os.path.exists(path):
        raise UsageError(f"{path} exists", code="file_exists", advice="Choose another name.")
    file_behind(path)


def read_user_file(path: Path, limit: int, what: str) -> bytes:
    """A file's bytes, at most `limit`. Raises `NotFound` (file_not_found), `UsageError` (file_unreadable,
    file_too_large); `what` it should be, for people.
    """
    with open_user_file(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UsageError(
            f"{path} has more than {limit} bytes: it is no {what}", code="file_too_large", advice="Name another file."
        )
    return data


@contextmanager
def open_user_file(path: Path) -> Iterator[BinaryIO]:
    """A file to read from; raises `NotFound` (file_not_found), `UsageError` (file_unreadable)."""
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}", code="file_not_found", advice="Check the path.") from None
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", code="file_unreadable", advice="Check path and rights."
        ) from None


@contextmanager
def only_writer(directory: Path) -> Iterator[None]:
    """One process at a time reads, changes and writes the small files of a home (address book, settings, names)."""
    path = directory / ".edit.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
    except OSError as error:
        raise storage_failed(f"opening {path}", error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _no_file(path: Path) -> UsageError:
    return UsageError(
        f"{path} is no regular file",
        code="not_a_file",
        advice="Name a file; `-` writes to the standard output where the command can.",
    )
