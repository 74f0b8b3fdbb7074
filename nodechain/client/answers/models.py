"""Models: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

import msgspec

Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""No number of the ledger leaves 64 bits."""


class At(TypedDict):
    """Every answer names the height at which it holds."""

    height: Int
