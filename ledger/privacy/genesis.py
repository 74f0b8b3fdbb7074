"""What a genesis, or a vote that switches the module on, says of reading: whose details are open to whom.

It binds who serves data to others (the nodes' interfaces). Who holds the blocks reads them all.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.chain.genesis import Genesis
from ledger.chain.section import Section, distinct
from ledger.encoding.codec import Bytes20, Value
from ledger.privacy.limits import MAX_READERS


class Detail(IntEnum):
    """To whom an account's readings, balance, statement, sessions and orders are open, besides itself."""

    OWNER = 1
    MEMBERS = 2


class ReadingRole(IntEnum):
    """A role of the ledger whose holders read everybody's details."""

    VOTER = 1
    BANKER = 2
    VALIDATOR = 3
    TREASURER = 4
    GRID_OPERATOR = 5


class PrivacySection(Value, frozen=True):
    """`roles` and the accounts of `readers` (an auditor, a regulator) read everything; `detail` says who else does."""

    detail: Annotated[int, msgspec.Meta(ge=1, le=2)]
    roles: Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=5)], ...], msgspec.Meta(max_length=5)]
    readers: Annotated[tuple[Bytes20, ...], msgspec.Meta(max_length=MAX_READERS)]


def _check(_genesis: Genesis, section: PrivacySection) -> None:
    distinct("role that reads", [bytes((role,)) for role in section.roles])
    distinct("reader", list(section.readers))


PRIVACY_SECTION: Final = Section("privacy", PrivacySection, _check, optional=True)

OWN_ONLY: Final = PrivacySection(Detail.OWNER, (), ())
"""Where nothing was agreed: everybody reads what is one's own."""
