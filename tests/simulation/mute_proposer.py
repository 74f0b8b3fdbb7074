"""What a validator costs that never proposes: `python -m tests.simulation.mute_proposer [--minutes N]`.

The simulator's world of 4 and 7 validators in fair weather (5 ms a message), transfers waiting all the time: blocks in
so many minutes of virtual time with everybody well, with one that votes and never proposes, with one that is off; each
by the rule that puts it last (V11), and without it.
"""

from __future__ import annotations

import argparse
import random
import sys
from contextlib import nullcontext
from functools import partial
from typing import Final

import ledger.validators.proposers
from consensus.pacing import Timeouts
from ledger.chain.genesis import ConsensusMode
from tests.simulation.byzantine import Liar
from tests.simulation.community import PEOPLE, Person, community, validator_names
from tests.simulation.mutants import Patch, nothing
from tests.simulation.signatures import stubbed_signatures
from tests.simulation.world import World

EVERY_MS: Final = 50
RULE_OFF: Final = Patch(ledger.validators.proposers, "_missed", nothing)


class Played:
    """One world; `ill` is what ails its last validator: nothing, `mute` or `off`."""

    def __init__(self, count: int, ill: str) -> None:
        genesis = community(count, ConsensusMode.PBFT)
        self.world = World(1, genesis, validator_names(count), Timeouts())
        self.world.weather.delay_ms = (5, 6)
        self._people = [Person(name, genesis.identity) for name in PEOPLE]
        self._rng = random.Random(1)
        nodes = list(self.world.nodes.values())
        if ill == "mute":
            self.world.byzantine[nodes[-1].name] = Liar(nodes[-1], ("mute_proposer",), random.Random(1))
        for node in nodes[: -1 if ill == "off" else None]:
            node.start()

    def trade(self, number: int) -> None:
        """One transfer to every node, again and again."""
        raw = self._people[number % len(self._people)].transfer(self._rng)
        for node in self.world.nodes.values():
            node.submit(raw)
        self.world.after(EVERY_MS, partial(self.trade, number + 1))

    def blocks(self, minutes: int) -> int:
        """Blocks in that time."""
        self.trade(0)
        self.world.run_until(lambda: False, minutes * 60_000, look_every=1_000)
        return self.world.highest_head()


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=3)
    minutes = parser.parse_args().minutes
    sys.stdout.write("validators  one is   rule off   rule on  (blocks a minute)\n")
    for count in (4, 7):
        for ill in ("well", "mute", "off"):
            found = []
            for switch in (RULE_OFF.applied(), nullcontext()):
                with stubbed_signatures(stubbed=True), switch:
                    found.append(Played(count, ill).blocks(minutes) / minutes)
            sys.stdout.write(f"{count:>10}  {ill:<6} {found[0]:>10.0f} {found[1]:>9.0f}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
