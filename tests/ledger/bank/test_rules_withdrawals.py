"""Lines of banks, withdrawals marked, paid and taken back, reserves (rules BK1 to BK7)."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest

from harness.chain import ENT, ChainFixture, Holding, address, make_genesis
from ledger.attestations.payloads import AttesterRole, OfficeStanding, SetAttester
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import supply
from ledger.bank.events import (
    CurrencyBurned,
    CurrencyMinted,
    MarkLapsed,
    ReservesAttested,
    WithdrawalLocked,
    WithdrawalMarked,
    WithdrawalReturned,
    WithdrawalSettled,
    WithdrawalTakenBack,
    WithdrawalUnlocked,
)
from ledger.bank.genesis import GenesisBalance
from ledger.bank.invariants import check_lines_and_reserves, check_marks, check_withdrawal_locks
from ledger.bank.limits import MARK_LIFETIME_MS
from ledger.bank.payloads import (
    AttestReserves,
    BurnCurrency,
    LockWithdrawal,
    MarkWithdrawal,
    MintCurrency,
    SettleWithdrawal,
    TakeBackWithdrawal,
    UnlockCurrency,
)
from ledger.bank.queries import (
    ReserveStanding,
    attestations_of,
    bank_line,
    marks_of,
    outstanding,
    reserve_figures,
    withdrawals_of,
)
from ledger.bank.schema import (
    BANK_LINES,
    OUTSTANDING,
    RESERVES,
    WITHDRAWAL_MARKS,
    WITHDRAWALS,
    BankLine,
    Outstanding,
    ReserveAttestation,
    Withdrawal,
)
from ledger.billing.genesis import BILLING_SECTION, BillingSection
from ledger.billing.payloads import FinaliseBills, RecordPayment
from ledger.chain.section import sections_of
from ledger.errors import BrokenInvariant
from ledger.governance.payloads import AdmitMember, CastVote, ExpelMember
from ledger.state.overlay import MemoryReader
from ledger.state.table import Table
from nodechain.modules import MODULES
from tests.support.joining_chain import JoiningChain

CURRENCY = CURRENCY_ASSET
A, B, BANK = address("A"), address("B"), address("bank")
LINE, OTHER_LINE = (hashlib.sha256(text).digest() for text in (b"line 1", b"line 2"))
DOCUMENT = hashlib.sha256(b"a letter of the bank").digest()
START = 10 * ENT


@pytest.fixture
def chain() -> ChainFixture:
    genesis = make_genesis(balances=(GenesisBalance(A, CURRENCY, START), GenesisBalance(B, CURRENCY, START)))
    section = BILLING_SECTION.holding(BillingSection((address("D"),), address("D"), ""))
    return ChainFixture(msgspec.structs.replace(genesis, sections=sections_of(*genesis.sections, section)), MODULES)


def lock_and_mark(chain: ChainFixture, asked: int = 6 * ENT, marked: int = 4 * ENT) -> None:
    chain.do("A", LockWithdrawal(CURRENCY, asked))
    chain.do("bank", MarkWithdrawal(CURRENCY, A, marked))


def burn(amount: int, mark: int = 1, line: bytes = bytes(32)) -> BurnCurrency:
    return BurnCurrency(CURRENCY, A, amount, mark, line)


def settle(paid: bool, mark: int = 1) -> SettleWithdrawal:
    return SettleWithdrawal(CURRENCY, A, mark, paid)


def held(chain: ChainFixture) -> Holding:
    return chain.balance("A", CURRENCY)


# --- lines of banks --------------------------------------------------------------------------------------------------


def test_bk1_a_line_mints_once_to_whomever_and_of_whatever_amount(chain: ChainFixture) -> None:
    receipt = chain.do("bank", MintCurrency(CURRENCY, A, 7, LINE))
    assert receipt.events == (CurrencyMinted(BANK, A, CURRENCY, 7, LINE),)
    for again in (MintCurrency(CURRENCY, A, 7, LINE), MintCurrency(CURRENCY, B, 1, LINE)):
        assert chain.try_("bank", again).code == "line_taken"
    assert bank_line(chain.state, LINE) == BankLine(A, CURRENCY, 7, 0)
    assert bank_line(chain.state, OTHER_LINE) is None
    chain.do("bank", MintCurrency(CURRENCY, A, 7, OTHER_LINE))
    assert held(chain).available == START + 14


def test_bk1_without_a_line_currency_is_minted_as_often_as_is_said(chain: ChainFixture) -> None:
    for _ in range(2):
        chain.do("bank", MintCurrency(CURRENCY, A, 7))
    assert not chain.entries(BANK_LINES)


def test_bk1_a_line_burns_once_and_a_line_that_minted_does_not_burn(chain: ChainFixture) -> None:
    lock_and_mark(chain)
    chain.do("bank", MintCurrency(CURRENCY, B, 1, LINE))
    assert chain.try_("bank", burn(ENT, line=LINE)).code == "line_taken"
    chain.do("bank", burn(ENT, line=OTHER_LINE))
    assert bank_line(chain.state, OTHER_LINE) == BankLine(A, CURRENCY, ENT, 1)
    assert chain.try_("bank", burn(ENT, line=OTHER_LINE)).code == "line_taken"
    assert chain.try_("bank", MintCurrency(CURRENCY, B, 1, OTHER_LINE)).code == "line_taken"


def test_bk1_a_line_pays_a_bill_or_is_minted_for_never_both(chain: ChainFixture) -> None:
    begin = chain.time_ms
    assert chain.try_("D", FinaliseBills(1, 1, DOCUMENT, begin, begin + 1)).applied
    chain.do("D", RecordPayment(1, CURRENCY, ENT, LINE))
    assert chain.try_("bank", MintCurrency(CURRENCY, A, ENT, LINE)).code == "line_taken"
    chain.do("bank", MintCurrency(CURRENCY, A, ENT, OTHER_LINE))
    assert chain.try_("D", RecordPayment(1, CURRENCY, ENT, OTHER_LINE)).code == "line_taken"


def test_bk1_what_is_refused_takes_no_line(chain: ChainFixture) -> None:
    for sender, payload, code in (
        ("bank", MintCurrency(CURRENCY, address("stranger"), 1, LINE), "not_a_member"),
        ("bank", MintCurrency(ENERGY_ASSET, A, 1, LINE), "not_a_currency"),
        ("bank", MintCurrency(CURRENCY, A, 2**63 - 1, LINE), "out_of_range"),
        ("B", MintCurrency(CURRENCY, A, 1, LINE), "not_the_banker"),
        ("bank", burn(1, line=LINE), "no_such_mark"),
    ):
        assert chain.try_(sender, payload).code == code
    assert not chain.entries(BANK_LINES)
    chain.do("bank", MintCurrency(CURRENCY, A, 1, LINE))


# --- withdrawals -----------------------------------------------------------------------------------------------------


def test_bk2_a_withdrawal_is_locked_marked_paid_and_burned(chain: ChainFixture) -> None:
    asked = chain.do("A", LockWithdrawal(CURRENCY, 6 * ENT))
    assert asked.events == (WithdrawalLocked(A, CURRENCY, 6 * ENT),)
    marked = chain.do("bank", MarkWithdrawal(CURRENCY, A, 4 * ENT))
    lapses_ms = chain.time_ms + MARK_LIFETIME_MS
    assert marked.events == (WithdrawalMarked(BANK, A, CURRENCY, 1, 4 * ENT, lapses_ms),)
    assert withdrawals_of(chain.reader, A) == [(CURRENCY, Withdrawal(6 * ENT, 4 * ENT, 1))]
    assert outstanding(chain.state, CURRENCY) == Outstanding(6 * ENT, 4 * ENT)
    assert held(chain) == Holding(4 * ENT, withdrawal=6 * ENT)
    burned = chain.do("bank", burn(3 * ENT, line=LINE))
    assert burned.events == (CurrencyBurned(BANK, A, CURRENCY, 3 * ENT, 1, LINE),)
    [(number, mark)] = marks_of(chain.reader, A, CURRENCY)
    assert (number, mark.amount, mark.lapses_ms) == (1, ENT, lapses_ms), "the rest keeps its time"
    chain.do("bank", burn(ENT))
    assert (marks_of(chain.reader, A, CURRENCY), supply(chain.state, CURRENCY)) == ([], 2 * START - 4 * ENT)
    assert withdrawals_of(chain.reader, A) == [(CURRENCY, Withdrawal(2 * ENT, 0, 0))]
    assert chain.try_("bank", burn(ENT)).code == "no_such_mark"


def test_bk2_nothing_is_burned_that_is_not_marked(chain: ChainFixture) -> None:
    lock_and_mark(chain)
    assert chain.try_("bank", burn(4 * ENT + 1)).code == "above_mark"
    assert chain.try_("bank", burn(1, mark=2)).code == "no_such_mark"
    assert chain.try_("bank", BurnCurrency(CURRENCY, B, 1, 1)).code == "no_such_mark"


def test_bk2_no_more_is_marked_than_waits(chain: ChainFixture) -> None:
    lock_and_mark(chain)
    mark = MarkWithdrawal(CURRENCY, A, 2 * ENT + 1)
    assert chain.try_("bank", mark).code == "withdrawal_marked"
    assert chain.try_("bank", MarkWithdrawal(CURRENCY, A, 6 * ENT + 1)).code == "insufficient_lock"
    assert chain.try_("bank", MarkWithdrawal(CURRENCY, B, 1)).code == "insufficient_lock"
    assert chain.try_("bank", MarkWithdrawal(ENERGY_ASSET, A, 1)).code == "not_a_currency"
    chain.do("bank", MarkWithdrawal(CURRENCY, A, 2 * ENT))
    assert [number for number, _mark in marks_of(chain.reader, A, CURRENCY)] == [1, 2]


def test_bk3_its_holder_takes_back_what_is_not_marked(chain: ChainFixture) -> None:
    lock_and_mark(chain)
    assert chain.try_("A", TakeBackWithdrawal(CURRENCY, 2 * ENT + 1)).code == "withdrawal_marked"
    assert chain.try_("B", TakeBackWithdrawal(CURRENCY, 1)).code == "insufficient_lock"
    receipt = chain.do("A", TakeBackWithdrawal(CURRENCY, ENT))
    assert receipt.events == (WithdrawalTakenBack(A, CURRENCY, ENT),)
    chain.do("A", TakeBackWithdrawal(CURRENCY, ENT))
    assert held(chain) == Holding(6 * ENT, withdrawal=4 * ENT)
    assert chain.try_("A", TakeBackWithdrawal(CURRENCY, 1)).code == "withdrawal_marked"
    assert chain.try_("A", TakeBackWithdrawal(9, 1)).code == "unknown_asset"
    chain.do("bank", burn(4 * ENT))
    assert chain.try_("A", TakeBackWithdrawal(CURRENCY, 1)).code == "insufficient_lock"
    assert not chain.entries(WITHDRAWALS)
    assert not chain.entries(OUTSTANDING)


def test_bk3_in_one_block_the_first_of_taking_back_and_marking_counts(chain: ChainFixture) -> None:
    chain.do("A", LockWithdrawal(CURRENCY, ENT))
    back, mark = TakeBackWithdrawal(CURRENCY, ENT), MarkWithdrawal(CURRENCY, A, ENT)
    receipts = chain.block([chain.tx("A", back), chain.tx("bank", mark)]).executed.receipts
    codes = sorted(receipt.code for receipt in receipts[1:])
    assert codes in (["", "insufficient_lock"], ["", "withdrawal_marked"])


def test_bk3_who_was_expelled_takes_its_own_back(chain: ChainFixture) -> None:
    chain.vote(AdmitMember(address("N1")))
    chain.do("bank", MintCurrency(CURRENCY, address("N1"), ENT))
    chain.do("N1", LockWithdrawal(CURRENCY, ENT))
    chain.vote(ExpelMember(address("N1")))
    chain.do("N1", TakeBackWithdrawal(CURRENCY, ENT))
    assert chain.balance("N1", CURRENCY).available == ENT


def test_bk4_the_banker_gives_back_of_a_mark_or_of_what_waits(chain: ChainFixture) -> None:
    lock_and_mark(chain)
    assert chain.try_("bank", UnlockCurrency(CURRENCY, A, 4 * ENT + 1, 1)).code == "above_mark"
    assert chain.try_("bank", UnlockCurrency(CURRENCY, A, 2 * ENT + 1)).code == "withdrawal_marked"
    receipt = chain.do("bank", UnlockCurrency(CURRENCY, A, ENT, 1))
    assert receipt.events == (WithdrawalUnlocked(BANK, A, CURRENCY, ENT, 1),)
    assert chain.do("bank", UnlockCurrency(CURRENCY, A, 2 * ENT)).events == (
        WithdrawalUnlocked(BANK, A, CURRENCY, 2 * ENT, 0),
    )
    chain.do("bank", UnlockCurrency(CURRENCY, A, 3 * ENT, 1))
    assert held(chain) == Holding(START)
    assert not chain.entries(WITHDRAWAL_MARKS)


def test_bk4_after_seven_days_a_mark_lapses_and_is_no_bankers_to_burn(chain: ChainFixture) -> None:
    lock_and_mark(chain)
    marked_ms = chain.time_ms
    chain.do("bank", burn(ENT), after_ms=MARK_LIFETIME_MS - 1)
    block = chain.block(after_ms=1)
    assert chain.time_ms == marked_ms + MARK_LIFETIME_MS
    assert block.executed.receipts[0].events == (MarkLapsed(A, CURRENCY, 1, 3 * ENT),)
    assert chain.try_("bank", burn(ENT)).code == "mark_lapsed"
    assert chain.try_("A", TakeBackWithdrawal(CURRENCY, 3 * ENT)).code == "withdrawal_marked"
    chain.do("bank", UnlockCurrency(CURRENCY, A, 3 * ENT, 1))
    assert not chain.entries(WITHDRAWAL_MARKS)


def test_bk4_what_was_burned_or_given_back_in_time_does_not_lapse(chain: ChainFixture) -> None:
    lock_and_mark(chain)
    chain.do("bank", MarkWithdrawal(CURRENCY, A, 2 * ENT))
    chain.do("bank", burn(4 * ENT))
    chain.do("bank", UnlockCurrency(CURRENCY, A, 2 * ENT, 2))
    assert chain.block(after_ms=MARK_LIFETIME_MS).executed.receipts[0].events == ()


@pytest.mark.parametrize("paid", [True, False])
def test_bk5_voters_settle_what_lapsed(chain: ChainFixture, paid: bool) -> None:
    lock_and_mark(chain)
    assert chain.try_("A", CastVote(settle(paid), True)).code == "mark_not_lapsed"
    assert chain.try_("A", CastVote(settle(paid, 2), True)).code == "no_such_mark"
    chain.block(after_ms=MARK_LIFETIME_MS)
    receipt = chain.vote(settle(paid))
    kind = WithdrawalSettled if paid else WithdrawalReturned
    assert kind(1, A, CURRENCY, 1, 4 * ENT) in receipt.events
    assert held(chain) == (Holding(4 * ENT, withdrawal=2 * ENT) if paid else Holding(8 * ENT, withdrawal=2 * ENT))
    assert supply(chain.state, CURRENCY) == 2 * START - (4 * ENT if paid else 0)
    assert chain.try_("A", CastVote(settle(paid), True)).code == "no_such_mark"
    chain.do("A", TakeBackWithdrawal(CURRENCY, 2 * ENT))


# --- reserves --------------------------------------------------------------------------------------------------------


def attested(chain: ChainFixture, amount: int = 5, before_ms: int = 0, asset: int = CURRENCY) -> AttestReserves:
    """For a time so long before the next block's."""
    return AttestReserves(asset, amount, chain.time_ms + 1000 - before_ms, DOCUMENT)


def test_bk6_the_banker_says_what_lies_at_the_bank(chain: ChainFixture) -> None:
    receipt = chain.do("bank", attested(chain, 19 * ENT, before_ms=500))
    time_ms = chain.time_ms
    assert receipt.events == (ReservesAttested(BANK, CURRENCY, 19 * ENT, time_ms - 500, DOCUMENT, 2 * START),)
    said = ReserveAttestation(19 * ENT, time_ms - 500, DOCUMENT, time_ms, 2 * START)
    assert attestations_of(chain.reader, CURRENCY) == [(BANK, said)]
    figures = reserve_figures(chain.state, CURRENCY, said)
    assert (figures.coverage_ppm, figures.difference, figures.standing) == (950_000, -ENT, ReserveStanding.SHORT)
    lock_and_mark(chain)
    assert reserve_figures(chain.state, CURRENCY, said).standing is ReserveStanding.COVERED_WITHOUT_MARKED
    chain.do("bank", burn(4 * ENT))
    figures = reserve_figures(chain.state, CURRENCY, said)
    assert (figures.coverage_ppm, figures.difference, figures.standing) == (1_187_500, 3 * ENT, ReserveStanding.COVERED)
    chain.do("bank", attested(chain, 0))
    assert [entry.amount for entry in chain.entries(RESERVES).values()] == [0], "the latest word stands"


def test_bk6_times_do_not_run_back_or_ahead(chain: ChainFixture) -> None:
    assert chain.try_("bank", attested(chain, before_ms=-1)).code == "attested_ahead"
    said = attested(chain)
    chain.do("bank", said)
    assert chain.try_("bank", said).code == "attestation_not_newer"
    assert chain.try_("bank", attested(chain, asset=ENERGY_ASSET)).code == "not_a_currency"
    assert chain.try_("B", attested(chain)).code == "not_a_reserve_attester"


def test_bk6_an_auditor_attests_as_long_as_it_has_its_office_and_beside_the_banker() -> None:
    chain = JoiningChain()
    for name in ("D", "bank"):
        chain.do(name, attested(chain))
    assert len(chain.entries(RESERVES)) == 2
    assert chain.try_("R", attested(chain)).code == "not_a_reserve_attester", "a registrar is no auditor"
    chain.vote(SetAttester(address("D"), AttesterRole.AUDITOR, OfficeStanding.RETIRED))
    assert chain.try_("D", attested(chain)).code == "not_a_reserve_attester"
    assert len(chain.entries(RESERVES)) == 2, "what was said stays said"


# --- invariants ------------------------------------------------------------------------------------------------------


def tampered(chain: ChainFixture, table: Table[Any], key: bytes, **changes: int) -> MemoryReader:
    entries = chain.reader.entries()
    entry = table.codec.decode_trusted(entries[table.full_key(key)])
    changed = msgspec.structs.replace(entry, **changes)
    entries[table.full_key(key)] = msgspec.msgpack.encode(changed)
    return MemoryReader(entries)


def test_bk7_what_contradicts_itself_is_noticed(chain: ChainFixture) -> None:
    lock_and_mark(chain)
    chain.do("bank", MintCurrency(CURRENCY, A, 1, LINE))
    chain.do("bank", attested(chain))
    mark, holder = A + b"\x02" + (1).to_bytes(8, "big"), A + b"\x02"
    for reader in (
        tampered(chain, WITHDRAWALS, holder, marked=3 * ENT),
        tampered(chain, WITHDRAWALS, holder, marks=2),
        tampered(chain, WITHDRAWAL_MARKS, mark, amount=3 * ENT),
        tampered(chain, WITHDRAWAL_MARKS, mark, lapses_ms=5),
        tampered(chain, OUTSTANDING, b"\x02", asked=1),
    ):
        with pytest.raises(BrokenInvariant):
            check_marks(reader)
    for reader in (
        tampered(chain, BANK_LINES, LINE, amount=0),
        tampered(chain, RESERVES, b"\x02" + BANK, taken_ms=1),
    ):
        with pytest.raises(BrokenInvariant):
            check_lines_and_reserves(reader)
    entries = chain.reader.entries()
    del entries[WITHDRAWALS.full_key(holder)]
    for check in (check_withdrawal_locks, check_marks):
        with pytest.raises(BrokenInvariant):
            check(MemoryReader(entries))
