"""Currency in and out by vote, on a chain without a banker (rule FU12)."""

from __future__ import annotations

from ledger.bank.assets import SupplyRule
from ledger.bank.balances import balance, burn, mint
from ledger.bank.genesis import assets_of
from ledger.bank.points import tell_came_in
from ledger.bank.schema import BANKER
from ledger.bank.withdrawals import burn_waiting, give_back_waiting, require_waiting
from ledger.chain.context import Context
from ledger.chain.schema import Link
from ledger.errors import Refused
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.events import BankerRemoved, BurnedByVote, FundBurned, MintedByVote, ReturnedByVote
from ledger.fund.genesis import FUND_SECTION
from ledger.fund.payloads import BurnByVote, MintByVote, RemoveBanker, ReturnByVote
from ledger.fund.schema import FUND_REFERENCES
from ledger.fund.spending import check_reference, reference_key
from ledger.fund.weights import ISSUING
from ledger.governance.members import require_member
from ledger.governance.voting import vote_on
from ledger.state.table import big_endian


def _check_issue(context: Context, asset: int) -> None:
    context.charge(ISSUING)
    if not FUND_SECTION.of(context.genesis).voters_issue:
        raise Refused("on this chain only a banker mints and burns", code="voters_do_not_issue")
    if context.state.get(BANKER, b"") is not None:
        raise Refused("there is a banker, who mints and burns", code="has_banker")
    assets = assets_of(context.genesis)
    if asset > len(assets):
        raise Refused(f"there is no asset {asset}", code="unknown_asset")
    if assets[asset - 1].supply != SupplyRule.BANKER:
        raise Refused(f"{assets[asset - 1].symbol} is made by meters", code="not_a_currency")


def check_mint(context: Context, action: MintByVote) -> None:
    """Refuse what may not be issued (FU12)."""
    _check_issue(context, action.asset)
    require_member(context, action.recipient)
    check_reference(context, action.reference)


def mint_by_vote(context: Context, action: MintByVote) -> None:
    """Carry out a vote, once for a reference (FU12)."""
    check_mint(context, action)
    vote = vote_on(context, action)
    mint(context.state, action.recipient, action.asset, action.amount)
    context.state.put(FUND_REFERENCES, reference_key(action.reference), Link(big_endian(0)))
    context.emit(MintedByVote(vote, action.recipient, action.asset, action.amount, action.reference))
    tell_came_in(context, action.recipient, action.asset)


def check_burn(context: Context, action: BurnByVote) -> None:
    """Refuse to destroy more than the holder locked to be paid out and nobody marked, or the fund has (FU12)."""
    _check_issue(context, action.asset)
    check_reference(context, action.reference)
    if action.holder != FUND_ACCOUNT:
        require_waiting(context, action.holder, action.asset, action.amount)
    elif balance(context.state, FUND_ACCOUNT, action.asset).available < action.amount:
        raise Refused("the fund does not have so much", code="fund_too_low")


def burn_by_vote(context: Context, action: BurnByVote) -> None:
    """Carry out a vote, once for a reference (FU12)."""
    check_burn(context, action)
    vote, holder, asset, amount = vote_on(context, action), action.holder, action.asset, action.amount
    context.state.put(FUND_REFERENCES, reference_key(action.reference), Link(big_endian(0)))
    if holder == FUND_ACCOUNT:
        burn(context.state, holder, asset, amount)
        context.emit(FundBurned(vote, holder, asset, amount, action.reference))
        return
    burn_waiting(context, holder, asset, amount)
    context.emit(BurnedByVote(vote, holder, asset, amount, action.reference))


def check_return(context: Context, action: ReturnByVote) -> None:
    """Refuse to give back more than is locked, and not marked (FU12)."""
    _check_issue(context, action.asset)
    require_waiting(context, action.holder, action.asset, action.amount)


def return_by_vote(context: Context, action: ReturnByVote) -> None:
    """Carry out a vote (FU12)."""
    check_return(context, action)
    vote = vote_on(context, action)
    give_back_waiting(context, action.holder, action.asset, action.amount)
    context.emit(ReturnedByVote(vote, action.holder, action.asset, action.amount))
    tell_came_in(context, action.holder, action.asset)


def check_banker_removal(context: Context, action: RemoveBanker) -> None:
    """Refuse where voters do not issue, or another account is the banker (FU12)."""
    context.charge(ISSUING)
    if not FUND_SECTION.of(context.genesis).voters_issue:
        raise Refused("on this chain only a banker mints and burns", code="voters_do_not_issue")
    found = context.state.get(BANKER, b"")
    if found is None or found.address != action.address:
        raise Refused("the account is not the banker", code="no_banker")


def remove_banker(context: Context, action: RemoveBanker) -> None:
    """Carry out a vote (FU12)."""
    check_banker_removal(context, action)
    context.state.delete(BANKER, b"")
    context.emit(BankerRemoved(action.address))
