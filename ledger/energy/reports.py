"""What storage units report: energy produced, consumed, and actual (rules E5-E12).

Each report is one operation of the imbalance rule; manual reports, batches and bound meters all go through the same.
"""

from __future__ import annotations

from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.balances import balance, burn
from ledger.chain.context import Context
from ledger.energy.events import BooksExceeded, ExcessDrawn
from ledger.energy.flows import note_flow
from ledger.energy.households import count_energy
from ledger.energy.imbalance import (
    BASE_PER_WH,
    burning_cost,
    burning_rate,
    energy_for,
    gap_of,
    network_room,
    open_gap,
    settle_rate,
)
from ledger.energy.levels import apply_actual
from ledger.energy.losses import record_loss
from ledger.energy.payloads import (
    ActualItem,
    ConsumedItem,
    EnergyActual,
    EnergyBatch,
    EnergyConsumed,
    EnergyProduced,
    ProducedItem,
    ReportItem,
)
from ledger.energy.production import Production
from ledger.energy.schema import SessionEnd, UnitStatus
from ledger.energy.sessions import draw, reportable_grants
from ledger.energy.terms import kept_of
from ledger.energy.units import (
    books,
    check_report,
    reduce_books,
    reporting_unit,
    spend_power,
    use_sequence,
)
from ledger.energy.weights import BATCH_ITEM, REPORTED_CONSUMPTION
from ledger.errors import Refused
from ledger.governance.members import require_member
from ledger.metering.manual_reports import note_manual_report
from ledger.metering.schema import BINDINGS, MeterKind


def apply_consumed(context: Context, unit_address: bytes, consumer: bytes, energy_wh: int) -> None:
    """Book energy that left a unit: from the pair's sessions, then the signed overdraft; else a loss (E6, E7).

    What neither covers is the unit's word alone and no figure of the consumer's.
    """
    grants = reportable_grants(context, consumer, unit_address)
    left_wh, overdraft = energy_wh, 0
    for grant in grants:
        part = min(left_wh, grant.session.energy_wh)
        if part:
            end = SessionEnd.EXCEEDED if left_wh > part else SessionEnd.USED_UP
            note_flow(context, unit_address, -draw(context, grant, part, end))
            count_energy(context, consumer, consumed=part)
        left_wh, overdraft = left_wh - part, grant.session.overdraft
    if left_wh:
        _book_excess(context, unit_address, consumer, left_wh, overdraft=overdraft, without_session=not grants)


def _book_excess(
    context: Context, unit_address: bytes, consumer: bytes, energy_wh: int, *, overdraft: int, without_session: bool
) -> None:
    """The overdraft pays for what it can (E6); the rest is everybody's loss, and counts as the unit's (E7)."""
    before = open_gap(context.state)
    gap, rate = gap_of(before), burning_rate(context)
    spendable = min(overdraft, balance(context.state, consumer, ENERGY_ASSET).available)
    paid_wh = min(energy_wh, energy_for(context, spendable, rate, gap))
    cost = burning_cost(context, paid_wh, rate, gap)
    burned = paid_wh * BASE_PER_WH + cost
    burn(context.state, consumer, ENERGY_ASSET, burned)
    if paid_wh:
        count_energy(context, consumer, consumed=paid_wh)
    taken = reduce_books(context, unit_address, energy_wh, consumer, paid_wh)
    note_flow(context, unit_address, -taken)
    unpaid_wh = max(taken - paid_wh, 0)
    if unpaid_wh:
        record_loss(context, unit_address, unpaid_wh)
    context.emit(ExcessDrawn(unit_address, consumer, energy_wh, burned, cost, energy_wh - paid_wh, without_session))
    if taken < energy_wh:
        context.emit(BooksExceeded(unit_address, energy_wh - taken))
    settle_rate(context, before, cost)


def _report_produced(context: Context, producer: bytes, energy_wh: int) -> None:
    unit = reporting_unit(context)
    _refuse_beside_meter(context, producer, MeterKind.PRODUCTION)
    require_member(context, producer)
    if unit.status != UnitStatus.ACTIVE:
        raise Refused("the unit is suspended; a vote reinstates it", code="unit_suspended")
    check_report(context, unit, energy_wh)
    if unit.capacity_wh and books(unit) + kept_of(unit, energy_wh) > unit.capacity_wh:
        raise Refused("more than the unit's capacity", code="above_capacity")
    spend_power(context, context.sender, energy_wh)
    production = Production(context, context.sender, producer)
    production.take(energy_wh, None)
    production.write()
    note_manual_report(context, context.sender, producer, MeterKind.PRODUCTION)


def _report_consumed(context: Context, consumer: bytes, energy_wh: int) -> None:
    _refuse_beside_meter(context, consumer, MeterKind.CONSUMPTION)
    context.charge(REPORTED_CONSUMPTION)
    check_report(context, reporting_unit(context), energy_wh)
    apply_consumed(context, context.sender, consumer, energy_wh)
    note_manual_report(context, context.sender, consumer, MeterKind.CONSUMPTION)


def _report_actual(context: Context, energy_wh: int) -> None:
    unit = reporting_unit(context)
    _refuse_beside_meter(context, context.sender, MeterKind.STORAGE)
    if unit.capacity_wh and energy_wh > unit.capacity_wh:
        raise Refused("more than the unit's capacity", code="above_capacity")
    check_report(context, unit, energy_wh - books(unit))
    if energy_wh - books(unit) > network_room(context.state):
        raise Refused("more than the network's energy may be", code="out_of_range")
    if energy_wh > books(unit):
        spend_power(context, context.sender, energy_wh - books(unit))
    apply_actual(context, context.sender, energy_wh)
    note_manual_report(context, context.sender, context.sender, MeterKind.STORAGE)


def _refuse_beside_meter(context: Context, account: bytes, kind: MeterKind) -> None:
    """What a bound meter measures nobody reports by hand (E11)."""
    if context.state.get(BINDINGS, context.sender + account + bytes((kind,))) is not None:
        raise Refused("a meter is bound that measures this; it reports", code="meter_bound")


def do_energy_produced(context: Context, payload: EnergyProduced) -> None:
    """A manual report of production (E12)."""
    use_sequence(context, payload.sequence)
    _report_produced(context, payload.producer, payload.energy_wh)


def do_energy_consumed(context: Context, payload: EnergyConsumed) -> None:
    """A manual report of consumption (E12)."""
    use_sequence(context, payload.sequence)
    _report_consumed(context, payload.consumer, payload.energy_wh)


def do_energy_actual(context: Context, payload: EnergyActual) -> None:
    """A manual report of the energy held (E12)."""
    use_sequence(context, payload.sequence)
    _report_actual(context, payload.energy_wh)


def do_energy_batch(context: Context, payload: EnergyBatch) -> None:
    """Several reports in order, each an operation of its own; a batch equals its items (E10)."""
    context.charge(BATCH_ITEM * len(payload.items))
    use_sequence(context, payload.sequence)
    for item in payload.items:
        _report_item(context, item)


def _report_item(context: Context, item: ReportItem) -> None:
    match item:
        case ProducedItem():
            _report_produced(context, item.producer, item.energy_wh)
        case ConsumedItem():
            _report_consumed(context, item.consumer, item.energy_wh)
        case ActualItem():
            _report_actual(context, item.energy_wh)
