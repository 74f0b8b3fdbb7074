"""Deals: opened, released, cancelled, disputed, ruled, and over (rules DE1 to DE8)."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.bank.balances import credit, lock, spend_locked
from ledger.bank.genesis import assets_of
from ledger.bank.points import check_binding, tell_came_in
from ledger.chain.context import Context
from ledger.chain.counters import change_count, counted
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.parameters import PARTS
from ledger.chain.schema import Link
from ledger.deals.events import DealDisputed, DealEnded, DealOpened
from ledger.deals.genesis import DEALS_SECTION
from ledger.deals.limits import MAX_DEAL_MS, MAX_OPEN_DEALS, RULING_MS
from ledger.deals.payloads import CancelDeal, DisputeDeal, OpenDeal, ReleaseDeal, RuleDeal
from ledger.deals.schema import ACCOUNT_DEALS, DEAL_DUE, DEAL_LOCK, DEAL_NUMBERS, DEALS, OPEN_DEALS, Deal
from ledger.deals.terms import DealEnd
from ledger.deals.weights import DEAL_CHANGE, DEAL_END, DEAL_OPENING
from ledger.errors import Refused
from ledger.governance.members import require_member
from ledger.state.table import big_endian


def do_open_deal(context: Context, payload: OpenDeal) -> None:
    """Lock the amount for the seller (DE1)."""
    buyer, seller, arbiter = context.sender, payload.seller, payload.arbiter
    context.charge(DEAL_OPENING)
    check_binding(context, buyer)
    if len({buyer, seller, arbiter}) < 3:
        raise Refused("buyer, seller and arbiter are three different accounts", code="bad_deal")
    require_asset(context, payload.asset)
    require_member(context, seller)
    require_member(context, arbiter)
    check_time(context, payload.deadline_ms)
    most = payload.amount * DEALS_SECTION.of(context.genesis).max_fee // PARTS
    if payload.fee > most:
        raise Refused(f"an arbiter may have at most {most} base units of this amount", code="arbiter_fee_too_high")
    if counted(context.state, buyer, OPEN_DEALS) >= MAX_OPEN_DEALS:
        raise Refused(f"at most {MAX_OPEN_DEALS} deals of an account may be open", code="too_many_deals")
    lock(context.state, buyer, payload.asset, DEAL_LOCK, payload.amount)
    number = context.next_number(DEAL_NUMBERS)
    deal = Deal(
        number, buyer, seller, arbiter, payload.asset, payload.amount, payload.fee, payload.terms_hash,
        payload.deadline_ms, b"", b"",
    )  # fmt: skip
    key = big_endian(number)
    context.state.put(DEALS, key, deal)
    for account in (buyer, seller, arbiter):
        context.state.put(ACCOUNT_DEALS, account + key, Link(key))
    change_count(context.state, buyer, OPEN_DEALS, 1)
    schedule(context, deal.deadline_ms, DEAL_DUE, number, key)
    context.emit(
        DealOpened(
            number, buyer, seller, arbiter, deal.asset, deal.amount, deal.fee, deal.terms_hash, deal.deadline_ms
        )
    )  # fmt: skip


def require_asset(context: Context, asset: int) -> None:
    """Refuse an asset that the genesis does not name (K6)."""
    known = len(assets_of(context.genesis))
    if asset > known:
        raise Refused(f"there is no asset {asset}; there are {known}", code="unknown_asset")


def check_time(context: Context, time_ms: int) -> None:
    """Refuse a deadline or expiry that is over, or too far ahead (DE1, DE9)."""
    if not context.time_ms < time_ms <= context.time_ms + MAX_DEAL_MS:
        raise Refused("the time must lie after the block's, and at most 400 days ahead", code="bad_deal_deadline")


def do_release_deal(context: Context, payload: ReleaseDeal) -> None:
    """The buyer gives the seller all of it, also where they dispute (DE2)."""
    deal = _deal_of(context, payload.deal)
    _require_sender(context, deal.buyer)
    _end(context, deal, DealEnd.RELEASED, to_seller=deal.amount)


def do_cancel_deal(context: Context, payload: CancelDeal) -> None:
    """The seller gives the buyer all of it back, also where they dispute (DE3)."""
    deal = _deal_of(context, payload.deal)
    _require_sender(context, deal.seller)
    _end(context, deal, DealEnd.CANCELLED)


def do_dispute_deal(context: Context, payload: DisputeDeal) -> None:
    """Buyer or seller calls the arbiter; the deadline is now the ruling's (DE4)."""
    context.charge(DEAL_CHANGE)
    deal = _deal_of(context, payload.deal)
    _require_sender(context, deal.buyer, deal.seller)
    if deal.disputer:
        raise Refused("the deal is disputed already", code="deal_disputed")
    cancel_expiry(context, deal.deadline_ms, DEAL_DUE, deal.number)
    disputed = replace(
        deal,
        deadline_ms=context.time_ms + RULING_MS,
        disputer=context.sender,
        evidence_hash=payload.evidence_hash,
    )
    key = big_endian(deal.number)
    context.state.put(DEALS, key, disputed)
    schedule(context, disputed.deadline_ms, DEAL_DUE, deal.number, key)
    context.emit(
        DealDisputed(
            deal.number, deal.buyer, deal.seller, deal.arbiter, context.sender, payload.evidence_hash,
            disputed.deadline_ms,
        )
    )  # fmt: skip


def do_rule_deal(context: Context, payload: RuleDeal) -> None:
    """The arbiter divides what the deal holds beside its fee (DE5)."""
    deal = _deal_of(context, payload.deal)
    _require_sender(context, deal.arbiter)
    if not deal.disputer:
        raise Refused("nobody has disputed the deal", code="deal_not_disputed")
    if payload.asset != deal.asset:
        raise Refused(f"the deal holds asset {deal.asset}", code="unknown_asset")
    if payload.to_seller > deal.amount - deal.fee:
        raise Refused(f"there are {deal.amount - deal.fee} base units to divide", code="ruling_too_high")
    _end(context, deal, DealEnd.RULED, to_seller=payload.to_seller, to_arbiter=deal.fee)


def deal_due(context: Context, subject: bytes) -> None:
    """The deadline, or the time for a ruling, is over: all of it goes back to the buyer (DE6)."""
    deal = context.get(DEALS, subject)
    _end(context, deal, DealEnd.NOT_RULED if deal.disputer else DealEnd.EXPIRED)


def _deal_of(context: Context, number: int) -> Deal:
    """An open deal whose time has not come; one that waits to be worked off is over (D1)."""
    deal = context.state.get(DEALS, big_endian(number))
    if deal is None:
        raise Refused(f"no deal {number} is open", code="unknown_deal")
    if context.time_ms >= deal.deadline_ms:
        raise Refused("the deal's time is over; the buyer gets its tokens back", code="deal_over")
    return deal


def _require_sender(context: Context, *accounts: bytes) -> None:
    if context.sender not in accounts:
        raise Refused("the deal lets another account do this", code="not_in_deal")


def _end(context: Context, deal: Deal, end: DealEnd, *, to_seller: int = 0, to_arbiter: int = 0) -> None:
    """Give out what the deal holds; what becomes available pays debts first (DE7)."""
    context.charge(DEAL_END)
    key = big_endian(deal.number)
    cancel_expiry(context, deal.deadline_ms, DEAL_DUE, deal.number)
    context.state.delete(DEALS, key)
    for account in (deal.buyer, deal.seller, deal.arbiter):
        context.state.delete(ACCOUNT_DEALS, account + key)
    change_count(context.state, deal.buyer, OPEN_DEALS, -1)
    spend_locked(context.state, deal.buyer, deal.asset, DEAL_LOCK, deal.amount)
    to_buyer = deal.amount - to_seller - to_arbiter
    shares = ((deal.seller, to_seller), (deal.buyer, to_buyer), (deal.arbiter, to_arbiter))
    for account, amount in shares:
        credit(context.state, account, deal.asset, amount)
    context.emit(
        DealEnded(
            deal.number, deal.buyer, deal.seller, deal.arbiter, end, deal.asset, to_seller, to_buyer, to_arbiter
        )
    )  # fmt: skip
    for account, amount in shares:
        if amount:
            tell_came_in(context, account, deal.asset)
