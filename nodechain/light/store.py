"""What a light client trusts, in one small file: where it began, the headers that hand over to another set, the newest.

The file is replaced whole; a kill leaves the old one or the new one. Its loss costs nothing but following again from
the genesis.
"""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from typing import Annotated, Final

import msgspec

from ledger.codec import Codec, Value, encode
from ledger.errors import InvalidInput
from ledger.light.headers import SetMembers, Trusted, members_of, set_of
from ledger.types import ChainId, Header
from nodechain.durable_file import make_directory, replace_file
from nodechain.errors import DataDamaged, storage_failed

MAX_KEPT: Final = 2_048
"""Headers in the file: the first, the newest, and the newest of those that changed the set."""


class _Kept(Value, frozen=True):
    """A trusted header and the set that decides after it."""

    header: Header
    members: SetMembers


class _File(Value, frozen=True):
    chain_id: ChainId
    kept: Annotated[tuple[_Kept, ...], msgspec.Meta(min_length=1, max_length=MAX_KEPT)]


_FILE: Final[Codec[_File]] = Codec(_File, MAX_KEPT * 16 * 1024)


class LightStore:
    """Trusted headers by height; `add` is durable when it returns."""

    def __init__(self, path: Path, anchor: Trusted) -> None:
        """`anchor` is where a new file begins; an existing one stays. Raises `DataDamaged`, `StorageFailed`."""
        self.path = path
        self._chain_id = anchor.header.chain_id
        self._kept = _read(path, self._chain_id) or [anchor]

    @property
    def head(self) -> Trusted:
        """The newest trusted header."""
        return self._kept[-1]

    @property
    def first(self) -> Trusted:
        """The header that is trusted without a proof."""
        return self._kept[0]

    def __len__(self) -> int:
        return len(self._kept)

    def nearest(self, height: int) -> Trusted | None:
        """The highest trusted header that is not above a height; None below the first."""
        place = bisect_right(self._kept, height, key=lambda kept: kept.header.height)
        return self._kept[place - 1] if place else None

    def add(self, trusted: Trusted) -> None:
        """Remember a header that was followed to. Only the newest stays of those that change nothing."""
        place = bisect_right(self._kept, trusted.header.height, key=lambda kept: kept.header.height)
        if self._kept[place - 1].hash == trusted.hash:
            return
        kept = [*self._kept[:place], trusted, *self._kept[place:]]
        first, *middle, newest = kept
        lasting = [each for each in middle if each.header.next_validators_hash != each.header.validators_hash]
        self._kept = [first, *lasting[-(MAX_KEPT - 2) :], newest]
        self._write()

    def reset(self, anchor: Trusted) -> None:
        """Trust this header and nothing else."""
        self._kept = [anchor]
        self._write()

    def _write(self) -> None:
        make_directory(self.path.parent)
        kept = tuple(_Kept(each.header, members_of(each.validators)) for each in self._kept)
        replace_file(self.path, encode(_File(self._chain_id, kept)))


def _read(path: Path, chain_id: str) -> list[Trusted]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise storage_failed(f"reading {path}", error) from error
    try:
        found = _FILE.decode(data)
    except InvalidInput as error:
        raise DataDamaged(f"{path}: {error.detail}", advice=f"Remove {path}: it is built again.") from error
    kept = [Trusted(each.header, each.header.hash(), set_of(each.members)) for each in found.kept]
    fits = all(each.validators.hash == each.header.next_validators_hash for each in kept)
    heights = [each.header.height for each in kept]
    if found.chain_id != chain_id or not fits or heights != sorted(set(heights)):
        raise DataDamaged(f"{path} is not of this chain, or damaged", advice=f"Remove {path}: it is built again.")
    return kept
