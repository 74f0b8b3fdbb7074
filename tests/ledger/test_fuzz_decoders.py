"""A short run of `fuzz.decoders`, the same each time; `make fuzz` runs it for longer with another seed."""

from __future__ import annotations

import pytest

from fuzz.decoders import Mutator, run, targets
from fuzz.target import Target
from ledger.errors import MalformedInput

TARGETS = targets()
INPUTS = 1_500


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_input_is_refused_or_accepted_and_nothing_else(name: str) -> None:
    outcome = run(TARGETS[name], 1, inputs=INPUTS)
    assert outcome.inputs == INPUTS
    assert outcome.refused > INPUTS // 4


@pytest.mark.parametrize("name", sorted(set(TARGETS) - {"certificate", "state proof", "list proof", "signature"}))
def test_what_the_mutations_start_from_is_good(name: str) -> None:
    for data in TARGETS[name].good:
        TARGETS[name].decode(data)


def test_another_error_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    def careless(data: bytes) -> None:
        if data[:1] == b"\xc0":
            raise KeyError("not ours")
        raise MalformedInput

    with pytest.raises(KeyError):
        run(Target(careless, (b"\x91\x01",)), 3, inputs=10_000)
    assert "FOUND with seed 3" in capsys.readouterr().out


def test_a_seed_names_a_run() -> None:
    def first(seed: int) -> list[bytes]:
        source = Mutator(TARGETS["transaction"], seed).inputs()
        return [next(source) for _ in range(200)]

    assert first(5) == first(5) != first(6)
