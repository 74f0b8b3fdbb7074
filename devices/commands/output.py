"""What the meter commands print: text for people, or one JSON envelope; and how errors end a command.

The same shape as the node's commands, which devices may not import: `{schema_version, success, data, errors}`, exit
codes 0 done, 1 failed, 2 usage, 3 not found, 4 refused, 5 unreachable, 6 timed out, 7 wrong password, 8 damaged,
9 not believed, 10 quarantined (`devices.commands.outcomes`).
"""

from __future__ import annotations

import functools
import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

import click
import msgspec
from msgspec.structs import asdict

from devices.errors import (
    BadKeyPlace,
    BadProfile,
    ConnectionLost,
    DeviceError,
    LinkFault,
    MissingPackage,
    Misuse,
    NodeRefusal,
    NodeUnreachable,
    OutboxFault,
    SignerFault,
    WrongPin,
)
from ledger.encoding.columns import COLUMN_GAP, column_widths, fitted_columns

SCHEMA_VERSION: Final = 1
_FORM: Final = "devices.commands.form"


class Trouble(msgspec.Struct, frozen=True):
    """An outcome that is not what was wanted: a stable word, why, what to do, and how a command ends by it."""

    code: str
    detail: str
    advice: str
    exit_code: int


class Result(msgspec.Struct, frozen=True):
    """What a command found: `data` for programs, `text` for people; what went wrong in it, the gravest first."""

    data: Any
    text: str
    troubles: tuple[Trouble, ...] = ()


_ADVICE: Final[tuple[tuple[type[DeviceError], int, str], ...]] = (
    (BadProfile, 2, "`nodechain meter profiles list` shows the profiles; `profiles check FILE` checks your own."),
    (BadKeyPlace, 2, "docs/devices/keys.md shows how a key's place is written, and how keys are made."),
    (WrongPin, 7, "Nothing tries again by itself: devices lock after a few. Correct the PIN or password first."),
    (MissingPackage, 1, "Install it, then try again; a key file needs none."),
    (Misuse, 2, "See the command's --help."),
    (LinkFault, 5, "Check address, port, device id and cabling; another program may hold the meter's only connection."),
    (NodeUnreachable, 5, "Is the node running? Name others with --node. Readings stay in the outbox meanwhile."),
    (ConnectionLost, 5, "Is the node running? Name others with --node. Readings stay in the outbox meanwhile."),
    (NodeRefusal, 4, "The node gives the reason; `nodechain meter outbox` shows what waits."),
    (SignerFault, 5, "Is the device with the key there? It is opened again by itself; readings stay in the outbox."),
    (OutboxFault, 1, "Check the disk (space, rights). What was stored is kept; never delete an outbox that is in use."),
    (DeviceError, 1, "`nodechain meter read` shows what the meter answers."),
)

_ADVICE_BY_CODE: Final = {
    "outbox_damaged": (8, "Move it away and start with a new one; the meter goes on above the chain's last sequence."),
    "file_not_found": (3, "Check the path."),
    "no_outbox": (3, "Name the file that `meter run --outbox` uses."),
    "no_key": (3, "`nodechain keys list` shows the keys; a path to a key file ends in .json."),
    "no_token": (3, "Tokens: `softhsm2-util --show-slots`, or `pkcs11-tool --module LIBRARY -L`."),
    "no_object": (3, "`nodechain meter key create PLACE` makes a key there."),
    "no_module": (3, "Install the token's PKCS#11 library, or correct module-path."),
    "other_key": (7, "The terms name the meter's key; `nodechain meter key show PLACE` shows the one of a place."),
    "file_in_use": (5, "Stop the program that holds it, or let that one do the work: one signs from a file at a time."),
    "wrong_meter": (9, "Is it the right meter, and address? `nodechain meter read` shows which one answers."),
    "profile_mismatch": (4, "Read it with the profile that it was bound with, or bind it anew: `unit replace`."),
    "register_mismatch": (4, "Leave --register out: what is signed is the register that was bound."),
    "not_bound": (2, "`nodechain meter opening`, `unit consent` and `unit bind` bind a meter."),
    "wrong_chain": (2, "A home and an outbox serve one chain: name the right node, home or file. Nothing was signed."),
}


def exit_code_and_advice(error: DeviceError) -> tuple[int, str]:
    """How a device's error ends a command."""
    if error.code in _ADVICE_BY_CODE:
        return _ADVICE_BY_CODE[error.code]
    for kind, exit_code, advice in _ADVICE:
        if isinstance(error, kind):
            return exit_code, advice
    return 1, ""


def prints(function: Callable[..., Result | None]) -> Callable[..., None]:
    """Add `--output` to a command that returns a `Result`, print it, and end errors by their exit code."""

    @click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
    @functools.wraps(function)
    def command(*arguments: Any, output: str, **options: Any) -> None:
        form = click.get_current_context().meta[_FORM] = output
        try:
            result = function(*arguments, **options)
        except DeviceError as error:
            raise _ended_by(form, error) from None
        except BaseExceptionGroup as group:
            known = group.subgroup(DeviceError)
            if known is None:
                raise
            raise _ended_by(form, _first(known)) from None
        if result is not None:
            print_result(result)
            if result.troubles:
                raise click.exceptions.Exit(result.troubles[0].exit_code)

    return command


def _ended_by(form: str, error: DeviceError) -> click.exceptions.Exit:
    exit_code, advice = exit_code_and_advice(error)
    print_error(form, error.code, error.detail, advice, exit_code)
    return click.exceptions.Exit(exit_code)


def _first(group: BaseExceptionGroup[DeviceError]) -> DeviceError:
    """The first error of a group, however deep."""
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


def print_result(result: Result) -> None:
    """A result on stdout, in the form that the running command was asked for; commands that go on print several."""
    if click.get_current_context().meta[_FORM] == "json":
        click.echo(_envelope(result.data, [asdict(trouble) for trouble in result.troubles]))
        return
    click.echo(result.text)
    for trouble in result.troubles:
        click.echo(f"Error ({trouble.code}): {trouble.detail}", err=True)
        click.echo(trouble.advice, err=True)


def print_error(form: str, code: str, detail: str, advice: str, exit_code: int) -> None:
    """An error: for people on stderr, for programs as the envelope on stdout."""
    if form == "json":
        error = {"code": code, "detail": detail, "advice": advice, "exit_code": exit_code}
        click.echo(_envelope(None, [error]))
        return
    click.echo(f"Error ({code}): {detail}", err=True)
    if advice:
        click.echo(advice, err=True)


def _envelope(data: Any, errors: list[dict[str, Any]]) -> str:
    return json.dumps({"schema_version": SCHEMA_VERSION, "success": not errors, "data": data, "errors": errors})


def screen_columns() -> int | None:
    """The width of the terminal that stdout is (COLUMNS, else as it says); None where it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns of text, the first to the left, the others to the right; no wider than a terminal, elsewhere whole."""
    cells, columns = [list(headings), *([str(cell) for cell in row] for row in rows)], screen_columns()
    if columns is not None:
        cells = fitted_columns(cells, columns)
    widths = column_widths(cells)
    return "\n".join(
        (" " * COLUMN_GAP)
        .join(
            line.ljust(width) if column == 0 else line.rjust(width)
            for column, (line, width) in enumerate(zip(lines, widths, strict=True))
        )
        .rstrip()
        for row in cells
        for lines in zip_longest(*(cell.split("\n") for cell in row), fillvalue="")
    )


def fields(data: Mapping[str, object]) -> str:
    """One line a field."""
    width = max(map(len, data))
    return "\n".join(f"{name + ':':<{width + 1}} {value}" for name, value in data.items())
