"""What storage units and consumers send. Amounts in base units, energy in Wh."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import (
    Address,
    EnergyAmount,
    PositiveEnergyAmount,
    PositiveNumber,
    PositiveWattHours,
    WattHours,
    Watts,
)
from ledger.energy.limits import MAX_BATCH_ITEMS
from ledger.energy.storage_terms import IDEAL, StorageTerms


class EnergyTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    OPEN_SESSION = 144
    CLOSE_SESSION = 145
    RELEASE_SESSION = 146
    ENERGY_PRODUCED = 147
    ENERGY_CONSUMED = 148
    ENERGY_ACTUAL = 149
    ENERGY_BATCH = 150


class OpenSession(Value, frozen=True):
    """Lock ENT to draw energy from `unit`; up to `overdraft` more may be burned if more is drawn than was granted."""

    unit: Address
    amount: PositiveEnergyAmount
    overdraft: EnergyAmount


class CloseSession(Value, frozen=True):
    """End the sender's session at `unit`; what is left of its lock returns once its last reading is known."""

    unit: Address


class ReleaseSession(Value, frozen=True):
    """A unit ends the open session `number` of `consumer`, or gives the lock of one that waits back."""

    consumer: Address
    number: PositiveNumber


class EnergyProduced(Value, frozen=True):
    """A unit reports that `producer` delivered `energy_wh` into it."""

    sequence: PositiveNumber
    producer: Address
    energy_wh: PositiveWattHours


class EnergyConsumed(Value, frozen=True):
    """A unit reports that `consumer` drew `energy_wh` from it."""

    sequence: PositiveNumber
    consumer: Address
    energy_wh: PositiveWattHours


class EnergyActual(Value, frozen=True):
    """A unit reports the energy that it really holds."""

    sequence: PositiveNumber
    energy_wh: WattHours


class ProducedItem(Value, frozen=True, tag=1):
    """What `energy_produced` says, in a batch."""

    producer: Address
    energy_wh: PositiveWattHours


class ConsumedItem(Value, frozen=True, tag=2):
    """What `energy_consumed` says, in a batch."""

    consumer: Address
    energy_wh: PositiveWattHours


class ActualItem(Value, frozen=True, tag=3):
    """What `energy_actual` says, in a batch."""

    energy_wh: WattHours


ReportItem = ProducedItem | ConsumedItem | ActualItem


class EnergyBatch(Value, frozen=True):
    """Several reports of a unit under one sequence number, applied in order; all or none."""

    sequence: PositiveNumber
    items: Annotated[tuple[ReportItem, ...], msgspec.Meta(min_length=1, max_length=MAX_BATCH_ITEMS)]


class RegisterUnit(Value, frozen=True, tag=144):
    """Register a storage unit of a person (`owner`); capacity and maximum power 0: unlimited, as in the thesis."""

    unit: Address
    owner: Address
    capacity_wh: WattHours
    max_power_w: Watts
    terms: StorageTerms = IDEAL


class RemoveUnit(Value, frozen=True, tag=145):
    """Remove a storage unit with all its energy."""

    unit: Address


class ReinstateUnit(Value, frozen=True, tag=146):
    """Let a suspended unit work again; `accept_wh` of its quarantined gain is booked, the rest dropped."""

    unit: Address
    accept_wh: WattHours


class ChangeUnit(Value, frozen=True, tag=147):
    """Change a registered unit's capacity, maximum power and terms; its books stay."""

    unit: Address
    capacity_wh: WattHours
    max_power_w: Watts
    terms: StorageTerms


class SetPriority(Value, frozen=True, tag=149):
    """Let an account's sessions that are opened from now on end last where energy is short, or no more."""

    account: Address
    has_priority: bool


class Annul(Value, frozen=True, tag=148):
    """Destroy ENT of an expelled account, at most what a removed unit minted lately."""

    address: Address
    unit: Address
    amount: EnergyAmount
