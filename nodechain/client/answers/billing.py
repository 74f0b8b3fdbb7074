"""Billing: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class BillingView(At):
    """Who numbers bills, what they are paid to, the number of the next one, and when the last run's period ended.

    `billed_until_ms` is 0 before the first run.
    """

    treasurers: list[str]
    account: str
    prefix: str
    next_number: Int
    billed_until_ms: TimeMs


class BillRunView(TypedDict):
    """`count` bills of a period, numbered from `first` on; `root` is that of the list of their hashes."""

    number: Int
    first: Int
    count: Int
    root: str
    from_ms: TimeMs
    to_ms: TimeMs
    block: Int


class BillRuns(At):
    """Runs, the newest first, a page."""

    runs: list[BillRunView]
    next: str | None


class IssuedBill(At):
    """What the chain knows of a number: its run, or what it corrects (`original`, `document`); and what was paid.

    `block`: the height that made it final.
    """

    number: Int
    name: str
    run: BillRunView | None
    original: Int
    document: str
    block: Int
    paid_on_chain: Amount
    paid_by_bank: Amount
