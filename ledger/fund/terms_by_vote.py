"""The terms of the fund: from the block after the one in which a vote set them (rule FU2)."""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context
from ledger.chain.schema import ONLY
from ledger.errors import Refused
from ledger.fund.events import FundTermsSet
from ledger.fund.genesis import FUND_SECTION, fault_of
from ledger.fund.payloads import SetFeeSplit, SetMarketCommission, SetNewcomerTerms
from ledger.fund.schema import FUND_TERMS, FundTermsEntry
from ledger.fund.terms import FundTerms
from ledger.fund.weights import TERMS_CHANGE


def begin_fund(context: Context) -> None:
    """The section's terms hold from the start."""
    terms = FUND_SECTION.of(context.genesis).terms
    context.state.put(FUND_TERMS, ONLY, FundTermsEntry(terms, terms, context.height))


def terms_in_force(context: Context) -> FundTerms:
    """Those that hold in this block."""
    entry = context.get(FUND_TERMS, ONLY)
    return entry.terms if context.height >= entry.since else entry.before


def check_fee_split(context: Context, action: SetFeeSplit) -> FundTerms:
    """Refuse parts that are not the whole, or that hold already."""
    return _checked(context, msgspec.structs.replace(_latest(context), fee_split=action.split))


def check_commission(context: Context, action: SetMarketCommission) -> FundTerms:
    """Refuse what holds already."""
    return _checked(context, msgspec.structs.replace(_latest(context), commission=action.parts))


def check_newcomer_terms(context: Context, action: SetNewcomerTerms) -> FundTerms:
    """Refuse an unknown asset, or what holds already."""
    return _checked(context, msgspec.structs.replace(_latest(context), newcomers=action.terms))


def set_fee_split(context: Context, action: SetFeeSplit) -> None:
    """Carry out a vote."""
    _set(context, check_fee_split(context, action))


def set_commission(context: Context, action: SetMarketCommission) -> None:
    """Carry out a vote."""
    _set(context, check_commission(context, action))


def set_newcomer_terms(context: Context, action: SetNewcomerTerms) -> None:
    """Carry out a vote."""
    _set(context, check_newcomer_terms(context, action))


def _latest(context: Context) -> FundTerms:
    return context.get(FUND_TERMS, ONLY).terms


def _checked(context: Context, terms: FundTerms) -> FundTerms:
    context.charge(TERMS_CHANGE)
    fault = fault_of(context.genesis, terms)
    if fault:
        raise Refused(fault, code="bad_fund_terms")
    if terms == _latest(context):
        raise Refused("these terms hold already", code="unchanged")
    return terms


def _set(context: Context, terms: FundTerms) -> None:
    """Two votes in one block: what held at its begin holds until its end."""
    since = context.height + 1
    context.state.put(FUND_TERMS, ONLY, FundTermsEntry(terms_in_force(context), terms, since))
    split, newcomers = terms.fee_split, terms.newcomers
    context.emit(
        FundTermsSet(
            since, split.proposer, split.committee, split.fund, terms.commission, newcomers.asset,
            newcomers.admission_fee, newcomers.referral_reward, newcomers.starter_grant,
        )
    )  # fmt: skip
