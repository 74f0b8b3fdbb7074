"""The table `fund` of a genesis template: terms of the community's fund from the start."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.bank.assets import CURRENCY_ASSET, Assets, number_of
from ledger.chain.parameters import PARTS
from ledger.encoding.amounts import parse_amount, parse_share
from ledger.fund.genesis import FUND_SECTION, FundSection
from ledger.fund.limits import MAX_COMMISSION
from ledger.fund.terms import MILLION, FeeSplit, FundTerms, NewcomerTerms
from nodechain.errors import UsageError
from nodechain.home.file_tables import FileTable, by_text

_STEP: Final = PARTS // MILLION
_Share = Annotated[int, by_text(parse_share)]


class FundTable(FileTable):
    """Parts of fees and the commission as shares (what is left of fees is the proposer's), amounts in an asset."""

    fees_to_committee: _Share = 0
    fees_to_fund: _Share = 0
    commission: _Share = 0
    asset: str | None = None
    admission_fee: str = "0"
    referral_reward: str = "0"
    starter_grant: str = "0"
    voters_issue: bool = False


def parts_per_million(share: int) -> int:
    """Of a share in parts per 10^9; raises `UsageError` (bad_share) where it is finer."""
    if share % _STEP:
        raise UsageError("parts of fees and the commission are whole parts per 10^6", code="bad_share")
    return share // _STEP


def split_of(committee: int, fund: int) -> FeeSplit:
    """The proposer has what is left; raises `UsageError` (bad_share) where more than all is given away."""
    if committee + fund > MILLION:
        raise UsageError("committee and fund together have no more than all of the fees", code="bad_share")
    return FeeSplit(MILLION - committee - fund, committee, fund)


def commission_of(share: int) -> int:
    """In parts per 10^6; raises `UsageError` (bad_share) above the highest one."""
    parts = parts_per_million(share)
    if parts > MAX_COMMISSION:
        raise UsageError("the commission is at most a tenth of what is paid", code="bad_share")
    return parts


def fund_section(table: FundTable, assets: Assets) -> tuple[str, bytes]:
    """The module's section."""
    asset = CURRENCY_ASSET if table.asset is None else number_of(assets, table.asset)
    fee, reward, grant = (
        parse_amount(text, assets[asset - 1].decimals) if text != "0" else 0
        for text in (table.admission_fee, table.referral_reward, table.starter_grant)
    )
    split = split_of(parts_per_million(table.fees_to_committee), parts_per_million(table.fees_to_fund))
    terms = FundTerms(split, commission_of(table.commission), NewcomerTerms(asset, fee, reward, grant))
    return FUND_SECTION.holding(FundSection(terms, table.voters_issue))
