"""What participants send, and voters decide (rules TG1, TG2)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.encoding.codec import Value
from ledger.together.limits import MAX_NICKNAME_CHARACTERS
from ledger.together.terms import TogetherTerms


class TogetherTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    JOIN_BOARD = 840
    LEAVE_BOARD = 841


class JoinBoard(Value, frozen=True):
    """Take part under a nickname: from now on points are counted, and shown under it."""

    nickname: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NICKNAME_CHARACTERS)]


class LeaveBoard(Value, frozen=True):
    """Take part no longer: nickname and points are forgotten."""


class SetTogetherTerms(Value, frozen=True, tag=840):
    """Other rules of points and prizes, from the next season on."""

    terms: TogetherTerms
