"""What must hold of every state (rules Z1-Z8), as functions over committed state, for tests and `nodechain audit`."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar

from ledger.accounts import ASSET_KEYS, lock_key
from ledger.errors import require
from ledger.params import PARTS, RECOVERY_SHARE
from ledger.rules.bank import WITHDRAWAL_LOCK
from ledger.rules.metering import METERS_OF_UNIT
from ledger.rules.registers import jump_of
from ledger.rules.sessions import OPEN_SESSIONS, RESERVATION_LOCK, SESSION_LOCK, WAITING_LOCK
from ledger.rules.voting import JUDGED, OPEN_VOTES, VOTER_COUNT
from ledger.schema import (
    ACCOUNT_COUNTERS,
    BALANCES,
    BINDINGS,
    CANDIDATES,
    COUNTERS,
    IMBALANCE,
    LIVENESS,
    LOCKS,
    METERS,
    PARAMETERS,
    SESSIONS,
    SUPPLY,
    SWEEPS,
    UNCOVERED,
    UNIT_SESSIONS,
    UNITS,
    VALIDATORS,
    VOTERS,
    VOTES,
    WAITING_SESSIONS,
    WITHDRAWALS,
    AccountCounter,
    Asset,
    Purpose,
    Table,
    big_endian,
    newest_first,
)
from ledger.state import Reader

T = TypeVar("T")


def entries(state: Reader, table: Table[T]) -> Iterator[tuple[bytes, T]]:
    """All entries of a table, decoded, in order of key."""
    for key, value in state.scan(table.number, b"", None):
        yield key, table.codec.decode_trusted(value)


def check_locks(state: Reader, purpose: Purpose, expected: Mapping[bytes, int]) -> None:
    """The locks of a purpose are what `expected` says by key of `LOCKS`: no more, no less, none of 0."""
    found = {key: value.amount for key, value in entries(state, LOCKS) if key[-1] == purpose.number}
    for key in sorted({*found, *expected}):
        held, says = found.get(key, 0), expected.get(key, 0)
        require(held == says, f"a lock for {purpose.name} is {held}, what it is for says {says}")
    require(all(found.values()), f"a lock for {purpose.name} is 0 and has an entry")


def check_account_counters(state: Reader, kind: AccountCounter, expected: Mapping[bytes, int]) -> None:
    """The accounts' counts of a kind are what `expected` says by address."""
    found = {key[:-1]: value.value for key, value in entries(state, ACCOUNT_COUNTERS) if key[-1] == kind.number}
    for address in sorted({*found, *expected}):
        counted, says = found.get(address, 0), expected.get(address, 0)
        require(counted == says, f"an account's count of {kind.name} is {counted}, there are {says}")


def check_supply(state: Reader) -> None:
    """For each asset, available and locked balances sum to the supply (Z1)."""
    sums: Tally[bytes] = Tally()
    for key, value in entries(state, BALANCES):
        sums[key[20:]] += value.available
    for key, lock in entries(state, LOCKS):
        sums[key[20:-1]] += lock.amount
    supplies = {key: value.amount for key, value in entries(state, SUPPLY)}
    for asset in Asset:
        key = ASSET_KEYS[asset]
        require(
            sums[key] == supplies.get(key, 0),
            f"the balances of {asset.name} sum to {sums[key]}, its supply is {supplies.get(key, 0)}",
        )


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
        tokens[purpose.number][lock_key(consumer, Asset.ENT, purpose)] += session.locked
        energy[unit] += backed
        require(session.energy_wh > 0, "a session has no energy left")
        require(session.locked >= session.energy_wh * 10**6, "a session's lock does not pay its energy at par")
        require(backed >= 0, "a session has lost more energy than it may draw")
        if backed:
            listed[unit + newest_first(session.number)] = consumer
        if purpose is SESSION_LOCK:
            opened[consumer] += 1
            require(session.ended_ms == 0 and session.lost_wh == 0, "an open session has ended, or lost energy")
            if session.reservation:
                reserved[lock_key(consumer, Asset.ENT, RESERVATION_LOCK)] += session.reservation
        else:
            require(session.ended_ms > 0 == session.reservation, "a waiting session has not ended, or reserves")
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


def check_withdrawal_locks(state: Reader) -> None:
    """Withdrawal locks equal what their holders ask the banker to pay out (Z7)."""
    asked = {
        lock_key(holder, Asset.EEURO, WITHDRAWAL_LOCK): value.value for holder, value in entries(state, WITHDRAWALS)
    }
    check_locks(state, WITHDRAWAL_LOCK, asked)


def check_network_energy(state: Reader) -> None:
    """Network energy is the sum over units of available and locked Wh (Z3)."""
    total = sum(unit.available_wh + unit.locked_wh for _key, unit in entries(state, UNITS))
    stored = sum(value.network_wh for _key, value in entries(state, IMBALANCE))
    require(total == stored, f"the units hold {total} Wh, the network says {stored}")


def check_rate(state: Reader) -> None:
    """No imbalance, no rate; and never one below the formula (Z4)."""
    rate = sum(value.rate for _key, value in entries(state, IMBALANCE))
    network = sum(value.network_wh for _key, value in entries(state, IMBALANCE))
    ent = sum(value.amount for key, value in entries(state, SUPPLY) if key == ASSET_KEYS[Asset.ENT])
    balanced = ent == network * 10**6
    gap = abs(ent - network * 10**6)
    require((rate == 0) == balanced, f"the rate is {rate} at a difference of {gap}")
    share = dict(entries(state, PARAMETERS))[RECOVERY_SHARE.encode()].value
    require(rate >= -(-gap * share // PARTS), f"the rate is {rate}, below the share of the difference {gap}")


def check_votes(state: Reader) -> None:
    """Open votes have supporters, all of them voters, and not enough to have passed; the counts are right (Z5).

    After a change of the voters that is judged over blocks, votes may stand that have passed or have no supporter (O4).
    """
    voters = {key for key, _value in entries(state, VOTERS)}
    counters = {key: value.value for key, value in entries(state, COUNTERS)}
    require(counters.get(VOTER_COUNT, 0) == len(voters), "the count of voters is wrong")
    opened: Tally[bytes] = Tally()
    for _key, vote in entries(state, VOTES):
        opened[vote.opened_by] += 1
        require(set(vote.yes) <= voters, "an open vote has a supporter that is no voter")
        if JUDGED not in counters:
            require(bool(vote.yes), "an open vote has no supporter")
            require(2 * len(vote.yes) <= len(voters), "an open vote has passed but was not carried out")
    check_account_counters(state, OPEN_VOTES, opened)


def check_bindings(state: Reader) -> None:
    """Bindings and bound meters name each other, and each unit's are counted (Z6)."""
    bound = {key: value.target for key, value in entries(state, BINDINGS)}
    meters = {key: meter for key, meter in entries(state, METERS) if meter.unit}
    require(len(bound) == len(meters), "bindings and bound meters differ in number")
    for key, meter_key in bound.items():
        meter = meters.get(meter_key)
        require(
            meter is not None and key == meter.unit + meter.account + bytes((meter.kind,)),
            "a binding names a meter that does not name it",
        )
        require(meter is None or jump_of(meter) >= 0, "a quarantined register is below the accepted one")
    counts = Tally(key[:20] for key in bound)
    counters = {key: value.value for key, value in entries(state, COUNTERS) if key.startswith(METERS_OF_UNIT)}
    require(
        counters == {METERS_OF_UNIT + unit: count for unit, count in counts.items()}, "a unit's meters are miscounted"
    )


def check_liveness(state: Reader) -> None:
    """Signs of life are kept for validators and for one other key an account (V5)."""
    known = {value.key for _key, value in entries(state, VALIDATORS)}
    known |= {value.target for _key, value in entries(state, CANDIDATES)}
    for key, _value in entries(state, LIVENESS):
        require(key in known, "a sign of life is kept of a key that neither validates nor is a candidate")


LEDGER_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_supply,
    check_session_locks,
    check_withdrawal_locks,
    check_network_energy,
    check_rate,
    check_votes,
    check_bindings,
    check_liveness,
)
