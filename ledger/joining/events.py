"""What happened to applications."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.quantities import Address, Count, Number, TimeMs


class ApplicationMade(Event, frozen=True, tag=696):
    """`account` asks to be admitted, with so many meters and units, as a voter or not; voters have until `ends_ms`."""

    application: Number
    account: Address
    referrer: Address
    meters: Count
    units: Count
    voter: bool
    ends_ms: TimeMs


class ApplicationReplaced(Event, frozen=True, tag=697):
    """`account` has asked for something else instead."""

    application: Number
    account: Address


class ApplicationAdmitted(Event, frozen=True, tag=698):
    """`account` is a member now, and has all that it asked for. `sponsor`: as the vote names it. Both are
    the account itself where nobody is named."""

    application: Number
    account: Address
    referrer: Address
    sponsor: Address


class ApplicationDismissed(Event, frozen=True, tag=699):
    """Voters took it off the list."""

    application: Number
    account: Address


class ApplicationExpired(Event, frozen=True, tag=700):
    """Nobody decided in time; the state forgets it."""

    application: Number
    account: Address


JOINING_EVENTS: Final[tuple[type[Event], ...]] = (
    ApplicationMade, ApplicationReplaced, ApplicationAdmitted, ApplicationDismissed, ApplicationExpired,
)  # fmt: skip
