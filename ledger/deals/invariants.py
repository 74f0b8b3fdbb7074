"""What must hold of deals and swaps in every state (rule DE13)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.bank.balances import lock_key
from ledger.chain.expiries import expiry_key
from ledger.chain.invariants import check_account_counters, check_locks, entries, expiries_of
from ledger.deals.schema import (
    ACCOUNT_DEALS,
    ACCOUNT_SWAPS,
    DEAL_DUE,
    DEAL_LOCK,
    DEALS,
    NAMED_SWAPS,
    OPEN_DEALS,
    OPEN_SWAPS,
    SWAP_DUE,
    SWAP_LOCK,
    SWAPS,
)
from ledger.errors import require
from ledger.state.overlay import Reader


def check_deals(state: Reader) -> None:
    """What buyers have locked is what their deals hold; each deal has its time and its place with three accounts."""
    locks: Tally[bytes] = Tally()
    opened: Tally[bytes] = Tally()
    due, places = set(), set()
    for key, deal in entries(state, DEALS):
        require(0 <= deal.fee <= deal.amount and deal.amount > 0, "a deal holds nothing, or less than its fee")
        require(len({deal.buyer, deal.seller, deal.arbiter}) == 3, "an account is on two sides of a deal")
        require(len(deal.disputer) == 0 or deal.disputer in (deal.buyer, deal.seller), "a stranger disputes a deal")
        locks[lock_key(deal.buyer, deal.asset, DEAL_LOCK)] += deal.amount
        opened[deal.buyer] += 1
        due.add(expiry_key(deal.deadline_ms, DEAL_DUE, deal.number))
        places |= {account + key for account in (deal.buyer, deal.seller, deal.arbiter)}
    check_locks(state, DEAL_LOCK, locks)
    check_account_counters(state, OPEN_DEALS, opened)
    require(set(expiries_of(state, DEAL_DUE)) == due, "deals and their deadlines differ")
    require({key for key, _link in entries(state, ACCOUNT_DEALS)} == places, "deals and their places differ")


def check_swaps(state: Reader) -> None:
    """What owners have locked is what is left of their swaps, whose price is exact to the base unit."""
    locks: Tally[bytes] = Tally()
    offered: Tally[bytes] = Tally()
    due, places, named = set(), set(), set()
    for key, swap in entries(state, SWAPS):
        require(0 < swap.left <= swap.give.amount, "a swap has nothing left, or more than it gave")
        require(swap.left * swap.want.amount % swap.give.amount == 0, "what is left of a swap has no exact price")
        locks[lock_key(swap.owner, swap.asset, SWAP_LOCK)] += swap.left
        offered[swap.owner] += 1
        due.add(expiry_key(swap.expires_ms, SWAP_DUE, swap.number))
        places.add(swap.owner + key)
        if swap.taker:
            named.add(swap.taker + key)
    check_locks(state, SWAP_LOCK, locks)
    check_account_counters(state, OPEN_SWAPS, offered)
    require(set(expiries_of(state, SWAP_DUE)) == due, "swaps and their expiries differ")
    require({key for key, _link in entries(state, ACCOUNT_SWAPS)} == places, "swaps and their places differ")
    require({key for key, _link in entries(state, NAMED_SWAPS)} == named, "swaps and whom they name differ")


DEAL_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_deals, check_swaps)
