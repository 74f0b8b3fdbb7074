"""What voters decide of points, on the command line."""

from __future__ import annotations

import click

from ledger.bank.assets import CURRENCY_ASSET, number_of
from ledger.encoding.amounts import parse_duration_ms
from ledger.encoding.codec import Value
from ledger.together.payloads import SetTogetherTerms
from ledger.together.terms import Prize, TogetherTerms
from nodechain.commands.sending.chain import denominations
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal.completing import assets
from nodechain.commands.terminal.options import Invocation
from nodechain.home.together_table import DEFAULT_GRACE_DAYS, DEFAULT_MOST, DEFAULT_WITHIN


@click.command("set-together")
@click.option("--used", type=click.IntRange(min=0), default=0, help="Points for a kWh used from the community.")
@click.option("--given", type=click.IntRange(min=0), default=0, help="Points for a kWh given to the community.")
@click.option("--on-time", type=click.IntRange(min=0), default=0, help="Points for a day with readings in time.")
@click.option("--ballots", type=click.IntRange(min=0), default=0, help="Points for a ballot in a question.")
@click.option("--most", type=click.IntRange(min=1), default=DEFAULT_MOST, show_default=True, help="A kind, a season.")
@click.option("--within", default=DEFAULT_WITHIN, show_default=True, help="So soon are readings in time.")
@click.option("--grace-days", type=click.IntRange(min=1), default=DEFAULT_GRACE_DAYS, show_default=True,
              help="After a month, until its season is closed.")  # fmt: skip
@click.option("--prize", "prizes", multiple=True, metavar="AMOUNT", help="Of the next place; may be repeated.")
@click.option("--asset", metavar="NAME", shell_complete=assets, help="Of prizes; default: the community's currency.")
@voting
def set_together(
    invocation: Invocation,
    *,
    used: int,
    given: int,
    on_time: int,
    ballots: int,
    most: int,
    within: str,
    grace_days: int,
    prizes: tuple[str, ...],
    asset: str | None,
) -> Value:
    """Set what earns points and which prizes the fund pays, from the next season on; what is left out is 0."""
    known = denominations(invocation)
    number = CURRENCY_ASSET if asset is None else number_of(known.assets, asset)
    paid = tuple(Prize(number, known.parse(number, amount)) for amount in prizes)
    return SetTogetherTerms(
        TogetherTerms(used, given, on_time, ballots, most, parse_duration_ms(within), grace_days, paid)
    )
