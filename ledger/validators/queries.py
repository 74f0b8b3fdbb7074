"""What people ask of punished equivocations. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.state.overlay import Reader
from ledger.state.paging import Page, page_of
from ledger.validators.schema import OFFENCES, Offence


def offences(reader: Reader, cursor: bytes | None, limit: int) -> Page[Offence]:
    """A page of the offences that the state remembers, by the height they were committed at."""
    return page_of(reader, OFFENCES, b"", cursor, limit)
