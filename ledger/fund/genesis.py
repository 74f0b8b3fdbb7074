"""What a genesis, or a vote that switches the module on, says of the fund."""

from __future__ import annotations

from typing import Final

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import assets_of
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Value
from ledger.errors import GenesisError
from ledger.fund.terms import MILLION, FeeSplit, FundTerms, NewcomerTerms

AS_ALWAYS: Final = FundTerms(FeeSplit(MILLION, 0, 0), 0, NewcomerTerms(CURRENCY_ASSET, 0, 0, 0))
"""Nothing is otherwise than without a fund: fees to the proposer, no commission, admission costs nothing."""


class FundSection(Value, frozen=True):
    """The terms that hold from the start. `voters_issue`: voters mint and burn while there is no banker."""

    terms: FundTerms
    voters_issue: bool


def fault_of(genesis: Genesis, terms: FundTerms) -> str:
    """What is wrong with terms; empty if nothing is."""
    split = terms.fee_split
    if split.proposer + split.committee + split.fund != MILLION:
        return f"the parts of fees come to {split.proposer + split.committee + split.fund}, not to {MILLION}"
    if terms.newcomers.asset > len(assets_of(genesis)):
        return f"there is no asset {terms.newcomers.asset}"
    return ""


def _check(genesis: Genesis, section: FundSection) -> None:
    fault = fault_of(genesis, section.terms)
    if fault:
        raise GenesisError(fault)


FUND_SECTION: Final = Section("fund", FundSection, _check, optional=True)
