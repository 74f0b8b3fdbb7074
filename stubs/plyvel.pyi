"""The part of plyvel 1.5 that nodechain uses, typed after its embedded signatures (compared by mypy's stubtest).

`Iterator`, `Snapshot` and `WriteBatch` are not exported at run time: name them in annotations only, under
`from __future__ import annotations`.
"""

from collections.abc import Iterator as _Iterator
from types import TracebackType
from typing import Literal, Self, TypeVar, final, overload

_D = TypeVar("_D")

__version__: str
__leveldb_version__: str

class Error(Exception): ...
class IOError(Error, OSError): ...
class CorruptionError(Error): ...
class IteratorInvalidError(Error): ...

class _Closing:
    def __enter__(self) -> Self: ...
    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None: ...

class _Reading:
    @overload
    def get(
        self, key: bytes, default: None = None, *, verify_checksums: bool = False, fill_cache: bool = True
    ) -> bytes | None: ...
    @overload
    def get(
        self, key: bytes, default: _D, *, verify_checksums: bool = False, fill_cache: bool = True
    ) -> bytes | _D: ...
    @overload
    def iterator(
        self,
        *,
        reverse: bool = False,
        start: bytes | None = None,
        stop: bytes | None = None,
        include_start: bool = True,
        include_stop: bool = False,
        prefix: bytes | None = None,
        include_key: Literal[True] = True,
        include_value: Literal[True] = True,
        verify_checksums: bool = False,
        fill_cache: bool = True,
    ) -> Iterator[tuple[bytes, bytes]]: ...
    @overload
    def iterator(
        self,
        *,
        reverse: bool = False,
        start: bytes | None = None,
        stop: bytes | None = None,
        include_start: bool = True,
        include_stop: bool = False,
        prefix: bytes | None = None,
        include_key: Literal[True] = True,
        include_value: Literal[False],
        verify_checksums: bool = False,
        fill_cache: bool = True,
    ) -> Iterator[bytes]: ...
    @overload
    def iterator(
        self,
        *,
        reverse: bool = False,
        start: bytes | None = None,
        stop: bytes | None = None,
        include_start: bool = True,
        include_stop: bool = False,
        prefix: bytes | None = None,
        include_key: Literal[False],
        include_value: Literal[True] = True,
        verify_checksums: bool = False,
        fill_cache: bool = True,
    ) -> Iterator[bytes]: ...

@final
class Iterator(_Closing, _Iterator[_D]):
    def __iter__(self) -> Self: ...
    def __next__(self) -> _D: ...
    def prev(self) -> _D: ...
    def seek(self, target: bytes) -> None: ...
    def seek_to_start(self) -> None: ...
    def seek_to_stop(self) -> None: ...
    def close(self) -> None: ...

@final
class Snapshot(_Closing, _Reading):
    def close(self) -> None: ...
    def release(self) -> None: ...

@final
class WriteBatch(_Closing):
    def put(self, key: bytes, value: bytes) -> None: ...
    def delete(self, key: bytes) -> None: ...
    def clear(self) -> None: ...
    def append(self, source: WriteBatch) -> None: ...
    def approximate_size(self) -> int: ...
    def write(self) -> None: ...

@final
class DB(_Closing, _Reading):
    def __init__(
        self,
        name: str,
        create_if_missing: bool = False,
        *,
        error_if_exists: bool = False,
        paranoid_checks: bool | None = None,
        write_buffer_size: int | None = None,
        max_open_files: int | None = None,
        lru_cache_size: int | None = None,
        block_size: int | None = None,
        block_restart_interval: int | None = None,
        max_file_size: int | None = None,
        compression: Literal["snappy"] | None = "snappy",
        bloom_filter_bits: int = 0,
    ) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def closed(self) -> bool: ...
    def put(self, key: bytes, value: bytes, *, sync: bool = False) -> None: ...
    def delete(self, key: bytes, *, sync: bool = False) -> None: ...
    def write_batch(self, *, transaction: bool = False, sync: bool = False) -> WriteBatch: ...
    def snapshot(self) -> Snapshot: ...
    def approximate_size(self, start: bytes, stop: bytes) -> int: ...
    def compact_range(self, *, start: bytes | None = None, stop: bytes | None = None) -> None: ...
    def get_property(self, name: bytes) -> bytes | None: ...
    def close(self) -> None: ...

def destroy_db(name: str) -> None: ...
