"""What a genesis, or a vote that switches the module on, says of points; which rules cannot be (rule TG2)."""

from __future__ import annotations

from typing import Final

from ledger.bank.genesis import assets_of
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Value
from ledger.errors import GenesisError
from ledger.fund.genesis import FUND_SECTION
from ledger.together.limits import MAX_ON_TIME_MS, MIN_ON_TIME_MS
from ledger.together.terms import TogetherTerms


class TogetherSection(Value, frozen=True):
    """The rules that hold from the start."""

    terms: TogetherTerms


def fault_of_terms(genesis: Genesis, terms: TogetherTerms) -> str:
    """What is wrong with rules of points; empty if nothing is."""
    if not MIN_ON_TIME_MS <= terms.on_time_ms <= MAX_ON_TIME_MS:
        return "readings are in time within a minute at least and a day at most"
    if terms.prizes and not FUND_SECTION.is_in(genesis):
        return "prizes are paid by the fund, and the chain has none"
    for prize in terms.prizes:
        if prize.asset > len(assets_of(genesis)):
            return f"there is no asset {prize.asset}"
    return ""


def _check(genesis: Genesis, section: TogetherSection) -> None:
    fault = fault_of_terms(genesis, section.terms)
    if fault:
        raise GenesisError(fault)


TOGETHER_SECTION: Final = Section("together", TogetherSection, _check, optional=True)
