"""What voters decide of feeds, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from ledger.bank.assets import number_of
from ledger.encoding.codec import Value
from ledger.feeds.median import tolerated_liars
from ledger.feeds.payloads import ChangeFeed, EndFeed, FeedTerms, RegisterFeed
from nodechain.commands.sending.chain import denominations
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal.options import Invocation
from nodechain.home.feed_file import read_feed_file

_NUMBER: Final = click.argument("number", type=click.IntRange(min=1))
_FILE: Final = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


def _read(invocation: Invocation, file: Path) -> FeedTerms:
    assets = denominations(invocation).assets
    terms = read_feed_file(file, assets, lambda name: number_of(assets, name), invocation.address)
    if 2 * terms.quorum <= len(terms.reporters):
        click.echo(
            f"Warning: {terms.quorum} of {len(terms.reporters)} reporters make a value; more than half should.",
            err=True,
        )
    elif not tolerated_liars(terms.quorum):
        click.echo("Warning: a quorum below 3 withstands no reporter that lies.", err=True)
    return terms


@click.command("register-feed")
@_FILE
@voting
def register_feed(invocation: Invocation, *, file: Path) -> Value:
    """Register the feed of FILE."""
    return RegisterFeed(_read(invocation, file))


@click.command("change-feed")
@_NUMBER
@_FILE
@voting
def change_feed(invocation: Invocation, *, number: int, file: Path) -> Value:
    """Give feed NUMBER the terms of FILE; what it counts stays."""
    return ChangeFeed(number, _read(invocation, file))


@click.command("end-feed")
@_NUMBER
@voting
def end_feed(invocation: Invocation, *, number: int) -> Value:
    """End feed NUMBER: it has no value any more; who goes by it uses what it states for that."""
    del invocation
    return EndFeed(number)
