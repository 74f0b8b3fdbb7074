"""What a run changed for the accounts of a chunk: rows under their roots, sums, payments, one event each (SC8, SC9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import add, sub
from typing import Final

import msgspec
from msgspec.structs import replace

from ledger.chain.context import Context, in_range, in_signed_range
from ledger.debts.rules import pay_debts
from ledger.sharing.events import ShareBooked
from ledger.sharing.members import members_of_chunk
from ledger.sharing.metered import old_inputs, old_key
from ledger.sharing.outcome import NOTHING_BOOKED, Booking, add_booking, booking_of, rows_of
from ledger.sharing.packing import unpack
from ledger.sharing.payments import Payment, claim_first, pay, pay_after, sharing_asset
from ledger.sharing.points import SHARE_BOOKED
from ledger.sharing.roots import values_root
from ledger.sharing.schema import (
    OLD_INPUTS,
    RUN_DUES,
    RUN_PARTS,
    SCHEME_SUMS,
    AccountDue,
    DayRun,
    OldInput,
    OldInputs,
    RunDues,
    RunPart,
    SchemeMember,
    SchemeSum,
    SchemeVersion,
)
from ledger.sharing.scheme_terms import Settlement
from ledger.sharing.versions import pool_of
from ledger.sharing.weights import BOOKED_ACCOUNT, BOOKED_CHUNK, PAYER, ROWS_A_UNIT
from ledger.slots.clock import clock_of
from ledger.state.table import big_endian

NO_PAYMENT: Final = Payment()


class _Sums(msgspec.Struct):
    """By place of a chunk what its members' figures changed in all slots."""

    shared: list[int]
    amounts: list[int]
    fees: list[int]


def book_chunk(context: Context, version: SchemeVersion, run: DayRun, place: int) -> DayRun:
    """Book a chunk; what of it the accounts of other chunks have still to balance is noted in the run."""
    chunk = version.chunks[place]
    members = members_of_chunk(context.state, version.scheme, chunk)
    live = [at for at in range(len(run.slots)) if run.is_live(at)]
    context.charge(BOOKED_CHUNK + BOOKED_ACCOUNT * len(members) + len(live) * (1 + len(members) // ROWS_A_UNIT))
    nothing = [0] * len(members)
    sums = _Sums(nothing, nothing, nothing)
    for at in live:
        key = big_endian(version.scheme) + big_endian(run.slots[at]) + big_endian(chunk.chunk)
        part = context.get(RUN_PARTS, key)
        context.state.put(RUN_PARTS, key, _slot(members, part, sums))
    _forget_old(context, version.scheme, run, members)
    changes: dict[bytes, Booking] = {}
    for member, *figures in zip(members, sums.shared, sums.amounts, sums.fees, strict=True):
        add_booking(changes, member.account, booking_of(member, *figures))
    if any(sums.fees):
        add_booking(changes, version.terms.fee_account, Booking(revenue=sum(sums.fees)))
    changes = {account: change for account, change in changes.items() if change != NOTHING_BOOKED}
    posted_mwh = sum(change.bought_mwh - change.sold_mwh for change in changes.values())
    posted = sum(change.due for change in changes.values())
    _post(context, version, run, chunk.chunk, changes)
    posted_mwh, posted = in_signed_range(run.posted_mwh + posted_mwh), in_signed_range(run.posted + posted)
    return replace(run, posted_mwh=posted_mwh, posted=posted)


def _slot(members: Sequence[SchemeMember], part: RunPart, sums: _Sums) -> RunPart:
    """Add a slot's rows to the sums, and their root to the slot's part."""
    count = len(members)
    energies, rows = unpack(part.energies, count), unpack(part.rows, 3 * count)
    shared, amounts, fees = rows[:count], rows[count : 2 * count], rows[2 * count :]
    root = values_root(rows_of(members, energies, shared, amounts, fees))
    sums.shared, sums.amounts = list(map(add, sums.shared, shared)), list(map(add, sums.amounts, amounts))
    sums.fees = list(map(add, sums.fees, fees))
    if part.old_rows:
        before = unpack(part.old_rows, 3 * count)
        sums.shared = list(map(sub, sums.shared, before[:count]))
        sums.amounts = list(map(sub, sums.amounts, before[count : 2 * count]))
        sums.fees = list(map(sub, sums.fees, before[2 * count :]))
    return replace(part, energies=b"", old_energies=b"", rows=b"", old_rows=b"", rows_root=root)


def _forget_old(context: Context, scheme: int, run: DayRun, members: Sequence[SchemeMember]) -> None:
    """What only runs before this one used is remembered no longer; of a slot that is not settled it is as it was."""
    live = {slot: run.is_live(at) for at, slot in enumerate(run.slots)}
    numbers = dict(zip(run.slots, run.runs, strict=True))
    for member in members:
        known = old_inputs(context.state, scheme, run.day, member.point)
        if not known:
            continue
        kept: dict[tuple[int, int], OldInput] = {}
        for (slot, number), old in known.items():
            if slot not in live or live[slot] == (number >= numbers[slot]):
                kept[slot, number] = old
            elif not live[slot] and number > 1 and (slot, number - 1) not in known:
                kept[slot, number - 1] = replace(old, run=number - 1)
        key = old_key(scheme, run.day, member.point)
        if not kept:
            context.state.delete(OLD_INPUTS, key)
        elif kept != known:
            context.state.put(OLD_INPUTS, key, OldInputs(tuple(kept[place] for place in sorted(kept))))


def _post(context: Context, version: SchemeVersion, run: DayRun, chunk: int, changes: Mapping[bytes, Booking]) -> None:
    """Differences into the sums of the month, and, where the scheme settles at once, into accounts (SC8, SC9)."""
    if not changes:
        return
    month = big_endian(clock_of(context).local_month(run.slots[0]))
    for account in sorted(changes):
        add_to_sum(context, big_endian(version.scheme) + month + account, changes[account])
    payments: Mapping[bytes, Payment] = {}
    dues = {account: change.due for account, change in changes.items()}
    if version.terms.settlement == Settlement.SLOT and len(version.chunks) == 1:
        payments = pay(context, version.scheme, run.slots[0], dues)
    elif version.terms.settlement == Settlement.SLOT:
        payments = claim_first(context, version.scheme, dues)
        payers = [account for account in sorted(dues) if dues[account] > 0]
        waiting = tuple(_due(sharing_asset(context), account, changes[account]) for account in payers)
        context.state.put(RUN_DUES, big_endian(version.scheme) + big_endian(chunk), RunDues(waiting))
        changes = {account: change for account, change in changes.items() if dues[account] <= 0}
    for account in sorted(changes):
        _tell(context, version, run, account, changes[account], payments.get(account, NO_PAYMENT))
    for account in sorted(account for account, payment in payments.items() if payment.received):
        pay_debts(context, account, sharing_asset(context))


def pay_chunk(context: Context, version: SchemeVersion, run: DayRun, place: int) -> None:
    """Let those of a chunk pay who have to, all who receive having their claims (SC9)."""
    key = big_endian(version.scheme) + big_endian(version.chunks[place].chunk)
    found = context.state.get(RUN_DUES, key)
    if found is None:
        return
    context.charge(BOOKED_CHUNK + PAYER * len(found.dues))
    for due in found.dues:
        change = Booking(due.bought_mwh, due.sold_mwh, due.cost, due.revenue, due.fee)
        _tell(context, version, run, due.account, change, pay_after(context, version.scheme, due.account, change.due))
    context.state.delete(RUN_DUES, key)


def _due(asset: int, account: bytes, change: Booking) -> AccountDue:
    return AccountDue(asset, account, change.bought_mwh, change.sold_mwh, change.cost, change.revenue, change.fee)


def _tell(
    context: Context, version: SchemeVersion, run: DayRun, account: bytes, change: Booking, payment: Payment
) -> None:
    context.emit(
        ShareBooked(
            account, pool_of(version.scheme), sharing_asset(context), version.scheme, run.day, run.number,
            change.bought_mwh, change.sold_mwh, change.cost, change.revenue, change.fee,
            payment.paid, payment.received, payment.owes, payment.is_owed,
        )
    )  # fmt: skip
    for follow in context.hooks.at(SHARE_BOOKED):
        follow(context, account, run.day, change.bought_mwh, change.sold_mwh)


def add_to_sum(context: Context, key: bytes, change: Booking) -> None:
    """Add to what an account bought and sold in a month of a scheme. Raises `Refused` (out_of_range)."""
    nothing = SchemeSum(sharing_asset(context), 0, 0, 0, 0, 0)
    before = context.state.get(SCHEME_SUMS, key) or nothing
    after = SchemeSum(
        before.asset, in_range(before.bought_mwh + change.bought_mwh), in_range(before.sold_mwh + change.sold_mwh),
        in_range(before.cost + change.cost), in_range(before.revenue + change.revenue),
        in_range(before.fee + change.fee),
    )  # fmt: skip
    if after == nothing:
        context.state.delete(SCHEME_SUMS, key)
    else:
        context.state.put(SCHEME_SUMS, key, after)
