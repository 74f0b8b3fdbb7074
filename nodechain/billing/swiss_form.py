"""The Swiss QR bill of what is due, as SVG. Needs the extra `billing`."""

from __future__ import annotations

import io

from qrbill import QRBill

from nodechain.billing.document import Bill
from nodechain.billing.iban import compact
from nodechain.billing.member_book import MemberEntry
from nodechain.billing.settings import Postal, Seller
from nodechain.billing.sheet import reference_of
from nodechain.errors import UsageError

LANGUAGES = ("en", "de", "fr", "it")


def swiss_qr(bill: Bill, seller: Seller, member: MemberEntry | None, code: str) -> bytes:
    """The payment part with the structured creditor reference; raises `UsageError` (no_swiss_qr)."""
    sink = io.StringIO()
    _made(bill, seller, member, code).as_svg(sink)
    return sink.getvalue().encode()


def swiss_text(bill: Bill, seller: Seller, code: str) -> str:
    """What the payment part's QR code holds (SIX, version 2.x), without a debtor; raises `UsageError` (no_swiss_qr)."""
    return str(_made(bill, seller, None, code).qr_data())


def _made(bill: Bill, seller: Seller, member: MemberEntry | None, code: str) -> QRBill:
    if bill.due_cents <= 0 or not bill.number:
        raise UsageError("nothing is due on this bill", code="no_swiss_qr")
    language = bill.terms.language if bill.terms.language in LANGUAGES else "en"
    try:
        return QRBill(
            account=compact(seller.iban),
            creditor=_party(seller.name, seller.address),
            amount=f"{bill.due_cents // 100}.{bill.due_cents % 100:02d}",
            currency=code,
            debtor=None if member is None else _party(member.name, member.address),
            reference_number=reference_of(bill),
            additional_information=bill.name,
            language=language,
        )
    except ValueError as error:
        raise UsageError(
            f"no Swiss QR bill: {error}", code="no_swiss_qr", advice="It needs an IBAN of CH or LI."
        ) from None


def _party(name: str, address: Postal) -> dict[str, str]:
    return {"name": name[:70], "street": address.street, "pcode": address.postcode, "city": address.city,
            "country": address.country}  # fmt: skip
