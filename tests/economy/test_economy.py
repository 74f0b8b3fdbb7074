"""200 seeds of the adversary, and the mends that it finds when they are reverted."""

from __future__ import annotations

import pytest

from tests.economy.driver import Tally
from tests.economy.mutants import MUTANTS, Mutant, first_found
from tests.economy.outcome import judge

PIECES = 8
SEEDS = 200


@pytest.mark.parametrize("piece", range(PIECES))
def test_no_honest_account_is_below_its_honest_outcome_beyond_the_bounds(piece: int) -> None:
    """Of sequences that are long, and a third of whose commands is accepted."""
    tally = Tally()
    for seed in range(1 + piece, SEEDS + 1, PIECES):
        tally.add(judge(seed))
    assert [(result.seed, result.violations) for result in tally.failed] == []
    assert tally.sequences == SEEDS // PIECES
    assert tally.fewest >= 50
    assert tally.share >= 1 / 3


def test_a_seed_plays_the_same_every_time() -> None:
    assert judge(3) == judge(3)


@pytest.mark.parametrize("seed", [50570])
def test_a_seed_that_broke_a_bound_once_does_so_no_more(seed: int) -> None:
    assert judge(seed).violations == []


@pytest.mark.parametrize(("mutant", "bound", "seed"), MUTANTS, ids=[mutant.__name__ for mutant, *_ in MUTANTS])
def test_a_reverted_mend_is_found(mutant: Mutant, bound: str, seed: int) -> None:
    assert first_found(mutant, bound, (seed, *range(1, SEEDS + 1))) is not None
