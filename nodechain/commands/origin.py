"""Origins on the command line: whose sun a storage unit holds, and what one drew."""

from __future__ import annotations

import click

from ledger.encoding.amounts import format_energy
from ledger.origin.payloads import ReserveOrigin
from nodechain.client.answers.origin import AccountOrigin, DrawnOriginView, OriginLotView
from nodechain.commands.sending.send import How, account_asked, send
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table


@click.group()
def origin() -> None:
    """Origins: of which source the energy of storage units is, and what one drew."""


@origin.command()
@click.argument("unit", shell_complete=completing.units)
@command
def unit(invocation: Invocation, *, unit: str) -> None:
    """What UNIT holds, by source and day: a draw takes the oldest first, or what is renewable, as the chain says."""
    data = invocation.node.origins.unit(invocation.address_text(unit))
    told = [
        ("renewable", format_energy(data["renewable_wh"])),
        ("other sources", format_energy(data["other_wh"])),
        ("unknown origin", format_energy(data["unknown_wh"])),
        ("reserved", f"{format_energy(data['reserved_wh'])} of what is renewable"),
        ("taken first", "what is renewable" if data["taken"] == "renewable_first" else "the oldest"),
    ]
    rows = [
        (
            str(each["number"]), each["source"], _days(each), format_energy(each["energy_wh"]),
            {True: "yes", False: "no", None: "-"}[each["certified"]],
        )
        for each in data["lots"]
    ]  # fmt: skip
    lots = table(("LOT", "SOURCE", "DAY (UTC)", "ENERGY", "CERTIFIED ELSEWHERE"), rows)
    text = f"{fields(told)}\n\n{lots}" if rows else fields(told)
    invocation.show(data, text, data["lots"], columns=heads(OriginLotView))


def _days(lot: OriginLotView) -> str:
    first, last = lot["first_day"], lot["last_day"]
    return first if first == last else f"{first} to {last}"


@origin.command()
@click.argument("account", required=False, shell_complete=completing.accounts)
@command
def drawn(invocation: Invocation, *, account: str | None) -> None:
    """What ACCOUNT (oneself, where none is named) drew from storage units, by month and source."""
    data = invocation.node.origins.account(account_asked(invocation, account, "ACCOUNT"))
    rows = [(each["month"], each["source"], format_energy(each["energy_wh"])) for each in data["drawn"]]
    text = "Nothing was drawn since origins are noted."
    if rows:
        text = f"{table(('MONTH (UTC)', 'SOURCE', 'ENERGY'), rows)}\n\n{_share(data)}"
    invocation.show(data, text, data["drawn"], columns=heads(DrawnOriginView))


def _share(data: AccountOrigin) -> str:
    whole = sum(each["energy_wh"] for each in data["drawn"])
    renewable = sum(each["energy_wh"] for each in data["drawn"] if each["renewable"])
    return f"{format_energy(renewable)} of {format_energy(whole)} were renewable ({100 * renewable // whole} %)."


@origin.command()
@click.argument("unit", shell_complete=completing.units)
@sending
def reserve(invocation: Invocation, how: How, *, unit: str) -> None:
    """Let all that one's open session at UNIT draws come of what is renewable there; refused where it holds less."""
    done = f"Reserved what is renewable at {unit}: others draw it only when nothing else is left."
    send(invocation, how, ReserveOrigin(invocation.address(unit)), done=done)
