"""The grid account: tariffs, what was drawn and fed in by line, what is owed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.encoding.amounts import parse_amount
from ledger.encoding.codec import Value
from ledger.encoding.times import format_time
from ledger.grid.payloads import AssignTariff, SetGridTerms, SetPointTariff, SetTariff
from nodechain.client.answers.grid import GridDebtView, GridLineView, GridSumRow, TariffView
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.sending.chain import denominations, words_of
from nodechain.commands.sending.send import How, account_asked, events_of, send
from nodechain.commands.sending.voting import voting
from nodechain.commands.sharing_months import kwh
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table
from nodechain.commands.terminal.slot_options import FROM_SLOT, Begins, slot_number
from nodechain.commands.terminal.tariff_text import tariff_lines
from nodechain.commands.terminal.versions_text import versions_text
from nodechain.home.tariff_file import read_tariff_file

_FILE: Final = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_POINTS: Final = click.argument("points", type=click.IntRange(min=1), nargs=-1, required=True)
TABLES: Final = ("workday", "saturday", "sunday")
_TARIFF: Final = click.argument("tariff", type=click.IntRange(min=0))


@click.group()
def grid() -> None:
    """The grid account: tariffs, what was drawn and fed in by line, what is owed."""


@grid.command()
@command
def show(invocation: Invocation) -> None:
    """How the grid account works here: mode, operator, mark, the band of feed-in and retail now."""
    data = invocation.node.grid.show()
    symbol = denominations(invocation).symbol(CURRENCY_ASSET)
    band = data["band"]
    lines = [
        ("mode", data["mode"]),
        ("operator", words_of(invocation).who(data["operator"])),
        ("mark", f"{data['mark']['tokens']} {symbol}" if data["mark"]["base"] else "none: debt binds nobody"),
        ("default tariff", str(data["default_tariff"] or "none")),
        ("members owe", f"{data['members_owe']['tokens']} {symbol}"),
        ("operator owes", f"{data['operator_owes']['tokens']} {symbol}"),
    ]
    if band is not None:
        bound = "bound by vote" if band["bound"] else "not bound"
        lines.append(("band now", f"{band['feed_in']['tokens']} to {band['retail']['tokens']} {symbol}/kWh, {bound}"))
    invocation.show(data, fields(lines))


@grid.command()
@command
def tariffs(invocation: Invocation) -> None:
    """Tariffs, and the terms that hold."""
    data = invocation.node.grid.tariffs()
    rows = [
        (
            str(each["tariff"]) + (" (default)" if each["tariff"] == data["default_tariff"] else ""),
            each["terms"]["name"], _range(each["terms"]["retail"]), _range(each["terms"]["feed_in"]),
            str(len(each["terms"]["zone_fees"])), ", ".join(levy["name"] for levy in each["terms"]["levies"]) or "-",
            format_time(each["from_ms"]),
        )
        for each in data["tariffs"]
    ]  # fmt: skip
    text = table(("NUMBER", "NAME", "RETAIL", "FEED-IN", "GRID FEES", "LEVIES", "SINCE"), rows)
    invocation.show(data, text if rows else "No tariff.", data["tariffs"], columns=heads(TariffView))


def _range(rates: dict[str, Any]) -> str:
    """The lowest and the highest rate of a table, and of what a feed may make of it."""
    found = {step["rate"]["base"]: step["rate"]["tokens"] for name in TABLES for step in rates[name]}
    for by_feed in rates["by_feed"]:
        found |= {by_feed[end]["base"]: by_feed[end]["tokens"] for end in ("least", "most")}
    lowest, highest = found[min(found)], found[max(found)]
    return lowest if lowest == highest else f"{lowest} to {highest}"


@grid.command()
@click.option("--back", type=click.IntRange(0, 12), default=0, show_default=True, help="Months before the present one.")
@command
def sums(invocation: Invocation, *, back: int) -> None:
    """What the grid cost the community in a month by zone and tariff, without names."""
    data = invocation.node.grid.sums(back)
    rows = [
        (
            "the rest" if row["rest"] else row["zone"] or "-", "-" if row["rest"] else str(row["tariff"] or "none"),
            str(row["accounts"]), line["kind"].replace("_", " "), line["name"] or "-", kwh(line["energy_mwh"]),
            line["amount"]["tokens"],
        )
        for row in data["rows"]
        for line in row["lines"]
    ]  # fmt: skip
    text = table(("ZONE", "TARIFF", "ACCOUNTS", "LINE", "NAME", "KWH", "AMOUNT"), rows)
    few = f"Fewer than {data['least']} accounts have figures in {data['month']}: there are no sums without names."
    invocation.show(data, text if rows else few, data["rows"], columns=heads(GridSumRow))


@grid.command()
@click.argument("number", type=click.IntRange(min=1))
@command
def tariff(invocation: Invocation, *, number: int) -> None:
    """The terms of tariff NUMBER, the newest first."""
    data = invocation.node.grid.tariff(number)
    text = versions_text(data["versions"], tariff_lines)
    invocation.show(data, text, data["versions"], columns=heads(TariffView))


@grid.command()
@click.argument("account", required=False, shell_complete=completing.accounts)
@command
def account(invocation: Invocation, *, account: str | None) -> None:
    """What ACCOUNT (default: one's own) drew and fed in by month and line, its points' tariffs, what is open."""
    data = invocation.node.grid.account(account_asked(invocation, account, "`nodechain grid account NAME`"))
    symbol = denominations(invocation).symbol(CURRENCY_ASSET)
    rows = [
        (month["month"], line["kind"].replace("_", " "), line["name"] or "-", kwh(line["energy_mwh"]),
         line["amount"]["tokens"])
        for month in data["months"]
        for line in month["lines"]
    ]  # fmt: skip
    heading = ("MONTH", "LINE", "NAME", "ENERGY", f"AMOUNT {symbol}")
    lines = [table(heading, rows) if rows else "Nothing was drawn or fed in in the last 13 months."]
    if not data["moved"]:
        lines.append("Figures only: a supplier bills them by itself, nothing moves.")
    for point in data["points"]:
        has = f"tariff {point['tariff']}" if point["tariff"] else "no tariff: nothing is charged for it"
        later = f", tariff {point['next_tariff']} from slot {point['next_slot']} on" if point["next_slot"] else ""
        lines.append(f"Point {point['point']} ({point['direction']}, zone {point['zone'] or 'none'}) has {has}{later}.")
    if data["owes"]["base"]:
        blocked = "; no session, order or withdrawal until that is paid" if data["blocked"] else ""
        lines.append(f"Owes {data['owes']['tokens']} {symbol}{blocked}.")
    if data["is_owed"]["base"]:
        lines.append(f"Is owed {data['is_owed']['tokens']} {symbol}.")
    invocation.show(
        data,
        "\n".join(lines),
        [{"month": month["month"], **line} for month in data["months"] for line in month["lines"]],
        columns=("month", *heads(GridLineView)),
    )


@grid.command()
@command
def owed(invocation: Invocation) -> None:
    """Who owes for the grid, and how much."""
    debts = [each for page in invocation.node.grid.debts() for each in page["debts"]]
    symbol, words = denominations(invocation).symbol(CURRENCY_ASSET), words_of(invocation)
    rows = [
        (words.who(each["account"]), each["amount"]["tokens"], "yes" if each["blocked"] else "no") for each in debts
    ]
    text = table(("ACCOUNT", f"OWES {symbol}", "BLOCKED"), rows)
    invocation.show({"debts": debts}, text if rows else "Nobody owes.", debts, columns=heads(GridDebtView))


@grid.command()
@_TARIFF
@_POINTS
@FROM_SLOT
@sending
def assign(invocation: Invocation, how: How, *, tariff: int, points: tuple[int, ...], from_slot: int | Begins) -> None:
    """Give POINTS the TARIFF (0: the default), as the grid operator; others: `vote set-point-tariff`."""
    slot = slot_number(invocation, from_slot)
    send(invocation, how, AssignTariff(tariff, slot, tuple(sorted(set(points)))), done=_assigned)


def _assigned(answer: TransactionAnswer) -> str:
    found = [event for event in events_of(answer) if event["kind"] == "point_tariff_set"]
    has = f"tariff {found[0]['tariff']}" if found[0]["tariff"] else "the default tariff"
    return f"{len(found)} points have {has} from slot {found[0]['from_slot']} on."


@click.command("set-tariff")
@_FILE
@FROM_SLOT
@click.option("--tariff", type=click.IntRange(min=0), default=0, help="Its number; 0: bring a new one.")
@voting
def set_tariff(invocation: Invocation, *, file: Path, from_slot: int | Begins, tariff: int) -> Value:
    """Bring or change a tariff of the grid by FILE."""
    decimals = denominations(invocation).assets[CURRENCY_ASSET - 1].decimals
    return SetTariff(tariff, slot_number(invocation, from_slot), read_tariff_file(file, CURRENCY_ASSET, decimals))


@click.command("set-point-tariff")
@_TARIFF
@_POINTS
@FROM_SLOT
@voting
def set_point_tariff(invocation: Invocation, *, tariff: int, points: tuple[int, ...], from_slot: int | Begins) -> Value:
    """Give POINTS the TARIFF (0: the default)."""
    return SetPointTariff(tariff, slot_number(invocation, from_slot), tuple(sorted(set(points))))


@click.command("set-grid")
@click.argument("operator", shell_complete=completing.accounts)
@click.option("--mark", default="0", help="From which debt on nothing is bound, in the currency; 0: never.")
@click.option("--band/--no-band", default=False, help="Bind prices of the market to feed-in and retail.")
@voting
def set_grid(invocation: Invocation, *, operator: str, mark: str, band: bool) -> Value:
    """Name the OPERATOR of the grid account, the mark, and whether prices are bound."""
    decimals = denominations(invocation).assets[CURRENCY_ASSET - 1].decimals
    return SetGridTerms(invocation.address(operator), CURRENCY_ASSET, parse_amount(mark, decimals), band)
