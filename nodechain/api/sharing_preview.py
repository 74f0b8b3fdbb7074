"""What a proposed scheme would have changed: an open vote, or terms that nobody has proposed yet, over past days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from aiohttp import web

from ledger.encoding.quantities import MilliWattHours
from ledger.errors import InvalidInput, Refused
from ledger.governance.queries import open_votes
from ledger.keys.address import format_address
from ledger.sharing.allocation_rules import Dynamic, Static, StaticRedistributed
from ledger.sharing.limits import MAX_SHARING_RATE
from ledger.sharing.members import members_of
from ledger.sharing.payloads import SetScheme
from ledger.sharing.payments import sharing_asset
from ledger.sharing.preview import OwnContract, PointTotals
from ledger.sharing.price_rules import FixedByProducer
from ledger.sharing.proposal import PreviewedScheme, previewed, values_read
from ledger.sharing.schema import SchemeMember
from ledger.sharing.scheme_terms import Participant
from ledger.sharing.versions import newest_version
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.limits import KEPT_DAYS
from nodechain.api.access import visitor_of
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import Open, Right, Visitor, shown_by
from nodechain.api.http.route import AT, Route
from nodechain.api.reading import CommittedState, Work, ledger
from nodechain.errors import NotFound, NotYours, UsageError
from nodechain.modules import REGISTRY
from nodechain.node import Node

DEFAULT_DAYS: Final = 28
"""Whole local days before the present one, where the request names none: four times each weekday."""

MAX_PREVIEWED_VALUES: Final = 200_000
"""Values that one answer reads, but at least a day's: about a second; the next answer goes on with the next day."""

EPOCH: Final = date(1970, 1, 1)


class PreviewedPoint(ApiModel):
    """A point's sums over the slots. `energy_mwh` was metered, `shared_mwh` of it shared, for `amount` (a consumer
    pays, a producer receives it) beside the consumer's `fee`; `rest_amount`: what the rest costs or brings by the own
    contract. `balance`: all of it as its owner sees it, below 0 what is paid.
    """

    energy_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    amount: Amount
    fee: Amount
    rest_amount: Amount
    balance: Amount


class PreviewedChange(ApiModel):
    """A point under the terms in force and under the proposed ones; `gain`: what the proposal would have brought."""

    point: int
    account: str
    direction: str
    before: PreviewedPoint
    after: PreviewedPoint
    gain: Amount


class PreviewedSums(ApiModel):
    """Of the whole scheme: what was shared, what consumers pay for it, and their fees."""

    shared_mwh: MilliWattHours
    paid: Amount
    fees: Amount


class SharingPreview(At):
    """What a proposal would have changed from `first_day` to `last_day`, local days, both included.

    `scheme` 0: a new one. Of the days' slots `slots` had all values, `missing_slots` count nowhere. `retail` and
    `feed_in` a kWh price what is not shared, the same on both sides; `prices_from`: asked, in_force, proposed (the
    scheme's reference prices), or none: then the rest costs nothing. `next_day`: where the next answer goes on, null at
    the end; sums of answers add up.
    """

    vote: int
    scheme: int
    first_day: str
    last_day: str
    next_day: str | None
    slots: int
    missing_slots: int
    retail: Amount
    feed_in: Amount
    prices_from: str
    before: PreviewedSums
    after: PreviewedSums
    points: list[PreviewedChange]


def read_preview(
    at: CommittedState,
    visitor: Visitor,
    vote: int,
    action: SetScheme | None,
    days: tuple[date | None, date | None],
    contract: OwnContract | None,
) -> SharingPreview:
    """The answer. Raises `NotFound` (no_such_vote), `UsageError` (bad_parameter, not_a_scheme, or what the ledger
    refuses of the terms), `NotYours`.
    """
    if action is None:
        action = _voted(at, vote)
    else:
        _check_others_stay_hidden(at, visitor, action)
    clock = clock_of(at.view)
    first, last = _days(clock, at.view.time_ms, *days)
    try:
        slots_of_day = clock.slots_per_day * max(1, values_read(at.view, action))
        end = min(last, first + timedelta(days=max(0, MAX_PREVIEWED_VALUES // slots_of_day - 1)))
        found = previewed(at.view, action, contract, _first_slot(clock, first), _first_slot(clock, end, after=1))
    except Refused as error:
        raise UsageError(
            f"the proposal cannot be computed: {error.detail}", code=error.code, advice="Correct the terms."
        ) from error
    return _shown(at, (vote, action.scheme), (first, end, last), found)


def _voted(at: CommittedState, vote: int) -> SetScheme:
    entry = next((each for each in open_votes(at.reader) if each.number == vote), None)
    if entry is None:
        raise NotFound(f"no vote {vote} is open", code="no_such_vote", advice="See `nodechain vote list`.")
    return _scheme_of(entry.action)


def _scheme_of(data: bytes) -> SetScheme:
    action = REGISTRY.actions.decode(data)
    if not isinstance(action, SetScheme):
        raise UsageError(
            "this decides of no sharing scheme, so nothing of slots changes",
            code="not_a_scheme",
            advice="A preview is of a vote that opens or changes a scheme.",
        )
    return action


def _check_others_stay_hidden(at: CommittedState, visitor: Visitor, action: SetScheme) -> None:
    """Terms made up to single out one neighbour would show that neighbour's energy in the asker's own figures."""
    if visitor.reads_everything:
        return
    newest = newest_version(at.view, action.scheme)
    known = [] if newest is None else members_of(at.state, newest)
    terms = action.terms
    plain = isinstance(terms.rule.method, Static | StaticRedistributed | Dynamic) and not terms.rule.no_self_share
    if not _has_same_points(action, known) or not plain or isinstance(terms.prices, FixedByProducer):
        raise NotYours(
            "by terms with other points, keys, pairs or prices of single producers one could read off others' energy",
            advice="Preview an open vote, change only rule and prices, or ask as one who reads everything.",
        )


def _has_same_points(action: SetScheme, known: Sequence[SchemeMember]) -> bool:
    here = {member.point: Participant(member.point, member.keys, member.factor) for member in known}
    given = {participant.point: participant for participant in action.terms.participants}
    stays = here | given if action.others_stay else given
    return stays == here and not action.leaving


def _days(clock: SlotClock, now_ms: int, first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for, by default the last whole ones; raises `UsageError` (bad_parameter)."""
    today = _date(clock.local_day(clock.slot_of(now_ms)))
    last = last or today - timedelta(days=1)
    first = first or last - timedelta(days=DEFAULT_DAYS - 1)
    if not first <= last < today:
        raise requests.bad("first_day", "whole local days that are over, the first not after the last, are expected")
    if (last - first).days >= KEPT_DAYS or first < EPOCH:
        raise requests.bad("first_day", f"at most {KEPT_DAYS} days are expected: so long values are kept")
    return first, last


def _date(day: int) -> date:
    return EPOCH + timedelta(days=day)


def _first_slot(clock: SlotClock, day: date, *, after: int = 0) -> int:
    return clock.first_slot_of_day((day - EPOCH).days + after)


def _shown(
    at: CommittedState, about: tuple[int, int], days: tuple[date, date, date], found: PreviewedScheme
) -> SharingPreview:
    vote, scheme = about
    first, end, last = days
    asset = sharing_asset(at.view)

    def money(base: int) -> Amount:
        return tokens(at.chain, asset, base)

    def point(totals: PointTotals) -> PreviewedPoint:
        return PreviewedPoint(
            energy_mwh=totals.energy_mwh,
            shared_mwh=totals.shared_mwh,
            amount=money(totals.amount),
            fee=money(totals.fee),
            rest_amount=money(totals.rest_amount),
            balance=money(totals.balance),
        )

    def sums(side: list[PointTotals]) -> PreviewedSums:
        consumers = [totals for totals in side if not totals.injects]
        return PreviewedSums(
            shared_mwh=sum(totals.shared_mwh for totals in consumers),
            paid=money(sum(totals.amount for totals in consumers)),
            fees=money(sum(totals.fee for totals in consumers)),
        )

    changes = found.changes
    return SharingPreview(
        height=at.height,
        vote=vote,
        scheme=scheme,
        first_day=first.isoformat(),
        last_day=end.isoformat(),
        next_day=(end + timedelta(days=1)).isoformat() if end < last else None,
        slots=found.slots,
        missing_slots=found.missing_slots,
        retail=money(found.contract.retail),
        feed_in=money(found.contract.feed_in),
        prices_from=found.prices_from,
        before=sums([change.before for change in changes]),
        after=sums([change.after for change in changes]),
        points=[
            PreviewedChange(
                point=change.after.point,
                account=format_address(found.owners[change.after.point]),
                direction="injection" if change.after.injects else "offtake",
                before=point(change.before),
                after=point(change.after),
                gain=money(change.gain),
            )
            for change in changes
        ],
    )


async def get_preview(node: Node, request: web.Request) -> Work:
    """What a proposal would have changed."""
    vote, action = requests.optional_number(request, "vote", least=1), _action(request)
    if (vote is None) == (action is None):
        raise requests.bad("vote", "either an open vote's number or an action is expected")
    prices = [requests.optional_number(request, name, most=MAX_SHARING_RATE) for name in ("retail", "feed_in")]
    if (prices[0] is None) != (prices[1] is None):
        raise requests.bad("retail", "it is given together with feed_in")
    contract = None if prices[0] is None or prices[1] is None else OwnContract(prices[0], prices[1])
    days = _day(request, "first_day"), _day(request, "last_day")
    visitor = visitor_of(request)
    return ledger(node, request, lambda at: read_preview(at, visitor, vote or 0, action, days, contract))


def _action(request: web.Request) -> SetScheme | None:
    text = request.query.get("action")
    if text is None:
        return None
    try:
        return _scheme_of(requests.hexadecimal("action", text))
    except InvalidInput as error:
        raise requests.bad("action", f"the canonical bytes of an action in hex are expected: {error.detail}") from error


def _day(request: web.Request, name: str) -> date | None:
    text = request.query.get(name)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise requests.bad(name, "a day like 2026-11-28 is expected") from None


def _own_points(visitor: Visitor, answer: SharingPreview) -> SharingPreview:
    """A member sees its own points; sums are the community's."""
    if visitor.reads_everything:
        return answer
    mine = [each for each in answer.points if each.account in visitor.own_texts]
    return answer.model_copy(update={"points": mine})


PREVIEW: Final = "/v1/sharing/preview"

ROUTES: Final = (
    Route(
        "GET",
        PREVIEW,
        "What a proposed scheme would have changed over past days",
        SharingPreview,
        get_preview,
        query=(
            ("vote", "an open vote's number"),
            ("action", "in its place: canonical bytes of a `set_scheme`, hex"),
            ("first_day", "local day like 2026-11-01; default: 28 days"),
            ("last_day", "the last one, included; default: yesterday"),
            ("retail", "what the asker pays the grid a kWh, base units"),
            ("feed_in", "what the grid pays the asker a kWh, base units"),
            *AT,
        ),
    ),
)

RIGHTS: Final[dict[str, Right]] = {PREVIEW: shown_by(Open.MEMBERS, _own_points)}
