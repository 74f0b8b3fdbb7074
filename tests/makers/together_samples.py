"""What is sent and decided of points, for the vectors of `make_vectors`."""

from __future__ import annotations

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.encoding.codec import Value
from ledger.together import payloads as t
from ledger.together.terms import Prize, TogetherTerms


def together_samples() -> dict[str, tuple[str, Value, int]]:
    """Onto the board and off it."""
    return {
        "join_board": ("A", t.JoinBoard("Sönnchen"), 33),
        "leave_board": ("A", t.LeaveBoard(), 34),
    }


def together_actions() -> dict[str, Value]:
    """Rules of points with prizes, and without."""
    prizes = (Prize(CURRENCY_ASSET, 25 * 10**9), Prize(ENERGY_ASSET, 1))
    return {
        "set_together_terms": t.SetTogetherTerms(TogetherTerms(10, 5, 300, 10_000, 1_000_000, 3_600_000, 3, prizes)),
        "set_together_terms/bare": t.SetTogetherTerms(TogetherTerms(0, 0, 0, 0, 1, 60_000, 20, ())),
    }
