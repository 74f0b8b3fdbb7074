"""`nodechain vote preview`: what a proposed scheme would have changed for one's own points over past days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.encoding.amounts import parse_amount
from ledger.encoding.codec import encode
from ledger.sharing.payloads import SetScheme
from market.denominations import Denominations
from nodechain.client.answers.sharing_preview import PreviewedChange, PreviewedPoint, PreviewedSums, SharingPreview
from nodechain.commands.sending.chain import denominations
from nodechain.commands.sending.send import sender_name
from nodechain.commands.sharing_months import kwh
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import table
from nodechain.errors import UsageError
from nodechain.home.community_table import usual_terms
from nodechain.home.scheme_file import read_scheme_file

MAX_ACTION_BYTES: Final = 3_500
"""Of terms that fit into one line of a request, in hex beside the rest of it."""

_AMOUNTS: Final = ("amount", "fee", "rest_amount", "balance")
_ENERGIES: Final = ("energy_mwh", "shared_mwh")


@dataclass
class PointSums:
    """One point's figures, added up over the parts of an answer: (side, figure) in mWh or base units."""

    point: int
    account: str
    direction: str
    figures: Counter[tuple[str, str]] = field(default_factory=Counter)
    gain: int = 0

    def add(self, change: PreviewedChange) -> None:
        """The next part."""
        for side, found in (("before", change["before"]), ("after", change["after"])):
            for name, number in _figures(found):
                self.figures[side, name] += number
        self.gain += change["gain"]["base"]


def _figures(found: PreviewedPoint) -> Iterable[tuple[str, int]]:
    given: Mapping[str, Any] = found
    for name in _ENERGIES:
        yield name, given[name]
    for name in _AMOUNTS:
        yield name, given[name]["base"]


@dataclass
class PreviewSums:
    """All parts of a preview added up."""

    first: SharingPreview
    last_day: str
    slots: int = 0
    missing_slots: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    points: dict[int, PointSums] = field(default_factory=dict)

    def add(self, part: SharingPreview) -> None:
        """The next part."""
        self.last_day = part["last_day"]
        self.slots += part["slots"]
        self.missing_slots += part["missing_slots"]
        for sums, found in ((self.before, part["before"]), (self.after, part["after"])):
            _add_scheme(sums, found)
        for change in part["points"]:
            known = self.points.setdefault(
                change["point"], PointSums(change["point"], change["account"], change["direction"])
            )
            known.add(change)


def _add_scheme(sums: Counter[str], found: PreviewedSums) -> None:
    sums["shared_mwh"] += found["shared_mwh"]
    sums["paid"] += found["paid"]["base"]
    sums["fees"] += found["fees"]["base"]


def added(parts: Iterable[SharingPreview]) -> PreviewSums:
    """The parts of an answer as one."""
    found: PreviewSums | None = None
    for part in parts:
        found = found or PreviewSums(part, part["last_day"])
        found.add(part)
    assert found is not None
    return found


@click.command()
@click.argument("number", type=click.IntRange(min=1), required=False, shell_complete=completing.votes)
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="Terms that nobody has proposed yet.")
@click.option("--scheme", type=click.IntRange(min=0), default=0, help="What FILE would change; 0: a new scheme.")
@click.option("--first-day", metavar="DAY", help="A local day like 2026-11-01; default: 28 days.")
@click.option("--last-day", metavar="DAY", help="The last one, included; default: yesterday.")
@click.option("--retail", help="What you pay the grid a kWh; default: the scheme's reference price.")
@click.option("--feed-in", help="What the grid pays you a kWh; the same.")
@click.option("--account", shell_complete=completing.accounts, help="Whose points (default: one's own).")
@click.option("--all", "everybody", is_flag=True, help="All points that one may see.")
@command
def preview(
    invocation: Invocation,
    *,
    number: int | None,
    file: Path | None,
    scheme: int,
    first_day: str | None,
    last_day: str | None,
    retail: str | None,
    feed_in: str | None,
    account: str | None,
    everybody: bool,
) -> None:
    """What open vote NUMBER (or --file) on a sharing scheme would have changed for you over the last weeks.

    The node computes the slots of these days again, under the terms in force and the proposed ones, from the values
    that it has (35 days). Nothing is sent and nothing moves.
    """
    if (number is None) == (file is None):
        raise UsageError("of what?", code="bad_preview", advice="Name an open vote, or --file with a scheme's terms.")
    if (retail is None) != (feed_in is None):
        raise UsageError("one price alone", code="bad_preview", advice="Give --retail and --feed-in together.")
    chain = denominations(invocation)
    decimals = chain.assets[CURRENCY_ASSET - 1].decimals
    prices = [None if text is None else parse_amount(text, decimals) for text in (retail, feed_in)]
    whose = "" if everybody else invocation.address_text(account or sender_name(invocation))
    parts = invocation.node.sharing.previews(
        vote=number,
        action=None if file is None else _action(invocation, file, scheme),
        first_day=first_day,
        last_day=last_day,
        retail=prices[0],
        feed_in=prices[1],
    )
    found = added(parts)
    shown = [entry for entry in found.points.values() if everybody or entry.account == whose]
    rows = [_row(entry, chain) for entry in shown]
    invocation.show(_data(found, rows, chain), _told(found, shown, chain, invocation.names()), rows)


def _action(invocation: Invocation, file: Path, scheme: int) -> str:
    decimals = denominations(invocation).assets[CURRENCY_ASSET - 1].decimals
    terms = read_scheme_file(file, CURRENCY_ASSET, decimals, invocation.address, usual_terms(invocation.home))
    data = encode(SetScheme(scheme, 1, terms))
    if len(data) > MAX_ACTION_BYTES:
        raise UsageError(
            f"{file} has too many points for one request",
            code="proposal_too_long",
            advice="Open the vote (`nodechain vote set-scheme`), and preview it by its number.",
        )
    return data.hex()


def _money(chain: Denominations, base: int, *, signed: bool = False) -> str:
    plus = "+" if signed and base > 0 else ""
    return f"{plus}{chain.text(CURRENCY_ASSET, base)} {chain.symbol(CURRENCY_ASSET)}"


def _row(entry: PointSums, chain: Denominations) -> dict[str, Any]:
    row: dict[str, Any] = {"point": entry.point, "account": entry.account, "direction": entry.direction}
    for side in ("before", "after"):
        row |= {f"{side}_{name}": entry.figures[side, name] for name in _ENERGIES}
        row |= {f"{side}_{name}": chain.text(CURRENCY_ASSET, entry.figures[side, name]) for name in _AMOUNTS}
    return row | {"gain": chain.text(CURRENCY_ASSET, entry.gain)}


def _data(found: PreviewSums, rows: list[dict[str, Any]], chain: Denominations) -> dict[str, Any]:
    def sums(side: Counter[str]) -> dict[str, Any]:
        money = {name: chain.text(CURRENCY_ASSET, side[name]) for name in ("paid", "fees")}
        return {"shared_mwh": side["shared_mwh"], **money}

    first = found.first
    return {
        "vote": first["vote"],
        "scheme": first["scheme"],
        "first_day": first["first_day"],
        "last_day": found.last_day,
        "slots": found.slots,
        "missing_slots": found.missing_slots,
        "retail": first["retail"]["tokens"],
        "feed_in": first["feed_in"]["tokens"],
        "prices_from": first["prices_from"],
        "before": sums(found.before),
        "after": sums(found.after),
        "points": rows,
    }


def _told(found: PreviewSums, shown: list[PointSums], chain: Denominations, names: Mapping[str, str]) -> str:
    first = found.first
    what = f"vote {first['vote']}" if first["vote"] else "these terms"
    scheme = f"for scheme {first['scheme']}" if first["scheme"] else "as a new scheme"
    left_out = f"; {found.missing_slots} are left out, because values are missing" if found.missing_slots else ""
    days = f"from {first['first_day']} to {found.last_day}"
    lines = [f"What {what} {scheme} would have changed {days} ({found.slots} slots{left_out}):"]
    if not shown:
        lines.append("None of your points takes part, before or after.")
    else:
        heading = ("POINT", "OF", "ENERGY", "SHARED BEFORE", "AFTER", "MONEY BEFORE", "AFTER", "CHANGE")
        lines.append(table(heading, [_cells(entry, chain, names) for entry in shown]))
        gain = sum(entry.gain for entry in shown)
        shared = {side: sum(entry.figures[side, "shared_mwh"] for entry in shown) for side in ("before", "after")}
        balance = {side: sum(entry.figures[side, "balance"] for entry in shown) for side in ("before", "after")}
        lines.append(
            f"Together: {kwh(shared['before'])} shared before, {kwh(shared['after'])} after;"
            f" {_money(chain, balance['before'])} before, {_money(chain, balance['after'])} after:"
            f" {_money(chain, gain, signed=True)}."
        )
    lines.append(
        f"The whole scheme: {kwh(found.before['shared_mwh'])} shared before, {kwh(found.after['shared_mwh'])} after;"
        f" {_money(chain, found.before['paid'])} paid for it before, {_money(chain, found.after['paid'])} after;"
        f" fees {_money(chain, found.before['fees'])} and {_money(chain, found.after['fees'])}."
    )
    return "\n".join([*lines, _prices(first, chain)])


def _cells(entry: PointSums, chain: Denominations, names: Mapping[str, str]) -> tuple[str, ...]:
    figures = entry.figures
    return (
        str(entry.point),
        names.get(entry.account, entry.account),
        kwh(figures["after", "energy_mwh"]),
        kwh(figures["before", "shared_mwh"]),
        kwh(figures["after", "shared_mwh"]),
        _money(chain, figures["before", "balance"]),
        _money(chain, figures["after", "balance"]),
        _money(chain, entry.gain, signed=True),
    )


def _prices(first: SharingPreview, chain: Denominations) -> str:
    if first["prices_from"] == "none":
        return "What is not shared counts as nothing: say --retail and --feed-in, and it is priced on both sides."
    source = {
        "asked": "as you said",
        "in_force": "the scheme's reference prices",
        "proposed": "the proposal's reference prices",
    }.get(first["prices_from"], "")
    symbol = chain.symbol(CURRENCY_ASSET)
    return (
        f"What is not shared costs {first['retail']['tokens']} {symbol}/kWh and brings"
        f" {first['feed_in']['tokens']} {symbol}/kWh on both sides ({source})."
    )
