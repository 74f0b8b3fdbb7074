"""Tests of the limits of corrections of folded days; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from msgspec.structs import replace

from harness.chain import address
from ledger.encoding.codec import Codec, encode
from ledger.errors import MalformedInput, Refused
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.sharing.late_corrections import do_correct_folded_slot
from ledger.sharing.late_limits import (
    LATE_CORRECTION_MS,
    MAX_LATE_CORRECTIONS,
    MAX_LATE_PIECES,
    MAX_WAIT_BLOCKS,
    QUIET_BLOCKS,
)
from ledger.sharing.late_payloads import CorrectFoldedSlot
from ledger.sharing.late_schema import LATE_CORRECTIONS, LateCorrection
from ledger.state.table import big_endian
from tests.support.folded_street import CUSTODIAN, FILE, FoldedStreet
from tests.support.sharing_chain import FIRST_SLOT, KWH, terms
from tests.support.sharing_street import Street

CORRECTION: Codec[CorrectFoldedSlot] = Codec(CorrectFoldedSlot, MAX_TRANSACTION_BYTES)


def max_late_corrections() -> None:
    """With one less the next one comes in, with so many it does not; an hour is all of its slots."""
    _with_others_open(FoldedStreet(points=12), MAX_LATE_CORRECTIONS - 1)
    _with_others_open(FoldedStreet(points=12, hourly=True), MAX_LATE_CORRECTIONS - 4)


def _with_others_open(chain: FoldedStreet, others: int) -> None:
    first, second = (chain.payloads(slot, {2: KWH})[0] for slot in (3, 8))
    context = chain.context()
    context.sender = address(CUSTODIAN)
    for number in range(others):
        key = big_endian(1) + big_endian(FIRST_SLOT * 10 + number)
        waiting = LateCorrection(address(CUSTODIAN), FILE, (), 1, 0, 0, number + 1_000, 0)
        context.state.put(LATE_CORRECTIONS, key, waiting)
    do_correct_folded_slot(context, first)
    with pytest.raises(Refused) as refused:
        do_correct_folded_slot(context, second)
    assert refused.value.code == "too_many_corrections"


def max_late_pieces() -> None:
    (payload,) = FoldedStreet(points=12).payloads(3, {2: KWH})
    few = tuple(replace(piece, inputs=piece.inputs[:1], nodes=b"", changes=()) for piece in payload.pieces)
    whole = replace(payload, pieces=few * MAX_LATE_PIECES)
    assert CORRECTION.decode(encode(whole)) == whole
    with pytest.raises(MalformedInput):
        CORRECTION.decode(encode(replace(payload, pieces=few * (MAX_LATE_PIECES + 1))))


def late_correction_ms() -> None:
    """`test_late_corrections.py` holds what lapses then, and that so much must be left."""
    chain = FoldedStreet()
    (payload,) = chain.payloads(6, {2: KWH})
    chain.do(CUSTODIAN, replace(payload, pieces=payload.pieces[:1]))
    chain.block(after_ms=LATE_CORRECTION_MS - 1)
    assert len(chain.entries(LATE_CORRECTIONS)) == 1
    chain.block(after_ms=1)
    assert len(chain.entries(LATE_CORRECTIONS)) == 0


def _corrected_every(blocks: int, until: int) -> tuple[Street, int]:
    """A settled slot of which other values come, in every so many blocks, in so many at the most; and how many came
    until the run of the first began.
    """
    chain = Street(points=3)
    chain.open(terms(chain.members()))
    chain.bring()
    chain.work_off()
    for height in range(until):
        if height % blocks == 0:
            chain.energies[1, 4] += 1
            chain.block([chain.value(1, 4)])
        else:
            chain.block()
        run = chain.run(FIRST_SLOT + 4)
        if run is not None and run.run == 2:
            return chain, height
    raise AssertionError("no run began")


def quiet_blocks() -> None:
    """So many blocks after the newest one the run is there; those that come more often wait for one another."""
    assert _corrected_every(QUIET_BLOCKS + 1, 20)[1] == QUIET_BLOCKS
    assert _corrected_every(QUIET_BLOCKS - 1, 2 * MAX_WAIT_BLOCKS)[1] > 2 * QUIET_BLOCKS


def max_wait_blocks() -> None:
    assert _corrected_every(1, 2 * MAX_WAIT_BLOCKS)[1] == MAX_WAIT_BLOCKS


LATE_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_LATE_CORRECTIONS": (max_late_corrections,),
    "MAX_LATE_PIECES": (max_late_pieces,),
    "LATE_CORRECTION_MS": (late_correction_ms,),
    "QUIET_BLOCKS": (quiet_blocks,),
    "MAX_WAIT_BLOCKS": (max_wait_blocks,),
}
