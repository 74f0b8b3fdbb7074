"""Billing_documents: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.billing_office import ListedBill
from nodechain.client.answers.models import At, Int


class BillDocuments(At):
    """An account's documents, the newest first; `cent` is what a cent of its amounts is in base units."""

    account: str
    cent: Int
    documents: list[ListedBill]


class SellerView(TypedDict):
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
