"""What a genesis, or a vote that switches the module on, says of groups."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.bank.assets import AssetNumber, SupplyRule
from ledger.bank.genesis import assets_of
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section, distinct
from ledger.encoding.codec import Bytes20, Value
from ledger.errors import GenesisError
from ledger.groups.limits import MAX_GROUP_MANAGERS
from ledger.slots.genesis import SLOTS_SECTION


class GroupsSection(Value, frozen=True):
    """The currency (by its number) of limits and reserves, and the accounts that may open groups without a vote."""

    asset: AssetNumber
    managers: Annotated[tuple[Bytes20, ...], msgspec.Meta(max_length=MAX_GROUP_MANAGERS)]


def _check(genesis: Genesis, section: GroupsSection) -> None:
    if not SLOTS_SECTION.is_in(genesis):
        raise GenesisError("shares of groups hold by slots: the genesis needs a section of slots too")
    distinct("manager of groups", list(section.managers))
    assets = assets_of(genesis)
    if section.asset > len(assets) or assets[section.asset - 1].supply != SupplyRule.BANKER:
        raise GenesisError("limits of groups are in a currency that the genesis names")


GROUPS_SECTION: Final = Section("groups", GroupsSection, _check, optional=True)
