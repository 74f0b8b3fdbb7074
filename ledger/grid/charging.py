"""What energy of slots costs, line by line, before and after a change (rules GA5, GA6).

A line of a slot and part is floor(energy x rate / 10^6); only differences are booked, so the order in which values
come does not matter: what is booked in all is what the newest values come to.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from ledger.chain.context import Context
from ledger.grid.genesis import GRID_SECTION
from ledger.grid.rates import rates_in_slots
from ledger.grid.schema import GridLine, LineKind, TariffVersion
from ledger.grid.tariffs import OUTSIDE, TariffTerms, TimeRate, day_place, zone_fee
from ledger.grid.versions import holding, point_tariffs, point_zones, tariff_versions
from ledger.sharing.prices import MWH_PER_KWH
from ledger.slots.clock import SlotClock
from ledger.slots.schema import Direction

LineName = tuple[LineKind, str]


class Change(msgspec.Struct, frozen=True):
    """Energies in mWh of the same slots, before and after."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def energy_mwh(self) -> int:
        """What was added."""
        return sum(self.after) - sum(self.before)

    def part(self, first: int, end: int) -> Change:
        """Of some of the slots, by their places."""
        return Change(self.before[first:end], self.after[first:end])

    def amount(self, rates: Sequence[int]) -> int:
        """What was added to what each slot costs, rounded down."""
        return _cost(self.after, rates) - (_cost(self.before, rates) if any(self.before) else 0)


def _cost(energies: Sequence[int], rates: Sequence[int]) -> int:
    return sum(energy * rate // MWH_PER_KWH for energy, rate in zip(energies, rates, strict=True) if energy)


class Meterage(msgspec.Struct):
    """A point's slots as the grid sees them: what came from outside of the community or went there, and what was shared
    with it by the zone that it came from.
    """

    point: int
    direction: Direction
    zone: str
    rest: Change
    shared: dict[str, Change] = msgspec.field(default_factory=dict)


class Charges(msgspec.Struct):
    """Lines of slots that one change touches; tariffs are looked up, and tables unfolded, once for all its points."""

    context: Context
    clock: SlotClock
    slots: tuple[int, ...]
    _versions: dict[int, list[TariffVersion]] = msgspec.field(default_factory=dict)
    _rates: dict[tuple[int, int, LineName, int, int], tuple[int, ...]] = msgspec.field(default_factory=dict)
    _months: list[tuple[int, int, int]] = msgspec.field(default_factory=list)
    _places: list[int] = msgspec.field(default_factory=list)

    def by_month(self, meterage: Meterage) -> Iterator[tuple[int, tuple[GridLine, ...]]]:
        """The lines of a point by local month."""
        found: dict[int, dict[LineName, list[int]]] = {}
        for version, zone, month, first, end in self._parts(meterage):
            lines = found.setdefault(month, {})
            for name, table, change in _charged(version.terms, meterage, zone):
                part = change.part(first, end)
                line = lines.setdefault(name, [0, 0])
                line[0] += part.energy_mwh
                line[1] += part.amount(self._of(version, name, table, first, end))
        for month, lines in sorted(found.items()):
            made = _lines(lines)
            if made:
                yield month, made

    def _parts(self, meterage: Meterage) -> Iterator[tuple[TariffVersion, str, int, int, int]]:
        """The slots cut where another month begins, or the point has other terms, or another zone; those without a
        tariff left out.
        """
        default = GRID_SECTION.of(self.context.genesis).default
        given = list(point_tariffs(self.context.state, meterage.point))
        zones = list(point_zones(self.context.state, meterage.point))
        for month, begin, end in self._by_month():
            first = begin
            while first < end:
                entry, until = holding(given, self.slots[first])
                number = (entry.tariff if entry else 0) or default
                version, changes = holding(self._known(number), self.slots[first])
                lies, moves = holding(zones, self.slots[first])
                stop = bisect_left(self.slots, min(until, changes, moves), first, end)
                if version is not None:
                    yield version, lies.zone if lies else meterage.zone, month, first, stop
                first = stop

    def _by_month(self) -> list[tuple[int, int, int]]:
        if not self._months:
            months = [self.clock.local_month(slot) for slot in self.slots]
            for month in sorted(set(months)):
                self._months.append((month, bisect_left(months, month), bisect_right(months, month)))
        return self._months

    def _known(self, number: int) -> list[TariffVersion]:
        if number not in self._versions:
            self._versions[number] = list(tariff_versions(self.context.state, number)) if number else []
        return self._versions[number]

    def _of(self, version: TariffVersion, name: LineName, table: TimeRate, first: int, end: int) -> tuple[int, ...]:
        key = (version.tariff, version.from_slot, name, first, end)
        if key not in self._rates:
            if not self._places:
                self._places = [day_place(self.clock, slot) for slot in self.slots]
            self._rates[key] = rates_in_slots(
                self.context, self.clock, table, self.slots[first:end], self._places[first:end]
            )
        return self._rates[key]


def _charged(terms: TariffTerms, meterage: Meterage, to_zone: str) -> Iterator[tuple[LineName, TimeRate, Change]]:
    """What a point pays and gets for: an injection gets feed-in; an offtake pays retail and levies for what came from
    outside, for what was shared the levies that say so, and for both the fees of their pairs of zones (GA5).
    """
    if meterage.direction == Direction.INJECTION:
        yield (LineKind.FEED_IN, ""), terms.feed_in, meterage.rest
        return
    yield (LineKind.RETAIL, ""), terms.retail, meterage.rest
    fee = zone_fee(terms, OUTSIDE, to_zone)
    if fee is not None:
        yield (LineKind.GRID_FEE, pair_name(OUTSIDE, to_zone)), fee, meterage.rest
    for zone, change in meterage.shared.items():
        fee = zone_fee(terms, zone, to_zone, shared=True)
        if fee is not None:
            yield (LineKind.GRID_FEE, pair_name(zone, to_zone)), fee, change
    for levy in terms.levies:
        yield (LineKind.LEVY, levy.name), levy.rate, meterage.rest
        for change in meterage.shared.values() if levy.on_shared else ():
            yield (LineKind.SHARED_LEVY, levy.name), levy.rate, change


def pair_name(from_zone: str, to_zone: str) -> str:
    """How the line of a pair of zones is called."""
    return f"{from_zone}>{to_zone}"


def _lines(found: dict[LineName, list[int]]) -> tuple[GridLine, ...]:
    """In order; what one gets stands below 0; what did not change is left out."""
    made = []
    for (kind, name), (energy_mwh, amount) in sorted(found.items()):
        if energy_mwh or amount:
            made.append(GridLine(kind, name, energy_mwh, -amount if kind == LineKind.FEED_IN else amount))
    return tuple(made)
