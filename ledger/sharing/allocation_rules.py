"""The rules by which energy of a slot is allocated, as values: they stand in schemes and in what voters decide (SR3).

A `method` says who may take how much; the options beside it say how producers deliver, whether a member may take its
own, and whether slots are summed to hours first.
"""

from __future__ import annotations

from enum import IntEnum
from itertools import pairwise
from typing import Annotated

import msgspec

from ledger.chain.parameters import PARTS
from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, PositiveNumber, Quantity
from ledger.errors import Refused
from ledger.sharing.limits import MAX_CASCADE_LEVELS, MAX_CREDIT_SLOTS, MAX_RULE_ROWS

ShareParts = Annotated[int, msgspec.Meta(ge=0, le=PARTS), FieldUnit(Quantity.PARTS)]
"""A share of one producer's energy."""

SlotCount = Annotated[int, msgspec.Meta(ge=1, le=MAX_CREDIT_SLOTS), FieldUnit(Quantity.COUNT)]


class Delivery(IntEnum):
    """How what was shared is divided among those who injected."""

    PROPORTIONAL = 0
    BY_AGE = 1


class PairShare(Value, frozen=True):
    """What one consumer may take of one producer's injection; both by their points' numbers."""

    producer: PositiveNumber
    consumer: PositiveNumber
    share: ShareParts


PairShares = Annotated[tuple[PairShare, ...], msgspec.Meta(max_length=MAX_RULE_ROWS)]


class Static(Value, frozen=True, tag=1):
    """By the consumers' keys; what one does not take is surplus (SR5)."""


class StaticRedistributed(Value, frozen=True, tag=2):
    """By the consumers' keys; what one does not take goes to the others by theirs (SR6)."""


class Dynamic(Value, frozen=True, tag=3):
    """By the consumers' offtakes of the slot (SR7)."""


class Pairs(Value, frozen=True, tag=4):
    """A fixed share of each producer for each consumer; rows of one producer sum to at most the whole (SR8)."""

    rows: PairShares


class PairsEachSlot(Value, frozen=True, tag=5):
    """The same, with rows that come with each slot (SR8); `rows` stand in where none came by the cut-off (SC19)."""

    rows: PairShares = ()


LevelMethod = Static | StaticRedistributed | Dynamic | Pairs | PairsEachSlot


class Cascade(Value, frozen=True, tag=6):
    """Levels in order, each by a method of its own on what the ones before left (SR9).

    A consumer has a key for each level; one with the key 0 takes no part in it.
    """

    levels: Annotated[tuple[LevelMethod, ...], msgspec.Meta(min_length=1, max_length=MAX_CASCADE_LEVELS)]


class Credit(Value, frozen=True, tag=7):
    """Like `Pairs`, with a month as the slot; what is not taken stays the consumer's claim for a while (SR10).

    `lifetime` is the number of slots after the one of its origin in which a claim may be used. Without rows the
    consumers' keys hold for every producer.
    """

    rows: PairShares
    lifetime: SlotCount


AllocationMethod = Static | StaticRedistributed | Dynamic | Pairs | PairsEachSlot | Cascade | Credit


class AllocationRule(Value, frozen=True):
    """How a scheme allocates."""

    method: AllocationMethod
    delivery: Annotated[int, msgspec.Meta(ge=0, le=1), Delivery] = Delivery.PROPORTIONAL
    no_self_share: bool = False
    hourly: bool = False


def rows_each_slot(rule: AllocationRule) -> PairsEachSlot | None:
    """The method, or the level of a cascade, whose rows come with each slot; None: the rule asks for none."""
    methods = rule.method.levels if isinstance(rule.method, Cascade) else (rule.method,)
    return next((method for method in methods if isinstance(method, PairsEachSlot)), None)


def check_allocation_rule(rule: AllocationRule) -> None:
    """Raises `Refused` where the rows of a method are not in rising order, or sum to more than a producer's whole.

    Also for delivery by age where nothing is left to deliver by it, since pairs say who delivers.
    """
    methods = rule.method.levels if isinstance(rule.method, Cascade) else (rule.method,)
    for method in methods:
        if isinstance(method, Pairs | PairsEachSlot | Credit):
            _check_rows(method.rows)
    paired = rule.no_self_share or all(isinstance(method, Pairs | PairsEachSlot | Credit) for method in methods)
    if paired and rule.delivery == Delivery.BY_AGE:
        raise Refused(
            "the rule goes by pairs, which say who delivers; delivery by age has no place in it", code="bad_delivery"
        )


def _check_rows(rows: tuple[PairShare, ...]) -> None:
    places = [(row.producer, row.consumer) for row in rows]
    if any(here >= there for here, there in pairwise(places)):
        raise Refused(
            "the rows are not in rising order of producer and consumer, or one stands twice", code="bad_rule_rows"
        )
    sums: dict[int, int] = {}
    for row in rows:
        sums[row.producer] = sums.get(row.producer, 0) + row.share
        if sums[row.producer] > PARTS:
            raise Refused(
                f"the shares of producer {row.producer} sum to more than the whole ({PARTS} parts)", code="rule_shares"
            )
