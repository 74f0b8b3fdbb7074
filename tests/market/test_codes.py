"""Every code of the market has its meaning, and the node shows it."""

from __future__ import annotations

import market.errors
from ledger.errors import Refused
from market.codes import MARKET_CODES
from nodechain.api.codes import meaning_of


def test_every_code_has_one_meaning() -> None:
    raised = {
        kind.code
        for kind in vars(market.errors).values()
        if isinstance(kind, type) and issubclass(kind, Refused) and kind is not Refused
    }
    assert {code for code, _meaning in MARKET_CODES.meanings()} == raised
    for text in MARKET_CODES.refused.values():
        assert text.endswith(".")


def test_the_node_explains_codes_of_every_module() -> None:
    assert meaning_of("unknown_order") == MARKET_CODES.refused["unknown_order"]
    assert meaning_of("insufficient_balance") == "The available balance is too low."
    assert meaning_of("of_nobody") == "of nobody"
