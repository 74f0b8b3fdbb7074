"""Storage units: their books, limits, registration and removal (rules U1-U10)."""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context, in_range, saturated
from ledger.chain.parameters import DAY_MS
from ledger.chain.schema import Counter
from ledger.chain.sweeps import begin_sweep
from ledger.energy.daily import clear
from ledger.energy.events import EnergyUncovered, ExpectedLoss, UnitChanged, UnitRegistered, UnitReinstated, UnitRemoved
from ledger.energy.flows import forget_flows, note_flow
from ledger.energy.genesis import ENERGY_SECTION
from ledger.energy.imbalance import change_network_energy, open_gap, settle_rate
from ledger.energy.level_losses import forget_level_losses
from ledger.energy.limits import MAX_UNITS
from ledger.energy.parameters import MAX_REPORT
from ledger.energy.points import BooksChange, tell_books
from ledger.energy.presumed import forget_presumed
from ledger.energy.schema import (
    OWNERS,
    SHORTFALL_SWEEP,
    UNCOVERED,
    UNIT_LOSSES,
    UNIT_MINTED,
    UNIT_SESSIONS,
    UNITS,
    Unit,
    UnitStatus,
)
from ledger.energy.sessions import give_up_energy, grant_of, is_sweeping, uncovered_wh
from ledger.energy.storage_terms import StorageTerms
from ledger.energy.terms import check_terms, run_standing, standing_until, start_standing, stop_standing
from ledger.errors import Refused, require_present
from ledger.governance.members import check_no_meter
from ledger.metering.bindings import METERS_OF_UNIT
from ledger.metering.payloads import MeterTerms
from ledger.metering.registers import Interval

MS_PER_HOUR = 3_600_000
UNIT_COUNT = b"units"


def books(unit: Unit) -> int:
    """The energy that the ledger says is in the unit, in Wh."""
    return unit.available_wh + unit.locked_wh


def reporting_unit(context: Context) -> Unit:
    """The sender as a registered unit; a suspended one may still report what left it."""
    unit = context.state.get(UNITS, context.sender)
    if unit is None or unit.status == UnitStatus.REMOVED:
        raise Refused("only a registered storage unit may report", code="not_a_unit")
    return unit


def use_sequence(context: Context, sequence: int) -> None:
    """A unit's manual reports are numbered strictly +1; the number is used only when the report applies (U2)."""
    unit = reporting_unit(context)
    if sequence != unit.sequence + 1:
        raise Refused(f"the next report of this unit is number {unit.sequence + 1}", code="unit_sequence")
    context.state.put(UNITS, context.sender, msgspec.structs.replace(unit, sequence=sequence))


def spend_power(context: Context, address: bytes, energy_wh: int) -> None:
    """Refuse energy beyond maximum power x time; unused time counts, at most what fills the unit once (U3)."""
    unit = context.get(UNITS, address)
    if unit.max_power_w == 0:
        return
    credit_ms = unit.credit_from_ms
    if unit.capacity_wh:
        credit_ms = max(credit_ms, context.time_ms - -(-unit.capacity_wh * MS_PER_HOUR // unit.max_power_w))
    earliest = credit_ms + -(-energy_wh * MS_PER_HOUR // unit.max_power_w)
    if earliest > context.time_ms:
        raise Refused("more than maximum power x time since the last report", code="above_maximum_power")
    context.state.put(UNITS, address, msgspec.structs.replace(unit, credit_from_ms=earliest))


def check_report(context: Context, unit: Unit, energy_wh: int) -> None:
    """Refuse what a unit reports beyond `max_report`, or beyond its capacity where that is larger, at once (U10)."""
    if is_above_report(context, unit, energy_wh):
        raise Refused("more than one report of this unit may bring or take", code="above_max_report")


def is_above_report(context: Context, unit: Unit, energy_wh: int) -> bool:
    """Whether energy is more than one report or reading of this unit may bring or take (U10)."""
    return energy_wh > unit.capacity_wh and energy_wh > context.parameter(MAX_REPORT)


def reduce_books(context: Context, address: bytes, energy_wh: int, consumer: bytes = b"", paid_wh: int = 0) -> int:
    """Take energy off a unit's books: free energy first, then of sessions, latest first, as few as needed (U4, C8).

    `consumer` has paid for `paid_wh` of it. Returns what the books held of it; they never fall below zero.
    """
    while context.get(UNITS, address).available_wh < energy_wh:
        newest = context.state.first(UNIT_SESSIONS, address)
        if newest is None:
            break
        if is_sweeping(context, address) or not context.may_end():
            _uncover(context, address, energy_wh)
            break
        needed_wh = energy_wh - context.get(UNITS, address).available_wh
        give_up_energy(context, grant_of(context, address, newest), needed_wh)
    taken = min(energy_wh, context.get(UNITS, address).available_wh)
    drawn_wh = min(taken, paid_wh)
    for part_wh, account in ((taken - drawn_wh, b""), (drawn_wh, consumer)):
        unit = context.get(UNITS, address)
        context.state.put(UNITS, address, msgspec.structs.replace(unit, available_wh=unit.available_wh - part_wh))
        change_network_energy(context, -part_wh)
        tell_books(context, BooksChange(address, -part_wh, account))
    return taken


def _uncover(context: Context, address: bytes, needed_wh: int) -> None:
    """Let the books lose energy that sessions hold, before a sweep ends these sessions (C10)."""
    unit = context.get(UNITS, address)
    taken = min(needed_wh - unit.available_wh, unit.locked_wh)
    if taken == 0:
        return
    if not is_sweeping(context, address):
        begin_sweep(context, SHORTFALL_SWEEP, address)
    context.state.put(UNCOVERED, address, Counter(uncovered_wh(context, address) + taken))
    moved = msgspec.structs.replace(unit, available_wh=unit.available_wh + taken, locked_wh=unit.locked_wh - taken)
    context.state.put(UNITS, address, moved)
    context.emit(EnergyUncovered(address, taken))


def shortfall_step(context: Context, address: bytes) -> bool:
    """End the latest session of a unit whose books hold less than its sessions; whether there may be more (C10)."""
    if context.get(UNITS, address).status == UnitStatus.REMOVED:
        return False
    needed_wh = uncovered_wh(context, address)
    if needed_wh == 0:
        context.state.delete(UNCOVERED, address)
        return False
    newest = require_present(context.state.first(UNIT_SESSIONS, address), "the books lack energy that no session holds")
    before = open_gap(context.state)
    give_up_energy(context, grant_of(context, address, newest), needed_wh)
    if open_gap(context.state) != before:
        settle_rate(context, before)
    return True


def add_to_books(context: Context, address: bytes, energy_wh: int) -> None:
    """Book free energy into a unit."""
    unit = context.get(UNITS, address)
    context.state.put(
        UNITS, address, msgspec.structs.replace(unit, available_wh=in_range(unit.available_wh + energy_wh))
    )
    change_network_energy(context, energy_wh)
    tell_books(context, BooksChange(address, energy_wh))


def check_registration(context: Context, address: bytes, owner: bytes, capacity_wh: int, terms: StorageTerms) -> None:
    """Refuse to register an active unit, a unit that owns itself, a meter, or more than the limit (U1)."""
    check_no_meter(context, address)
    check_no_meter(context, owner)
    unit = context.state.get(UNITS, address)
    if unit is not None and unit.status != UnitStatus.REMOVED:
        raise Refused("the unit is registered already", code="unit_registered")
    if is_sweeping(context, address):
        raise Refused("its sessions and bindings are still being ended; try again later", code="sessions_ending")
    if address == owner:
        raise Refused("a unit cannot own itself", code="own_unit")
    if context.count(METERS_OF_UNIT + address):
        raise Refused("meters are bound at the address that count elsewhere; unbind them first", code="meters_bound")
    if context.count(UNIT_COUNT) >= MAX_UNITS:
        raise Refused(f"at most {MAX_UNITS} units", code="too_many_units")
    check_terms(capacity_wh, terms)


def register_unit(
    context: Context, address: bytes, owner: bytes, capacity_wh: int, max_power_w: int, terms: StorageTerms
) -> None:
    """Carry out a vote to register a unit; a unit that comes back keeps its report sequence (U1)."""
    check_registration(context, address, owner, capacity_wh, terms)
    known = context.state.get(UNITS, address)
    sequence = 0 if known is None else known.sequence
    now = context.time_ms
    unit = Unit(
        owner=owner, status=UnitStatus.ACTIVE, capacity_wh=capacity_wh, max_power_w=max_power_w, available_wh=0,
        locked_wh=0, sequence=sequence, credit_from_ms=now, shortfall_wh=0, shortfall_from_ms=now, gain_day=0,
        gain_wh=0, quarantined_wh=0, number=context.next_number(b"unit"), terms=terms, inflow_wh=0, expected_wh=0,
        standing_from_ms=0, standing_booked_wh=0, standing_owed_wh=0, level_ms=0, level_gain_wh=0,
    )  # fmt: skip
    context.state.put(UNITS, address, unit)
    clear(context, UNIT_LOSSES, address)
    if known is not None and known.owner != owner:
        clear(context, UNIT_MINTED, address)
    start_standing(context, address)
    owned = context.state.get(OWNERS, owner)
    context.state.put(OWNERS, owner, Counter(1 if owned is None else owned.value + 1))
    context.change_count(UNIT_COUNT, 1)
    context.emit(UnitRegistered(address, owner, capacity_wh, max_power_w, terms))


def check_change(context: Context, address: bytes, capacity_wh: int, max_power_w: int, terms: StorageTerms) -> Unit:
    """Refuse a change of what is not registered, to terms that cannot be, or to those in force (U8)."""
    unit = check_removal(context, address)
    if (unit.capacity_wh, unit.max_power_w, unit.terms) == (capacity_wh, max_power_w, terms):
        raise Refused("the unit has these terms already", code="unchanged")
    check_terms(capacity_wh, terms)
    return unit


def change_unit(context: Context, address: bytes, capacity_wh: int, max_power_w: int, terms: StorageTerms) -> None:
    """Carry out a vote to change a unit's terms: from now on; books and loss records stay (U8)."""
    unit = check_change(context, address, capacity_wh, max_power_w, terms)
    book_expected_loss(context, address, standing_until(unit, context.time_ms))
    stop_standing(context, address)
    unit = context.get(UNITS, address)
    credit_ms = unit.credit_from_ms if max_power_w == unit.max_power_w else context.time_ms
    changed = msgspec.structs.replace(
        unit, capacity_wh=capacity_wh, max_power_w=max_power_w, terms=terms, credit_from_ms=credit_ms
    )
    context.state.put(UNITS, address, changed)
    start_standing(context, address)
    context.emit(UnitChanged(address, capacity_wh, max_power_w, terms))


def book_expected_loss(context: Context, address: bytes, energy_wh: int, interval: Interval | None = None) -> int:
    """Take off a unit's free energy what its terms say is lost: one operation of the imbalance rule (U8, U9).

    Returns what it had of that; sessions keep their energy.
    """
    unit = context.get(UNITS, address)
    taken = min(energy_wh, unit.available_wh)
    if taken:
        before = open_gap(context.state)
        expected_wh = saturated(unit.expected_wh + taken)
        changed = msgspec.structs.replace(unit, available_wh=unit.available_wh - taken, expected_wh=expected_wh)
        context.state.put(UNITS, address, changed)
        change_network_energy(context, -taken)
        tell_books(context, BooksChange(address, -taken))
        note_flow(context, address, -taken, interval)
        context.emit(ExpectedLoss(address, taken))
        settle_rate(context, before)
    return taken


def standing_due(context: Context, subject: bytes) -> None:
    """A day of a unit's standing loss is over, or several where no block came (U9).

    What sessions hold is lost when they end; what is not there is not lost.
    """
    unit = context.get(UNITS, subject)
    first_ms = unit.standing_from_ms
    from_ms = first_ms + (context.time_ms - first_ms) // DAY_MS * DAY_MS
    due_wh = standing_until(unit, from_ms)
    left_wh = due_wh - book_expected_loss(context, subject, due_wh, Interval(due_wh, first_ms, from_ms))
    run_standing(context, subject, from_ms, min(left_wh, unit.locked_wh))


def check_removal(context: Context, address: bytes) -> Unit:
    """Refuse to remove what is not registered."""
    unit = context.state.get(UNITS, address)
    if unit is None or unit.status == UnitStatus.REMOVED:
        raise Refused("no such storage unit", code="unknown_unit")
    return unit


def remove_unit(context: Context, address: bytes) -> None:
    """Take a unit off the books: all its energy leaves, R is set at once (U6).

    What its sessions hold is uncovered until `ledger.energy.removal` has ended them.
    """
    unit = check_removal(context, address)
    before = open_gap(context.state)
    stop_standing(context, address)
    forget_flows(context, address)
    forget_level_losses(context, address)
    forget_presumed(context, address)
    unit = context.get(UNITS, address)
    energy_wh = books(unit)
    change_network_energy(context, -energy_wh)
    context.state.put(UNCOVERED, address, Counter(uncovered_wh(context, address) + unit.locked_wh))
    context.state.put(
        UNITS,
        address,
        msgspec.structs.replace(unit, status=int(UnitStatus.REMOVED), available_wh=0, locked_wh=0, quarantined_wh=0),
    )
    tell_books(context, BooksChange(address, -energy_wh))
    if unit.locked_wh:
        context.emit(EnergyUncovered(address, unit.locked_wh))
    owned = context.get(OWNERS, unit.owner).value - 1
    if owned:
        context.state.put(OWNERS, unit.owner, Counter(owned))
    else:
        context.state.delete(OWNERS, unit.owner)
    context.change_count(UNIT_COUNT, -1)
    context.emit(UnitRemoved(address, energy_wh))
    settle_rate(context, before)


def check_reinstatement(context: Context, address: bytes) -> Unit:
    """Refuse where nothing waits for a vote."""
    unit = check_removal(context, address)
    if unit.status != UnitStatus.SUSPENDED and unit.quarantined_wh == 0:
        raise Refused("the unit is neither suspended nor has it quarantined energy", code="nothing_to_reinstate")
    return unit


def reinstate_unit(context: Context, address: bytes, accept_wh: int) -> None:
    """Carry out a vote: the unit works again, its loss records are cleared, accepted gain is booked (U7)."""
    unit = check_reinstatement(context, address)
    if accept_wh > unit.quarantined_wh:
        raise Refused(f"only {unit.quarantined_wh} Wh are quarantined", code="above_quarantine")
    if unit.capacity_wh and accept_wh and books(unit) + accept_wh > unit.capacity_wh:
        raise Refused("more than the unit's capacity", code="above_capacity")
    before = open_gap(context.state)
    cleared = msgspec.structs.replace(
        unit, status=int(UnitStatus.ACTIVE), shortfall_wh=0, shortfall_from_ms=context.time_ms, quarantined_wh=0
    )
    context.state.put(UNITS, address, cleared)
    clear(context, UNIT_LOSSES, address)
    forget_level_losses(context, address)
    forget_presumed(context, address)
    add_to_books(context, address, accept_wh)
    note_flow(context, address, accept_wh)
    context.emit(UnitReinstated(address, accept_wh, unit.quarantined_wh - accept_wh))
    settle_rate(context, before)


def register_first_units(context: Context) -> None:
    """The genesis' storage units; they hold no energy."""
    for unit in ENERGY_SECTION.of(context.genesis).units:
        register_unit(context, unit.address, unit.owner, unit.capacity_wh, unit.max_power_w, unit.terms)


def is_unit_or_owner(context: Context, address: bytes) -> bool:
    """Whether the address is a registered unit's, or owns one (N2)."""
    if context.state.get(OWNERS, address) is not None:
        return True
    unit = context.state.get(UNITS, address)
    return unit is not None and unit.status != UnitStatus.REMOVED


def takes_binding(context: Context, terms: MeterTerms) -> bool:
    """Whether a meter is bound at a registered unit (M2)."""
    unit = context.state.get(UNITS, terms.unit)
    return unit is not None and unit.status != UnitStatus.REMOVED
