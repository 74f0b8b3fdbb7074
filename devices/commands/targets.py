"""Options that several meter commands share: where the meter is, who signs, which nodes."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import click
from msgspec.structs import replace

from devices.errors import Misuse
from devices.follower import FIRST_USE, Anchor, parse_anchor
from devices.readings import ReadingSigner
from devices.signers.opening import open_signer
from ledger.chain.genesis import GENESIS, Genesis
from ledger.chain.identity import ChainIdentity
from ledger.errors import InvalidInput

DEFAULT_PORT: Final = 8545
"""Of a node that was told no other."""
DEFAULT_HOME: Final = "~/.nodechain"
NODE_VARIABLE: Final = "NODECHAIN_NODE"
PASSWORD_FILE: Final = "NODECHAIN_PASSWORD_FILE"
KEY_HELP: Final = "The meter's key: a name in HOME/keys, a file, pkcs11:... or tpm:0x..."

Option = Callable[[Callable[..., Any]], Callable[..., Any]]

HOME_OPTION: Final[Option] = click.option(
    "--home", envvar="NODECHAIN_HOME", default=DEFAULT_HOME, show_default=True, help="Where key files are."
)


def at_option(*, required: bool) -> Option:
    """`--at PLACE` of a meter."""
    return click.option(
        "--at",
        metavar="PLACE",
        required=required,
        help="Where the meter is: tcp:HOST:PORT, rtu:/dev/ttyUSB0:9600:8N1, rtu-tcp:HOST:PORT; "
        "with telegrams serial:/dev/ttyUSB0 or stream:HOST:PORT.",
    )


def meter_id_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--meter-id ID` of a meter that sends telegrams."""
    return click.option("--meter-id", help="Refuse any other meter: its id in telegrams, or ADDRESS:HEX of registers.")(
        command
    )


reply_timeout_option = click.option(
    "--reply-timeout",
    "reply_timeout_s",
    type=click.FloatRange(min=0.05, max=600),
    metavar="SECONDS",
    help="How long the meter may take for an answer or a telegram; default: as its profile says.",
)

pulses_option = click.option(
    "--pulses", "pulse_file", type=click.Path(dir_okay=False, path_type=Path), help="Keeps the count of an S0 output."
)

node_option = click.option(
    "--node",
    "nodes",
    metavar="URL",
    multiple=True,
    help="The node to ask, may be repeated (NODECHAIN_NODE, else the home's configuration).",
)


def nodes_of(flags: tuple[str, ...], home: str) -> tuple[str, ...]:
    """The nodes to ask, as all commands find theirs: --node, NODECHAIN_NODE, the home's `node`, the home's own node.

    NODECHAIN_NODE may name several, with blanks between. Raises `Misuse` (bad_config).
    """
    if flags:
        return flags
    named = tuple(os.environ.get(NODE_VARIABLE, "").split())
    if named:
        return named
    path = Path(home).expanduser() / "config.toml"
    settings: dict[str, object] = {}
    try:
        if path.exists():
            settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Misuse(f"{path}: {error}", code="bad_config") from None
    node = settings.get("node") or _own_node(settings)
    if not isinstance(node, str):
        raise Misuse(f"{path}: node is no URL", code="bad_config")
    return (node,)


def _own_node(settings: Mapping[str, object]) -> str:
    """Where a home's own node listens: `api_host` and `api_port`, in the environment or the home's settings."""
    host = str(os.environ.get("NODECHAIN_API_HOST") or settings.get("api_host") or "127.0.0.1")
    port = os.environ.get("NODECHAIN_API_PORT") or settings.get("api_port") or DEFAULT_PORT
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    scheme = "https" if settings.get("api_certificate") else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


trust_option = click.option(
    "--trust",
    metavar="HEIGHT:HASH",
    help="A block that you know from somebody you trust; default: the first that the validators of the home's genesis "
    "signed; where the home holds no genesis, block 0 as the first node shows it.",
)


def anchor_of(trust: str | None, home: str) -> Anchor:
    """Where a follower begins, and the chain of the home, if it holds a genesis; raises `Misuse` (bad_trust)."""
    anchor = FIRST_USE if trust is None else parse_anchor(trust)
    return replace(anchor, genesis=home_genesis(home))


def require_home_chain(home: str, chain: ChainIdentity, what: str) -> None:
    """Raise `Misuse` (wrong_chain) where the home holds another genesis: nothing is signed for that chain here."""
    own = home_genesis(home)
    if own is not None and own.hash != chain.genesis_hash:
        raise Misuse(
            f"{what} is on {chain.id} with the genesis {chain.genesis_hash.hex()}, the home belongs to the genesis"
            f" {own.hash.hex()}",
            code="wrong_chain",
        )


def home_genesis(home: str) -> Genesis | None:
    """The genesis in a home; None where there is none. Raises `Misuse` (bad_genesis)."""
    path = Path(home).expanduser() / "genesis"
    if not path.is_file():
        return None
    try:
        return GENESIS.decode(path.read_bytes())
    except (OSError, InvalidInput) as error:
        raise Misuse(f"{path} is no genesis: {error}", code="bad_genesis") from None


def ask_password(what: str, *, new: bool = False) -> str:
    """A password or PIN: from the file that NODECHAIN_PASSWORD_FILE names, else from a person, on stderr, hidden."""
    named = os.environ.get(PASSWORD_FILE)
    if not named:
        return str(click.prompt(what, hide_input=True, confirmation_prompt=new, err=True))
    try:
        return Path(named).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise Misuse(f"{PASSWORD_FILE} {named}: {error.strerror}", code="no_password_file") from None


def open_meter_key(key: str, home: str) -> ReadingSigner:
    """The key at a place (`devices.signers.places`); asks for its password or PIN once, on stderr.

    Raises `Misuse` when there is none; a wrong password ends the command with exit code 7.
    """
    return open_signer(key, home, ask_password)
