"""What befalls one world: its size, its weather, its accidents and its liars, all drawn from the seed.

Two phases. Trouble: everything at once, until some heights are decided or the time is up. Then fair weather: every
node is started, liars go on lying, and all honest nodes must decide further heights and every transaction.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial

from consensus.pacing import Timeouts
from ledger.chain.certificate import is_quorum
from ledger.chain.genesis import ConsensusMode
from tests.simulation.byzantine import STRATEGIES, Liar
from tests.simulation.checkers import Violation
from tests.simulation.community import PEOPLE, Person, community, validator_names
from tests.simulation.node import Backup, Node
from tests.simulation.world import World

TROUBLE_MS = 60_000
FAIR_MS = 240_000
OPERATOR_MS = 30_000
LOOK_EVERY = 8
HEIGHTS_IN_TROUBLE = 6
HEIGHTS_AFTER = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """One seed's result. `kind` is empty where all went well."""

    seed: int
    validators: int
    mode: str
    heights: int
    rounds_above_0: int
    messages: int
    crashes: int
    kind: str = ""
    detail: str = ""


class Plan:
    """One seed."""

    def __init__(self, seed: int, *, transcript: bool = False, malicious_poa: bool = False) -> None:
        self.seed = seed
        rng = self.rng = random.Random(seed * 7919 + 1)
        self.mode = ConsensusMode.POA if malicious_poa or rng.random() < 0.2 else ConsensusMode.PBFT
        self.count = rng.choice((1, 2, 3, 4, 4, 4, 4, 5, 5, 6, 7, 7, 8, 10, 13, 16))
        if malicious_poa:
            self.count = max(self.count, 3)
        genesis = community(self.count, self.mode)
        self.names = validator_names(self.count)
        timeouts = Timeouts(unproven_head_wait_ms=rng.choice((3_000, 10_000)))
        self.world = World(seed, genesis, self.names, timeouts, wire=rng.random() < 0.1)
        if transcript:
            self.world.transcript = []
        self.people = [Person(name, genesis.identity) for name in PEOPLE]
        self.sent: list[bytes] = []
        self.faulty = (self.count - 1) // 3 if self.mode is ConsensusMode.PBFT else 0
        self._choose_faulty(malicious_poa)
        self._choose_weather()
        self._schedule()

    # The choices.

    def _choose_faulty(self, malicious_poa: bool) -> None:
        """Up to f validators lie, or lose their disk, or get an old backup back."""
        rng = self.rng
        self.lossy: list[Node] = []
        count = 1 if malicious_poa else self.faulty if rng.random() < 0.7 else 0
        for name in rng.sample(self.names, count):
            if malicious_poa or rng.random() < 0.8:
                chosen = tuple(rng.sample(sorted(STRATEGIES), rng.choice((1, 1, 2, 3))))
                if malicious_poa or rng.random() < 0.2:
                    chosen = ("equivocating_proposer", "votes_both_ways")
                self.world.byzantine[name] = Liar(self.world.nodes[name], chosen, random.Random(rng.random()))
            else:
                self.lossy.append(self.world.nodes[name])

    def _choose_weather(self) -> None:
        rng, weather = self.rng, self.world.weather
        slow = rng.choice((5, 20, 100, 400, 1_500))
        weather.delay_ms = (1, slow)
        weather.loss = rng.choice((0.0, 0.0, 0.01, 0.1, 0.3, 0.5, 0.85))
        weather.duplication = rng.choice((0.0, 0.0, 0.1))
        self.crash_every_ms = rng.choice((0, 0, 1_000, 3_000, 10_000))
        self.partition_every_ms = rng.choice((0, 0, 2_000, 8_000))
        for node in self.world.nodes.values():
            if rng.random() < 0.3:
                node.skew_ms = rng.randrange(-1_500, 1_500)

    def _schedule(self) -> None:
        world, rng = self.world, self.rng
        for node in world.nodes.values():
            world.at(rng.choice((0, 0, 0, rng.randrange(3_000))), partial(world.restart, node))
        world.at(10, self._trade)
        if self.crash_every_ms:
            world.after(rng.randrange(self.crash_every_ms), self._crash)
        if self.partition_every_ms:
            world.after(rng.randrange(self.partition_every_ms), self._partition)
        for node in self.lossy:
            world.after(rng.randrange(2_000, 20_000), partial(self._lose_disk, node))
        if rng.random() < 0.2:
            world.after(rng.randrange(1_000, 20_000), self._all_crash)
        if rng.random() < 0.1:
            world.after(rng.randrange(1_000, 20_000), self._jump_clock)
        self.in_trouble = True

    # The accidents.

    def _trade(self) -> None:
        """Somebody sends money, to one node or to several."""
        if self.in_trouble:
            raw = self.rng.choice(self.people).transfer(self.rng)
            self.sent.append(raw)
            for node in self.rng.sample(list(self.world.nodes.values()), self.rng.randrange(1, self.count + 1)):
                node.submit(raw)
            self.world.after(self.rng.randrange(50, 1_500), self._trade)

    def _crash(self) -> None:
        """The power goes at one of the next writes of some node, or now."""
        if not self.in_trouble:
            return
        node = self.rng.choice(list(self.world.nodes.values()))
        if node.is_up:
            if self.rng.random() < 0.7:
                node.power.cut_in(self.rng.randrange(12))
            else:
                node.crash()
                self.world.restart_later(node)
        self.world.after(1 + self.rng.randrange(2 * self.crash_every_ms), self._crash)

    def _all_crash(self) -> None:
        """Everybody at once, in mid-round."""
        for node in self.world.nodes.values():
            if node.is_up:
                node.crash()
                self.world.restart_later(node)

    def _jump_clock(self) -> None:
        node = self.rng.choice(list(self.world.nodes.values()))
        node.skew_ms += self.rng.choice((-3_600_000, -5_000, 5_000))

    def _partition(self) -> None:
        """Even, minority or one-way, for a while."""
        if not self.in_trouble:
            return
        peers = sorted(self.world.by_peer)
        self.rng.shuffle(peers)
        at = self.rng.choice((1, len(peers) // 2, max(len(peers) // 3, 1)))
        self.world.weather.split(peers[:at], peers[at:], both_ways=self.rng.random() < 0.7)
        self.world.after(self.rng.randrange(100, 6_000), self.world.weather.cut.clear)
        self.world.after(1 + self.rng.randrange(2 * self.partition_every_ms), self._partition)

    def _lose_disk(self, node: Node) -> None:
        """A wiped disk, or an old backup put back."""
        if not node.is_up or node.app.height < 2:
            if self.in_trouble:
                self.world.after(1_000, lambda: self._lose_disk(node))
            return
        if self.rng.random() < 0.5:
            node.crash()
            node.wipe()
            self.world.restart_later(node)
        else:
            backup = node.backup()
            self.world.after(self.rng.randrange(500, 8_000), lambda: self._restore(node, backup))

    def _restore(self, node: Node, backup: Backup) -> None:
        node.crash()
        node.restore(backup)
        self.world.restart_later(node)

    # The play.

    def play(self) -> Outcome:
        """Both phases; a violation becomes the outcome."""
        try:
            self.play_strictly()
        except Violation as violation:
            return self._outcome(violation.kind, str(violation))
        return self._outcome("", "")

    def play_strictly(self) -> None:
        """Both phases; raises the violation."""
        world = self.world
        world.run_until(lambda: world.lowest_head() >= HEIGHTS_IN_TROUBLE, TROUBLE_MS, look_every=LOOK_EVERY)
        self.in_trouble = False
        world.weather.heal()
        for node in world.nodes.values():
            node.power.restore()
            node.skew_ms = max(min(node.skew_ms, 1_500), -1_500)
            if not node.is_up:
                world.restart(node)
        world.after(2_000, self._submit_again)
        world.after(OPERATOR_MS, self._operator)
        goal = max([0, *world.checks.headers]) + HEIGHTS_AFTER
        deadline = world.now_ms + FAIR_MS
        if not world.run_until(lambda: world.lowest_head() >= goal and self._all_in(), deadline, look_every=LOOK_EVERY):
            heads = {node.name: node.app.height for node in world.honest}
            missing = len(self.sent) - len(world.checks.included)
            raise Violation("stalled", f"goal {goal}, heads {heads}, {missing} transactions missing")
        for node in world.honest:
            world.checks.conservation(node)

    def _submit_again(self) -> None:
        for raw in self.sent:
            for node in self.world.nodes.values():
                node.submit(raw)
        if not self._all_in():
            self.world.after(3_000, self._submit_again)

    def _operator(self) -> None:
        """Where too many are in safe mode, an operator resumes those whose disk was never lost: they only came late."""
        validators = [node for node in self.world.nodes.values() if node.is_up]
        in_safe_mode = [node for node in self.world.honest if node.is_up and node.replica.engine.risk is not None]
        able = len(validators) - len(in_safe_mode) - len(self.world.byzantine)
        if is_quorum(self.mode, able, validators[0].app.parent.validators):
            return
        for node in in_safe_mode:
            if not node.wiped:
                node.crash()
                node.resume_unsafely()
                self.world.restart(node)

    def _all_in(self) -> bool:
        # Accounts' nonces rise one by one, so that all are in when the last ones are.
        return len(self.world.checks.included) >= len(self.sent)

    def _outcome(self, kind: str, detail: str) -> Outcome:
        checks = self.world.checks
        return Outcome(
            self.seed,
            self.count,
            self.mode.name,
            len(checks.headers),
            sum(number for round_, number in checks.rounds.items() if round_ > 0),
            self.world.counted.messages,
            self.world.counted.crashes,
            kind,
            detail,
        )
