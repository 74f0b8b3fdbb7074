"""Whether the invoice attached to a PDF says what the proven bill says: written again from the bill, and compared.

Who the parties are, and the seller's account with its bank, the chain does not know: those parts are left out. Needs
the extra `billing`.
"""

from __future__ import annotations

from typing import Final

from nodechain.billing.document import Bill
from nodechain.billing.einvoice import einvoice_terms
from nodechain.billing.einvoice_form import cii
from nodechain.billing.making import CHARGES
from nodechain.billing.member_book import MemberEntry
from nodechain.billing.proof import FalseBill
from nodechain.billing.settings import Postal, Seller
from nodechain.errors import UsageError
from nodechain.formats.errors import BadFile
from nodechain.formats.xml_reading import XmlElement, read_xml

UNPROVEN: Final = frozenset({"SellerTradeParty", "BuyerTradeParty", "PayeePartyCreditorFinancialAccount"})
CODE_NAME: Final = "InvoiceCurrencyCode"
MAX_INVOICE_BYTES: Final = 8 * 1024 * 1024


def check_invoice(bill: Bill, invoice: bytes) -> None:
    """Raises `FalseBill` (false_invoice) where a number, day or text of the invoice is not the bill's."""
    said = _parsed(invoice)
    code = _currency(said)
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


def _parsed(data: bytes) -> XmlElement:
    if len(data) > MAX_INVOICE_BYTES:
        raise FalseBill(f"the attached invoice has more than {MAX_INVOICE_BYTES} bytes", code="false_invoice")
    try:
        return read_xml(data, lambda _around, _found: False)
    except BadFile as error:
        raise FalseBill(f"the attached invoice cannot be read: {error.detail}", code="false_invoice") from None


def _currency(element: XmlElement) -> str:
    """The first that is said, at whatever place."""
    if element.name == CODE_NAME:
        return element.text.strip()
    return next((code for child in element.children if (code := _currency(child))), "")


def _texts(element: XmlElement) -> list[tuple[str, str]]:
    """All elements in order with their texts and attributes, without the parts that nothing proves."""
    found: list[tuple[str, str]] = []
    for part in element.children:
        if part.name not in UNPROVEN:
            marks = "".join(f" {key}={value}" for key, value in sorted(part.attributes.items()))
            found += [(f"{part.name}{marks}", part.text.strip()), *_texts(part)]
    return found
