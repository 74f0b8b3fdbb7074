"""Blocks of deals, swaps and resolutions, for `bench.weights`: as `kinds_of_work`, which lists them."""

from __future__ import annotations

from typing import Final

from bench.execution import Community
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.chain.envelope import Transaction
from ledger.chain.parameters import HOUR_MS, MINUTE_MS
from ledger.deals.payloads import (
    CancelDeal,
    CancelSwap,
    DealTypeNumber,
    DisputeDeal,
    OfferSwap,
    OpenDeal,
    ReleaseDeal,
    RuleDeal,
    TakeSwap,
)
from ledger.deals.terms import SwapSide
from ledger.resolutions.limits import MAX_OPEN_PER_OPENER, MAX_OPEN_RESOLUTIONS, MAX_OPTIONS
from ledger.resolutions.payloads import CastBallot, Majority, OpenResolution, ResolutionTypeNumber

DEALS: Final = 400
"""Deals, swaps or ballots of a block."""
_ARBITERS: Final = 3_000
_FIRST: Final = 1_000
_SELLERS: Final = 2_000
_N: Final = DealTypeNumber
RESOLUTIONS_PAUSE_MS: Final = 2 * HOUR_MS
"""From asking to after the deadline."""

Blocks = list[list[Transaction]]


def _numbers(run: int) -> range:
    """Of the deals, or swaps, that a run opens: each opens as many, and they count from 1."""
    return range(run * DEALS + 1, (run + 1) * DEALS + 1)


def deals_opened(community: Community, run: int) -> Blocks:
    """Each of three other accounts."""
    return [_opened(community, run, community.time_ms + 4 * HOUR_MS)]


def _opened(community: Community, _run: int, deadline_ms: int) -> list[Transaction]:
    buyers, sellers, arbiters = (slice(first, first + DEALS) for first in (_FIRST, _SELLERS, _ARBITERS))
    parties = zip(community.members[buyers], community.addresses[sellers], community.addresses[arbiters], strict=True)
    return [
        community.signed(
            buyer, _N.OPEN_DEAL, OpenDeal(seller, arbiter, CURRENCY_ASSET, 1_000, 10, bytes(32), deadline_ms)
        )
        for buyer, seller, arbiter in parties
    ]


def deals_released(community: Community, run: int) -> Blocks:
    """By their buyers."""
    opened = _opened(community, run, community.time_ms + 4 * HOUR_MS)
    released = [
        community.signed(community.members[_FIRST + place], _N.RELEASE_DEAL, ReleaseDeal(number))
        for place, number in enumerate(_numbers(run))
    ]
    return [opened, released]


def deals_cancelled(community: Community, run: int) -> Blocks:
    """By their sellers."""
    opened = _opened(community, run, community.time_ms + 4 * HOUR_MS)
    cancelled = [
        community.signed(community.members[_SELLERS + place], _N.CANCEL_DEAL, CancelDeal(number))
        for place, number in enumerate(_numbers(run))
    ]
    return [opened, cancelled]


def deals_disputed(community: Community, run: int) -> Blocks:
    """By their sellers."""
    return [_opened(community, run, community.time_ms + 4 * HOUR_MS), _disputed(community, run)]


def _disputed(community: Community, run: int) -> list[Transaction]:
    return [
        community.signed(community.members[_SELLERS + place], _N.DISPUTE_DEAL, DisputeDeal(number, bytes(32)))
        for place, number in enumerate(_numbers(run))
    ]


def deals_ruled(community: Community, run: int) -> Blocks:
    """By their arbiters: three accounts get something."""
    before = [_opened(community, run, community.time_ms + 4 * HOUR_MS), _disputed(community, run)]
    ruled = [
        community.signed(community.members[_ARBITERS + place], _N.RULE_DEAL, RuleDeal(number, CURRENCY_ASSET, 400))
        for place, number in enumerate(_numbers(run))
    ]
    return [*before, ruled]


def deals_due(community: Community, run: int) -> Blocks:
    """A block in which they go back to their buyers."""
    return [_opened(community, run, community.time_ms + MINUTE_MS * 3 // 2), []]


def swaps_offered(community: Community, run: int) -> Blocks:
    """Each by another member, to another one."""
    return [_offered(community, run, community.time_ms + 4 * HOUR_MS)]


def _offered(community: Community, _run: int, expires_ms: int) -> list[Transaction]:
    give, want = SwapSide(CURRENCY_ASSET, 1_000), SwapSide(ENERGY_ASSET, 500)
    return [
        community.signed(
            community.members[_FIRST + place],
            _N.OFFER_SWAP,
            OfferSwap(give, want, community.addresses[_SELLERS + place], expires_ms),
        )
        for place in range(DEALS)
    ]


def swaps_taken(community: Community, run: int) -> Blocks:
    """Wholly."""
    return [_offered(community, run, community.time_ms + 4 * HOUR_MS), _taken(community, run, 1_000)]


def swaps_taken_in_part(community: Community, run: int) -> Blocks:
    """Half of each."""
    return [_offered(community, run, community.time_ms + 4 * HOUR_MS), _taken(community, run, 500)]


def _taken(community: Community, run: int, amount: int) -> list[Transaction]:
    return [
        community.signed(
            community.members[_SELLERS + place], _N.TAKE_SWAP, TakeSwap(number, CURRENCY_ASSET, amount)
        )
        for place, number in enumerate(_numbers(run))
    ]  # fmt: skip


def swaps_cancelled(community: Community, run: int) -> Blocks:
    """By their owners."""
    offered = _offered(community, run, community.time_ms + 4 * HOUR_MS)
    cancelled = [
        community.signed(community.members[_FIRST + place], _N.CANCEL_SWAP, CancelSwap(number))
        for place, number in enumerate(_numbers(run))
    ]
    return [offered, cancelled]


def swaps_due(community: Community, run: int) -> Blocks:
    """A block in which they expire."""
    return [_offered(community, run, community.time_ms + MINUTE_MS * 3 // 2), []]


def resolutions_opened(community: Community, run: int) -> Blocks:
    """As many as may be open, with the longest texts."""
    return [_asked(community, run)]


def _asked(community: Community, _run: int) -> list[Transaction]:
    """Those of the run before are counted first: no more may be open."""
    community.time_ms += RESOLUTIONS_PAUSE_MS
    while community.run([]).receipts[0].weight:
        pass
    options = tuple(f"{number:064}" for number in range(MAX_OPTIONS))
    payload = OpenResolution(
        "t" * 128, bytes(32), options, Majority.HALF, 1, community.time_ms + HOUR_MS + MINUTE_MS * 5
    )
    return [
        community.signed(
            community.members[_FIRST + place // MAX_OPEN_PER_OPENER], ResolutionTypeNumber.OPEN_RESOLUTION, payload
        )
        for place in range(MAX_OPEN_RESOLUTIONS)
    ]


def ballots_cast(community: Community, run: int) -> Blocks:
    """In one resolution."""
    number = run * MAX_OPEN_RESOLUTIONS + 1
    return [_asked(community, run), _cast(community, range(number, number + 1))]


def ballots_changed(community: Community, run: int) -> Blocks:
    """In one resolution, each of who has voted already."""
    number = run * MAX_OPEN_RESOLUTIONS + 1
    asked, cast = _asked(community, run), _cast(community, range(number, number + 1))
    return [asked, cast, _cast(community, range(number, number + 1), option=2)]


def _cast(community: Community, resolutions: range, option: int = 1) -> list[Transaction]:
    members = community.members[_SELLERS : _SELLERS + DEALS // len(resolutions)]
    return [
        community.signed(member, ResolutionTypeNumber.CAST_BALLOT, CastBallot(number, option))
        for number in resolutions
        for member in members
    ]


def resolutions_due(community: Community, run: int) -> Blocks:
    """All that may be open are counted, and their ballots forgotten."""
    first = run * MAX_OPEN_RESOLUTIONS + 1
    return [_asked(community, run), _cast(community, range(first, first + MAX_OPEN_RESOLUTIONS)), []]


AGREEMENTS: Final = {
    "deal opened": deals_opened,
    "deal released": deals_released,
    "deal cancelled": deals_cancelled,
    "deal disputed": deals_disputed,
    "deal ruled": deals_ruled,
    "deals that fall due": deals_due,
    "swap offered": swaps_offered,
    "swap taken": swaps_taken,
    "swap taken in part": swaps_taken_in_part,
    "swap cancelled": swaps_cancelled,
    "swaps that fall due": swaps_due,
    "resolution opened": resolutions_opened,
    "ballot cast": ballots_cast,
    "ballot changed": ballots_changed,
    "resolutions that fall due": resolutions_due,
}
