"""Tests of the limits of what a block and a transaction may weigh; `test_limits.py` runs them."""

from __future__ import annotations

import msgspec
import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger import limits
from ledger.chain import weights
from ledger.chain.context import Context
from ledger.chain.genesis import GENESIS
from ledger.chain.numbers import Places
from ledger.chain.parameters import HOUR_MS
from ledger.chain.points import END_BLOCK
from ledger.chain.registry import Module
from ledger.encoding.codec import encode
from ledger.energy import weights as energy_weights
from ledger.energy.payloads import EnergyBatch, ProducedItem
from ledger.errors import InvalidInput
from ledger.modules import LEDGER_MODULES
from market import weights as market_weights
from market.events import OrderExpired
from market.types import Side
from nodechain.modules import REGISTRY
from tests.ledger.market_limits import batches, fixture, order, traders


def max_expiries_per_block() -> None:
    chain = traders(6)
    most = limits.MAX_EXPIRIES_PER_BLOCK
    due = chain.time_ms + HOUR_MS
    batches(chain, [(f"trader {number % 6}", order(Side.SELL, ENT, expires_ms=due)) for number in range(most + 2)])
    found = []
    for after_ms in (HOUR_MS, 1, 1):
        events = chain.block(after_ms=after_ms).executed.receipts[0].events
        found.append(sum(isinstance(event, OrderExpired) for event in events))
    assert found == [most, 2, 0]


def expiry_share() -> None:
    """Orders that fall due: a quarter of 9,000 has room for 150, the last of which may go beyond."""
    chain = traders(4, block_weight=9_000)
    due = chain.time_ms + HOUR_MS
    for _ in range(4):
        batches(chain, [(f"trader {number % 4}", order(Side.SELL, ENT, expires_ms=due)) for number in range(60)])
    found = []
    for after_ms in (HOUR_MS, 1, 1):
        receipt = chain.block(after_ms=after_ms).executed.receipts[0]
        found.append(sum(isinstance(event, OrderExpired) for event in receipt.events))
        assert receipt.weight < 9_000 // limits.EXPIRY_SHARE + weights.EXPIRY + market_weights.ORDER_END
    assert found == [150, 90, 0]


def step_share() -> None:
    """A module that never has enough takes a 64th of 9,000 at a block's end, in steps of 1."""
    taken: list[int] = []

    def step(context: Context) -> int:
        taken.append(context.height)
        return 1

    chain = ChainFixture(
        make_genesis(block_weight=9_000), (*LEDGER_MODULES, Module("busy", Places(220), hooks=(END_BLOCK.by(step),)))
    )
    chain.block()
    assert len(taken) == 2 * (9_000 // limits.STEP_SHARE)  # proposed, then checked


def transaction_share() -> None:
    """A transaction of 4,500 is applied in a block of 9,000, one of 4,501 is too heavy."""
    chain = fixture(block_weight=9_000)
    batch = EnergyBatch(1, (ProducedItem(address("A"), 1),))
    for work, code in ((4_500, ""), (4_501, "too_heavy")):
        with pytest.MonkeyPatch.context() as patch:
            others = weights.TRANSACTION + energy_weights.BATCH_ITEM + energy_weights.UNIT_BOOKS
            patch.setattr("ledger.energy.production.PRODUCTION", work - others)
            assert chain.try_("U1", batch).code == code
        batch = msgspec.structs.replace(batch, sequence=2)


def min_block_weight() -> None:
    for weight, fits in ((limits.MIN_BLOCK_WEIGHT, True), (limits.MIN_BLOCK_WEIGHT - 1, False)):
        data = encode(make_genesis(block_weight=weight))
        if fits:
            assert GENESIS.decode(data).block_weight == weight
        else:
            with pytest.raises(InvalidInput):
                GENESIS.decode(data)


def heaviest_transactions_fit() -> None:
    """Into their share of the lightest block, beside what falls due and is swept."""
    most_of, weight = REGISTRY.limits, REGISTRY.weights
    block = most_of["MIN_BLOCK_WEIGHT"]
    most = block // most_of["TRANSACTION_SHARE"]  # what the heaviest transactions may weigh
    own_work = block // most_of["EXPIRY_SHARE"] + block // most_of["SWEEP_SHARE"]
    last_steps = 2 * most_of["MAX_ENDINGS_PER_TRANSACTION"] * weight["LOCK_RETURN"]
    assert own_work + last_steps + most <= block  # beside all that is due
    signed = weight["TRANSACTION"] + (most_of["MAX_MULTISIG_KEYS"] - 1) * weight["SIGNATURE"]
    returns = most_of["MAX_WAITING_SESSIONS"] * weight["LOCK_RETURN"]
    origin = max(weight["ORIGIN_BEGUN"], weight["ORIGIN_DRAWN"])  # a meter is of production or of consumption
    draw = weight["DRAW"] + weight["SESSION_END"] + origin
    assert signed + most_of["MAX_BATCH_ITEMS"] * (weight["BATCH_ITEM"] + weight["REPORTED_CONSUMPTION"] + draw) <= most
    readings = most_of["MAX_READINGS"] * (weight["TWO_READINGS"] + 2 * (weight["DRAW"] + origin)) // 2
    assert weight["TRANSACTION"] + readings + returns + weight["SESSION_END"] <= most  # a meter has one key
    trades = most_of["MAX_TRADES_PER_ORDER"] * weight["TRADE"] + most_of["MAX_DROPPED_PER_ORDER"] * weight["ORDER_END"]
    assert signed + trades + weight["ORDER_RESTING"] <= most
    assert most >= most_of["MAX_ENDINGS_PER_TRANSACTION"] * weight["SESSION_END"]
    votes = most_of["MAX_ALL_OPEN_VOTES"] + most_of["MAX_VOTERS"] * (
        most_of["MAX_ALL_OPEN_VOTES"] // most_of["MAX_VOTERS"]
    )
    assert 2 * votes * weight["JUDGEMENT"] <= most  # the removal of a voter looks at all open votes, twice
    sessions = most_of["MAX_OPEN_SESSIONS"] * weight["SESSION_END"]
    assert most_of["MAX_OPEN_ORDERS"] * weight["ORDER_END"] + sessions <= most  # the expulsion of a member
