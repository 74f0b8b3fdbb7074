"""What a genesis says of tokens."""

from __future__ import annotations

from collections import Counter as Tally
from typing import Annotated, Final

import msgspec

from ledger.bank.assets import ENERGY_ASSET, AssetNumber, Assets, check_assets
from ledger.bank.limits import MAX_ASSETS
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section, distinct
from ledger.encoding.codec import Bytes20, Uint, Value
from ledger.errors import GenesisError
from ledger.governance.genesis import GOVERNANCE_SECTION, Access
from ledger.limits import MAX_INTEGER


class GenesisBalance(Value, frozen=True):
    """What the banker issued before the start; energy is never granted, only minted."""

    address: Bytes20
    asset: AssetNumber
    amount: Uint


class BankSection(Value, frozen=True):
    """The assets, the asset and the least amount of fees, who moves currency in and out, what was issued before."""

    assets: Annotated[Assets, msgspec.Meta(min_length=2, max_length=MAX_ASSETS)]
    fee_asset: AssetNumber
    minimum_fee: Uint
    banker: Bytes20
    balances: tuple[GenesisBalance, ...]


def _check(genesis: Genesis, section: BankSection) -> None:
    check_assets(section.assets)
    distinct("balance", [balance.address + bytes((balance.asset,)) for balance in section.balances])
    issued = Tally[int]()
    for balance in section.balances:
        issued[balance.asset] += balance.amount
    if section.fee_asset > len(section.assets) or any(asset > len(section.assets) for asset in issued):
        raise GenesisError(f"there are {len(section.assets)} assets; a fee or balance is in another one")
    if ENERGY_ASSET in issued:
        raise GenesisError("energy is never granted, only minted by meters")
    if GOVERNANCE_SECTION.of(genesis).access == Access.OPEN and section.minimum_fee == 0:
        raise GenesisError("open access needs a minimum fee above 0, or the chain can be filled for nothing")
    if section.minimum_fee and not issued[section.fee_asset]:
        raise GenesisError("nobody could pay the minimum fee: somebody must hold some of the fee asset from the start")
    if any(amount > MAX_INTEGER for amount in issued.values()):
        raise GenesisError("the first balances exceed 2^63 - 1 base units")


BANK_SECTION: Final = Section("bank", BankSection, _check)


def assets_of(genesis: Genesis) -> Assets:
    """The assets of a chain, by number from 1."""
    return BANK_SECTION.of(genesis).assets
