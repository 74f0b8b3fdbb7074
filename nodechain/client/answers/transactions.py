"""Transactions: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import Any, TypedDict

from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import Int


class ReceiptView(TypedDict):
    """What became of a transaction; `code` is empty when it was applied."""

    height: Int
    index: Int
    transaction_id: str
    code: str
    explanation: str
    fee: Amount
    weight: Int
    events: list[dict[str, Any]]


class TransactionView(TypedDict):
    """A transaction as it was signed."""

    type: str
    sender: str
    nonce: Int
    valid_until_height: Int
    fee: Amount
    payload: dict[str, Any]
    bytes: Int


class TransactionAnswer(TypedDict):
    """What is known of a transaction. `status`: decided, waiting or dropped; its place only when it is decided."""

    id: str
    status: str
    height: Int | None
    index: Int | None
    code: str
    explanation: str
    receipt: ReceiptView | None
    transaction: TransactionView | None


class BatchItem(TypedDict):
    """One of a batch: its id and what became of it, or why it was not taken in."""

    id: str
    status: str
    height: Int | None
    code: str
    explanation: str


class BatchAnswer(TypedDict):
    """The items of a batch in their order."""

    results: list[BatchItem]
