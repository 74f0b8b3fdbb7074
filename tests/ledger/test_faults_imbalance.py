"""Faults L14 and L15: a rate that can be cut, readings that wait for a better cost, votes that change nothing."""

from __future__ import annotations

from typing import Any

from ledger.events import RateChanged
from ledger.genesis import RateRule
from tests.support.chain import ENT, ChainFixture, make_genesis
from tests.support.energy import actual, events, produce


def in_deficit(lost_wh: int, parameters: dict[str, int] | None = None, **genesis: Any) -> ChainFixture:
    """A produced 20 kWh into U1, of which some were lost."""
    chain = ChainFixture(make_genesis(parameters=tuple({"F": 0, **(parameters or {})}.items()), **genesis))
    assert produce(chain, "U1", "A", 20_000).applied
    assert actual(chain, "U1", 20_000 - lost_wh).applied
    return chain


def lose(chain: ChainFixture, energy_wh: int) -> list[RateChanged]:
    """U1 loses some more."""
    return events(actual(chain, "U1", chain.unit("U1").available_wh - energy_wh), RateChanged)


# --- L14b: the rate never falls while the gap keeps its sign ---------------------------------------------------------


def test_l14b_a_small_loss_does_not_cut_the_rate() -> None:
    chain = in_deficit(10_000)
    assert produce(chain, "U1", "B", 18_000).applied
    assert (chain.gap, chain.rate) == (ENT, ENT // 2)
    assert lose(chain, 1) == []
    assert chain.rate == ENT // 2
    assert lose(chain, 15_000)
    assert chain.rate == chain.gap // 20 > ENT // 2


def test_l14b_the_rate_starts_anew_when_the_gap_closes_or_changes_sign() -> None:
    chain = in_deficit(10_000)
    assert produce(chain, "U1", "B", 20_000).applied
    assert (chain.gap, chain.rate) == (0, 0)
    lose(chain, 1_000)
    assert chain.rate == ENT // 20
    assert actual(chain, "U1", chain.unit("U1").available_wh + 1_200).applied
    assert (chain.gap, chain.rate) == (-ENT // 5, ENT // 100)


def test_l14b_the_literal_rule_of_the_thesis_is_a_choice_of_genesis() -> None:
    chain = in_deficit(10_000, rate_rule=int(RateRule.LITERAL))
    assert produce(chain, "U1", "B", 18_000).applied
    assert [event.rate for event in lose(chain, 1)] == [-(-(ENT + 10**6) // 20)]
