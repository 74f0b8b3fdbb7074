"""What people ask of applications. Reads only; no rule stands here."""

from __future__ import annotations

import msgspec

from ledger.attestations.payloads import AttestationKind
from ledger.attestations.rules import demanded_kind
from ledger.chain.context import Context
from ledger.joining.genesis import JOINING_SECTION, AdmittedBy
from ledger.joining.limits import MAX_APPLICATIONS, MAX_APPLICATIONS_PER_HOUR
from ledger.joining.parameters import APPLICATION_LIFETIME
from ledger.joining.schema import APPLICATION_COUNT, APPLICATION_NUMBERS, APPLICATIONS, MembershipApplication
from ledger.joining.taken import taken_this_hour
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


class JoiningTerms(msgspec.Struct, frozen=True):
    """How one joins: what decides, what is demanded, how long it waits, and how many requests are taken now."""

    admitted_by: AdmittedBy
    demanded: AttestationKind | None
    lifetime_ms: int
    open: int
    room: int
    room_this_hour: int


def joining_terms(context: Context) -> JoiningTerms:
    """As they are at the view's time."""
    attestations = "attestations" in context.hooks.modules
    count = count_of_applications(context)
    return JoiningTerms(
        AdmittedBy(JOINING_SECTION.of(context.genesis).admitted_by),
        demanded_kind(context) if attestations else None,
        context.parameter(APPLICATION_LIFETIME),
        count,
        MAX_APPLICATIONS - count,
        max(MAX_APPLICATIONS_PER_HOUR - taken_this_hour(context), 0),
    )


def count_of_applications(context: Context) -> int:
    """How many are kept, dismissed ones too."""
    return context.count(APPLICATION_COUNT)


def application_of(state: State, account: bytes) -> MembershipApplication | None:
    """What an account has asked for."""
    return state.get(APPLICATIONS, account)


def application_by_number(state: State, number: int) -> MembershipApplication | None:
    """One by its number."""
    link = state.get(APPLICATION_NUMBERS, big_endian(number))
    return None if link is None else state.get(APPLICATIONS, link.target)


def applications(reader: Reader, cursor: bytes | None, limit: int) -> Page[MembershipApplication]:
    """A page of all by account."""
    return page_of(reader, APPLICATIONS, b"", cursor, limit)
