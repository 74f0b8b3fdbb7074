"""Numbers of bills, corrections, payments, treasurers (rules BL1 to BL7)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.chain import ENT, START_MS, ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.billing.events import BillCorrected, BillPaid, BillsFinalised, PaymentRecorded, TreasurerChanged
from ledger.billing.genesis import BILLING_SECTION, BillingSection
from ledger.billing.invariants import check_bills
from ledger.billing.limits import MAX_BILLS_PER_RUN, MAX_TREASURERS
from ledger.billing.payloads import CorrectBill, FinaliseBills, PayBill, RecordPayment, SetTreasurer
from ledger.billing.queries import correction_of, next_bill_number, payments_of, run_of, runs, treasurers
from ledger.billing.schema import BILL_CORRECTIONS, BILL_RUNS, BillCorrection, BillPayments, BillRun
from ledger.chain.protocol import context_at
from ledger.chain.section import check_sections, sections_of
from ledger.errors import BrokenInvariant, GenesisError, InclusionError, MalformedInput
from ledger.governance.payloads import CastVote
from ledger.state.overlay import State
from ledger.state.table import big_endian, newest_first
from nodechain.light.statement import Statement
from nodechain.modules import MODULES, REGISTRY
from tests.makers.make_vectors import type_of

ROOT = bytes(range(32))
SECTION = BillingSection((address("T"),), address("fund"), "EG-2023/")


def billed(section: BillingSection = SECTION) -> ChainFixture:
    genesis = make_genesis(balances=(GenesisBalance(address("B"), CURRENCY_ASSET, 100 * ENT),))
    sections = sections_of(*genesis.sections, BILLING_SECTION.holding(section))
    return ChainFixture(msgspec.structs.replace(genesis, sections=sections), MODULES)


def run(first: int, count: int, from_ms: int = START_MS, to_ms: int = START_MS + 1000) -> FinaliseBills:
    return FinaliseBills(first, count, ROOT, from_ms, to_ms)


def vote_code(chain: ChainFixture, action: SetTreasurer) -> str:
    return chain.try_("A", CastVote(action, True)).code


# --- treasurers ------------------------------------------------------------------------------------------------------


def test_bl1_the_first_treasurer_is_a_member_by_its_role_and_voters_appoint_others() -> None:
    chain = billed()
    assert chain.blocks[0].executed.receipts[0].events.count(TreasurerChanged(address("T"), True)) == 1
    assert chain.try_("A", run(1, 1)).code == "not_a_treasurer"
    chain.vote(SetTreasurer(address("A"), True))
    assert [key for key, _entry in treasurers(chain.reader, None, 10).entries] == sorted([address("T"), address("A")])
    assert chain.try_("A", run(1, 1)).code == ""
    chain.vote(SetTreasurer(address("T"), False))
    assert vote_code(chain, SetTreasurer(address("A"), False)) == "last_treasurer"


def test_bl1_votes_that_change_nothing_and_meters_are_refused() -> None:
    chain = billed()
    assert vote_code(chain, SetTreasurer(address("T"), True)) == "unchanged"
    assert vote_code(chain, SetTreasurer(address("B"), False)) == "unchanged"


def test_bl1_there_are_as_many_treasurers_as_the_limit_says() -> None:
    names = [f"T{number}" for number in range(MAX_TREASURERS)]
    section = BillingSection(tuple(address(name) for name in names), address("fund"), "")
    assert vote_code(billed(section), SetTreasurer(address("B"), True)) == "too_many_treasurers"
    more = BillingSection((*section.treasurers, address("T")), address("fund"), "")
    genesis = make_genesis()
    sections = sections_of(*genesis.sections, BILLING_SECTION.holding(more))
    with pytest.raises(GenesisError):
        check_sections(msgspec.structs.replace(genesis, sections=sections), REGISTRY.sections)


@pytest.mark.parametrize(
    "section",
    [
        BillingSection((), address("fund"), ""),
        BillingSection((address("T"),) * 2, address("fund"), ""),
        BillingSection((address("T"),), b"short", ""),
        BillingSection((address("T"),), address("fund"), "no spaces"),
        BillingSection((address("T"),), address("fund"), "x" * 65),
    ],
)
def test_what_contradicts_itself_is_no_section(section: BillingSection) -> None:
    genesis = make_genesis()
    sections = sections_of(*genesis.sections, BILLING_SECTION.holding(section))
    with pytest.raises(GenesisError):
        check_sections(msgspec.structs.replace(genesis, sections=sections), REGISTRY.sections)


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_bl2_bl3_runs_take_the_next_numbers_and_their_periods_follow_each_other() -> None:
    chain = billed()
    receipt = chain.do("T", run(1, 3))
    assert receipt.events == (BillsFinalised(address("T"), 1, 1, 3, ROOT, START_MS, START_MS + 1000),)
    assert chain.try_("T", run(3, 1, START_MS + 1000, START_MS + 2000)).code == "bill_number"
    assert chain.try_("T", run(5, 1, START_MS + 1000, START_MS + 2000)).code == "bill_number"
    assert chain.try_("T", run(4, 1, START_MS + 1001, START_MS + 2000)).code == "period_gap"
    assert chain.try_("T", run(4, 1)).code == "period_gap"
    assert chain.try_("T", run(4, 1, START_MS + 1000, START_MS + 1000)).code == "empty_period"
    assert chain.try_("T", run(4, 1, START_MS + 1000, START_MS + 10**9)).code == "period_open"
    chain.do("T", run(4, 2, START_MS + 1000, START_MS + 2000))
    found = [entry for _key, entry in runs(chain.reader, None, 10).entries]
    assert [(entry.number, entry.first, entry.count) for entry in found] == [(2, 4, 2), (1, 1, 3)]
    assert [_run_number(chain, number) for number in range(7)] == [None, 1, 1, 1, 2, 2, None]


def _run_number(chain: ChainFixture, number: int) -> int | None:
    found = run_of(chain.reader, number)
    return None if found is None else found.number


def test_bl3_a_period_ends_by_the_time_of_the_block() -> None:
    chain = billed()
    chain.block()
    now_ms = chain.time_ms
    assert chain.try_("T", run(1, 1, START_MS, now_ms + 1001)).code == "period_open"
    assert chain.try_("T", run(1, 1, START_MS, chain.time_ms + 1000)).code == ""


def test_bl3_a_run_has_at_most_as_many_bills_as_the_limit_says() -> None:
    chain = billed()
    codec = type_of(run(1, 1)).codec
    assert codec.decode(msgspec.msgpack.encode(run(1, MAX_BILLS_PER_RUN))).count == MAX_BILLS_PER_RUN
    with pytest.raises(MalformedInput):
        codec.decode(msgspec.msgpack.encode(run(1, MAX_BILLS_PER_RUN + 1)))
    chain.do("T", run(1, MAX_BILLS_PER_RUN))
    assert _run_number(chain, MAX_BILLS_PER_RUN) == 1


def test_bl4_a_correction_has_the_next_number_and_leaves_the_original() -> None:
    chain = billed()
    chain.do("T", run(1, 2))
    assert chain.try_("T", CorrectBill(3, 3, ROOT)).code == "unknown_bill"
    assert chain.try_("T", CorrectBill(4, 1, ROOT)).code == "bill_number"
    assert chain.try_("B", CorrectBill(3, 1, ROOT)).code == "not_a_treasurer"
    receipt = chain.do("T", CorrectBill(3, 1, ROOT))
    assert receipt.events == (BillCorrected(address("T"), 3, 1, ROOT),)
    assert correction_of(chain.state, 3) == BillCorrection(1, ROOT, chain.blocks[-1].header.height)
    assert correction_of(chain.state, 1) is None
    chain.do("T", run(4, 1, START_MS + 1000, START_MS + 2000))
    assert [_run_number(chain, number) for number in (1, 2, 3, 4)] == [1, 1, None, 2]


# --- payments --------------------------------------------------------------------------------------------------------


def test_bl5_paying_moves_currency_to_the_account_and_is_noted() -> None:
    chain = billed()
    chain.do("T", run(1, 1))
    assert chain.try_("B", PayBill(2, CURRENCY_ASSET, 1)).code == "unknown_bill"
    assert chain.try_("B", PayBill(1, ENERGY_ASSET, 1)).code == "not_a_currency"
    assert chain.try_("B", PayBill(1, 3, 1)).code == "unknown_asset"
    assert chain.try_("B", PayBill(1, CURRENCY_ASSET, 101 * ENT)).code == "insufficient_balance"
    receipt = chain.do("B", PayBill(1, CURRENCY_ASSET, 30 * ENT))
    assert receipt.events == (BillPaid(1, address("B"), address("fund"), CURRENCY_ASSET, 30 * ENT),)
    chain.do("B", PayBill(1, CURRENCY_ASSET, 12 * ENT))
    assert payments_of(chain.state, 1, CURRENCY_ASSET) == BillPayments(42 * ENT, 0)
    assert chain.balance("fund", CURRENCY_ASSET).available == 42 * ENT
    statement = Statement(CURRENCY_ASSET)
    for block in chain.blocks:
        for each in block.executed.receipts:
            statement.add(each.events)
    assert statement.differences(chain.reader) == []


def test_bl5_the_account_itself_pays_none() -> None:
    chain = billed(BillingSection((address("T"),), address("B"), ""))
    chain.do("T", run(1, 1))
    assert chain.try_("B", PayBill(1, CURRENCY_ASSET, 1)).code == "same_account"


def test_bl6_an_entry_of_a_bank_is_noted_once() -> None:
    chain = billed()
    chain.do("T", run(1, 2))
    entry = bytes(32)
    assert chain.try_("B", RecordPayment(1, CURRENCY_ASSET, 5, entry)).code == "not_a_treasurer"
    assert chain.try_("T", RecordPayment(3, CURRENCY_ASSET, 5, entry)).code == "unknown_bill"
    assert chain.try_("T", RecordPayment(1, ENERGY_ASSET, 5, entry)).code == "not_a_currency"
    receipt = chain.do("T", RecordPayment(1, CURRENCY_ASSET, 5, entry))
    assert receipt.events == (PaymentRecorded(address("T"), 1, CURRENCY_ASSET, 5, entry),)
    assert chain.try_("T", RecordPayment(2, CURRENCY_ASSET, 5, entry)).code == "entry_noted"
    chain.do("T", RecordPayment(1, CURRENCY_ASSET, 7, ROOT))
    assert payments_of(chain.state, 1, CURRENCY_ASSET) == BillPayments(0, 12)
    assert payments_of(chain.state, 2, CURRENCY_ASSET) == BillPayments(0, 0)


def test_without_the_section_nobody_numbers_bills() -> None:
    chain = ChainFixture(make_genesis(), MODULES)
    with pytest.raises(InclusionError, match="module_off"):
        chain.block([chain.tx("A", run(1, 1))])


# --- invariants ------------------------------------------------------------------------------------------------------


def _second_run(state: State) -> None:
    state.put(BILL_RUNS, newest_first(2), BillRun(2, 2, 1, ROOT, START_MS, START_MS + 1, 5))


def _gap(state: State) -> None:
    state.put(BILL_CORRECTIONS, big_endian(9), BillCorrection(1, ROOT, 5))


def _later_original(state: State) -> None:
    state.put(BILL_CORRECTIONS, big_endian(3), BillCorrection(3, ROOT, 5))


@pytest.mark.parametrize("damage", [_second_run, _gap, _later_original])
def test_bl7_what_cannot_be_is_noticed(damage: Callable[[State], None]) -> None:
    chain = billed()
    chain.do("T", run(1, 2))
    chain.do("T", CorrectBill(3, 1, ROOT))
    check_bills(chain.reader)
    state = chain.state
    damage(state)
    chain.reader.apply(state.changes())
    with pytest.raises(BrokenInvariant):
        check_bills(chain.reader)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.integers(1, 5), st.just("correct"), st.just("late")), max_size=12))
def test_bl2_whatever_treasurers_do_no_number_is_missing_or_given_twice(steps: list[int | str]) -> None:
    chain, end_ms = billed(), START_MS
    issued: list[None] = []
    for step in steps:
        first = len(issued) + 1
        if isinstance(step, int):
            chain.do("T", run(first, step, end_ms, end_ms + 1))
            issued += [None] * step
            end_ms += 1
        elif step == "correct" and issued:
            chain.do("T", CorrectBill(first, first - 1, ROOT))
            issued.append(None)
        else:
            assert chain.try_("T", run(first + 1, 1, end_ms, end_ms + 1)).code == "bill_number"
    context = context_at(chain.registry, chain.state, chain.genesis, 1, chain.time_ms)
    assert next_bill_number(context) == len(issued) + 1
