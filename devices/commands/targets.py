"""Options that several meter commands share: where the meter is, who signs, which nodes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from devices.errors import Misuse
from devices.follower import FIRST_USE, Anchor, parse_anchor
from ledger.crypto import Ed25519SecretKey, P256SecretKey
from ledger.errors import WrongPassword
from ledger.keyfile import KeyKind, open_key, read_keyfile

DEFAULT_NODE: Final = "http://127.0.0.1:8545"
DEFAULT_HOME: Final = "~/.nodechain"
PASSWORD_FILE: Final = "NODECHAIN_PASSWORD_FILE"

Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def at_option(*, required: bool) -> Option:
    """`--at PLACE` of a meter."""
    return click.option(
        "--at",
        metavar="PLACE",
        required=required,
        help="Where the meter is: tcp:HOST:PORT, rtu:/dev/ttyUSB0:9600:8N1, rtu-tcp:HOST:PORT.",
    )


trust_option = click.option(
    "--trust",
    metavar="HEIGHT:HASH",
    help="A block that you know from somebody you trust; default: the genesis block that the first node shows.",
)


def anchor_of(trust: str | None) -> Anchor:
    """Where a follower begins; raises `Misuse` (bad_trust)."""
    return FIRST_USE if trust is None else parse_anchor(trust)


def open_meter_key(key: str, home: str) -> Ed25519SecretKey | P256SecretKey:
    """The key in a file (a path, or a name in HOME/keys); asks for its password once, on stderr.

    Raises `Misuse` when there is none; a wrong password ends the command with exit code 7.
    """
    path = Path(key) if os.sep in key or key.endswith(".json") else Path(home).expanduser() / "keys" / f"{key}.json"
    try:
        keyfile = read_keyfile(path.read_bytes())
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}", code="no_key") from None
    if keyfile.kind is not KeyKind.METER:
        raise Misuse(f"{path.name} is a key of kind {keyfile.kind}; a meter has its own (keys new --kind meter)")
    named = os.environ.get(PASSWORD_FILE)
    if named:
        try:
            password = Path(named).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise Misuse(f"{PASSWORD_FILE} {named}: {error.strerror}", code="no_password_file") from None
    else:
        password = str(click.prompt(f"Password of {path.name}", hide_input=True, err=True))
    try:
        return open_key(keyfile, password)
    except WrongPassword as error:
        raise WrongPassword(f"{path.name}: {error.detail}") from None
