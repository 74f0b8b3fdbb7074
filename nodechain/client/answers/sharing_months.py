"""Sharing_months: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ledger.encoding.quantities import MilliWattHours, TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class MonthRunView(TypedDict):
    """A local month, as `2026-11`, with its newest run; `final`: none of its values can change any more.

    `delivered_mwh` + `carried_mwh` (claims at its begin) = `shared_mwh` + `claims_mwh` (left by it) + `expired_mwh` -
    `late_mwh` (what of corrections expired at once). Claims are less what is owed to the scheme in energy.
    """

    month: str
    from_ms: TimeMs
    run: Int
    version: Int
    missing: Int
    substituted: Int
    final: bool
    injected_mwh: MilliWattHours
    taken_mwh: MilliWattHours
    delivered_mwh: MilliWattHours
    carried_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    claims_mwh: MilliWattHours
    expired_mwh: MilliWattHours
    late_mwh: MilliWattHours
    paid: Amount
    fees: Amount
    expired_amount: Amount
    inputs_root: str
    rows_root: str


class SettledMonths(At):
    """Settled months of a scheme, oldest first, a page; `next_month` is settled next."""

    scheme: Int
    next_month: str
    months: list[MonthRunView]
    next: str | None


class ClaimView(TypedDict):
    """Energy that may be taken up to and with the month `until`."""

    until: str
    energy_mwh: MilliWattHours


class MonthShareRow(TypedDict):
    """A point's part of a month.

    Of a consumer: `energy_mwh` it took, `part_mwh` is its part of what was delivered, `claims_before` it had, of both
    it took `shared_mwh`, for `amount` and `fee`; `claimed_mwh` is its new claim, `claims_left` it had after the month,
    and `expired_mwh` expired, for `expired_amount`. Of a producer: what it injected and delivered, and what it is paid
    for. `row` and `input` are the bytes under the run's roots, `row_proof` and `input_proof` lead there (T6).
    """

    point: Int
    account: str
    direction: str
    keys: list[Int]
    open_slots: Int
    missing: Int
    substituted: Int
    energy_mwh: MilliWattHours
    part_mwh: MilliWattHours
    claims_before: list[ClaimView]
    owed_before_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    amount: Amount
    fee: Amount
    claimed_mwh: MilliWattHours
    claims_left: list[ClaimView]
    owed_left_mwh: MilliWattHours
    expired_mwh: MilliWattHours
    expired_amount: Amount
    row: str
    row_proof: str
    input: str
    input_proof: str


class SettledMonthView(At):
    """A settled month with its sums; a page of its rows, none where these are kept no longer (13 months)."""

    scheme: Int
    month: MonthRunView
    terms: dict[str, Any]
    points: Int
    rows: list[MonthShareRow]
    next: str | None


class PointClaims(TypedDict):
    """A point's claims as they stand; `owed_mwh`: what its next parts make good first."""

    point: Int
    account: str
    claims: list[ClaimView]
    owed_mwh: MilliWattHours


class OpenClaimsPage(At):
    """Claims of a scheme's points, a page; `open_mwh`: all of the scheme's, less what is owed."""

    scheme: Int
    open_mwh: MilliWattHours
    points: list[PointClaims]
    next: str | None


class MonthCredit(TypedDict):
    """What an account was credited in a month of a scheme: its parts, by how much its claims rose or fell, and what
    expired, which it pays (`expired_cost`) or receives.
    """

    scheme: Int
    month: str
    credited_mwh: MilliWattHours
    claims_mwh: MilliWattHours
    expired_mwh: MilliWattHours
    expired_cost: Amount
    expired_revenue: Amount


class AccountClaims(TypedDict):
    """Claims of one of an account's points in a scheme as they stand; `owed_mwh`: what its next parts make good."""

    scheme: Int
    point: Int
    claims: list[ClaimView]
    owed_mwh: MilliWattHours


class AccountCredits(At):
    """An account's credits of the last 13 months, and the claims of its open points."""

    account: str
    months: list[MonthCredit]
    claims: list[AccountClaims]
