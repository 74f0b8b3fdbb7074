"""Files for network operators on the command line: coefficients, keys and shares, written and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from nodechain.commands.terminal.options import Invocation, command
from nodechain.errors import UsageError
from nodechain.files.user_file import READABLE_FILE, read_user_file
from nodechain.formats import coefficients, eda_points, french_keys, share_lists
from nodechain.formats.cups import checked_cups
from nodechain.formats.errors import BadFile
from nodechain.formats.limits import MAX_FILE_BYTES
from nodechain.formats.text import decoded, first_line, rows_of
from nodechain.formats.values import ImportSettings

_PATH: Final = click.Path(dir_okay=False, path_type=Path)
_WEIGHTS: Final = click.argument("weights", type=_PATH)
_FOLDER: Final = click.option(
    "--folder", type=click.Path(file_okay=False, exists=True, path_type=Path), default=Path(), help="Where to write it."
)


@click.group()
def export() -> None:
    """Write files for network operators; the sums of coefficients are exactly 1."""


@export.command("es-fixed")
@_WEIGHTS
@click.option("--cau", required=True, help="The installation's CAU, 26 characters.")
@click.option("--year", required=True, type=click.IntRange(2000, 2100), help="The year, which only the name says.")
@click.option("--no-final-break", is_flag=True, help="Do not end the last line: distributors differ.")
@_FOLDER
@command
def es_fixed(invocation: Invocation, *, weights: Path, cau: str, year: int, no_final_break: bool, folder: Path) -> None:
    """Spain: one coefficient a CUPS in proportion to WEIGHTS, a CSV of lines `CUPS;weight` with whole weights."""
    found = coefficients.millionths(_weights(weights))
    name = coefficients.file_name(cau, year)
    data = coefficients.fixed_file(found, final_break=not no_final_break)
    invocation.write_file(folder / name, data, mode=READABLE_FILE)
    shown = {"file": str(folder / name), "coefficients": {cups: found[cups] for cups in sorted(found)}}
    invocation.show(shown, f"Written to {folder / name}: {len(found)} coefficients, sum 1,000000.")


@export.command("es-hourly")
@_WEIGHTS
@click.option("--cau", required=True, help="The installation's CAU, 26 characters.")
@click.option("--year", required=True, type=click.IntRange(2000, 2100), help="The year: 8760 or 8784 hours.")
@click.option("--by-hour", is_flag=True, help="All CUPS of an hour together: confirm the order with the distributor.")
@click.option("--no-final-break", is_flag=True, help="Do not end the last line: distributors differ.")
@_FOLDER
@command
def es_hourly(
    invocation: Invocation, *, weights: Path, cau: str, year: int, by_hour: bool, no_final_break: bool, folder: Path
) -> None:
    """Spain: a coefficient a CUPS and hour, from WEIGHTS, a CSV of lines `hour;CUPS;weight` (hours 1 to 8760)."""
    hours = [coefficients.millionths(line) for line in _hourly_weights(weights, coefficients.hours_of(year))]
    name = coefficients.file_name(cau, year)
    data = coefficients.hourly_file(hours, year, by_hour=by_hour, final_break=not no_final_break)
    invocation.write_file(folder / name, data, mode=READABLE_FILE)
    shown = {"file": str(folder / name), "hours": len(hours)}
    invocation.show(shown, f"Written to {folder / name}: {len(hours)} hours, each sums to 1,000000.")


@export.command("fr-keys")
@_WEIGHTS
@click.option("--producer", "producer_prm", required=True, metavar="PRM", help="Whose production is shared, 14 digits.")
@click.option("--operation", default="", metavar="ID", help="The operation's id, for the neutral shape.")
@click.option(
    "--wide", is_flag=True, help="Experimental: the shape of one program; compare with the operator's template."
)
@click.option("--file", type=_PATH, help="The file of the neutral shape (default: keys-PRM.csv).")
@_FOLDER
@command
def fr_keys(
    invocation: Invocation,
    *,
    weights: Path,
    producer_prm: str,
    operation: str,
    wide: bool,
    file: Path | None,
    folder: Path,
) -> None:
    """France: keys in percent a step, from WEIGHTS, a CSV of lines `time;consumer PRM;weight` in order of time."""
    steps: dict[str, dict[str, int]] = {}
    for row in _lines(weights, 3):
        step = steps.setdefault(row[0], {})
        if row[1] in step:
            raise BadFile(f"{row[1]} comes twice at {row[0]}", code="bad_weights")
        step[row[1]] = _whole(row[2])
    rows = [french_keys.KeyRow(start, french_keys.percents(parts)) for start, parts in steps.items()]
    if wide:
        name, data = french_keys.wide_file(producer_prm, rows)
        path = folder / name
    else:
        path = file or folder / f"keys-{producer_prm}.csv"
        data = french_keys.neutral_file(operation, producer_prm, rows)
    invocation.write_file(path, data, mode=READABLE_FILE)
    invocation.show({"file": str(path), "steps": len(rows)}, f"Written to {path}: {len(rows)} steps.")


@export.command("at-shares")
@click.argument("points", type=_PATH)
@click.option("--test-traffic", is_flag=True, help="Take a message that is marked as a test.")
@click.option("--file", type=_PATH, default=Path("shares.csv"), help="Where to write it, `-` for stdout.")
@command
def at_shares(invocation: Invocation, *, points: Path, test_traffic: bool, file: Path) -> None:
    """Austria: the operator's list of POINTS (ECMPList) as a neutral list of factors and shares; not for upload."""
    data = read_user_file(points, MAX_FILE_BYTES, "list of metering points")
    found = eda_points.read(data, ImportSettings(test_traffic=test_traffic))
    invocation.write_file(file, share_lists.share_list(found.community_id, found.windows), mode=READABLE_FILE)
    shown = {"file": str(file), "community": found.community_id, "windows": len(found.windows)}
    invocation.show(shown, f"Written to {file}: {len(found.windows)} windows of {found.community_id}.")


def _weights(path: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in _lines(path, 2):
        cups = checked_cups(row[0])
        if cups in found:
            raise BadFile(f"{cups} comes twice", code="bad_weights")
        found[cups] = _whole(row[1])
    return found


def _hourly_weights(path: Path, count: int) -> list[dict[str, int]]:
    found: list[dict[str, int]] = [{} for _ in range(count)]
    for row in _lines(path, 3):
        hour, cups = _whole(row[0]), checked_cups(row[1])
        if not 1 <= hour <= count or cups in found[hour - 1]:
            raise BadFile(f"hour {hour}, {cups}: no hour of the year, or twice", code="bad_weights")
        found[hour - 1][cups] = _whole(row[2])
    missing = next((n + 1 for n, line in enumerate(found) if not line), None)
    if missing is not None:
        raise BadFile(f"hour {missing} has no weights", code="bad_weights")
    return found


def _lines(path: Path, cells: int) -> list[list[str]]:
    text = decoded(read_user_file(path, MAX_FILE_BYTES, "list of weights"))
    rows = [[cell.strip() for cell in row] for row in rows_of(text, ";") if any(cell.strip() for cell in row)]
    if not rows or any(len(row) != cells for row in rows):
        raise BadFile(f"a line of {path} has not {cells} cells", code="bad_weights")
    return rows


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise BadFile(f"{text[:30]!r} is no whole number", code="bad_weights")
    return int(text)


@click.command()
@click.argument("file", type=_PATH)
@command
def check(invocation: Invocation, *, file: Path) -> None:
    """Check a file for an operator before it is sent: coefficients (Spain), keys (France), shares (Austria)."""
    data = read_user_file(file, MAX_FILE_BYTES, "file for an operator")
    kind, faults, warnings = _checked(file.name, data)
    errors = [{"code": "bad_file", "detail": fault, "advice": "", "exit_code": 1} for fault in faults]
    shown = {"file": file.name, "kind": kind, "faults": faults, "warnings": warnings}
    said = f"{file.name}: {kind}. " + (f"{len(faults)} faults:" if faults else "No fault found.")
    text = "\n".join([said, *(f"  {fault}" for fault in faults), *(f"  warning: {line}" for line in warnings)])
    invocation.show(shown, text, [{"fault": fault} for fault in faults], errors, ("fault",))
    if faults:
        raise click.exceptions.Exit(1)


def _checked(name: str, data: bytes) -> tuple[str, list[str], list[str]]:
    """What kind of file it is, its faults, and warnings."""
    head = first_line(data)
    try:
        if head == french_keys.HEADING:
            return "keys of collective self-consumption", [], french_keys.warnings_of_neutral(data)
        if head.startswith("Horodate;"):
            return "keys in the wide shape (experimental)", [], french_keys.warnings_of_wide(data)
        if head == share_lists.HEADING:
            share_lists.read_share_list(data)
            return "list of shares", [], []
    except BadFile as error:
        return "file for an operator", [error.detail], []
    if head.startswith("ES"):
        return "coefficients of a CAU", coefficients.faults_of(name, data), []
    raise UsageError(
        f"{name} is none of the files that are written for operators",
        code="unknown_format",
        advice="For files from operators: nodechain sharing import FILE.",
    )
