"""Products: books of their own, one table of the state, and the mechanism that each names (rules Y23, Y24)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import balance, lock, locked
from ledger.chain.context import Context
from ledger.chain.protocol import context_at
from ledger.errors import BrokenInvariant, GenesisError
from market.cda.module import CDA
from market.escrow import ORDER_LOCK, require_funds
from market.events import OrderPlaced, Traded
from market.genesis import GenesisProduct
from market.module import MARKET_MODULES
from market.products import product_of, products
from market.queries import last_trade, live_orders, open_order, orders_of
from market.settlement import settle_resting
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import BUY, SELL, Order, OrderKind, Product, Trade
from tests.market.on_ledger import eeuro, ent, market_chain, only

FULL = 1_000 * ENT
BOTH = (GenesisProduct("cda", ENERGY_ASSET, CURRENCY_ASSET), GenesisProduct("cda", CURRENCY_ASSET, ENERGY_ASSET))


@pytest.fixture
def chain() -> ChainFixture:
    """Product 1: ENT for eEuro; product 2: eEuro for ENT."""
    return market_chain(products=BOTH)


def at_head(chain: ChainFixture) -> Context:
    return context_at(chain.registry, chain.state, chain.genesis, 9, chain.time_ms)


def order(product: int, side: int, price: int, quantity: int) -> PlaceOrder:
    return PlaceOrder(product, BUY if side == BUY else SELL, OrderKind.LIMIT, price, quantity, 0)


def test_the_genesis_products_stand_in_the_state(chain: ChainFixture) -> None:
    assert list(products(chain.state)) == [
        Product(1, "cda", ENERGY_ASSET, CURRENCY_ASSET, ENT),
        Product(2, "cda", CURRENCY_ASSET, ENERGY_ASSET, ENT),
    ]


def test_orders_of_two_products_never_meet(chain: ChainFixture) -> None:
    (sold,) = only(chain.do("A", order(1, SELL, ENT, ENT)), OrderPlaced)
    (bought,) = only(chain.do("B", order(2, BUY, ENT, ENT)), OrderPlaced)
    assert (sold.number, bought.number) == (1, 2)
    assert (sold.product, sold.asset, bought.product, bought.asset) == (1, ENERGY_ASSET, 2, ENERGY_ASSET)
    state = chain.state
    for product, side, number in ((1, SELL, 1), (2, BUY, 2)):
        assert [each.number for each in live_orders(state, product_of(state, product), side, 0)] == [number]
        assert open_order(state, product, number) is not None
        assert open_order(state, 3 - product, number) is None
    assert orders_of(state, address("B")) == ((2, open_order(state, 2, 2)),)


def test_a_trade_moves_the_assets_of_its_product(chain: ChainFixture) -> None:
    chain.do("A", order(2, SELL, 2 * ENT, 3 * ENT))
    (traded,) = only(chain.do("B", order(2, BUY, 2 * ENT, 3 * ENT)), Traded)
    assert (traded.product, traded.base, traded.quote) == (2, CURRENCY_ASSET, ENERGY_ASSET)
    assert eeuro(chain, "A") == (FULL - 3 * ENT, 0)
    assert ent(chain, "A") == (FULL + 6 * ENT, 0)
    assert eeuro(chain, "B") == (FULL + 3 * ENT, 0)
    assert ent(chain, "B") == (FULL - 6 * ENT, 0)
    last = last_trade(chain.state, 2)
    assert last is not None
    assert last.price == 2 * ENT
    assert last_trade(chain.state, 1) is None


def test_an_order_is_cancelled_and_replaced_under_its_product_only(chain: ChainFixture) -> None:
    chain.do("A", order(2, SELL, 2 * ENT, 3 * ENT))
    assert chain.try_("A", CancelOrder(1, 1)).code == "unknown_order"
    assert chain.try_("A", ReplaceOrder(1, 1, ENT, ENT, 0)).code == "unknown_order"
    chain.do("A", ReplaceOrder(2, 1, 2 * ENT, ENT, 0))
    assert eeuro(chain, "A") == (FULL - ENT, ENT)
    chain.do("A", CancelOrder(2, 1))
    assert eeuro(chain, "A") == (FULL, 0)


def test_what_no_genesis_lists_is_not_traded(chain: ChainFixture) -> None:
    for payload in (order(3, SELL, ENT, ENT), CancelOrder(3, 1), ReplaceOrder(3, 1, ENT, ENT, 0)):
        assert chain.try_("A", payload).code == "unknown_product"


def test_a_mechanism_takes_orders_of_its_kinds_only(chain: ChainFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = replace(CDA, kinds=frozenset({OrderKind.LIMIT}))
    monkeypatch.setattr("market.mechanisms._BY_NAME", {CDA.name: patient})
    assert chain.try_("A", PlaceOrder(1, SELL, OrderKind.IOC, ENT, ENT, 0)).code == "order_kind"
    chain.do("A", PlaceOrder(1, SELL, OrderKind.LIMIT, ENT, ENT, 0))


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ((GenesisProduct("tdda", 1, 2),), "no market mechanism is named tdda; there is cda"),
        ((GenesisProduct("cda", 1, 1),), "for itself"),
        ((GenesisProduct("cda", 1, 2),) * 2, "listed twice"),
    ],
)
def test_a_genesis_lists_products_that_can_be_traded(listed: tuple[GenesisProduct, ...], reason: str) -> None:
    with pytest.raises(GenesisError, match=reason):
        market_chain(products=listed)


def test_every_mechanism_is_a_module_of_the_node() -> None:
    assert CDA.module in MARKET_MODULES


def test_a_clearing_of_resting_orders_is_settled_from_both_locks(chain: ChainFixture) -> None:
    """As a mechanism that gathers orders does it: both sides have locked, a price between the limits."""
    chain.do("A", order(1, SELL, 1 * ENT, 5 * ENT))
    chain.do("B", order(2, SELL, 1 * ENT, 1 * ENT))
    product = product_of(chain.state, 1)
    buy = Order(3, address("B"), BUY, OrderKind.LIMIT, 3 * ENT, 4 * ENT, 0)
    trade = Trade(3, 1, address("B"), address("A"), 2 * ENT, 4 * ENT, 3 * ENT, 1 * ENT)
    with pytest.raises(BrokenInvariant, match="no funds"):
        settle_resting(at_head(chain), product, [trade])
    context = at_head(chain)
    lock(context.state, buy.owner, CURRENCY_ASSET, ORDER_LOCK, require_funds(context, product, buy))
    settle_resting(context, product, [trade])
    assert context.events[-1] == Traded(
        1, ENERGY_ASSET, CURRENCY_ASSET, 3, 1, address("B"), address("A"), 2 * ENT, 4 * ENT, 8 * ENT, 4 * ENT
    )
    state = context.state
    assert balance(state, address("A"), CURRENCY_ASSET).available == FULL + 8 * ENT
    assert locked(state, address("A"), ENERGY_ASSET, ORDER_LOCK) == 1 * ENT
    assert balance(state, address("B"), CURRENCY_ASSET).available == FULL - 9 * ENT
    assert locked(state, address("B"), CURRENCY_ASSET, ORDER_LOCK) == 1 * ENT
    assert balance(state, address("B"), ENERGY_ASSET).available == FULL + 4 * ENT
