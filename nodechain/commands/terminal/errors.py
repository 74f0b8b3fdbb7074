"""Every way a command can fail, as one message with a code, advice and the exit code of node.md."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from ledger.errors import InvalidInput, LedgerError, WrongPassword
from ledger.errors import Refused as LedgerRefused
from nodechain.commands.terminal.output import Format, print_error, wanted_format
from nodechain.errors import NodeError

INTERRUPTED = 130


class Failure(NamedTuple):
    """A failure as it is shown. A tuple, since `--help` comes by here and needs neither msgspec nor dataclasses."""

    code: str
    detail: str
    advice: str
    exit_code: int


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command line; the exit code."""
    chosen: dict[str, Any] = {}
    try:
        result = command.main(args=list(arguments), prog_name="nodechain", standalone_mode=False, obj=chosen)
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing more can be said, also not by Python at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except BaseExceptionGroup as group:
        return _fail(_form(chosen, arguments), failure_of(first_cause(group)))
    except BaseException as error:
        # The last handler: whatever it is, a program that reads JSON gets an envelope.
        if isinstance(error, Exception):
            if "--debug" in arguments:
                traceback.print_exception(error)
            return _fail(_form(chosen, arguments), failure_of(error))
        raise
    return result if isinstance(result, int) else 0


def _form(chosen: dict[str, Any], arguments: Sequence[str]) -> Format:
    """The form that the command had settled on; where it did not come so far, what the command line asks for."""
    form = chosen.get("form")
    return form if isinstance(form, Format) else wanted_format(arguments, os.environ.get("NODECHAIN_OUTPUT", ""))


def _fail(form: Format, failure: Failure) -> int:
    try:
        print_error(form, failure.code, failure.detail, failure.advice, failure.exit_code)
        sys.stdout.flush()
    except OSError as error:
        # stdout takes nothing (a full disk): say it where it can be seen, and let Python not try again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print_error(Format.TEXT, "output_failed", f"the output could not be written: {error.strerror}", "", 1)
        return 1
    return failure.exit_code


def first_cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error in a group that a task group raised."""
    first = group.exceptions[0]
    return first_cause(first) if isinstance(first, BaseExceptionGroup) else first


def failure_of(error: BaseException) -> Failure:
    """How an error is shown, whatever it is."""
    match error:
        case NodeError():
            return Failure(error.code, error.detail, error.advice, error.exit_code)
        case WrongPassword():
            return Failure(error.code, error.detail, "Try again with the right password.", 7)
        case LedgerRefused():
            return Failure(error.code, error.detail, "See `nodechain params` and the command's --help.", 4)
        case InvalidInput():
            return Failure(error.code, error.detail, "See the command's --help.", 2)
        case LedgerError():
            return Failure(error.code, error.detail, "This is a bug. Keep the log and report it.", 1)
        case click.UsageError():
            where = error.ctx.command_path if error.ctx is not None else "nodechain"
            return Failure("bad_usage", error.format_message(), f"See `{where} --help`.", 2)
        case click.ClickException():
            return Failure("failed", error.format_message(), "", error.exit_code)
        case ModuleNotFoundError():
            advice = "Install the node's parts: pip install 'nodechain[node]'."
            return Failure("missing_extra", f"{error.name} is not installed", advice, 1)
        case OSError():
            return Failure("environment", str(error), "Check the path and the machine.", 1)
        case RecursionError():
            return Failure("too_deep", "the input is nested too deeply", "Nothing real is: check the file.", 2)
        case _:
            detail = f"{type(error).__name__}: {error}"
            return Failure("unexpected", detail, "This is a bug. Report it with what `--debug` adds.", 1)
