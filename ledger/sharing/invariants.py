"""What must hold of sharing in every state (rules SC1, SC3, SC5, SC8, SC9)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.chain.parameters import PARTS
from ledger.chain.schema import SWEEPS
from ledger.debts.pools import DebtPool
from ledger.debts.schema import DEBTS
from ledger.errors import require
from ledger.keys.address import ADDRESS_BYTES
from ledger.sharing.absent import AbsentPoints, absence, absent_in
from ledger.sharing.credit_schema import CREDIT_RUNS, CreditRun
from ledger.sharing.late_schema import LATE_CORRECTIONS, LATE_RUNS, WAITING_CORRECTIONS
from ledger.sharing.members import chunk_key
from ledger.sharing.payments import run_account
from ledger.sharing.schema import (
    ABSENT_POINTS,
    DAY_RUNS,
    FOLDED_DAYS,
    MEMBERS,
    OLD_INPUTS,
    PAIRED_ZONES,
    PARTICIPATIONS,
    QUEUED_SLOTS,
    RUN_PARTS,
    RUN_ZONES,
    SCHEME_SUMS,
    SCHEMES,
    SETTLEMENT_SWEEP,
    SLOT_PROGRESS,
    SLOT_RUNS,
    DayRun,
    Participation,
)
from ledger.sharing.versions import FOR_EVER, SCHEME_POOL, factor_at
from ledger.slots.schema import POINTS, Direction
from ledger.state.overlay import Reader
from ledger.state.table import big_endian


def check_sums(state: Reader) -> None:
    """In each month of a scheme what was bought was sold, and what is paid with fees is received (SC8)."""
    open_sums: dict[bytes, tuple[int, int]] = {}
    for key, entry in entries(state, SCHEME_SUMS):
        energy, money = open_sums.get(key[:16], (0, 0))
        energy += entry.bought_mwh - entry.sold_mwh
        open_sums[key[:16]] = (energy, money + entry.cost + entry.fee - entry.revenue)
    at_work: list[tuple[bytes, DayRun | CreditRun]] = [*entries(state, DAY_RUNS), *entries(state, CREDIT_RUNS)]
    for key, run in at_work:
        months = [month for month in open_sums if month[:8] == key and open_sums[month] != (0, 0)]
        require(len(months) <= 1, "a run is booked in two months")
        for month in months:
            energy, money = open_sums[month]
            open_sums[month] = (energy - run.posted_mwh, money - run.posted)
    require(all(found == (0, 0) for found in open_sums.values()), "a month of a scheme does not sum to nothing")


def check_shares(state: Reader) -> None:
    """The shares of a point in its schemes never sum to more than the whole (SC3)."""
    points: dict[bytes, list[Participation]] = {}
    for key, participation in entries(state, PARTICIPATIONS):
        points.setdefault(key[:8], []).append(participation)
    for found in points.values():
        for slot in sorted({change.from_slot for entry in found for change in entry.changes}):
            require(sum(factor_at(entry, slot) for entry in found) <= PARTS, "a point's shares exceed the whole")


def check_progress(state: Reader) -> None:
    """What is noted of a day's runs is what stands of its slots; old inputs are of runs that were, or go on (SC8)."""
    runs = {key: entry.run for key, entry in entries(state, SLOT_RUNS)}
    noted: dict[bytes, int] = {}
    for key, progress in entries(state, SLOT_PROGRESS):
        version = [entry for place, entry in entries(state, SCHEMES) if place[:8] == key[:8]]
        most = max(entry.points for entry in version)
        require(max(progress.there) <= most, "more values are there than points take part")
        for slot, run in enumerate(progress.runs, progress.first_slot):
            noted |= {key[:8] + big_endian(slot): run} if run else {}
    require(noted == runs, "the runs of slots are noted otherwise")
    at_work = {
        key + big_endian(slot): number
        for key, run in entries(state, DAY_RUNS)
        for slot, number in zip(run.slots, run.runs, strict=True)
    }
    for key, old in entries(state, OLD_INPUTS):
        for one in old.inputs:
            place = key[:8] + big_endian(one.slot)
            require(one.run in (runs.get(place), at_work.get(place)), "an input is remembered of no run")


def check_chunks(state: Reader) -> None:
    """Each chunk of members is that of a version, none is missing; a version has as many points as it says (SC1)."""
    chunks = dict(entries(state, MEMBERS))
    needed: set[bytes] = set()
    for key, version in entries(state, SCHEMES):
        keys = [chunk_key(int.from_bytes(key[:8], "big"), chunk) for chunk in version.chunks]
        require(all(key in chunks for key in keys), "a version has a chunk that is not there")
        counted = Tally(member.direction for key in keys for member in chunks[key].members)
        require(counted[Direction.INJECTION] == version.producers, "a version's producers are miscounted")
        require(counted[Direction.OFFTAKE] == version.consumers, "a version's consumers are miscounted")
        needed |= set(keys)
    require(needed == set(chunks), "a chunk of members is that of no version")


def check_run_parts(state: Reader) -> None:
    """What stands between the pieces of a run is that of one that goes on, or of a correction (SC8, SC15)."""
    at_work = {key + big_endian(slot) for key, run in entries(state, DAY_RUNS) for slot in run.slots}
    for key, correction in entries(state, LATE_CORRECTIONS):
        at_work |= {key[:8] + big_endian(each.slot) for each in correction.entries}
    require(all(key[:16] in at_work for key, _part in entries(state, RUN_PARTS)), "parts of no run")
    require(all(key in at_work for key, _zones in entries(state, RUN_ZONES)), "zones of no run")
    require(all(key[:16] in at_work for key, _pairs in entries(state, PAIRED_ZONES)), "zones of pairs of no run")


def check_absent(state: Reader) -> None:
    """From where a scheme's closed points are counted by slot they are as many as are closed and take part (SC5)."""
    until = {key: point.until_slot for key, point in entries(state, POINTS) if point.until_slot}
    closed = [(key, found) for key, found in entries(state, PARTICIPATIONS) if key[:8] in until]
    known = dict(entries(state, ABSENT_POINTS))
    schemes = {key[8:] for key, _found in closed} | {key[:8] for key in known}
    for scheme in sorted(schemes):
        counted = AbsentPoints(
            0, tuple(one for key, each in known.items() if key[:8] == scheme for one in each.changes)
        )
        marks = {slot for key, found in closed if key[8:] == scheme for slot in absence(found, until[key[:8]])}
        marks |= {each.from_slot for each in counted.changes}
        known_from = min((each.from_slot for each in counted.changes if each.from_slot), default=FOR_EVER)
        for slot in sorted({slot for slot in marks if slot >= known_from} | {max(marks, default=0)}):
            absent = [
                key for key, found in closed if key[8:] == scheme and until[key[:8]] <= slot and factor_at(found, slot)
            ]
            require(absent_in(counted, slot) == len(absent), "closed points are miscounted")


def check_late(state: Reader) -> None:
    """Late runs and corrections are of days that are folded; pieces are as many as they say (SC15, SC17)."""
    slots = {key for key, _correction in entries(state, LATE_CORRECTIONS)} | {
        key for key, _ in entries(state, LATE_RUNS)
    }
    folded = {key[:8] for key, _day in entries(state, FOLDED_DAYS)}
    require(all(key[:8] in folded for key in slots), "a late correction without a folded day")
    working = {key + big_endian(slot) for key, run in entries(state, DAY_RUNS) for slot in run.slots}
    parts = Tally(key[:16] for key, _part in entries(state, RUN_PARTS))
    for key, correction in entries(state, LATE_CORRECTIONS):
        there = sum(parts[key[:8] + big_endian(each.slot)] for each in correction.entries)
        require(key in working or there == correction.pieces, "a correction has other pieces than it says")


def check_waiting(state: Reader) -> None:
    """What waits has a sweep that works on it, and only a run that goes on owes in place of its payers (SC5, SC9)."""
    working = {(sweep.kind, sweep.subject) for _key, sweep in entries(state, SWEEPS)}
    for key, _queued in entries(state, QUEUED_SLOTS):
        require((SETTLEMENT_SWEEP.number, key[:8]) in working, "a slot waits and nothing settles it")
    queued = {key[:8] for key, _queued in entries(state, QUEUED_SLOTS)}
    require(all(key[:8] in queued for key, _ in entries(state, WAITING_CORRECTIONS)), "no slot waits for more")
    by_slot = {key for key, _run in entries(state, DAY_RUNS)}
    running = by_slot | {key for key, _run in entries(state, CREDIT_RUNS)}
    for key in by_slot:
        require((SETTLEMENT_SWEEP.number, key) in working, "a run stands still")
    for key, entry in entries(state, DEBTS):
        pool = DebtPool.of(key[ADDRESS_BYTES:])
        stands_in = pool.kind == SCHEME_POOL and key[:ADDRESS_BYTES] == run_account(pool.number)
        require(not stands_in or big_endian(pool.number) in running, "a run owes that has ended")
        require(not stands_in or entry.amount > 0, "a run owes nothing")


SHARING_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_sums, check_shares, check_progress, check_chunks, check_run_parts,
    check_absent, check_waiting, check_late,
)  # fmt: skip
