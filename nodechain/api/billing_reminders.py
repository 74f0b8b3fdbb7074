"""A reminder from the desk: of the level that the bill's terms say is due, written, noted, and given out."""

from __future__ import annotations

import base64
from typing import Annotated, Final, Literal

import msgspec
from aiohttp import web

from ledger.bank.assets import CURRENCY_ASSET
from nodechain.api.billing_office import BillFile, BillingOffice, require_treasurer
from nodechain.api.http import requests
from nodechain.api.http.rights import EXAMINED, Right
from nodechain.api.http.route import Route
from nodechain.api.reading import CommittedState
from nodechain.billing.canonical import read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.reminders import Reminder, due_level, reminder_form, reminder_of, sent_of
from nodechain.billing.settings import MAX_REMINDERS
from nodechain.client.rest import JSON
from nodechain.errors import UsageError
from nodechain.node import Node

MAX_REQUEST_BYTES: Final = 8 * 1024
_MEDIA: Final = {"html": "text/html", "pdf": "application/pdf"}


class _ReminderRequest(msgspec.Struct, forbid_unknown_fields=True):
    number: int
    level: Annotated[int, msgspec.Meta(ge=1, le=MAX_REMINDERS)]
    form: Literal["html", "pdf"] = "html"
    password: Annotated[str, msgspec.Meta(max_length=1_024)] = ""


async def post_reminder(node: Node, request: web.Request, body: bytes) -> tuple[int, BillFile]:
    """The reminder of a level; the last one that was sent is given out again. Raises `UsageError` (not_due)."""
    office, asked = require_treasurer(node, request), requests.json_body(body, _ReminderRequest)
    return 200, await office.work(lambda: office.state(lambda at: _written(at, office, asked)))


def _written(at: CommittedState, office: BillingOffice, asked: _ReminderRequest) -> BillFile:
    day, owing = office.owing(at)
    owed = next((each for each in owing if each.bill.number == asked.number), None)
    if owed is None:
        raise UsageError(f"bill {asked.number} is not open", code="not_open", advice="See who owes.")
    found = office.prove(asked.number)
    bill = read_canonical(found.data, Bill)
    sent = sent_of(list(office.reminders.all()), asked.number)
    reminder = _again(sent, asked.level)
    if reminder is None:
        if asked.level != due_level(bill, sent, owed.overdue_days, day):
            raise UsageError(f"level {asked.level} is not due by the terms of the bill", code="not_due")
        reminder = reminder_of(bill, owed, asked.level, day)
    member = office.member(bill.account, asked.password)
    code = at.chain.assets[CURRENCY_ASSET - 1].code
    data = reminder_form(found, reminder, owed.due_day, member, code, pdf=asked.form == "pdf")
    office.reminders.note(reminder)
    return BillFile(
        name=f"reminder-{asked.number}-{asked.level}.{asked.form}",
        media_type=_MEDIA[asked.form],
        data=base64.b64encode(data).decode(),
    )


def _again(sent: list[Reminder], level: int) -> Reminder | None:
    """The one that was sent last, where that is the level."""
    return sent[-1] if sent and sent[-1].level == level else None


ROUTES: Final = (
    Route(
        "POST",
        "/v1/billing/desk/reminders",
        "Write and note the reminder of a bill that is overdue, of the level that its terms say",
        BillFile,
        write=post_reminder,
        body=JSON,
        most_bytes=MAX_REQUEST_BYTES,
    ),
)

RIGHTS: Final[dict[str, Right]] = {route.path: EXAMINED for route in ROUTES}
