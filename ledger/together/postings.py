"""What the events of points move: prizes, out of the fund."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, nothing, transfer
from ledger.together.events import (
    BoardJoined,
    BoardLeft,
    PointsEarned,
    PrizePaid,
    PrizeUnpaid,
    SeasonClosed,
    TogetherTermsSet,
)


def _prize(event: PrizePaid, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.fund, AVAILABLE), (event.recipient, AVAILABLE), event.amount)


TOGETHER_POSTINGS: Final[Postings] = MappingProxyType(
    {
        TogetherTermsSet: nothing,
        BoardJoined: nothing,
        BoardLeft: nothing,
        PointsEarned: nothing,
        SeasonClosed: nothing,
        PrizePaid: _prize,
        PrizeUnpaid: nothing,
    }
)
