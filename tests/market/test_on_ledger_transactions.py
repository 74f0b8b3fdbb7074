"""The market's transaction types: golden bytes, strict decoding, and what stands in the registry."""

from __future__ import annotations

import pytest

from ledger.encoding.codec import Value, encode
from ledger.encoding.quantities import address_fields
from ledger.errors import InvalidInput
from market.events import MARKET_EVENTS, CommissionPaid, Traded
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import BUY, SELL, OrderKind
from nodechain.modules import REGISTRY
from tests.market.on_ledger import market_chain, sell

GOLDEN: list[tuple[int, str, Value, str]] = [
    (
        216,
        "place_order",
        PlaceOrder(1, SELL, OrderKind.POST_ONLY, 500_000_000, 1_900_000_000, 1_700_000_000_000),
        "96010103ce1dcd6500ce713fb300cf0000018bcfe56800",
    ),
    (216, "place_order", PlaceOrder(1, BUY, OrderKind.LIMIT, 0, 1_000_000, 0), "9601000000ce000f424000"),
    (217, "cancel_order", CancelOrder(1, 300), "9201cd012c"),
    (218, "replace_order", ReplaceOrder(1, 7, 1_000, 1_000_000, 0), "950107cd03e8ce000f424000"),
]


@pytest.mark.parametrize(("number", "name", "payload", "golden"), GOLDEN)
def test_golden_bytes(number: int, name: str, payload: Value, golden: str) -> None:
    assert encode(payload).hex() == golden
    kind = REGISTRY.types[number]
    assert kind.name == name
    assert kind.codec.decode(bytes.fromhex(golden)) == payload


@pytest.mark.parametrize(
    "wrong",
    [
        "9601020000" + "ce000f4240" + "00",  # no such side
        "9601000400" + "ce000f4240" + "00",  # no such kind
        "960100000000" + "00",  # no quantity
        "9600000000" + "ce000f4240" + "00",  # no product
        "96010000ff" + "ce000f4240" + "00",  # a negative price
        "96010000cc00" + "ce000f4240" + "00",  # a longer integer than needed
        "95010000" + "ce000f4240" + "00",  # a field is missing
        "9701000000" + "ce000f4240" + "0000",  # a field too many
        "9601000000" + "cb412e848000000000" + "00",  # a float
    ],
)
def test_other_bytes_are_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        REGISTRY.types[216].codec.decode(bytes.fromhex(wrong))


ACCOUNTS_OF = {Traded: {"buyer", "seller"}, CommissionPaid: {"seller", "recipient"}}


def test_every_event_names_its_accounts_as_addresses() -> None:
    for kind in MARKET_EVENTS:
        assert set(address_fields(kind)) == ACCOUNTS_OF.get(kind, {"owner"})


def test_receipts_decode_again() -> None:
    chain = market_chain()
    receipt = chain.do("A", sell("1", "2"))
    assert chain.registry.receipts.decode(encode(receipt)).events == receipt.events
