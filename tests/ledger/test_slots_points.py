"""Metering points: who registers them, what owners agree to, how they close (rules M15, M16)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.chain import START_MS, ChainFixture, address, secret
from harness.slots import (
    CLOCK,
    FIRST_SLOT,
    QUARTER_MS,
    SLOTS_A_DAY,
    TODAY,
    bring,
    energies,
    own_terms,
    register,
    row,
    signed,
    slots_chain,
    terms,
)
from ledger.chain.envelope import Signature
from ledger.chain.parameters import DAY_MS
from ledger.governance.payloads import CastVote, ExpelMember
from ledger.slots.payloads import AdmitPoint, AlterPoint, ChangePoint, ClosePoint, PointTerms, RemovePoint
from ledger.slots.queries import open_points_of, point_of
from ledger.slots.schema import Direction, MeteringPoint, ValueSource


@pytest.fixture
def chain() -> ChainFixture:
    return slots_chain()


def next_slot(chain: ChainFixture, ahead: int = 1) -> int:
    return chain.time_ms // QUARTER_MS + ahead


def code(chain: ChainFixture, agreed: PointTerms, owner: str = "A", sender: str = "R") -> str:
    return chain.try_(sender, signed(chain, agreed, owner)).code


def test_m15_a_registrar_registers_what_the_owner_signed(chain: ChainFixture) -> None:
    assert register(chain) == 1
    agreed = terms(chain)
    assert point_of(chain.state, 1) == MeteringPoint(
        1, address("A"), int(Direction.OFFTAKE), "local", 0, agreed.id_hash, False, FIRST_SLOT, 0
    )
    assert register(chain, direction=int(Direction.INJECTION)) == 2
    assert [point.number for point in open_points_of(chain.state, address("A"))] == [1, 2]


def test_m15_voters_register_it_as_well(chain: ChainFixture) -> None:
    chain.vote(AdmitPoint(signed(chain, terms(chain, "B"), "B")))
    assert point_of(chain.state, 1) is not None


def test_m15_nobody_else_does(chain: ChainFixture) -> None:
    assert code(chain, terms(chain), sender="A") == "not_a_registrar"
    register(chain)
    assert chain.try_("B", ChangePoint(1, "far", 0)).code == "not_a_registrar"
    assert chain.try_("B", ClosePoint(1, next_slot(chain))).code == "not_a_registrar"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"signed_ms": START_MS - 31 * DAY_MS}, "stale_consent"),
        ({"signed_ms": START_MS + 60_000}, "stale_consent"),
        ({"id_hash": bytes(32)}, "point_without_source"),
        ({"from_slot": (TODAY - 36) * SLOTS_A_DAY}, "slot_not_kept"),
        ({"from_slot": (TODAY + 368) * SLOTS_A_DAY}, "slot_too_far"),
        ({"owner": address("nobody"), "id_hash": bytes(31) + b"1"}, "not_a_member"),
        ({"owner": address("B")}, "bad_consent"),
    ],
)
def test_m15_what_cannot_be_registered(chain: ChainFixture, changes: dict[str, Any], expected: str) -> None:
    agreed = msgspec.structs.replace(terms(chain), **changes)
    assert code(chain, agreed) == expected


def test_m15_the_owner_signs_these_terms_for_this_chain(chain: ChainFixture) -> None:
    good = signed(chain, terms(chain))
    other_terms = msgspec.structs.replace(good, terms=msgspec.structs.replace(good.terms, zone="far"))
    other_key = msgspec.structs.replace(good, owner_key=secret("B").public_key)
    other_chain = signed(slots_chain(name="other"), terms(chain))
    unsigned = msgspec.structs.replace(good, owner_signatures=(Signature(0, bytes(64)),))
    for payload in (other_terms, other_key, other_chain, unsigned):
        assert chain.try_("R", payload).code == "bad_consent"
    no_key = msgspec.structs.replace(good, owner_key=b"\x09" * 33)
    assert chain.try_("R", no_key).code == "bad_key"


def test_m15_a_storage_unit_has_no_point_with_own_meters(chain: ChainFixture) -> None:
    assert code(chain, own_terms(chain, "U1"), "U1") == "meters_of_unit"


def test_m15_no_two_open_points_have_one_source(chain: ChainFixture) -> None:
    register(chain)
    assert code(chain, terms(chain, "B", id_hash=terms(chain).id_hash), "B") == "point_registered"
    chain.do("R", signed(chain, own_terms(chain)))
    assert code(chain, own_terms(chain)) == "point_registered"
    assert code(chain, own_terms(chain, direction=int(Direction.INJECTION))) == ""


def test_m15_a_consent_is_used_once(chain: ChainFixture) -> None:
    used = signed(chain, terms(chain))
    chain.do("R", used)
    until = next_slot(chain)
    chain.do("A", ClosePoint(1, until))
    assert chain.try_("R", used).code == "point_registered"
    again = msgspec.structs.replace(used.terms, from_slot=until)
    assert code(chain, again) == "stale_consent"
    assert code(chain, msgspec.structs.replace(again, signed_ms=chain.time_ms)) == ""


def test_m15_zone_and_commissioning_time_change(chain: ChainFixture) -> None:
    register(chain)
    chain.do("R", ChangePoint(1, "far", 5))
    chain.vote(AlterPoint(ChangePoint(1, "near", 5)))
    point = point_of(chain.state, 1)
    assert point is not None
    assert (point.zone, point.commissioned_ms) == ("near", 5)
    assert chain.try_("R", ChangePoint(1, "near", 5)).code == "unchanged"
    assert chain.try_("R", ChangePoint(9, "near", 5)).code == "unknown_point"


def test_m16_the_owner_a_registrar_and_voters_close(chain: ChainFixture) -> None:
    for number, owner in enumerate(("A", "B", "C"), 1):
        assert register(chain, owner) == number
    until = next_slot(chain, 5)
    chain.do("A", ClosePoint(1, until))
    chain.do("R", ClosePoint(2, until))
    chain.vote(RemovePoint(ClosePoint(3, until)))
    assert not [point for name in "ABC" for point in open_points_of(chain.state, address(name))]
    assert chain.try_("A", ClosePoint(1, until)).code == "point_closed"
    assert chain.try_("R", ChangePoint(1, "far", 5)).code == "point_closed"


def test_m16_a_point_closes_at_a_slot_that_has_not_begun(chain: ChainFixture) -> None:
    register(chain)
    assert chain.try_("A", ClosePoint(1, next_slot(chain, 0))).code == "slot_is_past"
    assert chain.try_("A", ClosePoint(1, next_slot(chain, 367 * SLOTS_A_DAY))).code == "slot_too_far"


def test_m16_a_closed_point_takes_values_of_its_own_slots_only(chain: ChainFixture) -> None:
    register(chain)
    until = next_slot(chain)
    chain.do("A", ClosePoint(1, until))
    chain.block(after_ms=3 * QUARTER_MS)
    assert bring(chain, "late", row(1, until - 1, [5, 6])).code == "point_not_open"
    assert bring(chain, "good", row(1, until - 1, [5])).code == ""
    assert energies(chain, 1, ValueSource.OPERATOR, until - 1, 2) == [5, 0]


def test_m16_a_point_that_never_began_has_no_slots(chain: ChainFixture) -> None:
    register(chain, from_slot=next_slot(chain, 100))
    chain.do("A", ClosePoint(1, next_slot(chain)))
    point = point_of(chain.state, 1)
    assert point is not None
    assert point.from_slot == point.until_slot


def test_m16_an_expelled_members_points_are_closed(chain: ChainFixture) -> None:
    register(chain, "B")
    register(chain, "B", direction=int(Direction.INJECTION))
    chain.vote(ExpelMember(address("B")))
    points = [point_of(chain.state, number) for number in (1, 2)]
    assert {point.until_slot for point in points if point is not None} == {-(-chain.time_ms // QUARTER_MS)}
    assert CLOCK.start_ms(-(-chain.time_ms // QUARTER_MS)) >= chain.time_ms


def test_o2_votes_that_cannot_be_carried_out_are_not_opened(chain: ChainFixture) -> None:
    for action, expected in (
        (AdmitPoint(signed(chain, terms(chain, "B"), "A")), "bad_consent"),
        (AlterPoint(ChangePoint(1, "far", 0)), "unknown_point"),
        (RemovePoint(ClosePoint(1, next_slot(chain))), "unknown_point"),
    ):
        assert chain.try_("A", CastVote(action, True)).code == expected
