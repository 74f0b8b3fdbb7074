"""What a genesis says of tokens."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.bank.schema import Asset
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section, distinct
from ledger.encoding.codec import Bytes20, Uint, Value
from ledger.errors import GenesisError
from ledger.governance.genesis import GOVERNANCE_SECTION, Access


class GenesisBalance(Value, frozen=True):
    """eEuro at the start; ENT is never funded, only minted."""

    address: Bytes20
    amount: Uint


class BankSection(Value, frozen=True):
    """The asset and the least amount of fees, who moves currency in and out, and what was issued from the start."""

    fee_asset: Annotated[int, msgspec.Meta(ge=1, le=2)]
    minimum_fee: Uint
    banker: Bytes20
    balances: tuple[GenesisBalance, ...]


def _check(genesis: Genesis, section: BankSection) -> None:
    distinct("balance", [balance.address for balance in section.balances])
    if GOVERNANCE_SECTION.of(genesis).access == Access.OPEN and section.minimum_fee == 0:
        raise GenesisError("open access needs a minimum fee above 0, or the chain can be filled for nothing")
    if section.minimum_fee and (section.fee_asset != Asset.EEURO or not section.balances):
        raise GenesisError("nobody could pay the minimum fee: it must be in eEuro, and somebody must hold some")
    if sum(balance.amount for balance in section.balances) > 2**63 - 1:
        raise GenesisError("the first balances exceed 2^63 - 1 base units")


BANK_SECTION: Final = Section("bank", BankSection, _check)
