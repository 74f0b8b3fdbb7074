"""`nodechain dev`: a development chain without any set-up; the password of its keys is public."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import BANK_SECTION
from ledger.keys.address import format_address
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from market.denominations import Denominations
from nodechain.api.server import ApiOptions
from nodechain.chain.validator_key import ValidatorKey
from nodechain.commands.running.run import run_node
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import home_exports, table
from nodechain.errors import WrongSecret
from nodechain.home.config import set_config
from nodechain.home.genesis_file import BalanceSection, read_template
from nodechain.home.home import Home
from nodechain.home.initialise import initialise
from nodechain.home.keystore import Keystore
from nodechain.log import set_up_logging
from nodechain.node import Node, NodeOptions

DEV_PASSWORD: Final = "dev"
"""Of the development keys; it protects nothing, and stands in the home's password file."""
PASSWORD_FILE: Final = "password"
DEV_MNEMONIC: Final = "abandon " * 23 + "art"
"""Publicly known, so that the same names have the same addresses everywhere."""
FIRST_EXTRA: Final = 100
"""Index of user1, above those of the template's names, which so have the same keys with and without --accounts."""
EXTRA_FUNDS: Final = "1000"


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=8545, show_default=True, help="0 for a free one.")
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), help="Keep the chain in this folder.")
@click.option("--accounts", type=click.IntRange(0, 200), default=0, help="Further funded accounts: user1, user2, ...")
@click.option("--standing-clock", is_flag=True, help="Time moves only when POST /v1/clock moves it.")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="warning")
@command
def dev(
    invocation: Invocation, *, port: int, state: Path | None, accounts: int, standing_clock: bool, log_level: str
) -> None:
    """Run a chain with funded accounts; blocks come when there is something to decide."""
    set_up_logging(log_level, invocation.config.log_format)
    folder = state or Path(tempfile.mkdtemp(prefix="nodechain-dev-"))
    try:
        _make_home(folder, accounts)
        _run(invocation, folder, port, standing_clock=standing_clock)
    finally:
        if state is None:
            shutil.rmtree(folder, ignore_errors=True)


def _make_home(folder: Path, accounts: int) -> None:
    if Home(folder).is_initialised:
        if accounts:
            click.echo(f"{folder} has its accounts already; --accounts is for a new chain.", err=True)
        return
    Home(folder).create()
    store = Keystore(folder / "keys", cost=COST_LIGHT)
    template = read_template("dev")
    more = tuple(f"user{number}" for number in range(1, accounts + 1))
    for number, name in enumerate(more, FIRST_EXTRA):
        if name not in store.names():
            store.import_mnemonic(name, KeyKind.ACCOUNT, DEV_PASSWORD, DEV_MNEMONIC, index=number)
    funded = tuple(BalanceSection.model_construct(address=name, amount=EXTRA_FUNDS) for name in more)
    template = template.model_copy(
        update={"members": (*template.members, *more), "balances": (*template.balances, *funded)}
    )
    initialise(
        folder,
        template,
        password=DEV_PASSWORD,
        time_ms=time.time_ns() // 1_000_000,
        cost=COST_LIGHT,
        mnemonic=DEV_MNEMONIC,
    )


def _run(invocation: Invocation, folder: Path, port: int, *, standing_clock: bool) -> None:
    password_file = folder / PASSWORD_FILE
    password_file.write_text(DEV_PASSWORD + "\n")
    keystore = Keystore(folder / "keys")
    secret = keystore.open("validator", DEV_PASSWORD)
    if not isinstance(secret, Ed25519SecretKey):
        raise WrongSecret("the validator's key is no Ed25519 key")

    def serving(node: Node, url: str) -> None:
        set_config(folder, "node", url)
        invocation.show(*_welcome(node, url, folder, keystore))

    served = ApiOptions(port=port, port_option="--port")
    run_node(folder, ValidatorKey(secret), NodeOptions(standing_clock=standing_clock), served, serving)


def _welcome(node: Node, url: str, folder: Path, keystore: Keystore) -> tuple[dict[str, Any], str]:
    keys = [key for key in keystore.entries() if key.kind == KeyKind.ACCOUNT]
    chain = Denominations.of(node.genesis)
    funded = {entry.address: entry.amount for entry in BANK_SECTION.of(node.genesis).balances}
    rows = [
        (
            key.name,
            format_address(key.address),
            f"{chain.text(CURRENCY_ASSET, funded.get(key.address, 0))} {chain.symbol(CURRENCY_ASSET)}",
        )
        for key in keys
    ]
    data = {
        "url": url,
        "chain_id": node.chain_id,
        "height": node.app.height,
        "home": str(folder),
        "mnemonic": DEV_MNEMONIC,
        "password_file": str(folder / PASSWORD_FILE),
        "accounts": [{"name": row[0], "address": row[1], "funds": row[2]} for row in rows],
    }
    text = f"""\
nodechain development chain {node.chain_id}. Everybody knows its keys: use them for nothing real.

{table(("ACCOUNT", "ADDRESS", "AT THE START"), rows)}

page       {url}
interface  {url}/v1/..., described by {url}/openapi.json
home       {folder}
phrase     {DEV_MNEMONIC}

In another terminal:
  {home_exports(folder, folder / PASSWORD_FILE)}
  nodechain balance alice
  nodechain transfer eeuro bob 5 --from alice
  nodechain unit produced alice "10 kWh" --from battery
"""
    return data, text
