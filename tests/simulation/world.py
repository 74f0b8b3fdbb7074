"""A simulated world: nodes, their network and their time, all from one seed.

One heap of events, ordered by virtual time and then by creation, so that a seed always plays the same. Nothing here
knows what a plan will do; nothing in the nodes knows that they are simulated.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass

from consensus.events import Timer
from consensus.messages import MESSAGE, Message
from consensus.pacing import Timeouts
from ledger.chain.genesis import Genesis
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from nodechain.chain.actions import PeersChanged
from tests.simulation.byzantine import Liar
from tests.simulation.checkers import Checks, Violation
from tests.simulation.network import Weather
from tests.simulation.node import Node

MOST_EVENTS = 2_000_000


@dataclass(slots=True)
class Counted:
    """What happened, for the statistics."""

    events: int = 0
    messages: int = 0
    crashes: int = 0


class World:
    """Made by a plan; `run_until` plays it."""

    def __init__(
        self, seed: int, genesis: Genesis, names: list[str], timeouts: Timeouts, *, wire: bool = False
    ) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.genesis = genesis
        self.timeouts = timeouts
        self.now_ms = 0
        self.weather = Weather()
        self.counted = Counted()
        self.byzantine: dict[str, Liar] = {}
        self.transcript: list[str] | None = None
        self.milestones: list[str] = []
        self.checks = Checks(self)
        self.passes: Callable[[bytes, bytes, Message], bool] | None = None
        self._wire = wire
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._sequence = 0
        self._alarms: dict[tuple[str, int, Timer], int] = {}
        self.nodes = {name: Node(self, name) for name in names}
        self.by_peer = {node.peer: node for node in self.nodes.values()}
        self._peers = {node.peer: tuple(p for p in self.by_peer if p != node.peer) for node in self.nodes.values()}

    # Time.

    def at(self, time_ms: int, what: Callable[[], None]) -> None:
        """Do something at a time, or now if that is past."""
        self._sequence += 1
        heapq.heappush(self._heap, (max(time_ms, self.now_ms), self._sequence, what))

    def after(self, delay_ms: int, what: Callable[[], None]) -> None:
        """Do something later."""
        self.at(self.now_ms + delay_ms, what)

    def run_until(self, done: Callable[[], bool], deadline_ms: int, *, look_every: int = 1) -> bool:
        """Play on until it is done, looked at every so many events; False if the deadline came first."""
        while self._heap:
            if self.counted.events % look_every == 0 and done():
                return True
            if self._heap[0][0] > deadline_ms:
                self.now_ms = deadline_ms
                return False
            self.now_ms, _order, what = heapq.heappop(self._heap)
            self.counted.events += 1
            what()
            if self.counted.events > MOST_EVENTS:
                raise Violation("storm", f"{MOST_EVENTS} events and no end: somebody answers without end")
            if self.counted.events % 256 == 0:
                for node in self.nodes.values():
                    if node.is_up:
                        self.checks.bounds(node)
        return done()

    def note(self, text: str) -> None:
        """What a person would tell of this world."""
        self.milestones.append(f"{self.now_ms / 1000:9.1f} s  {text}")

    def log(self, node: Node, what: str, detail: str) -> None:
        """A line of the transcript, if one is kept."""
        if self.transcript is not None:
            self.transcript.append(f"{self.now_ms:>8} {node.name:<12} {what:<10} {detail}")

    # Nodes.

    def peers_of(self, node: Node) -> tuple[bytes, ...]:
        """Everybody else."""
        return self._peers[node.peer]

    def set_alarm(self, node: Node, alarm: Timer, at_ms: int) -> None:
        """A node's timer; setting it again replaces it, and a restart forgets it."""
        self._sequence += 1
        number = self._sequence
        place = (node.name, node.boots, alarm)
        self._alarms[place] = number

        def ring() -> None:
            if self._alarms.get(place) == number and node.boots == place[1]:
                del self._alarms[place]
                if node.paused:
                    self.set_alarm(node, alarm, self.now_ms + 100)
                    return
                self.log(node, "alarm", alarm.name)
                node.timer_expired(alarm)

        self.at(at_ms, ring)

    def restart_later(self, node: Node) -> None:
        """A machine whose power went comes back after a while."""
        self.counted.crashes += 1
        self.after(self.rng.randrange(50, 3_000), lambda: self.restart(node))

    def restart(self, node: Node) -> None:
        """Start a node that is down."""
        if not node.is_up:
            self.log(node, "starts", "")
            node.start()
            self.after(self.rng.randrange(50), lambda: self._connected(node))

    def _connected(self, node: Node) -> None:
        """All have a new connection to a node that has started."""
        for other in self.nodes.values():
            if other.is_up and node.is_up and other is not node:
                for here, there in ((other, node), (node, other)):
                    everybody = self.peers_of(here)
                    here.run(PeersChanged(tuple(peer for peer in everybody if peer != there.peer)))
                    here.run(PeersChanged(everybody))

    # Messages.

    def send(self, sender: Node, peer: bytes, message: Message) -> None:
        """Into the network; a Byzantine sender's messages pass through its strategies first."""
        liar = self.byzantine.get(sender.name)
        if liar is None:
            self._post(sender.peer, peer, message)
            return
        for lie in liar.says(peer, message):
            self._post(sender.peer, peer, lie)

    def _post(self, sender: bytes, peer: bytes, message: Message) -> None:
        self.counted.messages += 1
        if self._wire:
            try:
                message = MESSAGE.decode(encode(message))
            except InvalidInput as error:
                # What no decoder takes goes nowhere; an honest node sends no such thing.
                if sender.decode() not in self.byzantine:
                    raise Violation("wire", str(error)) from error
                return
        if self.passes is not None and not self.passes(sender, peer, message):
            return
        receiver = self.by_peer[peer]
        for delay in self.weather.deliveries(self.rng, sender, peer):
            self.after(delay, lambda: self._arrive(receiver, sender, message))

    def _arrive(self, receiver: Node, sender: bytes, message: Message) -> None:
        if receiver.paused or not receiver.is_up:
            return
        if self.transcript is not None:
            self.log(receiver, "hears", f"{type(message).__name__} from {sender.decode()}")
        receiver.heard(sender, message)

    # What the plan asks.

    @property
    def honest(self) -> list[Node]:
        """The nodes that follow the protocol."""
        return [node for node in self.nodes.values() if node.name not in self.byzantine]

    def highest_head(self) -> int:
        """The highest height that anybody has decided."""
        return max([0, *self.checks.headers])

    def lowest_head(self) -> int:
        """The height that every honest node has decided; -1 while one is down."""
        return min(node.app.height if node.is_up else -1 for node in self.honest)
