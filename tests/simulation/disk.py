"""A virtual disk: files whose unsynced writes a power cut may lose, keep or tear, and a database beside them.

Every durable operation first asks the `Power`; a plan can cut it at any one of them, in the middle of a step.
"""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from pathlib import Path

from nodechain.errors import NodeError, StorageFailed


class PowerCut(Exception):
    """The machine is off; whatever was not on the disk is gone."""


class Power:
    """Counts durable operations; `cut_in` of them from now the power goes."""

    def __init__(self) -> None:
        self._left: int | None = None

    def cut_in(self, operations: int) -> None:
        self._left = operations

    def restore(self) -> None:
        self._left = None

    def use(self) -> None:
        if self._left is None:
            return
        if self._left == 0:
            raise PowerCut
        self._left -= 1


class VirtualFile:
    """One open file; see `nodechain.files.disk.OpenFile`."""

    def __init__(self, disk: VirtualDisk, path: Path) -> None:
        self._disk = disk
        self._path = path

    def size(self) -> int:
        return len(self._disk.content(self._path))

    def read(self, length: int, offset: int) -> bytes:
        return self._disk.content(self._path)[offset : offset + length]

    def write(self, data: bytes, offset: int) -> None:
        self._disk.power.use()
        self._disk.unsynced.setdefault(self._path, []).append((offset, bytes(data)))

    def sync(self) -> None:
        self._disk.power.use()
        self._disk.durable[self._path] = self._disk.content(self._path)
        self._disk.unsynced.pop(self._path, None)

    def truncate(self, size: int) -> None:
        self._disk.durable[self._path] = self._disk.content(self._path)[:size]
        self._disk.unsynced.pop(self._path, None)

    def close(self) -> None:
        return


class VirtualDisk:
    """See `nodechain.files.disk.Disk`."""

    def __init__(self, power: Power) -> None:
        self.power = power
        self.durable: dict[Path, bytes] = {}
        self.unsynced: dict[Path, list[tuple[int, bytes]]] = {}

    def open(self, path: Path) -> VirtualFile:
        if path not in self.durable:
            raise FileNotFoundError(str(path))
        return VirtualFile(self, path)

    def replace(self, path: Path, data: bytes) -> None:
        self.power.use()
        self.durable[path] = data
        self.unsynced.pop(path, None)

    def set_aside(self, path: Path, why: str) -> Path | None:
        if path not in self.durable:
            return None
        self.power.use()
        number = 1
        while (aside := path.with_name(f"{path.name}.{why}-{number}")) in self.durable:
            number += 1
        self.durable[aside] = self.content(path)
        del self.durable[path]
        self.unsynced.pop(path, None)
        return aside

    def content(self, path: Path) -> bytes:
        """What a reader sees now."""
        writes = self.unsynced.get(path)
        return _applied(self.durable[path], writes) if writes else self.durable[path]

    def power_cut(self, rng: random.Random) -> None:
        """Each unsynced write is there, gone, or torn."""
        for path in sorted(self.unsynced):
            kept = []
            for offset, data in self.unsynced[path]:
                fate = rng.random()
                if fate < 0.4:
                    kept.append((offset, data))
                elif fate < 0.7:
                    kept.append((offset, data[: rng.randrange(len(data) + 1)]))
            self.durable[path] = _applied(self.durable[path], kept)
        self.unsynced.clear()

    def copy(self) -> dict[Path, bytes]:
        """A backup."""
        return dict(self.durable)


def _applied(content: bytes, writes: Iterable[tuple[int, bytes]]) -> bytes:
    result = bytearray(content)
    for offset, data in writes:
        if len(result) < offset:
            result.extend(bytes(offset - len(result)))
        result[offset : offset + len(data)] = data
    return bytes(result)


class VirtualDatabase:
    """The twin of `nodechain.store.database.Database`: batches are atomic and durable."""

    def __init__(self, power: Power) -> None:
        self._power = power
        self._values: dict[bytes, bytes] = {}
        self._keys: list[bytes] = []
        self._failure: NodeError | None = None

    @property
    def failure(self) -> NodeError | None:
        return self._failure

    def fail(self, failure: NodeError) -> None:
        self._failure = self._failure or failure

    def get(self, key: bytes) -> bytes | None:
        return self._values.get(key)

    def iterate(
        self, start: bytes, stop: bytes | None, *, reverse: bool = False, fill_cache: bool = True
    ) -> Iterator[tuple[bytes, bytes]]:
        first = bisect_left(self._keys, start)
        last = len(self._keys) if stop is None else bisect_left(self._keys, stop)
        keys = self._keys[first:last]
        for key in reversed(keys) if reverse else keys:
            yield key, self._values[key]

    def write(self, entries: Iterable[tuple[bytes, bytes | None]]) -> int:
        batch = list(entries)
        self._power.use()
        for key, value in batch:
            if value is None:
                if self._values.pop(key, None) is not None:
                    self._keys.pop(bisect_left(self._keys, key))
            else:
                if key not in self._values:
                    insort(self._keys, key)
                self._values[key] = value
        return len(batch)

    def snapshot(self) -> VirtualDatabase:
        other = VirtualDatabase(Power())
        other._values, other._keys = dict(self._values), list(self._keys)
        return other

    def close(self) -> None:
        self.fail(StorageFailed("the virtual database is closed"))

    def reopened(self) -> VirtualDatabase:
        """The same content after a restart."""
        return self.with_power(self._power)

    def with_power(self, power: Power) -> VirtualDatabase:
        """The same content on another machine."""
        other = VirtualDatabase(power)
        other._values, other._keys = self._values, self._keys
        return other
