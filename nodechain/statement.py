"""A statement of account from genesis balances and events alone: what a wallet or an auditor can add up.

Folds decoded events, receipt by receipt, into balances with their locks, the books of the units, the metered energy
of the households, the supply and the rate; `differences` compares the sums with a state. An event that lacks
something, is missing, or says something twice shows up here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ledger import events as e
from ledger.genesis import Genesis
from ledger.invariants import entries
from ledger.module import LEDGER
from ledger.rules.bank import WITHDRAWAL_LOCK
from ledger.rules.sessions import RESERVATION_LOCK, SESSION_LOCK, WAITING_LOCK
from ledger.schema import (
    BALANCES,
    HOUSEHOLDS,
    IMBALANCE,
    LOCKS,
    SUPPLY,
    UNITS,
    Asset,
    Household,
    Unit,
)
from ledger.state import Reader
from ledger.types import Event
from market import events as m
from market.escrow import ORDER_LOCK
from market.module import MARKET
from market.types import Side

Key = tuple[object, ...]
K = TypeVar("K")
ASSET_OF = {int(Side.BUY): Asset.EEURO, int(Side.SELL): Asset.ENT}
AVAILABLE = "available"
SESSION, WAITING, RESERVATION = SESSION_LOCK.name, WAITING_LOCK.name, RESERVATION_LOCK.name
WITHDRAWAL, ORDER = WITHDRAWAL_LOCK.name, ORDER_LOCK.name
PURPOSE_NAMES = {purpose.number: purpose.name for purpose in (*LEDGER.purposes, *MARKET.purposes)}


@dataclass
class Statement:
    """Sums by (address, asset, place), (unit, place), (household, kind), asset; and the last rate."""

    fee_asset: int
    tokens: Counter[Key] = field(default_factory=Counter)
    energy: Counter[Key] = field(default_factory=Counter)
    metered: Counter[Key] = field(default_factory=Counter)
    supply: Counter[int] = field(default_factory=Counter)
    rate: int = 0
    unknown: list[Event] = field(default_factory=list)

    @classmethod
    def opening(cls, genesis: Genesis) -> Statement:
        """Nothing yet: what a genesis grants is in its events as well."""
        return cls(genesis.fee_asset)

    def add(self, events: Iterable[Event]) -> None:
        """The next receipt's events."""
        for event in events:
            if not (self._tokens(event) or self._energy(event) or self._orders(event)):
                self._others(event)

    def _move(self, address: bytes, asset: int, amount: int, source: str, target: str) -> None:
        self.tokens[address, asset, source] -= amount
        self.tokens[address, asset, target] += amount

    def _create(self, address: bytes, asset: int, amount: int, place: str = AVAILABLE) -> None:
        self.tokens[address, asset, place] += amount
        self.supply[asset] += amount

    def _tokens(self, event: Event) -> bool:
        match event:
            case e.FeePaid(payer, account, amount):
                self.tokens[payer, self.fee_asset, AVAILABLE] -= amount
                self.tokens[account, self.fee_asset, AVAILABLE] += amount
            case e.Transferred(asset, sender, recipient, amount):
                self.tokens[sender, asset, AVAILABLE] -= amount
                self.tokens[recipient, asset, AVAILABLE] += amount
            case e.CurrencyMinted(_, recipient, amount):
                self._create(recipient, Asset.EEURO, amount)
            case e.CurrencyBurned(_, holder, amount):
                self._create(holder, Asset.EEURO, -amount, WITHDRAWAL)
            case e.Annulled(address, _, amount):
                self._create(address, Asset.ENT, -amount)
            case e.WithdrawalLocked(holder, amount):
                self._move(holder, Asset.EEURO, amount, AVAILABLE, WITHDRAWAL)
            case e.WithdrawalUnlocked(_, holder, amount):
                self._move(holder, Asset.EEURO, amount, WITHDRAWAL, AVAILABLE)
            case _:
                return False
        return True

    def _energy(self, event: Event) -> bool:
        match event:
            case e.EnergyStored(unit, producer, owner, energy, minted, share, _, lost):
                self._create(producer, Asset.ENT, minted)
                self._create(owner, Asset.ENT, share)
                self.energy[unit, AVAILABLE] += energy
                self.metered[producer, "produced"] += energy + lost
            case e.SessionOpened(unit, consumer, _, locked, energy, _, _, _, reservation):
                self._move(consumer, Asset.ENT, locked, AVAILABLE, SESSION)
                self._move(consumer, Asset.ENT, reservation, AVAILABLE, RESERVATION)
                self.energy[unit, AVAILABLE] -= energy
                self.energy[unit, SESSION] += energy
            case e.EnergyDrawn(unit, consumer, energy, burned, _, _, lost, waiting):
                self._create(consumer, Asset.ENT, -burned, WAITING if waiting else SESSION)
                self.energy[unit, SESSION] -= energy - lost
                self.metered[consumer, "consumed"] += energy
            case e.SessionEnded(_, consumer, _, locked):
                self._move(consumer, Asset.ENT, locked, SESSION, WAITING)
            case e.SessionClosed(unit, consumer, _, returned, energy, _, waiting):
                self._move(consumer, Asset.ENT, returned, WAITING if waiting else SESSION, AVAILABLE)
                self.energy[unit, SESSION] -= energy
                self.energy[unit, AVAILABLE] += energy
            case e.EnergyLost(unit, _, _, _, energy) | e.EnergyUncovered(unit, energy):
                self.energy[unit, SESSION] -= energy
                self.energy[unit, AVAILABLE] += energy
            case e.ReservationPaid(_, consumer, owner, _, paid, returned):
                self._move(consumer, Asset.ENT, returned, RESERVATION, AVAILABLE)
                self.tokens[consumer, Asset.ENT, RESERVATION] -= paid
                self.tokens[owner, Asset.ENT, AVAILABLE] += paid
            case e.ExcessDrawn(unit, consumer, energy, burned, _, _, _):
                self._create(consumer, Asset.ENT, -burned)
                self.energy[unit, AVAILABLE] -= energy
                self.metered[consumer, "consumed"] += energy
            case e.BooksExceeded(unit, energy):
                self.energy[unit, AVAILABLE] += energy
            case e.ActualReported(unit, _, lost, gained):
                self.energy[unit, AVAILABLE] += gained - lost
            case e.LossExplained(unit, energy):
                self.energy[unit, AVAILABLE] += energy
            case e.ExpectedLoss(unit, energy) | e.GainExplained(unit, energy):
                self.energy[unit, AVAILABLE] -= energy
            case e.UnitReinstated(unit, accepted, _):
                self.energy[unit, AVAILABLE] += accepted
            case e.UnitRemoved(unit, energy):
                self.energy[unit, AVAILABLE] -= energy
            case _:
                return False
        return True

    def _orders(self, event: Event) -> bool:
        match event:
            case m.OrderPlaced(_, owner, side, _, _, _, _, locked):
                self._move(owner, ASSET_OF[side], locked, AVAILABLE, ORDER)
            case m.Traded(_, _, buyer, seller, _, quantity, payment, released):
                self.tokens[seller, Asset.ENT, ORDER] -= quantity
                self.tokens[buyer, Asset.ENT, AVAILABLE] += quantity
                self.tokens[buyer, Asset.EEURO, ORDER] -= payment + released
                self.tokens[buyer, Asset.EEURO, AVAILABLE] += released
                self.tokens[seller, Asset.EEURO, AVAILABLE] += payment
            case m.OrderCancelled(_, owner, side, _, unlocked, _) | m.OrderExpired(_, owner, side, _, unlocked):
                self._move(owner, ASSET_OF[side], unlocked, ORDER, AVAILABLE)
            case m.OrderReplaced(_, _, owner, side, _, _, _, _, unlocked, locked):
                self._move(owner, ASSET_OF[side], unlocked, ORDER, AVAILABLE)
                self._move(owner, ASSET_OF[side], locked, AVAILABLE, ORDER)
            case _:
                return False
        return True

    def _others(self, event: Event) -> None:
        match event:
            case e.GridImported(_, account, energy):
                self.metered[account, "imported"] += energy
            case e.GridExported(_, account, energy):
                self.metered[account, "exported"] += energy
            case e.RateChanged(rate, _):
                self.rate = rate
            case _:
                if type(event) not in MOVES_NOTHING:
                    self.unknown.append(event)

    def differences(self, state: Reader) -> list[str]:
        """Where the state says something else, in words; empty if the statement reproduces it."""
        return [
            *(f"nobody knows what {event} moves" for event in self.unknown),
            *_compare("tokens", self.tokens, _stored_tokens(state)),
            *_compare("energy", self.energy, _stored_energy(state)),
            *_compare("metered", self.metered, _stored_metered(state)),
            *_compare("supply", self.supply, Counter({key[0]: v.amount for key, v in entries(state, SUPPLY)})),
            *_compare("rate", Counter({"rate": self.rate}), Counter({"rate": _stored_rate(state)})),
        ]


MOVES_NOTHING = frozenset(
    {
        e.GainQuarantined, e.UnitSuspended, e.UnitRegistered, e.MeterBound, e.MeterUnbound, e.MeterReleased,
        e.ReadingsAccepted, e.ReadingQuarantined, e.JumpSettled,
        e.VoteOpened, e.VoteCast, e.VoteClosed, e.VoterChanged, e.BankerChanged,
        e.ParameterChanged, e.MemberChanged, e.ValidatorAdded, e.ValidatorRemoved, e.ValidatorSeen,
        e.ValidatorPunished, e.LossesNoticed, e.UnitChanged,
    }
)  # fmt: skip


def _compare(what: str, ours: Mapping[K, int], stored: Mapping[K, int]) -> list[str]:
    names = sorted({*ours, *stored}, key=repr)
    return [
        f"{what} {name!r}: events say {ours.get(name, 0)}, the state {stored.get(name, 0)}"
        for name in names
        if ours.get(name, 0) != stored.get(name, 0)
    ]


def _stored_tokens(state: Reader) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for key, value in entries(state, BALANCES):
        found[key[:20], key[20], AVAILABLE] = value.available
    for key, lock in entries(state, LOCKS):
        found[key[:20], key[20], PURPOSE_NAMES[key[21]]] = lock.amount
    return found


def _stored_energy(state: Reader) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for key, unit in entries(state, UNITS):
        assert isinstance(unit, Unit)
        found[key, AVAILABLE], found[key, SESSION] = unit.available_wh, unit.locked_wh
    return found


def _stored_metered(state: Reader) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for key, value in entries(state, HOUSEHOLDS):
        for place in Household.__struct_fields__:
            found[key, place.removesuffix("_wh")] = getattr(value, place)
    return found


def _stored_rate(state: Reader) -> int:
    return sum(value.rate for _key, value in entries(state, IMBALANCE))
