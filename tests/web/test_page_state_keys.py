"""The page proves what a node says by keys of the state that it makes itself: their numbers are the ledger's.

Without the number of a lock's purpose it would call an honest balance false, with another one it would prove nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledger.sharing.versions import SCHEME_POOL
from ledger.state.full_key import NUMBER_BYTES
from nodechain.modules import REGISTRY

STATE_KEYS = (Path(__file__).resolve().parents[2] / "web" / "app" / "src" / "trust" / "state_keys.ts").read_text()


def numbers(name: str) -> dict[str, int]:
    """A table of numbers in the page's source."""
    found = re.search(rf"const {name}[^=]*= \{{([^}}]*)\}}", STATE_KEYS)
    assert found, name
    known = {each: int(number) for each, number in re.findall(r"(\w+): (\d+),", found[1])}
    assert len(known) == found[1].count(":") > 0
    return known


def test_the_page_knows_the_number_of_every_lock() -> None:
    assert numbers("PURPOSES") == {purpose.name: purpose.number for purpose in REGISTRY.purposes.values()}


@pytest.mark.parametrize(("name", "known"), [("TABLES", REGISTRY.tables), ("COUNTERS", REGISTRY.counters)])
def test_the_page_has_the_numbers_of_the_ledger(name: str, known: dict[int, object]) -> None:
    ledger = {getattr(each, "name", ""): number for number, each in known.items()}
    said = numbers(name)
    assert said == {each: ledger[each] for each in said}


def test_the_page_writes_numbers_as_wide_as_the_ledger() -> None:
    assert f"padStart({2 * NUMBER_BYTES}, " in STATE_KEYS
    assert f"SCHEME_POOL = inKey({SCHEME_POOL})" in STATE_KEYS
