"""What worlds are arranged with: fair weather, turns, lies, transfers, and waiting until something is so."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from consensus.pacing import Timeouts
from ledger.chain.genesis import ConsensusMode
from ledger.chain.proposer import proposer
from tests.simulation.byzantine import Liar
from tests.simulation.checkers import Violation
from tests.simulation.community import PEOPLE, Person, community, validator_names
from tests.simulation.node import Node
from tests.simulation.world import World

PLAYED: Final[deque[World]] = deque(maxlen=1)
"""The world that was arranged last, for its transcript."""


def arranged(
    count: int = 4,
    mode: ConsensusMode = ConsensusMode.PBFT,
    *,
    seed: int = 1,
    followers: tuple[str, ...] = (),
    **changes: Any,
) -> World:
    """A world in fair weather whose nodes all start at once; `followers` do not validate (yet)."""
    names = [*validator_names(count), *followers]
    world = World(seed, community(count, mode, **changes), names, Timeouts())
    PLAYED.append(world)
    for node in world.nodes.values():
        node.start()
    return world


def wait(world: World, done: Callable[[], bool], what: str, *, within_ms: int = 60_000) -> None:
    """Play until it is so; a `Violation` if that does not come in time."""
    if not world.run_until(done, world.now_ms + within_ms):
        raise Violation("stalled", f"{what}: not within {within_ms} ms")
    heads = ", ".join(f"{node.app.height}" if node.is_up else "down" for node in world.nodes.values())
    world.note(f"{what} (heads: {heads})")


def all_at(world: World, height: int) -> Callable[[], bool]:
    """Every honest node that is up has decided this height."""
    return lambda: all(node.app.height >= height for node in world.honest if node.is_up)


def in_turn(world: World, height: int) -> list[Node]:
    """The nodes in the order in which they propose at a height of the first set."""
    some = next(iter(world.nodes.values()))
    members = some.app.parent.validators.members
    places = [proposer(some.app.parent.validators, height, round_) for round_ in range(len(members))]
    by_address = {node.key.address: node for node in world.nodes.values()}
    return [by_address[members[place].address] for place in places]


def lies(world: World, node: Node, *strategies: str) -> None:
    """Make a node Byzantine."""
    world.byzantine[node.name] = Liar(node, strategies, random.Random(7))


def some_transfers(world: World, count: int = 8) -> list[bytes]:
    """Transfers of everybody, given to every node."""
    rng = random.Random(3)
    people = [Person(name, world.genesis.identity) for name in PEOPLE]
    raws = [people[place % len(people)].transfer(rng) for place in range(count)]
    for raw in raws:
        for node in world.nodes.values():
            node.submit(raw)
    return raws


def cut_off(world: World, node: Node) -> None:
    """Nobody hears this node, and it hears nobody."""
    world.weather.split([node.peer], [peer for peer in world.by_peer if peer != node.peer])


def prepared_by(node: Node) -> bytes | None:
    """The block that a node has prepared, if any."""
    state = node.replica.engine._state
    return None if state is None or state.prepared is None else state.prepared.header.hash()


def has_prepared(node: Node) -> bool:
    """Whether a node has prepared a block."""
    return prepared_by(node) is not None


def round_of(node: Node) -> int:
    """The round that a node is in."""
    return node.replica.engine.place[1]
