"""Sharing_sources: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import MilliWattHours, TimeMs
from nodechain.client.answers.models import At, Int


class DifferenceView(TypedDict):
    """A slot in which our value and the operator's differ by more than the scheme's bound."""

    point: Int
    account: str
    slot: Int
    start_ms: TimeMs
    own_mwh: MilliWattHours
    operator_mwh: MilliWattHours


class Differences(At):
    """Where the two sources differ, of the slots that were asked for."""

    scheme: Int
    differences: list[DifferenceView]
