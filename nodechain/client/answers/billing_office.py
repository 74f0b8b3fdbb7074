"""Billing_office: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import Int


class ListedBill(TypedDict):
    """A document in a list: `corrected_by` is the number of the newest one that takes its place, or 0.

    `replaces`: the documents whose place it takes; `paid_before` is what was paid for them, and counts for it.

    Amounts are cents of the community's currency; who has not paid `due_days` days after `issued_day` is late. What was
    paid is what the chain knows.
    """

    number: Int
    name: str
    corrects: Int
    corrected_by: Int
    account: str
    first_day: str
    last_day: str
    issued_day: str
    due_days: Int
    charges_cents: Int
    credits_cents: Int
    due_cents: Int
    hash: str
    replaces: list[Int]
    paid_on_chain: Amount
    paid_by_bank: Amount
    paid_before: Amount


class BillFile(TypedDict):
    """A file in Base64, and how it is called."""

    name: str
    media_type: str
    data: str
