"""A cluster of real validator processes on this machine, with or without a bad network between them."""

from __future__ import annotations

import http.client
import json
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.processes import DEADLINE_S, PROGRAM, NodeProcess, until
from harness.proxy import Proxy, ProxyThread
from harness.wrong_clock import wrong_clock
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.keys.crypto import Ed25519SecretKey
from ledger.limits import MIN_BLOCK_WEIGHT
from nodechain.home.config import set_config
from nodechain.home.keystore import Keystore
from nodechain.home.testnet import PASSWORD, Testnet, make_testnet, places
from nodechain.network.cards import Card, Cards

LOOK_S = 0.1
"""Between two looks at validators that start, which takes them seconds: who is asked all the time starts slower."""


def get(url: str, path: str, timeout_s: float = 5.0) -> Any:
    """GET, decoded; raises OSError or ValueError where nobody answers."""
    return json.loads(text_of(url, path, timeout_s))


def text_of(url: str, path: str, timeout_s: float = 5.0) -> str:
    """GET; raises OSError where nobody answers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


class Cluster:
    """`proxied`: each validator dials each other one through a proxy of its own, `proxies[i, j]`."""

    def __init__(
        self, folder: Path, count: int = 4, *, mode: str = "pbft", accounts: int = 0, proxied: bool = False,
        min_interval_ms: int = 100, log_level: str = "info", parameters: Mapping[str, str] | None = None,
        block_weight: int = MIN_BLOCK_WEIGHT, net: Testnet | None = None, forked: bool = False,
    ) -> None:  # fmt: skip
        """`net`: homes that were made already, of so many validators; `forked`: all but the first are forks."""
        self.net: Testnet = net or make_testnet(
            folder / "net", places(count, ("127.0.0.1",), 0), mode=mode, accounts=accounts,
            time_ms=time.time_ns() // 10**6, min_interval_ms=min_interval_ms, parameters=parameters or {},
            block_weight=block_weight,
        )  # fmt: skip
        self.count = count
        self.proxies: dict[tuple[int, int], Proxy] = {}
        self.processes: list[NodeProcess | None] = [None] * count
        self.programs = [PROGRAM] * count
        self._keys: dict[str, Ed25519SecretKey] = {}
        self._log_level = log_level
        self._forked = forked
        self._threads = ProxyThread() if proxied else None
        if self._threads is not None:
            self._put_proxies_between(self._threads)

    def _put_proxies_between(self, threads: ProxyThread) -> None:
        for here in range(self.count):
            set_config(self.home(here), "p2p_advertise", "-")
            cards = Cards(self.home(here) / "peers", self.net.genesis.chain_id)
            for card in cards.load():
                there = int(card.name.removeprefix("node")) - 1
                proxy = Proxy(self.net.places[there].p2p_port, seed=16 * here + there)
                threads.add(proxy)
                self.proxies[here, there] = proxy
                address = (f"127.0.0.1:{proxy.port}",)
                cards.add(Card(card.name, card.chain_id, card.node_id, card.certificate, address, card.validator))

    @property
    def client(self) -> Path:
        """The home with the people's keys."""
        return self.net.client

    def home(self, number: int) -> Path:
        """A validator's home."""
        return self.net.folder / self.net.places[number].name

    def url(self, number: int) -> str:
        """A validator's interface."""
        return f"http://127.0.0.1:{self.net.places[number].api_port}"

    def key(self, name: str) -> Ed25519SecretKey:
        """The key of one of the people."""
        key = Keystore(self.client / "keys").open(name, PASSWORD)
        assert isinstance(key, Ed25519SecretKey)
        return key

    def address(self, name: str) -> bytes:
        """The address of one of the people."""
        return Keystore(self.client / "keys").get(name).address

    def raw(self, name: str, payload: Transfer, *, nonce: int) -> bytes:
        """A signed transfer of one of the people."""
        if name not in self._keys:
            self._keys[name] = self.key(name)
        key = self._keys[name]
        chain_id = self.net.genesis.chain_id
        envelope = unsigned(chain_id, BankTypeNumber.TRANSFER, key.public_key, nonce, payload)
        return assemble(envelope, (Signature(0, key.sign(sign_message(envelope, self.net.genesis.hash))),))

    @property
    def environment(self) -> dict[str, str]:
        """For commands of the people."""
        return {
            "NODECHAIN_HOME": str(self.client),
            "NODECHAIN_PASSWORD_FILE": str(self.net.folder / "password"),
        }

    def start(self, number: int, *more: str, ahead_ms: int = 0) -> None:
        """Start one, without waiting for it; `ahead_ms`: how wrong its clock is."""
        environment = {
            **wrong_clock(ahead_ms),
            "NODECHAIN_HOME": str(self.home(number)),
            "NODECHAIN_PASSWORD_FILE": str(self.net.folder / "password"),
            "NODECHAIN_P2P_PORT": str(self.net.places[number].p2p_port),
        }
        # The first is started as a user starts it, so that validators with different seeds of hashes must agree.
        program = self.programs[number]
        forked = self._forked and number > 0 and program == PROGRAM and not ahead_ms
        words = ["validate", "--log-level", self._log_level, *more]
        self.processes[number] = NodeProcess(words, environment, program, forked=forked)

    def start_all(self, deadline_s: float = DEADLINE_S) -> None:
        """Start all, and wait until all vote."""
        for number in range(self.count):
            self.start(number)
        try:
            until(
                lambda: all(self.is_signing(number) for number in range(self.count)), "votes of all", deadline_s, LOOK_S
            )
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.told()}") from error

    def told(self) -> str:
        """What each says of itself, for a failure that must be understood."""
        lines = []
        for number, process in enumerate(self.processes):
            if process is not None:
                status = self.status(number) if process.process.poll() is None else process.process.returncode
                lines += [f"{number}: {status}", *(line.rstrip() for line in process.errors[-20:])]
        return "\n".join(lines)

    def kill(self, number: int) -> None:
        """SIGKILL."""
        process = self.processes[number]
        assert process is not None
        process.process.send_signal(signal.SIGKILL)
        process.wait()
        self.processes[number] = None

    def install(self, number: int, program: str) -> None:
        """As people do: stop the node, put another release in its place, start it again."""
        process = self.processes[number]
        if process is not None:
            assert process.stop() == 0
        self.programs[number] = program
        self.start(number)

    def status(self, number: int) -> Any:
        """What a node says of itself; None where it does not answer."""
        try:
            return get(self.url(number), "/v1/status")
        except (OSError, ValueError):
            return None

    def is_signing(self, number: int) -> bool:
        """Whether a node votes."""
        status = self.status(number)
        return status is not None and bool(status["signing"])

    def height(self, number: int) -> int:
        """A node's head; -1 where it does not answer."""
        status = self.status(number)
        return -1 if status is None else int(status["height"])

    def heights(self) -> list[int]:
        """Of all."""
        return [self.height(number) for number in range(self.count)]

    def partition(self, *sides: tuple[int, ...]) -> None:
        """Only within a side are messages delivered; with no sides the network is whole."""
        for (here, there), proxy in self.proxies.items():
            assert self._threads is not None
            self._threads.cut(proxy, cut=bool(sides) and not any(here in side and there in side for side in sides))

    def roots(self, height: int) -> set[tuple[str, str]]:
        """Block hash and state root at a height, of all nodes; one pair where they agree."""
        found = set()
        for number in range(self.count):
            header = get(self.url(number), f"/v1/blocks/{height}")["header"]
            found.add((header["hash"], header["state_root"]))
        return found

    def logs(self, number: int) -> str:
        """What a running node has logged."""
        process = self.processes[number]
        return "" if process is None else "".join(process.errors)

    def close(self) -> None:
        """Stop all that run, politely."""
        for process in self.processes:
            if process is not None:
                process.process.send_signal(signal.SIGTERM)
        for process in self.processes:
            if process is not None:
                process.wait()
        if self._threads is not None:
            self._threads.close()
