"""What a command prints: text for people, or one JSON envelope, or CSV; nothing else goes to stdout."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import click

from nodechain.client.visible_text import visible_lines
from nodechain.commands.terminal.screen import colours, fitted, hung, painted, screen_columns

SCHEMA_VERSION: Final = 1


class Format(StrEnum):
    """How output is wanted."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


Row = Mapping[str, Any]

_NUMBER: Final = re.compile(r"-|-?[0-9][0-9.,:% -]*( ?[a-zA-Z]{1,8}(/[a-zA-Z]+)?)?").fullmatch
"""A cell that is a number, perhaps with its unit, or the dash that stands for none."""


def wanted_format(arguments: Sequence[str], setting: str = "") -> Format:
    """The format that a raw command line, else `setting`, asks for: errors of parsing must be printed in it, too."""
    for place, argument in enumerate(arguments):
        value = argument.partition("=")[2] if argument.startswith("--output=") else ""
        if argument in ("--output", "-o") and place + 1 < len(arguments):
            value = arguments[place + 1]
        if value in tuple(Format):
            return Format(value)
    return Format(setting) if setting in tuple(Format) else Format.TEXT


def print_result(
    form: Format,
    data: Any,
    *,
    text: str,
    rows: Sequence[Row] | None = None,
    errors: Sequence[Row] = (),
    columns: Sequence[str] = (),
) -> None:
    """Print a result. `rows` is what CSV shows; without them, the fields of `data`. `errors`: failed checks.

    `columns`: the heads of CSV where there are no rows.
    """
    match form:
        case Format.JSON:
            _print_envelope(success=not errors, data=data, errors=[dict(entry) for entry in errors])
        case Format.CSV:
            click.echo(_csv(rows if rows is not None else [data], columns), nl=False)
        case Format.TEXT:
            click.echo(painted(visible_lines(text)))


def print_error(form: Format, code: str, detail: str, advice: str, exit_code: int) -> None:
    """Print an error: to stderr for people, as the envelope on stdout for programs."""
    if form is Format.JSON:
        error = {"code": code, "detail": detail, "advice": advice, "exit_code": exit_code}
        _print_envelope(success=False, data=None, errors=[error])
        return
    said = f"Error ({code}):"
    told = click.style(said, fg="red", bold=True) if colours(sys.stderr) else said
    click.echo(f"{told} {visible_lines(detail)}", err=True)
    if advice:
        click.echo(visible_lines(advice), err=True)


def _print_envelope(*, success: bool, data: Any, errors: list[dict[str, Any]]) -> None:
    envelope = {"schema_version": SCHEMA_VERSION, "success": success, "data": data, "errors": errors}
    click.echo(json.dumps(envelope, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def _csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """A table that a spreadsheet opens: each cell one value, the heads also where nothing stands below them."""
    flat = [dict(_cells("", row)) for row in rows]
    names = [] if flat else list(columns)
    for row in flat:
        names.extend(name for name in row if name not in names)
    sink = io.StringIO()
    writer = csv.DictWriter(sink, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return sink.getvalue()


def _cells(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A value as cells: an amount is its tokens, the parts of another object have names with a dot in between."""
    if isinstance(value, Mapping) and set(value) == {"base", "tokens"}:
        yield name, value["tokens"]
    elif isinstance(value, Mapping):
        for part, inner in value.items():
            yield from _cells(f"{name}.{part}" if name else str(part), inner)
    elif isinstance(value, list | tuple):
        yield name, "; ".join(_listed(item) for item in value)
    else:
        yield name, value


def _listed(item: Any) -> str:
    if isinstance(item, Mapping):
        return " ".join(f"{name}={value}" for name, value in _cells("", item))
    return str(item)


def heads(kind: type[Any]) -> list[str]:
    """The names of an answer's fields, as the heads of a table without rows."""
    return list(kind.__annotations__)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns of text: numbers to the right, words to the left; on a terminal as wide as that, elsewhere whole."""
    columns = screen_columns()
    cells = [[str(cell) for cell in row] for row in [headings, *rows]]
    if columns is None:
        return "\n".join(_grid(cells))
    below = hung(cells, columns)
    if below is None:
        return "\n".join(_grid(fitted(cells, columns)))
    beside = _grid(fitted([row[:-1] for row in cells], columns))
    return "\n".join(f"{row}\n{text}" if text.strip() else row for row, text in zip(beside, below, strict=True))


def _grid(cells: Sequence[Sequence[str]]) -> list[str]:
    """The rows of a table, each as its lines; the first are the headings."""
    columns = range(len(cells[0]))
    right = [bool(column) and all(_NUMBER(row[column]) for row in cells[1:]) for column in columns]
    broken = [[cell.split("\n") for cell in row] for row in cells]
    widths = [max(len(line) for row in broken for line in row[column]) for column in columns]
    return [
        "\n".join(
            "  ".join(
                line.rjust(width) if number else line.ljust(width)
                for line, width, number in zip(lines, widths, right, strict=True)
            ).rstrip()
            for lines in zip_longest(*row, fillvalue="")
        )
        for row in broken
    ]


def home_exports(home: Path, password_file: Path) -> str:
    """The line for a shell that makes commands use a home; paths may hold spaces."""
    return f"export NODECHAIN_HOME={shlex.quote(str(home))} NODECHAIN_PASSWORD_FILE={shlex.quote(str(password_file))}"


def fields(pairs: Sequence[tuple[str, object]]) -> str:
    """Lines of 'name: value', aligned."""
    width = max((len(name) for name, _value in pairs), default=0)
    return "\n".join(f"{name + ':':<{width + 1}} {value}" for name, value in pairs)
