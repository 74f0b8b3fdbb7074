"""Metering: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs, WattHours, Watts
from nodechain.client.answers.models import At, Int


class QuarantinedJump(TypedDict):
    """A step of a register that waits for a vote: how high, what the register shows, and between which times."""

    raw_jump: Int
    jump_wh: WattHours
    raw_register: Int
    since_ms: TimeMs
    time_ms: TimeMs


class MeterView(At):
    """What the chain knows of a meter key; unit and account are null while it is not bound.

    Energy is in Wh, and raw (steps of the register, `step_wh` each) where the name says so; `serial` and `profile` are
    hashes.
    """

    key: str
    unit: str | None
    account: str | None
    kind: str
    max_power_w: Watts
    rollover: Int
    scale: Int
    factor: Int
    step_wh: str
    obis: str
    profile: str
    serial: str
    sequence: Int
    raw_register: Int
    register_wh: WattHours
    time_ms: TimeMs
    boot: Int
    sent_ms: TimeMs
    quarantined: QuarantinedJump | None


class ListedMeter(TypedDict):
    """A meter in the list: where it is bound (null: nowhere now), and what was heard of it last.

    `time_ms` is the signed time of its last accepted reading, or of its opening; `sent_ms` the block time of its last
    transaction, 0 before the first; `quarantined`: a jump of its register waits for a vote.
    """

    key: str
    unit: str | None
    account: str | None
    kind: str
    time_ms: TimeMs
    sent_ms: TimeMs
    quarantined: bool


class Meters(At):
    """Meters by key, a page."""

    meters: list[ListedMeter]
    next: str | None
