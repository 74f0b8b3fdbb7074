"""Which chain a command signs for: the home's own, whatever the node says that --node names (C1).

A home that holds a genesis signs for it and for nothing else. One that holds none (keys only) is tied to a chain once,
by an explicit act (`--genesis HASH`, `--trust`, or a person's yes), and remembers it as its setting `genesis_hash`.
"""

from __future__ import annotations

import re
import sys
from typing import Final

import click

from ledger.chain.genesis import GENESIS, Genesis
from ledger.chain.identity import ChainIdentity
from ledger.errors import InvalidInput, MalformedInput
from market.denominations import UNKNOWN, Denominations
from nodechain.client.answers.status import StatusView
from nodechain.commands.terminal.options import Invocation
from nodechain.commands.terminal.output import Format
from nodechain.commands.terminal.words import Words
from nodechain.errors import BadAnswer, NodeError, UsageError
from nodechain.files.durable_file import make_directory
from nodechain.home.config import set_config
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis

WRONG_CHAIN: Final = "wrong_chain"


_HASH: Final = re.compile(r"[0-9a-f]{64}")


def signing_chain(invocation: Invocation) -> ChainIdentity:
    """The chain of home and node. Raises `UsageError` (wrong_chain) where they differ, (unknown_chain) where the home
    is tied to none and nobody says that the node's is the right one.
    """
    status = invocation.node.status()
    try:
        shown = ChainIdentity(status["chain_id"], bytes.fromhex(status["genesis_hash"]))
    except (ValueError, MalformedInput) as error:
        raise BadAnswer(f"{invocation.node.url} names no chain: {error}") from None
    _require(invocation, shown, f"the node {invocation.node.url}")
    return shown


def denominations(invocation: Invocation) -> Denominations:
    """How amounts are written on the chain that the home signs for; a node's genesis is believed by its hash only.

    Raises as `signing_chain`, and `UsageError` (wrong_chain) where the node shows the genesis of another chain.
    """
    return Denominations.of(signing_genesis(invocation))


def signing_genesis(invocation: Invocation) -> Genesis:
    """The genesis that the home signs for: its own, else the one that the node shows, believed by its hash only."""
    file = Home(invocation.home).genesis
    if file.is_file():
        return read_genesis(file)
    chain = signing_chain(invocation)
    genesis = _shown_genesis(invocation)
    if genesis.hash != chain.genesis_hash:
        raise UsageError(
            f"the node {invocation.node.url} shows another genesis than that of chain {chain.id}",
            code=WRONG_CHAIN,
            advice="Nothing was signed or sent; ask another node.",
        )
    return genesis


def shown_denominations(invocation: Invocation) -> Denominations:
    """How amounts are written on the home's chain, or the node's where the home has none: to show, not to sign."""
    file = Home(invocation.home).genesis
    return Denominations.of(read_genesis(file) if file.is_file() else _shown_genesis(invocation))


def words_of(invocation: Invocation) -> Words:
    """Names of this home, and how the chain writes amounts: only text for people needs to ask for that."""
    if invocation.form is not Format.TEXT:
        return Words(invocation.names())
    try:
        return Words(invocation.names(), shown_denominations(invocation))
    except NodeError:
        return Words(invocation.names())


def known_words(invocation: Invocation) -> Words:
    """The same without asking anybody."""
    return Words(invocation.names(), known_denominations(invocation))


def known_denominations(invocation: Invocation) -> Denominations:
    """The same without asking anybody: those of the home's genesis, if it has one."""
    file = Home(invocation.home).genesis
    return Denominations.of(read_genesis(file)) if file.is_file() else UNKNOWN


def _shown_genesis(invocation: Invocation) -> Genesis:
    """The genesis that the node shows."""
    try:
        return GENESIS.decode(bytes.fromhex(invocation.node.chain.genesis()["genesis"]))
    except (ValueError, InvalidInput) as error:
        raise BadAnswer(f"{invocation.node.url} shows no genesis: {error}") from None


def require_chain(invocation: Invocation, chain: ChainIdentity, what: str) -> None:
    """Raise `UsageError` unless `what` (a file) is for the home's chain, before anything of it is signed or sent."""
    _require(invocation, chain, what)


def own_genesis_hash(invocation: Invocation) -> bytes | None:
    """The hash of the genesis that the home holds, or is tied to; None for neither."""
    file = Home(invocation.home).genesis
    if file.is_file():
        return read_genesis(file).hash
    pinned = invocation.config.genesis_hash
    return bytes.fromhex(_hash(pinned, "the setting genesis_hash")) if pinned else None


def _require(invocation: Invocation, chain: ChainIdentity, what: str) -> None:
    own = own_genesis_hash(invocation)
    if own is None:
        own = _tie(invocation, chain, what)
    elif invocation.genesis is not None and bytes.fromhex(_hash(invocation.genesis, "--genesis")) != own:
        raise UsageError(
            f"{invocation.home} belongs to the genesis {own.hex()}, --genesis names another one", code=WRONG_CHAIN
        )
    if own != chain.genesis_hash:
        raise UsageError(
            f"{what} is on chain {chain.id} with the genesis {chain.genesis_hash.hex()}, the home {invocation.home}"
            f" belongs to the genesis {own.hex()}",
            code=WRONG_CHAIN,
            advice="Name the home's own node with --node, or the right home with --home. Nothing was signed or sent.",
        )


def _tie(invocation: Invocation, chain: ChainIdentity, what: str) -> bytes:
    """Tie a home without a genesis to a chain, if a person or an option says so; the hash it is tied to."""
    if invocation.genesis is not None:
        wanted = bytes.fromhex(_hash(invocation.genesis, "--genesis"))
        if wanted != chain.genesis_hash:
            return wanted
    elif not invocation.trust:
        _ask(invocation, chain, what)
    make_directory(invocation.home)
    set_config(invocation.home, "genesis_hash", chain.genesis_hash.hex())
    click.echo(f"{invocation.home} belongs to chain {chain.id} from now on.", err=True)
    return chain.genesis_hash


def _ask(invocation: Invocation, chain: ChainIdentity, what: str) -> None:
    said = f"{what} is on chain {chain.id}, genesis {chain.genesis_hash.hex()}"
    if not sys.stdin.isatty():
        raise UsageError(
            f"{invocation.home} belongs to no chain yet; {said}",
            code="unknown_chain",
            advice="Compare the hash with a member's, then say --genesis HASH (or --trust) once; or join the chain with"
            " its genesis file: nodechain init --genesis FILE.",
        )
    click.echo(f"{invocation.home} belongs to no chain yet; {said}.\nCompare the hash with a member's.", err=True)
    click.confirm("Sign for this chain, and from now on for no other?", abort=True, err=True)


def _hash(text: str, where: str) -> str:
    if _HASH.fullmatch(text.lower()) is None:
        raise UsageError(
            f"{where} is no genesis hash", advice="64 hexadecimal digits, as `nodechain status` shows them."
        )
    return text.lower()


def chain_time_ms(status: StatusView) -> int:
    """The time that the next block will have at least, from a node's `/v1/status`.

    That of the newest block, which may have come from a clock ahead of all others; else the node's clock, set right by
    what its peers say.
    """
    clock_ms = int(status["clock_ms"]) - int(status["clock_ahead_ms"] or 0)
    return max(int(status["time_ms"]), clock_ms)
