"""What a meter's key is bound to on the chain, as it is proven, and what that means for reading the meter.

The last that was proven is kept in the outbox, so that a meter starts without a network too.
"""

from __future__ import annotations

from typing import Final

from devices.catalogue import MeterProfile
from devices.errors import Misuse
from devices.follower import Follower, known_of
from devices.meter import MeterLimits
from devices.outbox import Outbox
from ledger.codec import encode
from ledger.schema import METERS, Meter, MeterKind

BINDING: Final = "binding"


async def ask_binding(outbox: Outbox, follower: Follower, key: bytes, obis: bytes | None = None) -> Meter | None:
    """Let the outbox go on from what the chain has of a key, and keep it; None where the key is not bound.

    `obis`: the register that is read, where the chain does not name it. Raises what a follower raises.
    """
    await follower.start()
    known, _height = await follower.meter(key)
    outbox.reconcile(key, known_of(known), obis)
    outbox.remember({f"{BINDING} {key.hex()}": b"" if known is None else encode(known)})
    return kept_binding(outbox, key)


def kept_binding(outbox: Outbox, key: bytes) -> Meter | None:
    """The binding that was proven last; None where the key is not bound, or no node was ever asked."""
    stored = outbox.fact(f"{BINDING} {key.hex()}")
    meter = METERS.codec.decode(stored) if stored else None
    return meter if meter is not None and meter.unit else None


def check_profile(profile: MeterProfile, binding: Meter | None) -> None:
    """Raise `Misuse` (profile_mismatch) where the ledger would refuse every reading made with this profile (M9)."""
    if binding is not None and profile.hash() != binding.profile:
        raise Misuse(
            f"the key is bound with the profile {binding.profile.hex()}; {profile.id} is {profile.hash().hex()}",
            code="profile_mismatch",
        )


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
    return MeterLimits(most_w, binding.rollover, gap_ms=gap_ms, level=level, scale=binding.scale)
