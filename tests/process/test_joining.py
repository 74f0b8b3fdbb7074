"""Joining by a snapshot as real processes: killed at random moments, and the nodes it joins from as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.kills.join import JoinKilling
from harness.processes import run

pytestmark = pytest.mark.xdist_group("process")

SEED = 5


@pytest.fixture
def joining(tmp_path: Path) -> Iterator[JoinKilling]:
    made = JoinKilling(tmp_path, SEED, blocks=500, forked=True)
    try:
        made.start_sources()
        yield made
    finally:
        made.close()


def test_joining_goes_on_over_kills_of_the_joiner_and_of_its_sources(joining: JoinKilling) -> None:
    assert joining.snapshot["chunks"] >= 4
    joining.fetch(kills=5)
    joining.follow(kills=5)
    joining.check()
    print(joining.kills)
    # From before its snapshot the joined node has nothing to audit, and says so.
    refused = run("audit", "--output", "json", environment=joining.joiner.environment)
    assert refused.error["code"] == "before_snapshot"
