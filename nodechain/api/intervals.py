"""What receipts say that was metered for an account, and of which interval.

The Wh of an event are its postings (`EnergyMeasure.METERED`). In the receipt of a meter's transaction the events of its
readings stand before the `ReadingsAccepted` that closes them; where there are several readings, their registers (in the
transaction) say which event is whose. What no reading says (a report by hand, a vote on a jump) has no interval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from ledger.chain.header import Receipt
from ledger.chain.postings import EnergyMeasure
from ledger.metering.events import ReadingsAccepted
from ledger.metering.payloads import SubmitReadings
from ledger.metering.readings import absolute_readings
from ledger.metering.registers import to_wh
from nodechain.modules import REGISTRY


class MeteredInterval(msgspec.Struct, frozen=True):
    """Wh by bucket (produced, exported, consumed, imported) up to `end_ms`; `meter` is empty where no reading says it.

    `start_ms`: when the interval began, None where it is that of the reading before, or unknown.
    """

    meter: bytes
    start_ms: int | None
    end_ms: int
    energy_wh: Counter[str]


class Submission(msgspec.Struct, frozen=True):
    """A meter's transaction, its nonce, and the factor of its register."""

    payload: SubmitReadings
    nonce: int
    factor: int


def metered(
    receipt: Receipt,
    account: bytes,
    time_ms: int,
    accepted: ReadingsAccepted | None,
    submission: Submission | None,
    fee_asset: int,
) -> list[MeteredInterval]:
    """What a receipt of a block of that time says of an account, in order of time; `accepted`: by `accepted_of`."""
    lines = [
        (line.bucket, line.amount)
        for event in receipt.events
        for line in REGISTRY.postings_of(event, fee_asset)
        if line.measure is EnergyMeasure.METERED and line.holder == account
    ]
    if accepted is None:
        return [MeteredInterval(b"", None, time_ms, _sum(lines))] if lines else []
    each = None if submission is None else _by_reading(accepted, lines, submission)
    return each or [MeteredInterval(accepted.meter_key, None, accepted.time_ms, _sum(lines))]


def accepted_of(receipt: Receipt, account: bytes) -> ReadingsAccepted | None:
    """The readings of an account's meter that a receipt accepted."""
    found = (event for event in receipt.events if isinstance(event, ReadingsAccepted) and event.account == account)
    return next(found, None)


def _by_reading(
    accepted: ReadingsAccepted, lines: Sequence[tuple[str, int]], submission: Submission
) -> list[MeteredInterval] | None:
    """Each reading's own; None where the registers do not say it (some were quarantined, or the register turned)."""
    payload, scale = submission.payload, submission.payload.scale
    readings = absolute_readings(payload, submission.nonce)
    shown = [to_wh(register, scale, submission.factor) for _sequence, _time_ms, register in readings]
    risen = [later - earlier for earlier, later in pairwise(shown)]
    first_wh = accepted.energy_wh - sum(risen)
    if accepted.count != len(readings) or first_wh < 0 or any(energy_wh < 0 for energy_wh in risen):
        return None
    left = list(reversed(lines))
    found: list[MeteredInterval] = []
    start_ms = None
    for (_sequence, time_ms, _register), energy_wh in zip(readings, (first_wh, *risen), strict=True):
        mine: list[tuple[str, int]] = []
        while left and sum(amount for _bucket, amount in mine) + left[-1][1] <= energy_wh:
            mine.append(left.pop())
        if sum(amount for _bucket, amount in mine) != energy_wh:
            return None
        found.append(MeteredInterval(accepted.meter_key, start_ms, time_ms, _sum(mine)))
        start_ms = time_ms
    return None if left else found


def _sum(lines: Sequence[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for bucket, amount in lines:
        total[bucket] += amount
    return total
