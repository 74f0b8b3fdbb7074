"""`nodechain dev`: a development chain without any set-up; the password of its keys is public."""

from __future__ import annotations

import shutil
import tempfile
import time
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click
import msgspec

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import BANK_SECTION
from ledger.chain.genesis import Genesis
from ledger.encoding.times import format_time
from ledger.keys.address import format_address
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from market.denominations import Denominations
from nodechain.api.server import ApiOptions
from nodechain.chain.validator_key import ValidatorKey
from nodechain.commands.running.dev_control import Asked, DevControl, ask, finish_revert
from nodechain.commands.running.run import run_node
from nodechain.commands.terminal.moments import moment_ms
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields, home_exports, table
from nodechain.demo.children import closing_on_signals
from nodechain.demo.community import Community
from nodechain.demo.development import MAX_METERS, MAX_PROCESSES, MeteredDay
from nodechain.demo.street import load_street, smaller
from nodechain.errors import EnvironmentFailed, TimedOut, UsageError, WrongSecret
from nodechain.home.config import set_config
from nodechain.home.genesis_file import BalanceSection, Template, read_template
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
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
FIRST_HOUSEHOLD: Final = 400
"""Index of the first household with meters."""
RESTART_S: Final = 60
"""How long the node may take until it answers again."""
POLL_S: Final = 0.02
EXTRA_FUNDS: Final = "1000"


@click.group(invoke_without_command=True)
@click.option("--port", type=click.IntRange(0, 65_535), default=8545, show_default=True, help="0 for a free one.")
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), help="Keep the chain in this folder.")
@click.option("--accounts", type=click.IntRange(0, 200), default=0, help="Further funded accounts: user1, user2, ...")
@click.option("--validators", type=click.IntRange(1, MAX_PROCESSES), default=1, help="Processes that agree.")
@click.option("--meters", type=click.IntRange(0, MAX_METERS), default=0, help="Simulated meters, on the measured day.")
@click.option("--quarter", type=click.FloatRange(0, 900), default=10.0, show_default=True,
              help="With --meters: seconds for a quarter of an hour.")  # fmt: skip
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option("--standing-clock", is_flag=True, help="Time moves only when POST /v1/clock moves it.")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="warning")
@click.pass_context
@command
def dev(
    invocation: Invocation,
    ctx: click.Context,
    *,
    port: int,
    state: Path | None,
    accounts: int,
    validators: int,
    meters: int,
    quarter: float,
    opens: bool,
    standing_clock: bool,
    log_level: str,
) -> None:
    """Run a chain with funded accounts; blocks come when there is something to decide."""
    if ctx.invoked_subcommand is not None:
        return
    set_up_logging(log_level, invocation.config.log_format)
    together = validators > 1 or meters > 0
    if together and state is not None:
        raise UsageError(
            "--state is not for a chain with --validators or --meters: it lives as long as its processes",
            advice="`nodechain testnet` makes a network that stays; `nodechain demo --keep` keeps a measured day.",
        )
    folder = state or Path(tempfile.mkdtemp(prefix="nodechain-dev-"))
    try:
        if together:
            _run_together(
                invocation, folder, _Together(port, accounts, validators, meters, quarter, opens, standing_clock)
            )
        else:
            finish_revert(folder)
            _make_home(folder, accounts)
            _run(invocation, folder, port, standing_clock=standing_clock, opens=opens)
    finally:
        if state is None:
            shutil.rmtree(folder, ignore_errors=True)


class _Together(msgspec.Struct, frozen=True):
    """What is asked of a chain of several processes."""

    port: int
    accounts: int
    validators: int
    meters: int
    quarter_s: float
    opens: bool
    standing_clock: bool


def _make_home(folder: Path, accounts: int) -> None:
    if Home(folder).is_initialised:
        if accounts:
            click.echo(f"{folder} has its accounts already; --accounts is for a new chain.", err=True)
        return
    Home(folder).create()
    template = _template(folder, [f"user{number}" for number in range(1, accounts + 1)])
    initialise(
        folder,
        template,
        password=DEV_PASSWORD,
        time_ms=time.time_ns() // 1_000_000,
        cost=COST_LIGHT,
        mnemonic=DEV_MNEMONIC,
    )


def _template(folder: Path, more: list[str], households: Sequence[str] = ()) -> Template:
    """The development chain with further funded accounts, whose keys are made."""
    store = Keystore(folder / "keys", cost=COST_LIGHT)
    template = read_template("dev")
    for first, names in ((FIRST_EXTRA, more), (FIRST_HOUSEHOLD, households)):
        for number, name in enumerate(names, first):
            if name not in store.names():
                store.import_mnemonic(name, KeyKind.ACCOUNT, DEV_PASSWORD, DEV_MNEMONIC, index=number)
    funded = tuple(BalanceSection.model_construct(address=name, amount=EXTRA_FUNDS) for name in more)
    return template.model_copy(
        update={"members": (*template.members, *more, *households), "balances": (*template.balances, *funded)}
    )


def _run_together(invocation: Invocation, folder: Path, asked: _Together) -> None:
    """Validators and meters as processes, until a signal; then none of them is left."""
    day_ms = 86_400_000
    now_ms = time.time_ns() // 1_000_000
    street = smaller(load_street(), asked.meters, now_ms - now_ms % day_ms if asked.meters else now_ms)
    community = Community(folder, street, asked.validators, home="dev", password=DEV_PASSWORD)
    _write_password(folder)
    with closing_on_signals(community.close):
        Home(community.home).create()
        users = [f"user{number}" for number in range(1, asked.accounts + 1)]
        template = _template(community.home, users, [house.name for house in street.houses])
        community.make_homes(template, DEV_MNEMONIC)
        community.make_meter_keys()
        # The meters' day moves the clocks of all together.
        standing = asked.standing_clock or asked.meters > 0
        node, api = community.start_node(api_port=asked.port, standing_clock=standing)
        day = MeteredDay(community, api) if asked.meters else None
        status, genesis = api.status(), read_genesis(Home(community.home).genesis)
        running = _Running(status["chain_id"], status["height"], genesis, (api.url, *community.urls))
        invocation.show(*_welcome(running, community.home, folder / PASSWORD_FILE))
        if asked.opens:
            webbrowser.open(api.url)
        if day is not None:
            day.play(asked.quarter_s)
            click.echo("The measured day is over; the chain goes on.", err=True)
        node.wait()


def _write_password(folder: Path) -> None:
    (folder / PASSWORD_FILE).write_text(DEV_PASSWORD + "\n")


def _run(invocation: Invocation, folder: Path, port: int, *, standing_clock: bool, opens: bool) -> None:
    _write_password(folder)
    secret = Keystore(folder / "keys").open("validator", DEV_PASSWORD)
    if not isinstance(secret, Ed25519SecretKey):
        raise WrongSecret("the validator's key is no Ed25519 key")

    control, options = DevControl(folder), NodeOptions(standing_clock=standing_clock)
    served: list[str] = []

    def serving(node: Node, url: str) -> None:
        if served:
            return
        served.append(url)
        set_config(folder, "node", url)
        running = _Running(node.chain_id, node.app.height, node.genesis, (url,))
        invocation.show(*_welcome(running, folder, folder / PASSWORD_FILE))
        if opens:
            webbrowser.open(url)

    while True:
        run_node(
            folder,
            ValidatorKey(secret),
            options,
            ApiOptions(port=port, port_option="--port"),
            serving,
            control.listening,
        )
        if control.asked is None:
            return
        with closing_on_signals(lambda: None):
            control.carry_out()
        port = urlsplit(served[0]).port or port


@dev.command()
@click.argument("name")
@command
def snapshot(invocation: Invocation, *, name: str) -> None:
    """Remember the chain as it is now under NAME, to come back to with `dev revert`; for writers of tests."""
    _taken(invocation, Asked(name), "remembered")


@dev.command()
@click.argument("name")
@command
def revert(invocation: Invocation, *, name: str) -> None:
    """Take the chain back to the snapshot NAME; what came after is gone."""
    _taken(invocation, Asked(name, revert=True), "again as it was")


@dev.command("clock")
@click.argument("to", metavar="TIME")
@command
def clock(invocation: Invocation, *, to: str) -> None:
    """Move a simulated chain's clock to TIME (ISO, with its zone), at most 366 days ahead, and make a block."""
    at_ms = int(invocation.node.move_clock(moment_ms(to), block=True)["clock_ms"])
    invocation.show({"clock_ms": at_ms}, f"It is {format_time(at_ms)} UTC on this chain now.")


def _taken(invocation: Invocation, asked: Asked, what: str) -> None:
    before, deadline = ask(invocation.home, asked), time.monotonic() + RESTART_S
    while not _starts_again(invocation.home, before):
        if time.monotonic() > deadline:
            raise TimedOut(
                f"the node did not start again within {RESTART_S} s", advice="See where `nodechain dev` runs."
            )
        time.sleep(POLL_S)
    height = invocation.node.status()["height"]
    invocation.show({"name": asked.name, "height": height}, f"{asked.name}: {what}, at height {height}.")


def _starts_again(home: Path, before: int) -> bool:
    try:
        return ask(home, Asked()) > before
    except EnvironmentFailed:
        return False


class _Running(msgspec.Struct, frozen=True):
    """What is told of a chain that runs; the first URL is the one to open."""

    chain_id: str
    height: int
    genesis: Genesis
    urls: tuple[str, ...]


def _welcome(running: _Running, home: Path, password_file: Path) -> tuple[dict[str, Any], str]:
    keys = [key for key in Keystore(home / "keys").entries() if key.kind == KeyKind.ACCOUNT]
    chain = Denominations.of(running.genesis)
    funded = {entry.address: entry.amount for entry in BANK_SECTION.of(running.genesis).balances}
    rows = [
        (
            key.name,
            format_address(key.address),
            f"{chain.text(CURRENCY_ASSET, funded.get(key.address, 0))} {chain.symbol(CURRENCY_ASSET)}",
        )
        for key in keys
    ]
    url, *others = running.urls
    data = {
        "url": url,
        "urls": list(running.urls),
        "chain_id": running.chain_id,
        "height": running.height,
        "home": str(home),
        "mnemonic": DEV_MNEMONIC,
        "password_file": str(password_file),
        "accounts": [{"name": row[0], "address": row[1], "funds": row[2]} for row in rows],
    }
    places = [("page", url), ("interface", f"{url}/v1/..., described by {url}/openapi.json")]
    if others:
        places.append(("also at", ", ".join(others)))
    text = f"""\
nodechain development chain {running.chain_id}. Everybody knows its keys: use them for nothing real.

{table(("ACCOUNT", "ADDRESS", "AT THE START"), rows)}

{fields([*places, ("home", home), ("phrase", DEV_MNEMONIC)])}

In another terminal:
  {home_exports(home, password_file)}
  nodechain balance alice
  nodechain transfer eeuro bob 5 --from alice
  nodechain unit produced alice "10 kWh" --from battery
"""
    return data, text
