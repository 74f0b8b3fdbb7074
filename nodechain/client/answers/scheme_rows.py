"""Scheme_rows: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.models import Int


class SideShare(TypedDict):
    """A row that came with the slot, by the point on the other side, in parts of 10^9 of the producer's energy."""

    other: Int
    share: Int
