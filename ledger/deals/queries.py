"""What people ask of deals and swaps. Reads only; no rule stands here."""

from __future__ import annotations

from math import gcd

from ledger.chain.schema import Link
from ledger.deals.schema import ACCOUNT_DEALS, ACCOUNT_SWAPS, DEALS, NAMED_SWAPS, SWAPS, Deal, Swap
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


def deal_of(state: State, number: int) -> Deal | None:
    """An open deal."""
    return state.get(DEALS, big_endian(number))


def swap_of(state: State, number: int) -> Swap | None:
    """An open swap."""
    return state.get(SWAPS, big_endian(number))


def swaps(reader: Reader, cursor: bytes | None, limit: int) -> Page[Swap]:
    """A page of all open swaps by number."""
    return page_of(reader, SWAPS, b"", cursor, limit)


def deals_of_account(reader: Reader, account: bytes, cursor: bytes | None, limit: int) -> Page[Link]:
    """A page of the open deals that an account is in, as links to their keys."""
    return page_of(reader, ACCOUNT_DEALS, account, cursor, limit)


def swaps_of_account(reader: Reader, account: bytes, cursor: bytes | None, limit: int) -> Page[Link]:
    """A page of the open swaps that an account offers, as links to their keys."""
    return page_of(reader, ACCOUNT_SWAPS, account, cursor, limit)


def swaps_for_account(reader: Reader, account: bytes, cursor: bytes | None, limit: int) -> Page[Link]:
    """A page of the open swaps that only an account may take, as links to their keys."""
    return page_of(reader, NAMED_SWAPS, account, cursor, limit)


def lot_of(swap: Swap) -> int:
    """The least part of a swap that has an exact price, in base units of what it gives; takers take multiples."""
    return swap.give.amount // gcd(swap.give.amount, swap.want.amount)


def open_deals(reader: Reader) -> tuple[int, int, int]:
    """How many deals are open, how many of them are disputed, and how many swaps are open."""
    deals = [DEALS.codec.decode_trusted(value) for _key, value in reader.scan(DEALS.number, b"", None)]
    offered = sum(1 for _entry in reader.scan(SWAPS.number, b"", None))
    return len(deals), sum(1 for deal in deals if deal.disputer), offered
