"""Every code of the market has its meaning, and the node shows it."""

from __future__ import annotations

import market.errors
from ledger.codes import CODES
from ledger.errors import Refused
from market.codes import REFUSED
from nodechain.api.codes import meaning_of


def test_every_code_has_one_meaning() -> None:
    raised = {
        kind.code
        for kind in vars(market.errors).values()
        if isinstance(kind, type) and issubclass(kind, Refused) and kind is not Refused
    }
    assert set(REFUSED) == raised
    assert not set(REFUSED) & set(CODES)
    for text in REFUSED.values():
        assert text.endswith(".")


def test_the_node_explains_codes_of_both() -> None:
    assert meaning_of("unknown_order") == REFUSED["unknown_order"]
    assert meaning_of("insufficient_balance") == CODES["insufficient_balance"]
    assert meaning_of("of_nobody") == "of nobody"
