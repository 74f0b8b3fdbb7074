"""Files of network operators on the command line: read, reported on, and only then handed on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from nodechain.client.visible_text import visible_lines
from nodechain.commands.light import proven_entries
from nodechain.commands.sending.send import How
from nodechain.commands.sending.slot_import import send_files, sent_rows, sent_text
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, table
from nodechain.commands.terminal.passwords import confirm
from nodechain.errors import NotFound, UsageError
from nodechain.files.user_file import READABLE_FILE, read_user_file
from nodechain.formats import eda_points
from nodechain.formats.collecting import OperatorFile
from nodechain.formats.detection import NAMES, read_document
from nodechain.formats.documents import ImportedFiles, joined
from nodechain.formats.limits import MAX_FILE_BYTES, MAX_MAPPING_BYTES
from nodechain.formats.local_time import iso_instant
from nodechain.formats.mapping import read_mapping
from nodechain.formats.plain_csv import values_file
from nodechain.formats.quantities import duration_ms
from nodechain.formats.slot_rows import read_point_book
from nodechain.formats.values import ImportSettings

_PATH: Final = click.Path(dir_okay=False, path_type=Path)
POINT_BOOK: Final = "points.csv"
_LISTED: Final = 20
"""Lines of gaps and rejected rows that a terminal is shown; `--output json` has more."""


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=_PATH)
@click.option("--format", "form", type=click.Choice(NAMES), help="The files' format (default: as they look).")
@click.option("--mapping", type=_PATH, help="A TOML file that says how a CSV is read (docs/formats.md).")
@click.option("--zone", metavar="NAME", help="The meters' time zone, where the format leaves it open.")
@click.option("--point", metavar="ID", help="The metering point, for files that name none.")
@click.option("--label", type=click.Choice(["start", "end"]), help="Which side of its interval a time names.")
@click.option("--step", metavar="PT15M", help="The interval's length, for files that do not say it.")
@click.option("--created", metavar="FILE=TIME", multiple=True, help="When a file was made that does not say it.")
@click.option("--empty-injection-is-zero", is_flag=True, help="Swiss files: an empty cell of feed-in is 0.")
@click.option("--test-traffic", is_flag=True, help="Take messages that are marked as tests.")
@click.option("--write", type=_PATH, metavar="FILE", help="Write the values as plain CSV, `-` for stdout.")
@click.option(
    "--points", "book", type=_PATH, metavar="FILE", help="The list of points (default: points.csv in the home)."
)
@click.option("--dry-run", is_flag=True, help="Say what is in the files, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@sending
def import_files(
    invocation: Invocation,
    how: How,
    *,
    files: tuple[Path, ...],
    form: str | None,
    mapping: Path | None,
    zone: str | None,
    point: str | None,
    label: str | None,
    step: str | None,
    created: tuple[str, ...],
    empty_injection_is_zero: bool,
    test_traffic: bool,
    write: Path | None,
    book: Path | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Read FILES of one community, say what is in them, and send what their meters counted to the chain.

    The sender is a custodian. What was interrupted goes on where it stopped when the same files are imported again.
    """
    settings = ImportSettings(
        zone=zone,
        ends=None if label is None else label == "end",
        point_id=point,
        step_ms=_step(step),
        test_traffic=test_traffic,
        empty_injection_is_zero=empty_injection_is_zero,
    )
    documents = read_files(files, settings, form=form, mapping=mapping, created=created_times(created))
    found = joined(documents)
    if write is not None:
        invocation.write_file(write, values_file(found.values(quantity=None)), mode=READABLE_FILE)
    if dry_run:
        invocation.show({**found.report.shown(), "sent": None}, report_text(found), _rows(found))
        return
    points_file = book or invocation.home / POINT_BOOK
    if not points_file.exists():
        raise NotFound(
            f"there is no list of points {points_file}",
            code="file_not_found",
            advice="It says which of the chain's points is which of the file's, a line each:"
            " operator_id;direction;number;salt (docs/formats.md). `point consent` shows the salts.",
        )
    listed = read_point_book(read_user_file(points_file, MAX_FILE_BYTES, "list of points"))
    click.echo(visible_lines(report_text(found)), err=True)
    confirm("Send these values?", yes=yes)
    sent = send_files(invocation, how, partial(proven_entries, invocation), documents, listed)
    invocation.show({**found.report.shown(), "sent": sent_rows(sent)}, sent_text(sent), sent_rows(sent))


def read_files(
    files: tuple[Path, ...],
    settings: ImportSettings,
    *,
    form: str | None,
    mapping: Path | None,
    created: Mapping[str, int],
) -> list[OperatorFile]:
    """The files, read. Raises `BadFile`, `NotFound`, `UsageError`."""
    csv_mapping = None if mapping is None else read_mapping(read_user_file(mapping, MAX_MAPPING_BYTES, "mapping file"))
    unknown = set(created) - {file.name for file in files}
    if unknown:
        raise UsageError(f"--created names {', '.join(sorted(unknown))}, which is none of the files")
    documents = []
    for file in files:
        data = read_user_file(file, MAX_FILE_BYTES, "operator's file")
        document = read_document(data, settings, name=file.name, form=form, mapping=csv_mapping)
        if file.name in created and document.created_ms is not None:
            raise UsageError(f"{file.name} says itself when it was made", advice=f"Leave out --created {file.name}=...")
        at_ms = created.get(file.name, document.created_ms)
        documents.append(msgspec.structs.replace(document, created_ms=at_ms))
    return documents


def _step(text: str | None) -> int | None:
    try:
        return None if text is None else duration_ms(text)
    except ValueError as error:
        raise UsageError(f"--step: {error}") from None


def created_times(texts: tuple[str, ...]) -> dict[str, int]:
    """Of FILE=TIME by file. Raises `UsageError`."""
    found = {}
    for text in texts:
        name, mark, time = text.rpartition("=")
        try:
            at = iso_instant(time)
        except ValueError:
            mark = ""
            at = 0
        if not mark or not isinstance(at, int):
            raise UsageError(
                f"--created {text}: not FILE=TIME", advice="Write the time with its offset: file.csv=2026-11-28T08:00Z."
            )
        found[name] = at
    return found


def report_text(found: ImportedFiles) -> str:
    """The report as people read it."""
    report = found.report.shown()
    counted = [
        ("files", "; ".join(f"{file['name']} ({file['sha256'][:16]})" for file in report["files"])),
        ("formats", ", ".join(report["formats"])),
        ("rows", report["rows"]),
        ("values", report["used"]),
        ("gaps", len(report["gaps"]) + report["more_gaps"]),
        ("duplicates", f"{report['duplicates_equal']} equal, {report['duplicates_different']} different"),
        ("corrections", report["corrections"]),
        ("rejected rows", report["rejected"]),
        ("finer than 1 mWh", report["rounded"]),
        ("ignored", _counts(report["ignored"])),
        ("quality", _counts(report["quality"])),
    ]
    parts = [fields(counted)]
    if report["series"]:
        parts.append(table(("POINT", "DIRECTION", "PART", "VALUES", "KWH", "FROM (UTC)", "TO (UTC)"), _lines(report)))
    parts += _listed("Gaps", [_gap_text(gap) for gap in report["gaps"]], report["more_gaps"])
    parts += _listed("Rejected rows", report["rejected_rows"], 0)
    parts += _listed("Notes", report["notes"], 0)
    return "\n\n".join(parts)


def _lines(report: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            line["point"],
            line["direction"],
            line["quantity"],
            str(line["values"]),
            f"{line['energy_mwh'] // 1_000_000}.{line['energy_mwh'] % 1_000_000:06}",
            line["from"],
            line["to"],
        )
        for line in report["series"]
    ]


def _rows(found: ImportedFiles) -> list[dict[str, Any]]:
    return [
        {**line, "interval_minutes": "; ".join(str(minutes) for minutes in line["interval_minutes"])}
        for line in found.report.shown()["series"]
    ]


def _gap_text(gap: dict[str, str]) -> str:
    return f"{gap['point']} {gap['direction']} {gap['quantity']}: {gap['from']} to {gap['to']} ({gap['reason']})"


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items()) or "none"


def _listed(title: str, lines: list[str], more: int) -> list[str]:
    """A paragraph of lines, at most so many; it says how many there are beside them."""
    if not lines:
        return []
    shown = lines[:_LISTED]
    rest = len(lines) - len(shown) + more
    return ["\n".join([f"{title}:", *(f"  {line}" for line in shown), *([f"  and {rest} more"] if rest else [])])]


@click.command()
@click.argument("file", type=_PATH)
@click.option("--on", "day", metavar="DAY", help="As of this day (default: every window of time).")
@click.option("--test-traffic", is_flag=True, help="Take a message that is marked as a test.")
@command
def points(invocation: Invocation, *, file: Path, day: str | None, test_traffic: bool) -> None:
    """The metering points of a community, from the operator's list in FILE (Austria: ECMPList)."""
    data = read_user_file(file, MAX_FILE_BYTES, "list of metering points")
    found = eda_points.read(data, ImportSettings(test_traffic=test_traffic))
    windows = list(found.windows) if day is None else list(found.on(_day(day)).values())
    rows = [
        {
            "point": window.point_id,
            "first_day": window.first.isoformat(),
            "last_day": "" if window.last is None else window.last.isoformat(),
            "direction": "" if window.flow is None else window.flow.value,
            "participation_percent": window.participation,
            "share_percent": None if window.share is None else str(window.share),
            "consent": window.consent_id,
        }
        for window in windows
    ]
    head = [
        ("community", found.community_id),
        ("model", {"D": "dynamic", "S": "static"}.get(found.model, found.model or "not said")),
        ("made", (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=found.created_ms)).isoformat()),
    ]
    titles = ("POINT", "FIRST DAY", "LAST DAY", "DIRECTION", "PARTICIPATION %", "SHARE %", "CONSENT")
    body = table(titles, [["-" if cell in (None, "") else str(cell) for cell in row.values()] for row in rows])
    shown = {"community": found.community_id, "model": found.model, "notes": list(found.notes), "windows": rows}
    invocation.show(shown, "\n\n".join([fields(head), body, *found.notes]), rows)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--on {text}: no day like 2026-11-28") from None
