"""Bills as documents, where this node's home made or received them: for whose they are, and for treasurers.

The member book stays shut: what a form says of the member is what the member says with the request.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from aiohttp import web

from ledger.bank.assets import CURRENCY_ASSET
from ledger.keys.address import parse_address
from nodechain.api.billing_files import bill_file
from nodechain.api.billing_office import OFFICE, BillFile, BillingOffice, ListedBill, reader_of, require_billing
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EXAMINED, Open, Right, Visitor, own
from nodechain.api.http.route import Route
from nodechain.api.reading import CommittedState, Work, ledger
from nodechain.billing.canonical import read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.document_index import IndexedBill
from nodechain.billing.forms import BillForm, epc_text, extra
from nodechain.billing.member_book import Line, MemberEntry
from nodechain.billing.rounding import CentSize
from nodechain.billing.settings import Postal, Seller
from nodechain.billing.sheet import reference_of
from nodechain.client.rest import JSON
from nodechain.errors import NotFound, UsageError
from nodechain.node import Node

MAX_FORM_REQUEST_BYTES: Final = 8 * 1024
MAX_LISTED: Final = 1_000
"""Documents of one account in a list: the newest."""


class BillDocuments(At):
    """An account's documents, the newest first; `cent` is what a cent of its amounts is in base units."""

    account: str
    cent: int
    documents: list[ListedBill]


class SellerView(ApiModel):
    """Who bills, as it stands on the documents."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str
    iban: str
    bic: str


class BillDocument(At):
    """A final document: `document` is its canonical JSON, whose hash the chain has (BL8).

    `listed`: the place of its hash in its run, a `ListProof` in hex; empty for a correction. `reference`: the
    structured one of a payment; `epc`, `swiss`: what QR codes of the transfer hold, empty where there is none.
    """

    listed_as: ListedBill
    document: str
    listed: str
    seller: SellerView | None
    reference: str
    epc: str
    swiss: str


class _Buyer(msgspec.Struct, forbid_unknown_fields=True):
    name: Line
    street: Line = ""
    postcode: Line = ""
    city: Line = ""
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}\\Z")] = "AT"
    vat_id: Line = ""


class _FormRequest(msgspec.Struct, forbid_unknown_fields=True):
    form: BillForm
    buyer: _Buyer | None = None


def read_documents(at: CommittedState, office: BillingOffice, account: str) -> BillDocuments:
    """The newest documents of an account."""
    known = office.index.of(account)[:MAX_LISTED]
    return BillDocuments(
        height=at.height,
        account=account,
        cent=CentSize.of(at.chain.assets[CURRENCY_ASSET - 1].decimals).base_per_cent,
        documents=[office.listed(at, bill) for bill in known],
    )


def _found(office: BillingOffice, reader: Visitor, number: int) -> IndexedBill:
    """A document that is open to a reader; raises `NotFound` (no_document), `LoginNeeded`, `NotYours`."""
    found = next((each for each in office.index.all() if each.number == number), None)
    if found is None:
        reader.require(Open.MEMBERS)
        raise NotFound(f"no document {number} is in this node's home", code="no_document", advice="Ask the treasurer.")
    reader.require(Open.OWN, [parse_address(found.account)])
    return found


def read_document(at: CommittedState, office: BillingOffice, reader: Visitor, number: int) -> BillDocument:
    """A document and how it is paid. Raises `NotFound` (no_document), `NotYours`, `DataDamaged`."""
    listed_as = _found(office, reader, number)
    found = office.find(number)
    bill, seller = read_canonical(found.data, Bill), found.seller
    is_payable = seller is not None and bill.due_cents > 0 and seller.iban != ""
    return BillDocument(
        height=at.height,
        listed_as=office.listed(at, listed_as),
        document=found.data.decode(),
        listed=found.listed.hex(),
        seller=None if seller is None else _seller(seller),
        reference=reference_of(bill),
        epc=_epc(seller, bill, office.currency_code) if seller is not None and is_payable else "",
        swiss=_swiss(seller, bill, office.currency_code) if seller is not None and is_payable else "",
    )


def _seller(seller: Seller) -> SellerView:
    address = seller.address
    return SellerView(
        name=seller.name,
        street=address.street,
        postcode=address.postcode,
        city=address.city,
        country=address.country,
        vat_id=seller.vat_id,
        iban=seller.iban,
        bic=seller.bic,
    )


def _epc(seller: Seller, bill: Bill, code: str) -> str:
    """SEPA knows euros only."""
    return epc_text(seller, bill.due_cents, reference_of(bill)) if code == "EUR" else ""


def _swiss(seller: Seller, bill: Bill, code: str) -> str:
    """Of accounts in Switzerland and Liechtenstein, where the extra `billing` is installed."""
    if seller.iban[:2] not in ("CH", "LI"):
        return ""
    try:
        return str(extra("swiss_form").swiss_text(bill, seller, code))
    except UsageError:
        return ""


async def get_documents(node: Node, request: web.Request) -> Work:
    """An account's bills."""
    account = requests.address(request, "account")
    if account is None:
        raise requests.bad("account", "whose bills?")
    office, text = request.app[OFFICE], request.query["account"]
    return ledger(node, request, lambda at: read_documents(at, office, text))


async def get_document(node: Node, request: web.Request) -> Work:
    """A bill."""
    office, number = request.app[OFFICE], requests.path_number(request)
    reader = reader_of(node, request)
    return ledger(node, request, lambda at: read_document(at, office, reader, number))


async def post_form(node: Node, request: web.Request, body: bytes) -> tuple[int, BillFile]:
    """A form of a bill, one at a time; raises `UsageError` (no_extra, no_einvoice, no_swiss_qr)."""
    require_billing(node)
    office, number = request.app[OFFICE], requests.path_number(request)
    asked = requests.json_body(body, _FormRequest)
    reader = reader_of(node, request)
    return 200, await office.work(lambda: _file(office, reader, number, asked))


def _file(office: BillingOffice, reader: Visitor, number: int, asked: _FormRequest) -> BillFile:
    _found(office, reader, number)
    return bill_file(office, number, asked.form, _entry(asked.buyer))


def _entry(buyer: _Buyer | None) -> MemberEntry | None:
    """The member as it calls itself."""
    if buyer is None:
        return None
    address = Postal(street=buyer.street, postcode=buyer.postcode, city=buyer.city, country=buyer.country)
    return MemberEntry(name=buyer.name, address=address, vat_id=buyer.vat_id, self_billing=True)


ROUTES: Final = (
    Route(
        "GET",
        "/v1/billing/documents",
        "An account's bills, where this node's home made or received them",
        BillDocuments,
        get_documents,
        query=(("account", "whose"),),
    ),
    Route(
        "GET",
        "/v1/billing/documents/{number}",
        "A final bill: its canonical JSON, its place in its run, how it is paid",
        BillDocument,
        get_document,
    ),
    Route(
        "POST",
        "/v1/billing/documents/{number}/forms",
        "A bill as JSON, HTML, CSV, PDF, XML of EN 16931 or Swiss QR; `buyer` stands on it and is not kept",
        BillFile,
        write=post_form,
        body=JSON,
        most_bytes=MAX_FORM_REQUEST_BYTES,
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/billing/documents": own("account"),
    "/v1/billing/documents/{number}": EXAMINED,
    "/v1/billing/documents/{number}/forms": EXAMINED,
}
