"""A proposed scheme over the slots that are kept: which inputs both terms have, and what they come to (rule SR20).

Reads only. What a slot's inputs are is said as for a run (SC4), whether it was settled or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from ledger.chain.context import Context
from ledger.chain.parameters import PARTS
from ledger.errors import Refused
from ledger.sharing.allocation_rules import AllocationRule, Dynamic
from ledger.sharing.credit_terms import by_month
from ledger.sharing.hours import slots_together, together_with
from ledger.sharing.members import members_of, producing
from ledger.sharing.metered import sources_of
from ledger.sharing.outcome import Roster, keys_in_slot, roster_of
from ledger.sharing.participation import split_over_schemes
from ledger.sharing.payloads import SetScheme
from ledger.sharing.preview import (
    OwnContract,
    PastSlot,
    PastTerms,
    PointChange,
    PointTotals,
    PreviewTerms,
    preview,
)
from ledger.sharing.price_rules import FixedByProducer, FixedPrice, PriceRule, check_every_price
from ledger.sharing.rows_schema import RowsState
from ledger.sharing.rows_used import asks_for_rows, rows_now, rows_of, stand_ins
from ledger.sharing.rows_values import Rows, with_rows
from ledger.sharing.schema import PARTICIPATIONS, SCHEMES, Participation, SchemeMember, SchemeVersion
from ledger.sharing.scheme_terms import check_keys, check_terms
from ledger.sharing.schemes import SCHEME_NUMBERS, check_computable
from ledger.sharing.slot_flows import SlotFlows
from ledger.sharing.versions import factor_at, newest_version, version_at
from ledger.slots.clock import clock_of
from ledger.slots.packing import SlotValue
from ledger.slots.schema import Direction, MeteringPoint, SlotState, ValueSource
from ledger.slots.values import known_point, values_of
from ledger.state.table import big_endian

BY_THE_HOUR: Final = AllocationRule(Dynamic(), hourly=True)
"""Of any rule by the hour: the hours are the same."""

PROPOSED: Final = 0
"""In place of a version's number: terms that nobody has decided."""


class PreviewedScheme(msgspec.Struct, frozen=True):
    """What a proposal would have changed from `first_slot` to before `end_slot`.

    slots: those that have all values that both terms ask for; `missing_slots`: those that lack some, which count
    nowhere. A slot in which no point of either side was open is neither. owners: the points' by number. `prices_from`:
    where the prices of the own contract come from.
    """

    first_slot: int
    end_slot: int
    slots: int
    missing_slots: int
    owners: Mapping[int, bytes]
    changes: tuple[PointChange, ...]
    contract: OwnContract
    prices_from: str


class _Energy(NamedTuple):
    """A point's energy of a slot, and what of it counts in the scheme."""

    energy_mwh: int
    part_mwh: int
    is_open: bool


class PreviewSide(msgspec.Struct, frozen=True):
    """Terms with the points that take part under them."""

    version: SchemeVersion
    roster: Roster

    @classmethod
    def of(cls, version: SchemeVersion, members: Sequence[SchemeMember]) -> PreviewSide:
        """A version with its members."""
        return cls(version, roster_of(version.terms, members))


def proposed_side(context: Context, action: SetScheme) -> PreviewSide:
    """The terms of a proposal with its points as they are now. Raises `Refused` as opening the vote would, but for
    the slot, which may be past: bad_scheme, unknown_point, refused.
    """
    check_terms(action.terms)
    before = version_at(context.state, action.scheme, action.from_slot) if action.others_stay else None
    found = {member.point: member for member in ([] if before is None else members_of(context.state, before))}
    for number in action.leaving:
        found.pop(number, None)
    for participant in action.terms.participants:
        point = known_point(context, participant.point)
        check_keys(action.terms, participant, consumes=point.direction == Direction.OFFTAKE)
        found[point.number] = SchemeMember(
            point.number, point.owner, point.direction, point.commissioned_ms, participant.keys, participant.factor
        )
    members = [found[number] for number in sorted(found)]
    producers = [member.point for member in producing(members)]
    slots = slots_together(clock_of(context), action.terms.rule)
    check_computable(action.terms, len(producers), len(members) - len(producers), slots)
    check_every_price(action.terms.prices, producers)
    scheme = action.scheme or context.count(SCHEME_NUMBERS) + 1
    version = SchemeVersion(
        scheme, PROPOSED, action.from_slot, action.terms, len(producers), len(members) - len(producers), ()
    )
    return PreviewSide.of(version, members)


def previewed(
    context: Context, action: SetScheme, contract: OwnContract | None, first_slot: int, end_slot: int
) -> PreviewedScheme:
    """What a proposal would have changed over past slots; without a `contract` by reference prices of the terms.

    Raises `Refused` where the proposal cannot be computed: of schemes by the month nothing is (CR11).
    """
    versions = [context.get(SCHEMES, key) for key in context.state.keys(SCHEMES, big_endian(action.scheme))]
    if by_month(action.terms) or any(by_month(version.terms) for version in versions):
        raise Refused("a scheme by the month is not computed by slots", code="settled_by_month")
    proposed = proposed_side(context, action)
    reader = _Reader(context, first_slot, end_slot)
    known = [PreviewSide.of(version, members_of(context.state, version)) for version in versions]
    before: list[_Row] = []
    after: list[_Row] = []
    absent: list[int] = []
    for slot in range(first_slot, end_slot):
        in_force = next((side for side in known if side.version.from_slot <= slot), None)
        if not any(reader.has_open(side, slot) for side in (in_force, proposed) if side is not None):
            continue
        had = {} if in_force is None else reader.inputs(in_force, slot)
        if in_force is not None and reader.slot_rows(in_force, slot) is None:
            had = None
        has = None if had is None else reader.inputs(proposed, slot, proposed=True)
        if had is not None and has is not None:
            before.append((slot, in_force, had, has))
            after.append((slot, proposed, has, had))
        else:
            absent.append(slot)
    partial = _of_partial_hours(context, before, proposed, range(first_slot, end_slot), absent)
    missing = len(absent) + len(partial)
    before, after = ([row for row in rows if row[0] not in partial] for rows in (before, after))
    prices, prices_from = _contract(contract, proposed.version, versions[0] if versions else None)
    clock = clock_of(context)
    changes = preview(
        _side(before, reader), _side(after, reader), prices, lambda slot: together_with(clock, BY_THE_HOUR, slot)
    )
    owners = {member.point: member.account for side in (*reversed(known), proposed) for member in side.roster.members}
    return PreviewedScheme(first_slot, end_slot, len(before), missing, owners, changes, prices, prices_from)


def _of_partial_hours(
    context: Context, rows: Sequence[_Row], proposed: PreviewSide, span: range, absent: Sequence[int]
) -> frozenset[int]:
    """Slots of the rows whose hour is not whole, where either side works by the hour (SR20)."""
    clock, gaps = clock_of(context), frozenset(absent)
    found = set()
    for slot, in_force, _had, _has in rows:
        for side in (in_force, proposed):
            if side is not None and side.version.terms.rule.hourly:
                hour = together_with(clock, side.version.terms.rule, slot).slots
                if hour.start < span.start or hour.stop > span.stop or not gaps.isdisjoint(hour):
                    found.add(slot)
    return frozenset(found)


def values_read(context: Context, action: SetScheme) -> int:
    """How many values one slot of a preview reads: what its cost goes by."""
    newest = newest_version(context, action.scheme)
    known = 0 if newest is None else newest.points
    return len(action.terms.participants) + known * (2 if action.others_stay else 1)


def _contract(
    asked: OwnContract | None, proposed: SchemeVersion, in_force: SchemeVersion | None
) -> tuple[OwnContract, str]:
    if asked is not None:
        return asked, "asked"
    for version, name in ((in_force, "in_force"), (proposed, "proposed")):
        found = None if version is None else _reference_prices(version.terms.prices)
        if found is not None:
            return found, name
    return OwnContract(0, 0), "none"


def _reference_prices(rule: PriceRule) -> OwnContract | None:
    return None if isinstance(rule, FixedPrice | FixedByProducer) else OwnContract(rule.retail, rule.feed_in)


class _Reader:
    """Values and shares of points over a span, each read once."""

    def __init__(self, context: Context, first_slot: int, end_slot: int) -> None:
        self._context = context
        self._first = first_slot
        self._count = end_slot - first_slot
        self._points: dict[int, MeteringPoint] = {}
        self._values: dict[tuple[int, ValueSource], list[SlotValue]] = {}
        self._shares: dict[int, list[tuple[int, Participation]]] = {}

    def point(self, number: int) -> MeteringPoint:
        """What is registered."""
        if number not in self._points:
            self._points[number] = known_point(self._context, number)
        return self._points[number]

    def has_open(self, side: PreviewSide, slot: int) -> bool:
        """Whether any point of a side is open in a slot."""
        return any(self._is_open(member.point, slot) for member in side.roster.members)

    def inputs(self, side: PreviewSide, slot: int, *, proposed: bool = False) -> dict[int, _Energy] | None:
        """By point what it had in a slot, by the version's sources; None where a value is missing."""
        found = {}
        for member in side.roster.members:
            energy = self._energy(side.version, member.point, slot)
            is_open = self._is_open(member.point, slot)
            if energy is None and is_open:
                return None
            part = self._part(member, side.version.scheme, slot, energy or 0, proposed=proposed)
            found[member.point] = _Energy(energy or 0, part, is_open)
        return found

    def _part(self, member: SchemeMember, scheme: int, slot: int, energy_mwh: int, *, proposed: bool) -> int:
        """What of a point's energy counts in a scheme (SC3)."""
        known = self._known_shares(member.point)
        shares = {number: factor_at(entry, slot) for number, entry in known}
        if proposed:
            shares[scheme] = member.factor
        if shares[scheme] == PARTS and sum(shares.values()) == PARTS:
            return energy_mwh
        numbers = sorted(number for number, factor in shares.items() if factor)
        parts = split_over_schemes(energy_mwh, [shares[number] for number in numbers], slot)
        return parts[numbers.index(scheme)]

    def _energy(self, version: SchemeVersion, number: int, slot: int) -> int | None:
        for source in sources_of(version):
            value = self._value(number, source, slot)
            if value.state != SlotState.MISSING:
                return value.energy_mwh
        return None

    def slot_rows(self, side: PreviewSide, slot: int) -> Rows | None:
        """The rows that come with a slot under some terms; None: they have not come.

        Under proposed ones those of the scheme that were brought, else the proposal's that stand in (SR20).
        """
        if not asks_for_rows(side.version.terms):
            return ()
        found = rows_now(self._context.state, side.version.scheme, slot)
        if side.version.version == PROPOSED and (found is None or found.state == RowsState.SUBSTITUTED):
            return stand_ins(side.version.terms)
        return None if found is None else rows_of(found)

    def _is_open(self, number: int, slot: int) -> bool:
        return self.point(number).has(slot)

    def _value(self, number: int, source: ValueSource, slot: int) -> SlotValue:
        key = number, source
        if key not in self._values:
            self._values[key] = values_of(self._context, number, source, self._first, self._count)
        return self._values[key][slot - self._first]

    def _known_shares(self, number: int) -> list[tuple[int, Participation]]:
        if number not in self._shares:
            keys = self._context.state.keys(PARTICIPATIONS, big_endian(number))
            self._shares[number] = [
                (int.from_bytes(key[8:], "big"), self._context.get(PARTICIPATIONS, key)) for key in keys
            ]
        return self._shares[number]


_Row = tuple[int, "PreviewSide | None", "Mapping[int, _Energy]", "Mapping[int, _Energy]"]
"""A slot, the terms of one side, its inputs, and those of the other side."""


def _side(rows: Sequence[_Row], reader: _Reader) -> PastTerms:
    """Slots under the terms of one side; what does not count in it, and points of the other side, stand beside."""
    spans: list[tuple[PreviewTerms, list[PastSlot]]] = []
    beside: dict[int, int] = {}
    last = None
    for slot, side, inputs, others in rows:
        for number, found in inputs.items():
            beside[number] = beside.get(number, 0) + found.energy_mwh - found.part_mwh
        for number, found in others.items():
            if number not in inputs:
                beside[number] = beside.get(number, 0) + found.energy_mwh
        if side is None or not side.version.points:
            continue
        if side is not last:
            terms = side.version.terms
            spans.append((PreviewTerms(terms.rule, terms.prices, terms.fee), []))
            last = side
        spans[-1][1].append(_past_slot(with_rows(side.roster, reader.slot_rows(side, slot) or ()), slot, inputs))
    return PastTerms(spans, [_beside(number, energy, reader) for number, energy in sorted(beside.items())])


def _beside(number: int, energy_mwh: int, reader: _Reader) -> PointTotals:
    return PointTotals(number, reader.point(number).direction == Direction.INJECTION, energy_mwh)


def _past_slot(roster: Roster, slot: int, inputs: Mapping[int, _Energy]) -> PastSlot:
    def parts(places: Iterable[int]) -> list[int]:
        return [inputs[roster.members[place].point].part_mwh for place in places]

    flows = SlotFlows(parts(roster.producing), parts(roster.consuming))
    absent = {place for place in roster.consuming if not inputs[roster.members[place].point].is_open}
    return PastSlot(slot, flows, keys_in_slot(roster, absent))
