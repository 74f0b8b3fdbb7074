"""What is sent of memos."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, FieldUnit, IsContent, IsSealed, Quantity
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.memos.limits import MAX_SEALED_MEMO_BYTES

CarriedType = Annotated[int, msgspec.Meta(ge=0, le=2**16), FieldUnit(Quantity.PLAIN)]
MemoKeyBytes = Annotated[bytes, msgspec.Meta(max_length=32)]
Sealed = Annotated[bytes, msgspec.Meta(max_length=MAX_SEALED_MEMO_BYTES), IsSealed()]
SealedBytes32 = Annotated[Bytes32, IsSealed()]


class MemoTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    SET_MEMO_KEY = 888
    WITH_MEMO = 889


class SealedMemo(Value, frozen=True):
    """A text that only the holders of the secrets of two X25519 keys can open: its reader's, and its sender's.

    `sealed`: the filled-up text under a key that both and the salt make, with a tag of 16 bytes.
    """

    reader: Address
    reader_key: SealedBytes32
    sender_key: SealedBytes32
    salt: SealedBytes32
    sealed: Sealed


class SetMemoKey(Value, frozen=True):
    """Publish the X25519 key, 32 bytes, for which memos to the sender are sealed; empty: take it back."""

    key: MemoKeyBytes


class WithMemo(Value, frozen=True):
    """Send `content`, the payload of transaction type `type`, and with it a memo."""

    type: CarriedType
    content: Annotated[bytes, msgspec.Meta(max_length=MAX_TRANSACTION_BYTES), IsContent("type")]
    memo: SealedMemo
