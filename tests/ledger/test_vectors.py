"""Golden bytes of everything that is signed or hashed, and what becomes of bytes that are nearly those.

The file is made by `python -m tests.makers.make_vectors`; a change of it is a change of the protocol. A vector is
one value, one encoding: anything else is refused, by decoding or by its signature.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import pytest

from ledger.bank.payloads import Transfer
from ledger.chain.blocks import check_block, propose_block
from ledger.chain.certificate import check_certificate
from ledger.chain.envelope import SignedEnvelope, Transaction, sign_message, transaction_id
from ledger.chain.execution import Execution
from ledger.chain.genesis import GENESIS, ConsensusMode
from ledger.chain.header import CERTIFICATE, HEADER
from ledger.encoding.codec import Codec, encode
from ledger.errors import CertificateError, InclusionError, InputTooLarge, InvalidBlock, InvalidInput
from ledger.keys.address import address_of
from ledger.state.proofs import STATE_PROOF
from tests.makers import make_vectors as made
from tests.makers.make_vectors import FILE, REGISTRY
from tests.support.msgpack_forms import respelled
from tests.support.world import Draft, World, address_named, sign_all, wide_genesis

T = TypeVar("T")
VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
TRANSACTIONS: list[dict[str, Any]] = VECTORS["transactions"]
NAMED = {vector["name"]: vector for vector in TRANSACTIONS}
MUTATIONS: tuple[Callable[[int], int], ...] = (
    lambda byte: byte ^ 0x01,
    lambda byte: byte ^ 0x80,
    lambda byte: byte ^ 0x10,
    lambda byte: 0x00,
    lambda byte: 0xFF,
    lambda byte: 0xC0,
)
DECODERS: dict[str, Callable[[bytes], object]] = {
    "transaction": REGISTRY.decode,
    "header": HEADER.decode,
    "certificate": CERTIFICATE.decode,
    "receipt": REGISTRY.receipts.decode,
    "genesis": GENESIS.decode,
    "action": REGISTRY.actions.decode,
    "state_proof": STATE_PROOF.decode,
    **{f"payload/{kind.name}": kind.codec.decode for kind in REGISTRY.types.values()},
}
CODECS: dict[str, Codec[Any]] = {
    "header": HEADER,
    "certificate": CERTIFICATE,
    "receipt": REGISTRY.receipts,
    "genesis": GENESIS,
    "action": REGISTRY.actions,
    "state_proof": STATE_PROOF,
    **{f"payload/{kind.name}": kind.codec for kind in REGISTRY.types.values()},
}
PLAIN: dict[str, tuple[Codec[Any], bytes]] = {
    "header": (HEADER, encode(made.header())),
    "certificate": (CERTIFICATE, encode(made.certificate())),
    "receipt": (REGISTRY.receipts, encode(made.receipt())),
    "failed_receipt": (REGISTRY.receipts, encode(made.failed_receipt())),
    "genesis": (GENESIS, encode(made.GENESIS_VALUE)),
    **{f"action/{name}": (REGISTRY.actions, encode(action)) for name, action in made.vote_actions().items()},
}


def raw_of(vector: dict[str, Any]) -> bytes:
    return bytes.fromhex(vector["raw"])


def accepted(raw: bytes) -> bool:
    """Whether a node would take this for a rightly signed transaction; only the ledger's own errors are refusals."""
    try:
        return REGISTRY.decode(raw).verify_signatures(made.GENESIS_HASH)
    except (InvalidInput, InclusionError):
        return False


def unless_refused(decode: Callable[[bytes], T], data: bytes) -> T | None:
    """What is decoded, or None; only the ledger's own errors are refusals."""
    try:
        return decode(data)
    except (InvalidInput, InclusionError):
        return None


def mutants(data: bytes) -> set[bytes]:
    """Every byte changed in several ways."""
    changed = {
        data[:at] + bytes((mutate(byte),)) + data[at + 1 :] for at, byte in enumerate(data) for mutate in MUTATIONS
    }
    return changed - {data}


# --- the golden bytes ------------------------------------------------------------------------------------------------


def test_the_file_is_what_the_code_makes() -> None:
    """If the change of the protocol is meant: `python -m tests.makers.make_vectors`, and read the diff."""
    fresh = made.build()
    assert list(fresh) == list(VECTORS)
    for part, value in fresh.items():
        assert value == VECTORS[part], part


def test_every_type_action_and_event_has_a_vector() -> None:
    assert {vector["type"] for vector in TRANSACTIONS} == set(REGISTRY.types)
    assert len(VECTORS["events"]) == len(REGISTRY.events)
    tags = {msgspec.msgpack.decode(bytes.fromhex(vector["bytes"]))[0] for vector in VECTORS["actions"]}
    assert tags == {action.__struct_config__.tag for action in REGISTRY.hooks.decisions}
    assert {f"cast_vote/{vector['name']}" for vector in VECTORS["actions"]} <= set(NAMED)


@pytest.mark.parametrize("vector", TRANSACTIONS, ids=NAMED)
def test_transactions_decode_to_what_the_vector_says(vector: dict[str, Any]) -> None:
    transaction = REGISTRY.decode(raw_of(vector))
    assert transaction.verify_signatures(made.GENESIS_HASH)
    assert transaction.id.hex() == vector["id"]
    assert transaction.full_hash.hex() == vector["full_hash"]
    assert address_of(transaction.envelope.sender_key).hex() == VECTORS["keys"][vector["sender"]]["address"]
    assert encode(transaction.payload).hex() == vector["payload"] == transaction.envelope.payload.hex()
    assert encode(transaction.envelope).hex() == vector["envelope"]
    assert encode(SignedEnvelope(encode(transaction.envelope), transaction.signatures)) == raw_of(vector)


@pytest.mark.parametrize("name", PLAIN)
def test_other_values_round_trip(name: str) -> None:
    codec, data = PLAIN[name]
    assert encode(codec.decode(data)) == data


def test_events_round_trip_within_a_receipt() -> None:
    receipt = REGISTRY.receipts.decode(bytes.fromhex(VECTORS["receipts"][0]))
    assert [encode(event).hex() for event in receipt.events] == [vector["bytes"] for vector in VECTORS["events"]]
    assert tuple(receipt.events) == made.receipt().events


# --- nearly those bytes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", TRANSACTIONS, ids=NAMED)
def test_a_transaction_with_any_byte_changed_is_refused(vector: dict[str, Any]) -> None:
    assert not [mutant.hex() for mutant in sorted(mutants(raw_of(vector))) if accepted(mutant)]


@pytest.mark.parametrize("vector", TRANSACTIONS, ids=NAMED)
def test_a_transaction_cut_anywhere_or_with_a_byte_more_is_refused(vector: dict[str, Any]) -> None:
    raw = raw_of(vector)
    for end in range(len(raw)):
        with pytest.raises(InvalidInput):
            REGISTRY.decode(raw[:end])
    for more in (b"\x00", b"\xc0", b"\xff", raw):
        with pytest.raises(InvalidInput):
            REGISTRY.decode(raw + more)


@pytest.mark.parametrize("vector", TRANSACTIONS, ids=NAMED)
def test_a_transaction_spelled_otherwise_is_refused_although_it_is_rightly_signed(vector: dict[str, Any]) -> None:
    """Longer integers, text for bytes, floats, nil, maps, another field: in wire form, envelope and payload."""
    raw = raw_of(vector)
    signed = Transaction(raw)
    spellings = list(respelled(raw))
    spellings += [(name, _signed_anew(vector, envelope)) for name, envelope in respelled(signed.signed_bytes)]
    spellings += [(name, _with_payload(vector, payload)) for name, payload in respelled(signed.envelope.payload)]
    assert len(spellings) > 190
    for name, other in spellings:
        decoded = unless_refused(REGISTRY.decode, other)
        if decoded is None:
            continue
        # What decodes is another value with its own one encoding (a number for a number), never another spelling.
        assert encode(decoded.payload) == decoded.envelope.payload, name
        assert encode(decoded.envelope) == decoded.signed_bytes, name
        assert decoded.id != signed.id, name


def _signed_anew(vector: dict[str, Any], envelope: bytes) -> bytes:
    message = bytes.fromhex(vector["signed_message"])
    prefix = message[: len(message) - len(bytes.fromhex(vector["envelope"]))]
    return encode(SignedEnvelope(envelope, sign_all(vector["sender"], prefix + envelope)))


def _with_payload(vector: dict[str, Any], payload: bytes) -> bytes:
    envelope = Transaction(raw_of(vector)).envelope
    fields = [getattr(envelope, name) for name in envelope.__struct_fields__]
    return _signed_anew(vector, encode([*fields[:-1], payload]))


@pytest.mark.parametrize("name", PLAIN)
def test_another_value_changed_anywhere_is_refused_or_is_another_value(name: str) -> None:
    """No two byte strings decode to the same value: what still decodes has its own hash."""
    codec, data = PLAIN[name]
    original = codec.decode(data)
    for mutant in sorted(mutants(data) | {other for _name, other in respelled(data)}):
        value = unless_refused(codec.decode, mutant)
        if value is not None:
            assert value != original
            assert encode(value) == mutant
    for end in range(len(data)):
        with pytest.raises(InvalidInput):
            codec.decode(data[:end])
    with pytest.raises(InvalidInput):
        codec.decode(data + b"\x00")


def test_a_certificate_with_any_byte_changed_is_refused() -> None:
    data, validators = encode(made.certificate()), made.validator_set()
    header = made.header()
    check_certificate(CERTIFICATE.decode(data), made.GENESIS_HASH, ConsensusMode.PBFT, validators, 300, header.hash())
    for mutant in sorted(mutants(data)):
        with pytest.raises(InvalidInput):
            check_certificate(
                CERTIFICATE.decode(mutant), made.GENESIS_HASH, ConsensusMode.PBFT, validators, 300, header.hash()
            )
    other = encode(made.certificate())
    with pytest.raises(CertificateError):
        check_certificate(CERTIFICATE.decode(other), bytes(32), ConsensusMode.PBFT, validators, 300, header.hash())


# --- before anything is decoded --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CODECS)
def test_oversize_is_refused_before_it_is_decoded(name: str) -> None:
    """0xc1 is never valid: had the decoder seen it, the code would be another."""
    codec = CODECS[name]
    with pytest.raises(InvalidInput) as at_limit:
        codec.decode(b"\xc1" * codec.limit)
    assert at_limit.value.code == "malformed_input"
    with pytest.raises(InputTooLarge) as above:
        codec.decode(b"\xc1" * (codec.limit + 1))
    assert (above.value.size, above.value.limit) == (codec.limit + 1, codec.limit)


def test_an_oversize_transaction_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(InvalidInput) as at_limit:
        Transaction(b"\xc1" * made_limit())
    assert at_limit.value.code == "malformed_input"
    with pytest.raises(InputTooLarge):
        Transaction(b"\xc1" * (made_limit() + 1))


def made_limit() -> int:
    """64 KiB, written here as the protocol says it, not as the code does."""
    return 65_536


@pytest.mark.parametrize(
    "opening", [b"\x91", b"\x92\x01", b"\x81", b"\x81\xa0", b"\xdc\x00\x01", b"\xdd\x00\x00\x00\x01"]
)
@pytest.mark.parametrize("name", DECODERS)
def test_deeply_nested_input_is_refused(name: str, opening: bytes) -> None:
    """At its first wrong byte: neither the stack nor the memory grows with the depth."""
    with pytest.raises(InvalidInput):
        DECODERS[name](opening * (1_000 // len(opening)))
    with pytest.raises(InvalidInput):
        DECODERS[name](opening * (60_000 // len(opening)))


@pytest.mark.parametrize("depth", [1, 2, 3, 10, 1_000])
def test_nested_payloads_of_every_type_are_refused(depth: int) -> None:
    for kind in REGISTRY.types.values():
        with pytest.raises(InvalidInput):
            kind.codec.decode(b"\x91" * depth + b"\xc0")


@pytest.mark.parametrize(
    "claim", [b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff"]
)
@pytest.mark.parametrize("name", DECODERS)
def test_a_claim_of_four_billion_items_is_refused(name: str, claim: bytes) -> None:
    with pytest.raises(InvalidInput):
        DECODERS[name](claim)
    with pytest.raises(InvalidInput):
        DECODERS[name](b"\x92" + claim + b"\x00")


# --- a known id with another signature -------------------------------------------------------------------------------


def _tampered(transaction: Transaction) -> Transaction:
    wrong = transaction.signatures[0].signature[:-1] + bytes((transaction.signatures[0].signature[-1] ^ 1,))
    first = type(transaction.signatures[0])(transaction.signatures[0].index, wrong)
    return REGISTRY.decode(encode(SignedEnvelope(transaction.signed_bytes, (first, *transaction.signatures[1:]))))


@pytest.mark.parametrize("sender", ["A", "X"])
def test_a_known_id_with_another_signature_stands_in_no_block(sender: str) -> None:
    """Not even where the original was verified before: what was verified is the full hash."""
    world = World(wide_genesis())
    world.offer(Draft(sender, Transfer(2, address_named("B"), 1)))
    (original,) = world.pending
    tampered = _tampered(original)
    assert tampered.id == original.id == transaction_id(original.signed_bytes)
    assert tampered.full_hash != original.full_hash
    parent = world.parent
    execution = Execution(
        world.registry, world.genesis, parent.state, height=1, time_ms=world.time_ms + 1,
        fee_account=address_named("A"), verified={original.full_hash, original.id, tampered.id},
    )  # fmt: skip
    with pytest.raises(InclusionError) as refusal:
        execution.apply(tampered)
    assert refusal.value.code == "bad_signature"
    assert execution.apply(original).applied

    proposer = parent.validators.members[0].address
    block, left_out = propose_block(
        world.chain, parent, [tampered, original], time_ms=world.time_ms + 1, proposer=proposer,
        verified={original.full_hash},
    )  # fmt: skip
    assert [(entry.full_hash, error.code) for entry, error in left_out] == [(tampered.full_hash, "bad_signature")]
    with pytest.raises(InvalidBlock) as invalid:
        check_block(world.chain, parent, block.header, [tampered.raw], {original.full_hash})
    assert invalid.value.code == "invalid_transaction"


def test_verified_means_the_signature_is_not_looked_at_again() -> None:
    """The defence above is not that everything is verified anyway."""
    world = World(wide_genesis())
    world.offer(Draft("A", Transfer(2, address_named("B"), 1)))
    tampered = _tampered(world.pending[0])
    execution = Execution(
        world.registry, world.genesis, world.parent.state, height=1, time_ms=world.time_ms + 1,
        fee_account=address_named("A"), verified={tampered.full_hash},
    )  # fmt: skip
    assert execution.apply(tampered).applied


def test_other_members_signatures_are_another_full_hash_of_the_same_id() -> None:
    world = World(wide_genesis())
    world.offer(Draft("X", Transfer(2, address_named("B"), 1)))
    (first,) = world.pending
    message_signatures = sign_all("X", sign_message(first.envelope, world.genesis.hash), last=False)
    second = REGISTRY.decode(encode(SignedEnvelope(first.signed_bytes, message_signatures)))
    assert second.id == first.id
    assert second.full_hash != first.full_hash
    assert second.verify_signatures(world.genesis.hash)
    world.pending = [first, second]
    ((left, error),) = world.close(1000)
    assert (left.full_hash, error.code) == (second.full_hash, "bad_nonce")
