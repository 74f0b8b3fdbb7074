"""What meters sign, and what binds them to accounts (rules M1-M11).

Readings are cumulative raw registers, delta-encoded: the first absolute, each further one as steps from the one
before. One meter, one signature: the transaction's own; its nonce is the sequence of the last reading.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.chain.envelope import Signatures
from ledger.encoding.codec import Bytes32, Bytes64, Value, encode
from ledger.encoding.quantities import Address, FieldUnit, Number, Quantity, Register, TimeMs
from ledger.keys.address import SenderKey
from ledger.keys.crypto import DOMAIN_BIND_METER, DOMAIN_CLOSE_METER, signing_bytes
from ledger.limits import MAX_INTEGER
from ledger.metering.limits import MAX_READINGS, MAX_REGISTER_FACTOR, MAX_SEQUENCE_STEP
from ledger.metering.schema import MeterKind


class MeteringTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    BIND_METER = 96
    REPLACE_METER = 97
    UNBIND_METER = 98
    SUBMIT_READINGS = 99


class SettleJump(Value, frozen=True, tag=96):
    """Count (`accept`) or drop the jump of a meter's register that is quarantined, `jump` raw steps high."""

    meter_key: bytes
    jump: Register
    accept: bool


class ReleaseMeter(Value, frozen=True, tag=97):
    """Let an unbound meter's key be bound to another unit, account or register than it was."""

    meter_key: bytes


Scale = Annotated[int, msgspec.Meta(ge=-9, le=9), FieldUnit(Quantity.PLAIN)]


Kind = Annotated[int, msgspec.Meta(ge=1, le=3), MeterKind]


SignedStep = Annotated[int, msgspec.Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)]


Factor = Annotated[int, msgspec.Meta(ge=1, le=MAX_REGISTER_FACTOR), FieldUnit(Quantity.PLAIN)]


Obis = Annotated[bytes, msgspec.Meta(min_length=6, max_length=6)]


class ClockQuality(IntEnum):
    """How far a device trusts its clock."""

    UNSET = 0
    HOLDOVER = 1
    SYNCED = 2


NO_SERIAL: Final = bytes(32)
"""In place of the hash of its own number: the meter tells none."""


class MeterTerms(Value, frozen=True):
    """A meter's statement of what it is and shows, and where it is to be bound; unit, meter and account agree on it.

    The meter makes and signs it where it is read, so nobody else says what its register shows. Wh are
    raw x `factor` (of the transformers in front of it, else 1) x 10^`scale`. `rollover`: the register's modulus in raw
    steps, 0 if it never wraps. `serial`: SHA-256 of the number by which the meter calls itself, zeros if it has none.
    The opening register (raw, at `opening_ms`) bills nothing.
    """

    unit: Address
    account: Address
    kind: Kind
    meter_key: bytes
    serial: Bytes32
    profile: Bytes32
    obis: Obis
    scale: Scale
    factor: Factor
    rollover: Register
    max_power_w: Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER), FieldUnit(Quantity.POWER_W)]
    opening_ms: TimeMs
    opening_register: Register
    opening_sequence: Number

    def message(self, genesis_hash: bytes) -> bytes:
        """The bytes that the meter signs, and the account where no closing register comes with them."""
        return signing_bytes(DOMAIN_BIND_METER, genesis_hash, encode(self))


class Closing(Value, frozen=True):
    """What an old meter showed at its end, raw; without the account's signature it does not count."""

    meter_key: bytes
    time_ms: TimeMs
    register: Register

    def message(self, genesis_hash: bytes, terms: MeterTerms) -> bytes:
        """The bytes that the account signs instead of the terms alone."""
        return signing_bytes(DOMAIN_CLOSE_METER, genesis_hash, encode((terms, self)))


class BindMeter(Value, frozen=True):
    """Bind a meter key to (unit, account, kind); sent by the unit. The meter signs the terms, so does the account."""

    terms: MeterTerms
    meter_signature: Bytes64
    account_key: SenderKey
    account_signatures: Signatures


class ReplaceMeter(Value, frozen=True):
    """Put a new meter (or a reset register) in the place of a bound one.

    With a closing register the old meter is billed up to that, and the account signs both; without one what the old
    meter signed last stands. The new terms open the account anew.
    """

    old_key: bytes
    closing: Annotated[tuple[Closing, ...], msgspec.Meta(max_length=1)]
    binding: BindMeter


class UnbindMeter(Value, frozen=True):
    """End a binding; sent by the unit."""

    meter_key: bytes


class ReadingStep(Value, frozen=True):
    """A reading as the difference to the one before: sequence, time in ms, raw register (levels may fall)."""

    sequence: Annotated[int, msgspec.Meta(ge=1, le=MAX_SEQUENCE_STEP), FieldUnit(Quantity.NUMBER)]
    time_ms: Annotated[SignedStep, FieldUnit(Quantity.DURATION_MS)]
    register: Annotated[SignedStep, FieldUnit(Quantity.REGISTER)]


class SubmitReadings(Value, frozen=True):
    """Readings of one register of one meter.

    `profile`: hash of the register profile in use; `boot`: how often the device started; `flags`: bit 0 tamper.
    """

    profile: Bytes32
    boot: Number
    clock: Annotated[int, msgspec.Meta(ge=0, le=2), ClockQuality]
    flags: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1), FieldUnit(Quantity.PLAIN)]
    obis: Obis
    scale: Scale
    first_ms: TimeMs
    first_register: Register
    steps: Annotated[tuple[ReadingStep, ...], msgspec.Meta(max_length=MAX_READINGS - 1)]

    def first_sequence(self, nonce: int) -> int:
        """The sequence of the first reading; below 1 if the steps do not fit the nonce."""
        return nonce - sum(step.sequence for step in self.steps)
