"""Commands that send many transactions, one after the other: however one ends, it says where to go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from nodechain.errors import NodeError, TimedOut, Unreachable


@contextmanager
def goes_on(where: str) -> Iterator[None]:
    """`where`: what stands, and what to do; said when a person breaks it off, and where the node is not reached."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(where, err=True)
        raise
    except (TimedOut, Unreachable) as error:
        raise _with(error, where) from error


def _with(error: NodeError, where: str) -> NodeError:
    """The same error, whose advice ends with where to go on."""
    if where in error.advice:
        return error
    return type(error)(error.detail, code=error.code, advice=f"{error.advice} {where}")
