"""The proof that a validator signed two things where it may sign one (rule V9)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ledger.codec import Bytes32, Bytes64, Uint, Value


class Evidence(Value, frozen=True):
    """Two votes of one key, kind (`ledger.votes.VoteKind`), height and round; the lower value stands first."""

    key: Bytes32
    kind: Annotated[int, msgspec.Meta(ge=1, le=4)]
    height: Uint
    round: Uint
    first_value: Bytes32
    first_signature: Bytes64
    second_value: Bytes32
    second_signature: Bytes64
