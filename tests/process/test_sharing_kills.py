"""A day of a sharing community on four killed validators; `make sharing-week` plays a week of it, and bills it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.kills.sharing import SharingKilling
from nodechain.demo.sharing.week import Season, load_week, with_houses

pytestmark = pytest.mark.xdist_group("process")

SEED = 5
HOUSES = ("house05", "house07", "house12", "house20")
"""Those in whose points the operator's differences are planted."""


@pytest.mark.skipif(
    "NODECHAIN_SHARING_KILLS" not in os.environ, reason="23 s of CPU, which the gate has not: NODECHAIN_SHARING_KILLS=1"
)
def test_all_validators_have_the_rules_sums_whoever_is_killed(tmp_path: Path) -> None:
    """Late readings, the operator's file with differences and a gap, what was missing in it: settled on all four."""
    week = with_houses(load_week(Season.SUMMER, 1), HOUSES)
    killing = SharingKilling(tmp_path, week, SEED, pause_s=1.0, kills=2, forked=True)
    try:
        killing.play()
        assert len(killing.cluster.roots(killing.at_one_height())) == 1
    finally:
        killing.close()
    assert killing.killer.kills >= 2
