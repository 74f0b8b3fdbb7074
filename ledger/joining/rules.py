"""Applications taken, admitted, dismissed and forgotten (rules JO4 to JO7)."""

from __future__ import annotations

import msgspec

from ledger.attestations.payloads import AttestationKind
from ledger.attestations.rules import charge_looking
from ledger.chain.context import Context, in_range
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.schema import Link
from ledger.errors import Refused
from ledger.governance.members import admit_by_vote
from ledger.joining.events import (
    ApplicationAdmitted,
    ApplicationDismissed,
    ApplicationExpired,
    ApplicationMade,
    ApplicationReplaced,
)
from ledger.joining.genesis import JOINING_SECTION, AdmittedBy
from ledger.joining.limits import DISMISSED_KEPT_MS
from ledger.joining.parameters import APPLICATION_LIFETIME
from ledger.joining.payloads import NO_ATTESTATION, AdmitApplication, DismissApplications, RequestMembership
from ledger.joining.schema import (
    APPLICATION_COUNT,
    APPLICATION_DUE,
    APPLICATION_NUMBERS,
    APPLICATION_SERIES,
    APPLICATIONS,
    ApplicationStatus,
    MembershipApplication,
)
from ledger.joining.taken import note_taken
from ledger.joining.weights import APPLICATION_CHANGE, METER_ASKED, METER_GIVEN, UNIT_WISHED
from ledger.joining.wishes import check_sponsor, grant_wishes, named_attestation
from ledger.state.table import big_endian


def do_request_membership(context: Context, payload: RequestMembership) -> None:
    """Put a stranger's request on the list (JO4); whether it may stand there was looked at before (JO1 to JO3)."""
    account = context.sender
    context.charge(APPLICATION_CHANGE + METER_ASKED * len(payload.meters) + UNIT_WISHED * len(payload.units))
    if "attestations" in context.hooks.modules:
        charge_looking(context, account)
    standing = context.state.get(APPLICATIONS, account)
    if standing is not None:
        _forget(context, standing)
        context.emit(ApplicationReplaced(standing.number, account))
    note_taken(context)
    number = context.next_number(APPLICATION_SERIES)
    made = MembershipApplication(
        number, account, payload.referrer, payload.attestation_hash, tuple(wish.terms for wish in payload.meters),
        payload.units, payload.voter, context.nonce, context.time_ms,
        in_range(context.time_ms + context.parameter(APPLICATION_LIFETIME)), ApplicationStatus.OPEN,
    )  # fmt: skip
    _put(context, made)
    context.state.put(APPLICATION_NUMBERS, big_endian(number), Link(account))
    context.change_count(APPLICATION_COUNT, 1)
    context.emit(
        ApplicationMade(number, account, made.referrer, len(made.meters), len(made.units), made.voter, made.ends_ms)
    )
    if _is_admitted_at_once(context, made):
        _admit(context, made, made.account)


def _is_admitted_at_once(context: Context, made: MembershipApplication) -> bool:
    """Where the genesis says so: who asks for nothing but membership and whose identity is attested (JO6)."""
    if JOINING_SECTION.of(context.genesis).admitted_by != AdmittedBy.ATTESTATION:
        return False
    if made.meters or made.units or made.voter:
        return False
    attested = named_attestation(context, made.account, made.attestation_hash)
    return attested is not None and attested.kind == AttestationKind.IDENTITY


def check_admittance(context: Context, action: AdmitApplication) -> None:
    """Refuse a vote that could not be carried out now: it is, and leaves no trace (JO5)."""
    mark = context.mark()
    admit_application(context, action)
    context.undo(mark)


def admit_application(context: Context, action: AdmitApplication) -> None:
    """Carry out a vote: a member, with its meters, units and voice, or nothing of it (JO5)."""
    found = open_application(context, action.application)
    check_sponsor(context, found.account, action.sponsor)
    _admit(context, found, action.sponsor)


def _admit(context: Context, found: MembershipApplication, sponsor: bytes) -> None:
    context.charge(APPLICATION_CHANGE + METER_GIVEN * len(found.meters) + UNIT_WISHED * len(found.units))
    if found.attestation_hash != NO_ATTESTATION:
        if named_attestation(context, found.account, found.attestation_hash) is None:
            raise Refused("the attestation that it names does not count any more", code="attestation_not_in_force")
        charge_looking(context, found.account)
    named = (b"" if each == found.account else each for each in (sponsor, found.referrer))
    admit_by_vote(context, found.account, *named)
    grant_wishes(context, found)
    _forget(context, found)
    context.emit(ApplicationAdmitted(found.number, found.account, found.referrer, sponsor))


def check_dismissal(context: Context, action: DismissApplications) -> None:
    """Refuse numbers of what is not open, or that are not in order (JO7)."""
    if any(first >= second for first, second in zip(action.applications, action.applications[1:], strict=False)):
        raise Refused("the numbers must rise", code="numbers_not_rising")
    for number in action.applications:
        open_application(context, number)


def dismiss_applications(context: Context, action: DismissApplications) -> None:
    """Carry out a vote; what was decided or has expired meanwhile is passed over, some must be left (JO7)."""
    dismissed = [found for number in action.applications if (found := _open_one(context, number)) is not None]
    if not dismissed:
        raise Refused("none of these applications is open any more", code="unknown_application")
    for found in dismissed:
        context.charge(APPLICATION_CHANGE)
        cancel_expiry(context, found.ends_ms, APPLICATION_DUE, found.number)
        ends_ms = in_range(context.time_ms + DISMISSED_KEPT_MS)
        bare = msgspec.structs.replace(
            found, meters=(), units=(), voter=False, ends_ms=ends_ms, status=ApplicationStatus.DISMISSED
        )
        _put(context, bare)
        context.emit(ApplicationDismissed(found.number, found.account))


def application_due(context: Context, account: bytes) -> None:
    """Its time is over: nothing of it stays in the state (JO7)."""
    context.charge(APPLICATION_CHANGE)
    found = context.get(APPLICATIONS, account)
    _forget(context, found)
    if found.status == ApplicationStatus.OPEN:
        context.emit(ApplicationExpired(found.number, account))


def open_application(context: Context, number: int) -> MembershipApplication:
    """One that voters may decide on; refuses others, also one whose end waits to be handled (D1)."""
    found = _open_one(context, number)
    if found is None:
        raise Refused(f"no application {number} is open", code="unknown_application")
    return found


def _open_one(context: Context, number: int) -> MembershipApplication | None:
    link = context.state.get(APPLICATION_NUMBERS, big_endian(number))
    found = None if link is None else context.get(APPLICATIONS, link.target)
    is_open = found is not None and found.status == ApplicationStatus.OPEN and context.time_ms < found.ends_ms
    return found if is_open else None


def _put(context: Context, made: MembershipApplication) -> None:
    context.state.put(APPLICATIONS, made.account, made)
    schedule(context, made.ends_ms, APPLICATION_DUE, made.number, made.account)


def _forget(context: Context, found: MembershipApplication) -> None:
    context.state.delete(APPLICATIONS, found.account)
    context.state.delete(APPLICATION_NUMBERS, big_endian(found.number))
    context.change_count(APPLICATION_COUNT, -1)
    cancel_expiry(context, found.ends_ms, APPLICATION_DUE, found.number)
