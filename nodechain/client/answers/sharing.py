"""Sharing: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ledger.encoding.quantities import MilliWattHours, TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class SchemeView(TypedDict):
    """The terms of a scheme from a slot on; `points` take part, none: it is closed.

    The participants in the terms are the first 400; all are under the path `members` of the scheme.
    """

    scheme: Int
    version: Int
    from_slot: Int
    from_ms: TimeMs
    points: Int
    terms: dict[str, Any]


class Schemes(At):
    """All schemes with the terms that hold now, or will first."""

    slot_ms: Int
    schemes: list[SchemeView]


class SchemeVersions(At):
    """The terms of a scheme that are remembered, the newest first."""

    slot_ms: Int
    versions: list[SchemeView]


class MemberView(TypedDict):
    """A point in a scheme, with its keys (a producer has none) and the share of its energy that counts, of 10^9."""

    point: Int
    account: str
    direction: str
    keys: list[Int]
    factor: Int


class SchemeMembers(At):
    """Who takes part in a scheme in a slot, in rising order of the points, a page."""

    scheme: Int
    version: Int
    members: list[MemberView]
    next: str | None


class MonthShare(TypedDict):
    """What an account bought and sold in a month of a scheme; `month` as `2026-11`, by the community's clock."""

    scheme: Int
    month: str
    bought_mwh: MilliWattHours
    sold_mwh: MilliWattHours
    cost: Amount
    revenue: Amount
    fee: Amount


class OpenAmountView(TypedDict):
    """What an account owes a scheme, or is owed by it."""

    scheme: Int
    amount: Amount


class AccountShares(At):
    """An account's sums of the last 13 months, what it owes, and what it is owed."""

    account: str
    months: list[MonthShare]
    owes: list[OpenAmountView]
    is_owed: list[OpenAmountView]
