"""Attestations: what registrars and auditors have signed of whom, for those concerned and for voters."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.attestations.payloads import NO_DOCUMENT, AttestationKind, AttesterRole, OfficeStanding
from ledger.attestations.queries import attestation_of, attestations_about, attestations_by, attesters, counts_now
from ledger.attestations.schema import Attestation
from ledger.chain.schema import Link
from ledger.encoding.quantities import TimeMs
from ledger.keys.address import format_address
from ledger.state.paging import Page
from nodechain.api.access import visitor_of
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EXAMINED, MEMBERS, Open, Right, Visitor, concerned
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.errors import NotFound
from nodechain.node import Node


class AttestationView(ApiModel):
    """What an attester has signed. `kind`: `identity`, `presence`, `installation`, `solvency` or `efficiency`. Hashes
    are salted SHA-256 in hex, `document_hash` empty where there is none. `revoked_ms`: 0 while it was not. `counts`:
    whether it is in force: not revoked, not expired, its attester not barred.
    """

    number: int
    subject: str
    attester: str
    kind: str
    data_hash: str
    document_hash: str
    issued_ms: TimeMs
    expires_ms: TimeMs
    revoked_ms: TimeMs
    counts: bool


class AttestationAnswer(At):
    """One attestation."""

    attestation: AttestationView


class AccountAttestations(At):
    """A page of attestations by number: about an account, or signed by it."""

    account: str
    attestations: list[AttestationView]
    next: str | None


class AttesterView(ApiModel):
    """An office. `role`: `registrar` or `auditor`; `standing`: `appointed`, `retired` or `barred`, since a height."""

    address: str
    role: str
    standing: str
    since: int


class Attesters(At):
    """A page of the offices by account."""

    attesters: list[AttesterView]
    next: str | None


def _attestation(at: CommittedState, found: Attestation) -> AttestationView:
    return AttestationView(
        number=found.number,
        subject=format_address(found.subject),
        attester=format_address(found.attester),
        kind=AttestationKind(found.kind).name.lower(),
        data_hash=found.data_hash.hex(),
        document_hash="" if found.document_hash == NO_DOCUMENT else found.document_hash.hex(),
        issued_ms=found.issued_ms,
        expires_ms=found.expires_ms,
        revoked_ms=found.revoked_ms,
        counts=counts_now(at.view, found),
    )


def read_attestation(at: CommittedState, visitor: Visitor, number: int) -> AttestationAnswer:
    """One, for its subject, its attester and voters; raises `NotFound`, `NotYours`, `LoginNeeded`."""
    found = attestation_of(at.state, number)
    visitor.require(Open.CONCERNED, () if found is None else (found.subject, found.attester))
    if found is None:
        raise NotFound(f"there is no attestation {number}, or it has expired", code="unknown_attestation")
    return AttestationAnswer(height=at.height, attestation=_attestation(at, found))


def _page(at: CommittedState, account: bytes, page: Page[Link]) -> AccountAttestations:
    found = [attestation_of(at.state, int.from_bytes(link.target, "big")) for _key, link in page.entries]
    views = [_attestation(at, each) for each in found if each is not None]
    return AccountAttestations(
        height=at.height, account=format_address(account), attestations=views, next=cursor_text(page.cursor)
    )


def read_attesters(at: CommittedState, cursor: bytes | None, limit: int) -> Attesters:
    """Who has or had an office."""
    page = attesters(at.reader, cursor, limit)
    views = [
        AttesterView(
            address=format_address(key[:20]),
            role=AttesterRole(key[20]).name.lower(),
            standing=OfficeStanding(found.standing).name.lower(),
            since=found.since,
        )
        for key, found in page.entries
    ]
    return Attesters(height=at.height, attesters=views, next=cursor_text(page.cursor))


async def get_attestation(node: Node, request: web.Request) -> Work:
    """An attestation."""
    number, visitor = requests.path_number(request), visitor_of(request)
    return ledger(node, request, lambda at: read_attestation(at, visitor, number))


async def get_about(node: Node, request: web.Request) -> Work:
    """Attestations about an account."""
    account, cursor, limit = requests.path_address(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: _page(at, account, attestations_about(at.reader, account, cursor, limit)))


async def get_by(node: Node, request: web.Request) -> Work:
    """Attestations that an account has signed."""
    account, cursor, limit = requests.path_address(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: _page(at, account, attestations_by(at.reader, account, cursor, limit)))


async def get_attesters(node: Node, request: web.Request) -> Work:
    """Registrars and auditors."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_attesters(at, cursor, limit))


_ABOUT: Final = "/v1/attestations/subjects/{address}"
_BY: Final = "/v1/attestations/attesters/{address}"

ROUTES: Final = (
    Route("GET", "/v1/attesters", "Registrars and auditors", Attesters, get_attesters, query=(*AT, *PAGE)),
    Route("GET", "/v1/attestations/{number}", "An attestation", AttestationAnswer, get_attestation, query=AT,
          kind=POINT),
    Route("GET", _ABOUT, "Attestations about an account", AccountAttestations, get_about, query=(*AT, *PAGE)),
    Route("GET", _BY, "Attestations that an account has signed", AccountAttestations, get_by, query=(*AT, *PAGE)),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {
    "/v1/attesters": MEMBERS,
    "/v1/attestations/{number}": EXAMINED,
    _ABOUT: concerned("address"),
    _BY: concerned("address"),
}
