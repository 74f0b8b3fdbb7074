"""Parts of certificates used up, and what nobody used in time (rules CE9, CE10)."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.certificates.events import CertificateExpired, CertificateRetired, HoldingExpired
from ledger.certificates.holdings import (
    NOTHING_HELD,
    holding_of,
    live_certificate,
    put_certificate,
    put_holding,
    take_part,
)
from ledger.certificates.issuing import check_period
from ledger.certificates.limits import LAPSED_AT_ONCE, MAX_USE_DAYS
from ledger.certificates.payloads import RetireCertificate
from ledger.certificates.schema import (
    CERTIFICATE_HOLDINGS,
    CERTIFICATE_SWEEP,
    CERTIFICATES,
    EXPIRED_WH,
    RETIRED_WH,
    RETIREMENT_NUMBERS,
    RETIREMENTS,
    Retirement,
)
from ledger.certificates.weights import CERTIFICATE_CHANGE, CERTIFICATE_LAPSE
from ledger.chain.context import Context
from ledger.chain.sweeps import begin_sweep
from ledger.governance.members import require_member
from ledger.state.table import big_endian


def do_retire_certificate(context: Context, payload: RetireCertificate) -> None:
    """Use a part up for a member's consumption; it never comes back (CE9)."""
    context.charge(CERTIFICATE_CHANGE)
    found, owner = live_certificate(context, payload.certificate), context.sender
    check_period(payload.from_ms, payload.until_ms, MAX_USE_DAYS)
    if payload.beneficiary != owner:
        require_member(context, payload.beneficiary)
    take_part(context, found.number, owner, payload.energy_wh)
    put_certificate(
        context,
        replace(found, live_wh=found.live_wh - payload.energy_wh, retired_wh=found.retired_wh + payload.energy_wh),
    )
    context.change_count(RETIRED_WH, payload.energy_wh)
    number = context.next_number(RETIREMENT_NUMBERS)
    made = Retirement(
        number, found.number, owner, payload.beneficiary, payload.energy_wh, payload.purpose, payload.from_ms,
        payload.until_ms, context.time_ms,
    )  # fmt: skip
    context.state.put(RETIREMENTS, made.beneficiary + big_endian(number), made)
    context.emit(
        CertificateRetired(
            number, found.number, owner, made.beneficiary, made.energy_wh, made.purpose, made.from_ms, made.until_ms
        )
    )  # fmt: skip


def certificate_due(context: Context, key: bytes) -> None:
    """A certificate's time is over: nobody uses what is left of it (CE10)."""
    context.charge(CERTIFICATE_LAPSE)
    found = context.get(CERTIFICATES, key)
    context.change_count(EXPIRED_WH, found.live_wh)
    context.state.put(CERTIFICATES, key, replace(found, live_wh=0, expired_wh=found.live_wh))
    context.emit(CertificateExpired(found.number, found.account, found.live_wh))
    begin_sweep(context, CERTIFICATE_SWEEP, key)


def certificate_lapse_step(context: Context, key: bytes) -> bool:
    """Delete holdings of a certificate that expired; whether there are more (CE10)."""
    number = int.from_bytes(key, "big")
    for _ in range(LAPSED_AT_ONCE):
        place = context.state.first(CERTIFICATE_HOLDINGS, key)
        if place is None:
            return False
        context.charge(CERTIFICATE_LAPSE)
        account = place[len(key) :]
        energy_wh = holding_of(context, number, account).energy_wh
        put_holding(context, number, account, NOTHING_HELD)
        context.emit(HoldingExpired(number, account, energy_wh))
    return context.state.first(CERTIFICATE_HOLDINGS, key) is not None
