"""Archived days as a correction needs them: proven by the chain, and caught up with the late runs that it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import click

from ledger.errors import ProofError, require_present
from ledger.sharing.hours import Together, together_with
from ledger.sharing.late_archive import ArchivedDay, archived_slot, check_day, corrected
from ledger.sharing.late_schema import LATE_RUNS
from ledger.sharing.participation import split_over_schemes
from ledger.sharing.schema import FOLDED_DAYS, PARTICIPATIONS, SCHEMES, Participation, SchemeVersion, SettledSlot
from ledger.sharing.versions import factor_at
from ledger.slots.clock import SlotClock, clock_with
from ledger.slots.genesis import SLOTS_SECTION
from ledger.slots.schema import ZONE_EXTENSION
from ledger.state.table import big_endian, newest_first
from nodechain.commands.sending.chain import signing_genesis
from nodechain.commands.sending.slot_import import Proven
from nodechain.commands.terminal.options import Invocation
from nodechain.errors import NotFound, UsageError
from nodechain.home.sharing_archive import day_text, path_of, read_day, write_day

FOLDER: Final = "sharing-archive"
ARCHIVE: Final = click.option(
    "--archive",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where days are kept (default: sharing-archive in the home).",
)

Energies = Mapping[int, int]
"""What points have in a slot, in mWh."""


def slot_clock(invocation: Invocation, proven: Proven) -> SlotClock:
    """The chain's slots and local time, with what votes have added. Raises `UsageError` (module_off)."""
    genesis = signing_genesis(invocation)
    if not SLOTS_SECTION.is_in(genesis):
        raise UsageError("this chain has no slots", code="module_off", advice="Ask another chain.")
    (extension,) = proven(ZONE_EXTENSION, [b""])
    return clock_with(SLOTS_SECTION.of(genesis), extension)


class LateDays:
    """The archived days of a scheme in a folder, as far as they were asked for; what is learned of them is kept."""

    def __init__(self, invocation: Invocation, proven: Proven, folder: Path, scheme: int) -> None:
        self._invocation, self._folder, self.proven, self.scheme = invocation, folder, proven, scheme
        self.clock = slot_clock(invocation, proven)
        self._days: dict[int, ArchivedDay] = {}
        self._versions: dict[int, SchemeVersion] = {}
        self._shares: dict[int, dict[int, Participation]] = {}
        self._schemes: list[int] | None = None

    def together(self, slot: int) -> Together:
        """The slots that are settled together with one, by proven terms. Raises `NotFound` (unknown_scheme)."""
        return together_with(self.clock, self.version(slot).terms.rule, slot)

    def version(self, slot: int) -> SchemeVersion:
        """The terms of a slot, proven. Raises `NotFound` (unknown_scheme)."""
        found = self.known_version(slot)
        if found is None:
            raise NotFound(f"scheme {self.scheme} has no terms in slot {slot}", code="unknown_scheme")
        return found

    def known_version(self, slot: int) -> SchemeVersion | None:
        """The same; None before the scheme begins."""
        if not self._versions:
            known = self._invocation.node.sharing.scheme(self.scheme)["versions"]
            keys = [big_endian(self.scheme) + newest_first(each["from_slot"]) for each in known]
            found = [each for each in self.proven(SCHEMES, keys) if each is not None]
            self._versions = {each.from_slot: each for each in found}
        begun = [each for from_slot, each in self._versions.items() if from_slot <= slot]
        return max(begun, key=lambda version: version.from_slot, default=None)

    def day_of(self, slot: int) -> ArchivedDay:
        """The day of a slot. Raises `NotFound` (day_not_folded, not_archived), `UsageError` (archive_behind)."""
        number = self.clock.local_day(slot)
        if number not in self._days:
            self._days[number] = self._read(number)
        return self._days[number]

    def _read(self, number: int) -> ArchivedDay:
        (folded,) = self.proven(FOLDED_DAYS, [big_endian(self.scheme) + big_endian(number)])
        if folded is None:
            raise NotFound(
                f"{day_text(number)} is not folded: nothing was settled, it is about to be, or is too long ago",
                code="day_not_folded",
                advice="A day is folded at the first cut-off after its values are 35 days old; try again tomorrow.",
            )
        day = read_day(self._folder, self.scheme, number)
        if day is None:
            raise NotFound(
                f"{path_of(self._folder, self.scheme, number)} is not there, and the chain has only the root of that"
                " day",
                code="not_archived",
                advice="Take it from who keeps an archive (`sharing archive`); it proves itself.",
            )
        try:
            check_day(day, folded)
        except ProofError as error:
            raise UsageError(
                str(error), code="archive_behind", advice="A run came after the day was archived: take another archive."
            ) from None
        return day

    def catch_up(self, energies: Mapping[int, Energies]) -> None:
        """Let days know the late runs that the chain has of some slots, which a file may have brought about.

        `energies`: what the file says of each slot. Raises `UsageError` (archive_behind) where another one did.
        """
        slots = sorted(energies)
        keys = [big_endian(self.scheme) + big_endian(slot) for slot in slots]
        runs = self.proven(LATE_RUNS, keys)
        changed = set()
        for slot, entry in zip(slots, runs, strict=True):
            day = self.day_of(slot)
            newest = day.newest(slot)
            if entry is not None and newest is not None and entry != newest.entry:
                self._days[day.day] = self._with_run(day, slot, entry, energies[slot])
                changed.add(day.day)
        for number in sorted(changed):
            write_day(self._folder, self._days[number])

    def _with_run(self, day: ArchivedDay, slot: int, entry: SettledSlot, energies: Energies) -> ArchivedDay:
        newest = require_present(day.newest(slot), "a late run of a slot that the archive does not have")
        used = newest.energies_of(energies)
        changed = {point: energy for point, energy in energies.items() if used.get(point, energy) != energy}
        chunks = corrected(newest, changed, self._parts(slot, changed))
        points = [point for chunk in chunks for point in chunk.points]
        try:
            run = archived_slot(slot, entry, points, [found for chunk in chunks for found in chunk.inputs])
        except ProofError:
            raise UsageError(
                f"slot {slot} was corrected by another file since; the archive does not know run {entry.run}",
                code="archive_behind",
                advice="Take the archive of who sent that correction.",
            ) from None
        return day.with_late(run)

    def _parts(self, slot: int, energies: Energies) -> dict[int, int]:
        """What of the points' energies counts in the scheme, by the shares that the chain remembers."""
        self._learn_shares(energies)
        parts = {}
        for point, energy in energies.items():
            factors = {each: factor_at(share, slot) for each, share in sorted(self._shares[point].items())}
            factors = {each: factor for each, factor in factors.items() if factor}
            split = split_over_schemes(energy, tuple(factors.values()), slot)
            parts[point] = dict(zip(factors, split, strict=True)).get(self.scheme, 0)
        return parts

    def _learn_shares(self, points: Iterable[int]) -> None:
        """Of each point the shares in all schemes, asked for once."""
        if self._schemes is None:
            self._schemes = [each["scheme"] for each in self._invocation.node.sharing.schemes()["schemes"]]
        asked = [point for point in points if point not in self._shares]
        keys = [(point, scheme) for point in asked for scheme in self._schemes]
        full = [big_endian(point) + big_endian(scheme) for point, scheme in keys]
        self._shares |= {point: {} for point in asked}
        shares = self.proven(PARTICIPATIONS, full)
        for (point, scheme), share in zip(keys, shares, strict=True):
            if share is not None:
                self._shares[point][scheme] = share
