"""Schemes that settle by the local month: when terms make one, and what its months are (rules CR1, CR5)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.sharing.allocation_rules import Credit
from ledger.sharing.scheme_terms import SchemeTerms, bad_scheme
from ledger.slots.clock import SlotClock, first_day_of_month


def by_month(terms: SchemeTerms) -> bool:
    """Whether the terms are those of a scheme by the month."""
    return isinstance(terms.rule.method, Credit)


def credit_method(terms: SchemeTerms) -> Credit:
    """The rule of a scheme by the month. Raises `Refused` (bad_scheme) where it has another one."""
    if not isinstance(terms.rule.method, Credit):
        raise bad_scheme("the scheme does not settle by the month")
    return terms.rule.method


def first_slot_of_month(clock: SlotClock, month: int) -> int:
    """The first slot of a local month."""
    return clock.first_slot_of_day(first_day_of_month(month))


def slots_of_month(clock: SlotClock, month: int) -> range:
    """The slots of a local month."""
    return range(first_slot_of_month(clock, month), first_slot_of_month(clock, month + 1))


def last_day_of_month(month: int) -> int:
    """The number of the last local day of a month."""
    return first_day_of_month(month + 1) - 1


def check_by_month(clock: SlotClock, terms: SchemeTerms, others: Sequence[SchemeTerms], from_slot: int) -> None:
    """Raises `Refused` (bad_scheme) where terms by the month do not begin with one, or the scheme's `others` settle
    otherwise than these (CR1).
    """
    if any(by_month(other) != by_month(terms) for other in others):
        raise bad_scheme("a scheme settles by the month for good, or never; open another scheme")
    if not by_month(terms):
        return
    if first_slot_of_month(clock, clock.local_month(from_slot)) != from_slot:
        raise bad_scheme("terms by the month begin with the first slot of a local month")
    if terms.rule.hourly:
        raise bad_scheme("a scheme settles by the month or by the hour, not by both")


def check_sides(terms: SchemeTerms, producers: int, consumers: int) -> None:
    """Raises `Refused` (bad_scheme) where a scheme by the month has nobody who is paid for claims, or who takes."""
    if by_month(terms) and producers + consumers and not (producers and consumers):
        raise bad_scheme("a scheme by the month has producers and consumers; close it by a change without points")
