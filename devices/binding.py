"""What a meter's key is bound to on the chain, as it is proven, and what that means for reading the meter.

The last that was proven is kept in the outbox, so that a meter starts without a network too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, Protocol

from devices.catalogue import MeterProfile
from devices.errors import BadNodeAnswer, DeviceError, EnvironmentFault, Misuse, NodeRefusal, WrongMeter
from devices.follower import Follower, known_of
from devices.meter import MeterLimits
from devices.outbox import Outbox
from devices.protocols.obis import obis_text
from devices.sample import Quality, Sample
from ledger.encoding.codec import encode
from ledger.metering.schema import METERS, Meter, MeterKind

BINDING: Final = "binding"
REGISTER_OF: Final = {
    MeterKind.PRODUCTION: "energy_export",
    MeterKind.CONSUMPTION: "energy_import",
    MeterKind.STORAGE: "level",
}
"""The register that measures each kind, by its name in the profiles."""
_DIRECTIONS: Final = {
    **dict.fromkeys((1, 21, 41, 61), MeterKind.CONSUMPTION),
    **dict.fromkeys((2, 22, 42, 62), MeterKind.PRODUCTION),
}
"""What value group C of an OBIS code says of the direction of energy: sum, L1, L2, L3 (IEC 62056-6-1)."""


class Billed(Protocol):
    """A register of any profile whose readings are signed."""

    @property
    def name(self) -> str:
        """Its name in the profile."""

    @property
    def obis_bytes(self) -> bytes:
        """Its OBIS code, six bytes."""


def take_up(outbox: Outbox, key: bytes, known: Meter | None) -> None:
    """Let the outbox go on from what the chain is proven to have of a key, and keep that."""
    outbox.reconcile(key, known_of(known))
    outbox.remember({f"{BINDING} {key.hex()}": b"" if known is None else encode(known)})


async def ask_binding(outbox: Outbox, follower: Follower, key: bytes) -> Meter | None:
    """The binding as the chain has it now, taken up; None where the key is not bound. Raises what a follower raises."""
    await follower.start()
    known, _height = await follower.meter(key)
    take_up(outbox, key, known)
    return kept_binding(outbox, key)


async def binding_or_kept(
    outbox: Outbox, follower: Follower, key: bytes, failed: Callable[[DeviceError], None]
) -> Meter | None:
    """The same; where no node can be asked now, what was known last, and `failed` hears why."""
    try:
        return await ask_binding(outbox, follower, key)
    except (EnvironmentFault, NodeRefusal, BadNodeAnswer) as error:
        failed(error)
        return kept_binding(outbox, key)


def kept_binding(outbox: Outbox, key: bytes) -> Meter | None:
    """The binding that was proven last; None where the key is not bound, or no node was ever asked."""
    stored = outbox.fact(f"{BINDING} {key.hex()}")
    meter = METERS.codec.decode(stored) if stored else None
    return meter if meter is not None and meter.unit else None


def register_for(profile: MeterProfile, kind: MeterKind, named: str | None) -> Billed:
    """The register that is bound as a kind: the one of that direction, or the one that is named.

    Raises `Misuse` (wrong_register) for one that counts the other direction, or none: what is drawn would be minted.
    """
    found = profile.register(named or REGISTER_OF[kind])
    if _DIRECTIONS.get(found.obis_bytes[2], MeterKind.STORAGE) is not kind:
        raise Misuse(
            f"register {obis_text(found.obis_bytes)} ({found.name}) does not measure {kind.name.lower()}; take"
            f" {REGISTER_OF[kind]}, or wire the meter the other way round",
            code="wrong_register",
        )
    return found


def bound_register(profile: MeterProfile, binding: Meter | None, named: str | None) -> Billed:
    """The register that is signed: as it is bound; where the key is not bound, as it is named, else energy_import.

    Raises `Misuse` (profile_mismatch, register_mismatch) where the ledger would refuse every reading (M9).
    """
    if binding is None:
        return profile.register(named or "energy_import")
    if profile.hash() != binding.profile:
        raise Misuse(
            f"the key is bound with the profile {binding.profile.hex()}; {profile.id} is {profile.hash().hex()}",
            code="profile_mismatch",
        )
    found = next((register for register in profile.billable if register.obis_bytes == binding.obis), None)
    if found is None or (named is not None and profile.register(named).name != found.name):
        bound = f"{obis_text(binding.obis)}{f' ({found.name})' if found else ''}"
        raise Misuse(f"the key is bound to register {bound}, not to {named or 'one of the profile'}",
                     code="register_mismatch")  # fmt: skip
    return found


def check_serial(binding: Meter | None, identity: str) -> None:
    """Raise `WrongMeter` where the key is bound to another meter than the one that calls itself so."""
    if binding is None or not any(binding.serial) or hashlib.sha256(identity.encode()).digest() == binding.serial:
        return
    raise WrongMeter(f"meter {identity or '(without id)'} answers; the key is bound to another one's number")


def below_jump(outbox: Outbox, key: bytes, last: Sample, obis: bytes) -> Sample | None:
    """What a register below a quarantined jump is judged by: the last accepted reading (M6). None: there is no jump."""
    binding = kept_binding(outbox, key)
    if binding is None or not binding.quarantined_register or last.raw < binding.quarantined_register:
        return None
    return Sample(obis, binding.register, binding.scale, "Wh", Quality.CONFIRMED, binding.time_ms)


def limits_of(
    profile: MeterProfile, binding: Meter | None, max_power_w: int | None, *, level: bool, gap_ms: int
) -> MeterLimits:
    """What is plausible: as the meter is bound, or stricter where the operator says so.

    Raises `Misuse` (not_bound) where neither the chain nor the operator says what the connection can carry.
    """
    if binding is None:
        if max_power_w is None:
            raise Misuse(
                "no binding of this key is known from the chain: bind it first, or say --max-power", code="not_bound"
            )
        return MeterLimits(max_power_w, profile.counters.rollover or 0, gap_ms=gap_ms, level=level)
    most_w = binding.max_power_w if max_power_w is None else min(max_power_w, binding.max_power_w)
    level = binding.kind == MeterKind.STORAGE
    return MeterLimits(most_w, binding.rollover, gap_ms=gap_ms, level=level, scale=binding.scale, factor=binding.factor)
