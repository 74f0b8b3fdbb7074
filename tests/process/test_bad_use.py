"""What goes wrong around a node: one clear message, the right exit code, and nothing lost."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness import processes
from harness.forked import run
from harness.node import PASSWORD, HomeFixture
from harness.processes import NodeProcess, password_file

pytestmark = pytest.mark.xdist_group("process")


class Place:
    """A home, and the environment of its commands."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.environment = {
            "NODECHAIN_HOME": str(self.home),
            "NODECHAIN_PASSWORD_FILE": str(password_file(folder)),
        }

    def start(self, *, forked: bool = True) -> NodeProcess:
        """The node."""
        return NodeProcess(["validate", "--api-port", "0"], self.environment, forked=forked)

    def pay(self, url: str, *options: str) -> int:
        """A transfer; its exit code."""
        done = run(
            "transfer", "eeuro", "bob", "1", "--from", "alice", "--node", url, *options, environment=self.environment
        )
        return done.code

    def refused(self) -> tuple[int, str]:
        """The exit code and error code of a node that does not start."""
        done = run("validate", "--api-port", "0", "--output", "json", environment=self.environment)
        error = done.error
        assert error["advice"]
        return done.code, error["code"]


@dataclass(frozen=True, slots=True)
class Grown:
    """A home with three decided blocks, and as it was two blocks before; made once, copied for each test."""

    newer: Path
    older: Path


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    folder = tmp_path_factory.mktemp("bad-use")
    place = Place(folder)
    HomeFixture(place.home)
    for blocks in (1, 2):
        node = place.start()
        for _ in range(blocks):
            assert place.pay(node.url) == 0
        assert node.stop() == 0
        if blocks == 1:
            shutil.copytree(place.home, folder / "older")
    return Grown(place.home, folder / "older")


@pytest.fixture
def place(tmp_path: Path, grown: Grown) -> Place:
    made = Place(tmp_path)
    shutil.copytree(grown.newer, made.home)
    return made


def test_a_taken_port(place: Place) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = processes.run("validate", "--api-port", port, "--output", "json", environment=place.environment)
    assert done.error["code"] == "port_taken"
    assert port in done.error["detail"]


def test_a_second_process_on_one_home(place: Place) -> None:
    node = place.start()
    node.ready()
    assert place.refused() == (1, "home_in_use")
    assert node.stop() == 0


def test_another_chains_genesis(place: Place, tmp_path: Path) -> None:
    other = HomeFixture(tmp_path / "other", template="powerchain")
    shutil.copyfile(other.path / "genesis", place.home / "genesis")
    assert place.refused() == (1, "wrong_chain")


def test_a_spoiled_genesis(place: Place) -> None:
    genesis = place.home / "genesis"
    data = bytearray(genesis.read_bytes())
    data[1] ^= 0xFF
    genesis.write_bytes(data)
    assert place.refused() == (8, "bad_genesis")


def test_a_damaged_database_is_found_and_left_alone(place: Place) -> None:
    log = max((place.home / "data" / "chain").glob("*.log"), key=lambda path: path.stat().st_size)
    data = bytearray(log.read_bytes())
    data[len(data) // 2] ^= 1
    log.write_bytes(data)
    assert place.refused() == (8, "data_damaged")
    assert log.read_bytes() == bytes(data)


def test_a_database_behind_its_head_file(place: Place, grown: Grown) -> None:
    chain = place.home / "data" / "chain"
    shutil.rmtree(chain)
    shutil.copytree(grown.older / "data" / "chain", chain)
    assert place.refused() == (8, "data_damaged")


def test_an_older_journal(place: Place, grown: Grown) -> None:
    journal = place.home / "journal"
    shutil.rmtree(journal)
    shutil.copytree(grown.older / "journal", journal)
    assert place.refused() == (8, "restored_backup")


def test_a_wrong_password(place: Place, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    place.environment["NODECHAIN_PASSWORD_FILE"] = str(password_file(wrong, "not it"))
    assert place.refused() == (7, "wrong_password")


def test_a_full_disk_stops_the_node_and_loses_nothing(place: Place) -> None:
    node = place.start()
    url = node.url
    # Every file of the node is larger than this already: the next write of any of them fails as on a full disk.
    resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (1, 1))
    assert place.pay(url, "--timeout", "5") in (5, 6)
    (error,) = json.loads(node.rest())["errors"]
    assert error["code"] == "disk_full"
    assert node.wait() == 1
    assert not any("Traceback" in line for line in node.errors)
    again = place.start()
    assert place.pay(again.url) == 0
    assert again.stop() == 0
    assert run("audit", "--output", "json", environment=place.environment).data["height"] >= 4


def test_no_node_and_a_silent_one(place: Place) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        free = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert run("status", "--node", free, "--output", "json").error["code"] == "unreachable"
    assert run("status", "--node", "ftp://x", "--output", "json").error["exit_code"] == 2
    assert run("nonsense", "--output", "json").error["exit_code"] == 2
    assert run("balance", "nobody", "--output", "json", environment=place.environment).error["exit_code"] == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_a_node_cleanly(place: Place, number: signal.Signals) -> None:
    node = place.start(forked=False)
    node.ready()
    assert node.stop(number) == 0
    assert not any("Traceback" in line for line in node.errors)


def test_the_password_is_nowhere_in_what_a_node_prints(place: Place) -> None:
    node = place.start()
    node.ready()
    assert node.stop() == 0
    assert PASSWORD not in "".join(node.errors)
