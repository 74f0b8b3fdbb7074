"""SIGKILLs of random validators under load, and what must hold afterwards; the test plays few, `make soak` many."""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import partial
from pathlib import Path

from harness.cluster import Cluster
from harness.load import Client
from harness.processes import until
from harness.recorder import Recorder
from ledger.chain.envelope import Transaction
from nodechain.modules import REGISTRY
from nodechain.network.cards import Cards
from nodechain.node import Node

PAIRS = (("alice", "bob"), ("bob", "carol"), ("carol", "dave"), ("dave", "alice"))


class ClusterKilling:
    """Four validators, four clients that each speak to all of them, and a recorder of the wire."""

    def __init__(self, folder: Path, seed: int, *, mode: str = "pbft", forked: bool = False) -> None:
        """`forked`: as `Cluster` has it."""
        print(f"seed {seed}")
        self.random = random.Random(seed)
        self.cluster = Cluster(folder, mode=mode, log_level="info", forked=forked)
        homes = [self.cluster.home(number) for number in range(self.cluster.count)]
        chain_id = self.cluster.net.genesis.chain_id
        known = {card.name: card for home in homes for card in Cards(home / "peers", chain_id).load()}
        self.recorder = Recorder(folder / "recorder", self.cluster.net.genesis, list(known.values()))
        for home in homes:
            Cards(home / "peers", chain_id).add(self.recorder.card)
        self.clients = [Client(self.cluster, sender, to, folder / f"{sender}.log") for sender, to in PAIRS]
        self.recoveries_s: list[float] = []
        self.kills = 0

    def play(self, kills: int) -> None:
        """Kill and start again so many times; every fourth time two at once, so that nothing is decided meanwhile."""
        self.cluster.start_all()
        self.recorder.start()
        for place, client in enumerate(self.clients):
            urls = [self.cluster.url((place + step) % self.cluster.count) for step in range(self.cluster.count)]
            client.point_at(*urls)
            client.start()
        # The sleeps are the random moments at which validators die and come back: nothing is waited for.
        while self.kills < kills:
            time.sleep(self.random.uniform(0.0, 0.5))
            victims = self.random.sample(range(self.cluster.count), 2 if self.random.random() < 0.25 else 1)
            for victim in victims:
                self.cluster.kill(victim)
                self.kills += 1
            time.sleep(self.random.uniform(0.0, 0.3))
            started = time.monotonic()
            for victim in victims:
                self.cluster.start(victim)
            head = max(self.cluster.heights())
            for victim in victims:
                until(partial(self._is_back, victim, head), f"validator {victim} back")
            self.recoveries_s.append(time.monotonic() - started)
        for client in self.clients:
            client.stop()
        self._settle()

    def _is_back(self, number: int, head: int) -> bool:
        status = self.cluster.status(number)
        return status is not None and status["signing"] and status["height"] >= head

    def _settle(self) -> None:
        """Until nothing waits any more anywhere and all are at one height."""

        def quiet() -> bool:
            found = [self.cluster.status(number) for number in range(self.cluster.count)]
            heights = {status["height"] for status in found if status is not None}
            return (
                None not in found and len(heights) == 1 and not any(status["pool"]["transactions"] for status in found)
            )

        until(quiet, "the end of all transactions")

    def close(self) -> None:
        """Stop everything; the homes stay."""
        self.recorder.stop()
        self.cluster.close()

    def check(self) -> None:
        """Call after `close`: every acknowledged transaction is in every chain, once, at the height that was told."""
        assert self.recorder.equivocations() == []
        heads: set[tuple[int, bytes, bytes]] = set()
        for number in range(self.cluster.count):
            heads.add(self._check_chain(number))
        by_height = {height: block_hash for height, block_hash, _root in heads}
        assert len(by_height) == len(heads), heads

    def _check_chain(self, number: int) -> tuple[int, bytes, bytes]:
        node = Node.open(self.cluster.home(number), None)
        try:
            store = node.app.store
            places: Counter[str] = Counter()
            for height in range(1, node.app.height + 1):
                block = store.block(height)
                assert block is not None
                places.update(Transaction(raw).id.hex() for raw in block.transactions)
                receipts = [REGISTRY.receipts.decode_trusted(data) for data in store.receipts(height)]
                assert all(receipt.applied for receipt in receipts), height
                for client in self.clients:
                    assert client.hashes.get(height, set()) <= {block.block_hash.hex()}, "told another block"
            assert set(places.values()) <= {1}
            for client in self.clients:
                for told in client.told:
                    location = store.location(bytes.fromhex(told.identity))
                    assert location is not None, "acknowledged, and gone"
                    assert told.height in (None, location.height)
            header = node.app.parent.header
            return header.height, header.hash(), header.state_root
        finally:
            node.close()

    @property
    def decided(self) -> int:
        """Transactions that were acknowledged as decided."""
        return sum(told.height is not None for client in self.clients for told in client.told)

    @property
    def promised(self) -> int:
        """Transactions that were acknowledged as durable only."""
        return sum(told.height is None for client in self.clients for told in client.told)
