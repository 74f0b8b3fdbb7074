"""Forms of a bill that need nothing else: sheet, HTML, CSV, the transfer's QR code; settings and periods."""

from __future__ import annotations

import csv
import io
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from ledger.encoding.amounts import parse_amount
from nodechain.billing import forms
from nodechain.billing.canonical import bill_hash, canonical_json
from nodechain.billing.forms import BillForm, bill_in_file, epc_text, qr_codes, render
from nodechain.billing.iban import is_creditor_reference
from nodechain.billing.periods import days_after, local_day, read_period
from nodechain.billing.settings import cents_of, rate_of, read_settings
from nodechain.billing.sheet import base_text, cents_text, kwh_text, sheet_of
from nodechain.billing.wording import LANGUAGES, word
from nodechain.errors import NotFound, UsageError
from tests.support.sample_bill import MEMBER, SETTINGS, TERMS, sample_bill

HOUR_MS = 3_600_000


def test_a_page_has_the_bill_and_its_proof_in_it_and_no_name_goes_through_unescaped() -> None:
    data = canonical_json(sample_bill())
    member = replace(MEMBER, name="<script>alert(1)</script> & Söhne")
    page = render(BillForm.HTML, data, b"a proof", SETTINGS.seller, member, "EUR")
    assert bill_in_file(Path("x"), page) == (data, b"a proof")
    assert b"<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne".encode() in page
    with pytest.raises(UsageError, match="holds no bill"):
        bill_in_file(Path("x"), b"<!doctype html><p>nothing")


def test_the_rows_of_the_csv_add_up_to_the_closing_balances() -> None:
    bill = sample_bill()
    rows = list(
        csv.DictReader(io.StringIO(render(BillForm.CSV, canonical_json(bill), b"", SETTINGS.seller, None, "").decode()))
    )
    for account in bill.assets:
        mine = [row for row in rows if row["asset"] == account.asset]
        amounts = [(row["kind"], signed(row["amount"])) for row in mine]
        closing = next(amount for kind, amount in amounts if kind == "closing")
        assert sum(amount for kind, amount in amounts if kind != "closing") == closing
        assert len(mine) > 2
    assert {row["unit"] for row in rows if row["section"] == "energy"} == {"kWh"}


def signed(text: str) -> int:
    return -parse_amount(text[1:]) if text.startswith("-") else parse_amount(text)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_has_every_word(language: str) -> None:
    assert set(LANGUAGES[language]) == set(LANGUAGES["en"])
    bill = sample_bill(replace(TERMS, language=language))
    sheet = sheet_of(bill, bill_hash(canonical_json(bill)), SETTINGS.seller, MEMBER)
    assert sheet.title == word(language, "bill")
    assert all(len(row) == len(table.headings) for table in sheet.tables for row in table.rows)
    assert word(language, "something_new") == "something new"


def test_a_preview_says_so_and_asks_for_no_payment() -> None:
    bill = sample_bill(number=0)
    sheet = sheet_of(bill, bytes(32), SETTINGS.seller, MEMBER)
    assert sheet.payment == ()
    assert word("de", "preview") in sheet.notes
    assert qr_codes(bill, bytes(32), SETTINGS.seller) == ()


def test_the_code_of_a_transfer_is_what_epc069_12_asks_for() -> None:
    text = epc_text(SETTINGS.seller, 450, "RF10EG202600000017")
    lines = text.split("\n")
    assert lines == [
        "BCD", "002", "1", "SCT", "BKAUATWW", "Energiegemeinschaft Sonnenhang e.G.", "AT611904300234573201",
        "EUR4.50", "", "RF10EG202600000017",
    ]  # fmt: skip
    assert len(text.encode()) <= 331
    (_title, transfer), (_other, check) = qr_codes(sample_bill(), bytes(32), SETTINGS.seller)
    assert is_creditor_reference(transfer.split("\n")[-1])
    assert check.endswith("/17/" + "00" * 32)


def test_a_form_whose_library_is_missing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        if name.startswith("nodechain.billing."):
            raise ModuleNotFoundError("no module", name="reportlab")
        return import_module(name)

    monkeypatch.setattr(forms, "import_module", missing)
    with pytest.raises(UsageError, match="reportlab") as refused:
        render(BillForm.PDF, canonical_json(sample_bill()), b"", SETTINGS.seller, MEMBER, "EUR")
    assert refused.value.code == "no_extra"
    assert "nodechain[billing]" in str(refused.value.advice)


def test_numbers_as_people_read_them() -> None:
    assert [cents_text(cents) for cents in (0, 5, -1205)] == ["0.00", "0.05", "\N{MINUS SIGN}12.05"]
    assert [base_text(base, 9) for base in (1, -1_500_000_000)] == ["0.000000001", "\N{MINUS SIGN}1.5"]
    assert [kwh_text(energy) for energy in (7, -1_250)] == ["0.007", "\N{MINUS SIGN}1.250"]


# --- periods and settings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last", "hours"),
    [
        ("2026-03", "2026-03-01", "2026-03-31", 31 * 24 - 1),
        ("2026-10", "2026-10-01", "2026-10-31", 31 * 24 + 1),
        ("2026-03-29", "2026-03-29", "2026-03-29", 23),
        ("2026-10-25", "2026-10-25", "2026-10-25", 25),
        ("2026-02", "2026-02-01", "2026-02-28", 28 * 24),
        ("2024", "2024-01-01", "2024-12-31", 366 * 24),
        ("2026-12", "2026-12-01", "2026-12-31", 31 * 24),
        ("2026-06-01..2026-06-15", "2026-06-01", "2026-06-15", 15 * 24),
    ],
)
def test_periods_are_cut_at_local_midnight(text: str, first: str, last: str, hours: int) -> None:
    period = read_period(text, "Europe/Vienna")
    assert (period.first_day, period.last_day) == (first, last)
    assert period.to_ms - period.from_ms == hours * HOUR_MS
    assert local_day(period.from_ms, "Europe/Vienna") == first
    assert local_day(period.to_ms - 1, "Europe/Vienna") == last


def test_months_follow_each_other_without_a_gap() -> None:
    months = [read_period(f"2026-{month:02d}", "Europe/Athens") for month in range(1, 13)]
    assert all(earlier.to_ms == later.from_ms for earlier, later in pairwise(months))
    assert (months[0].from_ms, months[-1].to_ms) == (
        (year := read_period("2026", "Europe/Athens")).from_ms,
        year.to_ms,
    )
    assert days_after("2026-12-31", 1) == "2027-01-01"


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "june", "2026-06-15..2026-06-01", "", "0000", "9999"])
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_period(text, "UTC")
    assert refused.value.code == "bad_period"


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        read_period("2026", "Europe/Nowhere")
    assert refused.value.code == "bad_zone"


def test_rates_and_amounts_of_the_settings() -> None:
    assert [rate_of(text) for text in ("20", "5.5", "5.55")] == [2000, 550, 555]
    assert [cents_of(text) for text in ("2", "2.5", "2.55")] == [200, 250, 255]
    for wrong in ("-1", "5.555", "20%", ""):
        with pytest.raises(UsageError):
            rate_of(wrong)
        with pytest.raises(UsageError):
            cents_of(wrong)


@pytest.mark.parametrize(
    "text", ["zone = 1", "zone = 'UTC'", "zone = 'UTC'\nunknown = 1\n[seller]\nname='x'", "[[", "\xff"]
)
def test_settings_that_are_wrong_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "billing.toml"
    with pytest.raises(NotFound):
        read_settings(file)
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError) as refused:
        read_settings(file)
    assert refused.value.code == "bad_billing_settings"
