"""Generators and certificates: what is registered, what counts, who holds, offers, and has used up what."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.certificates.queries import (
    ProductionRegister,
    certificate_of,
    certificate_sums,
    certificate_terms,
    generator_days,
    generator_of,
    held_by,
    holding,
    offers,
    production_registers,
    retirements_of,
)
from ledger.certificates.schema import CertificateHolding, EnergyCertificate, Retirement
from ledger.certificates.terms import RENEWABLE, EnergySource, cost_of
from ledger.chain.parameters import DAY_MS
from ledger.encoding.quantities import TimeMs, WattHours, Watts
from ledger.keys.address import ADDRESS_BYTES, format_address
from nodechain.api.amounts import Amount, tokens, view
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right, own
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.errors import NotFound
from nodechain.node import Node


class GeneratorView(ApiModel):
    """A production register that is bound: the account that produces at a unit (its own address: at its metering
    point). What voters have not described has the source unknown, and 0 for what is not known.

    `certifiable`: described, and of a renewable source.
    """

    unit: str
    account: str
    described: bool
    source: str
    rated_w: Watts
    commissioned_ms: TimeMs
    certifiable: bool


class Generators(At):
    """A page of production registers by unit and account; a page may be short."""

    generators: list[GeneratorView]
    next: str | None


class GeneratorDayView(ApiModel):
    """What counts for a UTC day that begins at `first_ms`; `certificate`: the number that it went into, or 0."""

    first_ms: TimeMs
    energy_wh: WattHours
    certificate: int


class GeneratorDays(At):
    """What a generator has metered since voters described it, and a page of its days that are kept, the oldest first.

    Of `metered_wh` `certified_wh` have certificates, `corrected_wh` were held back, `forgotten_wh` were not certified
    in time; the rest is of days that have none. `withheld_wh` are still to be held back.
    """

    unit: str
    account: str
    source: str
    metered_wh: WattHours
    certified_wh: WattHours
    corrected_wh: WattHours
    forgotten_wh: WattHours
    withheld_wh: WattHours
    days: list[GeneratorDayView]
    next: str | None


class CertificatesView(At):
    """How certificates are offered (`asset`), how long after its period one may be used, and sums of the whole chain.

    What was issued and is neither retired nor expired is held by somebody.
    """

    asset: int
    lifetime_ms: int
    generators: int
    offers: int
    issued_wh: WattHours
    retired_wh: WattHours
    expired_wh: WattHours


class CertificateView(ApiModel):
    """A certificate. `kind`: origin (of the register of `account` at `unit`, described as it was at the issue) or
    saving (certified by the auditor `issuer`; `unit` is empty, `document` the SHA-256 of its report).

    `issued_wh` are `live_wh`, `retired_wh` and `expired_wh`. `measured_wh`: metered in the period, or used where
    `baseline_wh` was usual. `over`: its time has come.
    """

    number: int
    kind: str
    unit: str
    account: str
    issuer: str
    source: str
    rated_w: Watts
    commissioned_ms: TimeMs
    first_ms: TimeMs
    end_ms: TimeMs
    baseline_wh: WattHours
    measured_wh: WattHours
    document: str
    issued_wh: WattHours
    live_wh: WattHours
    retired_wh: WattHours
    expired_wh: WattHours
    issued_ms: TimeMs
    expires_ms: TimeMs
    over: bool


class CertificateAnswer(At):
    """One certificate."""

    certificate: CertificateView


class CertificateHoldingView(ApiModel):
    """A part of a certificate; `offered_wh` of it may be taken at `price` per kWh (null: nothing is offered)."""

    certificate: CertificateView
    energy_wh: WattHours
    offered_wh: WattHours
    price: Amount | None


class CertificateHoldings(At):
    """A page of what an account holds, by number of the certificate."""

    account: str
    holdings: list[CertificateHoldingView]
    next: str | None


class CertificateOfferView(ApiModel):
    """A part that `owner` offers to every member at `price` per kWh, all of it for `cost`; parts are taken too."""

    certificate: CertificateView
    owner: str
    energy_wh: WattHours
    asset: int
    price: Amount
    cost: Amount


class CertificateOffers(At):
    """A page of open offers by number of the certificate; a page may be short."""

    offers: list[CertificateOfferView]
    next: str | None


class RetirementView(ApiModel):
    """A part that `owner` used up for what `beneficiary` consumed between two times."""

    number: int
    certificate: CertificateView
    owner: str
    beneficiary: str
    energy_wh: WattHours
    purpose: str
    from_ms: TimeMs
    until_ms: TimeMs
    retired_ms: TimeMs


class Retirements(At):
    """A page of what was used up for an account, by number."""

    account: str
    retirements: list[RetirementView]
    next: str | None


def _generator(at: CommittedState, register: ProductionRegister) -> GeneratorView:
    found = generator_of(at.state, register.unit, register.account)
    source = EnergySource.UNKNOWN if found is None else EnergySource(found.source)
    return GeneratorView(
        unit=format_address(register.unit),
        account=format_address(register.account),
        described=found is not None,
        source=source.name.lower(),
        rated_w=0 if found is None else found.rated_w,
        commissioned_ms=0 if found is None else found.commissioned_ms,
        certifiable=source in RENEWABLE,
    )


def _certificate(at: CommittedState, number: int) -> CertificateView:
    """Raises `NotFound`."""
    found: EnergyCertificate | None = certificate_of(at.state, number)
    if found is None:
        raise NotFound(f"there is no certificate {number}", code="unknown_certificate")
    return view(at.chain, CertificateView, found, over=at.view.time_ms >= found.expires_ms)


def _part(at: CommittedState, key: bytes) -> tuple[CertificateView, CertificateHolding] | None:
    """What stands at a key of the holdings."""
    number, account = int.from_bytes(key[:-ADDRESS_BYTES], "big"), key[-ADDRESS_BYTES:]
    part = holding(at.state, number, account)
    return None if part is None else (_certificate(at, number), part)


def _held(at: CommittedState, certificate: CertificateView, part: CertificateHolding) -> CertificateHoldingView:
    return CertificateHoldingView(
        certificate=certificate,
        energy_wh=part.energy_wh,
        offered_wh=part.offered_wh,
        price=tokens(at.chain, part.asset, part.price) if part.offered_wh else None,
    )


def _offer(
    at: CommittedState, owner: bytes, certificate: CertificateView, part: CertificateHolding
) -> CertificateOfferView:
    return CertificateOfferView(
        certificate=certificate,
        owner=format_address(owner),
        energy_wh=part.offered_wh,
        asset=part.asset,
        price=tokens(at.chain, part.asset, part.price),
        cost=tokens(at.chain, part.asset, cost_of(part.offered_wh, part.price)),
    )


def _retirement(at: CommittedState, found: Retirement) -> RetirementView:
    return view(at.chain, RetirementView, found, certificate=_certificate(at, found.certificate))


def read_generators(at: CommittedState, cursor: bytes | None, limit: int) -> Generators:
    """A page of production registers."""
    page = production_registers(at.reader, cursor, limit)
    views = [_generator(at, register) for _key, register in page.entries]
    return Generators(height=at.height, generators=views, next=cursor_text(page.cursor))


def read_days(at: CommittedState, account: bytes, unit: bytes, cursor: bytes | None, limit: int) -> GeneratorDays:
    """What a generator metered; raises `NotFound`."""
    found = generator_of(at.state, unit, account)
    if found is None:
        raise NotFound("voters have not described this production register", code="unknown_generator")
    page = generator_days(at.reader, unit, account, cursor, limit)
    days = [
        GeneratorDayView(
            first_ms=int.from_bytes(key[2 * ADDRESS_BYTES :], "big") * DAY_MS,
            energy_wh=day.energy_wh,
            certificate=day.certificate,
        )
        for key, day in page.entries
    ]
    return view(
        at.chain, GeneratorDays, found, height=at.height, unit=format_address(unit), account=format_address(account),
        days=days, next=cursor_text(page.cursor),
    )  # fmt: skip


def read_certificates(at: CommittedState) -> CertificatesView:
    """Terms and sums."""
    section, sums = certificate_terms(at.view), certificate_sums(at.view)
    return CertificatesView(
        height=at.height, asset=section.asset, lifetime_ms=section.lifetime_ms, generators=sums.generators,
        offers=sums.offers, issued_wh=sums.issued_wh, retired_wh=sums.retired_wh, expired_wh=sums.expired_wh,
    )  # fmt: skip


def read_certificate(at: CommittedState, number: int) -> CertificateAnswer:
    """One certificate; raises `NotFound`."""
    return CertificateAnswer(height=at.height, certificate=_certificate(at, number))


def read_holdings(at: CommittedState, account: bytes, cursor: bytes | None, limit: int) -> CertificateHoldings:
    """What an account holds."""
    page = held_by(at.reader, account, cursor, limit)
    parts = [_part(at, link.target) for _key, link in page.entries]
    return CertificateHoldings(
        height=at.height,
        account=format_address(account),
        holdings=[_held(at, *part) for part in parts if part is not None],
        next=cursor_text(page.cursor),
    )


def read_offers(at: CommittedState, cursor: bytes | None, limit: int) -> CertificateOffers:
    """What is offered, and not over."""
    page = offers(at.reader, cursor, limit)
    parts = [(key[-ADDRESS_BYTES:], _part(at, link.target)) for key, link in page.entries]
    views = [_offer(at, owner, *part) for owner, part in parts if part is not None and not part[0].over]
    return CertificateOffers(height=at.height, offers=views, next=cursor_text(page.cursor))


def read_retirements(at: CommittedState, account: bytes, cursor: bytes | None, limit: int) -> Retirements:
    """What was used up for an account."""
    page = retirements_of(at.reader, account, cursor, limit)
    return Retirements(
        height=at.height,
        account=format_address(account),
        retirements=[_retirement(at, found) for _key, found in page.entries],
        next=cursor_text(page.cursor),
    )


async def get_generators(node: Node, request: web.Request) -> Work:
    """Production registers."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_generators(at, cursor, limit))


async def get_days(node: Node, request: web.Request) -> Work:
    """What a generator metered."""
    account, unit = requests.path_address(request), requests.address(request, "unit")
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_days(at, account, account if unit is None else unit, cursor, limit))


async def get_certificates(node: Node, request: web.Request) -> Work:
    """Terms and sums."""
    return ledger(node, request, read_certificates)


async def get_certificate(node: Node, request: web.Request) -> Work:
    """A certificate."""
    number = requests.path_number(request)
    return ledger(node, request, lambda at: read_certificate(at, number))


async def get_holdings(node: Node, request: web.Request) -> Work:
    """What an account holds."""
    account, cursor, limit = requests.path_address(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_holdings(at, account, cursor, limit))


async def get_offers(node: Node, request: web.Request) -> Work:
    """What is offered."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_offers(at, cursor, limit))


async def get_retirements(node: Node, request: web.Request) -> Work:
    """What was used up for an account."""
    account, cursor, limit = requests.path_address(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_retirements(at, account, cursor, limit))


_DAYS: Final = "/v1/generators/{address}/days"
_HELD: Final = "/v1/certificates/accounts/{address}"
_RETIRED: Final = "/v1/certificates/retirements/{address}"
_UNIT: Final = ("unit", "where the account produces (default: at its own metering point)")

ROUTES: Final = (
    Route("GET", "/v1/generators", "Production registers: source, rated power, owner", Generators, get_generators,
          query=(*AT, *PAGE)),
    Route("GET", _DAYS, "What an account's generator metered day by day", GeneratorDays, get_days,
          query=(_UNIT, *AT, *PAGE)),
    Route("GET", "/v1/certificates", "How certificates are offered, and sums of all", CertificatesView,
          get_certificates, query=AT, kind=POINT),
    Route("GET", "/v1/certificates/offers", "Parts of certificates that are offered", CertificateOffers, get_offers,
          query=(*AT, *PAGE)),
    Route("GET", "/v1/certificates/{number}", "A certificate", CertificateAnswer, get_certificate, query=AT,
          kind=POINT),
    Route("GET", _HELD, "The parts of certificates that an account holds", CertificateHoldings, get_holdings,
          query=(*AT, *PAGE)),
    Route("GET", _RETIRED, "What was used up for an account", Retirements, get_retirements, query=(*AT, *PAGE)),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {
    "/v1/generators": MEMBERS,
    _DAYS: own("address"),
    "/v1/certificates": MEMBERS,
    "/v1/certificates/offers": MEMBERS,
    "/v1/certificates/{number}": MEMBERS,
    _HELD: own("address"),
    _RETIRED: own("address"),
}
