"""Why the ledger refused, with the numbers: a receipt keeps the reason's code only, so the rest is asked for.

What cannot be asked any more is left out; the refusal itself is said in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.bank.assets import ENERGY_ASSET, number_of
from ledger.chain.envelope import Transaction
from ledger.errors import InvalidInput
from ledger.keys.address import format_address
from market.denominations import Denominations
from market.types import Side
from nodechain.client.answers.transactions import TransactionAnswer, TransactionView
from nodechain.client.node_client import RestClient
from nodechain.commands.sending.chain import shown_denominations
from nodechain.commands.terminal.options import Invocation
from nodechain.errors import LedgerRefused, NodeError

CANNOT_PAY_FEE: Final = "cannot_pay_fee"
Wanted = Callable[[Denominations, Mapping[str, Any]], tuple[int, int]]
"""The asset, and base units of it, that a payload asks the sender's available balance for."""


def refusal(invocation: Invocation, data: TransactionAnswer) -> LedgerRefused:
    """The error for a transaction that was decided and refused."""
    said = " ".join(part for part in (data["explanation"], _numbers(invocation, data)) if part)
    return LedgerRefused(f"{said} (transaction {data['id']})", code=data["code"])


def fee_refusal(invocation: Invocation, raw: bytes, error: LedgerRefused) -> LedgerRefused:
    """The same for one that the node did not take in; both numbers where the fee cannot be paid."""
    if error.code != CANNOT_PAY_FEE:
        return error
    transaction = Transaction(raw)
    try:
        chain = shown_denominations(invocation)
        told = _compared(invocation, chain, format_address(transaction.sender), chain.fee_asset,
                         transaction.envelope.fee)  # fmt: skip
    except (NodeError, InvalidInput):
        return error
    return LedgerRefused(f"{error.detail}: {told}", code=error.code, advice=error.advice)


def _numbers(invocation: Invocation, data: TransactionAnswer) -> str:
    asks = _ASKS.get(data["code"])
    if asks is None:
        return ""
    try:
        found = data["transaction"] or invocation.node.transaction(data["id"])["transaction"]
        return "" if found is None else asks(invocation, found)
    except (NodeError, InvalidInput, KeyError):
        return ""


def _balance(invocation: Invocation, found: TransactionView) -> str:
    wanted = _WANTED.get(found["type"])
    if wanted is None:
        return ""
    chain = shown_denominations(invocation)
    return f"{_compared(invocation, chain, found['sender'], *wanted(chain, found['payload']))}."


def _compared(invocation: Invocation, chain: Denominations, sender: str, asset: int, base: int) -> str:
    """`99999 eEuro are asked for, 1000 eEuro are available`; what else the account has is locked or not there."""
    held = invocation.node.account(sender)["balances"][asset - 1]
    symbol = chain.symbol(asset)
    return f"{chain.text(asset, base)} {symbol} are asked for, {held['available']['tokens']} {symbol} are available"


def _named_asset(chain: Denominations, payload: Mapping[str, Any]) -> tuple[int, int]:
    return number_of(chain.assets, payload["asset"]), payload["amount"]["base"]


def _session(chain: Denominations, payload: Mapping[str, Any]) -> tuple[int, int]:
    del chain
    return ENERGY_ASSET, payload["amount"]["base"]


def _order(chain: Denominations, payload: Mapping[str, Any]) -> tuple[int, int]:
    """A buy locks price x quantity of what it pays with, a sale the quantity."""
    product, quantity = payload["product"], payload["quantity"]["base"]
    if payload["side"] == Side.SELL.name.lower():
        return chain.base_of(product), quantity
    scale: int = chain.parse(chain.base_of(product), "1")
    return chain.quote_of(product), payload["price"]["base"] * quantity // scale


_WANTED: Final[dict[str, Wanted]] = {
    "transfer": _named_asset,
    "lock_withdrawal": _named_asset,
    "open_session": _session,
    "place_order": _order,
}


def _multiple(name: str, field: str) -> Callable[[Invocation, TransactionView], str]:
    """For a number that must be a multiple of a parameter, or reach it."""

    def said(invocation: Invocation, found: TransactionView) -> str:
        rule = _parameter(invocation.node, name)
        return f"The {name.replace('_', ' ')} is {rule}; {found['payload'][field]['tokens']} was given."

    return said


def _parameter(node: RestClient, name: str) -> str:
    found = next(entry for entry in node.parameters()["parameters"] if entry["name"] == name)
    return f"{found['text']} {found['unit']}"


_ASKS: Final[dict[str, Callable[[Invocation, TransactionView], str]]] = {
    "insufficient_balance": _balance,
    "bad_quantity": _multiple("lot", "quantity"),
    "bad_price": _multiple("tick", "price"),
    "order_too_small": _multiple("minimum_order", "quantity"),
}
