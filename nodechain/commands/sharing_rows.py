"""Rows that come with each slot on the command line: a file read, reported on, sent; and what slots have (SC18)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from ledger.chain.parameters import PARTS
from ledger.encoding.amounts import format_share
from ledger.encoding.times import format_time
from nodechain.client.answers.sharing_rows import RowOfSlot, RowsBySlot, RowsOfSlot
from nodechain.client.answers.slots import SlotsView
from nodechain.client.visible_text import visible_lines
from nodechain.commands.light import proven_entries
from nodechain.commands.sending.chain import chain_time_ms, signing_genesis
from nodechain.commands.sending.rows_import import (
    Shares,
    check_members,
    check_points,
    payload_of,
    root_text,
    send_rows,
    spans_of,
)
from nodechain.commands.sending.send import How
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table
from nodechain.commands.terminal.passwords import confirm
from nodechain.commands.terminal.slot_options import SLOT, Begins, slot_number
from nodechain.errors import UsageError
from nodechain.files.user_file import read_user_file
from nodechain.formats.limits import MAX_FILE_BYTES
from nodechain.formats.local_time import offset_instant
from nodechain.formats.share_rows import SharesFile, numbered, read_shares
from nodechain.formats.slot_rows import PointBook, read_point_book

POINT_BOOK: Final = "points.csv"
_PATH: Final = click.Path(dir_okay=False, path_type=Path)
_SCHEME: Final = click.option("--scheme", type=click.IntRange(min=1), default=1, show_default=True, help="Its number.")
_LISTED: Final = 20
"""Gaps that a terminal is shown; `--output json` has all."""


@click.command("rows")
@click.argument("file", type=_PATH)
@_SCHEME
@click.option(
    "--points", "book", type=_PATH, metavar="FILE", help="The list of points (default: points.csv in the home)."
)
@click.option("--created", metavar="TIME", help="When the file was made, with its offset (default: now).")
@click.option("--dry-run", is_flag=True, help="Say what is in the file, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@sending
def rows(
    invocation: Invocation,
    how: How,
    *,
    file: Path,
    scheme: int,
    book: Path | None,
    created: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Bring the rows of slots in FILE to a scheme whose rows come with each slot; the sender is a custodian.

    FILE is a CSV `slot,producer,consumer,share` (a slot by its number, or by when it begins with its offset; points by
    the chain's numbers or the operator's ids), or French keys in the neutral shape. All rows of a slot come together:
    a pair that has no line has no share. What was interrupted goes on when the same file is brought again.
    """
    issued_ms = _created(created)
    found = read_shares(read_user_file(file, MAX_FILE_BYTES, "file of rows"))
    slots = numbered(found, _book(invocation, book), _slot_ms(invocation))
    known = _known(invocation, scheme, slots)
    wanted, left = _wanted(slots, known)
    report = _report(found, slots, left, len(wanted))
    check_points(partial(proven_entries, invocation), wanted)
    check_members(wanted, _members(invocation, scheme))
    text = _text(report)
    if dry_run or not wanted:
        invocation.show({**report, "sent": None}, text, [report])
        return
    click.echo(visible_lines(text), err=True)
    confirm("Send these rows?", yes=yes)
    digest, at_ms = bytes.fromhex(found.sha256), _now_ms(invocation) if issued_ms is None else issued_ms
    payloads = [payload_of(scheme, span, wanted, digest, at_ms) for span in spans_of(wanted)]
    sent = send_rows(invocation, how, payloads, left["slots that have these rows"])
    told = f"{sent.slots} slots in {sent.transactions} transactions."
    invocation.show({**report, "sent": msgspec.to_builtins(sent)}, told, [msgspec.to_builtins(sent)])


def _book(invocation: Invocation, given: Path | None) -> PointBook:
    path = given or invocation.home / POINT_BOOK
    if given is None and not path.exists():
        return {}
    return read_point_book(read_user_file(path, MAX_FILE_BYTES, "list of points"))


def _created(text: str | None) -> int | None:
    if text is None:
        return None
    at_ms = offset_instant(text)
    if at_ms is None:
        raise UsageError(f"--created {text}: no time with its offset", advice="Write it as 2026-11-28T08:00Z.")
    return at_ms


def _slot_ms(invocation: Invocation) -> int:
    return int(_slots(invocation)["slot_ms"])


def _slots(invocation: Invocation) -> SlotsView:
    return invocation.node.api.get("/v1/slots", SlotsView)


def _now_ms(invocation: Invocation) -> int:
    if signing_genesis(invocation).simulated_clock:
        return chain_time_ms(invocation.node.status())
    return time.time_ns() // 1_000_000


def _known(invocation: Invocation, scheme: int, slots: Mapping[int, Shares]) -> dict[int, RowsOfSlot]:
    """What the chain has of slots whose terms ask for rows."""
    answers: list[RowsBySlot] = invocation.node.sharing.rows(scheme, min(slots), max(slots) + 1)
    return {each["slot"]: each for answer in answers for each in answer["slots"]}


def _wanted(slots: Mapping[int, Shares], known: Mapping[int, RowsOfSlot]) -> tuple[dict[int, Shares], Counter[str]]:
    """What has to be sent, and how many slots are left out, by reason."""
    wanted: dict[int, Shares] = {}
    left: Counter[str] = Counter()
    for slot, shares in slots.items():
        there = known.get(slot)
        if there is None:
            left["slots that are not over, or in which the scheme asks for no rows"] += 1
        elif there["root"] == root_text(shares):
            left["slots that have these rows"] += 1
        elif there["too_late"]:
            left["slots that are too old"] += 1
        else:
            wanted[slot] = shares
    return wanted, left


def _members(invocation: Invocation, scheme: int) -> Callable[[int], frozenset[int]]:
    """By slot who takes part in it; each version is asked for once."""
    starts = sorted(version["from_slot"] for version in invocation.node.sharing.scheme(scheme)["versions"])

    @cache
    def under(from_slot: int) -> frozenset[int]:
        return frozenset(invocation.node.sharing.members(scheme, from_slot))

    return lambda slot: under(max(start for start in starts if start <= slot))


def _report(found: SharesFile, slots: Mapping[int, Shares], left: Counter[str], wanted: int) -> dict[str, Any]:
    numbers = sorted(slots)
    gaps = [
        {"first_slot": here + 1, "slots": there - here - 1} for here, there in pairwise(numbers) if there > here + 1
    ]
    starts = list(found.slots)
    return {
        "format": found.format,
        "sha256": found.sha256,
        "rows": found.lines,
        "slots": len(slots),
        "from": starts[0].text(),
        "last": starts[-1].text(),
        "first_slot": numbers[0],
        "producers": len({pair[0] for shares in slots.values() for pair in shares}),
        "consumers": len({pair[1] for shares in slots.values() for pair in shares}),
        "slots_with_rest": sum(_has_rest(shares) for shares in slots.values()),
        "gaps": gaps,
        "left_out": dict(sorted(left.items())),
        "to_send": wanted,
    }


def _has_rest(shares: Shares) -> bool:
    """Whether a producer that is named keeps something, or none is named."""
    sums: Counter[int] = Counter()
    for (producer, _consumer), share in shares.items():
        sums[producer] += share
    return not sums or any(total < PARTS for total in sums.values())


def _text(report: dict[str, Any]) -> str:
    counted = [
        ("file", f"{report['format']} ({report['sha256'][:16]})"),
        ("rows", report["rows"]),
        ("slots", f"{report['slots']}, the first begins {report['from']}, the last {report['last']}"),
        ("points", f"{report['producers']} producers, {report['consumers']} consumers"),
        ("slots with a rest", report["slots_with_rest"]),
        ("to send", report["to_send"]),
    ]
    lines = [fields(counted), *(f"Left out: {count} {why}." for why, count in report["left_out"].items())]
    gaps = [f"Gap: {gap['slots']} slots from slot {gap['first_slot']} on." for gap in report["gaps"]]
    rest = len(gaps) - _LISTED
    return "\n".join([*lines, *gaps[:_LISTED], *([f"And {rest} more gaps."] if rest > 0 else [])])


@click.command("slot-rows")
@click.argument("slot", type=SLOT, required=False)
@_SCHEME
@click.option("--missing", is_flag=True, help="Only slots whose rows have not come.")
@click.option("--last", type=click.IntRange(1, 700), default=96, show_default=True, help="So many slots up to now.")
@command
def slot_rows(invocation: Invocation, *, slot: int | Begins | None, scheme: int, missing: bool, last: int) -> None:
    """Where the rows of the last slots come from; of SLOT the rows themselves, as far as one may see them."""
    if slot is not None:
        _show_slot(invocation, scheme, slot_number(invocation, slot))
        return
    end = _slots(invocation)["slot"]
    data = invocation.node.sharing.rows(scheme, max(0, end - last), end)[0]
    shown = [each for each in data["slots"] if not missing or each["state"] == "missing"]
    lines = [
        (
            str(each["slot"]), format_time(each["start_ms"]), each["state"], str(each["rows"]),
            each["file"][:16] or "-", format_time(each["issued_ms"]) if each["issued_ms"] else "-",
        )
        for each in shown
    ]  # fmt: skip
    text = table(("SLOT", "FROM (UTC)", "ROWS", "COUNT", "FILE", "ISSUED (UTC)"), lines) if shown else "None."
    invocation.show({**data, "slots": shown}, text, shown, columns=heads(RowsOfSlot))


def _show_slot(invocation: Invocation, scheme: int, slot: int) -> None:
    data = invocation.node.sharing.slot_rows(scheme, slot)
    lines = [(str(each["producer"]), str(each["consumer"]), format_share(each["share"])) for each in data["shares"]]
    told = f"Slot {slot}: rows {data['slot']['state']}, {data['slot']['rows']} in all."
    text = f"{told}\n{table(('PRODUCER', 'CONSUMER', 'SHARE'), lines)}" if lines else told
    invocation.show(data, text, data["shares"], columns=heads(RowOfSlot))
