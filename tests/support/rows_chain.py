"""A chain whose scheme takes rows with each slot, and a street of it; what is brought, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from harness.chain import address
from ledger.chain.header import Event
from ledger.sharing.allocation_rules import PairsEachSlot, PairShare
from ledger.sharing.rows_payloads import ImportSlotRows, PairSeries
from ledger.slots.payloads import SetCustodian
from tests.support.sharing_chain import FIRST_SLOT, SharingChain, participants, terms

CUSTODIAN: Final = "D"
WHOLE: Final = 10**9
HALF, QUARTER = WHOLE // 2, WHOLE // 4
FILE: Final = b"r" * 32

Shares = Mapping[tuple[int, int], int]
"""By producer and consumer, in parts of 10^9."""

STAND_IN: Final[Shares] = {(3, 1): QUARTER}


def by_rows(stand_in: Shares = STAND_IN) -> PairsEachSlot:
    return PairsEachSlot(tuple(PairShare(*pair, share) for pair, share in sorted(stand_in.items())))


def brought(
    slots: Sequence[Shares],
    *,
    first_slot: int = FIRST_SLOT,
    scheme: int = 1,
    file: bytes = FILE,
    issued_ms: int = 1,
) -> ImportSlotRows:
    """A transaction with the rows of slots one after the other."""
    pairs = sorted({pair for shares in slots for pair in shares})
    series = []
    for pair in pairs:
        found = [shares.get(pair, 0) for shares in slots]
        steps = tuple(there - here for here, there in pairwise(found))
        series.append(PairSeries(*pair, found[0], steps))
    return ImportSlotRows(scheme, first_slot, len(slots), file, issued_ms, tuple(series))


class RowsChain(SharingChain):
    """B and C consume at points 1 and 2, D produces at 3 and is the custodian; rows stand in that give B a quarter."""

    def __init__(self, stand_in: Shares = STAND_IN, **changes: Any) -> None:
        super().__init__()
        made = changes.pop("members", participants(p1=(1,), p2=(1,), p3=()))
        self.open(terms(made, changes.pop("method", by_rows(stand_in)), **changes))
        self.vote(SetCustodian(address(CUSTODIAN), True))

    def rows(self, slot: int, shares: Shares, **made: Any) -> list[Event]:
        """The rows of one slot in a block, and all that they set off."""
        payload = brought((shares,), first_slot=slot, **made)
        receipt = self.do(CUSTODIAN, payload)
        return [*receipt.events, *self.own_events(), *self.work_off()]
