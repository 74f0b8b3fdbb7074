"""What a unit of block weight costs in CPU time, by kind of work: `python -m bench.weights [--accounts N] [--runs N]`.

The weights of `ledger.rules.weights` are right when the kinds' figures lie within a factor of 1.5 of each other: then
a full block takes the same time whatever it is filled with. Each figure is all that a validator does for a block:
decoding, verifying every signature (also those that the pool has verified), execution, changes, and the roots of
transactions, receipts and state; divided by the weight that the receipts say. Medians of blocks after one to warm up.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Final

from bench.execution import BLOCK, REGISTRY, Community, closings, openings, productions, stages, transfers
from bench.execution import metered_consumption as consumption_by_day
from bench.execution import metered_production as production_by_day
from ledger.accounts import mint
from ledger.address import MultisigKey, address_of
from ledger.crypto import Algorithm, SecretKey, generate_secret_key
from ledger.schema import MEMBERS, Asset, Member, MemberStatus
from ledger.state import State
from ledger.transactions.actions import CastVote, SetParameter
from ledger.transactions.envelope import Signature, Transaction, assemble, sign_message, unsigned
from ledger.transactions.numbers import TypeNumber
from ledger.transactions.payloads import EnergyBatch, ProducedItem, Transfer
from market.events import OrderPlaced
from market.transactions import CancelOrder, MarketTypeNumber, PlaceOrder
from market.types import BUY, SELL, OrderKind, Side

ENT: Final = 10**9
CO_OWNERS: Final = 16
MAKERS: Final = 256
"""Resting orders that one incoming order takes, each of another member."""

Make = Callable[[Community, int], list[list[Transaction]]]
"""Blocks to run first, then the one to measure; the number tells runs apart."""


def _alone(make: Callable[[Community, int], list[Transaction]]) -> Make:
    return lambda community, run: [make(community, run)]


def _co_owned(algorithm: Algorithm) -> Make:
    """Transfers of accounts with 16 keys, all of which sign."""

    def make(community: Community, run: int) -> list[list[Transaction]]:
        return [[_co_signed(community, algorithm, run * 8 + number) for number in range(8)]]

    return make


def _co_signed(community: Community, algorithm: Algorithm, number: int) -> Transaction:
    keys = sorted(
        (
            generate_secret_key(algorithm, _entropy(algorithm, b"co-owner %d %d" % (number, place)))
            for place in range(CO_OWNERS)
        ),
        key=lambda key: key.public_key,
    )
    sender = MultisigKey(CO_OWNERS, tuple(key.public_key for key in keys))
    state = State(community.reader)
    state.put(MEMBERS, address_of(sender), Member(MemberStatus.ADMITTED, 0))
    mint(state, address_of(sender), Asset.EEURO, ENT)
    community._commit(state.changes())
    envelope = unsigned(
        community.genesis.chain_id, TypeNumber.TRANSFER, sender, 1, Transfer(2, community.addresses[0], 1)
    )
    return REGISTRY.decode(assemble(envelope, _signatures(keys, sign_message(envelope, community.genesis.hash))))


def _entropy(algorithm: Algorithm, name: bytes) -> bytes:
    digest = hashlib.sha512(name).digest()
    return digest[:32] if algorithm is Algorithm.ED25519 else digest


def _signatures(keys: Sequence[SecretKey], message: bytes) -> tuple[Signature, ...]:
    return tuple(Signature(place, key.sign(message)) for place, key in enumerate(keys))


def _batches(community: Community, run: int) -> list[list[Transaction]]:
    """One batch of 1,000 reports a unit."""
    del run
    batches = []
    for unit in community.units:
        items = tuple(ProducedItem(community.addresses[200 + place], 1) for place in range(1_000))
        sequence = community._next(unit)
        batches.append(community.signed(unit, TypeNumber.ENERGY_BATCH, EnergyBatch(sequence, items), sequence))
    return [batches]


def _order(community: Community, member: int, side: Side, price: int, quantity: int) -> Transaction:
    payload = PlaceOrder(side, OrderKind.LIMIT, price, quantity, 0)
    return community.signed(community.members[member], MarketTypeNumber.PLACE_ORDER, payload)


def _bids_that_rest(community: Community, run: int) -> list[list[Transaction]]:
    del run
    return [[_order(community, 1_000 + place, BUY, 10**6 * (place % 100 + 1), ENT // 10) for place in range(BLOCK)]]


def _bids_cancelled(community: Community, run: int) -> list[list[Transaction]]:
    (placed,) = _bids_that_rest(community, run)
    executed = community.run(placed)
    events = [event for receipt in executed.receipts for event in receipt.events]
    numbers = [event.number for event in events if isinstance(event, OrderPlaced)]
    return [
        [
            community.signed(community.members[1_000 + place], MarketTypeNumber.CANCEL_ORDER, CancelOrder(number))
            for place, number in enumerate(numbers)
        ]
    ]


def _sweeps(community: Community, run: int) -> list[list[Transaction]]:
    """Four orders, each of which trades with 256 that rest, of another member each."""
    del run
    resting = [_order(community, 2_000 + place, SELL, ENT, ENT // 10) for place in range(4 * MAKERS)]
    taking = [_order(community, 100 + place, BUY, ENT, MAKERS * ENT // 10) for place in range(4)]
    return [resting, taking]


def _votes(community: Community, run: int) -> list[list[Transaction]]:
    """The only voter passes a vote with each transaction."""
    voter = community.members[0]
    return [
        [
            community.signed(voter, TypeNumber.CAST_VOTE, CastVote(SetParameter("vote_lifetime", 10**8 + value), True))
            for value in range(run * 60, run * 60 + 60)
        ]
    ]


KINDS: Final[dict[str, Make]] = {
    "transfer": _alone(transfers),
    "transfer, 16 Ed25519 keys": _co_owned(Algorithm.ED25519),
    "transfer, 16 P-256 keys": _co_owned(Algorithm.P256),
    "session opened": _alone(openings),
    "session closed": lambda community, run: [openings(community, run), closings(community, run)],
    "report of production": _alone(productions),
    "batch of 1,000 reports": _batches,
    "day of readings, production": _alone(production_by_day),
    "day of readings, grid import": _alone(consumption_by_day),
    "order that rests": _bids_that_rest,
    "order with 256 trades": _sweeps,
    "vote carried out": _votes,
}


def cost(community: Community, make: Make, run: int) -> tuple[float, int]:
    """CPU microseconds and weight of one block of a kind."""
    *before, measured = make(community, run)
    for block in before:
        community.run(block)
    taken = sum(cpu_us for _stage, cpu_us in stages(community, measured))
    return taken, community.last_weight


def main() -> None:
    parser = argparse.ArgumentParser(description="measure what a unit of weight costs, by kind of work")
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, {chosen.accounts} accounts, "
        f"CPU time, medians of {chosen.runs} blocks"
    )
    figures: dict[str, float] = {}
    for name, make in KINDS.items():
        community = Community(chosen.accounts)
        costs = [cost(community, make, run) for run in range(chosen.runs + 1)][1:]
        figures[name] = statistics.median(cpu_us / weight for cpu_us, weight in costs)
        cpu_ms = statistics.median(cpu_us for cpu_us, _weight in costs) / 1000
        print(
            f"{name:30} {figures[name]:6.2f} us a unit   ({costs[0][1]:7,} units a block, {cpu_ms:7.1f} ms)", flush=True
        )
    middle, dearest, cheapest = statistics.median(figures.values()), max(figures.values()), min(figures.values())
    print(
        f"median {middle:.2f} us a unit; dearest kind {dearest / middle:.2f} times the median, cheapest "
        f"{cheapest / middle:.2f}, one to the other {dearest / cheapest:.2f}"
    )


if __name__ == "__main__":
    main()
