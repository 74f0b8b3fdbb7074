"""A node that only listens: it writes down every vote that goes over the wire, and finds who says two things."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from consensus.messages import Commit, Message, Prepare, Proposal, ProvenRoundChange
from ledger.chain.genesis import Genesis
from ledger.chain.validator_set import ValidatorSet
from nodechain.clock import SystemClock
from nodechain.network.cards import Card, Cards
from nodechain.network.directory import Directory
from nodechain.network.identity import load_or_create
from nodechain.network.network import Network, NetworkHooks

Place = tuple[str, int, int, int]


class Recorder:
    """`card` is what the validators take in; `start` once their cards are known."""

    def __init__(self, folder: Path, genesis: Genesis, peers: list[Card]) -> None:
        self.votes: dict[Place, set[bytes]] = {}
        self.heard = 0
        self._identity = load_or_create(folder / "node")
        cards = Cards(folder / "peers", genesis.chain_id)
        for card in peers:
            cards.add(card)
        nobody = ValidatorSet(())
        directory = Directory(self._identity, cards, folder / "introductions", genesis.identity, nobody, SystemClock())
        hooks = NetworkHooks(
            heard=self._heard,
            asked=lambda _peer, _request: None,
            peers_changed=lambda _peers: None,
            offer=lambda _raw, _done: None,
            raw_of=lambda _full_hash: None,
            waiting=list,
            height=lambda: 0,
        )
        self._network = Network(self._identity, directory, genesis.hash, SystemClock(), hooks)
        self._port = self._network.listen("127.0.0.1", 0)
        self._chain_id = genesis.chain_id
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def card(self) -> Card:
        """For the validators' homes."""
        address = (f"127.0.0.1:{self._port}",)
        return Card("recorder", self._chain_id, self._identity.node_id, self._identity.certificate, address, b"")

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def _run(self) -> None:
        async def until_stopped() -> None:
            self._task = asyncio.create_task(self._network.run())
            await asyncio.gather(self._task, return_exceptions=True)
            await asyncio.sleep(0.2)

        self._loop.run_until_complete(until_stopped())
        self._loop.close()

    def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)

    def _heard(self, peer: bytes, message: Message, _relayed: bool) -> None:
        self._network.handled(peer, message, hand_on=False)
        self.heard += 1
        match message:
            case Proposal():
                self._note(message, message.validator, message.header.hash())
            case Prepare() | Commit():
                self._note(message, message.validator, message.block_hash)
            case ProvenRoundChange():
                place = ("ProvenRoundChange", message.request.validator, message.request.height, message.request.round)
                self.votes.setdefault(place, set()).add(message.request.value)
            case _:
                pass

    def _note(self, message: Proposal | Prepare | Commit, validator: int, value: bytes) -> None:
        place = (type(message).__name__, validator, message.height, message.round)
        self.votes.setdefault(place, set()).add(value)

    def equivocations(self) -> list[Place]:
        """Places in which one validator said two things."""
        return [place for place, values in self.votes.items() if len(values) > 1]
