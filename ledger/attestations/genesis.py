"""What a genesis, or a vote that switches the module on, says of attesters."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.attestations.limits import MAX_FIRST_ATTESTERS
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section, distinct
from ledger.encoding.codec import Bytes20, Value

Addresses = Annotated[tuple[Bytes20, ...], msgspec.Meta(max_length=MAX_FIRST_ATTESTERS)]


class AttestationsSection(Value, frozen=True):
    """Who is registrar and auditor from the start; voters appoint others."""

    registrars: Addresses
    auditors: Addresses


def _check(_genesis: Genesis, section: AttestationsSection) -> None:
    distinct("registrar", list(section.registrars))
    distinct("auditor", list(section.auditors))


ATTESTATIONS_SECTION: Final = Section("attestations", AttestationsSection, _check, optional=True)
