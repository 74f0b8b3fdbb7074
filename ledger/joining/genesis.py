"""What a genesis, or a vote that switches the module on, says of joining."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Value


class AdmittedBy(IntEnum):
    """What admits who has applied."""

    VOTE = 1
    ATTESTATION = 2
    """An attestation of its identity, at once, where it asks for nothing but to be a member; else a vote."""


class JoiningSection(Value, frozen=True):
    """What admits who has applied."""

    admitted_by: Annotated[int, msgspec.Meta(ge=1, le=2), AdmittedBy]


def _check(_genesis: Genesis, _section: JoiningSection) -> None:
    """Nothing else can be wrong."""


JOINING_SECTION: Final = Section("joining", JoiningSection, _check, optional=True)
