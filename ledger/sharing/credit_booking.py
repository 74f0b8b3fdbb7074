"""What a run of a month changed for a chunk: rows under their root, claims, sums, payments, events (CR6, CR7, CR8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import add, sub
from typing import Final

import msgspec
from msgspec.structs import astuple, replace

from ledger.chain.context import Context, in_range, in_signed_range
from ledger.debts.rules import pay_debts
from ledger.sharing.booking import add_to_sum
from ledger.sharing.credit import NO_CLAIMS
from ledger.sharing.credit_events import CreditBooked
from ledger.sharing.credit_following import credit_scheme, month_key
from ledger.sharing.credit_inputs import entry_at, inputs_of_chunk, part_key
from ledger.sharing.credit_outcome import consumer_month, consumes, entry_of
from ledger.sharing.credit_schema import (
    CREDIT_PARTS,
    CREDIT_SCHEMES,
    CREDIT_SUMS,
    MONTH_ROWS,
    OPEN_CLAIMS,
    CreditDue,
    CreditPart,
    CreditRun,
    CreditSum,
    MonthEntry,
    MonthTotals,
)
from ledger.sharing.members import members_of_chunk
from ledger.sharing.outcome import Booking
from ledger.sharing.packing import unpack
from ledger.sharing.payments import Payment, claim_first, pay, pay_after, sharing_asset
from ledger.sharing.roots import values_root
from ledger.sharing.schema import SchemeMember, SchemeVersion
from ledger.sharing.scheme_terms import Settlement
from ledger.sharing.versions import pool_of
from ledger.sharing.weights import BOOKED_CHUNK, MONTH_BOOKED, PAYER
from ledger.state.table import big_endian

NO_PAYMENT: Final = Payment()


class CreditBooking(msgspec.Struct, frozen=True):
    """An account's figures of a month, or of the difference between two runs of it."""

    bought_mwh: int = 0
    sold_mwh: int = 0
    cost: int = 0
    revenue: int = 0
    fee: int = 0
    carried_mwh: int = 0
    credited_mwh: int = 0
    claims_mwh: int = 0
    expired_mwh: int = 0
    expired_cost: int = 0
    expired_revenue: int = 0

    def __add__(self, other: CreditBooking) -> CreditBooking:
        return CreditBooking(*map(add, astuple(self), astuple(other)))

    def __sub__(self, other: CreditBooking) -> CreditBooking:
        return CreditBooking(*map(sub, astuple(self), astuple(other)))

    @property
    def due(self) -> int:
        """What the account pays; below 0: receives."""
        return self.cost + self.fee + self.expired_cost - self.revenue - self.expired_revenue


NOTHING_CREDITED: Final = CreditBooking()


def credit_booking_of(member: SchemeMember, entry: MonthEntry) -> CreditBooking:
    """What a point's row comes to for its account; its claims are followed beside (`claims_mwh` stays 0)."""
    row = entry.row
    if not consumes(member):
        return CreditBooking(sold_mwh=row.shared_mwh, revenue=row.amount, expired_revenue=row.expired_amount)
    return CreditBooking(
        bought_mwh=row.shared_mwh, cost=row.amount, fee=row.fee, carried_mwh=row.carried_mwh, credited_mwh=row.part_mwh,
        expired_mwh=row.expired_mwh, expired_cost=row.expired_amount,
    )  # fmt: skip


def book_month_chunk(context: Context, version: SchemeVersion, run: CreditRun) -> CreditRun:
    """Book a chunk: its rows stand, its claims are others, and what that changed is posted (CR7, CR8)."""
    scheme, chunk = version.scheme, version.chunks[run.place]
    members = members_of_chunk(context.state, scheme, chunk)
    context.charge(BOOKED_CHUNK + MONTH_BOOKED * len(members))
    part = context.get(CREDIT_PARTS, part_key(version, chunk))
    entries, claims = _entries(context, version, run, part, members)
    changes: dict[bytes, CreditBooking] = {}
    for member, entry, claimed in zip(members, entries, claims, strict=True):
        old = NOTHING_CREDITED
        if run.run > 1:
            old = credit_booking_of(member, entry_at(context, scheme, run.month, member.point))
        change = credit_booking_of(member, entry) - old + CreditBooking(claims_mwh=claimed)
        changes[member.account] = changes.get(member.account, NOTHING_CREDITED) + change
        context.state.put(MONTH_ROWS, month_key(scheme, run.month) + big_endian(member.point), entry)
    fees = sum(change.fee for change in changes.values())
    if fees:
        receiver = version.terms.fee_account
        changes[receiver] = changes.get(receiver, NOTHING_CREDITED) + CreditBooking(revenue=fees)
    changes = {account: change for account, change in sorted(changes.items()) if change != NOTHING_CREDITED}
    _add_to_scheme(context, scheme, changes)
    part = replace(
        part,
        inputs_root=values_root([entry.input for entry in entries]),
        rows_root=values_root([entry.row for entry in entries]),
        totals=_totals(members, entries),
        dues=_post(context, version, run, changes),
    )
    context.state.put(CREDIT_PARTS, part_key(version, chunk), part)
    posted_mwh = sum(change.bought_mwh - change.sold_mwh for change in changes.values())
    posted = sum(change.cost + change.fee - change.revenue for change in changes.values())
    gone = sum(change.expired_cost - change.expired_revenue for change in changes.values())
    return replace(
        run,
        posted_mwh=in_signed_range(run.posted_mwh + posted_mwh),
        posted=in_signed_range(run.posted + posted),
        posted_expired=in_signed_range(run.posted_expired + gone),
    )


def _entries(
    context: Context, version: SchemeVersion, run: CreditRun, part: CreditPart, members: Sequence[SchemeMember]
) -> tuple[list[MonthEntry], list[int]]:
    """The rows of a chunk, and by how much each point's claims change, which are written."""
    count = len(members)
    rows, given = unpack(part.rows, 5 * count), unpack(part.parts, count)
    entries, claims = [], []
    for at, (member, found) in enumerate(
        zip(members, inputs_of_chunk(context, version, run, part, members), strict=True)
    ):
        figures = rows[at::count]
        if not consumes(member):
            entries.append(entry_of(member, found, given[at], None, figures))
            claims.append(0)
            continue
        month = consumer_month(version.terms, run.month, run.run, given[at], found)
        entries.append(entry_of(member, found, given[at], month, figures))
        claims.append(month.standing.net_mwh - found.now.net_mwh)
        key = big_endian(version.scheme) + big_endian(member.point) + member.account
        if month.standing == NO_CLAIMS:
            context.state.delete(OPEN_CLAIMS, key)
        else:
            context.state.put(OPEN_CLAIMS, key, month.standing)
    return entries, claims


def _totals(members: Sequence[SchemeMember], entries: Sequence[MonthEntry]) -> MonthTotals:
    inputs, consumers = [entry.input for entry in entries], []
    for member, entry in zip(members, entries, strict=True):
        if consumes(member):
            consumers.append(entry)
    return MonthTotals(
        sum(found.missing for found in inputs), sum(found.substituted for found in inputs),
        sum(entry.row.carried_mwh for entry in consumers), sum(entry.row.part_mwh for entry in consumers),
        sum(entry.row.claims_mwh for entry in consumers), sum(entry.row.expired_mwh for entry in consumers),
        sum(entry.late_mwh for entry in consumers),
    )  # fmt: skip


def _add_to_scheme(context: Context, scheme: int, changes: Mapping[bytes, CreditBooking]) -> None:
    found = credit_scheme(context, scheme)
    made = replace(
        found,
        parts_mwh=in_signed_range(found.parts_mwh + sum(change.credited_mwh for change in changes.values())),
        shared_mwh=in_signed_range(found.shared_mwh + sum(change.bought_mwh for change in changes.values())),
        expired_mwh=in_signed_range(found.expired_mwh + sum(change.expired_mwh for change in changes.values())),
    )
    if made != found:
        context.state.put(CREDIT_SCHEMES, big_endian(scheme), made)


def _post(
    context: Context, version: SchemeVersion, run: CreditRun, changes: Mapping[bytes, CreditBooking]
) -> tuple[CreditDue, ...]:
    """Differences into sums and, where the scheme settles at once, into accounts; who has still to pay (CR8)."""
    scheme, key = version.scheme, month_key(version.scheme, run.month)
    for account, change in changes.items():
        shared = Booking(change.bought_mwh, change.sold_mwh, change.cost, change.revenue, change.fee)
        add_to_sum(context, key + account, shared)
        _add(context, key + account, change)
    dues = {account: change.due for account, change in changes.items()}
    payments: Mapping[bytes, Payment] = {}
    waiting: tuple[CreditDue, ...] = ()
    if version.terms.settlement == Settlement.SLOT and len(version.chunks) == 1:
        payments = pay(context, scheme, run.month, dues)
    elif version.terms.settlement == Settlement.SLOT:
        payments = claim_first(context, scheme, dues)
        asset = sharing_asset(context)
        waiting = tuple(
            CreditDue(account, asset, *astuple(change)) for account, change in changes.items() if dues[account] > 0
        )
        changes = {account: change for account, change in changes.items() if dues[account] <= 0}
    for account, change in changes.items():
        _tell(context, version, run, account, change, payments.get(account, NO_PAYMENT))
    for account in sorted(account for account, payment in payments.items() if payment.received):
        pay_debts(context, account, sharing_asset(context))
    return waiting


def pay_month_chunk(context: Context, version: SchemeVersion, run: CreditRun) -> None:
    """Let those of a chunk pay who have to, all who receive having their claims (SC9)."""
    key = part_key(version, version.chunks[run.place])
    part = context.get(CREDIT_PARTS, key)
    if not part.dues:
        return
    context.charge(BOOKED_CHUNK + PAYER * len(part.dues))
    for due in part.dues:
        _account, _asset, *figures = (getattr(due, name) for name in due.__struct_fields__)
        change = CreditBooking(*figures)
        payment = pay_after(context, version.scheme, due.account, change.due)
        _tell(context, version, run, due.account, change, payment)
    context.state.put(CREDIT_PARTS, key, replace(part, dues=()))


def _tell(
    context: Context, version: SchemeVersion, run: CreditRun, account: bytes, change: CreditBooking, payment: Payment
) -> None:
    context.emit(
        CreditBooked(
            account, pool_of(version.scheme), sharing_asset(context), version.scheme, run.month, run.run,
            change.bought_mwh, change.sold_mwh, change.cost, change.revenue, change.fee, change.carried_mwh,
            change.credited_mwh, change.claims_mwh, change.expired_mwh, change.expired_cost, change.expired_revenue,
            payment.paid, payment.received, payment.owes, payment.is_owed,
        )
    )  # fmt: skip


def _add(context: Context, key: bytes, change: CreditBooking) -> None:
    nothing = CreditSum(sharing_asset(context), 0, 0, 0, 0, 0)
    before = context.state.get(CREDIT_SUMS, key) or nothing
    after = CreditSum(
        before.asset, in_range(before.credited_mwh + change.credited_mwh),
        in_signed_range(before.claims_mwh + change.claims_mwh),
        in_signed_range(before.expired_mwh + change.expired_mwh),
        in_range(before.expired_cost + change.expired_cost), in_range(before.expired_revenue + change.expired_revenue),
    )  # fmt: skip
    if after == nothing:
        context.state.delete(CREDIT_SUMS, key)
    else:
        context.state.put(CREDIT_SUMS, key, after)
