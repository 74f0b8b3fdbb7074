"""What people ask of generators and certificates. Reads only; no rule stands here."""

from __future__ import annotations

import msgspec

from ledger.certificates.genesis import CERTIFICATES_SECTION, CertificatesSection
from ledger.certificates.schema import (
    CERTIFICATE_HOLDINGS,
    CERTIFICATES,
    CERTIFIED_WH,
    EXPIRED_WH,
    GENERATOR_COUNT,
    GENERATOR_DAYS,
    GENERATORS,
    HELD_CERTIFICATES,
    OFFER_COUNT,
    OFFERED_CERTIFICATES,
    RETIRED_WH,
    RETIREMENTS,
    SAVING_MARKS,
    CertificateHolding,
    EnergyCertificate,
    EnergyGenerator,
    GeneratorDay,
    Retirement,
    SavingMark,
)
from ledger.chain.context import Context
from ledger.chain.schema import Link
from ledger.metering.schema import BINDINGS, MeterKind
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


class ProductionRegister(msgspec.Struct, frozen=True):
    """A production register that is bound: unit, account and the key of its meter."""

    unit: bytes
    account: bytes
    meter_key: bytes


class CertificateSums(msgspec.Struct, frozen=True):
    """Of the whole chain: generators described, offers open, Wh issued, retired and expired."""

    generators: int
    offers: int
    issued_wh: int
    retired_wh: int
    expired_wh: int


def certificate_terms(context: Context) -> CertificatesSection:
    """The section in force."""
    return CERTIFICATES_SECTION.of(context.genesis)


def production_registers(reader: Reader, cursor: bytes | None, limit: int) -> Page[ProductionRegister]:
    """A page of the production registers that are bound now, by unit and account; `limit` bindings are looked at, so
    that a page may have fewer."""
    page = page_of(reader, BINDINGS, b"", cursor, limit)
    found = [
        (key, ProductionRegister(key[:20], key[20:40], link.target))
        for key, link in page.entries
        if key[40] == MeterKind.PRODUCTION
    ]
    return Page(tuple(found), page.cursor)


def generator_of(state: State, unit: bytes, account: bytes) -> EnergyGenerator | None:
    """What voters said of a register, and what it metered since."""
    return state.get(GENERATORS, unit + account)


def generator_days(reader: Reader, unit: bytes, account: bytes, cursor: bytes | None, limit: int) -> Page[GeneratorDay]:
    """A page of a generator's days, the oldest first."""
    return page_of(reader, GENERATOR_DAYS, unit + account, cursor, limit)


def certificate_of(state: State, number: int) -> EnergyCertificate | None:
    """A certificate, also one of which nothing lives."""
    return state.get(CERTIFICATES, big_endian(number))


def holding(state: State, certificate: int, account: bytes) -> CertificateHolding | None:
    """An account's part of a certificate."""
    return state.get(CERTIFICATE_HOLDINGS, big_endian(certificate) + account)


def held_by(reader: Reader, account: bytes, cursor: bytes | None, limit: int) -> Page[Link]:
    """A page of what an account holds, as links to the keys of its holdings."""
    return page_of(reader, HELD_CERTIFICATES, account, cursor, limit)


def offers(reader: Reader, cursor: bytes | None, limit: int) -> Page[Link]:
    """A page of the holdings of which a part is offered, as links to their keys."""
    return page_of(reader, OFFERED_CERTIFICATES, b"", cursor, limit)


def retirements_of(reader: Reader, beneficiary: bytes, cursor: bytes | None, limit: int) -> Page[Retirement]:
    """A page of what was used up for an account, by number."""
    return page_of(reader, RETIREMENTS, beneficiary, cursor, limit)


def retirement_of(state: State, beneficiary: bytes, number: int) -> Retirement | None:
    """One of them."""
    return state.get(RETIREMENTS, beneficiary + big_endian(number))


def saving_mark(state: State, account: bytes) -> SavingMark | None:
    """Up to when an account's savings are certified."""
    return state.get(SAVING_MARKS, account)


def certificate_sums(context: Context) -> CertificateSums:
    """What was issued, retired and expired in all."""
    return CertificateSums(
        context.count(GENERATOR_COUNT), context.count(OFFER_COUNT), context.count(CERTIFIED_WH),
        context.count(RETIRED_WH), context.count(EXPIRED_WH),
    )  # fmt: skip
