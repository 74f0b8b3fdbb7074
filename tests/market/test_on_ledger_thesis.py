"""Section 6.5 of the thesis after 6.3 and 6.4, to the last digit, through transactions and blocks."""

from __future__ import annotations

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.payloads import MintCurrency, SetBanker, Transfer
from ledger.encoding.amounts import parse_amount
from ledger.energy.payloads import EnergyConsumed, EnergyProduced, OpenSession
from market.events import OrderPlaced, Traded
from market.transactions import PlaceOrder
from market.types import BUY, SELL, OrderKind
from nodechain.modules import MODULES
from tests.market.on_ledger import find, only


def test_section_6_5() -> None:
    chain = ChainFixture(make_genesis(), MODULES)
    # 6.3, 6.4: as in tests/ledger/test_worked_example.py
    chain.do("U1", EnergyProduced(1, address("A"), 10_000))
    chain.do("C", OpenSession(address("U1"), 2 * ENT, 0))
    chain.do("U1", EnergyConsumed(2, address("C"), 1_000))
    chain.do("U1", EnergyConsumed(3, address("C"), 2_000))
    chain.do("U2", EnergyProduced(1, address("B"), 10_000))
    chain.do("B", Transfer(ENERGY_ASSET, address("A"), 7_600_000_000))
    chain.do("A", OpenSession(address("U1"), 7_350_000_000, 0))
    chain.do("A", OpenSession(address("U2"), 8_250_000_000, 0))
    chain.do("U1", EnergyConsumed(4, address("A"), 7_000))
    chain.do("U2", EnergyConsumed(2, address("A"), 7_857))
    assert chain.balance("A").available == 243_000_000
    assert chain.balance("C").available == 1_900_000_000

    # 6.5: the banker mints 10 eEuro to A, C sells 1.9 at 0.5, A buys 10 at 1
    chain.vote(SetBanker(address("C")))
    chain.do("C", MintCurrency(CURRENCY_ASSET, address("A"), 10 * ENT))
    sale = chain.do("C", PlaceOrder(1, SELL, OrderKind.LIMIT, ENT // 2, 1_900_000_000, 0))
    assert chain.balance("C").order == 1_900_000_000
    purchase = chain.do("A", PlaceOrder(1, BUY, OrderKind.LIMIT, ENT, 10 * ENT, 0))

    (sold,), (bought,) = only(sale, OrderPlaced), only(purchase, OrderPlaced)
    assert bought.locked == 10 * ENT
    assert only(purchase, Traded) == [
        Traded(
            1, ENERGY_ASSET, CURRENCY_ASSET, bought.number, sold.number, address("A"), address("C"), ENT // 2,
            1_900_000_000, 950_000_000, 950_000_000,
        )
    ]  # fmt: skip
    rest = find(chain, bought.number)
    assert rest is not None
    assert rest.quantity == parse_amount("8.1")
    money = chain.balance("A", CURRENCY_ASSET)
    assert money.available == parse_amount("0.95")
    assert money.order == parse_amount("8.10")
    assert chain.balance("A").available == parse_amount("2.143")
    assert chain.balance("C", CURRENCY_ASSET).available == parse_amount("0.95")
    assert chain.balance("C").order == chain.balance("C").available == 0
    assert find(chain, sold.number) is None
