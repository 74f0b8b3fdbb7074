"""Every production register: what it makes energy of, its rated power, whose it is."""

from __future__ import annotations

from pathlib import Path

import click

from ledger.certificates.payloads import DescribeGenerator, HoldBackEnergy
from ledger.certificates.terms import EnergySource
from ledger.encoding.amounts import parse_energy
from ledger.encoding.codec import Value
from ledger.encoding.times import format_day
from nodechain.billing.periods import read_period
from nodechain.client.answers.certificates import GeneratorView
from nodechain.commands.sending.chain import words_of
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal.completing import accounts, units
from nodechain.commands.terminal.documents import DOCUMENT, document_hash
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import heads, table


@click.command()
@command
def generators(invocation: Invocation) -> None:
    """Every production register: source, rated power, owner, and whether its energy can be certified."""
    found = [each for page in invocation.node.certificates.generators() for each in page["generators"]]
    words = words_of(invocation)
    rows = [
        (
            words.who(each["account"]), "own point" if each["unit"] == each["account"] else words.who(each["unit"]),
            each["source"], f"{each['rated_w']} W" if each["described"] else "-",
            format_day(each["commissioned_ms"]) if each["described"] else "-", "yes" if each["certifiable"] else "no",
        )
        for each in found
    ]  # fmt: skip
    text = table(("OWNER", "AT", "SOURCE", "RATED POWER", "SINCE", "CERTIFIABLE"), rows)
    invocation.show(
        {"generators": found}, text if rows else "No production meter is bound.", found, columns=heads(GeneratorView)
    )


@click.command("describe-generator")
@click.argument("account", shell_complete=accounts)
@click.option("--at", "unit", metavar="UNIT", shell_complete=units, help="Where it produces (default: its own point).")
@click.option("--source", required=True, type=click.Choice([source.name.lower() for source in EnergySource]))
@click.option("--power", required=True, type=click.IntRange(min=1), help="Rated power in W.")
@click.option("--since", required=True, metavar="DAY", help="When it was commissioned, like 2024-05-01.")
@voting
def describe_generator(
    invocation: Invocation, *, account: str, unit: str | None, source: str, power: int, since: str
) -> Value:
    """Say what the production register of ACCOUNT is of; its energy may be certified from then on."""
    owner = invocation.address(account)
    place = owner if unit is None else invocation.address(unit)
    return DescribeGenerator(place, owner, EnergySource[source.upper()], power, read_period(since, "UTC").from_ms)


@click.command("hold-back-energy")
@click.argument("account", shell_complete=accounts)
@click.argument("energy")
@click.option("--at", "unit", metavar="UNIT", shell_complete=units, help="Where it produces (default: its own point).")
@click.option("--report", required=True, type=DOCUMENT, help="What shows it; its SHA-256 goes on the chain.")
@voting
def hold_back_energy(invocation: Invocation, *, account: str, energy: str, unit: str | None, report: Path) -> Value:
    """Hold ENERGY back of the next certificates of ACCOUNT's generator: so much was counted in error."""
    owner = invocation.address(account)
    place = owner if unit is None else invocation.address(unit)
    return HoldBackEnergy(place, owner, parse_energy(energy), document_hash(report))
