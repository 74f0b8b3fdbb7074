"""`nodechain light`: follow the chain's headers by their certificates, whatever the node says."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any, TypeVar

import click

from ledger.chain.genesis import ConsensusMode, Genesis
from ledger.errors import InvalidInput, LightError
from ledger.light.claims import ProvenState, check_claim
from ledger.light.freshness import NOT_FRESH
from ledger.light.headers import Trusted, require_fresh, set_of
from ledger.state.table import Table
from nodechain.client.rest import NodeApi
from nodechain.commands.sending.chain import signing_genesis
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.progress import Progress
from nodechain.commands.terminal.words import Words
from nodechain.errors import NodeError, NotFound, UsageError
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.light.client import FetchedClaim, LightClient, UnprovenAnswer
from nodechain.light.opening import longest_age_ms, open_client, open_store

T = TypeVar("T")

max_age_option = click.option(
    "--max-age", type=click.IntRange(min=1), metavar="SECONDS", help="A head older than this is refused."
)
also_option = click.option(
    "--also", multiple=True, metavar="URL", help="Another node that must have the same head; may be repeated."
)


@click.group()
def light() -> None:
    """Follow the chain without running it: every header is checked against the validators' signatures."""


@light.command()
@also_option
@max_age_option
@command
def sync(invocation: Invocation, *, also: Sequence[str], max_age: int | None) -> None:
    """Follow to the newest header, and refuse one that is stale or that other nodes do not have."""
    client, genesis = client_of(invocation)
    head, as_of_ms = synced(client, genesis, max_age)
    for url in also:
        with closing(NodeApi(url)) as api:
            _compare(client, api, head)
    data = {**shown(head), "fresh_as_of_ms": as_of_ms, "compared": list(also)}
    invocation.show(data, fields(Words({}).lines(None, data)))


@light.command()
@command
def status(invocation: Invocation) -> None:
    """What this home trusts; no node is asked."""
    home = Home(invocation.home)
    home.require_initialised()
    genesis = read_genesis(home.genesis)
    store = open_store(home, genesis)
    data = {
        **shown(store.head),
        "trusted_from": store.headers.first.header.height,
        "headers_kept": len(store.headers),
        "meters_trust": trust_text(store.head, genesis),
    }
    invocation.show(data, fields(Words({}).lines(None, data)))


@light.command()
@click.argument("height", type=click.IntRange(min=0))
@click.argument("block_hash", metavar="HASH")
@command
def trust(invocation: Invocation, *, height: int, block_hash: str) -> None:
    """Begin anew at a header whose HASH you know from somebody you trust, instead of the genesis."""
    client, _genesis = client_of(invocation)
    block = client.block(height)
    if block.header.height != height or block.header.hash().hex() != block_hash.lower():
        raise NotFound(
            f"the node's block of height {height} is {block.header.hash().hex()}",
            code="other_header",
            advice="Compare height and hash with those you were given; then ask another node.",
        )
    following = set_of(block.next_members or block.members)
    if block.header.chain_id != client.terms.chain.id or following.hash != block.header.next_validators_hash:
        raise UnprovenAnswer("the validators are not those of the header", code="bad_set")
    client.store.reset(Trusted(block.header, block.header.hash(), following))
    data = shown(client.store.head)
    invocation.show(data, f"Trusted from here on.\n{fields(list(data.items()))}")


@light.command()
@command
def reset(invocation: Invocation) -> None:
    """Forget what was followed: trust the genesis alone again."""
    home = Home(invocation.home)
    home.require_initialised()
    home.light.unlink(missing_ok=True)
    store = open_store(home, read_genesis(home.genesis))
    invocation.show(shown(store.head), "Only the genesis is trusted now.")


def client_of(invocation: Invocation) -> tuple[LightClient, Genesis]:
    """The home's light client on the node that --node names; it must know its chain's genesis."""
    home = Home(invocation.home)
    if not home.genesis.is_file():
        raise UsageError(
            f"{home.path} has no genesis to begin with",
            code="no_genesis",
            advice="Get the chain's genesis file from a member: `nodechain init --genesis FILE`.",
        )
    genesis = read_genesis(home.genesis)
    return open_client(home, genesis, invocation.node.api), genesis


def synced(client: LightClient, genesis: Genesis, max_age_s: int | None) -> tuple[Trusted, int]:
    """The newest header, followed to, and the time (ms) as of which it is known to be the newest; a fresh one."""
    with Progress("header") as progress:
        head = client.sync(progress.at)
    longest_ms = longest_age_ms(genesis) if max_age_s is None else max_age_s * 1_000
    as_of_ms = head.header.time_ms
    if client.now_ms() - as_of_ms > longest_ms:
        head, as_of_ms = _said_fresh(client, head)
    try:
        require_fresh(as_of_ms, client.now_ms(), longest_ms)
    except LightError as error:
        raise NodeError(
            f"{error.detail}, at most {longest_ms // 1_000} s are allowed",
            code=error.code,
            advice="The node lags, hides newer blocks, or the chain stands still: ask another one, or see --max-age.",
        ) from error
    return head, as_of_ms


def newest_state(
    client: LightClient, genesis: Genesis, full_keys: Sequence[bytes], max_age_s: int | None
) -> list[FetchedClaim]:
    """Proofs of what the state holds now: at the newest header, a fresh one, or above it."""
    synced(client, genesis, max_age_s)
    return client.state(full_keys)


def proven_entry(invocation: Invocation, table: Table[T], key: bytes) -> T | None:
    """What a table holds under a key now, proven: what goes into a signature is not taken on a node's word.

    A home without a genesis takes that of its chain from the node, by its hash. Raises as `signing_genesis`.
    """
    (found,) = proven_entries(invocation, table, [key])
    return found


def proven_entries(invocation: Invocation, table: Table[T], keys: Sequence[bytes]) -> list[T | None]:
    """The same for several keys."""
    genesis = signing_genesis(invocation)
    client = open_client(Home(invocation.home), genesis, invocation.node.api)
    found: list[T | None] = []
    try:
        for fetched in newest_state(client, genesis, [table.full_key(key) for key in keys], None):
            proven = check_claim(client.reach(fetched.block).header, fetched.claim)
            assert isinstance(proven, ProvenState)
            found.append(None if proven.value is None else table.codec.decode(proven.value))
    except InvalidInput as error:
        raise UnprovenAnswer(error.detail, code=error.code) from error
    return found


def _said_fresh(client: LightClient, head: Trusted) -> tuple[Trusted, int]:
    """The head, and when its validators last said so, where the node can show it; else the header's own time."""
    try:
        return client.freshness()
    except NotFound:
        return head, head.header.time_ms
    except UnprovenAnswer as error:
        if error.code != NOT_FRESH:
            raise
        return head, head.header.time_ms


def _compare(client: LightClient, api: NodeApi, head: Trusted) -> None:
    """Another node must have the same block: two that are both signed mean that the chain has split."""
    try:
        other = LightClient(api, client.store, client.terms, client.now_ms).block(head.header.height)
    except NotFound:
        raise NodeError(
            f"{api.url} has not reached height {head.header.height}", code="node_behind", advice="Ask again later."
        ) from None
    client.reach(other)


def trust_text(trusted: Trusted, genesis: Genesis) -> str:
    """What `meter run --trust` takes."""
    suffix = ":poa" if ConsensusMode(genesis.mode) is ConsensusMode.POA else ""
    return f"{trusted.header.height}:{trusted.hash.hex()}{suffix}"


def shown(trusted: Trusted) -> dict[str, Any]:
    """A trusted header for people."""
    header = trusted.header
    return {
        "chain_id": header.chain_id,
        "height": header.height,
        "block_hash": trusted.hash.hex(),
        "time_ms": header.time_ms,
        "state_root": header.state_root.hex(),
        "validators": len(trusted.validators.members),
    }
