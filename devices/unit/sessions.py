"""Whether a consumer may draw from the unit now: its session on the ledger, less what was drawn and not reported. Pure.

A relay that is wrong costs somebody energy, so doubt opens it: without a proven session nobody draws. While no node can
be asked, the last proven session goes on until its energy or its time is over (C2, C5).
"""

from __future__ import annotations

from enum import Enum

import msgspec

from ledger.energy.schema import Session


class Verdict(Enum):
    """Why a relay is closed or open."""

    MAY_DRAW = "may_draw"
    NO_SESSION = "no_session"
    USED_UP = "used_up"
    EXPIRED = "expired"
    UNKNOWN = "unknown"

    @property
    def closed(self) -> bool:
        """Whether the contact lets energy through."""
        return self is Verdict.MAY_DRAW


class KnownSession(msgspec.Struct, frozen=True):
    """A consumer's session as it was proven at a height; None: there is none. `reported_wh`: all that was reported
    for the consumer and decided up to then."""

    session: Session | None
    reported_wh: int


def may_draw(known: KnownSession | None, counted_wh: int, now_ms: int) -> Verdict:
    """`counted_wh`: all that the consumer's channel counted, by the same beginning as `reported_wh`."""
    if known is None:
        return Verdict.UNKNOWN
    if known.session is None:
        return Verdict.NO_SESSION
    if now_ms >= known.session.deadline_ms:
        return Verdict.EXPIRED
    left_wh = known.session.energy_wh - (counted_wh - known.reported_wh)
    return Verdict.MAY_DRAW if left_wh > 0 else Verdict.USED_UP
