"""What people ask of attestations. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.attestations.rules import is_in_force
from ledger.attestations.schema import (
    ATTESTATION_COUNT,
    ATTESTATIONS,
    ATTESTED,
    ATTESTER_ATTESTATIONS,
    ATTESTERS,
    SUBJECT_ATTESTATIONS,
    Attestation,
    Attester,
)
from ledger.chain.context import Context
from ledger.chain.counters import counted
from ledger.chain.schema import Link
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


def attestation_of(state: State, number: int) -> Attestation | None:
    """One that has not been forgotten."""
    return state.get(ATTESTATIONS, big_endian(number))


def counts_now(context: Context, found: Attestation) -> bool:
    """Whether it counts at the view's time."""
    return is_in_force(context, found)


def attestations_about(reader: Reader, subject: bytes, cursor: bytes | None, limit: int) -> Page[Link]:
    """A page of an account's attestations by number, as links to their keys."""
    return page_of(reader, SUBJECT_ATTESTATIONS, subject, cursor, limit)


def attestations_by(reader: Reader, attester: bytes, cursor: bytes | None, limit: int) -> Page[Link]:
    """A page of what an attester has signed by number, as links to their keys."""
    return page_of(reader, ATTESTER_ATTESTATIONS, attester, cursor, limit)


def attesters(reader: Reader, cursor: bytes | None, limit: int) -> Page[Attester]:
    """A page of the offices by account and role."""
    return page_of(reader, ATTESTERS, b"", cursor, limit)


def count_of_attestations(context: Context) -> int:
    """How many are kept."""
    return context.count(ATTESTATION_COUNT)


def is_attested(context: Context, account: bytes) -> bool:
    """Whether anything is attested of an account."""
    return counted(context.state, account, ATTESTED) > 0
