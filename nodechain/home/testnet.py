"""Ready homes for several validators of a new chain, a home for its people, and a script that starts them all."""

from __future__ import annotations

import secrets
import shlex
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import assets_of
from ledger.chain.blocks import Chain, genesis_block
from ledger.chain.genesis import Genesis
from ledger.encoding.codec import encode
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from ledger.limits import MIN_BLOCK_WEIGHT
from nodechain.client.urls import url_of
from nodechain.errors import UsageError
from nodechain.files.durable_file import create_file, replace_file
from nodechain.home.config import set_config
from nodechain.home.genesis_file import (
    BalanceSection,
    ConsensusSection,
    Template,
    ValidatorSection,
    build_genesis,
    read_template,
    with_currency,
)
from nodechain.home.home import Home
from nodechain.home.initialise import join_genesis
from nodechain.home.keystore import Keystore
from nodechain.modules import REGISTRY
from nodechain.network.cards import Card, Cards
from nodechain.network.identity import load_or_create

HEARTBEAT_MS: Final = 5_000
"""A test network is to be seen alive without doing anything; elsewhere the heartbeat is six hours."""

PASSWORD: Final = "testnet"
"""Of a test network's keys; it protects nothing, and stands in a file beside the homes."""
CLIENT: Final = "client"
LOWEST_FREE: Final = 12_000
HIGHEST_FREE: Final = 32_000
PEOPLE: Final = ("alice", "bob", "carol", "dave", "bank", "battery")


class ValidatorPlace(msgspec.Struct, frozen=True):
    """One validator's machine and ports. `host` is where others reach it."""

    name: str
    host: str
    p2p_port: int
    api_port: int

    @property
    def address(self) -> str:
        """For peers."""
        return f"[{self.host}]:{self.p2p_port}" if ":" in self.host else f"{self.host}:{self.p2p_port}"


class Testnet(msgspec.Struct, frozen=True):
    """What was made. `script` starts all of it on this machine."""

    folder: Path
    genesis: Genesis
    places: tuple[ValidatorPlace, ...]
    script: Path

    @property
    def currency(self) -> str:
        """The name of the community's currency."""
        return assets_of(self.genesis)[CURRENCY_ASSET - 1].name.lower()

    @property
    def client(self) -> Path:
        """The home of the people."""
        return self.folder / CLIENT


def places(count: int, hosts: Sequence[str], base_port: int) -> tuple[ValidatorPlace, ...]:
    """Validators on these hosts in turn; `base_port` 0 takes ports that are free on this machine now."""
    ports = free_ports(2 * count) if base_port == 0 else [base_port + place for place in range(2 * count)]
    if ports[-1] > 65_535:
        raise UsageError("there are not so many ports above this one", advice="Choose a lower --base-port.")
    return tuple(
        ValidatorPlace(f"node{number + 1}", hosts[number % len(hosts)], ports[2 * number], ports[2 * number + 1])
        for number in range(count)
    )


def free_ports(count: int) -> list[int]:
    """Ports that nobody on this machine listens on now.

    They lie below those that systems give to outgoing connections, or somebody would have one before it is used.
    """
    found: list[int] = []
    probes: list[socket.socket] = []
    try:
        while len(found) < count:
            port = LOWEST_FREE + secrets.randbelow(HIGHEST_FREE - LOWEST_FREE)
            probe = socket.socket()
            probes.append(probe)
            if _binds(probe, port):
                found.append(port)
    finally:
        for probe in probes:
            probe.close()
    return found


def _binds(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def make_testnet(
    folder: Path,
    where: tuple[ValidatorPlace, ...],
    *,
    mode: str,
    accounts: int,
    time_ms: int,
    min_interval_ms: int = 100,
    block_weight: int = MIN_BLOCK_WEIGHT,
    currency: tuple[str, int] | None = None,
    parameters: Mapping[str, str] = MappingProxyType({}),
) -> Testnet:
    """Write all of it, `parameters` as in a genesis file; `currency`: its code and decimals, if not the template's.

    Raises `UsageError` (home_exists) before anything is written.
    """
    users = tuple(f"user{number + 1}" for number in range(accounts))
    template = _template(where, mode, users, min_interval_ms)
    ledger = template.ledger.model_copy(update={"block_weight": block_weight})
    template = template.model_copy(update={"parameters": dict(parameters), "ledger": ledger})
    if currency is not None:
        template = with_currency(template, *currency)
    people = (*PEOPLE, *users, *(f"operator{number + 1}" for number in range(len(where))))
    return write_testnet(folder, where, template, people, time_ms=time_ms)


def write_testnet(
    folder: Path, where: tuple[ValidatorPlace, ...], template: Template, names: Sequence[str], *, time_ms: int
) -> Testnet:
    """Homes for validators whose keys a template calls by their places' names, and for the people with these `names`.

    Raises `UsageError` (home_exists) before anything is written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty", code="home_exists", advice="Choose another --directory.")
    people = Keystore(folder / CLIENT / "keys", cost=COST_LIGHT)
    homes = [folder / place.name for place in where]
    for home in (*homes, folder / CLIENT):
        Home(home).create()
    validators = {
        place.name: Keystore(home / "keys", cost=COST_LIGHT).create("validator", KeyKind.VALIDATOR, PASSWORD)
        for place, home in zip(where, homes, strict=True)
    }
    for name in names:
        people.create(name, KeyKind.ACCOUNT, PASSWORD)
    genesis = build_genesis(
        template,
        time_ms=time_ms,
        address_of=lambda name: people.get(name).address,
        validator_key_of=lambda name: validators[name].public_key[1:],
    )
    genesis_block(Chain(REGISTRY, genesis))
    acquaint(genesis.chain_id, homes, where, [validators[place.name].public_key[1:] for place in where])
    for place, home in zip(where, homes, strict=True):
        _finish_home(home, place, genesis)
    _finish_client(folder, genesis, where)
    return Testnet(folder, genesis, where, _write_script(folder, where))


def _template(where: tuple[ValidatorPlace, ...], mode: str, users: tuple[str, ...], min_interval_ms: int) -> Template:
    base = read_template("dev")
    consensus = ConsensusSection.model_construct(
        mode=mode, min_interval=min_interval_ms, heartbeat=HEARTBEAT_MS, drift=2_000, max_validators=64,
        simulated_clock=False,
    )  # fmt: skip
    validators = tuple(
        ValidatorSection(key=place.name, account=f"operator{number + 1}", name=place.name)
        for number, place in enumerate(where)
    )
    funded = tuple(
        BalanceSection.model_construct(address=name, amount="1000")
        for name in (*users, *(f"operator{number + 1}" for number in range(len(where))))
    )
    return base.model_copy(
        update={
            "name": "testnet",
            "consensus": consensus,
            "validators": validators,
            "members": (*base.members, *users, *(f"operator{number + 1}" for number in range(len(where)))),
            "balances": (*base.balances, *funded),
        }
    )


def acquaint(chain_id: str, homes: Sequence[Path], where: Sequence[ValidatorPlace], keys: Sequence[bytes]) -> None:
    """Give every home the cards of all others; `keys`: those of the validators (32 bytes), in the homes' order."""
    identities = [load_or_create(home / "node") for home in homes]
    cards = [
        Card(place.name, chain_id, identity.node_id, identity.certificate, (place.address,), key)
        for place, identity, key in zip(where, identities, keys, strict=True)
    ]
    for home, own in zip(homes, cards, strict=True):
        known = Cards(home / "peers", chain_id)
        for card in cards:
            if card is not own:
                known.add(card)


def _finish_home(home: Path, place: ValidatorPlace, genesis: Genesis) -> None:
    set_config(home, "p2p_port", str(place.p2p_port))
    set_config(home, "api_port", str(place.api_port))
    set_config(home, "node", f"http://127.0.0.1:{place.api_port}")
    if place.host != "127.0.0.1":
        set_config(home, "p2p_host", "0.0.0.0")
        set_config(home, "p2p_advertise", place.address)
    join_genesis(home, genesis)


def _finish_client(folder: Path, genesis: Genesis, where: tuple[ValidatorPlace, ...]) -> None:
    client = folder / CLIENT
    set_config(client, "node", f"http://127.0.0.1:{where[0].api_port}")
    create_file(Home(client).genesis, encode(genesis))
    create_file(folder / "genesis", encode(genesis))
    create_file(folder / "password", (PASSWORD + "\n").encode())


def _write_script(folder: Path, where: tuple[ValidatorPlace, ...]) -> Path:
    """In the foreground: Ctrl-C ends all of them. It says what runs, not what was started."""
    program = f"{shlex.quote(sys.executable)} -m cli"
    nodes = " ".join(f"{place.name}={url_of('127.0.0.1', place.api_port, tls=False)}" for place in where)
    first = url_of("127.0.0.1", where[0].api_port, tls=False)
    script = folder / "start.sh"
    text = f"""\
#!/bin/sh
# Runs the validators of this test network until Ctrl-C. Each writes to node<N>/log.
# NODECHAIN=PROGRAM runs another program than the one that made this file.
cd "$(dirname "$0")" || exit 1
program() {{
    if [ -n "${{NODECHAIN:-}}" ]; then exec "$NODECHAIN" "$@"; else exec {program} "$@"; fi
}}
export NODECHAIN_PASSWORD_FILE="$PWD/password"
started=""
stop() {{ trap - INT TERM EXIT; kill $started 2>/dev/null; wait; exit "${{1:-0}}"; }}
trap stop INT TERM EXIT
for node in {nodes}; do
    name="${{node%%=*}}"
    program validate --home "$PWD/$name" >>"$name/log" 2>&1 &
    started="$started $!"
done
running=0
for node in {nodes}; do
    name="${{node%%=*}}"
    set -- $started
    pid="$1"
    shift
    rest="$*"
    tries=0
    until (program status --home "$PWD/$name" --node "${{node#*=}}") >/dev/null 2>&1; do
        tries=$((tries + 1))
        kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 60 ] || break
        sleep 1
    done
    if kill -0 "$pid" 2>/dev/null; then
        running=$((running + 1))
    else
        echo "$name does not run; the end of $name/log:" >&2
        tail -n 3 "$name/log" >&2
    fi
    started="$rest $pid"
done
echo "$running of {len(where)} validators run; the first one's interface is {first}. Ctrl-C ends them."
[ "$running" -gt 0 ] || stop 1
wait
"""
    replace_file(script, text.encode(), mode=0o700)
    return script
