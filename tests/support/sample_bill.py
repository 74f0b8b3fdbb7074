"""A final bill with trades both ways, dues and three taxes, its seller and its member: what forms are written of."""

from __future__ import annotations

import tomllib

import msgspec
from msgspec.structs import replace

from harness.chain import ENT, START_MS, ChainFixture, address, make_genesis
from harness.energy import produce
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from nodechain.billing.document import Bill, BillTerms, Due, Period, TaxRule
from nodechain.billing.making import NOTHING_BEFORE, Heading, make_bill
from nodechain.billing.member_book import Mandate, MemberEntry
from nodechain.billing.receipts import PlacedReceipt
from nodechain.billing.settings import BillingSettings, Postal
from nodechain.modules import MODULES

SETTINGS = msgspec.convert(
    tomllib.loads(
        """
zone = "Europe/Vienna"
language = "de"
[seller]
name = "Energiegemeinschaft Sonnenhang e.G."
vat_id = "ATU13585627"
iban = "AT61 1904 3002 3457 3201"
bic = "BKAUATWW"
creditor_id = "AT61ZZZ01234567890"
address = { street = "Hauptplatz 1", postcode = "4020", city = "Linz", country = "AT" }
"""
    ),
    BillingSettings,
)
MEMBER = MemberEntry(
    name="Ελένη Παπαδοπούλου-Müller",
    address=Postal(street="Weg 3", postcode="4040", city="Linz", country="AT"),
    self_billing=True,
    vat_id="ATU13585627",
    iban="AT611904300234573201",
    mandate=Mandate("M-17", "2026-01-02"),
)
TERMS = BillTerms(
    seller=SETTINGS.seller.name,
    profile="business",
    language="de",
    self_billing=True,
    due_days=14,
    taxes=(
        TaxRule("trades", "charges", "S", 2000, ""),
        TaxRule("trades", "credits", "AE", 0, "Übergang der Steuerschuld"),
        TaxRule("dues", "*", "S", 1000, ""),
        TaxRule("*", "*", "E", 0, "steuerfrei"),
    ),
    dues=(Due("member", "Mitgliedsbeitrag", 250, 1), Due("meter", "Zählpunkt", 100, 2)),
)


def traded() -> ChainFixture:
    """A has sold B 7 ENT and bought 3 back, for other prices and with fees."""
    granted = tuple(GenesisBalance(address(name), CURRENCY_ASSET, 1_000 * ENT) for name in "AB")
    chain = ChainFixture(make_genesis(balances=granted), MODULES)
    produce(chain, "U1", "A", 20_000)
    chain.do("A", PlaceOrder(1, Side.SELL, OrderKind.LIMIT, 215_000_000, 7 * ENT, 0), fee=12_345)
    chain.do("B", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, 220_000_000, 7 * ENT, 0))
    chain.do("B", PlaceOrder(1, Side.SELL, OrderKind.LIMIT, 333_000_000, 3 * ENT, 0))
    chain.do("A", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, 400_000_000, 3 * ENT, 0), fee=54_321)
    return chain


def sample_bill(terms: BillTerms = TERMS, *, number: int = 17, corrects: int = 0) -> Bill:
    """A's bill of all of it."""
    chain = traded()
    receipts = [
        PlacedReceipt(block.header.height, index, block.header.time_ms, receipt)
        for block in chain.blocks
        for index, receipt in enumerate(block.executed.receipts)
    ]
    period = Period(START_MS, chain.time_ms + 1, "Europe/Vienna", "2026-06-01", "2026-06-30")
    heading = Heading(number, f"EG-2026/{number}", corrects, address("A"), period, "2026-07-03")
    return make_bill(chain.genesis, heading, NOTHING_BEFORE, terms, receipts)


def one_tax(category: str, rate: int = 0, reason: str = "") -> BillTerms:
    """The same terms with one tax on everything."""
    return replace(TERMS, taxes=(TaxRule("*", "*", category, rate, reason),))
