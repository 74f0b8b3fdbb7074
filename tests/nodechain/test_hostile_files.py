"""Files that a fuzzer found to come out as something else than a refusal; the kinds are in docs/faults.md."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.commands.targets import nodes_of
from devices.errors import Misuse
from ledger.slots.genesis import SLOTS_SECTION
from nodechain.billing.bank_statement import MAX_STATEMENT_ENTRIES, BankEntry, match_entries, read_statement
from nodechain.billing.forms import bill_in_file
from nodechain.billing.settings import read_settings
from nodechain.commands.terminal.section_file import read_section
from nodechain.errors import UsageError
from nodechain.home.genesis_file import read_template
from nodechain.home.group_file import read_group_file
from nodechain.home.scheme_file import read_scheme_file
from nodechain.home.tariff_file import read_tariff_file

CAMT = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/></Document>'
STATEMENTS = {
    "unknown encoding": b'<?xml version="1.0" encoding="UTF-88"?>' + CAMT.encode(),
    "document type in UTF-8": b'<!DOCTYPE d [<!ENTITY a "b">]>' + CAMT.encode(),
    "document type in UTF-16": f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d>{CAMT}'.encode("utf-16-le"),
    "carriage return in a heading": b"account;refe\rrence;date;amount;currency;text\n",
    "carriage return in a row": b"account;reference;date;amount;currency;text\na;b;c\rc;1;EUR;\n",
}
DEEP = "a = " + "[" * 5_000 + "]" * 5_000 + "\n"
TABLES: dict[str, Callable[[Path], object]] = {
    "billing settings": read_settings,
    "group": lambda path: read_group_file(path, 2, 9, lambda text: text.encode()),
    "tariff": lambda path: read_tariff_file(path, 2, 9),
    "genesis template": lambda path: read_template(str(path)),
    "scheme": lambda path: read_scheme_file(path, 2, 9, lambda text: text.encode()),
    "section": lambda path: read_section(SLOTS_SECTION, path, lambda text: text.encode()),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_that_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_statement(STATEMENTS[name])
    assert refused.value.code == "bad_statement"


def test_a_bill_in_a_damaged_page_is_refused() -> None:
    page = b'<!doctype html><script type="application/json" id="bill">e30=e</script>'
    with pytest.raises(UsageError) as refused:
        bill_in_file(Path("bill.html"), page)
    assert refused.value.code == "bad_bill"


@pytest.mark.parametrize("name", TABLES)
def test_a_table_nested_without_end_is_refused(name: str, tmp_path: Path) -> None:
    file = tmp_path / "deep.toml"
    file.write_text(DEEP)
    with pytest.raises(UsageError):
        TABLES[name](file)


def test_a_devices_home_whose_settings_are_nested_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(DEEP)
    with pytest.raises(Misuse) as refused:
        nodes_of((), str(tmp_path))
    assert refused.value.code == "bad_config"


ATTACHED = '<script type="application/json" id="bill">{}</script>'
PROOF = '<script type="application/octet-stream" id="proof"></script>'


@pytest.mark.parametrize("others", [ATTACHED.format("e30="), PROOF], ids=["two bills", "two proofs"])
def test_a_page_with_two_bills_is_refused_whichever_comes_first(others: str) -> None:
    page = f"<!doctype html>{ATTACHED.format('e30=')}{PROOF}"
    assert bill_in_file(Path("bill.html"), page.encode()) == (b"{}", b"")
    with pytest.raises(UsageError) as refused:
        bill_in_file(Path("bill.html"), (page + others).encode())
    assert refused.value.code == "bad_bill"


ENTRY = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Ntry>'
    '<Amt Ccy="EUR">{}</Amt><CdtDbtInd>{}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry></Stmt></BkToCstmrStmt></Document>'
)


@pytest.mark.parametrize(("amount", "mark"), [("-5.00", "DBIT"), ("-5.00", "CRDT"), ("5.00", ""), ("5.00", "CREDIT")])
def test_an_entry_whose_direction_is_not_clear_is_refused(amount: str, mark: str) -> None:
    assert [entry.cents for entry in read_statement(ENTRY.format("5.00", "CRDT").encode())] == [500]
    with pytest.raises(UsageError) as refused:
        read_statement(ENTRY.format(amount, mark).encode())
    assert refused.value.code == "bad_statement"


def test_a_statement_of_more_entries_than_one_may_have_is_refused() -> None:
    rows = ["account;reference;date;amount;currency;text", *["a;b;2026-01-01;1;EUR;x"] * MAX_STATEMENT_ENTRIES]
    assert len(read_statement("\n".join(rows).encode())) == 1
    with pytest.raises(UsageError) as refused:
        read_statement("\n".join([*rows, rows[-1]]).encode())
    assert refused.value.code == "bad_statement"


@pytest.mark.parametrize(
    "inside",
    ["<a>" * 40 + "</a>" * 40, "<a/>" * 20_001, "<a" + "".join(f' b{number}=""' for number in range(200_000)) + "/>"],
    ids=["deep", "wide", "attributes"],
)
def test_a_statement_that_would_grow_in_memory_is_refused(inside: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_statement(CAMT.replace("<BkToCstmrStmt/>", inside).encode())
    assert refused.value.code == "bad_statement"


def test_the_reference_of_a_payment_may_stand_in_a_second_part() -> None:
    details = (
        "<NtryDtls><TxDtls><RmtInf><Strd><RfrdDocInf/></Strd><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd>"
    )
    text = ENTRY.format("5.00", "CRDT").replace("</Ntry>", f"{details}</RmtInf></TxDtls></NtryDtls></Ntry>")
    assert [entry.references for entry in read_statement(text.encode())] == [("RF18",)]


def test_entries_without_a_reference_are_matched_to_many_bills_in_time() -> None:
    """An expression made of each bill's name for each entry took a second an entry of ten thousand bills."""
    known = {f"EG-2026/{number}": number for number in range(1, 1_001)}
    entries = [BankEntry("a", "", "2026-01-01", 100, "EUR", (), f"thanks {number}") for number in range(100)]
    entries.append(BankEntry("a", "", "2026-01-01", 100, "EUR", (), "EG-2026/17 of June"))
    began = time.process_time()
    found = match_entries(entries, known, "EUR")
    assert [each.reason for each in found] == ["no_reference"] * 100 + [""]
    assert found[-1].number == 17
    assert time.process_time() - began < 1
