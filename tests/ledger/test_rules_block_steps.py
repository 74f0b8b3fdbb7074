"""What modules do in every block (rule D3): in order, within their part of the room, the rest in the next block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from harness.chain import ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.bank.payloads import MintCurrency, Transfer
from ledger.chain.context import Context
from ledger.chain.header import Event
from ledger.chain.hooks import Hook
from ledger.chain.numbers import Places
from ledger.chain.points import BEGIN_BLOCK, END_BLOCK
from ledger.chain.postings import nothing
from ledger.chain.registry import Module
from ledger.chain.schema import Counter
from ledger.encoding.codec import Uint
from ledger.errors import BrokenInvariant, InclusionError
from ledger.limits import STEP_SHARE, SWEEP_SHARE
from ledger.modules import LEDGER_MODULES
from ledger.state.table import Table

BLOCK_WEIGHT: Final = 64_000
OTHER: Final = Places(224)
WORK: Final = Table(1760, "work", "", Counter)
"""What is left to do."""


class Worked(Event, frozen=True, tag=5280):
    """One step of work at a block's start or end."""

    left: Uint


def working(weight: int, amount: int, *, at_start: bool) -> tuple[Hook, ...]:
    """Steps of this weight, `amount` of them from the first block on."""

    def step(context: Context) -> int:
        left = context.state.get(WORK, b"") or Counter(amount)
        if not left.value:
            return 0
        context.state.put(WORK, b"", Counter(left.value - 1))
        context.emit(Worked(left.value - 1))
        return weight

    return ((BEGIN_BLOCK if at_start else END_BLOCK).by(step),)


def chain_with(*hooks: Hook, others: tuple[Module, ...] = ()) -> ChainFixture:
    worker = Module(
        "worker", Places(220), tables=(WORK,), events=(Worked,), postings={Worked: nothing}, hooks=hooks
    )  # fmt: skip
    return ChainFixture(make_genesis(block_weight=BLOCK_WEIGHT), (*LEDGER_MODULES, worker, *others))


def steps_of(chain: ChainFixture) -> list[int]:
    receipt = chain.block().executed.receipts[0]
    return [event.left for event in receipt.events if isinstance(event, Worked)]


@pytest.mark.parametrize("at_start", [True, False])
def test_what_does_not_fit_goes_on_in_the_next_block(at_start: bool) -> None:
    """Of steps of 600 a 64th of 64,000 has room for two, the second of which goes beyond; validators have no part at
    the end, and half of the room at the start, where one step fits."""
    chain = chain_with(*working(600, 3, at_start=at_start))
    assert [steps_of(chain) for _ in range(4)] == ([[2], [1], [0], []] if at_start else [[2, 1], [0], [], []])


def test_while_steps_are_left_the_next_block_is_due_at_once() -> None:
    for at_start in (True, False):
        chain = chain_with(*working(600, 3, at_start=at_start))
        headers = [chain.block().header for _ in range(4)]
        due = [header.next_due_ms == header.time_ms for header in headers]
        assert due == ([True, True, True, False] if at_start else [True, False, False, False])


def test_the_steps_weight_stands_in_receipt_0_and_counts_for_the_block() -> None:
    plain, chain = chain_with(), chain_with(*working(70, 1, at_start=True), *working(70, 1, at_start=False))
    before = plain.block().executed.receipts[0]
    receipt = chain.block().executed.receipts[0]
    assert receipt.weight == before.weight + 70
    assert receipt.events == (*before.events, Worked(0))


def test_what_is_done_at_the_end_sees_the_blocks_transactions() -> None:
    seen: dict[str, int] = {}

    def look(when: str) -> Callable[[Context], int]:
        def step(context: Context) -> int:
            seen[when] = balance(context.state, address("B"), CURRENCY_ASSET).available
            return 0

        return step

    chain = chain_with(BEGIN_BLOCK.by(look("start")), END_BLOCK.by(look("end")))
    chain.do("bank", MintCurrency(CURRENCY_ASSET, address("A"), 1))
    chain.do("A", Transfer(CURRENCY_ASSET, address("B"), 1))
    assert seen["end"] == seen["start"] + 1


def test_room_at_the_end_is_kept_free_from_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what steps charge at the end of a block that transactions have filled is counted, and refused nothing."""

    def step(context: Context) -> int:
        context.charge(10)
        return 0

    chain, limit = chain_with(END_BLOCK.by(step)), BLOCK_WEIGHT - BLOCK_WEIGHT // STEP_SHARE
    chain.block()  # with the sign of life of its proposer
    monkeypatch.setattr("ledger.chain.context.TRANSACTION_SHARE", 1)
    monkeypatch.setattr("ledger.chain.execution.TRANSACTION", limit + 1)
    with pytest.raises(InclusionError, match="block_full"):
        chain.try_("A", Transfer(CURRENCY_ASSET, address("B"), 1))
    monkeypatch.setattr("ledger.chain.execution.TRANSACTION", limit)
    chain.try_("A", Transfer(CURRENCY_ASSET, address("B"), 1))
    assert [receipt.weight for receipt in chain.blocks[-1].executed.receipts] == [10, limit]


def test_steps_at_start_and_end_leave_sweeps_most_of_their_share() -> None:
    assert 2 * (BLOCK_WEIGHT // STEP_SHARE) * 4 <= BLOCK_WEIGHT // SWEEP_SHARE


def test_modules_share_the_room() -> None:
    """The first cannot take all of it: one step of the second is done in each block."""
    table = Table(OTHER.in_keys.start, "other_work", "", Counter)

    def other(context: Context) -> int:
        done = context.state.get(table, b"") or Counter(0)
        context.state.put(table, b"", Counter(done.value + 1))
        return 10_000

    second = Module("second", OTHER, tables=(table,), hooks=(END_BLOCK.by(other),))
    chain = chain_with(*working(1, 10_000, at_start=False), others=(second,))
    assert len(steps_of(chain)) == BLOCK_WEIGHT // STEP_SHARE // 2
    assert chain.state.get(table, b"") == Counter(1)


def test_a_broken_step_stops_the_node() -> None:
    def broken(_context: Context) -> int:
        raise BrokenInvariant("work that cannot be")

    with pytest.raises(BrokenInvariant):
        chain_with(END_BLOCK.by(broken)).block()
