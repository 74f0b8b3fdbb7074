"""All kinds of meters under one roof: profiles of registers, telegrams, SunSpec models and pulses, by id or file."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from devices.errors import BadProfile
from devices.profile import PROFILE_DIRECTORY, RegisterProfile, decode_form, decode_profile, profile_bytes, profile_ids
from devices.pulse_profile import COMMON, PulseProfile, is_pulses, pulse_profile
from devices.sunspec_profile import SunSpecProfile, is_sunspec, sunspec_profile, sunspec_profile_ids
from devices.telegram_profile import (
    TELEGRAM_DIRECTORY,
    TELEGRAM_SCHEMA,
    TelegramProfile,
    decode_telegram_profile,
    telegram_profile_ids,
)

MeterProfile: TypeAlias = RegisterProfile | TelegramProfile | SunSpecProfile | PulseProfile
"""What all have: `id`, `vendor`, `model`, `register(name)` with `name` and `obis_bytes`, `billable`, `units`,
`counters`, `hash()`."""


class _Head(msgspec.Struct):
    """As much of a profile as says which kind it is."""

    schema: str = ""


_HEAD: Final = msgspec.json.Decoder(_Head)


def meter_profile_ids() -> tuple[str, ...]:
    """The names of all profiles that come with the project, sorted."""
    return tuple(sorted((*profile_ids(), *telegram_profile_ids(), *sunspec_profile_ids(), *COMMON)))


def load_meter_profile(name: str) -> MeterProfile:
    """A profile that comes with the project, or the file at a path that ends in `.json`; raises `BadProfile`."""
    if name.endswith(".json"):
        return read_meter_profile(Path(name))
    if is_sunspec(name):
        return sunspec_profile(name)
    if name not in meter_profile_ids():
        raise BadProfile(f"no profile {name!r}; `meter profiles list` shows them, a file's path ends in .json")
    if is_pulses(name):
        return pulse_profile(name)
    folder = TELEGRAM_DIRECTORY if name in telegram_profile_ids() else PROFILE_DIRECTORY
    return read_meter_profile(folder / f"{name}.json")


def read_meter_profile(path: Path) -> RegisterProfile | TelegramProfile:
    """A profile of registers or telegrams, as its schema says; raises `BadProfile`, also for a file that is none."""
    data = profile_bytes(path)
    head = decode_form(_HEAD, data)
    return decode_telegram_profile(data) if head.schema == TELEGRAM_SCHEMA else decode_profile(data)
