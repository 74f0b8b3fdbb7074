"""Four validators as real processes, with a bad network between them: partitions, delays, joining, leaving."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cluster import Cluster, get
from harness.forked import run
from harness.processes import NodeProcess, until
from nodechain.home.testnet import free_ports
from nodechain.network.cards import Cards, parse_card

pytestmark = pytest.mark.xdist_group("process")

JSON = ("--output", "json")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path, proxied=True, forked=True)
    try:
        made.start_all()
        yield made
    finally:
        made.close()


def pay(cluster: Cluster, number: int, *more: str) -> int:
    """A transfer through one validator's interface; the exit code."""
    command = ("transfer", "eeuro", "bob", "1", "--from", "alice", "--node", cluster.url(number), *more, *JSON)
    return run(*command, environment=cluster.environment).code


def test_partitions_delays_and_broken_connections(cluster: Cluster) -> None:
    assert pay(cluster, 0) == 0
    # With one cut off the other three go on, and it catches up.
    cluster.partition((0, 1, 2), (3,))
    assert pay(cluster, 1) == 0
    head = max(cluster.heights()[:3])
    cluster.partition()
    until(lambda: cluster.height(3) >= head, "the fourth catching up")
    # Two and two: nothing is decided, and afterwards everything is.
    cluster.partition((0, 1), (2, 3))
    before = cluster.heights()
    assert pay(cluster, 0, "--timeout", "3") == 6
    assert max(cluster.heights()) == max(before)
    healed = time.monotonic()
    cluster.partition()
    until(lambda: min(cluster.heights()) > max(before), "the healing")
    print(f"healed in {time.monotonic() - healed:.2f} s")
    # Delay and broken connections slow it down and stop nothing.
    for proxy in cluster.proxies.values():
        proxy.delay_ms, proxy.resets = 40, 0.01
    for number in range(4):
        assert pay(cluster, number) == 0
    for proxy in cluster.proxies.values():
        proxy.delay_ms, proxy.resets = 0, 0.0
    head = max(cluster.heights())
    until(lambda: min(cluster.heights()) >= head, "one height")
    assert len(cluster.roots(head)) == 1


def test_a_fifth_joins_follows_is_voted_in_and_out(cluster: Cluster, tmp_path: Path) -> None:
    for _ in range(3):
        assert pay(cluster, 0) == 0
    home = tmp_path / "fifth"
    environment = {**cluster.environment, "NODECHAIN_HOME": str(home), "NODECHAIN_NODE": cluster.url(0)}
    assert run("init", "--genesis", str(cluster.net.folder / "genesis"), *JSON, environment=environment).code == 0
    assert run("keys", "new", "validator", "--kind", "validator", "--light", "--mnemonic-file", str(tmp_path / "words"),
               *JSON, environment=environment).code == 0  # fmt: skip
    # Cards go both ways, with one of the four only: the validators' introductions do the rest.
    chain_id = cluster.net.genesis.chain_id
    first = run("peers", "card", "--name", "node1", "--address", f"127.0.0.1:{cluster.net.places[0].p2p_port}", *JSON,
                environment={**cluster.environment, "NODECHAIN_HOME": str(cluster.home(0))}).data["card"]  # fmt: skip
    (tmp_path / "first.card").write_text(first)
    assert run("peers", "add", str(tmp_path / "first.card"), *JSON, environment=environment).code == 0
    port = free_ports(1)[0]
    mine = run("peers", "card", "--name", "fifth", "--address", f"127.0.0.1:{port}", *JSON, environment=environment)
    Cards(cluster.home(0) / "peers", chain_id).add(parse_card(mine.data["card"], chain_id))
    node = NodeProcess(["validate", "--api-port", "0"], {**environment, "NODECHAIN_P2P_PORT": str(port)}, forked=True)
    try:
        url = node.url
        until(lambda: get(url, "/v1/status")["height"] >= max(cluster.heights()), "the fifth catching up")
        assert not get(url, "/v1/status")["signing"]
        # Voted in: proof of possession, a sign of life, two of two voters.
        proof = run("vote", "possession", "validator", str(_address(cluster)), *JSON, environment=environment).data
        (cluster.client / "keys" / "fifth.json").write_bytes((home / "keys" / "validator.json").read_bytes())
        words = ("vote", "validator-alive", "fifth", "--from", "operator1", *JSON)
        assert run(*words, environment=cluster.environment).code == 0
        for voter in ("alice", "bob"):
            words = ("vote", "add-validator", proof["key"], "operator1", "fifth", "--possession", proof["possession"])
            assert run(*words, "--from", voter, *JSON, environment=cluster.environment).code == 0
        until(lambda: bool(get(url, "/v1/status")["signing"]), "the fifth's votes")
        assert len(get(url, "/v1/validators")["validators"]) == 5
        # Now it has a connection to all: they were introduced.
        until(lambda: get(url, "/v1/status")["validators_connected"] == 4, "all introductions")
        # One of five may fail, and be voted out.
        cluster.kill(3)
        assert pay(cluster, 1) == 0
        for voter in ("alice", "bob"):
            words = ("vote", "remove-validator", "node4", "--from", voter, *JSON)
            assert run(*words, environment=cluster.environment).code == 0
        assert len(get(url, "/v1/validators")["validators"]) == 4
        assert pay(cluster, 2) == 0
        # The one voted out follows when it comes back, and does not vote.
        cluster.start(3)
        head = max(cluster.heights())
        until(lambda: cluster.height(3) >= head, "the fourth following")
        assert not cluster.is_signing(3)
    finally:
        node.stop()


def _address(cluster: Cluster) -> str:
    keys = run("keys", "list", *JSON, environment=cluster.environment).data["keys"]
    return str(next(key["address"] for key in keys if key["name"] == "operator1"))
