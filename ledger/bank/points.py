"""Where modules take part in the rules of tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from ledger.chain.context import Context
from ledger.chain.envelope import Transaction
from ledger.chain.hooks import HookPoint

TAKES_ALONG: Final[HookPoint[Callable[[Context, Transaction], bool]]] = HookPoint("takes_along")
"""Whether a transaction moves or frees the whole of something of its sender's, and cannot fail (N7)."""

CURRENCY_CAME_IN: Final[HookPoint[Callable[[Context, bytes, int], None]]] = HookPoint("currency_came_in")
"""Tokens of an asset have become available to an account: `tell_came_in` says so, wherever they came from."""

TOKENS_BOUND: Final[HookPoint[Callable[[Context, bytes], None]]] = HookPoint("tokens_bound")
"""An account is about to bind tokens: for what may still be undone, or to be paid out. May refuse."""

PRICE_OFFERED: Final[HookPoint[Callable[[Context, int, int, int], None]]] = HookPoint("price_offered")
"""Of an asset (its number) in another one, base units for a whole token: a price that somebody offers. May refuse."""

SOLD_BY_AGENT: Final[HookPoint[Callable[[Context, bytes, bytes, int, int], None]]] = HookPoint("sold_by_agent")
"""An order that an agent placed for its owner sold: owner, agent, the asset and base units that it brought, which are
available to the owner and have paid its debts."""

LINE_USED: Final[HookPoint[Callable[[Context, bytes], bool]]] = HookPoint("line_used")
"""Whether a module has taken a line of a bank's statement, by its hash, for something else than minting or burning."""

MAY_ATTEST_RESERVES: Final[HookPoint[Callable[[Context, bytes], bool]]] = HookPoint("may_attest_reserves")
"""Whether an account beside the banker may say what lies at the bank."""

FEE_RECEIVER: Final[HookPoint[Callable[[Context], bytes]]] = HookPoint("fee_receiver")
"""To which account the fees of this block go, in place of its proposer's."""


class Commission(NamedTuple):
    """`parts` per 10^6 of what is paid in a trade, rounded down, go from the seller's proceeds to an account (FU7)."""

    parts: int
    account: bytes

    def on(self, payment: int) -> int:
        """Base units of a payment."""
        return payment * self.parts // 1_000_000


NO_COMMISSION: Final = Commission(0, b"")

COMMISSION: Final[HookPoint[Callable[[Context], Commission]]] = HookPoint("commission")
"""What is taken of each payment of a market in this block."""

COMMISSION_PAID: Final[HookPoint[Callable[[Context, int, int], None]]] = HookPoint("commission_paid")
"""Trades brought so much of an asset to the account of the commission."""


def commission_in_force(context: Context) -> Commission:
    """What markets take of payments now; nothing, unless a module says otherwise."""
    for found in context.hooks.at(COMMISSION):
        return found(context)
    return NO_COMMISSION


def tell_commission_paid(context: Context, asset: int, amount: int) -> None:
    """Whoever gets commissions hears how much it was."""
    for note in context.hooks.at(COMMISSION_PAID):
        note(context, asset, amount)


def tell_came_in(context: Context, account: bytes, asset: int) -> None:
    """Whoever follows what becomes available to an account hears of it."""
    for follow in context.hooks.at(CURRENCY_CAME_IN):
        follow(context, account, asset)


def check_binding(context: Context, account: bytes) -> None:
    """Refuse where a module does not let an account bind tokens now."""
    for check in context.hooks.at(TOKENS_BOUND):
        check(context, account)


def check_offer_price(context: Context, base: int, quote: int, price: int) -> None:
    """Refuse where a module does not let an asset be offered at a price in another one."""
    for check in context.hooks.at(PRICE_OFFERED):
        check(context, base, quote, price)


def tell_sold(context: Context, owner: bytes, agent: bytes, asset: int, amount: int) -> None:
    """Whoever follows what agents sell hears of it."""
    for follow in context.hooks.at(SOLD_BY_AGENT):
        follow(context, owner, agent, asset, amount)
