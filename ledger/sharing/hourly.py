"""An hour computed as one, and laid on its slots (rules SC6, SR21). Pure.

What an hour shares has no place in a slot of its own: a plant's surplus of the first quarter meets the demand of the
last one. Values, bills of the grid and proofs go by slots, though, so each point's part is laid on its slots by what it
had in them. None gets more than it had, and the sum is the hour's to the last unit.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from ledger.errors import require
from ledger.sharing.apportion import apportion
from ledger.sharing.outcome import Computed, Outcome, Roster, computed, roster_of, rows_of
from ledger.sharing.rows_values import Rows, with_rows
from ledger.sharing.schema import RunSums, SchemeMember, SlotInput
from ledger.sharing.scheme_terms import SchemeTerms
from ledger.slots.schema import SlotState


def computed_together(
    terms: SchemeTerms,
    roster: Roster,
    number: int,
    energies: Sequence[Sequence[int]],
    absent: Sequence[Container[int]],
) -> list[Computed]:
    """What slots that are settled together come to; `energies` and `absent` of each, by the places of the members.

    `number`: of the slot or hour. A point is absent from an hour when it is closed in all of its slots.
    """
    if not terms.rule.hourly:
        return [computed(terms, roster, number, *one) for one in zip(energies, absent, strict=True)]
    gone = {place for place in range(len(roster.members)) if all(place in places for places in absent)}
    whole = computed(terms, roster, number, [sum(values) for values in zip(*energies, strict=True)], gone)
    shared = _laid(whole.shared, energies, number)
    amounts, fees = _laid(whole.amounts, shared, number), _laid(whole.fees, shared, number)
    pairs = _laid_pairs(whole.pairs, [[slot[place] for place in roster.consuming] for slot in shared], number)
    rows = zip(energies, shared, amounts, fees, strict=True)
    return [
        Computed(*row[1:], _sums(roster, *row), whole.delivered, of_slot)
        for row, of_slot in zip(rows, pairs, strict=True)
    ]


def _laid(totals: Sequence[int], weights: Sequence[Sequence[int]], number: int) -> list[list[int]]:
    """By slot the totals of all places, each divided by the place's weights in the slots."""
    laid: list[list[int]] = [[] for _ in weights]
    for total, of_slots in zip(totals, zip(*weights, strict=True), strict=True):
        parts = apportion(total, of_slots, number)
        require(sum(parts) == total, "what an hour comes to is laid on its slots")
        for slot, part in zip(laid, parts, strict=True):
            slot.append(part)
    return laid


def _laid_pairs(
    pairs: Sequence[tuple[int, int, int]], shares: Sequence[Sequence[int]], number: int
) -> list[list[tuple[int, int, int]]]:
    """By slot, of each consumer's share there, what came from each producer: as in the hour."""
    of_consumer: dict[int, list[tuple[int, int]]] = {}
    for producer, consumer, energy in pairs:
        of_consumer.setdefault(consumer, []).append((producer, energy))
    laid: list[list[tuple[int, int, int]]] = [[] for _ in shares]
    for consumer, found in sorted(of_consumer.items()):
        weights = [energy for _producer, energy in found]
        for of_slot, slot in zip(shares, laid, strict=True):
            parts = apportion(of_slot[consumer], weights, number)
            slot += [(producer, consumer, part) for (producer, _energy), part in zip(found, parts, strict=True) if part]
    return [sorted(slot) for slot in laid]


def _sums(
    roster: Roster, energies: Sequence[int], shared: Sequence[int], amounts: Sequence[int], fees: Sequence[int]
) -> RunSums:
    """Of a slot: what its consumers share and pay. What its producers deliver in it may be another amount."""
    injected, taken = (sum(energies[place] for place in places) for places in (roster.producing, roster.consuming))
    of_consumers, paid = (sum(values[place] for place in roster.consuming) for values in (shared, amounts))
    return RunSums(injected, taken, of_consumers, paid, sum(fees))


def computed_of(
    terms: SchemeTerms, roster: Roster, number: int, inputs: Sequence[Sequence[SlotInput]]
) -> list[Computed]:
    """What the inputs of slots that are settled together come to, by the places of the members."""
    energies = [[found.part_mwh for found in slot] for slot in inputs]
    absent = [{place for place, found in enumerate(slot) if found.state == SlotState.MISSING} for slot in inputs]
    return computed_together(terms, roster, number, energies, absent)


def outcome_of(roster: Roster, inputs: Sequence[SlotInput], found: Computed) -> Outcome:
    """A slot's rows and sums as they were posted."""
    energies = [one.part_mwh for one in inputs]
    return Outcome(tuple(rows_of(roster.members, energies, found.shared, found.amounts, found.fees)), found.sums)


def outcomes_of(
    terms: SchemeTerms,
    members: Sequence[SchemeMember],
    number: int,
    inputs: Sequence[Sequence[SlotInput]],
    slot_rows: Rows = (),
) -> list[Outcome]:
    """What the inputs of slots that are settled together come to, slot by slot; `slot_rows`: those that came with the
    slot, by points' numbers.
    """
    roster = with_rows(roster_of(terms, members), slot_rows)
    found = computed_of(terms, roster, number, inputs)
    return [outcome_of(roster, slot, one) for slot, one in zip(inputs, found, strict=True)]
