"""One meter as its owner describes it, in a street's file or on the command line, and what takes its samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec

from devices.binding import bound_register, limits_of
from devices.catalogue import load_meter_profile
from devices.clock import DeviceClock
from devices.collector import Collector, Stream, no_flags
from devices.drivers.driver import Confirmation
from devices.drivers.opening import Lines
from devices.meter import StatusFlag
from devices.outbox import Outbox
from devices.places import parse_place
from ledger.metering.schema import Meter


class MeterEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a meter is (`devices.places`), which register is signed, with which key.

    Meters at one place share a bus; each is asked by its device id. `meter_id`: the only one that is read here, by
    what it calls itself in telegrams, or ADDRESS:HEX of registers. `max_power_w`, where less than it is bound with.
    """

    name: str
    profile: str
    at: str
    key: str
    max_power_w: Annotated[int, msgspec.Meta(ge=1)] | None = None
    device_id: int | None = None
    meter_id: str | None = None
    pulse_file: str | None = None
    reply_timeout_s: float | None = None
    register: str | None = None
    level: bool = False


class MeterProgram(msgspec.Struct, frozen=True):
    """What all meters of a program share: their lines, outbox and clock. A longer silence than `gap_ms` is a gap."""

    lines: Lines
    outbox: Outbox
    clock: DeviceClock
    gap_ms: int


def open_collector(
    program: MeterProgram,
    entry: MeterEntry,
    key: bytes,
    binding: Meter | None,
    boot: int,
    *,
    flags: Callable[[], StatusFlag] = no_flags,
    replaced: bool = False,
) -> Collector:
    """Take the samples of a meter whose public key is `key`; `boot`, `flags` and `replaced` as of `Collector`.

    `binding`: what is known of the key from the chain. Raises `Misuse` where the entry does not fit it.
    """
    profile = load_meter_profile(entry.profile)
    register = bound_register(profile, binding, entry.register)
    limits = limits_of(profile, binding, entry.max_power_w, level=entry.level, gap_ms=program.gap_ms)
    driver = program.lines.open_driver(
        profile,
        parse_place(entry.at),
        Confirmation(program.clock.now_ms, limits.max_power_w),
        counters=(register.name,),
        device_id=entry.device_id,
        meter_id=entry.meter_id,
        pulse_file=None if entry.pulse_file is None else Path(entry.pulse_file),
        reply_timeout_s=entry.reply_timeout_s,
    )
    stream = Stream(register.obis_bytes, key, limits, binding)
    return Collector(driver, program.outbox, program.clock, (stream,), boot, flags=flags, replaced=replaced)
