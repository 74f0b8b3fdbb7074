"""A notice: what is said to whom, and by which name it is known so that it is said once."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class NoticeKind(StrEnum):
    """What a member may choose to be told of."""

    LOW_BALANCE = "low_balance"
    UNPAID = "unpaid"
    SILENT_METER = "silent_meter"
    VOTE_OPEN = "vote_open"
    BILL_READY = "bill_ready"


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`name` is the same whenever the same is found again; `text` names the words it is said with, which show `facts`.

    `time_ms`: of the block or of the look in which it was found.
    """

    name: str
    kind: NoticeKind
    account: str
    text: str
    time_ms: int
    facts: dict[str, str]
