"""What a genesis says of members and voters."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.chain.genesis import Genesis
from ledger.chain.section import Section, distinct
from ledger.encoding.codec import Bytes20, Value
from ledger.governance.limits import MAX_VOTERS


class Access(IntEnum):
    """Who may use the ledger: those whom the voters admitted, or everybody who pays the fee."""

    MEMBERS = 1
    OPEN = 2


class GovernanceSection(Value, frozen=True):
    """Who may use the ledger, who votes, who is a member from the start."""

    access: Annotated[int, msgspec.Meta(ge=1, le=2)]
    voters: Annotated[tuple[Bytes20, ...], msgspec.Meta(min_length=1, max_length=MAX_VOTERS)]
    members: tuple[Bytes20, ...]


def _check(_genesis: Genesis, section: GovernanceSection) -> None:
    distinct("voter", list(section.voters))
    distinct("member", list(section.members))


GOVERNANCE_SECTION: Final = Section("governance", GovernanceSection, _check)
