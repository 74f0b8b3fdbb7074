"""Merkle lists (T1 to T6): a root names one list, and a proof one place in it."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.encoding.codec import encode
from ledger.errors import BrokenInvariant, InvalidInput, ProofError
from ledger.keys import crypto
from ledger.state import merkle
from ledger.state.merkle import LIST_PROOF, ListProof, climb, levels, list_root, prove_item, siblings, top, verify_item

ITEMS = [f"transaction {number}".encode() for number in range(70)]


def slow_root(items: list[bytes]) -> bytes:
    """The rules T2, T3 and T5 written down without any thought of speed."""
    nodes = [sha256(b"\x00" + item).digest() for item in items]
    while len(nodes) > 4:
        nodes = [sha256(b"\x01" + b"".join(nodes[at : at + 4])).digest() for at in range(0, len(nodes), 4)]
    return sha256(b"\x02" + len(items).to_bytes(8, "big") + b"".join(nodes)).digest()


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 15, 16, 17, 20, 21, 63, 64, 65, 70])
def test_every_place_of_a_list_is_proven_and_no_other(count: int) -> None:
    items = ITEMS[:count]
    root = list_root(items)
    assert root == slow_root(items)
    for position, item in enumerate(items):
        proof = prove_item(items, position)
        verify_item(root, item, LIST_PROOF.decode(encode(proof)))
        with pytest.raises(ProofError):
            verify_item(root, b"another", proof)
        for other in {position - 1, position + 1, position ^ 4, position + 16} & set(range(count)):
            with pytest.raises(ProofError):
                verify_item(root, item, ListProof(other, count, proof.nodes))


def test_an_empty_list_has_a_root_and_proves_nothing() -> None:
    assert list_root([]) == sha256(b"\x02" + bytes(8)).digest()
    with pytest.raises(ProofError):
        verify_item(list_root([]), b"", ListProof(0, 0, b""))
    with pytest.raises(BrokenInvariant):
        prove_item([], 0)


def test_number_and_order_of_items_are_under_the_root() -> None:
    roots = [list_root(ITEMS[:count]) for count in range(len(ITEMS))]
    assert len(set(roots)) == len(roots)
    assert list_root([b"a", b"b"]) != list_root([b"b", b"a"])
    assert list_root([b"a"]) != list_root([b"a", b"a"])


def test_a_node_cannot_pass_for_an_item_nor_a_list_for_its_top() -> None:
    five = [sha256(b"\x00" + item).digest() for item in ITEMS[:5]]
    inner = b"".join(five[:4])
    proof = ListProof(0, 2, sha256(b"\x01" + five[4]).digest())
    with pytest.raises(ProofError):
        verify_item(list_root(ITEMS[:5]), inner, proof)
    assert list_root([inner, five[4]]) != list_root(ITEMS[:5])


def test_prefixes_differ_from_each_other_and_from_every_domain_tag() -> None:
    names = ["LIST_ITEM", "INNER", "LIST_ROOT", "STATE_GROUP", "BUCKET_ROOT", "STATE_ROOT", "STATE_KEY", "STATE_VALUE"]
    prefixes = [getattr(merkle, name) for name in names]
    assert prefixes == [bytes((number,)) for number in range(8)]
    tags = [value for name, value in vars(crypto).items() if name.startswith("DOMAIN_")]
    assert tags
    assert min(len(tag) for tag in tags) >= len(prefixes)


@given(st.integers(1, 300), st.data())
def test_any_range_of_leaves_climbs_to_the_top(count: int, data: st.DataObject) -> None:
    leaves = b"".join(sha256(bytes((number & 255, number >> 8))).digest() for number in range(count))
    first = data.draw(st.integers(0, count - 1))
    width = data.draw(st.integers(1, count - first))
    beside = siblings(levels(leaves), first, width)
    known = leaves[first * 32 : (first + width) * 32]
    assert climb(known, first, count, beside) == top(leaves)
    with pytest.raises(ProofError):
        climb(known, first, count, beside + bytes(32))
    if beside:
        with pytest.raises(ProofError):
            climb(known, first, count, beside[:-1])
        with pytest.raises(ProofError):
            climb(known, first, count, b"")


@pytest.mark.parametrize(("first", "count"), [(-1, 5), (5, 5), (2**62, 5), (0, 0)])
def test_a_place_outside_the_tree_is_refused(first: int, count: int) -> None:
    for nodes in range(8):
        with pytest.raises(ProofError):
            climb(bytes(32), first, count, bytes(32 * nodes))


def test_an_absurd_count_ends_at_once() -> None:
    with pytest.raises(ProofError):
        climb(bytes(32), 0, 2**63 - 1, bytes(96))


def test_every_mutated_byte_of_a_proof_is_refused() -> None:
    items = ITEMS[:21]
    root = list_root(items)
    raw = encode(prove_item(items, 18))
    for at in range(len(raw)):
        for flip in (0x01, 0x80, 0xFF):
            changed = raw[:at] + bytes((raw[at] ^ flip,)) + raw[at + 1 :]
            with pytest.raises(InvalidInput):
                verify_item(root, items[18], LIST_PROOF.decode(changed))
