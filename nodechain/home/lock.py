"""The lock of a home directory: one process at a time, so that a validator key never runs twice on one machine.

An advisory `flock` on the file `lock`, which holds the owner's process id for the message. The kernel drops it when
the owner ends, also by kill -9, so a stale file never stands in the way. A forked child would share the lock and
keep it alive after its parent: children close it at once. (A POSIX record lock would not have that fault, but it is
lost when anything in the process opens and closes the file.)
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from nodechain.errors import HomeInUse, storage_failed
from nodechain.files.durable_file import PRIVATE_FILE

_held: set[int] = set()


def _close_in_child() -> None:
    for descriptor in sorted(_held):
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_close_in_child)


class HomeLock:
    """Held from construction until `release` or the end of the process; usable in a `with` statement."""

    def __init__(self, path: Path) -> None:
        """Take the lock file `path` of a home. Raises `HomeInUse` with the owner's pid, or `StorageFailed`."""
        self._path = path
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)
        except OSError as error:
            raise storage_failed(f"opening {path}", error) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            owner = _read_pid(self._descriptor)
            os.close(self._descriptor)
            raise HomeInUse(str(path.parent), owner) from None
        except OSError as error:
            os.close(self._descriptor)
            raise storage_failed(f"locking {path}", error) from error
        _held.add(self._descriptor)

    def release(self) -> None:
        """Let another process have the home; a second call does nothing."""
        if self._descriptor in _held:
            _held.remove(self._descriptor)
            os.close(self._descriptor)
        self._descriptor = -1

    def __enter__(self) -> HomeLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _read_pid(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else None
