"""Swaps of two assets at an agreed price (rules DE9 to DE12)."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.balances import credit, lock, move, spend_locked, unlock
from ledger.bank.genesis import assets_of
from ledger.bank.points import check_binding, check_offer_price, tell_came_in
from ledger.chain.context import Context
from ledger.chain.counters import change_count, counted
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.schema import Link
from ledger.deals.events import SwapEnded, SwapOffered, SwapPaid, SwapPriced, SwapTaken
from ledger.deals.limits import MAX_OPEN_SWAPS
from ledger.deals.payloads import CancelSwap, OfferSwap, TakeSwap
from ledger.deals.rules import check_time, require_asset
from ledger.deals.schema import ACCOUNT_SWAPS, NAMED_SWAPS, OPEN_SWAPS, SWAP_DUE, SWAP_LOCK, SWAP_NUMBERS, SWAPS, Swap
from ledger.deals.terms import SwapEnd, SwapSide
from ledger.deals.weights import SWAP_END, SWAP_OFFER, SWAP_TAKEN
from ledger.errors import Refused
from ledger.governance.members import require_member
from ledger.keys.address import ADDRESS_BYTES
from ledger.state.table import big_endian


def do_offer_swap(context: Context, payload: OfferSwap) -> None:
    """Lock what is given (DE9)."""
    owner, give = context.sender, payload.give
    taker = b"" if payload.taker == owner else payload.taker
    context.charge(SWAP_OFFER)
    check_binding(context, owner)
    if give.asset == payload.want.asset:
        raise Refused("a swap is of two assets", code="bad_swap")
    require_asset(context, give.asset)
    require_asset(context, payload.want.asset)
    if taker:
        require_member(context, taker)
    check_time(context, payload.expires_ms)
    _check_price(context, give, payload.want)
    if counted(context.state, owner, OPEN_SWAPS) >= MAX_OPEN_SWAPS:
        raise Refused(f"an account may offer at most {MAX_OPEN_SWAPS} swaps at a time", code="too_many_swaps")
    lock(context.state, owner, give.asset, SWAP_LOCK, give.amount)
    number = context.next_number(SWAP_NUMBERS)
    swap = Swap(number, owner, taker, give, payload.want, give.asset, give.amount, payload.expires_ms)
    key = big_endian(number)
    context.state.put(SWAPS, key, swap)
    context.state.put(ACCOUNT_SWAPS, owner + key, Link(key))
    if taker:
        context.state.put(NAMED_SWAPS, taker + key, Link(key))
    change_count(context.state, owner, OPEN_SWAPS, 1)
    schedule(context, swap.expires_ms, SWAP_DUE, number, key)
    context.emit(SwapOffered(number, owner, taker, give.asset, give.amount, payload.expires_ms))
    context.emit(SwapPriced(number, owner, taker, payload.want.asset, payload.want.amount))


def _check_price(context: Context, give: SwapSide, want: SwapSide) -> None:
    """Where somebody bounds prices of offers, a swap is no way around it (DE9): energy is what is priced, and both
    whole base units around the exact price must lie inside.
    """
    base, quote = (want, give) if want.asset == ENERGY_ASSET else (give, want)
    price, rest = divmod(quote.amount * 10 ** assets_of(context.genesis)[base.asset - 1].decimals, base.amount)
    check_offer_price(context, base.asset, quote.asset, price)
    if rest:
        check_offer_price(context, base.asset, quote.asset, price + 1)


def do_take_swap(context: Context, payload: TakeSwap) -> None:
    """Both sides at once, or nothing (DE10)."""
    context.charge(SWAP_TAKEN)
    swap, taker = _swap_of(context, payload.swap), context.sender
    if context.time_ms >= swap.expires_ms:
        raise Refused("the swap has expired", code="swap_expired")
    if taker == swap.owner:
        raise Refused("nobody swaps with itself", code="bad_swap")
    if swap.taker and taker != swap.taker:
        raise Refused("the swap is offered to another account", code="not_your_swap")
    if payload.asset != swap.asset:
        raise Refused(f"the swap gives asset {swap.asset}", code="bad_swap")
    require_member(context, swap.owner)
    if payload.amount > swap.left:
        raise Refused(f"{swap.left} base units are left of the swap", code="swap_too_small")
    price, rest = divmod(payload.amount * swap.want.amount, swap.give.amount)
    if rest:
        raise Refused("the price of this part is no whole number of base units", code="swap_not_exact")
    left = swap.left - payload.amount
    move(context.state, taker, swap.owner, swap.want.asset, price)
    spend_locked(context.state, swap.owner, swap.asset, SWAP_LOCK, payload.amount)
    credit(context.state, taker, swap.asset, payload.amount)
    context.emit(SwapTaken(swap.number, swap.owner, taker, swap.asset, payload.amount, left))
    context.emit(SwapPaid(swap.number, swap.owner, taker, swap.want.asset, price))
    if left:
        context.state.put(SWAPS, big_endian(swap.number), replace(swap, left=left))
    else:
        _end(context, replace(swap, left=0), SwapEnd.TAKEN)
    tell_came_in(context, swap.owner, swap.want.asset)
    tell_came_in(context, taker, swap.asset)


def do_cancel_swap(context: Context, payload: CancelSwap) -> None:
    """The owner takes back what is left, also of a swap that has expired and waits (DE11)."""
    swap = _swap_of(context, payload.swap)
    if swap.owner != context.sender:
        raise Refused("the swap is somebody else's", code="not_your_swap")
    _end(context, swap, SwapEnd.EXPIRED if context.time_ms >= swap.expires_ms else SwapEnd.CANCELLED)


def swap_due(context: Context, subject: bytes) -> None:
    """The swap has expired (DE11)."""
    _end(context, context.get(SWAPS, subject), SwapEnd.EXPIRED)


def cancel_swaps_of(context: Context, address: bytes) -> None:
    """End what a member offers that is expelled (DE12)."""
    for key in context.state.keys(ACCOUNT_SWAPS, address):
        _end(context, context.get(SWAPS, key[ADDRESS_BYTES:]), SwapEnd.EXPELLED)


def _swap_of(context: Context, number: int) -> Swap:
    swap = context.state.get(SWAPS, big_endian(number))
    if swap is None:
        raise Refused(f"no swap {number} is open", code="unknown_swap")
    return swap


def _end(context: Context, swap: Swap, end: SwapEnd) -> None:
    context.charge(SWAP_END)
    key = big_endian(swap.number)
    cancel_expiry(context, swap.expires_ms, SWAP_DUE, swap.number)
    context.state.delete(SWAPS, key)
    context.state.delete(ACCOUNT_SWAPS, swap.owner + key)
    if swap.taker:
        context.state.delete(NAMED_SWAPS, swap.taker + key)
    change_count(context.state, swap.owner, OPEN_SWAPS, -1)
    unlock(context.state, swap.owner, swap.asset, SWAP_LOCK, swap.left)
    context.emit(SwapEnded(swap.number, swap.owner, end, swap.asset, swap.left))
    if swap.left:
        tell_came_in(context, swap.owner, swap.asset)
