"""The grid account on bills: each line by itself, by what moved and by what it is for, exact to the base unit."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import MintCurrency
from ledger.chain.protocol import context_at
from ledger.grid.genesis import GridMode
from ledger.keys.address import format_address
from market.module import MARKET_MODULES
from nodechain.api.grid import read_grid_account
from nodechain.api.reading import CommittedState
from nodechain.billing.archive import BillArchive
from nodechain.billing.canonical import bill_hash, canonical_json
from nodechain.billing.csv_form import csv_form
from nodechain.billing.document import Bill, BillTerms, Period
from nodechain.billing.making import NOTHING_BEFORE, Heading, make_bill
from nodechain.billing.proof import FalseBill, _check_lines
from nodechain.billing.receipts import PlacedReceipt
from nodechain.billing.run import RunMaker
from nodechain.billing.sheet import sheet_of
from nodechain.client.node_client import RestClient
from nodechain.modules import REGISTRY
from tests.ledger.grid.test_shared_zones import FAR, NEAR, SHARED_LEVY, zoned
from tests.support.fake_node import fake_node
from tests.support.grid_chain import GridChain
from tests.support.grid_tariffs import FEE, FEED_IN, LEVY, RETAIL
from tests.support.sample_bill import SETTINGS
from tests.support.sharing_chain import FIRST_SLOT, KWH

TERMS = BillTerms("A community", "private", "en", False, 14, (), ())


def receipts_of(chain: GridChain) -> list[PlacedReceipt]:
    return [
        PlacedReceipt(block.header.height, index, block.header.time_ms, receipt)
        for block in chain.blocks
        for index, receipt in enumerate(block.executed.receipts)
    ]


def bill_of(chain: GridChain, name: str) -> Bill:
    """Of all that ever was."""
    period = Period(0, chain.time_ms + 1, "Europe/Vienna", "2023-11-01", "2023-11-30")
    heading = Heading(1, "1", 0, address(name), period, "2023-12-01")
    return make_bill(chain.genesis, heading, NOTHING_BEFORE, TERMS, receipts_of(chain))


def moved(bill: Bill) -> dict[str, int]:
    return {line.kind: int(line.amount) for line in bill.lines if line.section == "grid"}


def test_each_line_moves_by_itself_and_the_bill_adds_up_to_the_ledger() -> None:
    chain = GridChain(modules=MARKET_MODULES)
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: 2 * KWH, 3: 5 * KWH})
    chain.values(FIRST_SLOT, {1: KWH})
    bill = bill_of(chain, "B")
    sums = Counter[str]()
    for line in bill.lines:
        if line.section == "grid":
            sums[line.kind] += int(line.amount)
    assert sums == {"retail": -RETAIL, "grid_fee:grid>": -FEE, "levy:green": -LEVY}
    (account,) = [each for each in bill.assets if each.asset == bill.currency]
    assert int(account.change) == chain.has("B") == 100 * ENT - RETAIL - FEE - LEVY
    assert [(use.kind, use.name, use.energy_mwh, use.amount) for use in bill.grid] == [
        ("retail", "", str(KWH), str(RETAIL)),
        ("grid_fee", "grid>", str(KWH), str(FEE)),
        ("levy", "green", str(KWH), str(LEVY)),
    ]
    assert [(use.kind, use.amount) for use in bill_of(chain, "D").grid] == [("feed_in", str(-5 * FEED_IN))]
    assert moved(bill_of(chain, "D")) == {"feed_in": 5 * FEED_IN}


def test_shared_energy_stands_by_its_pair_of_zones_and_a_bill_that_says_otherwise_is_found_out() -> None:
    chain = zoned(modules=MARKET_MODULES)
    chain.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 3 * KWH // 2, 4: KWH // 2})
    bill = bill_of(chain, "B")
    north, south, levy = 333_333 * FAR // KWH, NEAR, 333_333 * SHARED_LEVY // KWH + SHARED_LEVY
    shown = {(use.kind, use.name): (int(use.energy_mwh), int(use.amount)) for use in bill.grid}
    assert shown["grid_fee", "north>south"] == (333_333, north)
    assert shown["grid_fee", "south>south"] == (KWH, south)
    assert shown["shared_levy", "meter"] == (1_333_333, levy)
    found = moved(bill)
    assert (found["grid_fee:north>south"], found["grid_fee:south>south"], found["shared_levy:meter"]) == (
        -north, -south, -levy,
    )  # fmt: skip
    (account,) = [each for each in bill.assets if each.asset == bill.currency]
    assert int(account.change) == chain.has("B")
    sheet = sheet_of(bill, bill_hash(canonical_json(bill)), None, None)
    (table,) = [table for table in sheet.tables if table.title == "Grid"]
    assert "levy on shared energy meter" in {row[0] for row in table.rows}
    _check_lines(bill, canonical_json(bill), receipts_of(chain), chain.genesis)
    for place, use in enumerate(bill.grid):
        for changed in (replace(use, amount=str(int(use.amount) - 1)), replace(use, energy_mwh="1")):
            false = replace(bill, grid=(*bill.grid[:place], changed, *bill.grid[place + 1 :]))
            with pytest.raises(FalseBill) as refused:
                _check_lines(false, canonical_json(false), receipts_of(chain), chain.genesis)
            assert refused.value.code == "other_lines"


def test_what_was_owed_stands_as_charged_and_its_payment_as_a_line() -> None:
    chain = GridChain(money=0, modules=MARKET_MODULES)
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: KWH})
    assert moved(bill_of(chain, "B")) == {}
    chain.do("bank", MintCurrency(CURRENCY_ASSET, address("B"), ENT))
    bill = bill_of(chain, "B")
    assert moved(bill) == {"grid_debt_paid": -(RETAIL + FEE + LEVY)}
    assert sum(int(use.amount) for use in bill.grid) == RETAIL + FEE + LEVY


def test_what_a_supplier_bills_is_shown_and_marked_as_not_moved() -> None:
    chain = GridChain(mode=GridMode.EXTERNAL, modules=MARKET_MODULES)
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: KWH})
    bill = bill_of(chain, "B")
    assert moved(bill) == {}
    assert all(use.external for use in bill.grid)
    sheet = sheet_of(bill, bill_hash(canonical_json(bill)), None, None)
    (table,) = [table for table in sheet.tables if table.title == "Grid"]
    assert table.rows[1][0] == "grid fee grid>, billed by the supplier"
    rows = list(csv.DictReader(io.StringIO(csv_form(bill).decode())))
    assert [(row["asset"], row["amount"], row["unit"]) for row in rows if row["kind"] == "grid_fee:grid>"] == [
        ("not_moved", "1.000000", "kWh"), ("not_moved", "-0.07", "eEuro"),
    ]  # fmt: skip


def test_a_point_without_a_tariff_stands_in_the_way_of_final_bills(tmp_path: Path) -> None:
    chain = GridChain(default=0)
    account = format_address(address("B"))
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    answer = json.loads(read_grid_account(CommittedState(chain.reader, height, view), address("B")).model_dump_json())
    period = Period(0, 1, "UTC", "2023-11-15", "2023-11-15")
    with fake_node({f"GET /v1/grid/accounts/{account}": answer}) as fake:
        node = RestClient(fake.url)
        maker = RunMaker(node, chain.genesis, SETTINGS, {}, BillArchive(tmp_path), period, "2023-11-16")
        (problem,) = maker.without_tariff([account])
        node.close()
    assert (problem.code, problem.account) == ("point_without_tariff", account)
    assert "point 1 has no tariff" in problem.text
