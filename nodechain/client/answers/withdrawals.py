"""Withdrawals: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class WithdrawalMarkView(TypedDict):
    """What the banker is paying. `lapsed`: the banker burns it no more, and voters decide."""

    number: Int
    amount: Amount
    marked_ms: TimeMs
    lapses_ms: TimeMs
    lapsed: bool


class WithdrawalView(TypedDict):
    """Currency that its holder has locked to be paid out: `amount` in all, of which `waiting` may be taken back, and
    `marked` is being paid by the banker, in `marks`.
    """

    holder: str
    asset: str
    symbol: str
    amount: Amount
    waiting: Amount
    marked: Amount
    marks: list[WithdrawalMarkView]


class Withdrawals(At):
    """What waits to be paid out, by holder and asset, a page; at the time of the last block."""

    time_ms: TimeMs
    withdrawals: list[WithdrawalView]
    next: str | None


class AccountWithdrawals(At):
    """What an account asks to be paid out; at the time of the last block."""

    address: str
    time_ms: TimeMs
    withdrawals: list[WithdrawalView]


class BankLineView(TypedDict):
    """What a line of a bank's statement was for: minted to `account` (`mark` 0), burned of a mark, or the payment of
    bill `bill`, of which no account is told (`account`, `asset`, `symbol` are empty then, `amount` is null).
    """

    hash: str
    account: str
    asset: str
    symbol: str
    amount: Amount | None
    mark: Int
    bill: Int


class BankLines(At):
    """Of the lines that were asked for, those that something was done for."""

    lines: list[BankLineView]
