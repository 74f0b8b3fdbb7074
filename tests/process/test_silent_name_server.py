"""A name server that never answers, and fifty peers known by name: the chain goes on, and the node can be stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.node import HomeFixture
from harness.processes import NodeProcess, password_file, run
from nodechain.network.cards import Card, Cards
from nodechain.network.identity import load_or_create

pytestmark = pytest.mark.xdist_group("process")

SILENT = """\
import socket, threading
_known = socket.getaddrinfo
def getaddrinfo(host, *more, **named):
    if str(host).endswith(".silent"):
        threading.Event().wait(600)
    return _known(host, *more, **named)
socket.getaddrinfo = getaddrinfo
"""
"""Python reads it as `sitecustomize`: a resolver that waits far longer than this test."""


def test_n6_a_silent_name_server_holds_up_neither_blocks_nor_the_end(tmp_path: Path) -> None:
    home = HomeFixture(tmp_path / "home")
    cards = Cards(home.path / "peers", home.genesis.chain_id)
    for number in range(50):
        made = load_or_create(tmp_path / "hosts" / str(number))
        address = (f"host{number}.silent:9000",)
        cards.add(Card(f"host{number}", home.genesis.chain_id, made.node_id, made.certificate, address, b""))
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(SILENT)
    environment = {"NODECHAIN_HOME": str(home.path), "NODECHAIN_PASSWORD_FILE": str(password_file(tmp_path))}
    node = NodeProcess(["validate", "--api-port", "0"], {**environment, "PYTHONPATH": str(site)})
    try:
        pay = ("transfer", "eeuro", "bob", "1", "--from", "alice", "--node", node.url, "--timeout", "40")
        for _ in range(3):
            done = run(*pay, environment=environment)
            assert done.code == 0, done.err
    finally:
        assert node.stop() == 0
