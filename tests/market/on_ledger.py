"""The market on a chain in memory: funded accounts, orders in whole tokens, statements from events."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable
from typing import Any, TypeVar

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.events import CurrencyMinted, FeePaid, Transferred
from ledger.bank.genesis import GenesisBalance
from ledger.chain.header import Event, Receipt
from ledger.chain.registry import Module
from ledger.encoding.amounts import parse_amount
from ledger.energy.events import EnergyStored
from ledger.energy.payloads import EnergyProduced
from market.cda.schema import BOOK
from market.cda.state_book import side_prefix
from market.events import OrderCancelled, OrderExpired, OrderPlaced, OrderReplaced, Traded
from market.schema import GRID, ORDERS, order_key
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import BUY, SELL, Order, OrderKind, Side
from nodechain.modules import MODULES

NAMES = ("A", "B", "C", "D")
E = TypeVar("E", bound=Event)


def market_chain(
    names: Iterable[str] = NAMES,
    ent: int = 1_000,
    eeuro: int = 1_000,
    modules: tuple[Module, ...] = (),
    **changes: Any,
) -> ChainFixture:
    """A chain whose named accounts hold whole tokens; nothing of what is produced goes to the unit's owner.

    Orders may be as small as a lot, so that rules show with small numbers.
    """
    genesis: dict[str, Any] = {
        "balances": tuple(GenesisBalance(address(name), CURRENCY_ASSET, eeuro * ENT) for name in names if eeuro),
        "parameters": (("F", 0), ("minimum_order", 0)),
        "members": tuple(sorted(address(name) for name in names)),
    }
    genesis.update(changes)
    chain = ChainFixture(make_genesis(**genesis), (*MODULES, *modules))
    if ent:
        chain.block(
            chain.tx("U1", EnergyProduced(number, address(name), ent * 1_000)) for number, name in enumerate(names, 1)
        )
    return chain


def place(side: Side, quantity: str, price: str, kind: OrderKind = OrderKind.LIMIT, expires_ms: int = 0) -> PlaceOrder:
    return PlaceOrder(1, side, kind, parse_amount(price), parse_amount(quantity), expires_ms)


def buy(quantity: str, price: str, **more: Any) -> PlaceOrder:
    return place(BUY, quantity, price, **more)


def sell(quantity: str, price: str, **more: Any) -> PlaceOrder:
    return place(SELL, quantity, price, **more)


def cancel(number: int) -> CancelOrder:
    return CancelOrder(1, number)


def replace(number: int, quantity: str, price: str, expires_ms: int = 0) -> ReplaceOrder:
    return ReplaceOrder(1, number, parse_amount(price), parse_amount(quantity), expires_ms)


def only(receipt: Receipt, kind: type[E]) -> list[E]:
    """The receipt's events of a kind."""
    return [event for event in receipt.events if isinstance(event, kind)]


def number_of(receipt: Receipt) -> int:
    """The number that the order of a receipt got."""
    (placed,) = only(receipt, OrderPlaced)
    return placed.number


def traded(receipt: Receipt) -> list[tuple[int, int, int, int]]:
    """(buy, sell, quantity, price) in base units."""
    return [(event.buy, event.sell, event.quantity, event.price) for event in only(receipt, Traded)]


def find(chain: ChainFixture, number: int) -> Order | None:
    """The open order of that number."""
    return chain.state.get(ORDERS, order_key(1, number))


def listing(chain: ChainFixture) -> list[Order]:
    """The book: bids, then asks, best first."""
    state = chain.state
    orders = [
        state.get(ORDERS, key[:4] + key[13:]) for side in (BUY, SELL) for key in state.scan(BOOK, side_prefix(1, side))
    ]
    return [order for order in orders if order is not None]


def retired(chain: ChainFixture) -> int:
    grid = chain.state.get(GRID, b"")
    return 0 if grid is None else grid.retired


def parts(chain: ChainFixture, name: str, asset: int) -> tuple[int, int]:
    """Available and locked for orders."""
    value = chain.balance(name, asset)
    return value.available, value.order


def eeuro(chain: ChainFixture, name: str) -> tuple[int, int]:
    return parts(chain, name, CURRENCY_ASSET)


def ent(chain: ChainFixture, name: str) -> tuple[int, int]:
    return parts(chain, name, ENERGY_ASSET)


Statement = dict[tuple[bytes, int], tuple[int, int]]


def statement(chain: ChainFixture) -> Statement:
    """Available and order lock of every account and asset, from events alone."""
    free: Tally[tuple[bytes, int]] = Tally()
    held: Tally[tuple[bytes, int]] = Tally()
    for block in chain.blocks:
        for receipt in block.executed.receipts:
            for event in receipt.events:
                _book(event, free, held)
    keys = sorted(set(free) | set(held))
    return {key: (free[key], held[key]) for key in keys if free[key] or held[key]}


def _book(event: Event, free: Tally[tuple[bytes, int]], held: Tally[tuple[bytes, int]]) -> None:
    match event:
        case FeePaid():
            free[event.payer, CURRENCY_ASSET] -= event.amount
            free[event.account, CURRENCY_ASSET] += event.amount
        case EnergyStored():
            free[event.producer, ENERGY_ASSET] += event.minted
            free[event.owner, ENERGY_ASSET] += event.provider_share
        case CurrencyMinted():
            free[event.recipient, event.asset] += event.amount
        case Transferred():
            free[event.sender, event.asset] -= event.amount
            free[event.recipient, event.asset] += event.amount
        case OrderPlaced():
            key = event.owner, _asset(event.side)
            free[key] -= event.locked
            held[key] += event.locked
        case OrderReplaced():
            key = event.owner, _asset(event.side)
            free[key] += event.unlocked - event.locked
            held[key] += event.locked - event.unlocked
        case OrderCancelled() | OrderExpired():
            key = event.owner, _asset(event.side)
            free[key] += event.unlocked
            held[key] -= event.unlocked
        case Traded():
            held[event.buyer, CURRENCY_ASSET] -= event.payment + event.released
            free[event.buyer, CURRENCY_ASSET] += event.released
            free[event.buyer, ENERGY_ASSET] += event.quantity
            held[event.seller, ENERGY_ASSET] -= event.quantity
            free[event.seller, CURRENCY_ASSET] += event.payment


def _asset(side: int) -> int:
    return CURRENCY_ASSET if side == BUY else ENERGY_ASSET


def balances(chain: ChainFixture, names: Iterable[str]) -> Statement:
    """The same from the state."""
    found = {
        (address(name), asset): parts(chain, name, asset) for name in names for asset in (ENERGY_ASSET, CURRENCY_ASSET)
    }
    return {key: found[key] for key in sorted(found) if any(found[key])}
