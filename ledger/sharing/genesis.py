"""What a genesis, or a vote that switches the module on, says of sharing."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.bank.assets import AssetNumber, SupplyRule
from ledger.bank.genesis import assets_of
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section, distinct
from ledger.encoding.codec import Bytes20, Value
from ledger.errors import GenesisError
from ledger.sharing.limits import MAX_SHARING_MANAGERS
from ledger.slots.genesis import SLOTS_SECTION


class SharingSection(Value, frozen=True):
    """The currency (by its number) that schemes settle in, and the accounts that may open and change schemes without a
    vote.
    """

    asset: AssetNumber
    managers: Annotated[tuple[Bytes20, ...], msgspec.Meta(max_length=MAX_SHARING_MANAGERS)]


def _check(genesis: Genesis, section: SharingSection) -> None:
    if not SLOTS_SECTION.is_in(genesis):
        raise GenesisError("energy is shared by slots: the genesis needs a section of slots too")
    distinct("manager of sharing", list(section.managers))
    assets = assets_of(genesis)
    if section.asset > len(assets) or assets[section.asset - 1].supply != SupplyRule.BANKER:
        raise GenesisError("schemes settle in a currency that the genesis names")


SHARING_SECTION: Final = Section("sharing", SharingSection, _check, optional=True)
