"""How long a round lasts (consensus.md): min(first + round * step, cap), on a monotonic clock. All in ms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """`first_ms` and `step_ms` make up a round's length; `resend_ms` how often a validator repeats itself.

    `patience_ms`: how long a starting validator waits, without progress, for heads that it cannot verify.
    """

    first_ms: int = 1_000
    step_ms: int = 500
    cap_ms: int = 8_000
    resend_ms: int = 700
    patience_ms: int = 10_000

    def of_round(self, round_: int) -> int:
        """The length of a round."""
        return min(self.first_ms + round_ * self.step_ms, self.cap_ms)
