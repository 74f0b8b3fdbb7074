"""Where what peers say goes: votes before everything else, block requests past the driver, clocks compared."""

from __future__ import annotations

from consensus.messages import ConsensusMessage, Status, TransferAnswer, TransferRequest
from nodechain.chain.actions import PeerMessage, PeersChanged
from nodechain.chain.app import Application
from nodechain.chain.driver import Driver
from nodechain.chain.lanes import Lane
from nodechain.chain.serving import Serving
from nodechain.chain.validator_key import ValidatorKey
from nodechain.clock import Clock
from nodechain.network.clock_offset import ClockOffset, Offset
from nodechain.network.network import Network


class ClockComparison:
    """This machine's clock against those that peers say in their STATUS; nothing on a chain with a simulated clock."""

    def __init__(
        self, compared: ClockOffset, network: Network, app: Application, key: ValidatorKey | None, clock: Clock
    ) -> None:
        self._compared = compared
        self._network = network
        self._app = app
        self._key = key
        self._clock = clock

    @property
    def offset(self) -> Offset | None:
        """How this clock stands to those of the others; None if nothing was heard."""
        if self._app.chain.genesis.simulated_clock:
            return None
        table, head_ms = self._network.table, self._app.parent.header.time_ms
        return self._compared.offset(table.validators(), table.ids(), head_ms, self._clock.wall_ms())

    def heard(self, peer: bytes, status: Status) -> None:
        """A peer says its time; a clock that is wrong is said in the log."""
        self._compared.heard(peer, status.time_ms, self._clock.wall_ms())
        members = self._app.parent.validators
        votes = self._key is not None and members.by_address(self._key.address) is not None
        others = len(members.members) - 1 if votes else 0
        self._compared.alarm(self.offset, self._clock.monotonic_ms(), others=others)


class PeerMessages:
    """Takes what the network hands over, and gives it to the driver in its lane, or to who serves blocks.

    The network comes before those who take: `connect` names them before anybody is let in.
    """

    _driver: Driver
    _serving: Serving
    _network: Network
    _clocks: ClockComparison

    def connect(self, driver: Driver, serving: Serving, network: Network, clocks: ClockComparison) -> None:
        """Who takes what from now on."""
        self._driver = driver
        self._serving = serving
        self._network = network
        self._clocks = clocks

    def heard(self, peer: bytes, message: ConsensusMessage | TransferAnswer, relayed: bool) -> None:
        """A message for consensus, or an answer to what was asked."""
        if isinstance(message, Status) and not relayed:
            self._clocks.heard(peer, message)
        if not isinstance(message, ConsensusMessage):
            lane = Lane.BLOCKS
        else:
            lane = Lane.VALIDATORS if self._network.directory.is_validator(peer) else Lane.OTHERS
        self._driver.put(PeerMessage(peer, message, relayed), lane, peer)

    def asked(self, peer: bytes, request: TransferRequest) -> None:
        """A request for blocks or bodies."""
        self._serving.asked(peer, request)

    def peers_changed(self, peers: tuple[bytes, ...]) -> None:
        """Who is connected now."""
        self._serving.peers_changed(peers)
        self._driver.put(PeersChanged(peers))
