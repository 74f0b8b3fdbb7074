"""Every scenario script still ends as it was recorded and reviewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.consensus.record import FOLDER, played

SCENARIOS = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert played(text) == text


def test_there_are_scenarios_for_every_rule() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCENARIOS)
    for number in range(1, 10):
        assert f"# Rule {number}" in text, number
