"""What happened with memos."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.quantities import Address, IsSealed, Plain
from ledger.memos.payloads import SealedBytes32, SealedMemo


class MemoKeySet(Event, frozen=True, tag=888):
    """Memos to `account` are sealed for `key` from now on; empty: it takes none."""

    account: Address
    key: bytes


class MemoSent(Event, frozen=True, tag=889):
    """`sender` sent a memo for `reader` with a transaction of this type; what that did stands in the events after this
    one. The other fields are the memo's (`SealedMemo`)."""

    sender: Address
    reader: Address
    sent_type: Plain
    reader_key: SealedBytes32
    sender_key: SealedBytes32
    salt: SealedBytes32
    sealed: Annotated[bytes, IsSealed()]

    @property
    def memo(self) -> SealedMemo:
        """As it was sent."""
        return SealedMemo(self.reader, self.reader_key, self.sender_key, self.salt, self.sealed)


MEMO_EVENTS: Final[tuple[type[Event], ...]] = (MemoKeySet, MemoSent)
