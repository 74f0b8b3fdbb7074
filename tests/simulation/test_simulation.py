"""The simulator in the gate: some seeds, every arranged world, every mutant. `make simulate` plays many more seeds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulation import directed
from tests.simulation.mutants import MUTANTS, Mutant, noticed_by
from tests.simulation.plan import Plan
from tests.simulation.record import TRANSCRIPTS, transcript
from tests.simulation.signatures import stubbed_signatures

SEEDS_A_TEST = 20
STUBBED = range(1, 101, SEEDS_A_TEST)
REAL = range(501, 521, 5)
MUTANT_SEEDS = range(1, 151)


@pytest.mark.parametrize("first", STUBBED)
def test_seeds(first: int) -> None:
    with stubbed_signatures(stubbed=True):
        for seed in range(first, first + SEEDS_A_TEST):
            outcome = Plan(seed).play()
            assert not outcome.kind, outcome


@pytest.mark.parametrize("first", REAL)
def test_seeds_with_real_signatures(first: int) -> None:
    for seed in range(first, first + 5):
        outcome = Plan(seed).play()
        assert not outcome.kind, outcome


def test_a_seed_plays_the_same_twice() -> None:
    def transcript() -> list[str]:
        with stubbed_signatures(stubbed=True):
            plan = Plan(7, transcript=True)
            plan.play()
        return plan.world.transcript or []

    first = transcript()
    assert len(first) > 500
    assert first == transcript()


@pytest.mark.parametrize("world", directed.WORLDS, ids=lambda world: world.__name__)
def test_arranged_world(world: Callable[[], None]) -> None:
    """It ends well, and goes as it was recorded: `python -m tests.simulation.record` writes the transcripts anew."""
    assert transcript(world) == (TRANSCRIPTS / f"{world.__name__}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "_"))
def test_mutant_is_noticed(mutant: Mutant) -> None:
    """The seed that noticed it last is tried first; any other one will do."""
    seeds = [mutant.seed, *(seed for seed in MUTANT_SEEDS if seed != mutant.seed)]
    assert noticed_by(mutant, seeds) is not None
