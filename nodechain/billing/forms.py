"""Which form a bill is written in, and the canonical bill out of any form that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

from nodechain.billing.canonical import bill_hash, read_canonical
from nodechain.billing.csv_form import csv_form
from nodechain.billing.document import Bill
from nodechain.billing.einvoice import einvoice_terms
from nodechain.billing.html_form import embedded_in_html, html_form
from nodechain.billing.iban import compact
from nodechain.billing.making import CHARGES, CREDITS
from nodechain.billing.member_book import MemberEntry
from nodechain.billing.settings import Seller
from nodechain.billing.sheet import reference_of, sheet_of
from nodechain.billing.wording import word
from nodechain.errors import UsageError


class BillForm(StrEnum):
    """Forms of a bill."""

    JSON = "json"
    PROOF = "proof"
    HTML = "html"
    CSV = "csv"
    PDF = "pdf"
    CII = "cii"
    UBL = "ubl"
    CII_CREDIT = "cii-credit"
    UBL_CREDIT = "ubl-credit"
    SWISS_QR = "swiss-qr"


FORMS: Final[Mapping[str, BillForm]] = MappingProxyType(
    {f".{form.value}": form for form in (BillForm.JSON, BillForm.PROOF, BillForm.HTML, BillForm.CSV, BillForm.PDF)}
)
"""By the ending of a file; the others are XML or SVG and have to be named."""


def ending_of(form: BillForm) -> str:
    """Of the name of a file of a form."""
    if form is BillForm.SWISS_QR:
        return "svg"
    return form.value if f".{form.value}" in FORMS else f"{form.value}.xml"


_AT_THE_OPERATOR: Final = "Ask the node at which bills are made."


def render(
    form: BillForm, data: bytes, proof: bytes, seller: Seller | None, member: MemberEntry | None, code: str
) -> bytes:
    """A canonical bill in a form; the member's data are joined here. `code`: the currency's in ISO 4217.

    Without `seller` the form has the name that the bill has, and no account to pay to. Raises `UsageError` (no_extra,
    no_einvoice, no_swiss_qr, no_proof) where the form cannot be made.
    """
    bill = read_canonical(data, Bill)
    made: bytes
    match form:
        case BillForm.JSON:
            return data
        case BillForm.PROOF:
            if not proof:
                raise UsageError("the bill has no proof yet", code="no_proof", advice="Export it where it was made.")
            return proof
        case BillForm.CSV:
            return csv_form(bill)
        case BillForm.HTML:
            sheet = sheet_of(bill, bill_hash(data), seller, member)
            return html_form(sheet, bill.terms.language, data, proof)
        case BillForm.PDF:
            sheet = sheet_of(bill, bill_hash(data), seller, member)
            codes = qr_codes(bill, bill_hash(data), seller)
            invoice = _attached_invoice(bill, seller, member, code)
            made = extra("pdf_form").pdf_form(sheet, bill.terms.language, data, proof, codes, invoice)
            return made
        case BillForm.CII | BillForm.UBL | BillForm.CII_CREDIT | BillForm.UBL_CREDIT:
            kind, _dash, credit = form.value.partition("-")
            side = CREDITS if credit else CHARGES
            if member is None:
                raise UsageError("an invoice names its buyer; the member book has none", code="no_einvoice")
            if seller is None:
                raise UsageError("who bills is not known here in full", code="no_einvoice", advice=_AT_THE_OPERATOR)
            terms = einvoice_terms(bill, side, seller, member, code)
            made = getattr(extra("einvoice_form"), kind)(terms)
            return made
        case BillForm.SWISS_QR:
            if seller is None:
                raise UsageError("who is paid is not known here", code="no_swiss_qr", advice=_AT_THE_OPERATOR)
            made = extra("swiss_form").swiss_qr(bill, seller, member, code)
            return made


def _attached_invoice(bill: Bill, seller: Seller | None, member: MemberEntry | None, code: str) -> bytes:
    """What the member pays, as CII; empty where the bill is no invoice of EN 16931 (a preview, nothing to pay, ...)."""
    if member is None or seller is None:
        return b""
    try:
        made: bytes = extra("einvoice_form").cii(einvoice_terms(bill, CHARGES, seller, member, code))
    except UsageError as error:
        if error.code != "no_einvoice":
            raise
        return b""
    return made


def extra(module: str) -> ModuleType:
    """A module of this room that needs the extra `billing`; raises `UsageError` (no_extra)."""
    try:
        return import_module(f"nodechain.billing.{module}")
    except ModuleNotFoundError as error:
        raise UsageError(
            f"this form needs the Python package {error.name}",
            code="no_extra",
            advice="Install the extra: pip install 'nodechain[billing]'.",
        ) from None


def qr_codes(bill: Bill, hashed: bytes, seller: Seller | None) -> tuple[tuple[str, str], ...]:
    """What a form's QR codes hold: a transfer of what is due (EPC069-12), and what the bill is checked by."""
    if not bill.number:
        return ()
    language = bill.terms.language
    check = (word(language, "hash"), f"nodechain-bill:{bill.chain_id}/{bill.number}/{hashed.hex()}")
    if bill.due_cents <= 0 or seller is None or not seller.iban:
        return (check,)
    return (word(language, "pay_to"), epc_text(seller, bill.due_cents, reference_of(bill))), check


def epc_text(seller: Seller, cents: int, reference: str) -> str:
    """The content of a QR code for a SEPA credit transfer, version 002 (EPC069-12): at most 331 bytes."""
    lines = ("BCD", "002", "1", "SCT", seller.bic, seller.name[:70], compact(seller.iban),
             f"EUR{cents // 100}.{cents % 100:02d}", "", reference)  # fmt: skip
    return "\n".join(lines)


def check_attachments(bill: Bill, content: bytes) -> None:
    """Of a file of a bill that was verified: an invoice in it must say the same. Raises `FalseBill` (false_invoice)."""
    if not content[:64].lstrip().lower().startswith(b"%pdf"):
        return
    invoice: bytes = extra("pdf_attachments").invoice_in_pdf(content)
    if invoice:
        extra("invoice_check").check_invoice(bill, invoice)


def bill_in_file(path: Path, content: bytes) -> tuple[bytes, bytes]:
    """The canonical bill in a file of any form that holds it, and the proof (empty: not in it)."""
    head = content[:64].lstrip().lower()
    if head.startswith(b"{"):
        return content, b""
    if head.startswith(b"<!doctype html"):
        return embedded_in_html(content)
    if head.startswith(b"%pdf"):
        found: tuple[bytes, bytes] = extra("pdf_attachments").embedded_in_pdf(content)
        return found
    raise UsageError(
        f"{path} holds no bill", code="bad_bill", advice="Name the JSON, HTML or PDF of a bill; CSV holds no proof."
    )
