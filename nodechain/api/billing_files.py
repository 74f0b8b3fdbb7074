"""A bill as a file of any form, made at a node: with its proof, which is made where none is kept yet."""

from __future__ import annotations

import base64
from typing import Final

from nodechain.api.billing_office import BillFile, BillingOffice
from nodechain.billing.canonical import bill_hash
from nodechain.billing.forms import BillForm, ending_of, render
from nodechain.billing.member_book import MemberEntry

_MEDIA: Final = {
    BillForm.JSON: "application/json",
    BillForm.PROOF: "application/octet-stream",
    BillForm.HTML: "text/html",
    BillForm.CSV: "text/csv",
    BillForm.PDF: "application/pdf",
    BillForm.SWISS_QR: "image/svg+xml",
}
XML: Final = "application/xml"
_PROVING: Final = frozenset({BillForm.PROOF, BillForm.HTML, BillForm.PDF})
"""Forms that hold the proof."""


def bill_file(office: BillingOffice, number: int, form: BillForm, member: MemberEntry | None) -> BillFile:
    """A form of a document of this home. Raises `NotFound` (no_document), and what `render` raises."""
    found = office.prove(number) if form in _PROVING else office.find(number)
    made = render(form, found.data, found.proof, found.seller, member, office.currency_code)
    return BillFile(
        name=f"bill-{number}-{bill_hash(found.data).hex()[:8]}.{ending_of(form)}",
        media_type=_MEDIA.get(form, XML),
        data=base64.b64encode(made).decode(),
    )
