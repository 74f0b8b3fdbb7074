"""Proofs of the state (T13 to T16): what `prove` makes is accepted, and nothing else.

`python -m tests.ledger.test_proofs` writes the golden vectors anew, after a change of format that was meant.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.encoding.codec import encode
from ledger.errors import BrokenInvariant, InputTooLarge, InvalidInput, ProofError
from ledger.limits import MAX_PROOF_BYTES, MAX_STATE_KEY_BYTES
from ledger.state import proofs
from ledger.state.full_key import NUMBER_BYTES, number_key
from ledger.state.merkle import list_root, prove_item
from ledger.state.proofs import STATE_PROOF, StateProof, prove, verify_state_proof
from ledger.state.table import Table
from ledger.state.tree import InMemoryTreeStorage, StateTree, TreeUpdate, bucket_index, key_hash, value_hash
from nodechain.modules import MODULES

VECTORS = Path(__file__).parents[1] / "vectors" / "state_proofs.json"


class World:
    """A state with its tree."""

    def __init__(self, state: dict[bytes, bytes], bits: int = 4) -> None:
        self.state = state
        self.storage = InMemoryTreeStorage()
        self.tree = StateTree.load(bits, ())
        update = self.tree.plan(state, self.storage)
        self.storage.write(update)
        self.tree.apply(update)

    def prove(self, key: bytes) -> StateProof:
        return STATE_PROOF.decode(encode(prove(self.tree, self.storage, key, self.state.get)))

    def check(self, key: bytes, proof: StateProof) -> bytes | None:
        return verify_state_proof(self.tree.root, key, proof)

    def refused(self, key: bytes, proof: StateProof, why: str | None = None) -> None:
        with pytest.raises(ProofError, match=why):
            self.check(key, proof)


def in_bucket(count: int, bucket: int = 0) -> list[bytes]:
    """Keys of one bucket of 16, sorted as they stand there."""
    found: list[bytes] = []
    number = 0
    while len(found) < count:
        key = b"\x01" + number.to_bytes(8, "big")
        if bucket_index(4, key_hash(key)) == bucket:
            found.append(key)
        number += 1
    return sorted(found, key=key_hash)


PLACES = in_bucket(40)
"""Every second one is in the state: 20 entries in groups of 8, 8 and 4; the others stand before, between and after."""

WORLD = World({key: b"value" + key for key in PLACES[1::2]})


def changed(proof: StateProof, **fields: Any) -> StateProof:
    return msgspec.structs.replace(proof, **fields)


@given(
    st.dictionaries(st.binary(min_size=1, max_size=3), st.binary(max_size=5), max_size=80),
    st.binary(min_size=1, max_size=3),
    st.sampled_from([4, 5, 8, 9]),
)
def test_what_is_there_is_proven_and_what_is_not_as_well(state: dict[bytes, bytes], key: bytes, bits: int) -> None:
    world = World(state, bits)
    for wanted in [key, *state]:
        assert world.check(wanted, world.prove(wanted)) == state.get(wanted)


@pytest.mark.parametrize("place", range(40))
def test_every_place_of_a_bucket(place: int) -> None:
    proof = WORLD.prove(PLACES[place])
    assert WORLD.check(PLACES[place], proof) == WORLD.state.get(PLACES[place])
    assert len(proof.entries) // 64 == {16: 16, 32: 12}.get(place, 8 if place < 32 else 4)


def test_an_empty_bucket_an_empty_state_and_an_empty_value() -> None:
    key = in_bucket(1, bucket=3)[0]
    for world in (WORLD, World({})):
        proof = world.prove(key)
        assert (proof.count, proof.entries, proof.bucket_nodes) == (0, b"", b"")
        assert world.check(key, proof) is None
        world.refused(key, changed(proof, bucket_nodes=bytes(32)), "empty bucket")
        world.refused(key, changed(proof, group=1), "empty bucket")
        world.refused(key, changed(proof, value=b""), "do not show")
    world = World({key: b""})
    assert world.check(key, world.prove(key)) == b""
    world.refused(key, changed(world.prove(key), value=None), "denies")


@pytest.mark.parametrize("place", [0, 1, 15, 16, 17, 32, 33, 39])
def test_every_mutated_byte_is_refused(place: int) -> None:
    key = PLACES[place]
    raw = encode(WORLD.prove(key))
    for at in range(len(raw)):
        for flip in (0x01, 0x10, 0x80, 0xFF):
            with pytest.raises(InvalidInput):
                WORLD.check(key, STATE_PROOF.decode(raw[:at] + bytes((raw[at] ^ flip,)) + raw[at + 1 :]))
    for wrong in (raw + b"\x00", raw[:-1], b""):
        with pytest.raises(InvalidInput):
            STATE_PROOF.decode(wrong)


def test_under_another_key_a_proof_shows_the_truth_or_nothing() -> None:
    """One group shows all its gaps, so a proof of absence may serve for another absent key; never for a present one."""
    shown = 0
    for key in PLACES:
        proof = WORLD.prove(key)
        for other in PLACES:
            if other == key:
                continue
            if proof.value is not None or other in WORLD.state:
                WORLD.refused(other, proof)
                continue
            try:
                assert WORLD.check(other, proof) is None
                shown += 1
            except ProofError:
                assert abs(PLACES.index(other) - PLACES.index(key)) > 1
    assert shown > 0


def test_a_proof_holds_under_its_own_root_only() -> None:
    other = World(WORLD.state | {PLACES[0]: b"new"})
    for key in PLACES:
        other.refused(key, WORLD.prove(key), "root|denies|do not")
    WORLD.refused(in_bucket(1, bucket=1)[0], WORLD.prove(PLACES[0]), "another bucket")


def rebuilt(entries: bytes, world: World) -> World:
    """A world whose tree really has these bytes as bucket 0: only the verifier's own checks stand against them."""
    built = World({})
    built.tree = StateTree.load(4, [(0, entries)])
    built.state = world.state
    return built


def test_entries_that_do_not_rise_are_refused() -> None:
    few = World(dict.fromkeys(PLACES[1:7], b"v"))
    good = few.storage.bucket(0) or b""
    swapped = good[64:128] + good[:64] + good[128:]
    twice = good[:64] + good
    for entries in (swapped, twice):
        world = rebuilt(entries, few)
        proof = changed(few.prove(PLACES[0]), count=len(entries) // 64, entries=entries)
        world.refused(PLACES[0], proof, "do not rise")
        world.refused(PLACES[3], changed(proof, value=b"v"), "do not rise")


def test_without_t14_a_present_key_could_be_denied_under_a_bad_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant of T14: entries out of order hide a key from whoever looks where it should stand."""
    few = World(dict.fromkeys(PLACES[1:7], b"v"))
    good = few.storage.bucket(0) or b""
    swapped = good[64:128] + good[:64] + good[128:]
    world = rebuilt(swapped, few)
    denied = changed(few.prove(PLACES[1]), value=None, entries=swapped)
    world.refused(PLACES[1], denied, "do not rise")
    monkeypatch.setattr(proofs, "_check_entries", lambda _proof, _index: None)
    assert world.check(PLACES[1], denied) is None


LONGEST: Final = MAX_STATE_KEY_BYTES - NUMBER_BYTES
"""Bytes of a key within its table."""


@pytest.mark.parametrize("table", [table for module in MODULES for table in module.tables], ids=str)
def test_every_table_has_proofs_of_presence_and_absence(table: Table[Any]) -> None:
    known = {table.full_key(number.to_bytes(LONGEST, "big")): b"value" for number in range(40)}
    world = World(known)
    for full_key in known:
        assert world.check(full_key, world.prove(full_key)) == b"value"
    for number in range(40, 80):
        missing = table.full_key(number.to_bytes(LONGEST, "big"))
        assert world.check(missing, world.prove(missing)) is None
    # The same key in any other table is another one.
    other = number_key(table.number ^ 2**15) + next(iter(known))[NUMBER_BYTES:]
    assert world.check(other, world.prove(other)) is None


def test_entries_of_another_bucket_are_refused() -> None:
    stranger = in_bucket(1, bucket=1)[0]
    entries = key_hash(stranger) + value_hash(b"v")
    world = rebuilt(entries, WORLD)
    empty = World({}).prove(PLACES[0])
    world.refused(PLACES[0], changed(empty, count=1, entries=entries), "another bucket")


def test_a_present_key_cannot_be_denied_by_hiding_its_group() -> None:
    hidden = PLACES[17]
    below, above, far = WORLD.prove(PLACES[15]), WORLD.prove(PLACES[19]), WORLD.prove(PLACES[33])
    assert (below.group, above.group, far.group) == (0, 1, 2)
    WORLD.refused(hidden, changed(below, value=None), "above the key is not shown")
    WORLD.refused(hidden, changed(far, value=None), "below the key is not shown")
    WORLD.refused(hidden, changed(above, value=None), "denies")
    apart = changed(below, value=None, entries=below.entries + far.entries)
    WORLD.refused(hidden, apart, "bytes of entries")
    full = WORLD.storage.bucket(0) or b""
    beside_two = WORLD.prove(PLACES[16]).bucket_nodes
    shifted = full[:512] + full[576:1088]
    WORLD.refused(hidden, changed(below, value=None, entries=shifted, bucket_nodes=beside_two), "root")
    WORLD.refused(hidden, changed(below, value=None, count=8, bucket_nodes=b""), "root")
    WORLD.refused(hidden, changed(below, value=None, count=0, entries=b"", bucket_nodes=b""), "root")


def test_two_groups_only_where_one_is_not_enough() -> None:
    wide = WORLD.prove(PLACES[16])
    assert len(wide.entries) == 1024
    assert WORLD.check(PLACES[16], wide) is None
    for place in (14, 18):
        WORLD.refused(PLACES[place], wide, "one is enough")
    WORLD.refused(PLACES[15], changed(wide, value=WORLD.state[PLACES[15]]), "one is enough")


def test_wrong_values_nodes_and_sizes_are_refused() -> None:
    key = PLACES[17]
    proof = WORLD.prove(key)
    for wrong in (
        changed(proof, value=b"another"),
        changed(proof, value=None),
        changed(proof, bits=5),
        changed(proof, bits=3),
        changed(proof, bits=21),
        changed(proof, bits=33),
        changed(proof, bits=-1),
        changed(proof, count=19),
        changed(proof, count=21),
        changed(proof, count=2**63 - 1),
        changed(proof, group=0),
        changed(proof, group=2),
        changed(proof, group=-1),
        changed(proof, group=2**62),
        changed(proof, entries=proof.entries[:-64]),
        changed(proof, entries=proof.entries[:-1]),
        changed(proof, entries=b""),
        changed(proof, bucket_nodes=proof.bucket_nodes + bytes(32)),
        changed(proof, bucket_nodes=proof.bucket_nodes[:-1]),
        changed(proof, array_nodes=proof.array_nodes[32:]),
        changed(proof, array_nodes=proof.array_nodes + b"\x00"),
    ):
        WORLD.refused(key, wrong)


@given(st.binary(max_size=1200))
def test_no_bytes_crash_the_decoder(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        STATE_PROOF.decode(raw)


counts = st.integers(0, 40) | st.integers(0, 2**63 - 1)
nodes = st.integers(0, 12).map(lambda number: bytes(32 * number)) | st.binary(max_size=70)


@given(counts, counts, nodes, nodes, st.none() | st.binary(max_size=2), st.sampled_from(PLACES))
def test_no_invented_proof_crashes_or_passes(
    count: int, group: int, beside: bytes, above: bytes, value: bytes | None, key: bytes
) -> None:
    entries = WORLD.prove(key).entries
    WORLD.refused(key, StateProof(4, value, count, group, entries, beside, above))
    WORLD.refused(key, StateProof(4, value, count, group, b"", beside, above))


def test_ten_thousand_keys_in_one_bucket_do_not_make_proofs_large() -> None:
    places = in_bucket(10_100)
    world = World(dict.fromkeys(places[:5_000] + places[5_100:], b"value"))
    for key in (*places[4_990:5_110:7], places[0], places[-1]):
        proof = world.prove(key)
        assert len(encode(proof)) <= 2_048
        assert world.check(key, proof) == world.state.get(key)


@pytest.mark.parametrize(
    ("below", "above", "limit"), [(8, 7, 2_048), (16, 16, 2_048), (24, 12, 2_048), (8_192, 1_808, 2_900)]
)
def test_the_longest_proofs_in_a_tree_of_a_million_keys(below: int, above: int, limit: int) -> None:
    """A million random keys in 2^16 buckets put 15 into one, 40 into the fullest; grinding puts 10^4 into one.

    The key stands between two groups, and in the last case between those with the longest ways to the root.
    """
    middle = key_hash(b"\x01key")
    numbers = [int.from_bytes(middle, "big") + step for step in (*range(-below, 0), *range(1, above + 1))]
    world = World({}, 16)
    index = bucket_index(16, middle)
    blob = b"".join(number.to_bytes(32, "big") + value_hash(b"v") for number in numbers)
    world.storage.write(TreeUpdate(b"", {index: blob}, b"", ()))
    world.tree = StateTree.load(16, [(index, blob)])
    proof = world.prove(b"\x01key")
    assert world.check(b"\x01key", proof) is None
    assert len(proof.entries) == 64 * min(16, 8 + above)
    assert len(encode(proof)) <= limit


def test_proving_notices_a_state_that_is_not_the_trees() -> None:
    tree, storage = WORLD.tree, WORLD.storage
    for key, value in ((PLACES[1], None), (PLACES[1], b"other"), (PLACES[0], b"there")):
        with pytest.raises(BrokenInvariant, match="disagree"):
            prove(tree, storage, key, {key: value}.get)
    with pytest.raises(BrokenInvariant, match="stored bucket"):
        prove(StateTree.load(4, ()), storage, PLACES[1], WORLD.state.get)


def test_a_value_too_large_for_a_proof() -> None:
    world = World({b"\x01large": bytes(MAX_PROOF_BYTES)})
    with pytest.raises(InputTooLarge):
        world.prove(b"\x01large")


def vectors() -> dict[str, Any]:
    """All golden vectors as they are computed now."""
    worlds = []
    for bits, count in ((4, 0), (4, 40), (5, 300), (16, 50)):
        state = {b"\x01" + sha256(bytes((n & 255, n >> 8))).digest()[:20]: b"value %d" % n for n in range(count)}
        world = World(state, bits)
        asked = [*list(state)[::13], *(b"\x02absent %d" % number for number in range(4))]
        proofs = [
            {
                "full_key": key.hex(),
                "value": None if key not in state else state[key].hex(),
                "proof": encode(world.prove(key)).hex(),
            }
            for key in asked
        ]
        entries = {key.hex(): value.hex() for key, value in state.items()}
        worlds.append({"bits": bits, "entries": entries, "root": world.tree.root.hex(), "proofs": proofs})
    lists = []
    for count in (0, 1, 4, 5, 21):
        items = [b"item %d" % number for number in range(count)]
        proofs_of_items = [encode(prove_item(items, position)).hex() for position in range(count)]
        lists.append({"count": count, "root": list_root(items).hex(), "proofs": proofs_of_items})
    return {"rules": "docs/protocol/state-tree.md", "states": worlds, "lists": lists}


def test_golden_vectors() -> None:
    recorded = json.loads(VECTORS.read_text())
    assert vectors() == recorded
    for world in recorded["states"]:
        for case in world["proofs"]:
            proof = STATE_PROOF.decode(bytes.fromhex(case["proof"]))
            value = verify_state_proof(bytes.fromhex(world["root"]), bytes.fromhex(case["full_key"]), proof)
            assert (None if value is None else value.hex()) == case["value"]


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(vectors(), indent=1) + "\n")
