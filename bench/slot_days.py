"""Days of slots: blocks for `bench.weights`; what a community's day costs: `python -m bench.slot_days [--points N]`.

The day's cost is that of the operator's values of all points: parts of files with a row a point, imported in blocks of
1,000 points, and what the state grows by. CPU time is all that a validator does, as in `bench.weights`.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from typing import Final

from bench.execution import PROFILE, Community, stages
from ledger.chain.envelope import Transaction
from ledger.chain.parameters import DAY_MS, MINUTE_MS
from ledger.chain.schema import COUNTERS, Counter, Link
from ledger.keys.address import address_of
from ledger.metering.bindings import METERS_OF_UNIT, binding_key, meter_of
from ledger.metering.payloads import MeteringTypeNumber, MeterTerms, ReadingStep, SubmitReadings
from ledger.metering.schema import BINDINGS, METER_ADDRESSES, METERS, MeterKind
from ledger.slots.payloads import NO_ID, ImportRow, ImportSlots, SlotsTypeNumber
from ledger.slots.registration import OPEN_POINTS, POINT_NUMBERS
from ledger.slots.schema import OWNER_POINTS, POINT_IDS, POINTS, SLOT_VALUES, Direction, MeteringPoint, PointId
from ledger.state.overlay import State
from ledger.state.table import big_endian

QUARTER_MS: Final = 900_000
SLOTS: Final = DAY_MS // QUARTER_MS
POINTS_IN_BLOCK: Final = 1_000
ROWS: Final = 200
"""Points of one part: 96 values with steps of two bytes are about 64 KB."""


def with_points(community: Community, count: int) -> None:
    """Points 1 to `count`, of members in turn, from long before on."""
    state = State(community.reader)
    for number in range(1, count + 1):
        owner = community.addresses[number % community.accounts]
        point = MeteringPoint(number, owner, int(Direction.OFFTAKE), "", 0, _hash(b"point %d" % number), False, 0, 0)
        state.put(POINTS, big_endian(number), point)
        state.put(OWNER_POINTS, owner + big_endian(number), Link(big_endian(number)))
    for name in (OPEN_POINTS, POINT_NUMBERS):
        state.put(COUNTERS, name, Counter(count))
    community.commit(state.changes())


def _hash(name: bytes) -> bytes:
    return hashlib.sha256(name).digest()


def imports(community: Community, first_point: int, count: int, day: int, version: int) -> list[Transaction]:
    """A day's values of some points: one file with a row a point, in parts."""
    made = []
    file = _hash(b"file %d %d %d" % (first_point, day, version))
    for part in range(count // ROWS):
        rows = tuple(
            ImportRow(first_point + part * ROWS + place, day * SLOTS, 0, 250_000 + version, _steps(place))
            for place in range(ROWS)
        )
        payload = ImportSlots(file, community.genesis.time_ms + version, part, rows)
        made.append(community.signed(community.members[0], SlotsTypeNumber.IMPORT_SLOTS, payload))
    return made


def _steps(place: int) -> tuple[int, ...]:
    return tuple(((slot * 37 + place * 11) % 250 - 125) * 8 for slot in range(SLOTS - 1))


def imported_day(community: Community, run: int) -> list[list[Transaction]]:
    """A thousand points' day for the first time."""
    if not run:
        with_points(community, POINTS_IN_BLOCK)
    return [imports(community, 1, POINTS_IN_BLOCK, _day(community, run), 0)]


def corrected_day(community: Community, run: int) -> list[list[Transaction]]:
    """The same with other values than before."""
    if not run:
        with_points(community, POINTS_IN_BLOCK)
    day = _day(community, run)
    return [
        imports(community, 1, POINTS_IN_BLOCK, day, 0),
        imports(community, 1, POINTS_IN_BLOCK, day, 1),
    ]


def _day(community: Community, run: int) -> int:
    return community.genesis.time_ms // DAY_MS - 20 + run


def own_readings(community: Community, run: int) -> list[list[Transaction]]:
    """A day of readings of a hundred meters that their owners bound at their own addresses."""
    start_ms = (community.genesis.time_ms // DAY_MS - 20) * DAY_MS
    keys = community.producers
    if not run:
        _bind_own(community, start_ms)
    steps = tuple(ReadingStep(1, QUARTER_MS, 250 + place) for place in range(SLOTS - 1))
    rise = 250 + sum(step.register for step in steps)
    first_ms = start_ms + (run * SLOTS + 1) * QUARTER_MS
    payload = SubmitReadings(PROFILE, 1, 2, 0, bytes(6), 0, first_ms, run * rise + 250, steps)
    nonce = (run + 1) * SLOTS
    return [[community.signed(key, MeteringTypeNumber.SUBMIT_READINGS, payload, nonce) for key in keys]]


def _bind_own(community: Community, start_ms: int) -> None:
    state = State(community.reader)
    for place, key in enumerate(community.producers):
        owner, number = community.addresses[place], place + 1
        terms = MeterTerms(
            owner, owner, MeterKind.PRODUCTION, key.public_key, bytes(32), PROFILE, bytes(6), 0, 1, 0, 10**6, start_ms,
            0, 0,
        )  # fmt: skip
        before = state.get(METERS, key.public_key)
        if before is not None:
            state.delete(BINDINGS, binding_key(before.unit, before.account, before.kind))
        state.put(METERS, key.public_key, meter_of(terms))
        state.put(BINDINGS, binding_key(owner, owner, MeterKind.PRODUCTION), Link(key.public_key))
        state.put(METER_ADDRESSES, address_of(key.public_key), Link(key.public_key))
        state.put(COUNTERS, METERS_OF_UNIT + owner, Counter(1))
        direction = int(Direction.INJECTION)
        state.put(POINTS, big_endian(number), MeteringPoint(number, owner, direction, "", 0, NO_ID, True, 0, 0))
        state.put(POINT_IDS, owner + bytes((direction,)), PointId(number, 0))
        state.put(OWNER_POINTS, owner + big_endian(number), Link(big_endian(number)))
    community.commit(state.changes())


def main() -> None:
    """Import a day of all points, thousand by thousand."""
    parser = argparse.ArgumentParser(description="measure what a day of slots costs")
    parser.add_argument("--points", type=int, default=10_000)
    chosen = parser.parse_args()
    community = Community(1_000)
    with_points(community, chosen.points)
    for version, name in ((0, "first values"), (1, "other values")):
        taken_us, weight, sent = 0.0, 0, 0
        began = time.monotonic()
        for first in range(1, chosen.points + 1, POINTS_IN_BLOCK):
            block = imports(community, first, POINTS_IN_BLOCK, _day(community, 0), version)
            sent += sum(len(entry.raw) for entry in block)
            community.time_ms += MINUTE_MS
            taken_us += sum(cpu_us for _stage, cpu_us in stages(community, block))
            weight += community.last_weight
        held = sum(len(key) + len(value) + 1 for key, value in community.reader.scan(SLOT_VALUES.number, b"", None))
        print(
            f"{name}: {chosen.points:,} points x {SLOTS} slots: {taken_us / 1e6:.2f} s of CPU, {weight:,} units"
            f" ({taken_us / weight:.2f} us each), {sent / 1e6:.2f} MB sent, {held / 1e6:.2f} MB in the state"
            f" ({held / chosen.points:.0f} bytes a point and day), {time.monotonic() - began:.1f} s in all"
        )


if __name__ == "__main__":
    main()
