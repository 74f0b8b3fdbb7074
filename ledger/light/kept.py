"""What a light client keeps: where it began, the headers that hand over to another set, the newest one; its bytes."""

from __future__ import annotations

from bisect import bisect_right
from typing import Annotated, Final

import msgspec

from ledger.chain.header import ChainId, Header
from ledger.encoding.codec import Codec, Value, encode
from ledger.errors import LightError
from ledger.light.headers import SetMembers, Trusted, members_of, set_of

MAX_KEPT: Final = 2_048
"""Headers that are kept: the first, the newest, and the newest of those that changed the set."""


class _Kept(Value, frozen=True):
    """A trusted header and the set that decides after it."""

    header: Header
    members: SetMembers


class _Form(Value, frozen=True):
    chain_id: ChainId
    kept: Annotated[tuple[_Kept, ...], msgspec.Meta(min_length=1, max_length=MAX_KEPT)]


_FORM: Final[Codec[_Form]] = Codec(_Form, MAX_KEPT * 16 * 1024)


class KeptHeaders:
    """Trusted headers by height."""

    def __init__(self, anchor: Trusted) -> None:
        """The anchor is trusted without a proof."""
        self._kept = [anchor]

    @classmethod
    def from_bytes(cls, data: bytes, chain_id: str) -> KeptHeaders:
        """What `to_bytes` made; raises `InvalidInput` where it is damaged, `LightError` for another chain."""
        found = _FORM.decode(data)
        kept = [Trusted(each.header, each.header.hash(), set_of(each.members)) for each in found.kept]
        fits = all(each.validators.hash == each.header.next_validators_hash for each in kept)
        heights = [each.header.height for each in kept]
        if found.chain_id != chain_id or not fits or heights != sorted(set(heights)):
            raise LightError("the trusted headers are not of this chain, or damaged", code="wrong_chain")
        headers = cls(kept[0])
        headers._kept = kept
        return headers

    def to_bytes(self) -> bytes:
        """For a file."""
        kept = tuple(_Kept(each.header, members_of(each.validators)) for each in self._kept)
        return encode(_Form(self._kept[0].header.chain_id, kept))

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

    def nearest(self, height: int) -> Trusted:
        """The highest trusted header that is not above a height; raises `LightError` (below_trust) below the first."""
        place = bisect_right(self._kept, height, key=lambda kept: kept.header.height)
        if not place:
            raise LightError(f"height {height} lies below the header that is trusted", code="below_trust")
        return self._kept[place - 1]

    def add(self, trusted: Trusted) -> bool:
        """Remember a header; False if it was known. Of those that change nothing only the newest stays."""
        place = bisect_right(self._kept, trusted.header.height, key=lambda kept: kept.header.height)
        if self._kept[place - 1].hash == trusted.hash:
            return False
        kept = [*self._kept[:place], trusted, *self._kept[place:]]
        first, *middle, newest = kept
        lasting = [each for each in middle if each.header.next_validators_hash != each.header.validators_hash]
        self._kept = [first, *lasting[-(MAX_KEPT - 2) :], newest]
        return True
