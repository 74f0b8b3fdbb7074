"""The order book: its best orders, open orders, trades."""

from __future__ import annotations

from itertools import islice
from typing import Final

from aiohttp import web

from ledger.encoding.quantities import TimeMs
from ledger.keys.address import parse_address
from market.denominations import Denominations
from market.errors import UnknownProduct
from market.events import Traded
from market.products import product_of, products
from market.queries import last_trade, live_order, live_orders, orders_page
from market.types import FIRST_PRODUCT, MAX_PRODUCT, Order, Product, Side
from nodechain.api.amounts import Amount, tokens, view
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYBODY, Open, Right, Visitor, own, shown_by
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import MAX_PAGE_RECEIPTS, CommittedState, Work, blocks_of, cursor_text, ledger, stored_header
from nodechain.errors import NotFound
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.view import Snapshot, StoreView


class OrderView(ApiModel):
    """An open order; `base` and `quote` are the names of what its product trades, and of what it is priced in."""

    product: int
    base: str
    quote: str
    number: int
    owner: str
    side: str
    kind: str
    price: Amount
    quantity: Amount
    expires_ms: TimeMs


class Orders(At):
    """Open orders, a page."""

    orders: list[OrderView]
    next: str | None


class OrderAnswer(At):
    """One open order."""

    order: OrderView


class BookView(At):
    """The order book's best orders of both sides, best first, and the latest trade; of others' orders no owner."""

    product: int
    base: str
    quote: str
    bids: list[OrderView]
    asks: list[OrderView]
    last_price: Amount | None
    last_quantity: Amount | None
    trades: int


class TradeView(ApiModel):
    """A trade and the block it stands in; a party is empty where it is not told to who asks (docs/privacy.md)."""

    height: int
    time_ms: TimeMs
    product: int
    base: str
    quote: str
    buy: int
    sell: int
    buyer: str
    seller: str
    price: Amount
    quantity: Amount
    payment: Amount


class ProductView(ApiModel):
    """What is traded for what, and by which mechanism; assets by their names."""

    number: int
    base: str
    quote: str
    mechanism: str


class Products(At):
    """All products."""

    products: list[ProductView]


class Trades(At):
    """The latest trades, newest first, a page."""

    trades: list[TradeView]
    next: str | None


MAX_BOOK: Final = 200


TRADES_LOOK_BACK: Final = 2_000
"""How many blocks a page of trades may look through."""


def read_orders(
    at: CommittedState,
    product: int | None,
    owner: bytes | None,
    cursor: bytes | None,
    limit: int,
    *,
    with_dead: bool = False,
) -> Orders:
    """Orders that can still trade, of a product, an owner, both or all; what has expired is none (D1).

    `with_dead`: also those that the next blocks work off: what they lock is locked until then.
    """
    now_ms = None if with_dead else at.view.time_ms
    page = orders_page(at.reader, at.state, now_ms, product=product, owner=owner, cursor=cursor, limit=limit)
    orders = [_order(at.chain, number, order) for number, order in page.orders]
    return Orders(height=at.height, orders=orders, next=cursor_text(page.cursor))


def read_order(at: CommittedState, product: int, number: int) -> OrderAnswer:
    """An open order; raises `NotFound` for one that is filled, cancelled or never was."""
    order = live_order(at.state, product, number, at.view.time_ms)
    if order is None:
        raise NotFound(f"no order {number} is open")
    return OrderAnswer(height=at.height, order=_order(at.chain, product, order))


def read_book(at: CommittedState, number: int, depth: int) -> BookView:
    """The best `depth` orders of both sides of a product; raises `NotFound`."""
    try:
        product = product_of(at.state, number)
    except UnknownProduct as error:
        raise NotFound(error.detail, advice="`nodechain market products` lists them.") from None
    last = last_trade(at.state, number)
    bids, asks = (_side(at, product, side, min(depth, MAX_BOOK)) for side in (Side.BUY, Side.SELL))
    return BookView(
        height=at.height,
        product=number,
        base=at.chain.name(product.base),
        quote=at.chain.name(product.quote),
        bids=bids,
        asks=asks,
        last_price=None if last is None else tokens(at.chain, product.quote, last.price),
        last_quantity=None if last is None else tokens(at.chain, product.base, last.quantity),
        trades=0 if last is None else last.trades,
    )


def _side(at: CommittedState, product: Product, side: Side, depth: int) -> list[OrderView]:
    live = live_orders(at.state, product, side, at.view.time_ms)
    return [_order(at.chain, product.number, order) for order in islice(live, depth)]


def _order(chain: Denominations, product: int, order: Order) -> OrderView:
    base, quote = chain.base_of(product), chain.quote_of(product)
    return view(
        chain, OrderView, order, product=product, base=chain.name(base), quote=chain.name(quote),
        price=tokens(chain, quote, order.price), quantity=tokens(chain, base, order.quantity),
    )  # fmt: skip


def read_products(at: CommittedState) -> Products:
    """All products by number."""
    views = [
        ProductView(
            number=product.number,
            base=at.chain.name(product.base),
            quote=at.chain.name(product.quote),
            mechanism=product.mechanism,
        )
        for product in products(at.state)
    ]
    return Products(height=at.height, products=views)


def trades_down(
    chain: Denominations, store: StoreView, product: int | None, highest: int, limit: int
) -> tuple[list[TradeView], int | None]:
    """Trades (of a product) from a height downwards, newest first, whole blocks; the next height.

    A page ends after `limit` trades, `TRADES_LOOK_BACK` blocks or `MAX_PAGE_RECEIPTS` receipts, whatever comes first.
    """
    found: list[TradeView] = []
    read = 0
    lowest = max(highest - TRADES_LOOK_BACK + 1, 0)
    for height in range(highest, lowest - 1, -1):
        if len(found) >= limit or read >= MAX_PAGE_RECEIPTS:
            return found, height
        time_ms = stored_header(store, height).time_ms
        receipts = store.receipts(height)
        read += len(receipts)
        block = [entry for data in receipts for entry in REGISTRY.receipts.decode_trusted(data).events]
        found.extend(
            _trade(chain, entry, height, time_ms)
            for entry in reversed(block)
            if isinstance(entry, Traded) and product in (None, entry.product)
        )
    return found, lowest - 1 if lowest > 0 else None


def _trade(chain: Denominations, entry: Traded, height: int, time_ms: int) -> TradeView:
    names = {"base": chain.name(entry.base), "quote": chain.name(entry.quote)}
    return view(chain, TradeView, entry, height=height, time_ms=time_ms, **names)


async def get_products(node: Node, request: web.Request) -> Work:
    """What is traded."""
    return ledger(node, request, read_products)


async def get_book(node: Node, request: web.Request) -> Work:
    """The best orders of both sides."""
    depth = requests.number(request, "depth", 20, least=1, most=200)
    product = requests.product(request)
    return ledger(node, request, lambda at: read_book(at, product, depth))


async def get_orders(node: Node, request: web.Request) -> Work:
    """Open orders, of one owner or all."""
    owner, cursor, limit = requests.address(request, "owner"), requests.cursor(request), requests.limit(request)
    product = requests.optional_number(request, "product", least=FIRST_PRODUCT, most=MAX_PRODUCT)
    with_dead = requests.flag(request, "include", "ended")
    return ledger(node, request, lambda at: read_orders(at, product, owner, cursor, limit, with_dead=with_dead))


async def get_order(node: Node, request: web.Request) -> Work:
    """One open order."""
    product, number = requests.product(request), requests.path_number(request)
    return ledger(node, request, lambda at: read_order(at, product, number))


async def get_trades(node: Node, request: web.Request) -> Work:
    """The latest trades, newest first."""
    head = node.app.height
    highest, limit = requests.number(request, "cursor", head, most=head), requests.limit(request)
    product = requests.optional_number(request, "product", least=FIRST_PRODUCT, most=MAX_PRODUCT)

    def answer(snapshot: Snapshot) -> Trades:
        found, following = trades_down(Denominations.of(node.genesis), snapshot, product, highest, limit)
        return Trades(height=head, trades=found, next=None if following is None else str(following))

    return blocks_of(node, answer)


_PRODUCT: Final = ("product", "number of the product; default: 1")
_OF_PRODUCT: Final = ("product", "number of the product; default: all")
_INCLUDE: Final = ("include", "`ended`: also what has run out and is not worked off yet")


def _own_order(visitor: Visitor, answer: OrderAnswer) -> OrderAnswer:
    """An order is open to whose it is."""
    visitor.require(Open.OWN, [parse_address(answer.order.owner)])
    return answer


def _own_names(visitor: Visitor, answer: Trades) -> Trades:
    """Prices and quantities are open to members, the parties only to themselves: nobody else's name is shown."""
    if visitor.reads_everything:
        return answer
    own_texts = visitor.own_texts
    shown = [
        trade.model_copy(update={name: "" for name in ("buyer", "seller") if getattr(trade, name) not in own_texts})
        for trade in answer.trades
    ]
    return answer.model_copy(update={"trades": shown})


def _own_owners(visitor: Visitor, answer: BookView) -> BookView:
    """What is offered is open to members, by whom only to who offers it."""
    if visitor.reads_everything:
        return answer
    own_texts = visitor.own_texts

    def shown(orders: list[OrderView]) -> list[OrderView]:
        return [each if each.owner in own_texts else each.model_copy(update={"owner": ""}) for each in orders]

    return answer.model_copy(update={"bids": shown(answer.bids), "asks": shown(answer.asks)})


ROUTES: Final = (
    Route(
        "GET",
        "/v1/market/book",
        "Best orders",
        BookView,
        get_book,
        query=(_PRODUCT, ("depth", "orders a side, 1 to 200"), *AT),
    ),
    Route(
        "GET",
        "/v1/market/orders",
        "Open orders",
        Orders,
        get_orders,
        query=(_OF_PRODUCT, ("owner", "address"), _INCLUDE, *AT, *PAGE),
    ),
    Route(
        "GET", "/v1/market/orders/{number}", "One open order", OrderAnswer, get_order, query=(_PRODUCT, *AT), kind=POINT
    ),
    Route("GET", "/v1/market/products", "What is traded", Products, get_products, query=AT),
    Route("GET", "/v1/market/trades", "Latest trades", Trades, get_trades, query=(_OF_PRODUCT, *PAGE)),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/market/products": EVERYBODY,
    "/v1/market/book": shown_by(Open.MEMBERS, _own_owners),
    "/v1/market/orders": own("owner"),
    "/v1/market/orders/{number}": shown_by(Open.MEMBERS, _own_order),
    "/v1/market/trades": shown_by(Open.MEMBERS, _own_names),
}
