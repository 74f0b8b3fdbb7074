"""Hours of a street of 24 meters on serial buses, a gateway and TCP: every watt-hour once, whoever is killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.kills.street import StreetKilling

pytestmark = pytest.mark.xdist_group("process")

SEED = 3


def test_every_watt_hour_is_on_the_ledger_once(tmp_path: Path) -> None:
    killing = StreetKilling(tmp_path, SEED, intervals=16, forked=True)
    try:
        killing.cluster.start_all()
        killing.bind()
        killing.play(chance=0.2, node_pause_s=3.0)
        total_wh, readings = killing.check()
    finally:
        killing.close()
    assert total_wh > 0
    assert readings >= 16 * len(killing.meters) // 2
    assert killing.kills["client"] + killing.kills["bus"] > 3
    print(killing.kills)
