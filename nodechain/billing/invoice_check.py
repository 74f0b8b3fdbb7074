"""Whether the invoice attached to a PDF says what the proven bill says: written again from the bill, and compared.

Who the parties are, and the seller's account with its bank, the chain does not know: those parts are left out. Needs
the extra `billing`.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from nodechain.billing.document import Bill
from nodechain.billing.einvoice import einvoice_terms
from nodechain.billing.einvoice_form import cii
from nodechain.billing.making import CHARGES
from nodechain.billing.member_book import MemberEntry
from nodechain.billing.proof import FalseBill
from nodechain.billing.settings import Postal, Seller
from nodechain.errors import UsageError

UNPROVEN = frozenset({"SellerTradeParty", "BuyerTradeParty", "PayeePartyCreditorFinancialAccount"})
CODE_PATH = ".//{*}InvoiceCurrencyCode"


def check_invoice(bill: Bill, invoice: bytes) -> None:
    """Raises `FalseBill` (false_invoice) where a number, day or text of the invoice is not the bill's."""
    said = _parsed(invoice)
    code = said.findtext(CODE_PATH) or ""
    somewhere = Postal(street="-", postcode="-", city="-", country="AT")
    seller = Seller(name=bill.terms.seller, address=somewhere, vat_id="ATU00000000", iban="AT611904300234573201")
    member = MemberEntry(name=bill.account, address=somewhere, vat_id="ATU00000000")
    try:
        proven = _parsed(cii(einvoice_terms(bill, CHARGES, seller, member, code)))
    except UsageError as error:
        raise FalseBill(f"the bill is no invoice: {error.detail}", code="false_invoice") from error
    one, other = _texts(said), _texts(proven)
    for (name, text), (proven_name, proven_text) in zip(one, other, strict=False):
        if (name, text) != (proven_name, proven_text):
            raise FalseBill(
                f"the attached invoice has {name} {text[:60]!r}, the bill {proven_name} {proven_text[:60]!r}",
                code="false_invoice",
            )
    if len(one) != len(other):
        raise FalseBill("the attached invoice has other parts than the bill", code="false_invoice")


def _parsed(data: bytes) -> ET.Element:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise FalseBill("the attached invoice declares a document type", code="false_invoice")
    try:
        return ET.fromstring(data)
    except ET.ParseError as error:
        raise FalseBill(f"the attached invoice is no XML: {error}", code="false_invoice") from None


def _texts(element: ET.Element) -> list[tuple[str, str]]:
    """All elements in order with their texts and attributes, without the parts that nothing proves."""
    found: list[tuple[str, str]] = []
    for part in element:
        name = part.tag.rpartition("}")[2]
        if name not in UNPROVEN:
            marks = "".join(f" {key}={value}" for key, value in sorted(part.attrib.items()))
            found += [(f"{name}{marks}", (part.text or "").strip()), *_texts(part)]
    return found
