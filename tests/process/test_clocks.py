"""Wrong clocks, with real processes: who has one says so everywhere, and orders with a duration go on working."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.cluster import Cluster, get, text_of
from harness.forked import run
from harness.node import HomeFixture
from harness.processes import NodeProcess, password_file, until
from harness.wrong_clock import wrong_clock
from nodechain.network.clock_offset import AGAIN_MS, ClockOffset, Offset

pytestmark = pytest.mark.xdist_group("process")

JSON = ("--output", "json")
HOUR_MS = 3_600_000
A, B, C = (name * 32 for name in (b"a", b"b", b"c"))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Four validators; the third one's clock is an hour behind, the fourth's an hour ahead."""
    made = Cluster(tmp_path, forked=True)
    try:
        for number, ahead_ms in enumerate((0, 0, -HOUR_MS, HOUR_MS)):
            made.start(number, ahead_ms=ahead_ms)
        until(lambda: all(made.status(number) is not None for number in range(4)), "four that answer", 180)
        yield made
    finally:
        made.close()


def compared(cluster: Cluster, number: int) -> Any:
    """A node's status once it has heard all others."""
    until(lambda: (cluster.status(number) or {}).get("clock_peers") == 3, "the time of three others")
    return cluster.status(number)


def doctors_word(cluster: Cluster, number: int) -> tuple[str, str]:
    """Result and advice of the doctor's look at the clock."""
    environment = {
        "NODECHAIN_HOME": str(cluster.home(number)),
        "NODECHAIN_P2P_PORT": str(cluster.net.places[number].p2p_port),
    }
    checks = run("doctor", *JSON, environment=environment).envelope["data"]["checks"]
    (found,) = [entry for entry in checks if entry["check"] == "peers' clocks"]
    return found["result"], found["advice"]


def alarmed(cluster: Cluster, number: int) -> bool:
    """Whether a node's log says that its clock is wrong, and has not taken it back."""
    log = cluster.logs(number)
    return log.rfind("this machine's clock is wrong") > log.rfind("the clock agrees with the others again")


def test_n12_a_clock_that_is_an_hour_wrong_is_said_everywhere(cluster: Cluster) -> None:
    for number, side, ahead_ms in ((2, "behind", -HOUR_MS), (3, "ahead of", HOUR_MS)):
        status = compared(cluster, number)
        # Minutes of margin: a message may wait on a busy machine, an hour it does not.
        assert abs(status["clock_ahead_ms"] - ahead_ms) < HOUR_MS / 6
        shown = run("status", environment={"NODECHAIN_HOME": str(cluster.home(number))}).out
        assert "WRONG: " in shown
        assert f"s {side} 3 peers" in shown
        result, advice = doctors_word(cluster, number)
        assert result == "clock_wrong"
        assert "time service" in advice
        metrics = text_of(cluster.url(number), "/metrics")
        (value,) = [
            line.split()[1] for line in metrics.splitlines() if line.startswith("nodechain_clock_offset_seconds ")
        ]
        assert abs(float(value) - ahead_ms / 1000) < 600
        until(partial(alarmed, cluster, number), "the alarm")
        assert cluster.logs(number).count("this machine's clock is wrong") == 1, "once, not at every message"
    right = compared(cluster, 0)
    assert abs(right["clock_ahead_ms"]) < HOUR_MS / 6
    # While it had heard the two wrong ones only it could not know; then it takes it back.
    until(lambda: not alarmed(cluster, 0), "its trust in its clock")


def test_n12_orders_with_a_duration_work_after_a_block_two_hours_ahead(tmp_path: Path) -> None:
    home = HomeFixture(tmp_path / "home", template="powerchain").path
    environment = {
        "NODECHAIN_HOME": str(home),
        "NODECHAIN_PASSWORD_FILE": str(password_file(tmp_path)),
        "NODECHAIN_API_PORT": "0",
    }
    ahead = NodeProcess(["validate"], {**environment, **wrong_clock(2 * HOUR_MS)})
    try:
        words = ("bank", "mint", "founder", "100", "--from", "founder", "--node", ahead.url, *JSON)
        assert run(*words, environment=environment).code == 0
    finally:
        assert ahead.stop() == 0
    node = NodeProcess(["validate"], environment, forked=True)
    try:
        status = get(node.url, "/v1/status")
        assert status["time_ms"] - status["clock_ms"] > HOUR_MS
        order_for_an_hour = (
            "market",
            "buy",
            "1",
            "1",
            "--from",
            "founder",
            "--expires-in",
            "1h",
            "--node",
            node.url,
            *JSON,
        )
        placed = run(*order_for_an_hour, environment=environment)
        assert placed.code == 0, placed.out
        (order,) = get(node.url, "/v1/market/book")["bids"]
        assert order
        # The start has said it: the newest block is ahead of the clock.
        assert any("ahead of this machine's clock" in line for line in node.errors)
    finally:
        assert node.stop() == 0


def test_n12_the_median_of_the_validators_is_believed() -> None:
    clock = ClockOffset(2_000)
    assert clock.limit_ms == 2_000
    assert clock.offset([], [A], 0, 1_000) is None
    for peer, time_ms in ((A, 10_000), (B, 10_500), (C, 3_610_000)):
        clock.heard(peer, time_ms, 10_000)
    assert clock.offset([A, B, C], [A, B, C], 0, 10_000) == Offset(-500, 3)
    # Followers count only where no validator is connected; of two that differ the nearer one counts.
    assert clock.offset([C], [A, B, C], 0, 10_000) == Offset(-3_600_000, 1)
    assert clock.offset([], [A, C], 0, 10_000) == Offset(0, 2)
    assert clock.offset([A, C], [A, C], 0, 10_000) == Offset(0, 2)
    # A block shows a clock that is behind, and nothing else.
    assert clock.offset([], [], 12_001, 10_000) == Offset(-2_001, 0)
    assert clock.offset([], [], 12_000, 10_000) is None
    assert clock.offset([], [], 0, 10_000) is None


def test_n12_the_alarm_comes_now_and_then_and_ends(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = ClockOffset(2_000)
    for now_ms in range(0, AGAIN_MS + 2, AGAIN_MS // 100):
        clock.alarm(Offset(3_600_000, 3), now_ms)
    assert caplog.text.count("clock is wrong") == 2
    clock.alarm(Offset(0, 1), AGAIN_MS, others=3)
    assert "again" not in caplog.text, "one of three others is not enough"
    clock.alarm(Offset(0, 3), AGAIN_MS, others=3)
    clock.alarm(Offset(0, 3), AGAIN_MS, others=3)
    assert caplog.text.count("agrees with the others again") == 1
