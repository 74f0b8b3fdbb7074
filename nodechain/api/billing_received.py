"""A bill that a member was given as a file, taken into the member's own node: checked with the genesis, then kept."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from ledger.errors import InvalidInput
from ledger.keys.address import parse_address
from nodechain.api.billing_office import OFFICE, BillingOffice, ListedBill, reader_of, require_billing
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel
from nodechain.api.http.rights import EXAMINED, Open, Right, Visitor
from nodechain.api.http.route import Route
from nodechain.billing.canonical import read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.forms import bill_in_file, check_attachments
from nodechain.billing.proof import FalseBill
from nodechain.client.rest import JSON
from nodechain.errors import UsageError
from nodechain.node import Node

MAX_RECEIVED_REQUEST_BYTES: Final = 8 * 1024 * 1024
"""Base64 of files of 6 MB at most; larger ones are for `nodechain bill receive`."""


class ReceivedBill(ApiModel):
    """The bill of a file: what was checked, and `receipts`, out of how many proven ones its lines were made again.

    `opening`: how the opening balance is known.
    """

    listed_as: ListedBill
    receipts: int
    opening: str


class _FileRequest(msgspec.Struct, forbid_unknown_fields=True):
    file: str


async def post_received(node: Node, request: web.Request, body: bytes) -> tuple[int, ReceivedBill]:
    """Check and keep the bill of a file, for whose it is. Raises `UsageError` (bad_bill), `FalseBill`, `NotYours`."""
    require_billing(node)
    office, asked = request.app[OFFICE], requests.json_body(body, _FileRequest)
    try:
        content = base64.b64decode(asked.file, validate=True)
    except binascii.Error:
        raise requests.bad("file", "no Base64") from None
    reader = reader_of(node, request)
    reader.require(Open.MEMBERS)
    return 200, await office.work(lambda: _received(node, office, reader, content))


def _received(node: Node, office: BillingOffice, reader: Visitor, content: bytes) -> ReceivedBill:
    data, proof = bill_in_file(Path("the file"), content)
    bill = read_canonical(data, Bill)
    try:
        account = parse_address(bill.account)
    except InvalidInput as error:
        raise UsageError(f"whose bill this is cannot be read: {error.detail}", code="bad_bill") from None
    reader.require(Open.OWN, [account])
    if not proof:
        raise UsageError("the file holds no proof", code="no_proof", advice="Take the bill's PDF or HTML.")
    try:
        check_attachments(bill, content)
        found = office.received.receive(data, proof, node.genesis, office.chain_time_ms)
    except FalseBill as error:
        raise UsageError(error.detail, code=error.code, advice=error.advice) from error
    (known,) = [each for each in office.index.of(bill.account) if each.number == bill.number]
    return ReceivedBill(
        listed_as=office.state(lambda at: office.listed(at, known)), receipts=found.receipts, opening=found.opening
    )


ROUTES: Final = (
    Route(
        "POST",
        "/v1/billing/received",
        "Take in a bill that was given as a file (PDF or HTML in Base64): checked wholly, then kept",
        ReceivedBill,
        write=post_received,
        body=JSON,
        most_bytes=MAX_RECEIVED_REQUEST_BYTES,
    ),
)

RIGHTS: Final[dict[str, Right]] = {route.path: EXAMINED for route in ROUTES}
