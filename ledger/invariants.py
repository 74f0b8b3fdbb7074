"""What must hold of every state (rules Z1-Z7), as functions over committed state, for tests and `nodechain audit`."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from ledger.accounts import ASSET_KEYS
from ledger.errors import require
from ledger.rules.voting import VOTER_COUNT
from ledger.schema import (
    ACCOUNTS,
    BALANCES,
    BINDINGS,
    COUNTERS,
    IMBALANCE,
    METERS,
    SESSIONS,
    SUPPLY,
    UNIT_SESSIONS,
    UNITS,
    VOTERS,
    VOTES,
    WITHDRAWALS,
    Asset,
    Table,
)
from ledger.state import Reader

T = TypeVar("T")


def entries(state: Reader, table: Table[T]) -> Iterator[tuple[bytes, T]]:
    """All entries of a table, decoded, in order of key."""
    for key, value in state.scan(table.number, b"", None):
        yield key, table.codec.decode_trusted(value)


def check_supply(state: Reader) -> None:
    """For each asset, available and locked balances sum to the supply (Z1)."""
    sums: Tally[bytes] = Tally()
    for key, value in entries(state, BALANCES):
        sums[key[20:]] += value.available + value.session + value.order + value.withdrawal
    supplies = {key: value.amount for key, value in entries(state, SUPPLY)}
    for asset in Asset:
        key = ASSET_KEYS[asset]
        require(
            sums[key] == supplies.get(key, 0),
            f"the balances of {asset.name} sum to {sums[key]}, its supply is {supplies.get(key, 0)}",
        )


def check_session_locks(state: Reader) -> None:
    """Session locks of accounts and units equal what the open sessions say (Z2)."""
    tokens: Tally[bytes] = Tally()
    energy: Tally[bytes] = Tally()
    opened: Tally[bytes] = Tally()
    for key, session in entries(state, SESSIONS):
        tokens[key[:20]] += session.locked
        energy[key[20:]] += session.energy_wh
        opened[key[:20]] += 1
        require(session.energy_wh > 0, "an open session has no energy left")
        require(session.locked >= session.energy_wh * 10**6, "a session's lock does not pay its energy at par")
    ent = ASSET_KEYS[Asset.ENT]
    for key, value in entries(state, BALANCES):
        expected = tokens.pop(key[:20], 0) if key[20:] == ent else 0
        require(value.session == expected, f"a session lock is {value.session}, the open sessions say {expected}")
    require(not tokens, "an open session has no lock behind it")
    for key, unit in entries(state, UNITS):
        require(unit.locked_wh == energy.pop(key, 0), "a unit's locked energy is not that of its sessions")
    require(not energy, "a session is open at an unknown unit")
    links = sum(1 for _ in entries(state, UNIT_SESSIONS))
    require(links == sum(opened.values()), "the index of sessions by unit is not complete")
    for address, account in entries(state, ACCOUNTS):
        require(account.open_sessions == opened.pop(address, 0), "an account's count of open sessions is wrong")
    require(not opened, "a session belongs to an unknown account")


def check_withdrawal_locks(state: Reader) -> None:
    """Withdrawal locks equal what their holders ask the banker to pay out (Z7)."""
    asked = {key: value.value for key, value in entries(state, WITHDRAWALS)}
    currency = ASSET_KEYS[Asset.EEURO]
    for key, value in entries(state, BALANCES):
        expected = asked.pop(key[:20], 0) if key[20:] == currency else 0
        require(value.withdrawal == expected, f"a withdrawal lock is {value.withdrawal}, {expected} is asked for")
    require(not asked, "a withdrawal is asked for without a lock behind it")


def check_network_energy(state: Reader) -> None:
    """Network energy is the sum over units of available and locked Wh (Z3)."""
    total = sum(unit.available_wh + unit.locked_wh for _key, unit in entries(state, UNITS))
    stored = sum(value.network_wh for _key, value in entries(state, IMBALANCE))
    require(total == stored, f"the units hold {total} Wh, the network says {stored}")


def check_rate(state: Reader) -> None:
    """No imbalance, no rate (Z4)."""
    rate = sum(value.rate for _key, value in entries(state, IMBALANCE))
    network = sum(value.network_wh for _key, value in entries(state, IMBALANCE))
    ent = sum(value.amount for key, value in entries(state, SUPPLY) if key == ASSET_KEYS[Asset.ENT])
    balanced = ent == network * 10**6
    require((rate == 0) == balanced, f"the rate is {rate} at a difference of {ent - network * 10**6}")


def check_votes(state: Reader) -> None:
    """Open votes have supporters, all of them voters, and not enough to have passed; the counts are right (Z5)."""
    voters = {key for key, _value in entries(state, VOTERS)}
    counters = {key: value.value for key, value in entries(state, COUNTERS)}
    require(counters.get(VOTER_COUNT, 0) == len(voters), "the count of voters is wrong")
    opened: Tally[bytes] = Tally()
    for _key, vote in entries(state, VOTES):
        opened[vote.opened_by] += 1
        require(bool(vote.yes) and set(vote.yes) <= voters, "an open vote has no supporter, or one that is no voter")
        require(2 * len(vote.yes) <= len(voters), "an open vote has passed but was not carried out")
    for address, account in entries(state, ACCOUNTS):
        require(account.open_votes == opened.pop(address, 0), "an account's count of open votes is wrong")
    require(not opened, "a vote was opened by an unknown account")


def check_bindings(state: Reader) -> None:
    """Bindings and bound meters name each other (Z6)."""
    bound = {key: value.target for key, value in entries(state, BINDINGS)}
    meters = {key: meter for key, meter in entries(state, METERS) if meter.unit}
    require(len(bound) == len(meters), "bindings and bound meters differ in number")
    for key, meter_key in bound.items():
        meter = meters.get(meter_key)
        require(
            meter is not None and key == meter.unit + meter.account + bytes((meter.kind,)),
            "a binding names a meter that does not name it",
        )


LEDGER_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_supply,
    check_session_locks,
    check_withdrawal_locks,
    check_network_energy,
    check_rate,
    check_votes,
    check_bindings,
)
