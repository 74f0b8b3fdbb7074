"""What voters decide and managers send: schemes (rules SC1, SC2)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import Number, PositiveNumber
from ledger.sharing.limits import MAX_SCHEME_ROWS
from ledger.sharing.scheme_terms import SchemeTerms


class SharingTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    CHANGE_SCHEME = 336


Leaving = Annotated[tuple[PositiveNumber, ...], msgspec.Meta(max_length=MAX_SCHEME_ROWS)]


class ChangeScheme(Value, frozen=True):
    """A manager opens a scheme (`scheme` 0) or changes it, from the beginning of a slot to come.

    The participants of the terms are all; with `others_stay` those that the scheme has in that slot stay beside them,
    but for the points that are `leaving`. Without any the scheme is closed.
    """

    scheme: Number
    from_slot: PositiveNumber
    terms: SchemeTerms
    others_stay: bool = False
    leaving: Leaving = ()


class SetScheme(Value, frozen=True, tag=336):
    """Open a scheme (`scheme` 0) or change it, from the beginning of a slot to come, like `ChangeScheme`."""

    scheme: Number
    from_slot: PositiveNumber
    terms: SchemeTerms
    others_stay: bool = False
    leaving: Leaving = ()
