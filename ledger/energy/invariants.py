"""What must hold of sessions, books and the rate in every state (rules Z2, Z3, Z4)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.balances import ASSET_KEYS, lock_key
from ledger.bank.schema import SUPPLY
from ledger.chain.invariants import check_account_counters, check_locks, entries
from ledger.chain.parameters import PARTS
from ledger.chain.schema import PARAMETERS, SWEEPS
from ledger.energy.parameters import RECOVERY_SHARE
from ledger.energy.schema import (
    DEFICITS,
    IMBALANCE,
    OPEN_DEFICIT,
    PRESUMED,
    SESSIONS,
    UNCOVERED,
    UNIT_SESSIONS,
    UNITS,
    WAITING_SESSIONS,
)
from ledger.energy.sessions import OPEN_SESSIONS, RESERVATION_LOCK, SESSION_LOCK, WAITING_LOCK, index_key
from ledger.errors import require
from ledger.state.overlay import Reader
from ledger.state.table import big_endian


def check_session_locks(state: Reader) -> None:
    """Locks of accounts and energy locked in units equal what open and waiting sessions say (Z2)."""
    found = [(key, session, SESSION_LOCK) for key, session in entries(state, SESSIONS)]
    found += [(key, session, WAITING_LOCK) for key, session in entries(state, WAITING_SESSIONS)]
    tokens: dict[int, Tally[bytes]] = {SESSION_LOCK.number: Tally(), WAITING_LOCK.number: Tally()}
    reserved: Tally[bytes] = Tally()
    energy: Tally[bytes] = Tally()
    opened: Tally[bytes] = Tally()
    listed: dict[bytes, bytes] = {}
    for key, session, purpose in found:
        consumer, unit, backed = key[:20], key[20:40], session.energy_wh - session.lost_wh
        tokens[purpose.number][lock_key(consumer, ENERGY_ASSET, purpose)] += session.locked
        energy[unit] += backed
        require(session.energy_wh > 0, "a session has no energy left")
        require(session.locked >= session.energy_wh * 10**6, "a session's lock does not pay its energy at par")
        require(backed >= 0, "a session has lost more energy than it may draw")
        if session.reservation:
            reserved[lock_key(consumer, ENERGY_ASSET, RESERVATION_LOCK)] += session.reservation
        if backed:
            listed[index_key(unit, session)] = consumer
        if purpose is SESSION_LOCK:
            opened[consumer] += 1
            require(session.ended_ms == 0 and session.lost_wh == 0, "an open session has ended, or lost energy")
        else:
            require(session.ended_ms > 0, "a waiting session has not ended")
            require(key[40:] == big_endian(session.number), "a waiting session stands under another number")
    for purpose in (SESSION_LOCK, WAITING_LOCK):
        check_locks(state, purpose, tokens[purpose.number])
    check_locks(state, RESERVATION_LOCK, reserved)
    check_account_counters(state, OPEN_SESSIONS, opened)
    index = {key: link.target for key, link in entries(state, UNIT_SESSIONS)}
    require(index == listed, "the index of sessions by unit is not that of the sessions that hold energy")
    _check_session_energy(state, energy)


def _check_session_energy(state: Reader, energy: Tally[bytes]) -> None:
    """What sessions hold is locked in their units, or uncovered while a sweep ends them (Z2)."""
    uncovered = {key: value.value for key, value in entries(state, UNCOVERED)}
    swept = {sweep.subject for _key, sweep in entries(state, SWEEPS)}
    require(uncovered.keys() <= swept, "a unit lacks energy for its sessions and no sweep ends them")
    for key, unit in entries(state, UNITS):
        held = unit.locked_wh + uncovered.get(key, 0)
        require(held == energy.pop(key, 0), "a unit's locked energy is not that of its sessions")
    require(not any(energy.values()), "a session is open at an unknown unit")


def check_network_energy(state: Reader) -> None:
    """Network energy is the sum over units of available and locked Wh (Z3)."""
    total = sum(unit.available_wh + unit.locked_wh for _key, unit in entries(state, UNITS))
    stored = sum(value.network_wh for _key, value in entries(state, IMBALANCE))
    require(total == stored, f"the units hold {total} Wh, the network says {stored}")


def check_rate(state: Reader) -> None:
    """No open gap, no rate; and never one below the formula (Z4)."""
    rate = sum(value.rate for _key, value in entries(state, IMBALANCE))
    covered = sum(value.network_wh + value.presumed_wh for _key, value in entries(state, IMBALANCE))
    ent = sum(value.amount for key, value in entries(state, SUPPLY) if key == ASSET_KEYS[ENERGY_ASSET])
    balanced = ent == covered * 10**6
    gap = abs(ent - covered * 10**6)
    require((rate == 0) == balanced, f"the rate is {rate} at a difference of {gap}")
    share = dict(entries(state, PARAMETERS))[RECOVERY_SHARE.encode()].value
    require(rate >= -(-gap * share // PARTS), f"the rate is {rate}, below the share of the difference {gap}")


def check_presumed(state: Reader) -> None:
    """What is presumed drawn is summed, and of each pair no more than its sessions grant: tokens are locked (Z4)."""
    granted: Tally[bytes] = Tally()
    for table in (SESSIONS, WAITING_SESSIONS):
        for key, session in entries(state, table):
            granted[key[20:40] + key[:20]] += session.energy_wh
    found = {key: value.energy_wh for key, value in entries(state, PRESUMED)}
    total = sum(value.presumed_wh for _key, value in entries(state, IMBALANCE))
    require(sum(found.values()) == total, f"{total} Wh are presumed drawn, of pairs {sum(found.values())}")
    require(all(0 < wh <= granted[key] for key, wh in found.items()), "more is presumed drawn than sessions grant")


def check_deficits(state: Reader) -> None:
    """Late readings have paid above D at most what the deficits came to (Z4)."""
    found = [(entry.late, entry.size) for _key, entry in entries(state, OPEN_DEFICIT)]
    found += [(entry.late, entry.size) for _key, entry in entries(state, DEFICITS)]
    require(all(late <= size for late, size in found), "late readings paid more than a deficit came to")


ENERGY_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_session_locks,
    check_network_energy,
    check_rate,
    check_presumed,
    check_deficits,
)
