"""What a scheme is, as voters or managers decide it: points with keys, a rule, prices, sources, settlement (SC1)."""

from __future__ import annotations

from enum import IntEnum
from itertools import pairwise
from typing import Annotated, Final

import msgspec

from ledger.bank.assets import AssetNumber
from ledger.chain.parameters import PARTS
from ledger.encoding.codec import Name, Value
from ledger.encoding.quantities import AddressOrNone, FieldUnit, MilliWattHours, PositiveNumber, Quantity
from ledger.errors import Refused
from ledger.keys.address import ADDRESS_BYTES
from ledger.sharing.allocation_rules import (
    AllocationRule,
    Cascade,
    PairsEachSlot,
    check_allocation_rule,
    rows_each_slot,
)
from ledger.sharing.limits import MAX_CASCADE_LEVELS, MAX_CUT_OFF_MS, MAX_SCHEME_ROWS, MIN_CUT_OFF_MS
from ledger.sharing.price_rules import PriceRule, SharingRate, check_price_rule
from ledger.slots.schema import ValueSource

MIN_BOUND_MWH: Final = 1_000
"""Registers count in Wh and files in mWh: two sources may differ by 1 Wh a slot without anything being wrong."""

Key = Annotated[int, msgspec.Meta(ge=0, le=PARTS), FieldUnit(Quantity.PLAIN)]
"""A consumer's weight, relative to the others' of its scheme."""

Factor = Annotated[int, msgspec.Meta(ge=1, le=PARTS), FieldUnit(Quantity.PARTS)]
"""The share of a point's energy that counts in a scheme."""

CutOff = Annotated[int, msgspec.Meta(ge=MIN_CUT_OFF_MS, le=MAX_CUT_OFF_MS), FieldUnit(Quantity.DURATION_MS)]


class SourceOrder(IntEnum):
    """Whose values a scheme settles by."""

    OWN = 1
    """Our signed meters'."""

    OPERATOR = 2
    """The network operator's."""

    OWN_THEN_OPERATOR = 3
    """Our meters' until the operator's are there, which then correct them."""

    @property
    def sources(self) -> tuple[ValueSource, ...]:
        """Whose values count, the one that goes before the other first."""
        match self:
            case SourceOrder.OWN:
                return (ValueSource.OWN,)
            case SourceOrder.OPERATOR:
                return (ValueSource.OPERATOR,)
            case SourceOrder.OWN_THEN_OPERATOR:
                return (ValueSource.OPERATOR, ValueSource.OWN)


class Settlement(IntEnum):
    """When money moves."""

    SLOT = 1
    """At once, with each run."""

    PERIOD = 2
    """With the bill; runs add up."""


class Participant(Value, frozen=True):
    """A point in a scheme: a consumer has a key (in a cascade one for each level), a producer none."""

    point: PositiveNumber
    keys: Annotated[tuple[Key, ...], msgspec.Meta(max_length=MAX_CASCADE_LEVELS)]
    factor: Factor = PARTS


class SchemeTerms(Value, frozen=True):
    """Who shares how, at what price.

    `participants`: those that a change brings; those of a version stand in chunks beside it. `asset`: the currency that
    the section names. `fee`: what buyers pay beside the price to `fee_account` (both empty: nothing). `bound_mwh`: by
    how much the two sources of a slot may differ before an event says so. `cut_off_ms`: how long after the end of a
    local day missing values are waited for.
    """

    name: Name
    asset: AssetNumber
    participants: Annotated[tuple[Participant, ...], msgspec.Meta(max_length=MAX_SCHEME_ROWS)]
    rule: AllocationRule
    prices: PriceRule
    fee: SharingRate
    fee_account: AddressOrNone
    sources: Annotated[int, msgspec.Meta(ge=1, le=3), SourceOrder]
    bound_mwh: MilliWattHours
    cut_off_ms: CutOff
    settlement: Annotated[int, msgspec.Meta(ge=1, le=2), Settlement]


def check_terms(terms: SchemeTerms) -> None:
    """Raises `Refused` (bad_scheme, or a code of the rule or the prices) where terms contradict themselves, or ask for
    what no run settles.
    """
    points = [participant.point for participant in terms.participants]
    if any(here >= there for here, there in pairwise(points)):
        raise bad_scheme("the points are not in rising order of their numbers, or one stands twice")
    method = terms.rule.method
    levels = method.levels if isinstance(method, Cascade) else (method,)
    if sum(isinstance(level, PairsEachSlot) for level in levels) > 1:
        raise bad_scheme("of a cascade only one level has rows that come with each slot")
    if terms.rule.hourly and rows_each_slot(terms.rule) is not None:
        raise bad_scheme("rows that come with each slot say nothing of an hour; settle slot by slot")
    if bool(terms.fee) != bool(terms.fee_account) or len(terms.fee_account) not in (0, ADDRESS_BYTES):
        raise bad_scheme("a fee has an account that receives it, and no account stands without a fee")
    if terms.bound_mwh < MIN_BOUND_MWH:
        raise bad_scheme(f"the sources' bound is at least {MIN_BOUND_MWH} mWh a slot: meters count in Wh")
    check_allocation_rule(terms.rule)
    check_price_rule(terms.prices)


def keys_of(terms: SchemeTerms) -> int:
    """How many keys a consumer has."""
    return len(terms.rule.method.levels) if isinstance(terms.rule.method, Cascade) else 1


def check_keys(terms: SchemeTerms, participant: Participant, *, consumes: bool) -> None:
    """Raises `Refused` (bad_scheme) unless a consumer has the keys that the rule asks for, and a producer none."""
    wanted = keys_of(terms)
    if len(participant.keys) != (wanted if consumes else 0):
        raise bad_scheme(
            f"point {participant.point} has {len(participant.keys)} keys; the rule asks for {wanted}, of consumers"
        )


def bad_scheme(detail: str) -> Refused:
    """What cannot be a scheme."""
    return Refused(detail, code="bad_scheme")
