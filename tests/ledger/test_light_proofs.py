"""Proof files: what they show, and forgeries that one rule alone holds back (F1 to F7, T14 to T16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harness.chain import address, secret
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.events import Transferred
from ledger.bank.schema import BALANCES
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput, LightError, ProofError
from ledger.light import claims, proof_file
from ledger.light.claims import (
    EventClaim,
    ProvenEvent,
    ProvenReceipt,
    ProvenState,
    ProvenTransaction,
    Shown,
    StateClaim,
)
from ledger.light.headers import SetMember
from ledger.light.proof_file import PROOF_FILE, ProofFile, Proven, check_proof, sign_proof
from ledger.state import proofs
from ledger.state.full_key import split_key
from tests.support.proof_chain import ProofChain, everything

CHAIN, FILE = everything()


def check(file: ProofFile, chain: ProofChain = CHAIN) -> Proven:
    return check_proof(chain.terms, chain.anchor, PROOF_FILE.decode(encode(file)), chain.now_ms)


def test_a_file_shows_what_stands_in_state_and_blocks() -> None:
    proven = check(FILE)
    assert proven.head.hash == CHAIN.blocks[3].hash
    held, nothing, paid, receipt, event = proven.shown
    assert isinstance(held, ProvenState)
    assert held.value is not None
    assert BALANCES.codec.decode(held.value).available == 6
    assert isinstance(nothing, ProvenState)
    assert nothing.value is None
    assert paid == ProvenTransaction(1, 1, CHAIN.blocks[1].transactions[1].raw)
    assert receipt == ProvenReceipt(2, 2, encode(CHAIN.blocks[2].executed.receipts[2]))
    assert event == ProvenEvent(2, 1, 0, encode(Transferred(CURRENCY_ASSET, address("A"), address("B"), 1)))


def test_a_skip_is_enough_and_the_anchor_may_be_in_the_file() -> None:
    claims_of_it = (replace(FILE.claims[0], block=0),)
    assert check(replace(FILE, blocks=(CHAIN.light(3),), claims=claims_of_it)).shown == check(FILE).shown[:1]
    genesis = replace(CHAIN.light(1), header=CHAIN.blocks[0].header)
    assert check(replace(FILE, blocks=(genesis, *FILE.blocks), claims=())).head.hash == CHAIN.blocks[3].hash


def test_a_signer_stands_for_the_whole_file() -> None:
    signed = sign_proof(FILE, secret("A"), CHAIN.genesis.hash)
    assert check(signed).shown == check(FILE).shown
    for changed in (
        replace(signed, claims=signed.claims[1:]),
        replace(signed, account=address("B")),
        replace(signed, signer=secret("B").public_key),
        replace(signed, signature=bytes(64)),
        replace(signed, signer=b""),
    ):
        with pytest.raises(LightError, match="signature"):
            check(changed)


# One rule broken at a time: with the rule switched off, the forgery is accepted.

Mutant = tuple[Any, str, Any]


def nothing(*_: object, **__: object) -> None:
    """A rule that holds nothing back."""


def believed(_root: bytes, _key: bytes, proof: Any) -> bytes | None:
    found: bytes | None = proof.value
    return found


def without(rule: Callable[..., None]) -> Mutant:
    return proof_file, "RULES", tuple(each for each in proof_file.RULES if each is not rule)


def with_state(proof: Any) -> ProofFile:
    claim = FILE.claims[0]
    assert isinstance(claim, StateClaim)
    return replace(FILE, claims=(replace(claim, proof=proof),))


def richer() -> ProofFile:
    claim = FILE.claims[0]
    assert isinstance(claim, StateClaim)
    value = BALANCES.codec.decode(claim.proof.value or b"")
    return with_state(replace(claim.proof, value=encode(replace(value, available=10**15))))


def denied() -> ProofFile:
    claim = FILE.claims[0]
    assert isinstance(claim, StateClaim)
    return with_state(replace(claim.proof, value=None))


def of_another_state() -> ProofFile:
    """True once: the proof is of height 3, the claim says height 2."""
    return replace(FILE, claims=(replace(FILE.claims[0], block=1),))


def of_another_key() -> ProofFile:
    """The entry of one key, claimed for another of the same bucket or not."""
    claim, other = FILE.claims[:2]
    assert isinstance(claim, StateClaim)
    assert isinstance(other, StateClaim)
    return replace(FILE, claims=(replace(claim, full_key=other.full_key),))


def unpaid() -> ProofFile:
    claim = FILE.claims[2]
    return replace(FILE, claims=(replace(claim, transaction=CHAIN.blocks[2].transactions[0].raw),))


def other_place() -> ProofFile:
    claim = FILE.claims[2]
    assert not isinstance(claim, StateClaim)
    return replace(FILE, claims=(replace(claim, proof=replace(claim.proof, position=0)),))


def better_receipt() -> ProofFile:
    claim = FILE.claims[3]
    receipt = replace(CHAIN.blocks[2].executed.receipts[2], fee=0, code="refused_by_nobody")
    return replace(FILE, claims=(replace(claim, receipt=encode(receipt)),))


def invented_event() -> ProofFile:
    claim = FILE.claims[4]
    receipt = CHAIN.blocks[2].executed.receipts[1]
    more = replace(receipt, events=(*receipt.events, Transferred(ENERGY_ASSET, address("A"), address("B"), 10**15)))
    return replace(FILE, claims=(replace(claim, receipt=encode(more), event=1),))


FORGERIES: list[tuple[str, str, Mutant, Callable[[], ProofFile]]] = [
    ("F1", "unknown_format", without(proof_file.form_is_known), lambda: replace(FILE, format="nodechain/proof/2")),
    ("F1", "wrong_chain", without(proof_file.form_is_known), lambda: replace(FILE, chain_id="test-00000000")),
    (
        "F2", "bad_signature", without(proof_file.signer_stands_for_it),
        lambda: replace(sign_proof(FILE, secret("A"), CHAIN.genesis.hash), account=address("A")),
    ),
    ("F4", "bad_proof", (claims, "verify_state_proof", believed), richer),
    ("F4", "bad_proof", (claims, "verify_state_proof", believed), denied),
    ("F4", "bad_proof", (claims, "verify_state_proof", believed), of_another_state),
    ("F5", "bad_proof", (claims, "verify_item", nothing), unpaid),
    ("F5", "bad_proof", (claims, "verify_item", nothing), other_place),
    ("F6", "bad_proof", (claims, "verify_item", nothing), better_receipt),
    ("F7", "bad_proof", (claims, "verify_item", nothing), invented_event),
    ("T15", "bad_proof", (proofs, "_check_place", nothing), richer),
    ("T16", "bad_proof", (proofs, "_check_place", nothing), denied),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "code", "mutant", "forgery"), FORGERIES)
def test_each_forgery_is_held_back_by_its_rule_alone(
    rule: str, code: str, mutant: Mutant, forgery: Callable[[], ProofFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = forgery()
    with pytest.raises(InvalidInput) as refused:
        check(file)
    assert refused.value.code == code
    monkeypatch.setattr(*mutant)
    assert check(file).head.hash == CHAIN.blocks[3].hash


def test_a_claim_about_a_block_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    file = replace(FILE, claims=(replace(FILE.claims[0], block=3),))
    with pytest.raises(LightError) as refused:
        check(file)
    assert refused.value.code == "no_such_block"
    # The mutant of F3: without the rule the verifier would crash.
    monkeypatch.setattr(*without(proof_file.claims_name_headers))
    with pytest.raises(IndexError):
        check(file)


def test_an_event_that_is_not_there() -> None:
    claim = FILE.claims[4]
    assert isinstance(claim, EventClaim)
    with pytest.raises(LightError) as refused:
        check(replace(FILE, claims=(replace(claim, event=1),)))
    assert refused.value.code == "no_such_event"


@pytest.mark.parametrize("change", ["certificate", "members", "order", "skipped"])
def test_headers_of_a_file_are_followed(change: str) -> None:
    first, second, third = FILE.blocks
    blocks = {
        "certificate": (first, replace(second, certificate=first.certificate), third),
        "members": (first, second, replace(third, members=(SetMember(secret("A").public_key[1:], 1),))),
        "order": (second, first, third),
        "skipped": (replace(first, next_members=(SetMember(secret("A").public_key[1:], 1),)), second, third),
    }[change]
    with pytest.raises(LightError):
        check(replace(FILE, blocks=blocks))


BYTES = encode(FILE)


def mutate(data: bytes) -> Proven | None:
    """What a changed file shows, if it is accepted."""
    try:
        return check_proof(CHAIN.terms, CHAIN.anchor, PROOF_FILE.decode(data), CHAIN.now_ms)
    except InvalidInput:
        return None


def is_harmless(proven: Proven | None) -> bool:
    """Nothing was accepted, or nothing but what is true."""
    if proven is None:
        return True
    true = check(FILE).shown
    return proven.head.hash == CHAIN.blocks[3].hash and all(shown in true or is_absent(shown) for shown in proven.shown)


def is_absent(shown: Shown) -> bool:
    """A changed key may be one that the state really does not have."""
    if not isinstance(shown, ProvenState) or shown.height != 3 or shown.value is not None:
        return False
    return CHAIN.reader.get(*split_key(shown.full_key)) is None


@given(st.integers(0, len(BYTES) - 1), st.integers(1, 255))
def test_a_changed_byte_proves_nothing_new(place: int, change: int) -> None:
    data = bytearray(BYTES)
    data[place] ^= change
    assert is_harmless(mutate(bytes(data)))


@given(st.data())
def test_neither_do_cuts_and_copies(data: st.DataObject) -> None:
    start, end = sorted((data.draw(st.integers(0, len(BYTES))), data.draw(st.integers(0, len(BYTES)))))
    into = data.draw(st.integers(0, len(BYTES)))
    assert is_harmless(mutate(BYTES[:start] + BYTES[end:]))
    assert is_harmless(mutate(BYTES[:into] + BYTES[start:end] + BYTES[into:]))
    assert is_harmless(mutate(BYTES[:into] + BYTES[start:end] + BYTES[into + end - start :]))


def test_proofs_say_no_more_than_their_errors() -> None:
    with pytest.raises(ProofError):
        check(of_another_key())
