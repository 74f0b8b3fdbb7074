"""What voters choose of the continuous double auction: how a trade is priced, who yields (rule Y6)."""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.chain.parameters import ParameterRule, ParameterUnit
from ledger.chain.schema import PARAMETERS
from market.cda.types import ExecutionPrice, MatchingRules, SelfTrade
from market.parameters import MINIMUM_ORDER

EXECUTION_PRICE: Final = "execution_price"
SELF_TRADE: Final = "self_trade"

# Their keys, encoded once and not once an order.
_EXECUTION_PRICE: Final = EXECUTION_PRICE.encode()
_SELF_TRADE: Final = SELF_TRADE.encode()
_MINIMUM_ORDER: Final = MINIMUM_ORDER.encode()
_PRICES: Final = tuple(ExecutionPrice)
_SELF_TRADES: Final = tuple(SelfTrade)

CDA_PARAMETERS: Final[tuple[ParameterRule, ...]] = (
    ParameterRule(
        EXECUTION_PRICE, 0, 0, len(_PRICES) - 1, ParameterUnit.CHOICE, "the price of a trade between two limits",
        tuple(choice.name.lower() for choice in _PRICES),
    ),
    ParameterRule(
        SELF_TRADE, 0, 0, len(_SELF_TRADES) - 1, ParameterUnit.CHOICE, "what ends when an order meets its owner's",
        tuple(choice.name.lower() for choice in _SELF_TRADES),
    ),
)  # fmt: skip


def matching_rules(context: Context, tick: int) -> MatchingRules:
    """How orders are matched now."""
    price, own = context.get(PARAMETERS, _EXECUTION_PRICE), context.get(PARAMETERS, _SELF_TRADE)
    smallest = context.get(PARAMETERS, _MINIMUM_ORDER)
    return MatchingRules(_PRICES[price.value], _SELF_TRADES[own.value], tick, smallest.value)
