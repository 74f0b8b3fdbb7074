"""Joining: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class JoiningAnswer(At):
    """How one joins. `admitted_by`: `vote`, or `attestation` of an identity; `demanded`: the kind of attestation that
    a request needs, or empty; `lifetime_ms`: how long voters have. `room`: applications that still have place,
    `room_this_hour`: requests that this hour still takes. `time_ms`: the chain's time now, which a request is signed
    with.
    """

    admitted_by: str
    demanded: str
    lifetime_ms: Int
    open: Int
    room: Int
    room_this_hour: Int
    time_ms: TimeMs


class WishedMeterView(TypedDict):
    """A meter that is to be bound at a unit: what it showed when the account asked, in Wh."""

    meter: str
    unit: str
    kind: str
    max_power_w: Int
    opening_wh: Int
    opening_ms: TimeMs


class ApplicationView(TypedDict):
    """What an account asks for. `status`: `open` or `dismissed`; `referrer`: the member who brought it, or empty;
    `attestation_hash`: that of the attestation that it names, or empty. `units`: storage units with their terms;
    `voter`: it wishes to vote.
    """

    number: Int
    account: str
    status: str
    referrer: str
    attestation_hash: str
    meters: list[WishedMeterView]
    units: list[dict[str, Any]]
    voter: bool
    asked_ms: TimeMs
    ends_ms: TimeMs


class MembershipApplications(At):
    """A page of applications by account."""

    applications: list[ApplicationView]
    next: str | None


class ApplicationAnswer(At):
    """One application."""

    application: ApplicationView


class OwnApplication(At):
    """What an account has asked for; null where it has asked for nothing, or that was decided."""

    account: str
    application: ApplicationView | None
