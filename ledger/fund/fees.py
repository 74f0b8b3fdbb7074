"""Fees of a block, divided at its end among proposer, committee and fund (rules FU3, FU4)."""

from __future__ import annotations

from ledger.bank.balances import balance, credit, debit
from ledger.bank.genesis import BANK_SECTION
from ledger.bank.points import tell_came_in
from ledger.chain.context import Context
from ledger.chain.validator_set import load_validators
from ledger.fund.account import FEE_ACCOUNT, FUND_ACCOUNT
from ledger.fund.books import note, tell_fund
from ledger.fund.events import CommitteeFeePaid, FeesDivided
from ledger.fund.terms import MILLION, FundFlow
from ledger.fund.terms_by_vote import terms_in_force
from ledger.fund.weights import COMMITTEE_PART, FEES_DIVIDED
from ledger.sharing.apportion import apportion


def fee_receiver(context: Context) -> bytes:
    """Where a fee goes: to the proposer where it gets all, else where the block's end divides it (FU3)."""
    whole = terms_in_force(context).fee_split.proposer == MILLION
    return context.fee_account if whole else FEE_ACCOUNT


def divide_fees(context: Context) -> int:
    """At the end of a block: all that lies there, to the last unit (FU3). What that weighs, 0 for nothing to do."""
    asset = BANK_SECTION.of(context.genesis).fee_asset
    whole = balance(context.state, FEE_ACCOUNT, asset).available
    if not whole:
        return 0
    split = terms_in_force(context).fee_split
    parts = apportion(whole, (split.proposer, split.committee, split.fund), context.height)
    debit(context.state, FEE_ACCOUNT, asset, whole)
    paid, recipients = _pay_committee(context, asset, parts[1])
    to_proposer, to_fund = parts[0], parts[2] + parts[1] - paid
    credit(context.state, context.fee_account, asset, to_proposer)
    credit(context.state, FUND_ACCOUNT, asset, to_fund)
    note(context, FundFlow.FEES, asset, to_fund)
    context.emit(FeesDivided(FEE_ACCOUNT, context.fee_account, FUND_ACCOUNT, to_proposer, to_fund))
    for account in (*([context.fee_account] if to_proposer else ()), *recipients):
        tell_came_in(context, account, asset)
    if to_fund:
        tell_fund(context, asset)
    return FEES_DIVIDED + COMMITTEE_PART * len(recipients)


def _pay_committee(context: Context, asset: int, whole: int) -> tuple[int, list[bytes]]:
    """Equal parts of all validators, paid to the accounts of those whose COMMIT for the parent the block carries (FU4).

    Who did not commit leaves its part to the fund and not to the others: whose COMMITs a block carries is its
    proposer's choice among those that it has, and leaving somebody out must not pay.
    """
    members = load_validators(context.state).members if whole else ()
    paid, recipients = 0, []
    for member, part in zip(members, apportion(whole, (1,) * len(members), context.height), strict=True):
        if part and member.address in context.committed:
            credit(context.state, member.account, asset, part)
            context.emit(CommitteeFeePaid(FEE_ACCOUNT, member.address, member.account, part))
            paid += part
            recipients.append(member.account)
    return paid, recipients
