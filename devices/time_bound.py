"""How late a reading may be before it is signed: no later than the chain, as it is proven, can be by now.

A reading from a clock that runs ahead would be quarantined by the ledger (rule M6), and nothing that the meter shows at
its true time would be later than it. So the time as of which the head is proven to be the newest (its own, or when a
quorum last said so) bounds what is signed; what lies above waits.
"""

from __future__ import annotations

import msgspec

from ledger.chain.genesis import Genesis
from ledger.light.freshness import LONGEST_SILENCE_MS


class TimeBound(msgspec.Struct, frozen=True):
    """`head_ms`: the time that is proven. `pace_ms`: how far the true time may lie above it.

    `now_ms`: the device's own clock.
    """

    head_ms: int
    pace_ms: int
    now_ms: int

    @property
    def latest_ms(self) -> int:
        """The latest time that a reading may bear to be signed."""
        return self.head_ms + self.pace_ms

    @property
    def clock_agrees(self) -> bool:
        """Whether our clock is as late as the chain: then what lies above both is from a clock that was wrong."""
        return self.head_ms - self.pace_ms <= self.now_ms <= self.latest_ms


def pace_of(genesis: Genesis) -> int:
    """How far a true time may lie above the proven one, in ms: a quorum's longest silence, and the drift (M6, H12)."""
    return LONGEST_SILENCE_MS + genesis.drift_ms
