"""Safe mode as an operator sees it: why, and how it ends. Every entry and every end is one line in the log."""

from __future__ import annotations

import logging

import msgspec

from consensus.signing import DoubleSignRisk

log = logging.getLogger("nodechain.chain.safe_mode")

HOW_IT_ENDS = (
    "It ends by itself two blocks above all that this validator may have signed; until then it follows and signs "
    "nothing. With over a third of the power in it no block comes: then start a validator whose key runs nowhere else "
    "once with `nodechain validate --unsafe-resume`."
)


class SafeMode(msgspec.Struct, frozen=True):
    """`ends_at`: the head's height at which it ends; None until a quorum of the others has said where it is."""

    risk: DoubleSignRisk
    ends_at: int | None

    @property
    def text(self) -> str:
        """The reason, and when it ends if that is known."""
        return self.risk.value if self.ends_at is None else f"{self.risk.value}; ends at height {self.ends_at}"


class SafeModeLog:
    """`is_now` after every step; it writes when something has changed."""

    def __init__(self) -> None:
        self._risk: DoubleSignRisk | None = None

    def is_now(self, risk: DoubleSignRisk | None, height: int) -> None:
        """Whether the validator is in safe mode at this height of the head."""
        if risk is self._risk:
            return
        if risk is None:
            log.info("safe mode is over: this validator signs again", extra={"height": height})
        else:
            log.warning("safe mode: this validator signs nothing", extra=_told(risk, height))
        self._risk = risk


def _told(risk: DoubleSignRisk, height: int) -> dict[str, object]:
    return {"why": risk.value, "height": height, "how_it_ends": HOW_IT_ENDS}
