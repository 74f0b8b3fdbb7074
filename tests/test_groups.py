"""Tests that share a chain run in one worker: what `--dist loadgroup` promises, and a version of pytest broke once."""

from __future__ import annotations

import os

import pytest

pytestmark = pytest.mark.xdist_group("groups")


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="runs in one process")
def test_a_group_is_known_to_the_scheduler(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@groups")
