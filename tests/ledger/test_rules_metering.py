"""Meters (rules M1 to M9): consent, continuity, quarantine, grid, sessions with grace, replacement."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from harness.energy import MeterFixture, actual, closed, consume, events, household, produce
from ledger.chain.envelope import Signature
from ledger.chain.parameters import HOUR_MS, MINUTE_MS
from ledger.energy.events import ActualReported, EnergyDrawn, EnergyStored, GridExported, GridImported
from ledger.energy.genesis import GenesisUnit
from ledger.energy.payloads import OpenSession, RemoveUnit
from ledger.energy.schema import Household, SessionEnd, UnitStatus
from ledger.errors import InclusionError
from ledger.governance.payloads import AdmitMember, ExpelMember, SetParameter
from ledger.keys.address import MultisigKey, address_of
from ledger.metering.events import MeterBound, MeterUnbound, ReadingQuarantined, ReadingsAccepted
from ledger.metering.payloads import BindMeter, ReleaseMeter, UnbindMeter
from ledger.metering.registers import Interval, interval_between, to_wh
from ledger.metering.schema import METERS, MeterKind, Quarantine

CAPACITY = 50_000


def chain_with(capacity_wh: int = 0, **parameters: int) -> ChainFixture:
    units = tuple(GenesisUnit(address(name), address("C"), capacity_wh, 0) for name in ("U1", "U2"))
    return ChainFixture(
        make_genesis(units=units, parameters=tuple({"F": 0, "reading_interval": 1_000, **parameters}.items()))
    )


def meter(kind: MeterKind = MeterKind.PRODUCTION, chain: ChainFixture | None = None, **terms: int) -> MeterFixture:
    """A bound meter M of A at U1 (a storage meter: of U1), register 0, 10 kW."""
    account = "U1" if kind is MeterKind.STORAGE else "A"
    return MeterFixture(chain or chain_with(), account=account, kind=kind).bound(**terms)


def with_session(amount: int = 5 * ENT, **parameters: int) -> MeterFixture:
    """A's consumption meter at U1, and a session of A there."""
    chain = chain_with(**parameters)
    assert produce(chain, "U1", "A", 20_000).applied
    found = meter(MeterKind.CONSUMPTION, chain)
    chain.do("A", OpenSession(address("U1"), amount, 0))
    return found


def reasons(found: list[ReadingQuarantined]) -> list[int]:
    return [event.reason for event in found]


# --- binding ---------------------------------------------------------------------------------------------------------


def test_the_opening_register_bills_nothing() -> None:
    chain = chain_with()
    found = MeterFixture(chain)
    receipt = found.bind(opening_register=5_000)
    assert receipt.events == (MeterBound(found.key, address("U1"), address("A"), MeterKind.PRODUCTION, 5_000),)
    assert chain.balance("A").available == 0
    receipt = found.measure(5_100)
    assert [event.energy_wh for event in events(receipt, EnergyStored)] == [100]


def test_binding_needs_the_consent_of_meter_and_account() -> None:
    chain = chain_with()
    found = MeterFixture(chain)
    for changes in (
        {"meter_signature": secret("A").sign(b"")},
        {"account_key": secret("B").public_key},
        {"account_signatures": (Signature(0, bytes(64)),)},
        {"account_signatures": (Signature(1, found.binding().account_signatures[0].signature),)},
    ):
        payload = msgspec.structs.replace(found.binding(), **changes)
        assert chain.try_("U1", payload).code == "bad_consent"
    changed = msgspec.structs.replace(found.terms(), max_power_w=20_000)
    assert chain.try_("U1", msgspec.structs.replace(found.binding(), terms=changed)).code == "bad_consent"
    assert found.bind().code == ""


def test_a_multi_signature_account_consents_with_its_keys() -> None:
    chain = chain_with()
    keys = sorted((secret(name) for name in ("X0", "X1", "X2")), key=lambda key: key.public_key)
    account = MultisigKey(2, tuple(key.public_key for key in keys))
    chain.vote(AdmitMember(address_of(account)))
    found = MeterFixture(chain)
    terms = found.terms(account=address_of(account))
    message = terms.message(chain.genesis.hash)
    signatures = tuple(Signature(index, keys[index].sign(message)) for index in (0, 2))
    one = BindMeter(terms, secret("M").sign(message), account, signatures[:1])
    assert chain.try_("U1", one).code == "bad_consent"
    terms = found.terms(account=address_of(account))
    message = terms.message(chain.genesis.hash)
    signatures = tuple(Signature(index, keys[index].sign(message)) for index in (0, 2))
    assert chain.try_("U1", BindMeter(terms, secret("M").sign(message), account, signatures)).applied


def test_consent_counts_once_for_one_transaction_of_the_unit() -> None:
    chain = chain_with()
    found = MeterFixture(chain)
    old = found.binding()
    chain.do("U1", old)
    chain.do("U1", UnbindMeter(found.key))
    assert chain.try_("U1", old).code == "stale_terms"


def test_who_may_be_bound_by_whom() -> None:
    chain = chain_with()
    found = MeterFixture(chain)
    assert chain.try_("U2", found.binding()).code == "not_a_unit"
    assert chain.try_("A", found.binding()).code == "not_a_unit"
    assert MeterFixture(chain, account="stranger").bind().code == "not_a_member"
    assert MeterFixture(chain, account="A", kind=MeterKind.STORAGE).bind().code == "other_binding"
    assert found.bind(opening_ms=chain.time_ms + 1_000 + chain.genesis.drift_ms + 1).code == "time_in_future"
    assert found.bind(rollover=100, opening_register=100).code == "bad_rollover"
    assert found.bind(meter_key=b"\x01" + bytes(32)).code == "bad_key"
    assert found.bind(opening_ms=chain.time_ms + 1_000 + chain.genesis.drift_ms).code == ""


def test_a_meter_has_one_place_and_a_place_one_meter() -> None:
    chain = chain_with()
    first = MeterFixture(chain).bound()
    assert MeterFixture(chain, account="B").bind().code == "already_bound"
    assert MeterFixture(chain, unit="U2").bind().code == "already_bound"
    assert MeterFixture(chain, name="N").bind().code == "already_bound"
    assert MeterFixture(chain, name="N", kind=MeterKind.CONSUMPTION).bind().code == ""
    assert MeterFixture(chain, name="O", account="B").bind().code == ""
    assert MeterFixture(chain, name="Q", unit="U2").bind().code == ""
    assert chain.try_("U2", UnbindMeter(first.key)).code == "unknown_meter"
    assert chain.try_("A", UnbindMeter(first.key)).code == "unknown_meter"


def test_manual_reports_beside_a_meter_are_refused() -> None:
    chain = chain_with()
    MeterFixture(chain).bound()
    assert produce(chain, "U1", "A", 1).code == "meter_bound"
    assert produce(chain, "U1", "B", 1).applied
    assert produce(chain, "U2", "A", 1).applied
    assert consume(chain, "U1", "A", 1).applied
    MeterFixture(chain, name="N", kind=MeterKind.CONSUMPTION).bound()
    assert consume(chain, "U1", "A", 1).code == "meter_bound"
    assert actual(chain, "U1", 0).applied
    MeterFixture(chain, name="O", account="U1", kind=MeterKind.STORAGE).bound()
    assert actual(chain, "U1", 0).code == "meter_bound"
    assert actual(chain, "U2", 0).applied


def test_after_unbinding_the_meter_is_still_known() -> None:
    found = meter()
    chain = found.chain
    found.measure(7_000)
    before = found.known
    receipt = chain.do("U1", UnbindMeter(found.key))
    assert receipt.events == (MeterUnbound(found.key, address("U1"), address("A"), MeterKind.PRODUCTION),)
    after = found.known
    assert (after.unit, after.account) == (b"", b"")
    assert (after.sequence, after.register, after.time_ms) == (1, 7_000, before.time_ms)
    with pytest.raises(InclusionError) as refusal:
        found.measure(8_000)
    assert refusal.value.code == "meter_not_bound"
    assert produce(chain, "U1", "A", 1).applied


def test_binding_again_goes_on_with_sequence_boot_and_time() -> None:
    found = meter()
    chain = found.chain
    found.read((chain.time_ms + 1_000, 1), boot=4)
    chain.do("U1", UnbindMeter(found.key))
    again = MeterFixture(chain, unit="U2", account="B")
    assert again.bind(opening_register=500).code == "bound_elsewhere"
    chain.vote(ReleaseMeter(found.key))
    assert again.bind(opening_ms=found.known.time_ms, opening_register=500).code == "stale_terms"
    chain.block()
    again.bound(opening_register=500)
    assert (again.known.sequence, again.known.boot) == (1, 4)
    assert found.read((chain.time_ms + 1_000, 501), boot=3).code == "boot_counter_fell"
    receipt = again.read((chain.time_ms + 1_000, 502), boot=4)
    assert [event.energy_wh for event in events(receipt, EnergyStored)] == [2]
    assert events(receipt, EnergyStored)[0].unit == address("U2")


def test_binding_may_skip_sequences() -> None:
    found = meter(opening_sequence=40)
    assert found.known.sequence == 40
    assert found.read((found.chain.time_ms + 1_000, 1)).applied
    assert found.known.sequence == 41


# --- readings --------------------------------------------------------------------------------------------------------


def test_readings_are_differences_and_a_lost_one_loses_nothing() -> None:
    found = meter()
    start = found.chain.time_ms
    assert found.measure(1_000).applied
    receipt = found.read((start + 2 * HOUR_MS, 2_500), (start + 3 * HOUR_MS, 4_000), skipped=7, after_ms=3 * HOUR_MS)
    assert [event.energy_wh for event in events(receipt, EnergyStored)] == [1_500, 1_500]
    assert events(receipt, ReadingsAccepted) == [
        ReadingsAccepted(found.key, address("A"), 10, 2, 3_000, 4_000, start + 3 * HOUR_MS)
    ]
    assert found.chain.balance("A").available == 4 * ENT
    assert household(found.chain, "A") == Household(4_000, 0, 0, 0)


def test_an_interval_begins_where_the_last_accepted_reading_ended() -> None:
    """Also behind a quarantined one; the late rule asks what was in force within these times."""
    found = meter()
    start = found.known.time_ms
    latest_ms = start + 4 * HOUR_MS
    earlier = interval_between(found.known, 700, start + HOUR_MS, latest_ms)
    assert earlier == Interval(700, start, start + HOUR_MS, 700_000)
    found.read((start + HOUR_MS, 700), (start + 2 * HOUR_MS, 600), after_ms=3 * HOUR_MS)
    later = interval_between(found.known, 900, start + 3 * HOUR_MS, latest_ms)
    assert later == Interval(200, start + HOUR_MS, start + 3 * HOUR_MS, 200_000)


def test_no_interval_counts_twice() -> None:
    found = meter()
    start = found.chain.time_ms
    first = found.readings((start + HOUR_MS, 1_000))
    found.chain.block([found.chain.tx("M", first, nonce=1)], after_ms=HOUR_MS)
    with pytest.raises(InclusionError) as refusal:
        found.chain.block([found.chain.tx("M", first, nonce=1)])
    assert refusal.value.code == "bad_nonce"
    receipt = found.read((start + HOUR_MS, 1_000))
    assert reasons(events(receipt, ReadingQuarantined)) == [Quarantine.NOT_LATER]
    assert found.chain.balance("A").available == ENT


def test_what_cannot_be_true_is_quarantined_and_the_rest_goes_on() -> None:
    found = meter()
    chain = found.chain
    start, now = chain.time_ms, chain.time_ms + 4 * HOUR_MS
    receipt = found.read(
        (start + HOUR_MS, 9_000),
        (start + HOUR_MS, 9_001),
        (start + 2 * HOUR_MS, 8_999),
        (start + 2 * HOUR_MS, 19_002),
        (start + 3 * HOUR_MS, 19_000),
        (now + chain.genesis.drift_ms + 1, 19_100),
        (now + chain.genesis.drift_ms, 19_100),
        after_ms=4 * HOUR_MS,
    )
    found_bad = events(receipt, ReadingQuarantined)
    assert [(event.sequence, event.raw_register, event.reason) for event in found_bad] == [
        (2, 9_001, Quarantine.NOT_LATER),
        (3, 8_999, Quarantine.FALLEN),
        (4, 19_002, Quarantine.TOO_MUCH),
        (6, 19_100, Quarantine.IN_FUTURE),
    ]
    assert [event.energy_wh for event in events(receipt, EnergyStored)] == [9_000, 10_000, 100]
    assert (found.known.sequence, found.known.register) == (7, 19_100)


def test_the_account_goes_on_from_the_last_good_reading() -> None:
    found = meter()
    assert found.measure(5_000).applied
    assert reasons(events(found.measure(4_000), ReadingQuarantined)) == [Quarantine.FALLEN]
    assert found.known.register == 5_000
    assert found.known.sequence == 2
    receipt = found.measure(24_000)
    assert [event.energy_wh for event in events(receipt, EnergyStored)] == [19_000]


def test_a_declared_rollover_goes_on_and_an_undeclared_one_does_not() -> None:
    found = meter(rollover=1_000, opening_register=900)
    receipt = found.measure(50)
    assert [event.energy_wh for event in events(receipt, EnergyStored)] == [150]
    assert reasons(events(found.measure(1_000), ReadingQuarantined)) == [Quarantine.FALLEN]
    assert found.known.register == 50
    plain = meter(opening_register=900)
    assert reasons(events(plain.measure(50), ReadingQuarantined)) == [Quarantine.FALLEN]


def test_a_rollover_must_fit_maximum_power() -> None:
    found = meter(rollover=1_000_000, opening_register=999_000)
    assert reasons(events(found.measure(49_000), ReadingQuarantined)) == [Quarantine.FALLEN]


@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=30), st.integers(-3, 2), st.integers(0, 10**6))
def test_rounding_of_registers_never_drifts(steps: list[int], scale: int, opening: int) -> None:
    """Differences of rounded registers: the sum of the intervals is the rounded whole, to the nearest Wh."""
    total, register = 0, opening
    for step in steps:
        total += to_wh(register + step, scale) - to_wh(register, scale)
        register += step
    assert total == to_wh(register, scale) - to_wh(opening, scale)
    exact_twice = 2 * register * 10 ** (scale + 3)
    assert abs(2 * to_wh(register, scale) * 10**3 - exact_twice) <= 10**3


def test_registers_are_rounded_to_the_nearest_watt_hour() -> None:
    assert [to_wh(raw, -1) for raw in (4, 5, 14, 15)] == [0, 1, 1, 2]
    assert to_wh(7, 3) == 7_000
    found = meter(scale=-3)
    receipt = found.measure(1_499_500)
    assert [event.energy_wh for event in events(receipt, EnergyStored)] == [1_500]


def test_readings_with_another_profile_scale_or_an_older_boot_fail_as_a_whole() -> None:
    found = meter()
    start = found.chain.time_ms
    assert found.read((start + 1_000, 1), profile=bytes(32)).code == "profile_mismatch"
    assert found.read((start + 2_000, 1), scale=1).code == "profile_mismatch"
    assert found.read((start + 2_500, 1), obis=bytes((1, 0, 1, 8, 0, 255))).code == "profile_mismatch"
    assert found.read((start + 3_000, 1), boot=2).applied
    assert found.read((start + 4_000, 2), boot=1).code == "boot_counter_fell"
    assert found.known.sequence == 5  # used by what failed, too
    assert found.known.register == 1


def test_a_meters_sequence_may_jump_by_two_to_the_twentieth_and_never_falls() -> None:
    found = meter()
    chain = found.chain
    payload = found.readings((chain.time_ms + 1_000, 1))
    for nonce in (0, 2**20 + 1):
        with pytest.raises(InclusionError) as refusal:
            chain.block([chain.tx("M", payload, nonce=nonce)])
        assert refusal.value.code == "bad_nonce"
    chain.block([chain.tx("M", payload, nonce=2**20)])
    assert found.known.sequence == 2**20


# --- production and the grid -----------------------------------------------------------------------------------------


def test_production_beyond_the_capacity_goes_to_the_grid_and_mints_nothing() -> None:
    found = meter(chain=chain_with(CAPACITY), max_power_w=100_000)
    chain = found.chain
    receipt = found.measure(60_000)
    assert [event.energy_wh for event in events(receipt, EnergyStored)] == [50_000]
    assert events(receipt, GridExported) == [GridExported(address("U1"), address("A"), 10_000)]
    assert household(chain, "A") == Household(50_000, 10_000, 0, 0)
    assert chain.unit("U1").available_wh == CAPACITY
    receipt = found.measure(61_000)
    assert not events(receipt, EnergyStored)
    assert household(chain, "A").exported_wh == 11_000
    assert chain.gap == 0


def test_production_into_a_suspended_unit_goes_to_the_grid() -> None:
    chain = chain_with(CAPACITY)
    assert produce(chain, "U1", "B", 20_000).applied
    assert actual(chain, "U1", 1_000).applied
    assert chain.unit("U1").status == UnitStatus.SUSPENDED
    receipt = meter(chain=chain).measure(500)
    assert events(receipt, GridExported) == [GridExported(address("U1"), address("A"), 500)]


def test_production_of_an_expelled_account_goes_to_the_grid() -> None:
    chain = chain_with()
    found = MeterFixture(chain, account="B").bound()
    assert found.measure(1_000).applied
    chain.vote(ExpelMember(address("B")))
    receipt = found.measure(3_000)
    assert receipt.applied
    assert events(receipt, GridExported) == [GridExported(address("U1"), address("B"), 2_000)]
    assert chain.balance("B").available == ENT
    chain.vote(AdmitMember(address("B")))
    assert [event.energy_wh for event in events(found.measure(3_500), EnergyStored)] == [500]


# --- consumption, sessions and their grace ---------------------------------------------------------------------------


def test_consumption_draws_from_the_session_and_the_rest_is_grid_import() -> None:
    found = with_session(5 * ENT)
    chain = found.chain
    assert found.read((chain.time_ms, 0)).applied
    receipt = found.measure(3_000, after_ms=HOUR_MS - 1_000)
    assert [event.energy_wh for event in events(receipt, EnergyDrawn)] == [3_000]
    before = chain.unit("U1").available_wh, chain.balance("A").available
    receipt = found.measure(6_500, after_ms=HOUR_MS - 10_000)
    assert [event.energy_wh for event in events(receipt, EnergyDrawn)] == [2_000]
    assert closed(receipt) == [(1, SessionEnd.USED_UP)]
    assert events(receipt, GridImported) == [GridImported(address("U1"), address("A"), 1_500)]
    assert household(chain, "A") == Household(20_000, 0, 5_000, 1_500)
    assert (chain.unit("U1").available_wh, chain.balance("A").available) == before
    assert chain.gap == 0


def test_without_a_session_all_is_grid_import() -> None:
    found = meter(MeterKind.CONSUMPTION)
    receipt = found.measure(800)
    assert events(receipt, GridImported) == [GridImported(address("U1"), address("A"), 800)]
    assert household(found.chain, "A") == Household(0, 0, 0, 800)
    assert (found.chain.gap, found.chain.unit("U1").available_wh) == (0, 0)


def test_what_was_measured_before_the_opening_is_grid_import() -> None:
    chain = chain_with()
    assert produce(chain, "U1", "A", 20_000).applied
    found = meter(MeterKind.CONSUMPTION, chain)
    measured_ms = chain.time_ms + 1_000
    chain.do("A", OpenSession(address("U1"), 5 * ENT, 0))
    assert measured_ms == chain.time_ms
    receipt = found.read((measured_ms, 1), (measured_ms + 1, 2))
    assert [event.energy_wh for event in events(receipt, GridImported)] == [1]
    assert [event.energy_wh for event in events(receipt, EnergyDrawn)] == [1]


def test_a_metered_session_waits_for_the_first_reading_signed_at_or_after_its_deadline() -> None:
    found = with_session(H=MINUTE_MS)
    chain = found.chain
    session = chain.session("A", "U1")
    assert session is not None
    assert found.read((session.opened_ms, 0)).applied
    block = chain.block(after_ms=10 * MINUTE_MS)
    assert not closed(block.executed.receipts[0])
    assert (chain.balance("A").session, chain.balance("A").waiting) == (0, 5 * ENT)
    receipt = found.read((session.deadline_ms - 1, 100), (session.deadline_ms + MINUTE_MS, 150))
    assert [event.energy_wh for event in events(receipt, EnergyDrawn)] == [100, 50]
    assert closed(receipt) == [(1, SessionEnd.EXPIRED)]
    assert (chain.balance("A").session, chain.balance("A").waiting) == (0, 0)
    late = found.read((session.deadline_ms + 2 * MINUTE_MS, 160))
    assert [event.energy_wh for event in events(late, GridImported)] == [10]


def test_without_a_meter_a_deadline_waits_for_nothing() -> None:
    found = with_session(H=MINUTE_MS)
    assert closed(found.chain.do("U1", UnbindMeter(found.key))) == [(1, SessionEnd.RELEASED)]
    found.chain.do("A", OpenSession(address("U1"), 5 * ENT, 0))
    block = found.chain.block(after_ms=10 * MINUTE_MS)
    assert closed(block.executed.receipts[0]) == [(2, SessionEnd.EXPIRED)]


def test_a_wait_that_began_is_not_lengthened() -> None:
    found = with_session(H=MINUTE_MS, silent_lock=HOUR_MS)
    chain = found.chain
    chain.block(after_ms=MINUTE_MS)
    chain.vote(SetParameter("silent_lock", 5 * HOUR_MS))
    block = chain.block(after_ms=HOUR_MS)
    assert closed(block.executed.receipts[0]) == [(1, SessionEnd.EXPIRED)]


# --- storage ---------------------------------------------------------------------------------------------------------


def test_a_storage_meters_levels_are_what_the_unit_holds() -> None:
    chain = chain_with()
    assert produce(chain, "U1", "A", 20_000).applied
    found = meter(MeterKind.STORAGE, chain, opening_register=20_000)
    receipt = found.measure(18_000)
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 18_000, 2_000, 0)]
    assert chain.gap == 2 * ENT
    assert found.measure(19_000).applied
    assert chain.unit("U1").available_wh == 19_000
    receipt = found.measure(19_000)
    assert not events(receipt, ActualReported)
    assert events(receipt, ReadingsAccepted)[0].energy_wh == 19_000


def test_levels_may_fall_at_once_but_not_rise_faster_than_the_power() -> None:
    chain = chain_with()
    assert produce(chain, "U1", "A", 50_000).applied
    found = meter(MeterKind.STORAGE, chain, opening_register=50_000)
    assert not events(found.measure(0, after_ms=1_000), ReadingQuarantined)
    assert reasons(events(found.measure(10_002), ReadingQuarantined)) == [Quarantine.TOO_MUCH]


def test_a_level_above_the_capacity_is_quarantined() -> None:
    found = meter(MeterKind.STORAGE, chain_with(CAPACITY), max_power_w=10**6)
    receipt = found.measure(CAPACITY + 1)
    assert reasons(events(receipt, ReadingQuarantined)) == [Quarantine.ABOVE_CAPACITY]
    assert found.known.register == 0


def test_a_level_that_equals_the_books_leaves_nothing_to_explain() -> None:
    chain = chain_with(CAPACITY)
    assert produce(chain, "U1", "A", 10_000).applied
    found = meter(MeterKind.STORAGE, chain, opening_register=10_000)
    assert found.measure(15_000).applied
    assert (chain.unit("U1").available_wh, chain.unit("U1").quarantined_wh) == (11_000, 3_000)
    assert found.measure(11_000).applied
    assert chain.unit("U1").quarantined_wh == 0


# --- replacement -----------------------------------------------------------------------------------------------------


def test_a_replacement_bills_up_to_the_closing_register_and_goes_on() -> None:
    old = meter()
    chain = old.chain
    assert old.measure(1_000).applied
    chain.block(after_ms=HOUR_MS)
    new = MeterFixture(chain, name="N")
    receipt = chain.do("U1", old.replacement(new, (chain.time_ms + 900, 1_500), opening_register=77))
    assert [event.energy_wh for event in events(receipt, EnergyStored)] == [500]
    assert (old.known.unit, old.known.register) == (b"", 1_500)
    assert [event.energy_wh for event in events(new.measure(80), EnergyStored)] == [3]


def test_a_reset_register_goes_on_under_the_same_key() -> None:
    found = meter()
    chain = found.chain
    assert found.measure(1_000).applied
    closing_ms = chain.time_ms + 500
    chain.do("U1", found.replacement(found, (closing_ms, 1_001), opening_register=0, opening_ms=closing_ms + 1))
    assert found.known.sequence == 1
    assert [event.energy_wh for event in events(found.measure(40), EnergyStored)] == [40]
    assert chain.balance("A").available == 1_041 * 10**6


def test_what_cannot_be_a_replacement() -> None:
    old = meter()
    chain = old.chain
    assert old.measure(1_000).applied
    new, later = MeterFixture(chain, name="N"), chain.time_ms + 500
    for register, closing_ms in ((999, later), (99_999, later), (1_001, later - 500), (1_001, later + 10_000)):
        assert chain.try_("U1", old.replacement(new, (closing_ms, register))).code == "implausible_closing"
        later += 1_000
    stranger = MeterFixture(chain, name="N", account="B")
    assert chain.try_("U1", old.replacement(stranger, (chain.time_ms + 500, 1_001))).code == "other_binding"
    other = MeterFixture(chain, name="N", kind=MeterKind.CONSUMPTION)
    assert chain.try_("U1", old.replacement(other, (chain.time_ms + 500, 1_001))).code == "other_binding"
    foreign = MeterFixture(chain, name="N", unit="U2")
    assert chain.try_("U2", old.replacement(foreign, (chain.time_ms + 500, 1_001))).code == "unknown_meter"
    assert old.known.unit == address("U1")
    assert chain.state.get(METERS, new.key) is None


def test_a_closing_level_above_the_capacity_is_no_closing() -> None:
    old = meter(MeterKind.STORAGE, chain_with(CAPACITY), max_power_w=10**9)
    chain = old.chain
    chain.block(after_ms=HOUR_MS)
    new = MeterFixture(chain, name="N", account="U1", kind=MeterKind.STORAGE)
    payload = old.replacement(new, (chain.time_ms, CAPACITY + 1))
    assert chain.try_("U1", payload).code == "implausible_closing"


# --- units that go ---------------------------------------------------------------------------------------------------


def test_removing_a_unit_unbinds_its_meters() -> None:
    chain = chain_with()
    first = MeterFixture(chain).bound()
    second = MeterFixture(chain, name="N", kind=MeterKind.CONSUMPTION).bound()
    third = MeterFixture(chain, name="O", unit="U2").bound()
    receipt = chain.vote(RemoveUnit(address("U1")))
    assert {event.meter_key for event in events(receipt, MeterUnbound)} == {first.key, second.key}
    assert third.known.unit == address("U2")
    assert not first.known.unit
    assert not second.known.unit
