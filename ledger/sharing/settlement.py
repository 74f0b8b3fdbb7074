"""A run: a slot's inputs allocated, priced, and posted as the difference to the run before (rules SC5 to SC9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ledger.chain.context import Context
from ledger.debts.rules import pay_debts
from ledger.sharing.events import ShareBooked, SlotSettled
from ledger.sharing.metered import read_inputs, substitute_some
from ledger.sharing.outcome import NOTHING_BOOKED, Booking, RunRow, bookings, inputs_root, outcome_of
from ledger.sharing.payments import Payment, pay, sharing_asset
from ledger.sharing.points import POINTS_SETTLED, PointRest
from ledger.sharing.progress import cut_off_ms
from ledger.sharing.schema import (
    QUEUED_SLOTS,
    SCHEME_SUMS,
    SLOT_RUNS,
    SchemeSum,
    SchemeVersion,
    SettledSlot,
    SlotInput,
)
from ledger.sharing.scheme_terms import Settlement
from ledger.sharing.versions import pool_of, version_at
from ledger.sharing.weights import BOOKED_ACCOUNT, SETTLED_POINT, SETTLED_SLOT
from ledger.slots.clock import clock_of
from ledger.slots.schema import Direction, SlotState
from ledger.state.table import big_endian

NO_PAYMENT: Final = Payment()


def settlement_step(context: Context, subject: bytes) -> bool:
    """Settle the first slot of a scheme that waits; whether more do (SC5)."""
    key = context.state.first(QUEUED_SLOTS, subject)
    if key is None:
        return False
    if settle(context, int.from_bytes(subject, "big"), int.from_bytes(key[8:], "big")):
        context.state.delete(QUEUED_SLOTS, key)
    return context.state.first(QUEUED_SLOTS, subject) is not None


def settle(context: Context, scheme: int, slot: int) -> bool:
    """Post a run of a slot if its values are there and others than before; past its cut-off first substitute some of
    those that are missing. Whether nothing more is to be done with it."""
    version = version_at(context.state, scheme, slot)
    if version is None or not version.facts:
        return True
    context.charge(SETTLED_SLOT + SETTLED_POINT * len(version.facts))
    clock = clock_of(context)
    key = big_endian(scheme) + big_endian(slot)
    before = context.state.get(SLOT_RUNS, key)
    if before is not None and not before.inputs:
        return True
    inputs, missing = read_inputs(context, clock, version, slot)
    if missing and context.time_ms >= cut_off_ms(clock, version, slot):
        substitute_some(context, version, missing, slot)
        return False
    if not missing and (before is None or before.inputs != inputs):
        _post(context, version, slot, before, inputs)
    return True


def _post(
    context: Context, version: SchemeVersion, slot: int, before: SettledSlot | None, inputs: tuple[SlotInput, ...]
) -> None:
    outcome, root = outcome_of(version, slot, inputs), inputs_root(inputs)
    run = 1 if before is None else before.run + 1
    missing = sum(found.state in (SlotState.MISSING, SlotState.SUBSTITUTED) for found in inputs)
    entry = SettledSlot(run, version.version, missing, root, outcome.root, inputs)
    context.state.put(SLOT_RUNS, big_endian(version.scheme) + big_endian(slot), entry)
    context.emit(
        SlotSettled(
            version.scheme, slot, run, version.version, missing, root, entry.rows_root, sharing_asset(context),
            outcome.injected_mwh, outcome.taken_mwh, outcome.shared_mwh, outcome.paid, outcome.fees,
        )
    )  # fmt: skip
    changes = bookings(version, outcome.rows)
    old_rows = () if before is None else outcome_of(version, slot, before.inputs).rows
    _tell_rests(context, version, slot, old_rows, outcome.rows)
    if old_rows:
        for account, booked in bookings(version, old_rows).items():
            changes[account] = changes.get(account, NOTHING_BOOKED) - booked
    _book(
        context,
        version,
        slot,
        run,
        {account: change for account, change in changes.items() if change != NOTHING_BOOKED},
    )


def _tell_rests(
    context: Context, version: SchemeVersion, slot: int, before: tuple[RunRow, ...], after: tuple[RunRow, ...]
) -> None:
    """Whoever follows what is not shared hears of it, with what it was before."""
    rests = []
    for place, (row, facts) in enumerate(zip(after, version.facts, strict=True)):
        old = before[place].energy_mwh - before[place].shared_mwh if before else 0
        rest = PointRest(row.point, row.account, Direction(facts.direction), (old,), (row.energy_mwh - row.shared_mwh,))
        rests.append(rest)
    for follow in context.hooks.at(POINTS_SETTLED):
        follow(context, version.scheme, (slot,), tuple(rests))


def _book(context: Context, version: SchemeVersion, slot: int, run: int, changes: Mapping[bytes, Booking]) -> None:
    """Differences into the sums of the month, and, where the scheme settles at once, into accounts (SC8, SC9)."""
    scheme, pool, asset = version.scheme, pool_of(version.scheme), sharing_asset(context)
    context.charge(BOOKED_ACCOUNT * len(changes))
    payments: Mapping[bytes, Payment] = {}
    if version.terms.settlement == Settlement.SLOT:
        payments = pay(context, scheme, slot, {account: change.due for account, change in changes.items()})
    month = clock_of(context).local_month(slot)
    for account in sorted(changes):
        change, payment = changes[account], payments.get(account, NO_PAYMENT)
        _add(context, big_endian(scheme) + big_endian(month) + account, change)
        context.emit(
            ShareBooked(
                account, pool, asset, scheme, slot, run, change.bought_mwh, change.sold_mwh, change.cost,
                change.revenue, change.fee, payment.paid, payment.received, payment.owes, payment.is_owed,
            )
        )  # fmt: skip
    for account in sorted(account for account, payment in payments.items() if payment.received):
        pay_debts(context, account, asset)


def _add(context: Context, key: bytes, change: Booking) -> None:
    nothing = SchemeSum(sharing_asset(context), 0, 0, 0, 0, 0)
    before = context.state.get(SCHEME_SUMS, key) or nothing
    after = SchemeSum(
        before.asset, before.bought_mwh + change.bought_mwh, before.sold_mwh + change.sold_mwh,
        before.cost + change.cost, before.revenue + change.revenue, before.fee + change.fee,
    )  # fmt: skip
    if after == nothing:
        context.state.delete(SCHEME_SUMS, key)
    else:
        context.state.put(SCHEME_SUMS, key, after)
