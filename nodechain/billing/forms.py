"""Which form a bill is written in, and the canonical bill out of any form that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from nodechain.billing.canonical import bill_hash, read_canonical
from nodechain.billing.csv_form import csv_form
from nodechain.billing.document import Bill
from nodechain.billing.html_form import embedded_in_html, html_form
from nodechain.billing.member_book import MemberEntry
from nodechain.billing.settings import BillingSettings
from nodechain.billing.sheet import sheet_of
from nodechain.errors import UsageError


class BillForm(StrEnum):
    """Forms of a bill."""

    JSON = "json"
    HTML = "html"
    CSV = "csv"


FORMS: Final[Mapping[str, BillForm]] = MappingProxyType({f".{form.value}": form for form in BillForm})
"""By the ending of a file."""


def render(form: BillForm, data: bytes, proof: bytes, settings: BillingSettings, member: MemberEntry | None) -> bytes:
    """A canonical bill in a form; the member's data are joined here."""
    bill = read_canonical(data, Bill)
    match form:
        case BillForm.JSON:
            return data
        case BillForm.CSV:
            return csv_form(bill)
        case BillForm.HTML:
            sheet = sheet_of(bill, bill_hash(data), settings.seller, member)
            return html_form(sheet, bill.terms.language, data, proof)


def bill_in_file(path: Path, content: bytes) -> tuple[bytes, bytes]:
    """The canonical bill in a file of any form that holds it, and the proof (empty: not in it)."""
    head = content[:64].lstrip().lower()
    if head.startswith(b"{"):
        return content, b""
    if head.startswith(b"<!doctype html"):
        return embedded_in_html(content)
    raise UsageError(
        f"{path} holds no bill", code="bad_bill", advice="Name the JSON, HTML or PDF of a bill; CSV holds no proof."
    )
