"""The keys and small values of the database: the only place that knows prefixes and widths.

    v                               layout version
    h                               head: height 8, block hash 32, state root 32
    f                               lowest height whose state can still be read, 8
    b                               lowest height above the genesis whose block is here, 8; unset: all are
    J chunk4                        (empty) a chunk of a snapshot that is here, while one is taken over
    H height8                       block hash 32, number of transactions 4, of receipts 4, header
    C height8                       certificate; below the head the COMMITs that the next block carries
    V height8                       validators that decide from this height on, until the next entry
    T height8 chunk4                transactions of one chunk: a canonical array of CHUNK of them
    R height8 chunk4                receipts, likewise
    i block_hash32                  height8
    t transaction_id                height8 index4
    A len1 address height8 index4   (empty) a receipt that concerns the address, or the topic (shorter)
    S full_key                      current state: table number, key -> canonical value
    B bucket4                       state tree bucket
    U escaped_key height8           state before this height's block: 0, or 1 and the value
    K height8                       the full keys that this height's block changed (to prune U)

Transactions and receipts lie in chunks: one entry each costs 60 times the puts, one entry per block makes the reading
of one receipt cost a whole block of 8 MB. Numbers are big-endian, so byte order is number order.

The undo entries (U) make a past state readable: the value of a key after height h is the one before the first later
block that changed it, or the current one if none did. Their keys are escaped (0 becomes 0 255, end is 0 1) so that
they sort as the plain keys do, whatever their lengths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DATABASE: Final = "chain"
HEAD_FILE: Final = "head"
"""The names in a store's directory."""

LAYOUT_VERSION: Final = b"3"
CHUNK: Final = 64
HASH_BYTES: Final = 32
MAX_HEIGHT: Final = 2**63 - 1

VERSION: Final = b"v"
HEAD: Final = b"h"
STATE_FLOOR: Final = b"f"
BASE: Final = b"b"
TAKEN: Final = b"J"
STATE: Final = b"S"
BUCKET: Final = b"B"
HEADER: Final = b"H"
UNDO: Final = b"U"
VALIDATORS: Final = b"V"

_CERTIFICATE: Final = b"C"
_TRANSACTIONS: Final = b"T"
_RECEIPTS: Final = b"R"
_HEIGHT_OF: Final = b"i"
_LOCATION: Final = b"t"
_ACCOUNT: Final = b"A"
_CHANGED: Final = b"K"
_ABSENT: Final = b"\0"
_PRESENT: Final = b"\1"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block of the store."""

    height: int
    block_hash: bytes
    state_root: bytes


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """The place of a transaction or receipt in the chain."""

    height: int
    index: int


HEAD_BYTES: Final = 8 + 2 * HASH_BYTES


def number(value: int) -> bytes:
    """A height as a key part."""
    return value.to_bytes(8, "big")


def encode_head(head: Head) -> bytes:
    """The bytes of a head, always `HEAD_BYTES` long."""
    return number(head.height) + head.block_hash + head.state_root


def decode_head(data: bytes) -> Head | None:
    """The head of these bytes, None if they have another length."""
    if len(data) != HEAD_BYTES:
        return None
    return Head(int.from_bytes(data[:8], "big"), data[8 : 8 + HASH_BYTES], data[8 + HASH_BYTES :])


def header_key(height: int) -> bytes:
    """Block hash, counts and header of a height."""
    return HEADER + number(height)


def join_header(block_hash: bytes, transactions: int, receipts: int, header: bytes) -> bytes:
    """The value under a `header_key`."""
    return block_hash + transactions.to_bytes(4, "big") + receipts.to_bytes(4, "big") + header


def split_header(data: bytes) -> tuple[bytes, int, int, bytes]:
    """The parts of `join_header`, in its order."""
    counts = data[HASH_BYTES : HASH_BYTES + 8]
    first, second = int.from_bytes(counts[:4], "big"), int.from_bytes(counts[4:], "big")
    return data[:HASH_BYTES], first, second, data[HASH_BYTES + 8 :]


def certificate_key(height: int) -> bytes:
    """The certificate of a height."""
    return _CERTIFICATE + number(height)


def validators_key(height: int) -> bytes:
    """The validators that decide from this height on."""
    return VALIDATORS + number(height)


def transactions_key(height: int, chunk: int) -> bytes:
    """One chunk of a block's transactions."""
    return _TRANSACTIONS + number(height) + chunk.to_bytes(4, "big")


def receipts_key(height: int, chunk: int) -> bytes:
    """One chunk of a block's receipts."""
    return _RECEIPTS + number(height) + chunk.to_bytes(4, "big")


def height_of_key(block_hash: bytes) -> bytes:
    """The height of a block hash."""
    return _HEIGHT_OF + block_hash


def location_key(transaction_id: bytes) -> bytes:
    """The place of a transaction."""
    return _LOCATION + transaction_id


def encode_location(location: Location) -> bytes:
    """Twelve bytes that sort as locations do."""
    return number(location.height) + location.index.to_bytes(4, "big")


def decode_location(data: bytes) -> Location:
    """The location of the last twelve bytes of a key or value."""
    return Location(int.from_bytes(data[-12:-4], "big"), int.from_bytes(data[-4:], "big"))


def account_prefix(address: bytes) -> bytes:
    """What the keys of an address' history start with."""
    return _ACCOUNT + bytes((len(address),)) + address


def bucket_key(bucket: int) -> bytes:
    """A bucket of the state tree."""
    return BUCKET + bucket.to_bytes(4, "big")


def changed_key(height: int) -> bytes:
    """The list of keys that a block changed."""
    return _CHANGED + number(height)


def after(prefix: bytes) -> bytes | None:
    """The first key above all keys with this prefix; None if there is none."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes((stripped[-1] + 1,)) if stripped else None


def escape(full_key: bytes) -> bytes:
    """The key so that no longer key can be confused with it; keeps the order."""
    return full_key.replace(b"\0", b"\0\xff")


def undo_prefix(full_key: bytes) -> bytes:
    """What all undo entries of a state key start with."""
    return UNDO + escape(full_key) + b"\0\1"


def undo_key(full_key: bytes, height: int) -> bytes:
    """The undo entry of a state key for the block of this height."""
    return undo_prefix(full_key) + number(height)


def split_undo_key(key: bytes) -> tuple[bytes, int]:
    """State key and height of an undo key."""
    return key[1:-10].replace(b"\0\xff", b"\0"), int.from_bytes(key[-8:], "big")


def encode_undo(previous: bytes | None) -> bytes:
    """The value before a change; None if there was none."""
    return _ABSENT if previous is None else _PRESENT + previous


def decode_undo(data: bytes) -> bytes | None:
    """See `encode_undo`."""
    return None if data == _ABSENT else data[1:]
