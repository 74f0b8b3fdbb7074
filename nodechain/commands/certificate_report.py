"""What was used up for somebody, summed up by place and period against an obligation."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click
import msgspec

from ledger.encoding.amounts import format_amount, format_energy, parse_energy
from ledger.encoding.times import format_day
from nodechain.billing.periods import read_period
from nodechain.client.answers.certificates import RetirementView
from nodechain.commands.sending.chain import words_of
from nodechain.commands.sending.send import account_asked
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields, table
from nodechain.errors import UsageError

GRAMS_PER_KG_DECIMALS = 3


class SiteSum(msgspec.Struct, frozen=True):
    """What was used up of one place: a producer at a unit (empty: a saving), its source, and the days it is of."""

    producer: str
    unit: str
    source: str
    first_ms: int
    end_ms: int
    energy_wh: int
    retirements: int


def within(found: RetirementView, first_ms: int, end_ms: int) -> bool:
    """Whether what a retirement covers lies in a period as a whole: then it counts there, and nowhere else."""
    return first_ms <= found["from_ms"] and found["until_ms"] <= end_ms


def sums_by_site(retirements: list[RetirementView]) -> list[SiteSum]:
    """One row for each producer, unit and source, by these."""
    places: dict[tuple[str, str, str], list[RetirementView]] = {}
    for each in retirements:
        of = each["certificate"]
        source = of["source"] if of["kind"] == "origin" else of["kind"]
        places.setdefault((of["account"], of["unit"], source), []).append(each)
    return [
        SiteSum(
            *place,
            min(each["certificate"]["first_ms"] for each in found),
            max(each["certificate"]["end_ms"] for each in found),
            sum(each["energy_wh"] for each in found),
            len(found),
        )
        for place, found in sorted(places.items())
    ]


def co2_grams(energy_wh: int, value: int, decimals: int) -> int:
    """Grams by a factor in grams per kWh with so many decimals, rounded down."""
    return energy_wh * value // (1_000 * int(10**decimals))


@click.command()
@click.argument("period")
@click.argument("account", required=False, shell_complete=accounts)
@click.option("--obligation", metavar="ENERGY", help="What has to be covered: how much is missing, or too much.")
@click.option("--purpose", help="Only what was used up for this purpose.")
@click.option("--feed", type=click.IntRange(min=1), help="A feed of CO2: grams by its value now.")
@command
def report(
    invocation: Invocation, *, period: str, account: str | None, obligation: str | None, purpose: str | None,
    feed: int | None,
) -> None:  # fmt: skip
    """What was used up for the consumption of ACCOUNT (default: one's own) in PERIOD, by place."""
    address = account_asked(invocation, account, "`nodechain certificate report PERIOD NAME`")
    span = read_period(period, "UTC")
    found = [
        each
        for page in invocation.node.certificates.retired_for(address)
        for each in page["retirements"]
        if within(each, span.from_ms, span.to_ms) and purpose in (None, each["purpose"])
    ]
    sites, kinds = sums_by_site(found), Counter[str]()
    for each in found:
        kinds[each["certificate"]["kind"]] += each["energy_wh"]
    data: dict[str, Any] = {
        "account": address,
        "first_day": span.first_day,
        "last_day": span.last_day,
        "purpose": purpose,
        "origin_wh": kinds["origin"],
        "saving_wh": kinds["saving"],
        "sites": [
            {
                "producer": each.producer, "unit": each.unit, "source": each.source, "first_ms": each.first_ms,
                "end_ms": each.end_ms, "energy_wh": each.energy_wh, "retirements": each.retirements,
            }
            for each in sites
        ],
        "retirements": found,
    }  # fmt: skip
    told = [
        ("for", words_of(invocation).who(address)),
        ("consumption of", f"{span.first_day} to {span.last_day}"),
        ("of origin", format_energy(kinds["origin"])),
        ("of savings", format_energy(kinds["saving"])),
        *_against(data, None if obligation is None else parse_energy(obligation)),
        *_co2(invocation, data, feed),
    ]
    text = f"{fields(told)}\n\n{_sites(invocation, sites)}" if sites else f"{fields(told)}\n\nNothing was used up."
    invocation.show(data, text, data["sites"], columns=["producer", "unit", "source", "first_ms", "end_ms", "energy_wh",
                                                        "retirements"])  # fmt: skip


def _against(data: dict[str, Any], obligation_wh: int | None) -> list[tuple[str, str]]:
    """What is missing to an obligation; savings do not count for it."""
    if obligation_wh is None:
        return []
    data["obligation_wh"] = obligation_wh
    data["missing_wh"] = max(obligation_wh - data["origin_wh"], 0)
    data["surplus_wh"] = max(data["origin_wh"] - obligation_wh, 0)
    return [
        ("obligation", format_energy(obligation_wh)),
        ("missing", format_energy(data["missing_wh"])),
        ("more than that", format_energy(data["surplus_wh"])),
    ]


def _co2(invocation: Invocation, data: dict[str, Any], feed: int | None) -> list[tuple[str, str]]:
    if feed is None:
        return []
    found = invocation.node.feeds.show(feed)["feed"]
    if found["counts"] != "co2" or found["value"] is None:
        raise UsageError(
            f"feed {feed} is no factor of CO2 that has a value now",
            code="no_factor",
            advice="See `nodechain feed list`.",
        )
    grams = co2_grams(data["origin_wh"], found["value"]["base"], found["decimals"])
    data["co2_g"], data["factor"] = grams, {"feed": feed, "value": found["value"]["text"], "unit": found["unit"]}
    factor = f"{found['value']['text']} {found['unit']} (feed {feed}, now)"
    return [("CO2", f"{format_amount(grams, GRAMS_PER_KG_DECIMALS)} kg, at {factor}")]


def _sites(invocation: Invocation, sites: list[SiteSum]) -> str:
    words = words_of(invocation)
    rows = [
        (
            words.who(each.producer), words.who(each.unit) if each.unit and each.unit != each.producer else "-",
            each.source, f"{format_day(each.first_ms)} to {format_day(each.end_ms - 1)}",
            format_energy(each.energy_wh), str(each.retirements),
        )
        for each in sites
    ]  # fmt: skip
    return table(("PRODUCER", "AT", "SOURCE", "OF", "ENERGY", "RETIREMENTS"), rows)
