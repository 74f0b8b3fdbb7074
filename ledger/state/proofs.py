"""Proofs of the state: that an entry is there with its value, or that it is not, against one state root (T13 to T16).

Both kinds have one format: the group of its bucket in which the key stands or would stand, and the nodes that lead
from there to the root. Absence shows in the neighbours; if these lie in two groups, both are shown. A light client, a
meter and the web page verify with what stands here: no storage, no node.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import msgspec

from ledger.encoding.codec import Codec, Uint, Value, encode
from ledger.errors import BrokenInvariant, InputTooLarge, ProofError
from ledger.limits import MAX_PROOF_BYTES, MAX_TREE_BITS, MIN_TREE_BITS
from ledger.state.merkle import BUCKET_ROOT, HASH_BYTES, STATE_ROOT, climb, levels, seal, siblings
from ledger.state.tree import (
    ENTRY_BYTES,
    GROUP_BYTES,
    GROUP_ENTRIES,
    StateTree,
    TreePart,
    TreeStorage,
    bucket_index,
    find,
    group_hashes,
    key_hash,
    value_hash,
)

ValueReader = Callable[[bytes], bytes | None]
"""Full key to value, at the state of the tree."""


class StateProof(Value, frozen=True):
    """What a state root says of one key (T13).

    `value` is the entry's, or None for an absent key. `count` is the number of entries in the key's bucket; `entries`
    are one or two neighbouring groups of them, of which the first has the number `group`. `bucket_nodes` and
    `array_nodes` are what `merkle.climb` needs in the bucket and above it.
    """

    bits: Annotated[int, msgspec.Meta(ge=MIN_TREE_BITS, le=MAX_TREE_BITS)]
    value: bytes | None
    count: Uint
    group: Uint
    entries: Annotated[bytes, msgspec.Meta(max_length=2 * GROUP_BYTES)]
    bucket_nodes: bytes
    array_nodes: bytes


STATE_PROOF: Final[Codec[StateProof]] = Codec(StateProof, MAX_PROOF_BYTES)
"""Decodes what came over a wire, strictly."""


def prove(tree: StateTree | TreePart, storage: TreeStorage, full_key: bytes, value_reader: ValueReader) -> StateProof:
    """The proof of presence or absence of a key.

    Raises `InputTooLarge` for a value that fits into no proof, and `BrokenInvariant` if storage, values and tree are
    not of one state.
    """
    hash_of_key = key_hash(full_key)
    index = bucket_index(tree.bits, hash_of_key)
    entries = tree.read(index, storage)
    count = len(entries) // ENTRY_BYTES
    position = find(entries, hash_of_key)
    present, hash_of_value = _entry(entries, position, hash_of_key)
    value = value_reader(full_key)
    if present != (value is not None) or (value is not None and value_hash(value) != hash_of_value):
        raise BrokenInvariant(f"tree and state disagree on {full_key.hex()}")
    first = last = position // GROUP_ENTRIES
    if not present and position % GROUP_ENTRIES == 0 and position > 0:
        first = last - 1
        last = min(last, (count - 1) // GROUP_ENTRIES)
    shown = entries[first * GROUP_BYTES : (last + 1) * GROUP_BYTES]
    bucket_nodes = siblings(levels(group_hashes(entries)), first, last - first + 1)
    proof = StateProof(tree.bits, value, count, first, shown, bucket_nodes, tree.path(index))
    size = len(encode(proof))
    if size > MAX_PROOF_BYTES:
        raise InputTooLarge("the proof of this entry", size, MAX_PROOF_BYTES)
    return proof


def verify_state_proof(root: bytes, full_key: bytes, proof: StateProof) -> bytes | None:
    """The value that the state with this root has for the key, or None if it has none (T14 to T16).

    Raises `ProofError` for a proof that shows neither.
    """
    if not MIN_TREE_BITS <= proof.bits <= MAX_TREE_BITS:
        raise ProofError(f"a tree of {proof.bits} bits")
    hash_of_key = key_hash(full_key)
    index = bucket_index(proof.bits, hash_of_key)
    _check_entries(proof, index)
    _check_place(proof, hash_of_key)
    nodes = proof.bucket_nodes
    if proof.count:
        groups = -(-proof.count // GROUP_ENTRIES)
        nodes = climb(group_hashes(proof.entries), proof.group, groups, proof.bucket_nodes)
    buckets = 1 << proof.bits
    array_top = climb(seal(BUCKET_ROOT, proof.count, nodes), index, buckets, proof.array_nodes)
    if seal(STATE_ROOT, buckets, array_top) != root:
        raise ProofError("the proof does not lead to the state root")
    return proof.value


def _entry(entries: bytes, position: int, hash_of_key: bytes) -> tuple[bool, bytes]:
    """Whether the key's entry stands at its position, and the value hash in it."""
    at = position * ENTRY_BYTES
    if entries[at : at + HASH_BYTES] != hash_of_key:
        return False, b""
    return True, entries[at + HASH_BYTES : at + ENTRY_BYTES]


def _check_entries(proof: StateProof, index: int) -> None:
    """The shown groups are whole, one or two (none for an empty bucket), rise, and belong to the bucket (T14)."""
    entries = proof.entries
    remaining = (proof.count - proof.group * GROUP_ENTRIES) * ENTRY_BYTES
    if proof.count == 0:
        if proof.group or entries or proof.bucket_nodes:
            raise ProofError("an empty bucket has no entries and no nodes")
    elif len(entries) not in (min(GROUP_BYTES, remaining), min(2 * GROUP_BYTES, remaining)):
        raise ProofError(f"{len(entries)} bytes of entries at group {proof.group} of {proof.count} entries")
    previous = b""
    for at in range(0, len(entries), ENTRY_BYTES):
        shown = entries[at : at + HASH_BYTES]
        if shown <= previous:
            raise ProofError("the entries do not rise")
        if bucket_index(proof.bits, shown) != index:
            raise ProofError("an entry belongs to another bucket")
        previous = shown


def _check_place(proof: StateProof, hash_of_key: bytes) -> None:
    """The key's entry is shown with its value's hash (T15), or both places beside where it would stand are (T16)."""
    entries = proof.entries
    position = find(entries, hash_of_key)
    shown = len(entries) // ENTRY_BYTES
    present, hash_of_value = _entry(entries, position, hash_of_key)
    if proof.value is not None:
        if not present or value_hash(proof.value) != hash_of_value:
            raise ProofError("the entries do not show the key with this value")
    elif present:
        raise ProofError("the entries show the key, the proof denies it")
    else:
        if position == 0 and proof.group > 0:
            raise ProofError("the neighbour below the key is not shown")
        if position == shown and proof.group * GROUP_ENTRIES + shown < proof.count:
            raise ProofError("the neighbour above the key is not shown")
    if shown > GROUP_ENTRIES and (present or position != GROUP_ENTRIES):
        raise ProofError("two groups are shown where one is enough")
