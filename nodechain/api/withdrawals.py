"""What waits to be paid out, what the banker has marked of it, and what lines of banks were for."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.bank.queries import bank_line, marks_of, withdrawals, withdrawals_of
from ledger.bank.schema import Withdrawal, WithdrawalMark
from ledger.billing.queries import noted_bill
from ledger.encoding.quantities import TimeMs
from ledger.keys.address import format_address
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import BANKER, Right, concerned
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.errors import UsageError
from nodechain.node import Node

MAX_LINES_ASKED: Final = 100
HASH_BYTES: Final = 32


class WithdrawalMarkView(ApiModel):
    """What the banker is paying. `lapsed`: the banker burns it no more, and voters decide."""

    number: int
    amount: Amount
    marked_ms: TimeMs
    lapses_ms: TimeMs
    lapsed: bool


class WithdrawalView(ApiModel):
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


class BankLineView(ApiModel):
    """What a line of a bank's statement was for: minted to `account` (`mark` 0), burned of a mark, or the payment of
    bill `bill`, of which no account is told (`account`, `asset`, `symbol` are empty then, `amount` is null).
    """

    hash: str
    account: str
    asset: str
    symbol: str
    amount: Amount | None
    mark: int
    bill: int


class BankLines(At):
    """Of the lines that were asked for, those that something was done for."""

    lines: list[BankLineView]


def read_withdrawals(at: CommittedState, cursor: bytes | None, limit: int) -> Withdrawals:
    """What waits to be paid out."""
    page = withdrawals(at.reader, cursor, limit)
    found = [_view(at, key[:20], key[20], waiting) for key, waiting in page.entries]
    return Withdrawals(height=at.height, time_ms=at.view.time_ms, withdrawals=found, next=cursor_text(page.cursor))


def read_account_withdrawals(at: CommittedState, address: bytes) -> AccountWithdrawals:
    """What one account asks to be paid out."""
    found = [_view(at, address, asset, waiting) for asset, waiting in withdrawals_of(at.reader, address)]
    return AccountWithdrawals(
        height=at.height, time_ms=at.view.time_ms, address=format_address(address), withdrawals=found
    )


def _view(at: CommittedState, holder: bytes, asset: int, waiting: Withdrawal) -> WithdrawalView:
    marks = marks_of(at.reader, holder, asset) if waiting.marks else []
    return WithdrawalView(
        holder=format_address(holder),
        asset=at.chain.name(asset),
        symbol=at.chain.symbol(asset),
        amount=tokens(at.chain, asset, waiting.asked),
        waiting=tokens(at.chain, asset, waiting.waiting),
        marked=tokens(at.chain, asset, waiting.marked),
        marks=[_mark(at, asset, number, mark) for number, mark in marks],
    )


def _mark(at: CommittedState, asset: int, number: int, mark: WithdrawalMark) -> WithdrawalMarkView:
    return WithdrawalMarkView(
        number=number,
        amount=tokens(at.chain, asset, mark.amount),
        marked_ms=mark.marked_ms,
        lapses_ms=mark.lapses_ms,
        lapsed=at.view.time_ms >= mark.lapses_ms,
    )


def read_lines(at: CommittedState, hashes: list[bytes]) -> BankLines:
    """What was done for lines of banks' statements."""
    found = [view for each in hashes if (view := _line(at, each)) is not None]
    return BankLines(height=at.height, lines=found)


def _line(at: CommittedState, reference: bytes) -> BankLineView | None:
    line = bank_line(at.state, reference)
    if line is not None:
        return BankLineView(
            hash=reference.hex(),
            account=format_address(line.account),
            asset=at.chain.name(line.asset),
            symbol=at.chain.symbol(line.asset),
            amount=tokens(at.chain, line.asset, line.amount),
            mark=line.mark,
            bill=0,
        )
    bill = noted_bill(at.state, reference)
    if not bill:
        return None
    return BankLineView(hash=reference.hex(), account="", asset="", symbol="", amount=None, mark=0, bill=bill)


async def get_withdrawals(node: Node, request: web.Request) -> Work:
    """What waits to be paid out."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_withdrawals(at, cursor, limit))


async def get_account_withdrawals(node: Node, request: web.Request) -> Work:
    """What an account asks to be paid out."""
    address = requests.path_address(request)
    return ledger(node, request, lambda at: read_account_withdrawals(at, address))


async def get_lines(node: Node, request: web.Request) -> Work:
    """What lines of banks' statements were for."""
    texts = [text for text in request.query.get("hashes", "").split(",") if text]
    if len(texts) > MAX_LINES_ASKED:
        raise UsageError(f"hashes: at most {MAX_LINES_ASKED} at once", code="bad_parameter")
    hashes = [requests.hexadecimal("hashes", text, HASH_BYTES) for text in texts]
    return ledger(node, request, lambda at: read_lines(at, hashes))


ROUTES: Final = (
    Route("GET", "/v1/withdrawals", "What waits to be paid out", Withdrawals, get_withdrawals, query=(*AT, *PAGE)),
    Route(
        "GET",
        "/v1/accounts/{address}/withdrawals",
        "What an account asks to be paid out, and what of it the banker has marked",
        AccountWithdrawals,
        get_account_withdrawals,
        query=AT,
        kind=POINT,
    ),
    Route(
        "GET",
        "/v1/bank/lines",
        "What was minted, burned or noted for lines of banks' statements",
        BankLines,
        get_lines,
        query=(("hashes", f"hashes of lines in hex, with commas between them, at most {MAX_LINES_ASKED}"), *AT),
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/withdrawals": BANKER,
    "/v1/accounts/{address}/withdrawals": concerned("address"),
    "/v1/bank/lines": BANKER,
}
