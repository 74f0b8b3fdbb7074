"""What users, storage units and the banker say; one struct a type. Amounts in base units, energy in Wh."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ledger.codec import Bytes20, Bytes32, Bytes64, Uint, Value
from ledger.limits import MAX_BATCH_ITEMS

Positive = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
AssetNumber = Annotated[int, msgspec.Meta(ge=1, le=2)]


class Transfer(Value, frozen=True):
    """Send `amount` of `asset` to `recipient`."""

    asset: AssetNumber
    recipient: Bytes20
    amount: Positive


class LockWithdrawal(Value, frozen=True):
    """Lock eEuro until the banker has paid it out (and burns it) or unlocks it."""

    amount: Positive


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


class MintCurrency(Value, frozen=True):
    """The banker issues eEuro to `recipient` against money received."""

    recipient: Bytes20
    amount: Positive


class BurnCurrency(Value, frozen=True):
    """The banker destroys eEuro that `holder` locked for withdrawal, after paying it out."""

    holder: Bytes20
    amount: Positive


class UnlockCurrency(Value, frozen=True):
    """The banker gives eEuro locked for withdrawal back to `holder`."""

    holder: Bytes20
    amount: Positive


class ValidatorAlive(Value, frozen=True):
    """A validator key shows that it is running: its signature over `possession_message` at a recent height."""

    key: Bytes32
    height: Uint
    signature: Bytes64
