"""`nodechain demo sharing`: the street as an Austrian energy community, a measured week in summer and one in winter."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import click

from ledger.encoding.amounts import format_amount
from ledger.encoding.times import format_time
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields, home_exports, table
from nodechain.demo.children import closing_on_signals
from nodechain.demo.community import Community
from nodechain.demo.live import LiveView
from nodechain.demo.sharing.bills import Bills, IssuedBills
from nodechain.demo.sharing.figures import HEADINGS, HouseholdWeek, household_weeks, kwh, table_rows
from nodechain.demo.sharing.play import FoundDifference, SharingWeek, WeekSums
from nodechain.demo.sharing.week import SLOT_MS, WEEK_DAYS, Season, load_week

DEFAULT_FOLDER: Final = "~/.nodechain-demo-sharing"
BOTH: Final = "both"
PLAYED: Final = (
    "Loads and production are measured (SimBench 2016); the clock is moved, the meters' keys sign sums of the data,\n"
    "the network operator and all names are played. Node, transactions, runs, bills and proofs are real."
)
PRICED: Final = "kWh, and EUR: grid 0.30, feed-in 0.08, shared 0.19 and a fee of 0.01."


@dataclass(frozen=True, slots=True)
class PlayedWeek:
    """A week that was played, billed and checked."""

    played: SharingWeek
    sums: WeekSums
    households: list[HouseholdWeek]
    bills: IssuedBills
    height: int


@click.command()
@click.option("--directory", type=click.Path(file_okay=False, path_type=Path), help=f"Default {DEFAULT_FOLDER}.")
@click.option(
    "--season", type=click.Choice([*(season.value for season in Season), BOTH]), default=BOTH, show_default=True,
    help="Which week.",
)  # fmt: skip
@click.option(
    "--days", type=click.IntRange(1, WEEK_DAYS), default=WEEK_DAYS, show_default=True, help="Of each week, from Monday."
)
@click.option("--keep", is_flag=True, help="Leave the last week's node running afterwards, to look at.")
@click.pass_context
@command
def sharing(
    invocation: Invocation, context: click.Context, *, directory: Path | None, season: str, days: int, keep: bool
) -> None:
    """A street shares its sun by quarter hours: two keys compared, the operator checked, the bills proven."""
    before = context.parent.params["directory"] if context.parent is not None else None
    folder = (directory or before or Path(DEFAULT_FOLDER)).expanduser()
    started = time.monotonic()
    view = LiveView()
    seasons = [Season(season)] if season != BOTH else list(Season)
    communities: list[Community] = []

    def close() -> None:
        for community in reversed(communities):
            community.close()

    with closing_on_signals(close):
        weeks = []
        for each in seasons:
            measured = load_week(each, days)
            communities.append(Community(folder / each.value, measured.street))
            weeks.append(_play(SharingWeek(communities[-1], measured, view.say), view))
        seconds = time.monotonic() - started
        data = {"weeks": [_data(week) for week in weeks], "folder": str(folder), "seconds": round(seconds, 1)}
        text = "\n\n".join([PLAYED, *(_text(week) for week in weeks), f"{seconds:.0f} s in all, in {folder}."])
        invocation.show(data, text, [asdict(household) for week in weeks for household in week.households])
        if keep:
            _keep(communities[-1], view)


def _play(played: SharingWeek, view: LiveView) -> PlayedWeek:
    """The week, its bills, and their check when the node has stopped."""
    sums = played.play()
    season, bills = played.week.season.value, Bills(played.community, played.members)
    view.say(f"{season}: bills of {bills.period}: final, and written with their proofs ...")
    files, no_pdf = bills.issue()
    height = played.members.wallet.api.status()["height"]
    played.community.stop_children()
    view.say(f"{season}: the node has stopped; {len(files)} files are checked with the genesis alone ...")
    issued = bills.check(files, no_pdf)
    return PlayedWeek(played, sums, household_weeks(played.points, sums), issued, height)


def _data(week: PlayedWeek) -> dict[str, Any]:
    return {
        "season": week.played.week.season.value,
        "first_day": week.played.week.first_day,
        "days": week.played.week.days,
        "households": [asdict(household) for household in week.households],
        "differences": [_difference(week, each) for each in week.sums.found],
        "corrected": {household.name: household.corrected for household in week.households if household.corrected},
        "bills": {**asdict(week.bills), "folder": str(week.bills.folder)},
        "height": week.height,
    }


def _difference(week: PlayedWeek, found: FoundDifference) -> dict[str, Any]:
    point = next(point for point in week.played.points if point.number == found.point)
    return {
        **asdict(found), "household": point.place.house.name, "direction": point.direction.name.lower(),
        "start_ms": found.slot * SLOT_MS, "corrected": found not in week.sums.left,
    }  # fmt: skip


def _text(week: PlayedWeek) -> str:
    played, bills = week.played, week.bills
    found = [_difference(week, each) for each in week.sums.found]
    differences = [
        (
            str(each["point"]), each["household"], each["direction"], format_time(each["start_ms"]),
            kwh(each["own_mwh"]), kwh(each["operator_mwh"]), "corrected" if each["corrected"] else "stands",
        )
        for each in found
    ]  # fmt: skip
    changed = [household for household in week.households if household.corrected]
    fee = sum(household.dynamic.fee for household in week.households)
    readable = f"no PDF: {bills.no_pdf}" if bills.no_pdf else "PDF with bill and proof in it, and JSON beside its proof"
    return "\n\n".join(
        [
            f"{played.week.season.value.upper()}: {played.week.days} days from {played.week.first_day}; {PRICED}",
            table(HEADINGS, table_rows(week.households)),
            f"The operator's file differs from the meters in {len(found)} slots, those that were planted:",
            table(("POINT", "HOUSEHOLD", "DIRECTION", "SLOT FROM (UTC)", "METER", "OPERATOR", "THEN"), differences),
            fields(
                [
                    ("correction", f"posted to {len(changed)} households, as differences to what was posted before"),
                    ("fees", f"{format_amount(fee)} EUR to the founder"),
                    ("bills", f"{len(bills.bills)} of {bills.period} in {bills.folder}: {readable}"),
                    ("checked", f"{bills.files} files with the genesis and no node, {bills.receipts} receipts proven"),
                    ("changed digit", bills.changed),
                    ("chain", f"{played.community.home}, {week.height} blocks"),
                ]
            ),
        ]
    )


def _keep(community: Community, view: LiveView) -> None:
    """Run the node again until Ctrl-C."""
    child, api = community.start_node()
    view.say(
        f"\nThe page: {api.url}\nIt shows a household by its address, which `nodechain keys show house01` prints. In "
        f"another terminal:\n  {home_exports(community.home, community.password_file)}\n"
        "  nodechain sharing schemes\n  nodechain sharing share --account house01\n  nodechain bill list\n"
        "Ctrl-C ends it."
    )
    child.wait()
    view.say("The node has ended.")
