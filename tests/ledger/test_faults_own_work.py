"""Faults 1 and 2: what has no transaction around it stops no chain, and figures refuse nothing."""

from __future__ import annotations

from typing import Final

import msgspec
import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture, actual, consume, events, household, produce
from ledger.chain.context import Context
from ledger.chain.expiries import schedule
from ledger.chain.hooks import Hook, HookPoint
from ledger.chain.numbers import Places
from ledger.chain.own_work import OwnWorkRefused
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS
from ledger.chain.points import BEGIN_BLOCK, BLOCK_PROPOSED, END_BLOCK, FIRST_STATE, Step
from ledger.chain.registry import Module
from ledger.chain.schema import Counter, DueKind, OwnWork, SweepKind
from ledger.chain.sweeps import begin_sweep
from ledger.energy.daily import add_today, sum_of
from ledger.energy.events import EnergyDrawn, GainQuarantined, GridImported
from ledger.energy.genesis import GenesisUnit
from ledger.energy.imbalance import imbalance
from ledger.energy.losses import record_loss
from ledger.energy.payloads import ActualItem, ConsumedItem, EnergyBatch, OpenSession
from ledger.energy.schema import HOUSEHOLDS, UNIT_LOSSES, UNIT_MINTED, UNITS, Household, Unit
from ledger.errors import InclusionError, Refused
from ledger.limits import MAX_INTEGER
from ledger.metering.events import ReadingQuarantined
from ledger.metering.schema import MeterKind, Quarantine
from ledger.modules import LEDGER_MODULES
from ledger.state.overlay import State
from ledger.state.table import Table

DONE: Final = Table(1760, "done", "subject", Counter)
DUE: Final = DueKind(1760, "worker_due")
SWEEP: Final = SweepKind(1760, "worker_sweep")


def _refuses(context: Context, subject: bytes) -> bool:
    """Writes, and then is refused for the subject `bad`, finds no room for `full`, and is done for others."""
    context.state.put(DONE, subject, Counter(context.height))
    if subject == b"bad":
        raise Refused("no", code="out_of_range")
    if subject == b"full":
        raise InclusionError("no room", code="block_full")
    return False


def _due(context: Context, subject: bytes) -> None:
    _refuses(context, subject)


def _start(*subjects: bytes) -> Hook:
    def grant(context: Context) -> None:
        for number, subject in enumerate(subjects):
            schedule(context, context.time_ms + 1, DUE, number, subject)
            begin_sweep(context, SWEEP, subject)

    return FIRST_STATE.by(grant)


def working(*hooks: Hook) -> ChainFixture:
    worker = Module(
        "worker", Places(220), tables=(DONE,), hooks=hooks,
        due=((DUE, _due),), sweeps=((SWEEP, _refuses),),
    )  # fmt: skip
    return ChainFixture(make_genesis(), (*LEDGER_MODULES, worker))


def refused(chain: ChainFixture) -> list[tuple[int, bytes, str]]:
    receipt = chain.block().executed.receipts[0]
    return [(event.work, event.subject, event.code) for event in events(receipt, OwnWorkRefused)]


def test_break_1_what_is_refused_of_the_blocks_own_work_leaves_no_trace_and_the_chain_goes_on() -> None:
    chain = working(_start(b"bad", b"good"))
    assert refused(chain) == [(OwnWork.DUE, b"bad", "out_of_range"), (OwnWork.SWEEP, b"bad", "out_of_range")]
    assert list(chain.entries(DONE)) == [b"good"]
    assert refused(chain) == [(OwnWork.SWEEP, b"bad", "out_of_range")]


def test_break_1_what_finds_no_room_waits_for_the_next_block() -> None:
    chain = working(_start(b"full", b"good"))
    assert refused(chain) == refused(chain) == []
    assert not chain.entries(DONE)


@pytest.mark.parametrize("point", [BEGIN_BLOCK, END_BLOCK])
def test_break_1_a_step_that_is_refused_leaves_no_trace_and_the_others_go_on(point: HookPoint[Step]) -> None:
    taken: list[int] = []

    def good(context: Context) -> int:
        taken.append(context.height)
        return 0

    def bad(context: Context) -> int:
        _refuses(context, b"bad")
        return 0

    chain = working(point.by(bad), point.by(good))
    assert [work for work, _subject, _code in refused(chain)] == [OwnWork.STEP]
    assert not chain.entries(DONE)
    assert taken
    assert set(taken) == {1}


def test_break_1_nor_does_what_is_noted_of_a_proposer_stop_the_chain() -> None:
    chain = working(BLOCK_PROPOSED.by(lambda context: _due(context, b"bad")))
    assert [work for work, _subject, _code in refused(chain)] == [OwnWork.PROPOSED]
    assert not chain.entries(DONE)


MOST_WH: Final = MAX_INTEGER // 10**6


def filled(room_wh: int) -> ChainFixture:
    """U1, without a capacity, has filled the network but for `room_wh`."""
    chain = ChainFixture(make_genesis(parameters=(("max_report", 10**13),)))
    assert actual(chain, "U1", MOST_WH - room_wh).applied
    return chain


def test_break_1_a_level_that_falls_due_in_a_full_network_does_not_stop_the_chain() -> None:
    chain = filled(1_000)
    MeterFixture(chain, "H", "U1", "A", MeterKind.CONSUMPTION).bound()
    held = chain.unit("U1").available_wh
    store = MeterFixture(chain, "S", "U1", "U1", MeterKind.STORAGE).bound(opening_register=held, max_power_w=10**13)
    assert store.read((chain.time_ms + HOUR_MS, held + 5_000), after_ms=HOUR_MS).applied
    assert imbalance(chain.state).network_wh == MOST_WH - 1_000
    receipt = chain.block(after_ms=6 * MINUTE_MS).executed.receipts[0]
    assert imbalance(chain.state).network_wh == MOST_WH
    assert events(receipt, GainQuarantined) == [GainQuarantined(address("U1"), 4_000)]
    assert not events(receipt, OwnWorkRefused)


def test_break_1_nor_does_a_manual_report_go_beyond() -> None:
    chain = filled(1_000)
    held = chain.unit("U1").available_wh
    assert actual(chain, "U1", held + 1_001).code == "out_of_range"
    assert actual(chain, "U1", held + 1_000).applied


# --- 2: figures refuse nothing ---------------------------------------------------------------------------------------


def with_counters(chain: ChainFixture, *names: str) -> None:
    """Put the figures of these households at the end of the range of numbers."""
    full = Household(MAX_INTEGER, MAX_INTEGER, MAX_INTEGER, MAX_INTEGER)
    state = State(chain.reader)
    for name in names:
        state.put(HOUSEHOLDS, address(name), full)
    _write(chain, state)


def _write(chain: ChainFixture, state: State) -> None:
    changes = state.changes()
    update = chain.tree.plan(changes, chain.storage)
    chain.reader.apply(changes)
    chain.tree.apply(update)
    chain.storage.write(update)


def test_break_2_no_unit_reports_more_than_its_bound_whatever_it_has_registered() -> None:
    units = (GenesisUnit(address("U1"), address("C"), 1_000, 0), GenesisUnit(address("U2"), address("D"), 3 * 10**9, 0))
    chain = ChainFixture(make_genesis(units=units))
    assert consume(chain, "U1", "A", MAX_INTEGER).code == "above_max_report"
    items = (ConsumedItem(address("A"), 10**9 + 1),)
    assert chain.try_("U1", EnergyBatch(1, items)).code == "above_max_report"
    assert consume(chain, "U1", "A", 10**9).applied
    assert consume(chain, "U2", "A", 3 * 10**9).applied
    assert consume(chain, "U2", "A", 3 * 10**9 + 1).code == "above_max_report"


@pytest.mark.parametrize("kind", [MeterKind.PRODUCTION, MeterKind.CONSUMPTION])
def test_break_2_nor_does_a_meter_bring_more(kind: MeterKind) -> None:
    chain = ChainFixture(make_genesis(units=(GenesisUnit(address("U1"), address("C"), 1_000, 0),)))
    meter = MeterFixture(chain, kind=kind).bound(max_power_w=10**12)
    receipt = meter.measure(10**9 + 1)
    assert [event.reason for event in events(receipt, ReadingQuarantined)] == [Quarantine.TOO_MUCH]


def test_break_2_what_a_unit_says_without_a_session_is_no_figure_of_the_account() -> None:
    chain = ChainFixture()
    assert produce(chain, "U1", "A", 10_000).applied
    assert consume(chain, "U1", "B", 2_000).applied
    assert address("B") not in chain.entries(HOUSEHOLDS)
    chain.do("A", OpenSession(address("U1"), ENT, ENT // 2))
    session = chain.session("A", "U1")
    assert session is not None
    receipt = consume(chain, "U1", "A", session.energy_wh + 4_000)
    drawn = sum(event.energy_wh for event in events(receipt, EnergyDrawn))
    assert drawn == session.energy_wh
    assert drawn < household(chain, "A").consumed_wh < drawn + 4_000


def test_break_2_a_full_figure_refuses_no_reading() -> None:
    chain = ChainFixture()
    assert produce(chain, "U1", "A", 10_000).applied
    meter = MeterFixture(chain, kind=MeterKind.CONSUMPTION).bound()
    with_counters(chain, "A")
    chain.do("A", OpenSession(address("U1"), 2 * ENT, 0))
    receipt = meter.measure(5_000)
    assert receipt.applied
    assert sum(event.energy_wh for event in events(receipt, EnergyDrawn)) == 2_000
    assert sum(event.energy_wh for event in events(receipt, GridImported)) == 3_000
    assert household(chain, "A").consumed_wh == MAX_INTEGER
    assert MeterFixture(chain, "P", account="A", unit="U2").bound().measure(5_000).applied


def in_block(chain: ChainFixture) -> Context:
    return Context(State(chain.reader), chain.genesis, chain.registry.hooks, 1, chain.time_ms, b"")


def test_break_2_records_of_losses_and_of_what_was_minted_stop_at_the_end_of_the_range() -> None:
    chain = ChainFixture(make_genesis(units=(GenesisUnit(address("U1"), address("C"), 1_000, 0),)))
    context = in_block(chain)
    for table in (UNIT_LOSSES, UNIT_MINTED):
        for _ in range(2):
            add_today(context, table, address("U1"), MAX_INTEGER)
        context.time_ms += DAY_MS
        add_today(context, table, address("U1"), 1)
        assert sum_of(context, table, address("U1"), 30) == MAX_INTEGER
    record_loss(context, address("U1"), 5)
    record_loss(context, address("U1"), MAX_INTEGER)
    unit: Unit = context.get(UNITS, address("U1"))
    assert unit.shortfall_wh == MAX_INTEGER


def test_break_2_a_gain_at_the_end_of_the_days_sum_is_booked() -> None:
    chain = ChainFixture()
    assert actual(chain, "U1", 1_000).applied
    state = State(chain.reader)
    unit = chain.unit("U1")
    state.put(UNITS, address("U1"), msgspec.structs.replace(unit, gain_wh=MAX_INTEGER))
    _write(chain, state)
    assert chain.try_("U1", EnergyBatch(2, (ActualItem(2_000),))).applied
    assert chain.unit("U1").available_wh == 2_000
