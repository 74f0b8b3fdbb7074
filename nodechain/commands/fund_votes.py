"""What voters decide of the fund, on the command line."""

from __future__ import annotations

import click

from ledger.bank.assets import CURRENCY_ASSET, number_of
from ledger.encoding.amounts import parse_share
from ledger.encoding.codec import Value
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.payloads import (
    BurnByVote,
    MintByVote,
    RemoveBanker,
    ReturnByVote,
    SetFeeSplit,
    SetFundBudget,
    SetMarketCommission,
    SetNewcomerTerms,
    SpendFund,
)
from ledger.fund.terms import BudgetPeriod, NewcomerTerms
from nodechain.commands.sending.chain import denominations
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal.completing import accounts, assets
from nodechain.commands.terminal.options import Invocation
from nodechain.home.fund_table import commission_of, parts_per_million, split_of

_ASSET = click.option("--asset", metavar="NAME", shell_complete=assets, help="Default: the community's currency.")
_REFERENCE = click.option("--reference", required=True, metavar="TEXT", help="What it is for on paper; taken once.")


def _asset(invocation: Invocation, name: str | None) -> int:
    return CURRENCY_ASSET if name is None else number_of(denominations(invocation).assets, name)


def _base(invocation: Invocation, asset: int, amount: str) -> int:
    return 0 if amount == "0" else denominations(invocation).parse(asset, amount)


@click.command("spend-fund")
@click.argument("to", shell_complete=accounts)
@click.argument("amount")
@click.option("--purpose", required=True, metavar="WORD", help="What for, as budgets name it.")
@_REFERENCE
@_ASSET
@voting
def spend_fund(
    invocation: Invocation, *, to: str, amount: str, purpose: str, reference: str, asset: str | None
) -> Value:
    """Pay AMOUNT out of the fund to TO."""
    number = _asset(invocation, asset)
    return SpendFund(invocation.address(to), number, _base(invocation, number, amount), purpose, reference)


@click.command("fund-budget")
@click.argument("purpose")
@click.argument("amount")
@click.argument("period", type=click.Choice([kind.name.lower() for kind in BudgetPeriod]))
@_ASSET
@voting
def fund_budget(invocation: Invocation, *, purpose: str, amount: str, period: str, asset: str | None) -> Value:
    """Let the fund pay at most AMOUNT for PURPOSE in each PERIOD; `fund-budget PURPOSE 0 none` bounds it no longer."""
    number = _asset(invocation, asset)
    return SetFundBudget(purpose, number, _base(invocation, number, amount), BudgetPeriod[period.upper()])


@click.command("fee-split")
@click.option("--committee", default="0", show_default=True, metavar="SHARE", help="For the validators who committed.")
@click.option("--fund", "to_fund", default="0", show_default=True, metavar="SHARE", help="For the fund.")
@voting
def fee_split(invocation: Invocation, *, committee: str, to_fund: str) -> Value:
    """Divide the fees of blocks, as 25% or 0.25; what is left is the proposer's."""
    del invocation
    return SetFeeSplit(split_of(parts_per_million(parse_share(committee)), parts_per_million(parse_share(to_fund))))


@click.command("commission")
@click.argument("share")
@voting
def commission(invocation: Invocation, *, share: str) -> Value:
    """Keep SHARE, as 0.3%, of what sellers get in the market for the fund."""
    del invocation
    return SetMarketCommission(commission_of(parse_share(share)))


@click.command("newcomer-terms")
@click.option("--admission-fee", default="0", show_default=True, metavar="AMOUNT", help="What an admission costs.")
@click.option("--reward", default="0", show_default=True, metavar="AMOUNT", help="What the referrer gets.")
@click.option("--grant", default="0", show_default=True, metavar="AMOUNT", help="What the newcomer gets.")
@_ASSET
@voting
def newcomer_terms(invocation: Invocation, *, admission_fee: str, reward: str, grant: str, asset: str | None) -> Value:
    """Set what admissions cost and bring."""
    number = _asset(invocation, asset)
    amounts = (_base(invocation, number, amount) for amount in (admission_fee, reward, grant))
    return SetNewcomerTerms(NewcomerTerms(number, *amounts))


@click.command("mint")
@click.argument("to", shell_complete=accounts)
@click.argument("amount")
@_REFERENCE
@_ASSET
@voting
def mint(invocation: Invocation, *, to: str, amount: str, reference: str, asset: str | None) -> Value:
    """Issue AMOUNT of a currency to TO, on a chain without a banker."""
    number = _asset(invocation, asset)
    return MintByVote(invocation.address(to), number, _base(invocation, number, amount), reference)


@click.command("burn")
@click.argument("amount")
@click.option("--holder", shell_complete=accounts, help="Who locked it to be paid out (default: the fund's own).")
@_REFERENCE
@_ASSET
@voting
def burn(invocation: Invocation, *, amount: str, holder: str | None, reference: str, asset: str | None) -> Value:
    """Destroy AMOUNT of a currency that was paid out, on a chain without a banker."""
    number = _asset(invocation, asset)
    who = FUND_ACCOUNT if holder is None else invocation.address(holder)
    return BurnByVote(who, number, _base(invocation, number, amount), reference)


@click.command("return-withdrawal")
@click.argument("holder", shell_complete=accounts)
@click.argument("amount")
@_ASSET
@voting
def return_withdrawal(invocation: Invocation, *, holder: str, amount: str, asset: str | None) -> Value:
    """Give HOLDER back AMOUNT of what it locked to be paid out, on a chain without a banker."""
    number = _asset(invocation, asset)
    return ReturnByVote(invocation.address(holder), number, _base(invocation, number, amount))


@click.command("remove-banker")
@click.argument("account", shell_complete=accounts)
@voting
def remove_banker(invocation: Invocation, *, account: str) -> Value:
    """Let ACCOUNT be the banker no longer, and nobody be it."""
    return RemoveBanker(invocation.address(account))
