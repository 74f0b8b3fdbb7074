"""The attacker's process: `python -m bench.withstands.attacker LOAD` with its orders on stdin, one a line.

`load` attacks, `burn SHARE` uses that share of a core and attacks nobody, `rest` does neither; the end of stdin ends
it.
Where a validator attacks this is the fourth validator itself: it votes all the time, whatever its orders are.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from bench.withstands import api_loads, network_loads
from bench.withstands.load import Attack, Load, Vantage
from ledger.keys.crypto import Ed25519SecretKey
from nodechain.chain.validator_key import ValidatorKey
from nodechain.home.config import load_config
from nodechain.home.home_genesis import read_genesis
from nodechain.home.keystore import Keystore
from nodechain.home.testnet import PASSWORD
from nodechain.network.identity import load
from nodechain.node import Node, NodeOptions, P2p

LOADS: Final[dict[str, Load]] = {load.name: load for load in (*network_loads.LOADS, *api_loads.LOADS)}
SLICE_S: Final = 0.01


class Told(msgspec.Struct, frozen=True):
    """The scene, as the harness writes it to the attacker's command line; paths of folders."""

    net: str
    follower: str
    url: str
    p2p_port: int
    victim_id: str
    keys: tuple[str, ...]


async def burn(share: float) -> None:
    """Use a share of a core, in small pieces, as an attack would."""
    while True:
        end = time.perf_counter() + SLICE_S * share
        while time.perf_counter() < end:
            pass
        await asyncio.sleep(SLICE_S * max(1 - share, 0))


def open_attack(told: Told) -> Attack:
    """What a load is given; without a node."""
    net = Path(told.net)
    people = Keystore(net / "client" / "keys")
    keys = [people.open(name, PASSWORD) for name in told.keys]
    return Attack(
        genesis=read_genesis(net / "genesis"),
        url=told.url,
        p2p_port=told.p2p_port,
        victim_id=bytes.fromhex(told.victim_id),
        victim_home=net / "node1",
        identity=load(Path(told.follower)),
        keys=tuple(key for key in keys if isinstance(key, Ed25519SecretKey)),
        node=None,
    )


def open_validator(home: Path) -> Node:
    """The fourth validator in this process; it serves no interface."""
    config = load_config(home, {}).config
    secret = Keystore(home / "keys").open("validator", PASSWORD)
    assert isinstance(secret, Ed25519SecretKey)
    return Node.open(home, ValidatorKey(secret), NodeOptions(p2p=P2p(config.p2p_host, config.p2p_port)))


async def obey(attack: Attack, load: Load) -> None:
    """Orders from stdin, until its end."""
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    running = None if attack.node is None else asyncio.create_task(attack.node.run())
    doing: asyncio.Task[None] | None = None
    print("ready", flush=True)
    while order := (await orders.readline()).decode().split():
        if doing is not None:
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)
        doing = None
        if order[0] == "load":
            doing = asyncio.create_task(load.run(attack))
        elif order[0] == "burn":
            doing = asyncio.create_task(burn(float(order[1])))
    for task in (doing, running):
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def main() -> None:
    """`attacker LOAD TOLD`."""
    load, told = LOADS[sys.argv[1]], msgspec.json.decode(sys.argv[2], type=Told)
    attack = open_attack(told)
    if load.vantage is not Vantage.VALIDATOR:
        asyncio.run(obey(attack, load))
        return
    node = open_validator(Path(told.net) / "node4")
    try:
        asyncio.run(obey(replace(attack, node=node), load))
    finally:
        node.close()


if __name__ == "__main__":
    main()
