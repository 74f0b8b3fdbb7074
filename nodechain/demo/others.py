"""Further validators of the demo's chain: homes of their own beside the first one's, and processes of their own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ledger.chain.genesis import Genesis
from ledger.keys.address import format_key
from ledger.keys.keyfile import COST_LIGHT, Keyfile, KeyKind
from nodechain.client.node_client import RestClient
from nodechain.errors import NodeError
from nodechain.home.genesis_file import Template, ValidatorSection
from nodechain.home.initialise import join_genesis
from nodechain.home.keystore import Keystore
from nodechain.home.testnet import ValidatorPlace, acquaint, places

AGREE_S: Final = 60
"""Until all have the last block, in s."""
POLL_S: Final = 0.05
SEE_LOGS: Final = "See validate.log in the demo's folder."


class OtherValidators:
    """`count` is that of all validators, the first one included, whose home is `first`."""

    def __init__(self, folder: Path, first: Path, count: int, password: str) -> None:
        self.places: tuple[ValidatorPlace, ...] = places(count, ("127.0.0.1",), 0)
        self.homes = [first, *(folder / f"validator{number + 1}" for number in range(1, count))]
        self._password = password
        self._keys: list[Keyfile] = []

    def add_to(self, template: Template) -> Template:
        """Make their keys, and name them in the template; their fees go where the first one's go."""
        account = template.validators[0].account
        for home in self.homes[1:]:
            self._keys.append(
                Keystore(home / "keys", cost=COST_LIGHT).create("validator", KeyKind.VALIDATOR, self._password)
            )
        more = tuple(
            ValidatorSection(key=format_key(key.public_key), account=account, name=place.name)
            for key, place in zip(self._keys, self.places[1:], strict=True)
        )
        consensus = template.consensus.model_copy(update={"max_validators": len(self.places)})
        return template.model_copy(update={"validators": (*template.validators, *more), "consensus": consensus})

    def join(self, genesis: Genesis) -> None:
        """Make their homes, and everybody's cards known to everybody."""
        for home in self.homes[1:]:
            join_genesis(home, genesis)
        acquaint(genesis.chain_id, self.homes, self.places, [validator.key for validator in genesis.validators])

    def arguments(self, number: int, *, api_port: int = 0, standing_clock: bool = True) -> tuple[str, ...]:
        """The command line that starts a validator; 0: its interface takes a free port."""
        place, clock = self.places[number], ("--standing-clock",) if standing_clock else ()
        return (
            "validate", "--home", str(self.homes[number]), "--api-port", str(api_port), "--p2p-port",
            str(place.p2p_port), "--log-level", "warning", *clock,
        )  # fmt: skip


def require_agreement(apis: Sequence[RestClient], height: int) -> None:
    """Wait until all nodes have this height, and see that they have the same block there; raises `NodeError`."""
    deadline = time.monotonic() + AGREE_S
    while any(api.status()["height"] < height for api in apis):
        if time.monotonic() > deadline:
            raise NodeError(f"not all validators reached height {height}", code="validator_behind", advice=SEE_LOGS)
        time.sleep(POLL_S)
    heads = [api.chain.block(str(height))["header"] for api in apis]
    if len({(head["hash"], head["state_root"]) for head in heads}) != 1:
        raise NodeError(f"the validators differ at height {height}", code="validators_differ", advice=SEE_LOGS)
