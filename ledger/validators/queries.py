"""What people ask of punished equivocations. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.chain.schema import PROPOSERS
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.validators.schema import OFFENCES, Offence


def muted_until_ms(reader: Reader, address: bytes) -> int:
    """When a validator that proposes last may have its turns again (V11); 0 for all others."""
    entry = State(reader).get(PROPOSERS, address)
    return 0 if entry is None else entry.muted_until_ms


def offences(reader: Reader, cursor: bytes | None, limit: int) -> Page[Offence]:
    """A page of the offences that the state remembers, by the height they were committed at."""
    return page_of(reader, OFFENCES, b"", cursor, limit)
