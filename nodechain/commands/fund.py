"""The community's fund: what it has, what came in, budgets, payments; agreeing to pay for an admission."""

from __future__ import annotations

from typing import Final

import click

from ledger.bank.assets import CURRENCY_ASSET, number_of
from ledger.bank.payloads import Transfer
from ledger.encoding.times import format_time
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.payloads import SponsorAdmission
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.fund import FundBookView, FundBudgetView, FundSpendView, FundTermsView, SponsorshipView
from nodechain.commands.bank import show_statement
from nodechain.commands.sending.chain import denominations
from nodechain.commands.sending.send import How, account_asked, send
from nodechain.commands.terminal.completing import accounts, assets
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table

_INCOME: Final = ("fees", "commission", "admissions", "gifts")
_OUTLAY: Final = ("spent", "rewards", "grants", "prizes")


@click.group()
def fund() -> None:
    """The community's fund: an account that no key owns; voters spend from it (`nodechain vote spend-fund`)."""


def percent(parts: int) -> str:
    """Parts per 10^6 as people write them."""
    whole, rest = divmod(parts, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + " %"


@fund.command()
@command
def show(invocation: Invocation) -> None:
    """Balance, what came in and went out by kind, who gets fees, what admissions cost."""
    found = invocation.node.fund.show()
    terms = found["terms"]
    told = [
        ("account", found["account"]),
        ("fees", _split(terms)),
        ("commission of the market", percent(terms["commission"])),
        ("admission fee", _amount(terms, terms["admission_fee"])),
        ("reward for a referral", _amount(terms, terms["referral_reward"])),
        ("starter grant", _amount(terms, terms["starter_grant"])),
        ("currency in and out", "by vote, where there is no banker" if found["voters_issue"] else "by the banker"),
    ]
    rows = [
        (book["symbol"], *(book[name]["tokens"] for name in ("available", *_INCOME, *_OUTLAY, "is_owed")))
        for book in found["books"]
        if _moved(book)
    ]
    heading = (
        "ASSET", "AVAILABLE", "FEES", "COMMISSION", "ADMISSIONS", "GIFTS", "SPENT", "REWARDS", "GRANTS", "PRIZES",
        "OWED",
    )  # fmt: skip
    text = f"{fields(told)}\n\n{table(heading, rows) if rows else 'The fund has nothing yet.'}"
    invocation.show(found, text, found["books"], columns=heads(FundBookView))


def _split(terms: FundTermsView) -> str:
    parts = (("proposer", terms["proposer"]), ("committee", terms["committee"]), ("fund", terms["fund"]))
    return ", ".join(f"{name} {percent(part)}" for name, part in parts if part)


def _amount(terms: FundTermsView, amount: Amount) -> str:
    return f"{amount['tokens']} {terms['symbol']}" if amount["base"] else "none"


def _moved(book: FundBookView) -> bool:
    return any(book[name]["base"] for name in ("available", *_INCOME, *_OUTLAY, "is_owed"))


@fund.command()
@command
def budget(invocation: Invocation) -> None:
    """Budgets of purposes, and what is spent of them in the period that runs."""
    found = invocation.node.fund.show()["budgets"]
    rows = [
        (each["purpose"], each["period"], *(f"{each[name]['tokens']} {each['symbol']}" for name in ("amount", "spent")))
        for each in found
    ]
    text = table(("PURPOSE", "PERIOD", "BUDGET", "SPENT"), rows) if rows else "No purpose has a budget."
    invocation.show({"budgets": found}, text, found, columns=heads(FundBudgetView))


@fund.command()
@command
def spends(invocation: Invocation) -> None:
    """Payments out of the fund, and the vote that decided each."""
    found = [each for page in invocation.node.fund.spends() for each in page["spends"]]
    names = invocation.names()
    rows = [
        (
            str(each["number"]),
            format_time(each["time_ms"]),
            names.get(each["recipient"], each["recipient"]),
            f"{each['amount']['tokens']} {each['symbol']}",
            each["purpose"],
            each["reference"],
            str(each["vote"]),
        )
        for each in found
    ]
    heading = ("NUMBER", "TIME (UTC)", "TO", "AMOUNT", "FOR", "REFERENCE", "VOTE")
    text = table(heading, rows) if rows else "The fund has paid nothing yet."
    invocation.show({"spends": found}, text, found, columns=heads(FundSpendView))


@fund.command()
@command
def statement(invocation: Invocation) -> None:
    """The fund's movements one by one, as of any account: for who reads everything (`spends` is for all members)."""
    address = invocation.node.fund.show()["account"]
    show_statement(invocation, address, invocation.node.statement(address))


@fund.command()
@click.argument("amount")
@click.option("--asset", metavar="NAME", shell_complete=assets, help="Default: the community's currency.")
@sending
def give(invocation: Invocation, how: How, *, amount: str, asset: str | None) -> None:
    """Give AMOUNT to the fund."""
    chain = denominations(invocation)
    number = CURRENCY_ASSET if asset is None else number_of(chain.assets, asset)
    base = chain.parse(number, amount)
    done = f"Gave {chain.text(number, base)} {chain.symbol(number)} to the fund."
    send(invocation, how, Transfer(number, FUND_ACCOUNT, base), done=done)


@fund.command()
@click.argument("candidate", shell_complete=accounts)
@click.argument("most", required=False)
@click.option("--withdraw", is_flag=True, help="Agree no longer.")
@click.option("--asset", metavar="NAME", shell_complete=assets, help="Default: the admission fee's.")
@sending
def sponsor(
    invocation: Invocation, how: How, *, candidate: str, most: str | None, withdraw: bool, asset: str | None
) -> None:
    """Agree to pay up to MOST (default: the fee as it is) for the admission of CANDIDATE, if a vote names you."""
    chain, address = denominations(invocation), invocation.address(candidate)
    terms = invocation.node.fund.show()["terms"]
    number = number_of(chain.assets, terms["asset"] if asset is None else asset)
    base = 0 if withdraw else terms["admission_fee"]["base"] if most is None else chain.parse(number, most)
    up_to = f"{chain.text(number, base)} {chain.symbol(number)}"
    done = f"You do not pay for {candidate} any more."
    if not withdraw:
        done = f"You agree to pay up to {up_to} for the admission of {candidate}."
    send(invocation, how, SponsorAdmission(address, number, base), done=done)


@fund.command()
@click.argument("account", required=False, shell_complete=accounts)
@command
def sponsors(invocation: Invocation, *, account: str | None) -> None:
    """Whose admission fees ACCOUNT has agreed to pay."""
    address = account_asked(invocation, account, "`nodechain fund sponsors NAME`")
    found = [each for page in invocation.node.fund.sponsors(address) for each in page["sponsorships"]]
    names = invocation.names()
    rows = [
        (names.get(each["candidate"], each["candidate"]), f"{each['most']['tokens']} {each['symbol']}")
        for each in found
    ]
    text = table(("CANDIDATE", "UP TO"), rows) if rows else "It has agreed to pay for nobody."
    invocation.show({"sponsorships": found}, text, found, columns=heads(SponsorshipView))
