"""Certificates issued: for metered energy of a generator, and for savings that an auditor measured (CE4, CE5)."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.attestations.attesters import may_sign
from ledger.attestations.payloads import AttestationKind
from ledger.certificates.events import CertificateIssued
from ledger.certificates.generators import day_key, known_generator
from ledger.certificates.genesis import CERTIFICATES_SECTION
from ledger.certificates.holdings import add_part
from ledger.certificates.limits import KEPT_GENERATOR_DAYS, MAX_PERIOD_DAYS, MAX_SAVING_DAYS
from ledger.certificates.payloads import IssueCertificate, IssueSaving
from ledger.certificates.schema import (
    CERTIFICATE_DUE,
    CERTIFICATE_NUMBERS,
    CERTIFICATES,
    CERTIFIED_WH,
    GENERATOR_DAYS,
    GENERATORS,
    SAVING_MARKS,
    EnergyCertificate,
    EnergyGenerator,
    GeneratorDay,
    SavingMark,
)
from ledger.certificates.terms import RENEWABLE, CertificateKind, EnergySource
from ledger.certificates.weights import CERTIFICATE_ISSUE, CERTIFIED_DAY
from ledger.chain.context import Context, in_range
from ledger.chain.expiries import schedule
from ledger.chain.parameters import DAY_MS
from ledger.errors import Refused
from ledger.governance.members import require_member
from ledger.state.table import big_endian


def check_period(first_ms: int, end_ms: int, most_days: int) -> None:
    """Refuse a period that is not of whole UTC days, or of too many."""
    days, rest = divmod(end_ms - first_ms, DAY_MS)
    if first_ms % DAY_MS or rest or not 1 <= days <= most_days:
        raise Refused(f"a period is of 1 to {most_days} whole UTC days", code="bad_period")


def do_issue_certificate(context: Context, payload: IssueCertificate) -> None:
    """The owner of a register certifies whole days of it, each once (CE4)."""
    unit, account = payload.unit, context.sender
    found = known_generator(context, unit, account)
    if found.source not in RENEWABLE:
        raise Refused("only energy of sun, wind, water and biomass is certified", code="not_renewable")
    check_period(payload.first_ms, payload.end_ms, MAX_PERIOD_DAYS)
    if payload.end_ms > context.time_ms:
        raise Refused("the period is not over yet", code="period_not_over")
    days = range(payload.first_ms // DAY_MS, payload.end_ms // DAY_MS)
    if days.start < context.time_ms // DAY_MS - KEPT_GENERATOR_DAYS:
        raise Refused(f"metered days are kept for {KEPT_GENERATOR_DAYS} days", code="period_not_kept")
    measured_wh = _metered(context, unit, account, days)
    corrected_wh = min(measured_wh, found.withheld_wh)
    if not measured_wh:
        raise Refused("nothing was metered in the period", code="nothing_to_certify")
    number = context.next_number(CERTIFICATE_NUMBERS)
    for day in days:
        key = day_key(unit, account, day)
        entry = context.state.get(GENERATOR_DAYS, key) or GeneratorDay(0, 0)
        context.state.put(GENERATOR_DAYS, key, replace(entry, certificate=number))
    issued_wh = measured_wh - corrected_wh
    _count_certified(context, unit + account, found, issued_wh, corrected_wh)
    _issue(
        context,
        EnergyCertificate(
            number, CertificateKind.ORIGIN, unit, account, account, found.source, found.rated_w, found.commissioned_ms,
            payload.first_ms, payload.end_ms, 0, measured_wh, b"", issued_wh, issued_wh, 0, 0, context.time_ms,
            expires_ms(context, payload.end_ms),
        ),
    )  # fmt: skip


def _metered(context: Context, unit: bytes, account: bytes, days: range) -> int:
    """What some days metered, none of which is certified yet."""
    measured_wh = 0
    for day in days:
        context.charge(CERTIFIED_DAY)
        entry = context.state.get(GENERATOR_DAYS, day_key(unit, account, day))
        if entry is not None and entry.certificate:
            raise Refused(f"certificate {entry.certificate} has a day of this period", code="already_certified")
        measured_wh += 0 if entry is None else entry.energy_wh
    return measured_wh


def _count_certified(context: Context, key: bytes, found: EnergyGenerator, issued_wh: int, corrected_wh: int) -> None:
    later = replace(
        found,
        certified_wh=found.certified_wh + issued_wh,
        corrected_wh=found.corrected_wh + corrected_wh,
        withheld_wh=found.withheld_wh - corrected_wh,
    )
    context.state.put(GENERATORS, key, later)


def do_issue_saving(context: Context, payload: IssueSaving) -> None:
    """An auditor certifies what an account did not use, each period of it once (CE5)."""
    auditor, account = context.sender, payload.account
    if auditor == account or not may_sign(context, auditor, AttestationKind.EFFICIENCY):
        raise Refused("savings are certified by auditors, and not by who saved", code="not_an_auditor")
    require_member(context, account)
    check_period(payload.first_ms, payload.end_ms, MAX_SAVING_DAYS)
    if payload.end_ms > context.time_ms:
        raise Refused("the period is not over yet", code="period_not_over")
    if payload.end_ms < context.time_ms - MAX_SAVING_DAYS * DAY_MS:
        raise Refused(f"the period ended more than {MAX_SAVING_DAYS} days ago", code="period_not_kept")
    mark = context.state.get(SAVING_MARKS, account)
    if mark is not None and payload.first_ms < mark.until_ms:
        raise Refused("savings of a part of this period are certified already", code="already_certified")
    saved_wh = payload.baseline_wh - payload.measured_wh
    if saved_wh <= 0:
        raise Refused("nothing was saved", code="nothing_to_certify")
    context.state.put(SAVING_MARKS, account, SavingMark(payload.end_ms))
    number = context.next_number(CERTIFICATE_NUMBERS)
    _issue(
        context,
        EnergyCertificate(
            number, CertificateKind.SAVING, b"", account, auditor, EnergySource.UNKNOWN, 0, 0, payload.first_ms,
            payload.end_ms, payload.baseline_wh, payload.measured_wh, payload.document, saved_wh, saved_wh, 0, 0,
            context.time_ms, expires_ms(context, payload.end_ms),
        ),
    )  # fmt: skip


def expires_ms(context: Context, end_ms: int) -> int:
    """When a certificate of a period that ends then is over; refuses one that would be already (CE10)."""
    over_ms = end_ms + CERTIFICATES_SECTION.of(context.genesis).lifetime_ms
    if over_ms <= context.time_ms:
        raise Refused("a certificate of this period would be over already", code="certificate_expired")
    return over_ms


def _issue(context: Context, made: EnergyCertificate) -> None:
    context.charge(CERTIFICATE_ISSUE)
    in_range(context.change_count(CERTIFIED_WH, made.issued_wh))
    key = big_endian(made.number)
    context.state.put(CERTIFICATES, key, made)
    if made.issued_wh:  # else all of the period was held back, and the rest of what is waits for the next one
        add_part(context, made.number, made.account, made.issued_wh)
        schedule(context, made.expires_ms, CERTIFICATE_DUE, made.number, key)
    corrected_wh = made.measured_wh - made.issued_wh if made.kind == CertificateKind.ORIGIN else 0
    context.emit(
        CertificateIssued(
            made.number, made.kind, made.account, made.unit, made.issuer, made.first_ms, made.end_ms, made.issued_wh,
            corrected_wh, made.expires_ms,
        )
    )  # fmt: skip
