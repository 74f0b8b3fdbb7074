"""200 seeds of the adversary, and the mends that it finds when they are reverted."""

from __future__ import annotations

from functools import cache

import pytest

from tests.economy.driver import Tally
from tests.economy.mutants import MUTANTS, Mutant, first_found
from tests.economy.outcome import judge

PIECES = 8
SEEDS = 200


@cache
def tally_of(piece: int) -> Tally:
    """Every eighth of the seeds."""
    tally = Tally()
    for seed in range(1 + piece, SEEDS + 1, PIECES):
        tally.add(judge(seed))
    return tally


@pytest.mark.parametrize("piece", range(PIECES))
def test_no_honest_account_is_below_its_honest_outcome_beyond_the_bounds(piece: int) -> None:
    tally = tally_of(piece)
    assert [(result.seed, result.violations) for result in tally.failed] == []
    assert tally.sequences == SEEDS // PIECES


@pytest.mark.parametrize("piece", range(PIECES))
def test_sequences_are_long_and_a_third_of_the_commands_is_accepted(piece: int) -> None:
    tally = tally_of(piece)
    assert tally.fewest >= 50
    assert tally.share >= 1 / 3


def test_a_seed_plays_the_same_every_time() -> None:
    assert judge(3) == judge(3)


@pytest.mark.parametrize("seed", [50570])
def test_a_seed_that_broke_a_bound_once_does_so_no_more(seed: int) -> None:
    assert judge(seed).violations == []


@pytest.mark.parametrize(("mutant", "bound"), MUTANTS, ids=[mutant.__name__ for mutant, _ in MUTANTS])
def test_a_reverted_mend_is_found(mutant: Mutant, bound: str) -> None:
    assert first_found(mutant, bound, range(1, SEEDS + 1)) is not None
