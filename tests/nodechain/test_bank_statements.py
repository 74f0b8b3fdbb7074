"""Statements of banks as entries, and which bill each pays; nothing is counted twice or taken silently (rule BL9)."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from nodechain.billing.bank_statement import BankEntry, cents_in, match_entries, read_statement
from nodechain.billing.document_index import DocumentIndex, IndexedBill
from nodechain.billing.iban import check_creditor_id, check_iban, creditor_reference, is_creditor_reference
from nodechain.billing.open_bills import OpenBill, open_of_run
from nodechain.billing.sepa_files import debits_of, message_id, sepa_text
from nodechain.errors import UsageError
from tests.support.sample_bill import MEMBER, sample_bill

FILES = Path(__file__).parent / "bank_files"
CLEAN = (FILES / "camt053-clean.xml").read_bytes()
HARD = (FILES / "camt053-hard.xml").read_bytes()
CSV = (
    b"date;amount;currency;text;reference;account\r\n"
    b"2026-07-05;4,50;EUR;Rechnung EG-2026/17 danke;;AT61 1904 3002 3457 3201\r\n"
    b"2026-07-05;4,50;EUR;Rechnung EG-2026/17 danke;;AT61 1904 3002 3457 3201\r\n"
    b"2026-07-06;-12.00;EUR;Miete;B7;AT61 1904 3002 3457 3201\r\n"
)


def test_a_clean_statement() -> None:
    entries = read_statement(CLEAN)
    assert sum(entry.cents for entry in entries) == 4217 - 1800
    assert [reference for entry in entries for reference in entry.references if is_creditor_reference(reference)] == [
        "RF902026100017"
    ]


def test_a_hard_statement() -> None:
    """Byte order mark, overdrawn account, batch, a return with a fee, a pending entry, a reference in two parts."""
    entries = read_statement(HARD)
    assert [entry.cents for entry in entries] == [4025, 2525, -2825, 3000]
    assert [entry.references[:2] for entry in entries[:2]] == [
        ("INV-2026-10-0001", "M-0001"), ("INV-2026-10-0002", "M-0002"),
    ]  # fmt: skip
    assert "RE 2026/10/0003" in entries[3].text
    assert len({entry.hash for entry in entries}) == 4


OWN_AMOUNTS = (b'<Amt Ccy="EUR">40.25</Amt>', b'<Amt Ccy="EUR">25.25</Amt><CdtDbtInd>CRDT')


def test_a_batch_with_its_amounts_among_the_details_is_each_payers_own() -> None:
    data = HARD
    for own in OWN_AMOUNTS:
        amount, _end, rest = own.partition(b"</Amt>")
        data = data.replace(own, b"<AmtDtls><TxAmt>" + amount + b"</Amt></TxAmt></AmtDtls>" + rest, 1)
    assert data != HARD
    found = read_statement(data)
    assert [(entry.cents, entry.references) for entry in found] == [
        (entry.cents, entry.references) for entry in read_statement(HARD)
    ]


@pytest.mark.parametrize(
    "changed",
    [
        HARD.replace(OWN_AMOUNTS[0], b"", 1),
        HARD.replace(OWN_AMOUNTS[0], OWN_AMOUNTS[0].replace(b"40.25", b"400.25"), 1),
        HARD.replace(OWN_AMOUNTS[0], OWN_AMOUNTS[0].replace(b"EUR", b"CHF"), 1),
        HARD.replace(b"</TxDtls><TxDtls>", b"</TxDtls></NtryDtls><NtryDtls><X>", 1).replace(
            b"</TxDtls></NtryDtls></Ntry>", b"</X></NtryDtls></Ntry>", 1
        ),
        HARD.replace(b"</TxDtls><TxDtls>", b"</TxDtls></NtryDtls><NtryDtls><X>", 1)
        .replace(b"</TxDtls></NtryDtls></Ntry>", b"</X></NtryDtls></Ntry>", 1)
        .replace(b"<NbOfTxs>2", b"<NbOfTxs>1"),
    ],
    ids=["one has no amount", "another sum", "another currency", "only one is told", "one is less than all"],
)
def test_a_batch_that_its_transactions_do_not_make_up_is_nobodys(changed: bytes) -> None:
    """No payer gets what others paid: a person has to look at the entry."""
    assert changed != HARD
    whole = read_statement(changed)[0]
    assert (whole.cents, whole.references) == (6550, ())


def test_what_only_its_references_tell_apart_is_told_apart_in_every_file() -> None:
    """Without a bank's own reference the order in a file must not say who paid: a longer file has another order."""
    data = HARD
    for reference in (b"SVC10", b"SVC11", b"SVC13"):
        data = data.replace(b"<AcctSvcrRef>" + reference + b"</AcctSvcrRef>", b"")
    for own in OWN_AMOUNTS:
        data = data.replace(own, own.replace(b"40.25", b"32.75").replace(b"25.25", b"32.75"), 1)
    first, second = read_statement(data)[:2]
    assert (first.text, first.cents, first.place) == (second.text, second.cents, second.place)
    assert first.hash != second.hash


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (CLEAN.replace(b"42.17", b"42.18", 1), "balances"),
        (CLEAN.replace(b"053.001.08", b"053.001.12"), "camt.053"),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "document type"),
        (CLEAN[:-20], "XML"),
        (b"\xff\xfe", "neither"),
        (b"date;amount\n", "columns"),
        (CSV.replace(b"4,50", b"4,505", 1), "amount"),
        (CSV.replace(b";B7;", b";"), "number of columns"),
    ],
)
def test_what_is_wrong_is_refused_whole(data: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        read_statement(data)
    assert refused.value.code == "bad_statement"


def test_equal_rows_are_two_entries_and_the_same_file_again_the_same_two() -> None:
    first, again = read_statement(CSV), read_statement(CSV)
    assert [entry.cents for entry in first] == [450, 450, -1200]
    assert len({entry.hash for entry in first}) == 3
    assert [entry.hash for entry in first] == [entry.hash for entry in again]
    twice = read_statement(CSV + CSV.splitlines()[3] + b"\r\n")
    assert len(twice) == 3, "the bank's reference B7 twice is one entry"


def entry(text: str = "", *references: str, cents: int = 450, currency: str = "EUR") -> BankEntry:
    return BankEntry("AT", "", "2026-07-05", cents, currency, references, text)


KNOWN = {"EG-2026/1": 1, "EG-2026/17": 17, creditor_reference(17, "EG-2026/"): 17, creditor_reference(1, "EG-2026/"): 1}


@pytest.mark.parametrize(
    ("each", "number", "reason"),
    [
        (entry("", creditor_reference(17, "EG-2026/")), 17, ""),
        (entry("nichts", "M-7", creditor_reference(1, "EG-2026/")), 1, ""),
        (entry("Rechnung EG-2026/17 danke"), 17, ""),
        (entry("RE EG 2026 / 17"), 17, ""),
        (entry("eg-2026/1"), 1, ""),
        (entry(f"zu {creditor_reference(17, 'EG-2026/').lower()} und EG-2026/1"), 17, ""),
        (entry("EG-2026/1 und EG-2026/17"), 0, "ambiguous"),
        (entry("EG-2026/171"), 0, "no_reference"),
        (entry("Miete"), 0, "no_reference"),
        (entry("EG-2026/17", cents=-450), 0, "outgoing"),
        (entry("EG-2026/17", currency="CHF"), 0, "other_currency"),
    ],
)
def test_an_entry_pays_the_bill_that_it_names_or_none(each: BankEntry, number: int, reason: str) -> None:
    (found,) = match_entries([each], KNOWN, "EUR")
    assert (found.number, found.reason) == (number, reason)


def test_check_digits() -> None:
    assert check_iban("AT61 1904 3002 3457 3201") == "AT611904300234573201"
    assert check_creditor_id("DE98ZZZ09999999999") == "DE98ZZZ09999999999"
    for wrong in ("AT611904300234573202", "AT", "", "XX00"):
        with pytest.raises(UsageError):
            check_iban(wrong)
    with pytest.raises(UsageError):
        check_creditor_id("DE99ZZZ09999999999")
    for number in (1, 17, 99_999_999):
        assert is_creditor_reference(creditor_reference(number, "EG-2026/"))
        assert len(creditor_reference(number, "a prefix that is far too long")) <= 25
    assert not is_creditor_reference("RF00EG17")


@pytest.mark.parametrize(("text", "cents"), [("4.50", 450), ("4,5", 450), ("+7", 700), ("-0.01", -1), ("3.10000", 310)])
def test_amounts_of_banks(text: str, cents: int) -> None:
    assert cents_in(text) == cents


def test_what_was_paid_already_is_not_collected_a_second_time() -> None:
    bill = sample_bill()
    (debit,), _without = debits_of([bill], {bill.account: MEMBER}, {17: 150})
    assert debit.cents == 150
    for paid in ({}, {17: 0}):
        assert debits_of([bill], {bill.account: MEMBER}, paid) == ((), ())


def test_of_a_run_what_is_open_is_collected_and_corrections_take_the_place_of_what_they_correct() -> None:
    class Index:
        def matters(self) -> dict[int, list[int]]:
            return {1: [1], 2: [2, 5, 6], 3: [3], 4: [4], 5: [2, 5, 6], 6: [2, 5, 6]}

    found = [OpenBill(cast(IndexedBill, SimpleNamespace(number=number)), number * 100, "", 0) for number in (1, 4, 6)]
    assert open_of_run(cast(DocumentIndex, Index()), (1, 2, 3), found) == {1: 100, 6: 600}


def test_a_file_that_is_written_twice_has_the_same_id() -> None:
    """Banks refuse a second message of one id; another day, kind or amount is another message."""
    bill = sample_bill()
    orders, _without = debits_of([bill], {bill.account: MEMBER}, {17: 450})
    less, _without = debits_of([bill], {bill.account: MEMBER}, {17: 449})
    ids = [
        message_id("CORE", "2026-08-03", orders), message_id("CORE", "2026-08-04", orders),
        message_id("B2B", "2026-08-03", orders), message_id("CORE", "2026-08-03", less),
    ]  # fmt: skip
    assert ids[0] == message_id("CORE", "2026-08-03", list(orders))
    assert (len(set(ids)), {len(each) for each in ids}) == (4, {35})


def test_debits_name_who_is_left_out() -> None:
    bill = sample_bill()
    (debit,), without = debits_of([bill], {bill.account: MEMBER}, {17: 450})
    assert (debit.cents, debit.mandate, without) == (450, "M-17", ())
    assert debits_of([bill], {}, {17: 450}) == ((), ("EG-2026/17",))
    assert sepa_text("Käse & Söhne €", 70) == "Kaese + Soehne ."
