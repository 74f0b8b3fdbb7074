"""What voters decide and managers send: schemes (rules SC1, SC2)."""

from __future__ import annotations

from enum import IntEnum

from ledger.encoding.codec import Value
from ledger.encoding.quantities import Number, PositiveNumber
from ledger.sharing.scheme_terms import SchemeTerms


class SharingTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    CHANGE_SCHEME = 336


class ChangeScheme(Value, frozen=True):
    """A manager opens a scheme (`scheme` 0) or changes it, from the beginning of a slot to come."""

    scheme: Number
    from_slot: PositiveNumber
    terms: SchemeTerms


class SetScheme(Value, frozen=True, tag=336):
    """Open a scheme (`scheme` 0) or change it, from the beginning of a slot to come."""

    scheme: Number
    from_slot: PositiveNumber
    terms: SchemeTerms
