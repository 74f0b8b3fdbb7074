"""`nodechain demo`: a community's measured day, or the thesis' worked example, on a real node."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from nodechain.client.node_client import RestClient
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields, home_exports, table
from nodechain.demo.children import closing_on_signals
from nodechain.demo.community import Community, read_profile, set_up_accounts
from nodechain.demo.figures import (
    HEADINGS,
    HouseholdDay,
    KeyFigures,
    check_every_wh,
    check_registers,
    exact,
    household_day,
    key_figures,
    kwh,
    short,
    table_rows,
)
from nodechain.demo.live import LiveView
from nodechain.demo.play import DemoPlayer, ImbalanceOutcome
from nodechain.demo.solo import thesis_wallet
from nodechain.demo.street import DemoStreet, load_street
from nodechain.demo.thesis import Compared, play_thesis
from nodechain.demo.wallet import Wallet
from nodechain.errors import NodeError, UsageError

DEFAULT_FOLDER: Final = "~/.nodechain-demo"
DAY_INTERVALS: Final = 96


@click.group(invoke_without_command=True)
@click.option("--directory", type=click.Path(file_okay=False, path_type=Path), help=f"Default {DEFAULT_FOLDER}.")
@click.option(
    "--intervals",
    type=click.IntRange(1, DAY_INTERVALS),
    default=DAY_INTERVALS,
    show_default=True,
    help="Of 15 minutes.",
)
@click.option("--validators", type=click.IntRange(1, 16), default=1, show_default=True, help="Processes that agree.")
@click.option("--keep", is_flag=True, help="Leave the node running afterwards, to play with.")
@click.pass_context
@command
def demo(
    invocation: Invocation,
    context: click.Context,
    *,
    directory: Path | None,
    intervals: int,
    validators: int,
    keep: bool,
) -> None:
    """Play the measured day 2016-06-13 of a street with 32 real meters, and check every watt-hour."""
    if context.invoked_subcommand is not None:
        if keep or intervals != DAY_INTERVALS or validators != 1:
            raise UsageError(f"--keep, --intervals and --validators are not for `demo {context.invoked_subcommand}`")
        return
    folder = (directory or Path(DEFAULT_FOLDER)).expanduser()
    started = time.monotonic()
    view = LiveView()
    community = Community(folder, load_street(), validators)
    with closing_on_signals(community.close):
        days, story, height = _play(community, intervals, view)
        sound = _audit(community, view)
        _report(invocation, community, (days, story), (height, sound, time.monotonic() - started))
        if keep:
            _keep(community, view)


def _play(community: Community, intervals: int, view: LiveView) -> tuple[list[HouseholdDay], ImbalanceOutcome, int]:
    """The day: from an empty folder to checked figures; the node has stopped when it returns."""
    view.say(f"Making a chain for {len(community.street.houses)} households in {community.folder} ...")
    community.prepare()
    profile = read_profile(community)
    node, api = community.start_node()
    wallet = community.wallet(api)
    simulator, ports = community.start_simulator()
    view.say(f"{len(ports)} meters on Modbus sockets, node at {api.url}")
    set_up_accounts(community, wallet, profile)
    reader = community.start_reader(ports, api.url)
    player = DemoPlayer(community, wallet, simulator, reader)
    player.play(intervals, view.show)
    days = _days(community.street, intervals, wallet)
    total = check_every_wh(days)
    check_registers(
        {place.name: _register(api, wallet, place.name) for place in community.places},
        {place.name: sum(place.series[:intervals]) for place in community.places},
    )
    height = api.status()["height"]
    community.require_agreement(api, height)
    view.say(f"All {total} Wh of the data are on the ledger, each exactly once.")
    for child in (reader, simulator, node):
        community.stop_child(child)
    return days, player.story, height


def _days(street: DemoStreet, intervals: int, wallet: Wallet) -> list[HouseholdDay]:
    days = []
    for house in street.houses:
        account = wallet.account(house.name)
        days.append(household_day(house, intervals, account, wallet.api.statement(account["address"])))
    return days


def _register(api: RestClient, wallet: Wallet, meter: str) -> int:
    return int(api.meter(wallet.secret(meter).public_key)["register_wh"])


def _audit(community: Community, view: LiveView) -> dict[str, Any]:
    """`nodechain audit` as a process of its own, on what the stopped node left."""
    view.say("Auditing: every block executed again from the genesis ...")
    child = community.start("audit")
    found: dict[str, Any] = child.finish()
    community.stop_child(child)
    return found


def _keep(community: Community, view: LiveView) -> None:
    """Run the node again until Ctrl-C."""
    child, api = community.start_node()
    view.say(
        f"\nThe node runs at {api.url}. Open it in a browser: it shows a household by its address, which\n"
        "`nodechain keys show house01` prints. In another terminal:\n"
        f"  {home_exports(community.home, community.password_file)}\n"
        "  nodechain balance house01\n  nodechain market book\n  nodechain statement house01\n"
        "Ctrl-C ends it."
    )
    child.wait()
    view.say("The node has ended.")


def _report(
    invocation: Invocation,
    community: Community,
    day: tuple[list[HouseholdDay], ImbalanceOutcome],
    chain: tuple[int, dict[str, Any], float],
) -> None:
    days, story = day
    height, sound, seconds = chain
    figures = key_figures(days)
    stored = [
        ("chain", community.home),
        ("keys", f"{community.home}/keys, password in {community.password_file}"),
        ("meters' outbox", community.folder / "outbox.db"),
        ("logs", f"{community.folder}/*.log"),
    ]
    households = [asdict(entry) for entry in days]
    data = {
        "households": households,
        "figures": {**asdict(figures), "self_sufficiency_permille": figures.self_sufficiency,
                    "self_consumption_permille": figures.self_consumption, "mean_price": figures.mean_price},
        "imbalance": asdict(story),
        "audit": sound,
        "folder": str(community.folder),
        "height": height,
        "seconds": round(seconds, 1),
    }  # fmt: skip
    text = "\n\n".join(
        [
            table(HEADINGS, table_rows(days)),
            fields(_figure_lines(figures, story)),
            f"Audit: sound, height {sound['height']}, {sound['transactions']} transactions; {seconds:.0f} s in all.",
            fields(stored),
        ]
    )
    invocation.show(data, text, households)


def _figure_lines(figures: KeyFigures, story: ImbalanceOutcome) -> list[tuple[str, object]]:
    return [
        ("demand", f"{kwh(figures.demand_wh)} kWh"),
        ("production", f"{kwh(figures.production_wh)} kWh"),
        ("self-sufficiency", f"{figures.self_sufficiency / 10} %"),
        ("self-consumption", f"{figures.self_consumption / 10} %"),
        ("traded", f"{short(figures.traded)} ENT at {short(figures.mean_price)} eEuro on average"),
        ("bill of all", f"{short(figures.bill)} eEuro; with the grid alone {short(figures.retail_bill)}"),
        ("saved", f"{short(figures.retail_bill - figures.bill)} eEuro"),
        ("battery's loss", _loss_text(story)),
    ]


def _loss_text(story: ImbalanceOutcome) -> str:
    if not story.lost_wh:
        return "none, it was empty"
    paid_off = "not paid off yet" if story.paid_off_at < 0 else f"paid off in interval {story.paid_off_at}"
    gap, rate = exact(story.difference), exact(story.rate)
    return f"{story.lost_wh} Wh: gap {gap} ENT, rate {rate} ENT/kWh, {paid_off}"


@demo.command()
@click.option("--directory", type=click.Path(file_okay=False, path_type=Path), help=f"Default {DEFAULT_FOLDER}-thesis.")
@click.pass_context
@command
def thesis(invocation: Invocation, context: click.Context, *, directory: Path | None) -> None:
    """Sections 6.3 to 6.5 of the thesis, step by step: each value beside the expected one."""
    before = context.parent.params["directory"] if context.parent is not None else None
    folder = (directory or before or Path(DEFAULT_FOLDER + "-thesis")).expanduser()
    community = Community(folder, load_street())
    view = LiveView()
    last: list[str] = []

    def show(compared: Compared) -> None:
        title = f"\n{compared.section}  {compared.step}"
        if last != [title]:
            last[:] = [title]
            view.say(title)
        mark = "OK" if compared.right else "WRONG"
        view.say(f"  {mark:<5} {compared.what:<38} {compared.found:>10}   expected {compared.expected}")

    with closing_on_signals(community.close):
        found = play_thesis(thesis_wallet(community), show)
    wrong = [compared for compared in found if not compared.right]
    if wrong:
        raise NodeError(f"{len(wrong)} of {len(found)} values differ from the thesis", code="thesis_differs")
    data = {"values": [{**asdict(compared), "right": compared.right} for compared in found]}
    invocation.show(data, f"All {len(found)} values are right.", data["values"])
