"""What storage units and consumers send. Amounts in base units, energy in Wh."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ledger.bank.payloads import Positive
from ledger.encoding.codec import Bytes20, Uint, Value
from ledger.energy.storage_terms import IDEAL, StorageTerms
from ledger.limits import MAX_BATCH_ITEMS


class OpenSession(Value, frozen=True):
    """Lock ENT to draw energy from `unit`; up to `overdraft` more may be burned if more is drawn than was granted."""

    unit: Bytes20
    amount: Positive
    overdraft: Uint


class CloseSession(Value, frozen=True):
    """End the sender's session at `unit`; what is left of its lock returns once its last reading is known."""

    unit: Bytes20


class ReleaseSession(Value, frozen=True):
    """A unit ends the open session `number` of `consumer`, or gives the lock of one that waits back."""

    consumer: Bytes20
    number: Positive


class EnergyProduced(Value, frozen=True):
    """A unit reports that `producer` delivered `energy_wh` into it."""

    sequence: Positive
    producer: Bytes20
    energy_wh: Positive


class EnergyConsumed(Value, frozen=True):
    """A unit reports that `consumer` drew `energy_wh` from it."""

    sequence: Positive
    consumer: Bytes20
    energy_wh: Positive


class EnergyActual(Value, frozen=True):
    """A unit reports the energy that it really holds."""

    sequence: Positive
    energy_wh: Uint


class ProducedItem(Value, frozen=True, tag=1):
    """See `EnergyProduced`."""

    producer: Bytes20
    energy_wh: Positive


class ConsumedItem(Value, frozen=True, tag=2):
    """See `EnergyConsumed`."""

    consumer: Bytes20
    energy_wh: Positive


class ActualItem(Value, frozen=True, tag=3):
    """See `EnergyActual`."""

    energy_wh: Uint


ReportItem = ProducedItem | ConsumedItem | ActualItem


class EnergyBatch(Value, frozen=True):
    """Several reports of a unit under one sequence number, applied in order; all or none."""

    sequence: Positive
    items: Annotated[tuple[ReportItem, ...], msgspec.Meta(min_length=1, max_length=MAX_BATCH_ITEMS)]


class RegisterUnit(Value, frozen=True, tag=3):
    """Register a storage unit; capacity (Wh) and maximum power (W) 0: unlimited, as in the thesis."""

    unit: Bytes20
    owner: Bytes20
    capacity_wh: Uint
    max_power_w: Uint
    terms: StorageTerms = IDEAL


class RemoveUnit(Value, frozen=True, tag=4):
    """Remove a storage unit with all its energy."""

    unit: Bytes20


class ReinstateUnit(Value, frozen=True, tag=11):
    """Let a suspended unit work again; `accept_wh` of its quarantined gain is booked, the rest dropped."""

    unit: Bytes20
    accept_wh: Uint


class ChangeUnit(Value, frozen=True, tag=12):
    """Change a registered unit's capacity (Wh), maximum power (W) and terms; its books stay."""

    unit: Bytes20
    capacity_wh: Uint
    max_power_w: Uint
    terms: StorageTerms


class Annul(Value, frozen=True, tag=13):
    """Destroy ENT of an expelled account, at most what its own, removed unit minted lately."""

    address: Bytes20
    unit: Bytes20
    amount: Uint
