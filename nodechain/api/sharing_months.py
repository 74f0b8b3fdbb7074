"""Schemes by the month: settled months and why they came to what they did, claims and when they expire."""

from __future__ import annotations

import re
from typing import Any, Final

from aiohttp import web

from ledger.chain.parameters import DAY_MS
from ledger.encoding.codec import encode
from ledger.encoding.quantities import MilliWattHours, TimeMs
from ledger.keys.address import format_address
from ledger.sharing.credit import Claims
from ledger.sharing.credit_following import credit_scheme
from ledger.sharing.credit_queries import (
    SettledMonth,
    claims_of_account,
    claims_of_points,
    credit_sums_of,
    settled_month,
    settled_months,
)
from ledger.sharing.credit_schema import CreditMonth
from ledger.sharing.credit_terms import by_month, first_slot_of_month
from ledger.sharing.payments import sharing_asset
from ledger.sharing.queries import RunProver
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.limits import KEPT_DAYS
from ledger.slots.schema import Direction
from nodechain.api.access import visitor_of
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Open, Right, Visitor, own, shown_by
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.render import struct
from nodechain.api.scheme_rows import FIRST_ROWS, RowsPage, known_scheme
from nodechain.errors import NotFound
from nodechain.node import Node

VALUES_KEPT_MS: Final = (KEPT_DAYS + 1) * DAY_MS
"""So long after a month's end none of its values can change any more (M22)."""

_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


CREDIT_MONTHS_SHOWN: Final = 13


class MonthRunView(ApiModel):
    """A local month, as `2026-11`, with its newest run; `final`: none of its values can change any more.

    `delivered_mwh` + `carried_mwh` (claims at its begin) = `shared_mwh` + `claims_mwh` (left by it) + `expired_mwh` -
    `late_mwh` (what of corrections expired at once). Claims are less what is owed to the scheme in energy.
    """

    month: str
    from_ms: TimeMs
    run: int
    version: int
    missing: int
    substituted: int
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

    scheme: int
    next_month: str
    months: list[MonthRunView]
    next: str | None


class ClaimView(ApiModel):
    """Energy that may be taken up to and with the month `until`."""

    until: str
    energy_mwh: MilliWattHours


class MonthShareRow(ApiModel):
    """A point's part of a month.

    Of a consumer: `energy_mwh` it took, `part_mwh` is its part of what was delivered, `claims_before` it had, of both
    it took `shared_mwh`, for `amount` and `fee`; `claimed_mwh` is its new claim, `claims_left` it had after the month,
    and `expired_mwh` expired, for `expired_amount`. Of a producer: what it injected and delivered, and what it is paid
    for. `row` and `input` are the bytes under the run's roots, `row_proof` and `input_proof` lead there (T6).
    """

    point: int
    account: str
    direction: str
    keys: list[int]
    open_slots: int
    missing: int
    substituted: int
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

    scheme: int
    month: MonthRunView
    terms: dict[str, Any]
    points: int
    rows: list[MonthShareRow]
    next: str | None


class PointClaims(ApiModel):
    """A point's claims as they stand; `owed_mwh`: what its next parts make good first."""

    point: int
    account: str
    claims: list[ClaimView]
    owed_mwh: MilliWattHours


class OpenClaimsPage(At):
    """Claims of a scheme's points, a page; `open_mwh`: all of the scheme's, less what is owed."""

    scheme: int
    open_mwh: MilliWattHours
    points: list[PointClaims]
    next: str | None


class MonthCredit(ApiModel):
    """What an account was credited in a month of a scheme: its parts, by how much its claims rose or fell, and what
    expired, which it pays (`expired_cost`) or receives.
    """

    scheme: int
    month: str
    credited_mwh: MilliWattHours
    claims_mwh: MilliWattHours
    expired_mwh: MilliWattHours
    expired_cost: Amount
    expired_revenue: Amount


class AccountClaims(ApiModel):
    """Claims of one of an account's points in a scheme as they stand; `owed_mwh`: what its next parts make good."""

    scheme: int
    point: int
    claims: list[ClaimView]
    owed_mwh: MilliWattHours


class AccountCredits(At):
    """An account's credits of the last 13 months, and the claims of its open points."""

    account: str
    months: list[MonthCredit]
    claims: list[AccountClaims]


def month_text(number: int) -> str:
    """A month of the ledger as `2026-11`."""
    return f"{number // 12}-{number % 12 + 1:02}"


def month_number(text: str) -> int:
    """The other way round; raises `UsageError`."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise requests.bad("month", "a month as 2026-11 is expected")
    return 12 * int(found[1]) + int(found[2]) - 1


def _known(at: CommittedState, scheme: int) -> None:
    if not by_month(known_scheme(at, scheme)[0].terms):
        raise NotFound(f"scheme {scheme} does not settle by the month", code="unknown_scheme")


def _month(at: CommittedState, clock: SlotClock, month: int, found: CreditMonth) -> MonthRunView:
    asset, sums, totals = sharing_asset(at.view), found.sums, found.totals
    end_ms = clock.start_ms(first_slot_of_month(clock, month + 1))
    return MonthRunView(
        month=month_text(month),
        from_ms=clock.start_ms(first_slot_of_month(clock, month)),
        run=found.run,
        version=found.version,
        missing=totals.missing,
        substituted=totals.substituted,
        final=at.view.time_ms >= end_ms + VALUES_KEPT_MS,
        injected_mwh=sums.injected_mwh,
        taken_mwh=sums.taken_mwh,
        delivered_mwh=totals.delivered_mwh,
        carried_mwh=totals.carried_mwh,
        shared_mwh=sums.shared_mwh,
        claims_mwh=totals.claims_mwh,
        expired_mwh=totals.expired_mwh,
        late_mwh=totals.late_mwh,
        paid=tokens(at.chain, asset, sums.paid),
        fees=tokens(at.chain, asset, sums.fees),
        expired_amount=tokens(at.chain, asset, found.expired_amount),
        inputs_root=found.inputs_root.hex(),
        rows_root=found.rows_root.hex(),
    )


def read_months(at: CommittedState, scheme: int, cursor: bytes | None, limit: int) -> SettledMonths:
    """A page of settled months; raises `NotFound`."""
    _known(at, scheme)
    clock, page = clock_of(at.view), settled_months(at.reader, scheme, cursor, limit)
    found = [(int.from_bytes(key[8:], "big"), entry) for key, entry in page.entries]
    return SettledMonths(
        height=at.height,
        scheme=scheme,
        next_month=month_text(credit_scheme(at.view, scheme).next_month),
        months=[_month(at, clock, month, entry) for month, entry in found if entry.run],
        next=cursor_text(page.cursor),
    )


def read_month(at: CommittedState, scheme: int, month: int, page: RowsPage = FIRST_ROWS) -> SettledMonthView:
    """A settled month with a page of its rows; raises `NotFound`."""
    _known(at, scheme)
    found = settled_month(at.view, scheme, month)
    if found is None:
        raise NotFound(f"month {month_text(month)} of scheme {scheme} is not settled", code="month_not_settled")
    (shown, following), prover = page.places(found.members), found.prover()
    return SettledMonthView(
        height=at.height,
        scheme=scheme,
        month=_month(at, clock_of(at.view), month, found.month),
        terms=struct(at.chain, found.version.terms),
        points=found.version.points,
        rows=[_row(at, found, prover, place) for place in shown],
        next=following,
    )


def _row(at: CommittedState, found: SettledMonth, prover: RunProver, place: int) -> MonthShareRow:
    entry, member, asset = found.entries[place], found.members[place], sharing_asset(at.view)
    row, before = entry.row, entry.input.before
    return MonthShareRow(
        point=row.point,
        account=format_address(row.account),
        direction=Direction(member.direction).name.lower(),
        keys=list(member.keys),
        open_slots=entry.input.open_slots,
        missing=entry.input.missing,
        substituted=entry.input.substituted,
        energy_mwh=row.energy_mwh,
        part_mwh=row.part_mwh,
        claims_before=_claims(before),
        owed_before_mwh=before.owed_mwh,
        shared_mwh=row.shared_mwh,
        amount=tokens(at.chain, asset, row.amount),
        fee=tokens(at.chain, asset, row.fee),
        claimed_mwh=row.claimed_mwh,
        claims_left=_claims(entry.left),
        owed_left_mwh=entry.left.owed_mwh,
        expired_mwh=row.expired_mwh,
        expired_amount=tokens(at.chain, asset, row.expired_amount),
        row=encode(row).hex(),
        row_proof=encode(prover.of_row(place)).hex(),
        input=encode(entry.input).hex(),
        input_proof=encode(prover.of_input(place)).hex(),
    )


def _claims(found: Claims) -> list[ClaimView]:
    return [ClaimView(until=month_text(lot.until), energy_mwh=lot.energy_mwh) for lot in found.lots]


def read_claims(at: CommittedState, scheme: int, cursor: bytes | None, limit: int) -> OpenClaimsPage:
    """A page of a scheme's claims; raises `NotFound`."""
    _known(at, scheme)
    page, known = claims_of_points(at.reader, scheme, cursor, limit), credit_scheme(at.view, scheme)
    points = [
        PointClaims(
            point=int.from_bytes(key[8:16], "big"),
            account=format_address(key[16:]),
            claims=_claims(entry),
            owed_mwh=entry.owed_mwh,
        )
        for key, entry in page.entries
    ]
    return OpenClaimsPage(
        height=at.height,
        scheme=scheme,
        open_mwh=known.parts_mwh - known.shared_mwh - known.expired_mwh,
        points=points,
        next=cursor_text(page.cursor),
    )


def read_credits(at: CommittedState, account: bytes) -> AccountCredits:
    """An account's credits by month."""
    clock, asset = clock_of(at.view), sharing_asset(at.view)
    month = clock.local_month(clock.slot_of(at.view.time_ms))
    months = [
        MonthCredit(
            scheme=scheme,
            month=month_text(number),
            credited_mwh=entry.credited_mwh,
            claims_mwh=entry.claims_mwh,
            expired_mwh=entry.expired_mwh,
            expired_cost=tokens(at.chain, asset, entry.expired_cost),
            expired_revenue=tokens(at.chain, asset, entry.expired_revenue),
        )
        for scheme, number, entry in credit_sums_of(at.view, account, month - CREDIT_MONTHS_SHOWN + 1, month + 1)
    ]
    claims = [
        AccountClaims(scheme=scheme, point=point, claims=_claims(found), owed_mwh=found.owed_mwh)
        for scheme, point, found in claims_of_account(at.view, account)
    ]
    return AccountCredits(height=at.height, account=format_address(account), months=months, claims=claims)


async def get_months(node: Node, request: web.Request) -> Work:
    """Settled months."""
    scheme, cursor, limit = requests.path_number(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_months(at, scheme, cursor, limit))


async def get_month(node: Node, request: web.Request) -> Work:
    """A settled month."""
    scheme, month = requests.path_number(request), month_number(request.match_info["month"])
    page = RowsPage.asked(request, visitor_of(request))
    return ledger(node, request, lambda at: read_month(at, scheme, month, page))


async def get_claims(node: Node, request: web.Request) -> Work:
    """Claims of a scheme's points."""
    scheme, cursor, limit = requests.path_number(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_claims(at, scheme, cursor, limit))


async def get_credits(node: Node, request: web.Request) -> Work:
    """An account's credits by month."""
    account = requests.path_address(request)
    return ledger(node, request, lambda at: read_credits(at, account))


def _own_rows(visitor: Visitor, answer: SettledMonthView) -> SettledMonthView:
    """A member sees its own rows; sums and roots are the community's."""
    if visitor.reads_everything:
        return answer
    rows = [row for row in answer.rows if row.account in visitor.own_texts]
    return answer.model_copy(update={"rows": rows})


def _own_claims(visitor: Visitor, answer: OpenClaimsPage) -> OpenClaimsPage:
    if visitor.reads_everything:
        return answer
    mine = [each for each in answer.points if each.account in visitor.own_texts]
    return answer.model_copy(update={"points": mine})


_MONTHS: Final = "/v1/sharing/schemes/{number}/months"
_CLAIMS: Final = "/v1/sharing/schemes/{number}/claims"
_CREDITS: Final = "/v1/sharing/accounts/{address}/credits"

ROUTES: Final = (
    Route("GET", _MONTHS, "Settled months of a scheme by the month", SettledMonths, get_months, query=(*AT, *PAGE)),
    Route(
        "GET",
        f"{_MONTHS}/{{month}}",
        "A settled month: terms, rows, proofs",
        SettledMonthView,
        get_month,
        query=(*AT, *PAGE),
    ),
    Route("GET", _CLAIMS, "Claims of a scheme's points, with expiry", OpenClaimsPage, get_claims, query=(*AT, *PAGE)),
    Route("GET", _CREDITS, "An account's credits by month", AccountCredits, get_credits, query=AT, kind=POINT),
)

RIGHTS: Final[dict[str, Right]] = {
    _MONTHS: MEMBERS,
    f"{_MONTHS}/{{month}}": shown_by(Open.MEMBERS, _own_rows),
    _CLAIMS: shown_by(Open.MEMBERS, _own_claims),
    _CREDITS: own("address"),
}
