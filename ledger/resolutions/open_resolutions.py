"""Resolutions that are open (rule RE2): what every other rule of them asks first."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.resolutions.schema import RESOLUTIONS, Resolution, ResolutionOutcome
from ledger.state.table import big_endian


def open_resolution(context: Context, number: int) -> Resolution:
    """One that is open at the block's time; refuses others, also one whose deadline waits to be handled (D1)."""
    found = context.state.get(RESOLUTIONS, big_endian(number))
    if found is None:
        raise Refused(f"there is no resolution {number}", code="unknown_resolution")
    if found.outcome != ResolutionOutcome.OPEN or found.deadline_ms <= context.time_ms:
        raise Refused("the deadline has passed", code="resolution_closed")
    return found
