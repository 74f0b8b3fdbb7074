"""Who holds how much of a certificate: the only code that moves parts (rule CE6)."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.certificates.schema import (
    CERTIFICATE_DUE,
    CERTIFICATE_HOLDINGS,
    CERTIFICATES,
    HELD_CERTIFICATES,
    OFFER_COUNT,
    OFFERED_CERTIFICATES,
    CertificateHolding,
    EnergyCertificate,
)
from ledger.chain.context import Context
from ledger.chain.expiries import cancel_expiry
from ledger.chain.schema import Link
from ledger.errors import Refused, require
from ledger.state.table import big_endian

NOTHING_HELD = CertificateHolding(0, 0, 0, 0)


def live_certificate(context: Context, number: int) -> EnergyCertificate:
    """One whose time is not over; refuses others, also where its end waits to be worked off."""
    found = context.state.get(CERTIFICATES, big_endian(number))
    if found is None:
        raise Refused(f"there is no certificate {number}", code="unknown_certificate")
    if context.time_ms >= found.expires_ms:
        raise Refused("the certificate's time is over", code="certificate_expired")
    return found


def holding_of(context: Context, certificate: int, account: bytes) -> CertificateHolding:
    """An account's part of a certificate; nothing where it has none."""
    return context.state.get(CERTIFICATE_HOLDINGS, big_endian(certificate) + account) or NOTHING_HELD


def put_holding(context: Context, certificate: int, account: bytes, later: CertificateHolding) -> None:
    """Write an account's part, and where it is found: a part of nothing has no entry."""
    require(0 <= later.offered_wh <= later.energy_wh, "an account offers more of a certificate than it holds")
    key = big_endian(certificate) + account
    offered_before = holding_of(context, certificate, account).offered_wh
    if later.energy_wh:
        context.state.put(CERTIFICATE_HOLDINGS, key, later)
        context.state.put(HELD_CERTIFICATES, account + key[:8], Link(key))
    else:
        context.state.delete(CERTIFICATE_HOLDINGS, key)
        context.state.delete(HELD_CERTIFICATES, account + key[:8])
    if later.offered_wh and not offered_before:
        context.state.put(OFFERED_CERTIFICATES, key, Link(key))
        context.change_count(OFFER_COUNT, 1)
    elif offered_before and not later.offered_wh:
        context.state.delete(OFFERED_CERTIFICATES, key)
        context.change_count(OFFER_COUNT, -1)


def add_part(context: Context, certificate: int, account: bytes, energy_wh: int) -> None:
    """Give an account a part; it comes from somewhere (`take_part`, an issue)."""
    held = holding_of(context, certificate, account)
    put_holding(context, certificate, account, replace(held, energy_wh=held.energy_wh + energy_wh))


def take_part(context: Context, certificate: int, account: bytes, energy_wh: int) -> None:
    """Take of what an account holds and does not offer (`too_little_held`); it goes somewhere."""
    held = holding_of(context, certificate, account)
    if energy_wh > held.energy_wh - held.offered_wh:
        raise Refused(
            f"the account holds {held.energy_wh - held.offered_wh} Wh of certificate {certificate} that it does not"
            " offer",
            code="too_little_held",
        )
    put_holding(context, certificate, account, replace(held, energy_wh=held.energy_wh - energy_wh))


def put_certificate(context: Context, later: EnergyCertificate) -> None:
    """Write a certificate; one of which nothing lives any more waits for no time."""
    context.state.put(CERTIFICATES, big_endian(later.number), later)
    if not later.live_wh:
        cancel_expiry(context, later.expires_ms, CERTIFICATE_DUE, later.number)
