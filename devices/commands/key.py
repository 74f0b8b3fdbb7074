"""`meter key`: keys of meters in tokens, TPMs and files: make, show."""

from __future__ import annotations

from typing import Any, Final

import click

from devices.commands.output import Result, fields, prints
from devices.commands.targets import HOME_OPTION, ask_password
from devices.signers.opening import Signers
from ledger.keys.address import address_of, format_address, format_key
from ledger.keys.crypto import Algorithm

ALGORITHMS: Final = {algorithm.name.lower(): algorithm for algorithm in Algorithm}


@click.group()
def key() -> None:
    """Keys in devices. PLACE: pkcs11:token=T;object=O?module-path=LIBRARY, tpm:0x81000001, or a key file."""


@key.command()
@click.argument("place")
@click.option("--algorithm", type=click.Choice(list(ALGORITHMS)), default="p256", show_default=True)
@HOME_OPTION
@prints
def create(place: str, algorithm: str, home: str) -> Result:
    """Make a key at PLACE that never leaves its device; there must be none yet."""
    with Signers(home, ask_password) as signers:
        return _shown(place, signers.create(place, ALGORITHMS[algorithm]))


@key.command()
@click.argument("place")
@HOME_OPTION
@prints
def show(place: str, home: str) -> Result:
    """The public key at PLACE; asks for no PIN."""
    with Signers(home, ask_password) as signers:
        return _shown(place, signers.public_key(place))


def _shown(place: str, public_key: bytes) -> Result:
    data: dict[str, Any] = {
        "place": place,
        "algorithm": Algorithm(public_key[0]).name.lower(),
        "public_key": format_key(public_key),
        "address": format_address(address_of(public_key)),
    }
    return Result(data, fields(data))
