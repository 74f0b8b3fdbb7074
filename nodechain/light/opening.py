"""A home's light client: its genesis, its file of trusted headers, a node to ask, a clock."""

from __future__ import annotations

from collections.abc import Callable

from ledger.chain.genesis import Genesis
from ledger.light.freshness import LONGEST_SILENCE_MS
from nodechain.client.answers.status import StatusView
from nodechain.client.rest import NodeApi
from nodechain.clock import SystemClock
from nodechain.home.home import Home
from nodechain.light.client import LightClient, genesis_trust, terms_of
from nodechain.light.store import LightStore


def open_store(home: Home, genesis: Genesis) -> LightStore:
    """What the home trusts; the genesis, if it has followed nothing yet."""
    return LightStore(home.light, genesis_trust(genesis))


def open_client(home: Home, genesis: Genesis, api: NodeApi) -> LightClient:
    """A light client of this home that asks one node."""
    return LightClient(api, open_store(home, genesis), terms_of(genesis), clock_of(genesis, api))


def clock_of(genesis: Genesis, api: NodeApi) -> Callable[[], int]:
    """The own clock; on a chain with a simulated one there is no other time than the node's."""
    if genesis.simulated_clock:
        return lambda: api.get("/v1/status", StatusView)["clock_ms"]
    return SystemClock().wall_ms


def longest_age_ms(genesis: Genesis) -> int:
    """How long ago the validators of a living chain said that its head is the newest: a minute, and the drift."""
    return LONGEST_SILENCE_MS + genesis.drift_ms
