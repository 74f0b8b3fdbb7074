"""Bills against the ledger: exact to the base unit for everybody, over any play and any cut into periods (rule BL3).

And the rounding: once a side, the rest carried, taxes and cents add up.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from harness.chain import ENT, START_MS, ChainFixture, Holding, address, make_genesis
from harness.energy import consume, household, produce
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import LockWithdrawal, MintCurrency, Transfer
from ledger.chain.header import Event, Receipt
from ledger.chain.registry import Module
from ledger.energy.payloads import OpenSession
from ledger.errors import InclusionError, Refused
from ledger.sharing.events import ClaimPaid, DebtPaid
from market.denominations import Denominations
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from nodechain.billing.canonical import bill_hash, canonical_json, read_canonical
from nodechain.billing.document import Bill, BillTerms, Due, Period, TaxRule
from nodechain.billing.fold import Fold
from nodechain.billing.making import NOTHING_BEFORE, Beginning, Heading, beginning_after, make_bill
from nodechain.billing.receipts import PlacedReceipt
from nodechain.billing.rounding import CentSize, half_away, in_parts, side_of, tax_of
from nodechain.billing.wording import word
from nodechain.errors import UsageError
from nodechain.modules import MODULES
from tests.makers import bill_schema

NAMES = ("A", "B", "C", "D", "bank", "V")
RULES = (
    TaxRule("trades", "charges", "S", 2000, ""),
    TaxRule("trades", "credits", "AE", 0, "reverse charge"),
    TaxRule("fees", "*", "E", 0, "exempt"),
    TaxRule("dues", "*", "S", 1000, ""),
)
TERMS = BillTerms("A community", "private", "en", True, 14, RULES, (Due("member", "Member fee", 250, 1),))


def traded_chain() -> ChainFixture:
    granted = tuple(GenesisBalance(address(name), CURRENCY_ASSET, 10_000 * ENT) for name in ("A", "B", "C", "D"))
    modules: tuple[Module, ...] = MODULES
    return ChainFixture(make_genesis(balances=granted, minimum_fee=0), modules)


def receipts_of(chain: ChainFixture) -> list[PlacedReceipt]:
    return [
        PlacedReceipt(block.header.height, index, block.header.time_ms, receipt)
        for block in chain.blocks
        for index, receipt in enumerate(block.executed.receipts)
    ]


def act(chain: ChainFixture, step: tuple[int, int, int, int]) -> None:
    """One of what members do; what is refused leaves its receipt too."""
    kind, who, whom, size = step
    name, other = "ABCD"[who], "ABCD"[whom]
    amount = size * 1_234_567 + 1
    try:
        match kind:
            case 0:
                chain.try_(name, Transfer(CURRENCY_ASSET, address(other), amount), fee=size % 7)
            case 1:
                produce(chain, "U1", name, 100 + size)
            case 2:
                chain.try_(name, OpenSession(address("U1"), amount * 100, 0))
            case 3:
                consume(chain, "U1", name, 10 + size)
            case 4:
                side = Side.BUY if size % 2 else Side.SELL
                price = (300 + size % 5) * 10**6
                chain.try_(name, PlaceOrder(1, side, OrderKind.LIMIT, price, (size + 1) * 10**7, 0), fee=size % 3)
            case 5:
                chain.try_("bank", MintCurrency(CURRENCY_ASSET, address(name), amount))
            case _:
                chain.try_(name, LockWithdrawal(CURRENCY_ASSET, amount))
    except (Refused, InclusionError):
        chain.block()


def bills_of(chain: ChainFixture, name: str, cuts: list[int]) -> list[Bill]:
    """An account's bills of the periods between cuts, each going on where the one before ended."""
    found: list[Bill] = []
    beginning: Beginning = NOTHING_BEFORE
    receipts = receipts_of(chain)
    for number, (start, end) in enumerate(pairwise(cuts), 1):
        heading = Heading(number, str(number), 0, address(name), Period(start, end, "UTC", "", ""), "2023-11-14")
        bill = make_bill(chain.genesis, heading, beginning, TERMS, receipts)
        assert read_canonical(canonical_json(bill), Bill) == bill
        found.append(bill)
        beginning = beginning_after(bill, bill_hash(canonical_json(bill)), Denominations.of(chain.genesis))
    return found


def held(bill: Bill, asset: str) -> Counter[str]:
    return Counter(
        {each.place: int(each.amount) for account in bill.assets if account.asset == asset for each in account.closing}
    )


steps = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 3), st.integers(0, 50)), min_size=4, max_size=40
)


@settings(max_examples=25, deadline=None)
@given(play=steps, cut=st.lists(st.integers(1, 38), max_size=3, unique=True))
def test_bl3_every_bill_is_the_ledger_to_the_base_unit(play: list[tuple[int, int, int, int]], cut: list[int]) -> None:
    chain = traded_chain()
    for step in play:
        act(chain, step)
    cuts = [START_MS, *sorted(START_MS + second * 1000 for second in cut), chain.time_ms + 1]
    for name in NAMES:
        bills = bills_of(chain, name, cuts)
        for earlier, later in pairwise(bills):
            closing = {account.asset: account.closing for account in earlier.assets}
            assert {account.asset: account.opening for account in later.assets if account.opening} == {
                asset: places for asset, places in closing.items() if places
            }
        for bill in bills:
            adds_up(bill)
        for asset, number in (("ENT", ENERGY_ASSET), ("EEURO", CURRENCY_ASSET)):
            holding: Holding = chain.balance(name, number)
            assert held(bills[-1], asset) == Counter(holding._asdict())
        metered = Counter({line.measure: 0 for bill in bills for line in bill.energy})
        for bill in bills:
            metered.update({line.measure: int(line.energy_wh) for line in bill.energy})
        home = household(chain, name)
        assert metered["produced"] == home.produced_wh
        assert metered["consumed"] == home.consumed_wh


def adds_up(bill: Bill) -> None:
    for account in bill.assets:
        opening, closing = (sum(int(each.amount) for each in side) for side in (account.opening, account.closing))
        lines = [line for line in bill.lines if line.asset == account.asset]
        assert opening + sum(int(line.amount) for line in lines) == closing
        assert int(account.change) == closing - opening
    sums = [(line.sources, line.amount) for line in bill.lines]
    for sources, total in [*sums, *((line.sources, line.energy_wh) for line in bill.energy)]:
        assert sum(int(source.amount) for source in sources) == int(total)
        places = [(source.height, source.index) for source in sources]
        assert places == sorted(set(places))
    for side in (bill.charges, bill.credits):
        cent = 10**7
        assert int(side.base) + int(side.carried_in) == side.cents * cent + int(side.carried_out)
        assert 2 * abs(int(side.carried_out)) <= cent
        assert sum(tax.gross_cents for tax in side.taxes) == side.cents
        assert all(tax.net_cents + tax.tax_cents == tax.gross_cents for tax in side.taxes)
    assert bill.charges.cents - bill.charges.settled_cents == bill.due_cents == 250


def test_a_trade_stands_on_both_sides_with_its_price_and_quantity() -> None:
    chain = traded_chain()
    produce(chain, "U1", "A", 5_000)
    chain.do("A", PlaceOrder(1, Side.SELL, OrderKind.LIMIT, 3 * 10**8, 2 * ENT, 0))
    chain.do("B", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, 4 * 10**8, 2 * ENT, 0))
    cuts = [START_MS, chain.time_ms + 1]
    (seller,), (buyer,) = bills_of(chain, "A", cuts), bills_of(chain, "B", cuts)
    (sold,) = [line for line in seller.lines if line.section == "trades" and line.asset == "EEURO"]
    (bought,) = [line for line in buyer.lines if line.section == "trades" and line.asset == "EEURO"]
    assert (sold.amount, sold.quantity, sold.quantity_asset) == (str(6 * 10**8), str(-2 * ENT), "ENT")
    assert (bought.amount, bought.quantity, bought.price) == (str(-6 * 10**8), str(2 * ENT), str(3 * 10**8))
    assert bought.sources[0].transaction == chain.blocks[-1].executed.receipts[1].transaction_id.hex()
    assert seller.credits.cents == 60
    (tax,) = seller.credits.taxes
    assert (tax.category, tax.tax_cents, tax.reason) == ("AE", 0, "reverse charge")
    assert {(tax.category, tax.gross_cents, tax.tax_cents) for tax in buyer.charges.taxes} == {
        ("S", 60, 10),
        ("S", 250, 23),
    }


def test_what_is_below_a_cent_comes_back_on_the_next_bill() -> None:
    size = CentSize.of(9)
    first = side_of({("S", 2000, ""): 14_999_999}, 0, 0, size)
    assert (first.cents, first.carried_out) == (1, "4999999")
    second = side_of({("S", 2000, ""): 1}, 0, int(first.carried_out), size)
    assert (second.cents, second.carried_out) == (1, "-5000000")
    third = side_of({}, 0, int(second.carried_out), size)
    assert (third.cents, third.carried_out) == (0, "-5000000")


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**12), min_size=1, max_size=8))
def test_parts_add_up_and_none_is_a_unit_off(total: int, weights: list[int]) -> None:
    parts = in_parts(total, tuple(weights))
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True))


@given(st.integers(-(10**9), 10**9), st.integers(0, 9999))
def test_tax_is_the_nearest_cent(gross: int, rate: int) -> None:
    tax = tax_of(gross, TaxRule("*", "*", "S", rate, ""))
    assert abs(2 * (tax * (10_000 + rate) - gross * rate)) <= 10_000 + rate
    assert tax_of(gross, TaxRule("*", "*", "AE", rate, "")) == 0


@pytest.mark.parametrize(("numerator", "expected"), [(4, 0), (5, 1), (14, 1), (15, 2), (-5, -1), (-4, 0)])
def test_halves_go_away_from_zero(numerator: int, expected: int) -> None:
    assert half_away(numerator, 10) == expected


def test_bl8_another_text_of_the_same_value_is_no_bill() -> None:
    chain = traded_chain()
    (bill,) = bills_of(chain, "A", [START_MS, chain.time_ms + 1])
    data = canonical_json(bill)
    for changed in (data + b" ", data.replace(b":", b": ", 1), data[:-1], data.replace(b'"0"', b'"00"', 1), b"{}"):
        with pytest.raises(UsageError):
            read_canonical(changed, Bill)
    assert canonical_json(replace(bill, number=bill.number)) == data


def test_the_published_schema_is_that_of_the_documents() -> None:
    assert bill_schema.FILE.read_text(encoding="utf-8") == bill_schema.build()


def test_what_another_subject_moves_stands_under_its_name_by_its_postings() -> None:
    chain = traded_chain()
    account, pool = address("A"), address("pool")
    fields = {"account": account, "pool": pool, "asset": CURRENCY_ASSET, "amount": 70}
    paid, got = DebtPaid(**_filled(DebtPaid, fields)), ClaimPaid(**_filled(ClaimPaid, {**fields, "amount": 30}))
    receipt = Receipt(bytes(32), "", 0, 0, (paid, got))
    fold = Fold(account, Denominations.of(chain.genesis))
    fold.add([PlacedReceipt(5, 0, START_MS, receipt)])
    assert [(line.section, line.kind, line.amount) for line in fold.lines()] == [
        ("sharing", "claim_paid", "30"), ("sharing", "debt_paid", "-70"),
    ]  # fmt: skip
    assert fold.standing.total(CURRENCY_ASSET) == -40
    assert all(word("de", line.kind) != line.kind.replace("_", " ") for line in fold.lines())


def _filled(kind: type[Event], known: dict[str, Any]) -> dict[str, Any]:
    """The fields of an event: those that matter here, 0 for the others."""
    return {name: known.get(name, 0) for name in kind.__struct_fields__}
