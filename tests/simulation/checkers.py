"""What must always hold (consensus.md): checked when it could break, on every node, at every event.

A violation raises `Violation` at once, so that the transcript ends where it happened.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from consensus.events import Halt, Misbehaved
from consensus.messages import Commit, Message, Prepare, Proposal, ProvenRoundChange
from consensus.signing import LoggedVote, Step
from ledger.chain.blocks import Block
from ledger.chain.certificate import check_certificate
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, Header
from ledger.chain.proposer import proposer
from ledger.errors import CertificateError
from ledger.validators.events import ValidatorPunished
from nodechain.chain.actions import WriteJournal
from nodechain.modules import REGISTRY

if TYPE_CHECKING:
    from tests.simulation.node import Node
    from tests.simulation.world import World

FAR_AHEAD_MS = 1_200_000
"""Clocks of honest nodes in the plans are wrong by less."""


class Violation(AssertionError):
    """Something happened that must never happen; `kind` names the rule."""

    def __init__(self, kind: str, detail: str) -> None:
        self.kind = kind
        super().__init__(f"{kind}: {detail}")


class Checks:
    """The invariants of one simulated world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.headers: dict[int, Header] = {}
        self.rounds: Counter[int] = Counter()
        self.forks = 0
        self.included: dict[bytes, int] = {}
        self.offences: Counter[tuple[bytes, int, int, int]] = Counter()
        self.blamed_honest: Counter[str] = Counter()
        self._signed: dict[tuple[str, int, int, int], bytes] = {}
        self._written: set[tuple[str, int, int, int, bytes]] = set()
        self._heads: dict[str, int] = {}

    # Signatures.

    def writes(self, node: Node, action: WriteJournal) -> None:
        """A vote is about to be written; a power cut may leave it on the disk all the same."""
        for record in action.records:
            if isinstance(record, LoggedVote):
                self._written.add((node.name, *record.record.place, record.record.value))

    def said(self, node: Node, message: Message) -> None:
        """Nothing is sent that was not written before; one value in one place, whatever happened to the disk."""
        vote = _vote(message)
        if vote is None or node.name in self._world.byzantine:
            return
        height, round_, step, value = vote
        if height in node.forgot_heights:
            return
        place = (node.name, height, round_, int(step))
        if (*place, value) not in self._written:
            raise Violation("unwritten", f"{node.name} sends what it has not written at {height}/{round_}")
        if self._signed.setdefault(place, value) != value:
            raise Violation("equivocation", f"{node.name} says two things in {step.name} at {height}/{round_}")

    def lost_disk(self, node: Node) -> None:
        """The head may fall now: an accident took it."""
        self._heads.pop(node.name, None)

    # Blocks.

    def decided(self, node: Node, block: Block, certificate: Certificate) -> None:
        """One block per height, with a quorum of distinct members of that height's set; the head never falls."""
        header = block.header
        known = self.headers.get(header.height)
        if known is not None and known != header:
            self.forks += 1
            raise Violation("fork", f"{node.name} decides another block at height {header.height}")
        parent = node.app.parent
        try:
            check_certificate(
                certificate,
                node.app.chain.genesis.hash,
                ConsensusMode(node.app.chain.genesis.mode),
                parent.validators,
                header.height,
                header.hash(),
            )
        except CertificateError as error:
            raise Violation("certificate", f"{node.name} at height {header.height}: {error}") from error
        self._check_header(node, header, certificate)
        if known is None:
            self.headers[header.height] = header
            self.rounds[certificate.round] += 1
            if certificate.round > 0:
                self._world.note(f"height {header.height} is decided in round {certificate.round}")
            self._first(block)

    def _check_header(self, node: Node, header: Header, certificate: Certificate) -> None:
        """The proposer had its turn by then, and the block's time is one that an honest clock can show."""
        validators = node.app.parent.validators
        turns = {proposer(validators, header.height, round_) for round_ in range(certificate.round + 1)}
        if validators.index_of(header.proposer) not in turns:
            raise Violation("turn", f"height {header.height} was proposed by somebody whose turn it was not")
        ahead_ms = header.time_ms - self._world.genesis.time_ms - self._world.now_ms
        if ahead_ms > FAR_AHEAD_MS:
            raise Violation("clock", f"height {header.height} is {ahead_ms} ms ahead")

    def stored(self, node: Node, block: Block) -> None:
        """The head never falls."""
        height = block.header.height
        if height <= self._heads.get(node.name, 0):
            raise Violation("head", f"the head of {node.name} fell to {height - 1}")
        self._heads[node.name] = height

    def _first(self, block: Block) -> None:
        """Transactions stand in one block for ever; nobody honest is punished, nobody twice for one offence."""
        for transaction in block.transactions:
            if transaction.id in self.included:
                raise Violation("twice", f"a transaction stands in {self.included[transaction.id]} and again")
            self.included[transaction.id] = block.header.height
        for receipt in block.executed.receipts:
            for event in receipt.events:
                if isinstance(event, ValidatorPunished):
                    self._punished(event)

    def _punished(self, event: ValidatorPunished) -> None:
        guilty = {self._world.nodes[name].key.address for name in self._world.byzantine}
        guilty |= {node.key.address for node in self._world.nodes.values() if event.height in node.forgot_heights}
        if event.address not in guilty:
            raise Violation("innocent", "an honest validator was punished")
        offence = (event.address, event.kind, event.height, event.round)
        self.offences[offence] += 1
        self._world.note(f"an offence at height {event.height} is punished")
        if self.offences[offence] > 1:
            raise Violation("punished twice", "one offence was punished twice")

    def conservation(self, node: Node) -> None:
        """The ledger's own invariants on the whole state."""
        for check in REGISTRY.invariants:
            check(node.store)

    # Nodes.

    def stopped(self, node: Node, action: Halt) -> None:
        """No honest node may halt."""
        raise Violation("halt", f"{node.name} stopped: {action.reason}")

    def blamed(self, node: Node, action: Misbehaved) -> None:
        """An honest node is never blamed by another one."""
        name = action.peer.decode()
        if name not in self._world.byzantine and node.name not in self._world.byzantine:
            self.blamed_honest[action.code] += 1
            raise Violation("blame", f"{node.name} blames {name} for {action.code}")

    def bounds(self, node: Node) -> None:
        """Every table stays below its bound, whatever arrives."""
        state = node.replica.engine._state
        if state is None:
            return
        members = len(state.validators.members)
        rounds = 8 + 2 + 1
        for table in (state.tally.prepares, state.tally.commits, state.tally.proposals):
            if len(table) > members * rounds:
                raise Violation("bound", f"a vote table of {node.name} holds {len(table)}")
        if len(state.tally.round_changes) > members or len(node.replica._fetching) > 8:
            raise Violation("bound", f"round changes or fetches of {node.name}")
        if len(state.candidates) + len(state.accepted) > 2 * rounds + 8:
            raise Violation("bound", f"proposals of {node.name}")


def _vote(message: Message) -> tuple[int, int, Step, bytes] | None:
    match message:
        case Proposal():
            return message.height, message.round, Step.PROPOSAL, message.header.hash()
        case Prepare():
            return message.height, message.round, Step.PREPARE, message.block_hash
        case Commit():
            return message.height, message.round, Step.COMMIT, message.block_hash
        case ProvenRoundChange():
            return message.height, message.request.round, Step.ROUND_CHANGE, message.request.value
        case _:
            return None
