"""What a file changes in folded days, and how it is sent: slot by slot, or hour by hour, in pieces (rule SC15).

The chain says which pieces of a correction it has, so what was interrupted goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from ledger.errors import require_present
from ledger.sharing.late_archive import payloads_of
from ledger.sharing.late_limits import MAX_LATE_CORRECTIONS
from ledger.sharing.late_payloads import CorrectFoldedSlot
from ledger.sharing.late_schema import LATE_CORRECTIONS
from ledger.sharing.schema import RUN_PARTS
from ledger.state.table import big_endian
from nodechain.commands.sending.chain import signing_genesis
from nodechain.commands.sending.decided import submit_decided
from nodechain.commands.sending.late_days import Energies, LateDays
from nodechain.commands.sending.send import How
from nodechain.commands.terminal.batches import goes_on
from nodechain.commands.terminal.options import Invocation
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import LedgerRefused, TimedOut
from nodechain.home.sharing_archive import day_text

SETTLED_S: Final = 60.0
"""How long the run of a correction is waited for when its last piece was decided, and others before it."""

AGAIN: Final = "Run the same command again: it goes on."


class Correction(msgspec.Struct, frozen=True):
    """A folded slot, or the slots of its hour, that are corrected: by which energies, and what of it is sent still.

    `pieces`: chunks of all its slots; `there`: those that the chain has.
    """

    day: int
    slots: range
    energies: Mapping[int, Energies]
    payloads: Sequence[CorrectFoldedSlot]
    pieces: int
    there: int

    def shown(self) -> dict[str, Any]:
        """As data."""
        return {
            "slot": self.slots[0], "slots": len(self.slots), "day": day_text(self.day), "values": self.values,
            "pieces": self.pieces, "missing": self.pieces - self.there, "transactions": len(self.payloads),
        }  # fmt: skip

    @property
    def values(self) -> int:
        """How many values are others."""
        return sum(len(each) for each in self.energies.values())

    def text(self) -> str:
        """For people: which slots, how many values, what is missing still."""
        which = (
            f"Slot {self.slots[0]}" if len(self.slots) == 1 else f"Hour of slots {self.slots[0]} to {self.slots[-1]}"
        )
        told = f"{which} ({day_text(self.day)}, folded), {_many(self.values, 'other value')}: "
        if self.there == self.pieces:
            return f"{told}all {self.pieces} pieces are there, it is being settled."
        missing = f"{self.pieces - self.there} of {_many(self.pieces, 'piece')} missing"
        return f"{told}{missing}, {_many(len(self.payloads), 'transaction')}."


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def corrections_of(
    invocation: Invocation, days: LateDays, late: Mapping[int, Energies], file: bytes
) -> list[Correction]:
    """What of a file's values differs from the newest runs.

    Raises `NotFound` (day_not_folded, not_archived), `UsageError`, `LedgerRefused` (correction_open).
    """
    for slot in late:
        days.day_of(slot)  # of a day that is not folded nothing is compared
    known = {days.together(slot).slots for slot in late if days.known_version(slot) is not None}
    groups = sorted(known, key=lambda group: group.start)
    days.catch_up({slot: late.get(slot, {}) for slots in groups for slot in slots})
    found: list[Correction] = []
    with Progress("folded slot or hour", len(groups)) as progress:
        for count, slots in enumerate(groups):
            progress.at(count)
            energies = _differing(days, {slot: late.get(slot, {}) for slot in slots})
            if any(energies.values()):
                found.append(_correction(invocation, days, slots, energies, file))
    return found


def _differing(days: LateDays, wanted: Mapping[int, Energies]) -> dict[int, Energies]:
    """By slot the points whose energies are others than what the newest run used."""
    found: dict[int, Energies] = {}
    for slot, energies in wanted.items():
        newest = days.day_of(slot).newest(slot)
        used = {} if newest is None else newest.energies_of(energies)
        found[slot] = {point: energies[point] for point, energy in used.items() if energies[point] != energy}
    return found


def _correction(
    invocation: Invocation, days: LateDays, slots: range, energies: Mapping[int, Energies], file: bytes
) -> Correction:
    scheme, day = big_endian(days.scheme), days.day_of(slots[0])
    chunks = [chunk.chunk for chunk in days.version(slots[0]).chunks]
    pieces = len(slots) * len(chunks)
    (known,) = days.proven(LATE_CORRECTIONS, [scheme + big_endian(slots[0])])
    brought: frozenset[tuple[int, int]] = frozenset()
    if known is not None:
        if known.file != file:
            raise LedgerRefused(
                f"a correction of slot {slots[0]} by another file is being brought",
                code="correction_open",
                advice="It lapses seven days after its first piece.",
            )
        if known.pieces == pieces:
            return Correction(day.day, slots, energies, (), pieces, pieces)
        places = [(slot, chunk) for slot in slots for chunk in chunks]
        keys = [scheme + big_endian(slot) + big_endian(chunk) for slot, chunk in places]
        parts = days.proven(RUN_PARTS, keys)
        brought = frozenset(place for place, part in zip(places, parts, strict=True) if part is not None)
    weight = signing_genesis(invocation).block_weight
    payloads = payloads_of(day, file, energies, brought, weight)
    return Correction(day.day, slots, energies, payloads, pieces, len(brought))


def send_corrections(invocation: Invocation, how: How, days: LateDays, corrections: Sequence[Correction]) -> None:
    """Send what is missing; as many slots as may be corrected at a time are sent before their runs are waited for, so
    that one run takes those of a day. Raises `LedgerRefused`, `TimedOut`.
    """
    total, sent = sum(len(each.payloads) for each in corrections), 0
    waiting: list[Correction] = []
    with goes_on(AGAIN), Progress("transaction of the correction", total) as progress:
        for each in corrections:
            if sum(len(one.slots) for one in (*waiting, each)) > MAX_LATE_CORRECTIONS:
                _await_runs(days, waiting)
                waiting = []
            waiting.append(each)
            for payload in each.payloads:
                progress.at(sent)
                submit_decided(invocation, how, payload, f"slot {payload.slot}", AGAIN)
                sent += 1
        _await_runs(days, waiting)


def _await_runs(days: LateDays, waiting: Sequence[Correction]) -> None:
    """Wait until all are settled, and keep their runs."""
    end = time.monotonic() + SETTLED_S
    left = list(waiting)
    while left:
        days.catch_up({slot: energies for each in left for slot, energies in each.energies.items()})
        done = [each for each in left if _is_settled(days, each)]
        left = [each for each in left if each not in done]
        if done:
            end = time.monotonic() + SETTLED_S
        elif time.monotonic() > end:
            raise TimedOut(
                f"slot {left[0].slots[0]} is not settled yet, or its run was given up (see the events of the scheme)",
                advice=AGAIN,
            )
        else:
            time.sleep(0.2)


def _is_settled(days: LateDays, correction: Correction) -> bool:
    """Whether the newest runs have the corrected values, and those of an hour are of one number."""
    runs = set()
    for slot in correction.slots:
        newest = require_present(days.day_of(slot).newest(slot), "a corrected slot that the archive does not have")
        runs.add(newest.entry.run)
    return len(runs) == 1 and not any(_differing(days, correction.energies).values())
