"""Schemes by the month on the command line: settled months, why they came to what they did, claims, checked anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.encoding.codec import Codec
from ledger.errors import ProofError
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.sharing.credit_outcome import consumes, month_outcome
from ledger.sharing.credit_schema import CREDIT_MONTHS, CreditMonth, MonthInput
from ledger.sharing.members import chunk_key
from ledger.sharing.roots import POINT_PROOF, by_chunk, root_of, verify_point
from ledger.sharing.schema import MEMBERS, SCHEMES, SchemeMember, SchemeVersion
from ledger.state.table import big_endian, newest_first
from nodechain.client.answers.sharing_months import ClaimView, MonthRunView, MonthShareRow, SettledMonthView
from nodechain.commands.light import proven_entries, proven_entry
from nodechain.commands.sending.chain import denominations
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import heads, table
from nodechain.errors import BadAnswer, NotFound

_SCHEME: Final = click.option("--scheme", type=click.IntRange(min=1), default=1, show_default=True, help="Its number.")
MONTH_INPUT: Final[Codec[MonthInput]] = Codec(MonthInput, MAX_TRANSACTION_BYTES)


def kwh(energy_mwh: int) -> str:
    """MWh in kWh, all six places as far as they are not 0."""
    sign = "-" if energy_mwh < 0 else ""
    whole, rest = divmod(abs(energy_mwh), 10**6)
    return f"{sign}{whole}{f'.{rest:06}'.rstrip('0') if rest else ''} kWh"


@click.command()
@_SCHEME
@command
def months(invocation: Invocation, *, scheme: int) -> None:
    """Settled months of a scheme by the month: what was delivered, taken, claimed, and what expired."""
    pages = list(invocation.node.sharing.months(scheme))
    found = [month for page in pages for month in page["months"]]
    symbol = denominations(invocation).symbol(CURRENCY_ASSET)
    rows = [
        (
            each["month"], str(each["run"]), "final" if each["final"] else "open", kwh(each["delivered_mwh"]),
            kwh(each["carried_mwh"]), kwh(each["shared_mwh"]), kwh(each["claims_mwh"]), kwh(each["expired_mwh"]),
            each["paid"]["tokens"],
        )
        for each in found
    ]  # fmt: skip
    heading = ("MONTH", "RUN", "STATE", "DELIVERED", "CARRIED IN", "SHARED", "CLAIMS LEFT", "EXPIRED", f"PAID {symbol}")
    lines = [table(heading, rows) if rows else "No month is settled."]
    lines.append(f"{pages[0]['next_month']} is settled next.")
    data = {**pages[0], "months": found, "next": None}
    invocation.show(data, "\n".join(lines), found, columns=heads(MonthRunView))


@click.command()
@_SCHEME
@command
def claims(invocation: Invocation, *, scheme: int) -> None:
    """Claims of one's points in a scheme by the month (who reads everything: of all), and when they expire."""
    pages = list(invocation.node.sharing.claims(scheme))
    points = [point for page in pages for point in page["points"]]
    rows = [
        (str(point["point"]), kwh(claim["energy_mwh"]), claim["until"]) for point in points for claim in point["claims"]
    ]
    text = table(("POINT", "CLAIM", "USABLE UNTIL"), rows) if rows else "No claims."
    owed = [
        f"Point {each['point']} owes {kwh(each['owed_mwh'])} of its next parts." for each in points if each["owed_mwh"]
    ]
    data = {**pages[0], "points": points, "next": None}
    invocation.show(data, "\n".join([text, *owed]), points)


def why_month(invocation: Invocation, month: str, scheme: int) -> None:
    """Say why a month came to what it did for one's own points, each row proven against the run's roots."""
    data = invocation.node.sharing.month(scheme, month)
    symbol = denominations(invocation).symbol(CURRENCY_ASSET)
    for row in data["rows"]:
        check_month_row(data["month"], row)
    lines = [_told(data, symbol), *(_reason(row, symbol, data) for row in data["rows"])]
    if not data["rows"]:
        lines.append("None of your points took part, or the rows are kept no longer.")
    invocation.show(data, "\n".join(lines), data["rows"], columns=heads(MonthShareRow))


def check_month_row(run: MonthRunView, row: MonthShareRow) -> None:
    """That a row and its input stand under the run's roots; raises `BadAnswer` where they do not."""
    try:
        for root, item, proof in (
            (run["rows_root"], row["row"], row["row_proof"]),
            (run["inputs_root"], row["input"], row["input_proof"]),
        ):
            verify_point(bytes.fromhex(root), bytes.fromhex(item), POINT_PROOF.decode(bytes.fromhex(proof)))
    except (ProofError, ValueError) as error:
        raise BadAnswer(f"the row of point {row['point']} does not lead to the month's roots: {error}") from error


def _told(data: SettledMonthView, symbol: str) -> str:
    run, terms = data["month"], data["terms"]
    state = "final" if run["final"] else "values of it may still be corrected"
    marked = f", {run['substituted']} values substituted" if run["substituted"] else ""
    missing = f", {run['missing']} missing" if run["missing"] else ""
    fees = f" and {run['fees']['tokens']} {symbol} of fees" if run["fees"]["base"] else ""
    return (
        f"Scheme {data['scheme']} ({terms['name']}), {run['month']}: run {run['run']} under version {run['version']},"
        f" {state}{marked}{missing}.\n"
        f"Injected {kwh(run['injected_mwh'])}, taken {kwh(run['taken_mwh'])}. {kwh(run['delivered_mwh'])} were"
        f" delivered and {kwh(run['carried_mwh'])} carried in as claims; of these {kwh(run['shared_mwh'])} were taken,"
        f" for {run['paid']['tokens']} {symbol}{fees}, {kwh(run['claims_mwh'])} are claims after it, and"
        f" {kwh(run['expired_mwh'])} expired."
    )


def _claims_text(claims: list[ClaimView]) -> str:
    return ", ".join(f"{kwh(claim['energy_mwh'])} until {claim['until']}" for claim in claims) or "none"


def _reason(row: MonthShareRow, symbol: str, data: SettledMonthView) -> str:
    marked = f" ({row['substituted']} of {row['open_slots']} values substituted)" if row["substituted"] else ""
    proven = "(Sum and row are proven by the month's roots.)"
    if row["direction"] == "injection":
        gone = f" and {row['expired_amount']['tokens']} {symbol} for what expired" if row["expired_mwh"] else ""
        return (
            f"Point {row['point']} injected {kwh(row['energy_mwh'])}{marked}, of which {kwh(row['part_mwh'])} went to"
            f" consumers. For {kwh(row['shared_mwh'])} that they took it receives {row['amount']['tokens']} {symbol}"
            f"{gone}. {proven}"
        )
    owed = f" It owed {kwh(row['owed_before_mwh'])}, which its part makes good first." if row["owed_before_mwh"] else ""
    rest = row["energy_mwh"] - row["shared_mwh"]
    fee = f" and {row['fee']['tokens']} {symbol} of fees" if row["fee"]["base"] else ""
    gone = ""
    if row["expired_mwh"]:
        gone = f" {kwh(row['expired_mwh'])} expired, for which it pays {row['expired_amount']['tokens']} {symbol}."
    claimed = f"{kwh(row['claimed_mwh'])} of its part are a new claim" if row["claimed_mwh"] else "no new claim"
    key = f", key {row['keys'][0]}" if row["keys"] and not data["terms"]["rule"]["method"]["rows"] else ""
    return (
        f"Point {row['point']} took {kwh(row['energy_mwh'])}{marked}; its part of what was delivered{key} is"
        f" {kwh(row['part_mwh'])}. Claims before: {_claims_text(row['claims_before'])}.{owed} Oldest claims first, then"
        f" its part, {kwh(row['shared_mwh'])} of it came from the scheme, {kwh(rest)} from the grid: it pays"
        f" {row['amount']['tokens']} {symbol}{fee}. {claimed[0].upper()}{claimed[1:]}; claims after:"
        f" {_claims_text(row['claims_left'])}.{gone} {proven}"
    )


def replay_month(invocation: Invocation, month: str, scheme: int) -> None:
    """Compute a month anew from its terms and inputs, both proven by the chain; raises `BadAnswer`, `NotFound`."""
    asked = invocation.node.sharing.month(scheme, month)
    known = invocation.node.sharing.scheme(scheme)
    year, _dash, of_year = month.partition("-")
    number = 12 * int(year) + int(of_year) - 1
    from_slot = next(each["from_slot"] for each in known["versions"] if each["version"] == asked["month"]["version"])
    version = proven_entry(invocation, SCHEMES, big_endian(scheme) + newest_first(from_slot))
    entry = proven_entry(invocation, CREDIT_MONTHS, big_endian(scheme) + big_endian(number))
    if version is None or entry is None or len(asked["rows"]) != version.points:
        raise NotFound(
            "the inputs of this month are kept no longer, or are not all open to you; `sharing why` proves your own",
            code="unknown_scheme",
        )
    chunks = proven_entries(invocation, MEMBERS, [chunk_key(scheme, chunk) for chunk in version.chunks])
    members = [member for chunk in chunks if chunk is not None for member in chunk.members]
    inputs = [MONTH_INPUT.decode(bytes.fromhex(row["input"])) for row in asked["rows"]]
    text = month_replayed(version, members, number, entry, inputs)
    invocation.show({"scheme": scheme, "month": month, "run": entry.run, "rows_root": entry.rows_root.hex()}, text)


def month_replayed(
    version: SchemeVersion,
    members: Sequence[SchemeMember],
    month: int,
    entry: CreditMonth,
    inputs: Sequence[MonthInput],
) -> str:
    """What a month comes to, computed here; raises `BadAnswer` where that was not posted."""
    points = [member.point for member in members]
    if not len(points) == len(inputs) == version.points or root_of(by_chunk(points, inputs)) != entry.inputs_root:
        raise BadAnswer(f"these are not the inputs of run {entry.run} of month {month}")
    found = month_outcome(version.terms, members, month, entry.run, inputs)
    shared = sum(one.row.shared_mwh for member, one in zip(members, found, strict=True) if consumes(member))
    if root_of(by_chunk(points, [one.row for one in found])) != entry.rows_root or shared != entry.sums.shared_mwh:
        raise BadAnswer(f"run {entry.run} of month {month} is not what its terms and inputs come to")
    return (
        f"Run {entry.run} of {month // 12}-{month % 12 + 1:02}: {len(found)} rows computed anew from proven terms and"
        f" inputs, {kwh(shared)} shared; the roots are the same."
    )
