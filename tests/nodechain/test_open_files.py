"""How many connections there are files for; and a node whose limit is low keeps its chain going under a flood."""

from __future__ import annotations

import resource
import socket
from pathlib import Path

import pytest

from harness.node import HomeFixture
from harness.processes import NodeProcess, password_file, run
from nodechain.api.http.listening import Room
from nodechain.errors import EnvironmentFailed
from nodechain.network.cards import Card, Cards
from nodechain.network.identity import load_or_create
from nodechain.process.open_files import CLIENTS, FEWEST, OWN, PEERS, STORE, peers_share

pytestmark = pytest.mark.xdist_group("process")

NEEDED = STORE + OWN + PEERS + CLIENTS


def test_n9_with_enough_files_everybody_has_its_own() -> None:
    assert peers_share(NEEDED) == peers_share(10**6) == PEERS
    assert Room.of(NEEDED).connections == Room.of(10**6).connections == CLIENTS


@pytest.mark.parametrize("limit", [STORE + OWN + FEWEST, 512, 700, 1_024, NEEDED - 1])
def test_n9_connections_leave_the_store_its_files(limit: int) -> None:
    assert peers_share(limit) + Room.of(limit).connections + STORE + OWN <= limit
    assert peers_share(limit) >= FEWEST // 2


def test_n9_with_too_few_files_a_node_says_so() -> None:
    with pytest.raises(EnvironmentFailed) as refused:
        peers_share(STORE + OWN + FEWEST - 1)
    assert refused.value.code == "too_few_files"
    assert "ulimit" in refused.value.advice


def environment_of(home: HomeFixture, folder: Path) -> dict[str, str]:
    return {"NODECHAIN_HOME": str(home.path), "NODECHAIN_PASSWORD_FILE": str(password_file(folder))}


def limited(soft: int, hard: int, environment: dict[str, str]) -> NodeProcess:
    """A validator that is started with this limit of open files, as a service manager or a shell gives it."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    try:
        node = NodeProcess(["validate", "--api-port", "0"], environment)
        resource.prlimit(node.process.pid, resource.RLIMIT_NOFILE, (soft, hard))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    return node


def test_n9_the_limit_is_raised_as_far_as_it_goes(tmp_path: Path) -> None:
    home = HomeFixture(tmp_path / "home")
    node = limited(512, NEEDED + 100, environment_of(home, tmp_path))
    try:
        node.ready()
        soft, _hard = resource.prlimit(node.process.pid, resource.RLIMIT_NOFILE)
        assert soft == NEEDED
    finally:
        assert node.stop() == 0


def test_n9_a_flood_of_connections_takes_no_file_of_the_store(tmp_path: Path) -> None:
    """Two hundred connections to the peers' port of a node that may open few files: blocks go on, the log is short."""
    home = HomeFixture(tmp_path / "home")
    environment = environment_of(home, tmp_path)
    friend = load_or_create(tmp_path / "friend")
    card = Card("friend", home.genesis.chain_id, friend.node_id, friend.certificate, (), b"")
    Cards(home.path / "peers", home.genesis.chain_id).add(card)
    node = limited(460, 460, environment)
    held: list[socket.socket] = []
    try:
        port = int(node.ready()["data"]["p2p"].rpartition(":")[2])
        held.extend(socket.create_connection(("127.0.0.1", port)) for _ in range(200))
        pay = ("transfer", "eeuro", "bob", "1", "--from", "alice", "--node", node.url, "--timeout", "40")
        for _ in range(3):
            done = run(*pay, environment=environment)
            assert done.code == 0, done.err
        assert len(node.errors) < 100
    finally:
        for connection in held:
            connection.close()
        assert node.stop() == 0
