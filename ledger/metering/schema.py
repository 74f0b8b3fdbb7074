"""Tables of meters, their bindings, and what was reported by hand in their place."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from ledger.chain.schema import DueKind, Link
from ledger.encoding.codec import Value
from ledger.encoding.quantities import AddressOrNone, Number, Plain, PlainSigned, Register, TimeMs, Watts
from ledger.state.table import Table


class MeterKind(IntEnum):
    """What a bound meter measures: registers that rise, or (storage) the level of the unit."""

    PRODUCTION = 1
    CONSUMPTION = 2
    STORAGE = 3


class Quarantine(IntEnum):
    """Why a reading was not billed."""

    FALLEN = 1
    TOO_MUCH = 2
    NOT_LATER = 3
    IN_FUTURE = 4
    ABOVE_CAPACITY = 5


class Meter(Value, frozen=True):
    """What is known of a meter key, also after it was unbound (rule M1).

    Terms of its binding: `unit` and `account` are empty while it is unbound, `place` (unit, account, kind, OBIS code)
    stays until voters release the key; Wh are raw x `factor` x 10^`scale`; `serial` is the hash of the meter's own.
    State: `register` is the raw register up to which energy has counted, at `time_ms`. `quarantined_register`, 0 if
    none: what the meter shows above a jump that waits for a vote, last at `quarantined_ms`; the jump itself lies
    between `quarantined_from_ms` and `quarantined_until_ms`, when it was read (M6). `sent_ms`: block time of its last
    transaction.
    """

    unit: AddressOrNone
    account: AddressOrNone
    kind: Annotated[int, MeterKind]
    place: bytes
    max_power_w: Watts
    rollover: Register
    scale: PlainSigned
    factor: Plain
    obis: bytes
    profile: bytes
    serial: bytes
    sequence: Number
    register: Register
    time_ms: TimeMs
    boot: Number
    quarantined_register: Register
    quarantined_from_ms: TimeMs
    quarantined_until_ms: TimeMs
    quarantined_ms: TimeMs
    sent_ms: TimeMs


class ManualReport(Value, frozen=True):
    """When a unit last reported by hand what a meter could measure; `number` is that of its expiry."""

    time_ms: TimeMs
    number: Number


METERS: Final = Table(32, "meters", "meter_key", Meter)
BINDINGS: Final = Table(33, "bindings", "unit account kind", Link, group=20)
METER_ADDRESSES: Final = Table(34, "meter_addresses", "address", Link)
MANUAL_REPORTS: Final = Table(35, "manual_reports", "unit account kind", ManualReport)

METER_REGISTERS: Final = Table(36, "meter_registers", "serial obis", Link)
"""The key under which a register of a physical meter is bound, or was within the last hour of openings."""


class AwaitedOpening(Value, frozen=True):
    """A meter that voters bound is not opened yet: its first reading signed at or after `since_ms` does it (JO9)."""

    since_ms: TimeMs


AWAITED_OPENINGS: Final = Table(37, "awaited_openings", "meter_key", AwaitedOpening)

METERING_TABLES: Final[tuple[Table[Any], ...]] = (
    METERS,
    BINDINGS,
    METER_ADDRESSES,
    MANUAL_REPORTS,
    METER_REGISTERS,
    AWAITED_OPENINGS,
)

MANUAL_REPORT_DUE: Final = DueKind(32, "manual_report")
METER_REGISTER_DUE: Final = DueKind(33, "meter_register")
