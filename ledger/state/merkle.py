"""Merkle trees over hashes: one shape for lists (a block's transactions, its receipts), buckets and bucket arrays.

The rules are numbered in `docs/protocol/state-tree.md` (T1 to T4 stand here). A node has up to four children: against
a binary tree that halves the number of hashes of a root, and a hash costs more to call than to compute. A level is
one byte string, 32 bytes a node, so that the children of a node are one slice. This file knows nothing of the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from ledger.encoding.codec import Codec, Uint, Value
from ledger.errors import ProofError, require
from ledger.limits import MAX_PROOF_BYTES

# The first byte of everything that is hashed here (rule T1). Elsewhere that byte is the length of a domain tag, and
# no tag is shorter than eight bytes.
LIST_ITEM: Final = b"\x00"
INNER: Final = b"\x01"
LIST_ROOT: Final = b"\x02"
STATE_GROUP: Final = b"\x03"
BUCKET_ROOT: Final = b"\x04"
STATE_ROOT: Final = b"\x05"
STATE_KEY: Final = b"\x06"
STATE_VALUE: Final = b"\x07"

HASH_BYTES: Final = 32
FANOUT: Final = 4
NODE_BYTES: Final = FANOUT * HASH_BYTES
_FANOUT_BITS: Final = 2


def parents(nodes: bytes) -> bytes:
    """The level above: one inner node for every four nodes, the last for what remains (T2).

    Groups like the one before are not hashed again: most of a young state's buckets are empty, and each start of a node
    hashes the array of a state's beginning several times.
    """
    found: list[bytes] = []
    before = digest = b""
    for at in range(0, len(nodes), NODE_BYTES):
        group = nodes[at : at + NODE_BYTES]
        if group != before:
            before, digest = group, sha256(INNER + group).digest()
        found.append(digest)
    return b"".join(found)


def levels(leaves: bytes) -> list[bytes]:
    """The leaves and the levels above them, up to the top, which has at most four nodes (T2)."""
    found = [leaves]
    while len(found[-1]) > NODE_BYTES:
        found.append(parents(found[-1]))
    return found


def top(leaves: bytes) -> bytes:
    """The last of `levels`: at most four nodes."""
    while len(leaves) > NODE_BYTES:
        leaves = parents(leaves)
    return leaves


def seal(prefix: bytes, count: int, nodes: bytes | bytearray) -> bytes:
    """The root of `count` leaves whose top is `nodes`; the count is part of what is hashed (T3)."""
    return sha256(prefix + count.to_bytes(8, "big") + nodes).digest()


def siblings(tree: Sequence[bytes | bytearray], first: int, width: int) -> bytes:
    """What `climb` needs beside the `width` leaves from position `first` on; `tree` is what `levels` returned (T4)."""
    last = first + width - 1
    parts: list[bytes | bytearray] = []
    for level in tree:
        start, end = first & -FANOUT, (last | (FANOUT - 1)) + 1
        parts.append(level[start * HASH_BYTES : first * HASH_BYTES])
        parts.append(level[(last + 1) * HASH_BYTES : end * HASH_BYTES])
        first >>= _FANOUT_BITS
        last >>= _FANOUT_BITS
    return b"".join(parts)


def climb(known: bytes, first: int, count: int, beside: bytes) -> bytes:
    """The top over `count` leaves, of which those from position `first` on are `known` (T4).

    `beside` holds, level by level from below, the nodes left and right of the known ones within their groups.
    Raises `ProofError` if the leaves lie outside the tree or `beside` is not exactly as long as the shape demands.
    """
    last = first + len(known) // HASH_BYTES - 1
    if not 0 <= first <= last < count:
        raise ProofError(f"leaves {first} to {last} do not lie in a tree of {count}")
    at = 0
    while True:
        middle = at + (first & (FANOUT - 1)) * HASH_BYTES
        end = middle + (min((last | (FANOUT - 1)) + 1, count) - last - 1) * HASH_BYTES
        known = beside[at:middle] + known + beside[middle:end]
        at = end
        if count <= FANOUT:
            break
        known = parents(known)
        first >>= _FANOUT_BITS
        last >>= _FANOUT_BITS
        count = (count + FANOUT - 1) >> _FANOUT_BITS
    if at != len(beside):
        raise ProofError(f"the proof has {len(beside)} bytes of nodes, its shape demands {at}")
    return known


class ListProof(Value, frozen=True):
    """That one item stands at `position` of a list of `count` items; `nodes` is what `climb` needs (T6)."""

    position: Uint
    count: Uint
    nodes: bytes


LIST_PROOF: Final[Codec[ListProof]] = Codec(ListProof, MAX_PROOF_BYTES)


def list_root(items: Sequence[bytes]) -> bytes:
    """The root of a list, 32 bytes; it depends on the order and the number of the items (T5)."""
    return seal(LIST_ROOT, len(items), top(_leaves(items)))


def prove_item(items: Sequence[bytes], position: int) -> ListProof:
    """The proof that `items[position]` stands there, from the whole list (T6). The position must exist."""
    require(0 <= position < len(items), f"no item {position} in a list of {len(items)}")
    return ListProof(position, len(items), siblings(levels(_leaves(items)), position, 1))


def prove_each(items: Sequence[bytes]) -> list[ListProof]:
    """The proofs of all items, in order: the levels are worked out once."""
    tree = levels(_leaves(items))
    return [ListProof(position, len(items), siblings(tree, position, 1)) for position in range(len(items))]


def verify_item(root: bytes, item: bytes, proof: ListProof) -> None:
    """Raises `ProofError` unless `item` is item `proof.position` of the list with this root (T6)."""
    leaf = sha256(LIST_ITEM + item).digest()
    if seal(LIST_ROOT, proof.count, climb(leaf, proof.position, proof.count, proof.nodes)) != root:
        raise ProofError("the item does not lead to the root")


def _leaves(items: Sequence[bytes]) -> bytes:
    return b"".join([sha256(LIST_ITEM + item).digest() for item in items])
