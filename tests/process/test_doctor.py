"""The doctor and the validator agree: what one refuses to start with, the other names, and nothing else."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.forked import run
from harness.node import PASSWORD, HomeFixture
from harness.processes import NodeProcess, Outcome, password_file
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.client.answers.status import StatusView
from nodechain.home.config import set_config
from nodechain.home.keystore import Keystore
from tests.support.fake_node import fake_node

pytestmark = pytest.mark.xdist_group("process")

JSON = ("--output", "json")
ALONE = {"NODECHAIN_API_PORT": "0", "NODECHAIN_NODE": "http://127.0.0.1:1"}
"""Nobody listens on that port: a node of somebody else on the usual one is no part of these tests."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A lone validator's home with some blocks, and as it was two blocks before; made once, copied for each test."""

    newer: Path
    older: Path


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    folder = tmp_path_factory.mktemp("doctor")
    home = HomeFixture(folder / "newer").path
    environment = {**ALONE, "NODECHAIN_HOME": str(home), "NODECHAIN_PASSWORD_FILE": str(password_file(folder))}
    for older in (folder / "older", None):
        node = NodeProcess(["validate"], environment, forked=True)
        for _ in range(2):
            paid = run("transfer", "eeuro", "bob", "1", "--from", "alice", "--node", node.url, environment=environment)
            assert paid.code == 0, paid.err
        assert node.stop() == 0
        if older is not None:
            shutil.copytree(home, older)
    return Grown(home, folder / "older")


@dataclass
class Place:
    """A home of one test, stopped."""

    folder: Path
    grown: Grown
    taken: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home = self.folder / "home"
        shutil.copytree(self.grown.newer, self.home)
        self.environment = {
            **ALONE,
            "NODECHAIN_HOME": str(self.home),
            "NODECHAIN_PASSWORD_FILE": str(password_file(self.folder)),
        }

    def make_older(self, name: str) -> None:
        """Put a part of the home back to what it was two blocks ago."""
        shutil.rmtree(self.home / name)
        shutil.copytree(self.grown.older / name, self.home / name)

    def taken_port(self) -> str:
        """A port on which somebody else listens."""
        other = socket.create_server(("127.0.0.1", 0))
        self.taken.append(other)
        return str(other.getsockname()[1])

    def doctor(self) -> Outcome:
        """What it says."""
        return run("doctor", *JSON, environment=self.environment, ordinary_user=True)

    def validate(self) -> Outcome:
        """What a start says that fails."""
        return run("validate", *JSON, environment=self.environment, ordinary_user=True)


@pytest.fixture
def place(tmp_path: Path, grown: Grown) -> Iterator[Place]:
    made = Place(tmp_path, grown)
    yield made
    for other in made.taken:
        other.close()
    for path in (made.home, *made.home.rglob("*")):
        path.chmod(0o700)


def results(outcome: Outcome) -> dict[str, str]:
    """The result of each check."""
    return {entry["check"]: entry["result"] for entry in outcome.envelope["data"]["checks"]}


def peer_port_taken(place: Place) -> None:
    place.environment["NODECHAIN_P2P_PORT"] = place.taken_port()


def interface_port_taken(place: Place) -> None:
    place.environment["NODECHAIN_API_PORT"] = place.taken_port()


def no_interface_certificate(place: Place) -> None:
    place.environment["NODECHAIN_API_CERTIFICATE"] = str(place.folder / "none.pem")
    place.environment["NODECHAIN_API_KEY"] = str(place.folder / "none.key")


def no_node_certificate(place: Place) -> None:
    (place.home / "node" / "certificate.pem").unlink()


def no_node_key(place: Place) -> None:
    (place.home / "node" / "key.pem").unlink()


def no_journal(place: Place) -> None:
    shutil.rmtree(place.home / "journal")


def damaged_log(place: Place) -> None:
    path = place.home / "journal" / "wal"
    path.write_bytes(b"\xff" * 100)


def older_data(place: Place) -> None:
    place.make_older("data")


def older_journal(place: Place) -> None:
    place.make_older("journal")


def damaged_database(place: Place) -> None:
    log = max((place.home / "data" / "chain").glob("*.log"), key=lambda path: path.stat().st_size)
    data = bytearray(log.read_bytes())
    data[len(data) // 2] ^= 1
    log.write_bytes(data)


def journal_not_writable(place: Place) -> None:
    (place.home / "journal" / "wal").chmod(0o400)


def data_not_writable(place: Place) -> None:
    (place.home / "data" / "chain").chmod(0o500)
    (place.home / "data").chmod(0o500)


def damaged_genesis(place: Place) -> None:
    (place.home / "genesis").write_bytes(b"\xc0")


def another_chains_genesis(place: Place) -> None:
    other = HomeFixture(place.folder / "other", template="powerchain")
    shutil.copyfile(other.path / "genesis", place.home / "genesis")


FAULTS: dict[Callable[[Place], None], tuple[str, str]] = {
    peer_port_taken: ("peer port", "port_taken"),
    interface_port_taken: ("interface port", "port_taken"),
    no_interface_certificate: ("interface certificate", "bad_configuration"),
    no_node_certificate: ("identity", "no_identity"),
    no_node_key: ("identity", "no_identity"),
    no_journal: ("journal", "journal_missing"),
    damaged_log: ("journal", "journal_damaged"),
    older_data: ("journal", "restored_backup"),
    older_journal: ("journal", "restored_backup"),
    damaged_database: ("chain", "data_damaged"),
    journal_not_writable: ("writable", "no_permission"),
    data_not_writable: ("writable", "no_permission"),
    damaged_genesis: ("genesis", "bad_genesis"),
    another_chains_genesis: ("chain", "wrong_chain"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_c2_what_keeps_a_validator_from_starting_is_named_by_the_doctor(
    place: Place, fault: Callable[[Place], None]
) -> None:
    check, code = FAULTS[fault]
    fault(place)
    before = {path: path.read_bytes() for path in (place.home / "journal").glob("*")}
    found = place.doctor()
    assert found.code == 1
    assert results(found)[check] == code
    rest = {name: result for name, result in results(found).items() if name != check}
    assert set(rest.values()) <= {"ok", "not_checked"}, rest
    assert all(entry["advice"] for entry in found.envelope["data"]["checks"] if entry["result"] == code)
    assert {path: path.read_bytes() for path in (place.home / "journal").glob("*")} == before, "the doctor wrote"
    refused = place.validate()
    assert refused.error["code"] == code
    assert refused.error["advice"]


def test_c2_a_healthy_home_is_healthy_stopped_and_running(place: Place) -> None:
    stopped = place.doctor()
    assert stopped.code == 0, stopped.out
    node = NodeProcess(["validate"], place.environment, forked=True)
    try:
        place.environment["NODECHAIN_NODE"] = node.url
        running = place.doctor()
        assert running.code == 0, running.out
        assert results(running).keys() == results(stopped).keys()
    finally:
        assert node.stop() == 0
    # Who runs on the home but does not answer is no healthy node.
    place.environment["NODECHAIN_NODE"] = "http://127.0.0.1:1"
    node = NodeProcess(["validate"], place.environment, forked=True)
    try:
        node.ready()
        silent = place.doctor()
        assert (silent.code, results(silent)["node"]) == (1, "unreachable")
    finally:
        assert node.stop() == 0


def test_c2_another_chains_node_where_ours_should_answer(place: Place, tmp_path: Path) -> None:
    status: StatusView = {
        "height": 7, "chain_id": "other-00000000", "genesis_hash": "00" * 32, "block_hash": "00" * 32,
        "state_root": "00" * 32, "time_ms": 0, "version": "0.1.0", "protocol_version": 1,
        "known_version": 1, "modules": [], "upgrade": None, "mode": "pbft", "validator": "", "signing": False,
        "safe_mode": "", "safe_mode_ends_at": None, "round": 0, "behind": 0, "validators": 1, "validators_connected": 0,
        "peers": 0, "pool": {"transactions": 0, "bytes": 0}, "simulated_clock": False, "clock_ms": 0,
        "disk": {"free_bytes": 0, "total_bytes": 0, "store_bytes": 0},
        "clock_ahead_ms": None, "clock_peers": 0, "clock_limit_ms": 2_000,
    }  # fmt: skip
    answers: dict[str, Any] = {"GET /v1/status": status}
    with fake_node(answers) as other:
        place.environment["NODECHAIN_NODE"] = other.url
        place.environment["NODECHAIN_API_PORT"] = other.url.rsplit(":", 1)[1]
        found = place.doctor()
    assert found.code == 1
    assert results(found)["node"] == "wrong_chain"
    assert results(found)["interface port"] == "port_taken"
    with fake_node({"GET /v1/status": {}}) as stranger:
        place.environment["NODECHAIN_NODE"] = stranger.url
        assert results(place.doctor())["node"] == "bad_answer"


def test_c2_a_clients_home_needs_no_chain_and_no_validator(place: Place, tmp_path: Path) -> None:
    client = tmp_path / "client"
    Keystore(client / "keys", cost=COST_LIGHT).create("carol", KeyKind.ACCOUNT, PASSWORD)
    node = NodeProcess(["validate"], place.environment, forked=True)
    try:
        set_config(client, "node", node.url)
        found = run("doctor", *JSON, environment={"NODECHAIN_HOME": str(client)})
        assert found.code == 0, found.out
        assert results(found)["home"] == results(found)["node"] == "ok"
        # With the genesis, as `testnet` gives it to the people.
        shutil.copyfile(place.home / "genesis", client / "genesis")
        assert run("doctor", *JSON, environment={"NODECHAIN_HOME": str(client)}).code == 0
    finally:
        assert node.stop() == 0
    nothing = run("doctor", *JSON, environment={"NODECHAIN_HOME": str(tmp_path / "nothing")})
    assert (nothing.code, results(nothing)["home"]) == (1, "no_home")
