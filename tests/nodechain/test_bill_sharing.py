"""Shared energy on bills: kWh of every scheme, and what schemes that settle by period ask for and bring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from harness.chain import ENT, START_MS, address
from ledger.chain.protocol import context_at
from ledger.sharing.queries import sums_of
from ledger.sharing.scheme_terms import Settlement
from ledger.slots.clock import clock_of
from ledger.slots.schema import ValueSource
from market.denominations import Denominations
from nodechain.api.http.rights import Visitor
from nodechain.api.module_figures import figures_of
from nodechain.api.reading import CommittedState
from nodechain.api.sharing_unsettled import RIGHTS, UNSETTLED, Unsettled, read_unsettled
from nodechain.billing.archive import BillArchive
from nodechain.billing.canonical import bill_hash, canonical_json, read_canonical
from nodechain.billing.csv_form import csv_form
from nodechain.billing.document import Bill, BillTerms, Due, Period, TaxRule
from nodechain.billing.einvoice import einvoice_terms
from nodechain.billing.making import NOTHING_BEFORE, Beginning, Heading, beginning_after, make_bill
from nodechain.billing.receipts import PlacedReceipt
from nodechain.billing.rounding import CentSize, side_of
from nodechain.billing.run import RunMaker
from nodechain.billing.sepa_files import payouts_of
from nodechain.billing.sheet import sheet_of
from nodechain.client.node_client import RestClient
from nodechain.errors import UsageError
from nodechain.modules import REGISTRY
from nodechain.node import Counted
from tests.support.answers import status_of
from tests.support.fake_node import fake_node
from tests.support.sample_bill import MEMBER, SETTINGS
from tests.support.sharing_chain import FIRST_SLOT, HOUR_MS, KWH, LAST_SLOT, SLOT_MS, SharingChain, participants, terms

MEMBERS = participants(p1=(1,), p2=(1,), p3=())
CUT_OFF_MS = 72 * HOUR_MS
"""Of the schemes, after the local day."""
PARTS = ("bought_mwh", "sold_mwh", "cost", "fee", "revenue")
TAXES = (TaxRule("sharing", "charges", "S", 2000, ""), TaxRule("*", "*", "E", 0, "exempt"))
TERMS = BillTerms("A community", "private", "en", True, 14, TAXES, (Due("member", "Member fee", 250, 1),))


def played(settlement: Settlement) -> SharingChain:
    """B takes 2 kWh and 3, C 1 and 1, D gives all of it at 0.1234567 a kWh; a fee of 0.01 goes to A; then a value of B
    is corrected downwards."""
    chain = SharingChain()
    made = terms(MEMBERS, settlement=settlement, fee=ENT // 100, fee_account=address("A"))
    chain.open(replace(made, prices=replace(made.prices, price=123_456_700)))
    chain.until(FIRST_SLOT + 1)
    chain.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 6 * KWH})
    chain.values(FIRST_SLOT + 1, {1: 3 * KWH, 2: KWH, 3: 4 * KWH})
    return chain


def bill_of(
    chain: SharingChain, name: str, *, to_ms: int = 0, beginning: Beginning = NOTHING_BEFORE, from_ms: int = START_MS,
    billed: BillTerms = TERMS,
) -> Bill:  # fmt: skip
    receipts = [
        PlacedReceipt(block.header.height, index, block.header.time_ms, receipt)
        for block in chain.blocks
        for index, receipt in enumerate(block.executed.receipts)
    ]
    period = Period(from_ms, to_ms or chain.time_ms + 1, "UTC", "2023-11-14", "2023-11-14")
    heading = Heading(7, "EG/7", 0, address(name), period, "2023-11-15")
    made = make_bill(chain.genesis, heading, beginning, billed, receipts)
    assert read_canonical(canonical_json(made), Bill) == made
    return made


def test_a_scheme_by_period_asks_for_cost_and_fee_with_the_bill() -> None:
    bill = bill_of(played(Settlement.PERIOD), "B")
    (shared,) = bill.shared
    assert (shared.scheme, shared.by_period, shared.bought_mwh, shared.sold_mwh) == (1, True, str(5 * KWH), "0")
    assert (shared.cost, shared.fee, shared.revenue) == ("617283500", "50000000", "0")
    assert sum(int(source.amount) for source in shared.sources) == 667_283_500
    assert [line for line in bill.lines if line.section == "sharing"] == []
    # 0.6672835 and dues of 2.50: 3.17, of which nothing has moved; 0.0027165 below a cent goes on.
    assert (bill.charges.base, bill.charges.cents, bill.charges.carried_out) == ("3167283500", 317, "-2716500")
    assert (bill.due_cents, bill.charges.settled_cents, bill.payout_cents) == (317, 0, 0)
    assert [(tax.category, tax.gross_cents) for tax in bill.charges.taxes] == [("E", 250), ("S", 67)]


def test_a_producer_is_to_be_paid_and_all_sums_agree_with_the_ledger() -> None:
    chain = played(Settlement.PERIOD)
    bills = {name: bill_of(chain, name) for name in "ABCD"}
    assert (bills["D"].payout_cents, bills["D"].shared[0].sold_mwh) == (86, str(7 * KWH))
    assert bills["A"].shared[0].revenue == "70000000"
    for name, bill in bills.items():
        (shared,) = bill.shared
        assert [int(getattr(shared, part)) for part in PARTS] == _booked(chain, name), name
    paid = sum(int(bill.shared[0].cost) + int(bill.shared[0].fee) for bill in bills.values())
    assert paid == sum(int(bill.shared[0].revenue) for bill in bills.values())


def _booked(chain: SharingChain, name: str) -> list[int]:
    """What the ledger has of the month."""
    height = chain.blocks[-1].header.height
    context = context_at(chain.registry, chain.state, chain.genesis, height + 1, chain.time_ms)
    month = clock_of(context).local_month(FIRST_SLOT)
    found = [entry for _scheme, _month, entry in sums_of(context, address(name), month, month + 1)]
    return [sum(getattr(entry, part) for entry in found) for part in PARTS]


def test_a_scheme_that_settles_at_once_shows_its_kwh_and_asks_for_nothing_more() -> None:
    bill = bill_of(played(Settlement.SLOT), "B")
    (shared,) = bill.shared
    assert (shared.by_period, shared.bought_mwh, shared.cost) == (False, str(5 * KWH), "617283500")
    moved = [int(line.amount) for line in bill.lines if line.section == "sharing"]
    assert sum(moved) == -667_283_500
    assert (bill.due_cents, bill.charges.cents, bill.charges.settled_cents) == (250, 317, 67)


def test_a_correction_in_the_next_period_stands_on_its_bill() -> None:
    chain = played(Settlement.PERIOD)
    cut = chain.time_ms + 1
    first = bill_of(chain, "B", to_ms=cut)
    chain.values(FIRST_SLOT + 1, {1: KWH})
    begin = beginning_after(first, bill_hash(canonical_json(first)), Denominations.of(chain.genesis))
    second = bill_of(chain, "B", from_ms=cut, beginning=begin)
    (shared,) = second.shared
    assert (shared.bought_mwh, shared.cost, shared.fee) == (str(-2 * KWH), "-246913400", "-20000000")
    # What is given back is a credit; the dues are asked for.
    assert (second.payout_cents, second.due_cents, second.charges.carried_in) == (27, 250, "-2716500")
    assert second.charges.cents == 250


def test_forms_show_shared_energy_and_what_is_paid_out() -> None:
    chain = played(Settlement.PERIOD)
    bill = bill_of(chain, "D", billed=replace(TERMS, dues=()))
    sheet = sheet_of(bill, bytes(32), None, None)
    table = next(table for table in sheet.tables if table.title == "Shared energy")
    assert table.rows == (("Scheme 1, with this bill", "0.000000", "7.000000", "2", "0.8641969"),)
    assert sheet.due == "To be paid to you: 0.86 eEuro"
    rows = csv_form(bill).decode()
    assert "shared,sold,scheme 1,7.000000,kWh" in rows
    by_receipt = [row.split(",")[7] for row in rows.splitlines() if ",by_period," in row]
    assert sorted(by_receipt) == ["0.3703701", "0.4938268"]
    invoice = einvoice_terms(bill, "credits", SETTINGS.seller, MEMBER, "EUR")
    assert invoice["BT-115"] == "0.86"
    assert [line["BT-153"] for line in invoice["BG-25"]] == ["sharing 1: revenue of shared energy"]


def test_what_bills_bring_is_a_transfer_to_who_has_an_account_with_a_bank() -> None:
    bill = bill_of(played(Settlement.PERIOD), "D")
    found, without = payouts_of([bill], {bill.account: MEMBER})
    assert [(order.cents, order.reference, order.text) for order in found] == [(86, "EG/7-C", "EG/7")]
    assert without == ()
    assert payouts_of([bill], {}) == ((), ("EG/7",))
    assert payouts_of([bill_of(played(Settlement.SLOT), "D")], {}) == ((), ())


@pytest.mark.parametrize(
    ("moved", "waiting", "dues", "carried", "cents", "settled"),
    [
        (0, 4_000_000, 0, 4_000_000, 1, 0),  # nothing has moved: all is to be paid, with what was carried
        (4_000_000, 4_000_000, 0, 0, 1, 1),  # rounded by themselves the open ones are below half a cent
        (0, 0, 250, 4_000_000, 250, 0),
        (30_000_000, 20_000_000, 250, 0, 255, 3),
    ],
)
def test_what_has_not_moved_is_rounded_once(
    moved: int, waiting: int, dues: int, carried: int, cents: int, settled: int
) -> None:
    size = CentSize.of(9)
    amounts = {("E", 0, ""): moved + waiting + size.base(dues)}
    side = side_of(amounts, dues, carried, size, waiting)
    assert (side.cents, side.settled_cents) == (cents, settled)
    assert int(side.carried_out) == moved + waiting + size.base(dues) + carried - size.base(cents)


def view(chain: SharingChain) -> CommittedState:
    height = chain.blocks[-1].header.height
    found = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    return CommittedState(chain.reader, height, found)


def waiting_chain() -> SharingChain:
    """Of four slots the first is settled; B and C miss the next two, C the last one."""
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT + 3)
    chain.values(FIRST_SLOT, {1: KWH, 2: KWH, 3: KWH})
    for slot in (1, 2, 3):
        chain.values(FIRST_SLOT + slot, {3: KWH})
    chain.values(FIRST_SLOT + 3, {1: KWH})
    return chain


def unsettled(chain: SharingChain, first: int, end: int) -> Unsettled:
    return read_unsettled(view(chain), first * SLOT_MS, end * SLOT_MS)


def test_slots_without_a_run_say_whose_values_they_wait_for() -> None:
    chain = waiting_chain()
    found = unsettled(chain, FIRST_SLOT - 4, FIRST_SLOT + 96)
    assert [
        (span.first_slot - FIRST_SLOT, span.slots, [each.point for each in span.points]) for span in found.spans
    ] == [
        (1, 2, [1, 2]),
        (3, 1, [2]),
    ]
    assert found.spans[0].cut_off_ms == (LAST_SLOT + 1) * SLOT_MS + CUT_OFF_MS
    assert unsettled(chain, FIRST_SLOT, FIRST_SLOT + 1).spans == []
    assert [span.slots for span in unsettled(chain, FIRST_SLOT + 2, FIRST_SLOT + 3).spans] == [1]
    mine = RIGHTS[UNSETTLED].shown
    assert mine is not None
    own = mine(Visitor(address("B"), frozenset((address("B"),)), is_member=True), found)
    assert [(span.missing, [each.point for each in span.points]) for span in own.spans] == [(2, [1]), (1, [])]
    chain.values(FIRST_SLOT + 3, {2: KWH})
    chain.until(LAST_SLOT, after_ms=CUT_OFF_MS - 1)
    assert [span.slots for span in unsettled(chain, FIRST_SLOT, LAST_SLOT + 1).spans] == [2, 92]
    chain.until(LAST_SLOT, after_ms=CUT_OFF_MS)
    assert unsettled(chain, FIRST_SLOT, LAST_SLOT + 1).spans == []


def test_a_closed_scheme_and_slots_before_it_wait_for_nothing() -> None:
    chain = waiting_chain()
    chain.open(terms(()), scheme=1, from_slot=FIRST_SLOT + 8)
    chain.until(FIRST_SLOT + 20)
    assert sum(span.slots for span in unsettled(chain, FIRST_SLOT - 50, FIRST_SLOT + 20).spans) == 7
    with pytest.raises(UsageError):
        read_unsettled(view(chain), 0, None)


def test_a_run_of_bills_is_not_made_before_the_slots_of_its_period_are_settled(tmp_path: Path) -> None:
    found = json.loads(unsettled(waiting_chain(), FIRST_SLOT, FIRST_SLOT + 96).model_dump_json())
    found["spans"][1] |= {"missing": 0, "points": []}
    answers = {
        "GET /v1/status": status_of("chain", "00" * 32),
        "GET /v1/members": {"height": 1, "addresses": [], "next": None},
        "GET /v1/meters": {"height": 1, "meters": [], "next": None},
        "GET /v1/sharing/unsettled": found,
    }
    period = Period(FIRST_SLOT * SLOT_MS, (FIRST_SLOT + 96) * SLOT_MS, "UTC", "2023-11-15", "2023-11-15")
    with fake_node(answers) as fake:
        node = RestClient(fake.url)
        maker = RunMaker(node, SharingChain().genesis, SETTINGS, {}, BillArchive(tmp_path), period, "2023-11-16")
        problems = maker.make(0, "", 0, lambda _done: None).problems
        node.close()
    first, second = [problem.text for problem in problems if problem.code == "unsettled_slots"]
    assert first == (
        f"scheme 1: 2 slots from {FIRST_SLOT + 1} on (2023-11-14 23:15:00 to 2023-11-14 23:45:00 UTC) without a run;"
        " values are missing of the points 1, 2: take them in (`nodechain sharing import`), or wait until"
        " 2023-11-18 23:00:00 UTC, when substitutes stand in"
    )
    assert second == (
        f"scheme 1: 1 slot from {FIRST_SLOT + 3} on (2023-11-14 23:45:00 to 2023-11-15 00:00:00 UTC) without a run;"
        " all values are there, wait for the next blocks"
    )


def test_monitoring_sees_slots_that_wait_debts_and_bills() -> None:
    chain = waiting_chain()
    modules = frozenset({"slots", "sharing"})

    def shown(chain: SharingChain) -> dict[str, float]:
        return {name: value for name, _kind, _meaning, value in figures_of(view(chain), modules)}

    found = shown(chain)
    assert (found["slots_points"], found["sharing_schemes"], found["sharing_unsettled_slots"]) == (3, 1, 3)
    age_s = chain.time_ms / 1000 - (FIRST_SLOT + 2) * SLOT_MS / 1000
    assert found["sharing_oldest_unsettled_seconds"] == age_s
    assert (found["sharing_debts"], found["sharing_debtors"], found["sharing_queued_slots"]) == (0, 0, 0)
    chain.until(LAST_SLOT, after_ms=CUT_OFF_MS)
    # Those of the day are settled; the slots of the three days after them wait.
    assert shown(chain)["sharing_unsettled_slots"] == 288
    poor = SharingChain(money=0)
    poor.open(terms(MEMBERS))
    poor.until(FIRST_SLOT)
    poor.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 6 * KWH})
    assert (shown(poor)["sharing_debts"], shown(poor)["sharing_debtors"]) == (0.3, 2)


def test_what_happened_since_the_start_is_counted() -> None:
    chain = waiting_chain()
    chain.values(FIRST_SLOT, {1: 2 * KWH})
    chain.values(FIRST_SLOT, {1: 3 * KWH}, source=ValueSource.OPERATOR)
    chain.until(LAST_SLOT, after_ms=CUT_OFF_MS)
    counted = Counted()
    for block in chain.blocks:
        for receipt in block.executed.receipts:
            for event in receipt.events:
                counted.take(event)
    assert (counted.corrections, counted.differences) == (1, 1)
    assert (counted.runs, counted.substituted) == (1 + 1 + 95, 2 + 2 + 1 + 92 * 3)
