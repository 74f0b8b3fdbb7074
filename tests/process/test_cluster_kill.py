"""SIGKILL of random validators of four under load: nothing acknowledged is lost, nobody says two things."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.kills.cluster import ClusterKilling

pytestmark = pytest.mark.xdist_group("process")


@pytest.mark.parametrize("mode", ["pbft", "poa"])
def test_validators_killed_again_and_again_under_load(tmp_path: Path, mode: str) -> None:
    killing = ClusterKilling(tmp_path, seed=20_261_121, mode=mode, forked=True)
    try:
        killing.play(kills=6)
    finally:
        killing.close()
    assert killing.decided > 20
    assert killing.recorder.heard > 50
    killing.check()
