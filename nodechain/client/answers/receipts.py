"""Receipts: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class AccountReceipt(TypedDict):
    """A receipt in hex, and where it stands: its block, that one's time, its place in it (0: the block's own)."""

    height: Int
    index: Int
    time_ms: TimeMs
    receipt: str


class AccountReceipts(At):
    """The receipts that name an account, oldest first, a page; `time_ms` is the head's."""

    address: str
    time_ms: TimeMs
    receipts: list[AccountReceipt]
    next: str | None
