"""Why a validator may not trust what it remembers; the reason for its safe mode."""

from __future__ import annotations

from enum import Enum


class Doubt(Enum):
    """Why a validator cannot trust its own memory."""

    MISSING = "the sign-state is missing"
    DAMAGED = "the sign-state or the log is damaged"
    ROLLED_BACK = "the sign-state is older than the chain"
    SEEN_AHEAD = "a certificate holds a signature of this validator that it does not remember"
    HEARD_AHEAD = "others have heard this validator say what it does not remember"
    FORGOTTEN = "the chain has blocks, and this validator remembers none"
