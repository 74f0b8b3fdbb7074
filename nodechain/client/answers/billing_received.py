"""Billing_received: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.billing_office import ListedBill
from nodechain.client.answers.models import Int


class ReceivedBill(TypedDict):
    """The bill of a file: what was checked, and `receipts`, out of how many proven ones its lines were made again.

    `opening`: how the opening balance is known.
    """

    listed_as: ListedBill
    receipts: Int
    opening: str
