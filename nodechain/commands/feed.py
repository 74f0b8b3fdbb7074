"""Feeds: prices and CO2 that voted reporters bring; what is in force, how old it is, and reporting it."""

from __future__ import annotations

from pathlib import Path
from time import sleep
from typing import Final

import click

from ledger.encoding.amounts import format_amount, format_duration, parse_duration_ms
from ledger.encoding.times import format_time
from ledger.errors import InvalidInput
from ledger.feeds.payloads import ReportFeed
from nodechain.client.answers.feeds import FeedFigureView, FeedStepView, FeedView, ReporterView
from nodechain.commands.sending.chain import chain_time_ms, words_of
from nodechain.commands.sending.send import How, send
from nodechain.commands.terminal.documents import DOCUMENT, document_hash
from nodechain.commands.terminal.moments import moment_ms
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table
from nodechain.errors import LedgerRefused, NotFound, TimedOut, Unreachable, UsageError
from nodechain.files.user_file import read_user_file
from nodechain.home.feed_file import parse_figure

MAX_VALUES_BYTES: Final = 4 * 1024 * 1024
LEAST_PERIOD_MS: Final = 10_000
RETRY_MS: Final = 10_000
EARLY_MS: Final = 5_000
"""What begins so soon after the time asked for is reported already: clocks differ."""

_NUMBER: Final = click.argument("number", type=click.IntRange(min=1))
PASSING: Final = frozenset({"report_too_soon", "report_not_newer", "report_ahead", "feed_out_of_bounds"})
"""Refusals after which `feed watch` goes on: the next value may be taken."""


@click.group()
def feed() -> None:
    """Feeds: prices and CO2 that voted reporters bring; their median is in force."""


@feed.command("list")
@click.option("--all", "also_ended", is_flag=True, help="Those that are ended, too.")
@command
def list_(invocation: Invocation, *, also_ended: bool) -> None:
    """All feeds with the value in force, its age, and how many reporters count."""
    found, rows = [], []
    for page in invocation.node.feeds.pages():
        for each in page["feeds"]:
            if each["ended_ms"] and not also_ended:
                continue
            found.append(each)
            rows.append(
                (
                    str(each["number"]), each["name"], _figure(each["value"]), each["unit"],
                    _age(each["oldest_ms"], page["time_ms"]), f"{each['counting']} of {len(each['reporters'])}",
                    str(each["quorum"]), "ended" if each["ended_ms"] else "",
                )
            )  # fmt: skip
    text = table(("NUMBER", "NAME", "VALUE", "UNIT", "OLDEST REPORT", "REPORTS", "QUORUM", "STATE"), rows)
    invocation.show({"feeds": found}, text if rows else "No feed is open.", found, columns=heads(FeedView))


def _figure(value: FeedFigureView | None) -> str:
    return "none" if value is None else value["text"]


def _age(then_ms: int, now_ms: int) -> str:
    return "-" if not then_ms else format_duration(max(now_ms - then_ms, 0) // 1_000 * 1_000)


@feed.command()
@_NUMBER
@command
def show(invocation: Invocation, *, number: int) -> None:
    """Feed NUMBER: its terms, the value in force, and who has reported what."""
    data = invocation.node.feeds.show(number)
    found, words = data["feed"], words_of(invocation)
    told = [
        ("feed", f"{number}: {found['name']}"),
        ("counts", f"{found['counts']}, {found['unit']}"),
        ("value", _standing(found)),
        ("reports", f"{found['counting']} of {len(found['reporters'])} count; {found['quorum']} make a value"),
        ("withstands", f"{found['liars']} of the reporters lying, whoever else is silent"),
        ("a report counts", format_duration(found["oldest_age_ms"])),
        ("bounds", f"{found['least']['text']} to {found['most']['text']}"),
    ]
    rows = [
        (
            words.who(each["account"]), _figure(each["value"]),
            f"{format_time(each['time_ms'])} UTC" if each["value"] else "-", "yes" if each["counts"] else "no",
            each["document"] or "-",
        )
        for each in found["reporters"]
    ]  # fmt: skip
    text = f"{fields(told)}\n\n{table(('REPORTER', 'VALUE', 'FOR', 'COUNTS', 'DOCUMENT'), rows)}"
    invocation.show(data, text, found["reporters"], columns=heads(ReporterView))


def _standing(found: FeedView) -> str:
    if found["ended_ms"]:
        return f"ended {format_time(found['ended_ms'])} UTC"
    since = f"since {format_time(found['since_ms'])} UTC"
    if found["value"] is None:
        return f"none, {since}: too few reports are young enough; who goes by it uses what it states for that"
    return f"{found['value']['text']} {found['unit']}, {since}"


@feed.command()
@_NUMBER
@click.option("--day", "first", metavar="TIME", help="The first time, or a date (UTC); default: a day ago.")
@command
def history(invocation: Invocation, *, number: int, first: str | None) -> None:
    """What feed NUMBER had in force over a day; tariffs go by what it had when a slot began."""
    data = invocation.node.feeds.history(number, first=first)
    rows = [(f"{format_time(each['from_ms'])} UTC", _figure(each["value"])) for each in data["steps"]]
    text = table(("FROM", f"VALUE {data['unit']}"), rows)
    invocation.show(data, text if rows else "Nothing is known of that day.", data["steps"], columns=heads(FeedStepView))


@feed.command(context_settings={"ignore_unknown_options": True})
@_NUMBER
@click.argument("value")
@click.option("--at", metavar="TIME", help="What time it is for, like 2026-12-24T18:00+01:00 (default: now).")
@click.option("--document", type=DOCUMENT, help="What shows it; only its SHA-256 goes to the chain.")
@sending
def report(invocation: Invocation, how: How, *, number: int, value: str, at: str | None, document: Path | None) -> None:
    """Report VALUE for feed NUMBER, in its unit; it may lie below 0."""
    found = invocation.node.feeds.show(number)["feed"]
    digest = b"" if document is None else document_hash(document)
    time_ms = chain_time_ms(invocation.node.status()) if at is None else moment_ms(at)
    _report(invocation, how, found, value, time_ms, digest)


def _report(invocation: Invocation, how: How, found: FeedView, value: str, time_ms: int, document: bytes) -> None:
    figure = parse_figure(value.strip(), found["decimals"])
    said = f"Reported {format_amount(figure, found['decimals'])} {found['unit']} for feed {found['number']}."
    send(invocation, how, ReportFeed(found["number"], figure, time_ms, document), done=said)


@feed.command()
@_NUMBER
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--every", default="15m", show_default=True, help="How often, counted from midnight UTC on.")
@click.option("--before", default="20s", show_default=True, help="So long before each such time.")
@click.option("--times", type=click.IntRange(min=1), help="Stop after so many (default: go on).")
@sending
def watch(
    invocation: Invocation, how: How, *, number: int, file: Path, every: str, before: str, times: int | None
) -> None:
    """Report what FILE says for feed NUMBER, again and again, as a service; whatever fetches it writes FILE.

    FILE holds a value, or rows `time,value` of which the latest that has begun counts. It is read anew each time,
    shortly before the time comes, so that the value is in force when a slot begins.
    """
    period_ms, before_ms = parse_duration_ms(every), parse_duration_ms(before)
    if period_ms < max(LEAST_PERIOD_MS, before_ms):
        raise UsageError("--every is 10s or more, and no less than --before", code="bad_period")
    done = 0
    while True:
        pause_ms = RETRY_MS
        try:
            now_ms = chain_time_ms(invocation.node.status())
            found = invocation.node.feeds.show(number)["feed"]
            covered_ms = now_ms + before_ms + EARLY_MS
            value = value_in(read_user_file(file, MAX_VALUES_BYTES, "file of values"), covered_ms)
            pause_ms = (covered_ms // period_ms + 1) * period_ms - before_ms - now_ms
            _report(invocation, how, found, value, now_ms, b"")
        except (Unreachable, TimedOut, NotFound, UsageError, InvalidInput, LedgerRefused) as error:
            if not done or (isinstance(error, LedgerRefused) and error.code not in PASSING):
                raise
            click.echo(f"{error.code}: {error.detail}; trying again", err=True)
        done += 1
        if done == times:
            return
        sleep(pause_ms / 1_000)


def value_in(data: bytes, at_ms: int) -> str:
    """The value of a file: its last line, or of rows `time,value` the latest that has begun.

    Raises `UsageError` (bad_values).
    """
    try:
        lines = [line.strip() for line in data.decode().splitlines()]
    except UnicodeDecodeError:
        raise _bad("is no text") from None
    rows = [line for line in lines if line and not line.startswith("#")]
    if not rows:
        raise _bad("has no value")
    if "," not in rows[-1]:
        return rows[-1]
    begun: list[tuple[int, str]] = []
    for row in rows:
        at, _comma, value = row.partition(",")
        try:
            begun.append((moment_ms(at.strip()), value))
        except UsageError:
            if row is not rows[0]:
                raise _bad(f"has a row without a time: {row[:40]}") from None
    past = [(at, value) for at, value in begun if at <= at_ms]
    if not past:
        raise _bad("has no row that has begun")
    return max(past)[1]


def _bad(what: str) -> UsageError:
    return UsageError(f"the file of values {what}", code="bad_values", advice="See docs/feeds.md for its form.")
