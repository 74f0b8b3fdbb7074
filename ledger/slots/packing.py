"""A day's values as they stand in the state: runs of what slots have in common, and energies in few bytes (M18)."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from ledger.errors import require
from ledger.slots.limits import MAX_SLOT_MWH
from ledger.slots.schema import DayValues, Method, SlotRun, SlotState


class SlotValue(NamedTuple):
    """The value of one slot; `correction`: how often it took the place of another one. `quality` is the operator's
    number, `file` the SHA-256 of what it stood in, issued at `issued_ms`; empty and 0 where it was not imported.
    """

    energy_mwh: int
    state: SlotState
    correction: int = 0
    method: Method = Method.NONE
    quality: int = 0
    file: bytes = b""
    issued_ms: int = 0


_COMMON: Final = itemgetter(slice(1, None))
"""All of a value but its energy."""

NO_VALUE: Final = SlotValue(0, SlotState.MISSING)


def pack_day(values: list[SlotValue]) -> DayValues:
    """A day's values, one for each of its slots."""
    runs: list[SlotRun] = []
    for common, found in groupby(values, key=_COMMON):
        state, corrections, method, quality, file, issued_ms = common
        count = sum(1 for _ in found)
        runs.append(SlotRun(count, int(state), int(method), corrections, quality, file, issued_ms))
    energies = bytearray()
    for value in values:
        if value.state:
            _append(energies, value.energy_mwh)
    return DayValues(tuple(runs), bytes(energies))


def unpack_day(day: DayValues) -> list[SlotValue]:
    """The values of a day's slots."""
    values: list[SlotValue] = []
    at, energies = 0, day.energies
    for run in day.runs:
        state, method = SlotState(run.state), Method(run.method)
        if state == SlotState.MISSING:
            values.extend([NO_VALUE] * run.count)
            continue
        for _ in range(run.count):
            energy_mwh = shift = 0
            while energies[at] & 0x80:
                energy_mwh |= (energies[at] & 0x7F) << shift
                at, shift = at + 1, shift + 7
            energy_mwh |= energies[at] << shift
            at += 1
            values.append(SlotValue(energy_mwh, state, run.corrections, method, run.quality, run.file, run.issued_ms))
    require(at == len(energies), "a day has more energies than slots")
    return values


def value_at(day: DayValues, at: int) -> SlotValue:
    """The value of one of a day's slots, without unpacking the others."""
    before = first = 0
    for run in day.runs:
        missing = run.state == SlotState.MISSING
        if at < first + run.count:
            if missing:
                return NO_VALUE
            energy_mwh = _energy(day.energies, before + at - first)
            state, method = SlotState(run.state), Method(run.method)
            return SlotValue(energy_mwh, state, run.corrections, method, run.quality, run.file, run.issued_ms)
        before += 0 if missing else run.count
        first += run.count
    require(False, "a day has fewer slots than are asked for")
    return NO_VALUE


def _energy(energies: bytes, number: int) -> int:
    """One of the energies, by its place among them: each ends with its first byte below 128."""
    at = 0
    while number:
        number -= energies[at] < 0x80
        at += 1
    energy_mwh = shift = 0
    while energies[at] & 0x80:
        energy_mwh |= (energies[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return energy_mwh | energies[at] << shift


def _append(energies: bytearray, energy_mwh: int) -> None:
    require(0 <= energy_mwh <= MAX_SLOT_MWH, "a slot has more energy than it may")
    while energy_mwh > 0x7F:
        energies.append(energy_mwh & 0x7F | 0x80)
        energy_mwh >>= 7
    energies.append(energy_mwh)
