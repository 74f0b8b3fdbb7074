"""Validators that have lost what they remember, as real processes: what they say, what they keep, how it ends."""

from __future__ import annotations

import http.client
import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness.cluster import Cluster, get
from harness.forked import run
from harness.processes import until
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer

pytestmark = pytest.mark.xdist_group("process")

JSON = ("--output", "json")


class Payments:
    """Transfers of one person, so that blocks come."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._nonce = 0

    def pay(self, number: int) -> None:
        """Hand one to a validator and wait until it is decided."""
        self._nonce += 1
        payload = Transfer(CURRENCY_ASSET, self._cluster.address("bob"), 1)
        raw = self._cluster.raw("user1", payload, nonce=self._nonce)
        parts = urlsplit(self._cluster.url(number))
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        try:
            path = "/v1/transactions?wait=decided&timeout=50"
            connection.request("POST", path, raw, {"Content-Type": "application/octet-stream"})
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
        finally:
            connection.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path, accounts=1, forked=True)
    try:
        made.start_all()
        yield made
    finally:
        made.close()


def ready_checks(cluster: Cluster, number: int) -> tuple[int, dict[str, str]]:
    """The answer of `/readyz`."""
    parts = urlsplit(cluster.url(number))
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())["checks"]
    finally:
        connection.close()


def doctors_findings(cluster: Cluster, number: int) -> dict[str, Any]:
    """What `doctor` finds in a validator's home, by check."""
    environment = {
        "NODECHAIN_HOME": str(cluster.home(number)),
        "NODECHAIN_P2P_PORT": str(cluster.net.places[number].p2p_port),
    }
    done = run("doctor", *JSON, environment=environment)
    return {entry["check"]: entry for entry in done.envelope["data"]["checks"]}


def test_n8a_two_of_four_that_lost_all_are_resumed_with_one_use_each(cluster: Cluster) -> None:
    payments = Payments(cluster)
    for number in (0, 1, 2, 3):
        payments.pay(number)
    before = max(cluster.heights())
    for number in (1, 2):
        cluster.kill(number)
        shutil.rmtree(cluster.home(number) / "data")
        shutil.rmtree(cluster.home(number) / "journal")
    for number in (1, 2):
        cluster.start(number, "--unsafe-resume")
    until(lambda: cluster.is_signing(1) and cluster.is_signing(2), "the votes of those who were resumed")
    for number in (1, 2, 0, 3):
        payments.pay(number)
    assert min(cluster.heights()) > before
    for number in (1, 2):
        assert "unsafe resume" in cluster.logs(number)
        assert "safe mode: this validator signs nothing" not in cluster.logs(number)
        # The next start needs no word of an operator any more.
        cluster.kill(number)
        cluster.start(number)
        until(partial(cluster.is_signing, number), "its votes after an ordinary start")
        assert "safe mode" not in cluster.logs(number)
    payments.pay(1)


def test_n8b_n8c_n8e_a_lost_or_damaged_journal_is_said_kept_and_over_by_itself(cluster: Cluster) -> None:
    payments = Payments(cluster)
    for number in (0, 1, 2, 3):
        payments.pay(number)
    journal = cluster.home(3) / "journal"

    def says_safe_mode(why: str) -> None:
        """Node 4 starts in safe mode, says so everywhere, and leaves it when the others have gone on."""
        cluster.start(3)
        until(lambda: bool((cluster.status(3) or {}).get("safe_mode")), "safe mode")
        assert cluster.status(3)["safe_mode"] == why
        status, checks = ready_checks(cluster, 3)
        assert status == 503
        assert why in checks["memory"]
        assert "--unsafe-resume" in checks["memory"]
        found = doctors_findings(cluster, 3)["node"]
        assert found["result"] == "safe_mode"
        assert why in found["detail"]
        assert "two blocks above" in found["advice"]
        shown = run("status", environment={"NODECHAIN_HOME": str(cluster.home(3))}).out
        assert f": {why}" in shown
        until(lambda: "safe mode: this validator signs nothing" in cluster.logs(3), "a line in the log")
        assert f"why={why}" in cluster.logs(3)
        assert "how_it_ends=" in cluster.logs(3)

        def pays_until_it_signs() -> bool:
            payments.pay(0)
            return cluster.is_signing(3)

        until(pays_until_it_signs, "the end of safe mode")
        until(lambda: "safe mode is over" in cluster.logs(3), "the end in the log")
        assert get(cluster.url(3), "/v1/status")["safe_mode_ends_at"] is None

    cluster.kill(3)
    shutil.rmtree(journal)
    says_safe_mode("the sign-state is missing")

    for name in ("wal", "sign-state"):
        cluster.kill(3)
        damaged = bytearray((journal / name).read_bytes())
        damaged[:] = bytes(byte ^ 0x55 for byte in damaged)
        (journal / name).write_bytes(damaged)
        others = {other: (journal / other).read_bytes() for other in ("wal", "sign-state") if other != name}
        says_safe_mode("the sign-state or the log is damaged")
        kept = [path for path in journal.iterdir() if path.name.startswith(f"{name}.damaged-")]
        assert bytes(damaged) in [path.read_bytes() for path in kept]
        for other, data in others.items():
            assert data in [path.read_bytes() for path in journal.glob(f"{other}.damaged-*")]
