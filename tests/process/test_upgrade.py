"""The rehearsed upgrade: four real validators under load go to protocol version 2, one of them late.

Version 2 changes a rule and switches on a module with a section (`tests.support.version_two`); the release that knows
it is `tests.support.next_release`.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.cluster import Cluster, get, text_of
from harness.load import Client
from harness.processes import NEXT_RELEASE, PROGRAM, NodeProcess, Outcome, run, until
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.encoding.codec import Value
from ledger.keys.address import format_address
from nodechain.home.testnet import free_ports
from nodechain.network.cards import Cards, parse_card
from tests.support.version_two import DONATE, LEAST_TRANSFER, Donate

pytestmark = pytest.mark.xdist_group("upgrade")

JSON = ("--output", "json")
LAGGARD = 3
AHEAD = 30
"""Blocks between the decision and the height: a minute, for two commands and a few looks at the interface.

Blocks are so far apart that a validator which is replaced and started misses fewer turns than would mute it.
"""
WAIT_S = 240.0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path, min_interval_ms=2_000, forked=True)
    client = Client(made, "carol", "dave", tmp_path / "carol.log")
    try:
        made.start_all()
        client.point_at(*(made.url(number) for number in range(made.count)))
        client.start()
        yield made
    finally:
        client.stop()
        made.close()
        assert len(client.told) > 10
        assert {told.code for told in client.told} == {""}


def ask_in(environment: dict[str, str], *words: str) -> Outcome:
    """A command of the next release in some home."""
    return run(*words, *JSON, environment=environment, program=NEXT_RELEASE)


def ask(cluster: Cluster, *words: str, number: int = 0, program: str = NEXT_RELEASE) -> Outcome:
    """A command of one of the people."""
    return run(*words, "--node", cluster.url(number), *JSON, environment=cluster.environment, program=program)


def plan(cluster: Cluster, tmp_path: Path) -> int:
    """Both voters decide the upgrade; its height."""
    file = tmp_path / "chest.toml"
    file.write_text('account = "bob"\ncounted = 7\n')
    height = cluster.height(0) + AHEAD
    words = ("vote", "upgrade", str(height), "--to-version", "2", "--module", "chest", "--section", str(file))
    for voter in ("alice", "bob"):
        voted = ask(cluster, *words, "--release", "nodechain 2.0", "--from", voter)
        assert voted.code == 0, voted.out
        if voter == "alice":
            (vote,) = ask(cluster, "vote", "list").data["votes"]
            shown = run("vote", "show", str(vote["number"]), "--node", cluster.url(0), environment=cluster.environment)
            assert "protocol version 2 takes the place of 1 and the module chest is switched on" in shown.out
            assert "to install: nodechain 2.0" in shown.out
    return height


def install(cluster: Cluster, *numbers: int) -> None:
    """The next release on some validators, one after the other, so that the chain goes on."""
    for number in numbers:
        cluster.install(number, NEXT_RELEASE)
        until(partial(cluster.is_signing, number), "the votes of the next release")


def send(cluster: Cluster, name: str, kind: int, payload: Value) -> str:
    """A transaction of one of the people; the ledger's code, empty where it was applied."""
    key, chain = cluster.key(name), cluster.net.genesis
    account = get(cluster.url(0), f"/v1/accounts/{format_address(cluster.address(name))}")
    envelope = unsigned(chain.chain_id, kind, key.public_key, account["next_nonce"], payload)
    raw = assemble(envelope, (Signature(0, key.sign(sign_message(envelope, chain.hash))),))
    where = urlsplit(cluster.url(0))
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    try:
        headers = {"Content-Type": "application/octet-stream"}
        connection.request("POST", "/v1/transactions?wait=decided&timeout=20", raw, headers)
        return str(json.loads(connection.getresponse().read())["code"])
    finally:
        connection.close()


def ready(cluster: Cluster, power: int) -> bool:
    """Whether all that run announce the plan with so much power."""
    found = [cluster.status(number) for number in range(cluster.count)]
    return all(
        status is not None and status["upgrade"] is not None and status["upgrade"]["ready_power"] == power
        for status in found
    )


def lapses_below_two_thirds(cluster: Cluster, tmp_path: Path) -> None:
    """Two of four are ready: everybody announces it, nobody stops, nothing changes."""
    install(cluster, 0, 1)
    height = plan(cluster, tmp_path)
    until(lambda: ready(cluster, 2), "two validators' words", WAIT_S)
    told = cluster.status(LAGGARD)["upgrade"]
    assert (told["height"], told["version"], told["module"], told["enough"]) == (height, 2, "chest", False)
    assert (told["known_here"], cluster.status(0)["upgrade"]["known_here"]) == (False, True)
    figures = text_of(cluster.url(LAGGARD), "/metrics")
    assert f"nodechain_upgrade_height {height}" in figures
    assert "nodechain_upgrade_ready_ratio 0.5" in figures
    until(lambda: min(cluster.heights()) > height, "the height", WAIT_S)
    assert {cluster.status(number)["protocol_version"] for number in range(4)} == {1}
    assert {cluster.status(number)["upgrade"] for number in range(4)} == {None}
    assert send(cluster, "alice", DONATE, Donate(10)) == "module_off"
    assert len(cluster.roots(height)) == 1


def stops_the_laggard(cluster: Cluster, tmp_path: Path) -> int:
    """Three of four are ready: they go on under the new rules, the fourth ends before it says anything; the height."""
    install(cluster, 2)
    height = plan(cluster, tmp_path)
    until(lambda: ready(cluster, 3), "three validators' words", WAIT_S)
    shown = run("status", "--node", cluster.url(LAGGARD), environment=cluster.environment)
    assert "THIS NODE STOPS THERE: install nodechain 2.0 first" in shown.out
    assert send(cluster, "alice", BankTypeNumber.TRANSFER, small(cluster)) == ""
    laggard = cluster.processes[LAGGARD]
    assert laggard is not None
    assert laggard.process.wait(WAIT_S) == 9
    (error,) = json.loads(laggard.rest().splitlines()[-1])["errors"]
    assert laggard.wait() == 9
    assert (error["code"], error["exit_code"]) == ("upgrade_required", 9)
    assert f"from height {height} on protocol version 2" in error["detail"]
    assert "Install nodechain 2.0" in error["advice"]
    assert "Traceback" not in "".join(laggard.errors)
    # Started again as it is, it says so at once; it has the chain up to the height and nothing of it.
    cluster.processes[LAGGARD] = None
    again = run("validate", *JSON, environment={**cluster.environment, "NODECHAIN_HOME": str(cluster.home(LAGGARD))})
    assert (again.code, again.error["code"]) == (9, "upgrade_required")
    return height


def small(cluster: Cluster) -> Transfer:
    """What version 1 allows and version 2 does not."""
    return Transfer(CURRENCY_ASSET, cluster.address("dave"), LEAST_TRANSFER - 1)


def goes_on_under_the_new_rules(cluster: Cluster, height: int) -> None:
    """The changed rule, the new module, and the header's word for it."""
    until(lambda: cluster.height(0) > height, "blocks of the new version")
    assert send(cluster, "alice", BankTypeNumber.TRANSFER, small(cluster)) == "refused"
    assert send(cluster, "alice", DONATE, Donate(10)) == ""
    versions = [get(cluster.url(0), f"/v1/blocks/{at}")["header"]["version"] for at in (height - 1, height)]
    assert versions == [1, 2]
    status = cluster.status(0)
    assert (status["protocol_version"], status["upgrade"]) == (2, None)
    assert "chest" in status["modules"]


def catches_up_after_installing(cluster: Cluster) -> None:
    """The laggard syncs over the height, and votes again."""
    cluster.programs[LAGGARD] = NEXT_RELEASE
    cluster.start(LAGGARD)
    until(lambda: cluster.is_signing(LAGGARD), "the laggard's votes")
    head = max(cluster.heights())
    until(lambda: min(cluster.heights()) >= head, "the laggard catching up")
    assert len(cluster.roots(head)) == 1


def is_crossed_by_light_clients(cluster: Cluster, height: int) -> None:
    """One of the release before follows from the genesis over the height: formats have stayed."""
    synced = ask(cluster, "light", "sync", program=PROGRAM)
    assert synced.data["height"] > height
    balance = ask(cluster, "balance", "alice", "--verify", program=PROGRAM)
    assert balance.code == 0, balance.out


def is_joined_by_snapshot(cluster: Cluster, tmp_path: Path, height: int) -> None:
    """A state after the height is enough for a new node; the release before knows that it cannot follow it."""
    process = cluster.processes[2]
    assert process is not None
    assert process.stop() == 0
    home = {**cluster.environment, "NODECHAIN_HOME": str(cluster.home(2))}
    made = ask_in(home, "snapshot", "make")
    assert made.data["height"] > height
    cluster.start(2)
    until(lambda: cluster.is_signing(2), "the votes after the snapshot")
    joined = {**cluster.environment, "NODECHAIN_HOME": str(tmp_path / "joined")}
    genesis = str(cluster.net.folder / "genesis")
    assert run("init", "--genesis", genesis, *JSON, environment=joined).code == 0
    assert ask_in(joined, "snapshot", "fetch", "--node", cluster.url(2)).code == 0
    card = Cards(cluster.home(1) / "peers", cluster.net.genesis.chain_id).load()
    Cards(tmp_path / "joined" / "peers", cluster.net.genesis.chain_id).add(
        next(found for found in card if found.name == "node1")
    )
    refused = run("node", *JSON, environment=joined, program=PROGRAM)
    assert (refused.code, refused.error["code"]) == (9, "upgrade_required")
    chain_id = cluster.net.genesis.chain_id
    port, api_port = free_ports(2)
    own = run("peers", "card", "--name", "joined", "--address", f"127.0.0.1:{port}", *JSON, environment=joined)
    Cards(cluster.home(0) / "peers", chain_id).add(parse_card(own.data["card"], chain_id))
    head = max(cluster.heights())
    environment = {**joined, "NODECHAIN_P2P_PORT": str(port)}
    node = NodeProcess(["node", "--api-port", str(api_port)], environment, NEXT_RELEASE)
    try:
        until(lambda: bool(get(node.url, "/v1/status")["height"] >= head), "the joined node following")
        assert get(node.url, "/v1/status")["protocol_version"] == 2
    finally:
        assert node.stop() == 0


def replays_by_the_rules_of_each_height(cluster: Cluster, height: int) -> None:
    """From the genesis over the upgrade; the release before comes as far as its rules do."""
    process = cluster.processes[1]
    assert process is not None
    assert process.stop() == 0
    cluster.processes[1] = None
    home = {**cluster.environment, "NODECHAIN_HOME": str(cluster.home(1))}
    audited = ask_in(home, "audit")
    assert audited.data["height"] > height
    before = run("audit", *JSON, environment=home, program=PROGRAM)
    assert before.error["code"] == "upgrade_required"
    assert f"height {height}" in before.error["detail"]


def test_four_validators_go_to_another_version_under_load(cluster: Cluster, tmp_path: Path) -> None:
    lapses_below_two_thirds(cluster, tmp_path)
    height = stops_the_laggard(cluster, tmp_path)
    goes_on_under_the_new_rules(cluster, height)
    catches_up_after_installing(cluster)
    is_crossed_by_light_clients(cluster, height)
    is_joined_by_snapshot(cluster, tmp_path, height)
    replays_by_the_rules_of_each_height(cluster, height)
