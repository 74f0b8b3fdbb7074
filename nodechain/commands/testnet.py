"""`nodechain testnet`: homes for several validators, ready to start."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

import click

from ledger.bank.assets import MAX_DECIMALS
from ledger.limits import MIN_BLOCK_WEIGHT
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import home_exports, table
from nodechain.home.testnet import make_testnet, places


@click.command()
@click.option("--validators", type=click.IntRange(1, 64), default=4, show_default=True)
@click.option("--consensus", type=click.Choice(["pbft", "poa"]), default="pbft", show_default=True)
@click.option("--directory", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder.")
@click.option("--host", "hosts", multiple=True, help="Where a validator runs, once for each; default this machine.")
@click.option("--currency", metavar="CODE", help="The currency: three letters of ISO 4217, like CHF.")
@click.option("--decimals", type=click.IntRange(0, MAX_DECIMALS), default=MAX_DECIMALS, show_default=True,
              help="Of --currency.")  # fmt: skip
@click.option("--base-port", type=click.IntRange(0, 65_000), default=9_000, show_default=True, help="0: free ones.")
@click.option("--accounts", type=click.IntRange(0, 1_000), default=0, help="Further funded accounts: user1, user2, ...")
@click.option(
    "--min-interval", type=click.IntRange(0, 60_000), default=100, show_default=True, help="ms between blocks."
)
@click.option(
    "--block-weight",
    type=click.IntRange(MIN_BLOCK_WEIGHT, 10**9),
    default=MIN_BLOCK_WEIGHT,
    show_default=True,
    help="Work in a block: the default suits a Raspberry Pi 4, 54000 a server.",
)
@command
def testnet(
    invocation: Invocation,
    *,
    validators: int,
    consensus: str,
    directory: Path,
    hosts: tuple[str, ...],
    currency: str | None,
    decimals: int,
    base_port: int,
    accounts: int,
    min_interval: int,
    block_weight: int,
) -> None:
    """Write a home for each validator of a new chain, a home `client` with its people's keys, and `start.sh`.

    Everybody knows the password: use such a network for nothing real.
    """
    where = places(validators, hosts or ("127.0.0.1",), base_port)
    made = make_testnet(
        directory.absolute(),
        where,
        mode=consensus,
        accounts=accounts,
        currency=None if currency is None else (currency, decimals),
        time_ms=time.time_ns() // 1_000_000,
        min_interval_ms=min_interval,
        block_weight=block_weight,
    )
    rows: list[tuple[str, str, str]] = [
        (place.name, place.address, f"http://127.0.0.1:{place.api_port}") for place in where
    ]
    validators_made = [
        {"name": row[0], "p2p": row[1], "api": row[2], "home": str(made.folder / row[0])} for row in rows
    ]
    data = {
        "chain_id": made.genesis.chain_id,
        "directory": str(made.folder),
        "client": str(made.client),
        "start": str(made.script),
        "password_file": str(made.folder / "password"),
        "validators": validators_made,
    }
    text = f"""\
{table(("VALIDATOR", "PEERS", "INTERFACE"), rows)}

Start them:    {shlex.quote(str(made.script))}
Then, in another terminal:
  {home_exports(made.client, made.folder / "password")}
  nodechain validators
  nodechain transfer {made.currency} bob 5 --from alice

On several machines: copy each node's folder to its machine and run `nodechain validate --home FOLDER` there."""
    invocation.show(data, text, validators_made)
