"""Parts of certificates given away, offered at a fixed price, and taken (rules CE6 to CE8)."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.bank.balances import move
from ledger.bank.points import tell_came_in
from ledger.certificates.events import (
    CertificateOffered,
    CertificateTaken,
    CertificateTransferred,
    CertificateWithdrawn,
)
from ledger.certificates.genesis import CERTIFICATES_SECTION
from ledger.certificates.holdings import add_part, holding_of, live_certificate, put_holding, take_part
from ledger.certificates.payloads import (
    OfferCertificate,
    TakeCertificate,
    TransferCertificate,
    WithdrawCertificate,
)
from ledger.certificates.schema import CertificateHolding
from ledger.certificates.terms import cost_of
from ledger.certificates.weights import CERTIFICATE_CHANGE, CERTIFICATE_MOVED
from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.governance.members import require_member


def do_transfer_certificate(context: Context, payload: TransferCertificate) -> None:
    """Give a part to a member (CE6)."""
    context.charge(CERTIFICATE_MOVED)
    found, sender = live_certificate(context, payload.certificate), context.sender
    if payload.recipient == sender:
        raise Refused("nobody transfers a certificate to itself", code="bad_certificate_transfer")
    require_member(context, payload.recipient)
    take_part(context, found.number, sender, payload.energy_wh)
    add_part(context, found.number, payload.recipient, payload.energy_wh)
    context.emit(CertificateTransferred(found.number, sender, payload.recipient, payload.energy_wh))


def do_offer_certificate(context: Context, payload: OfferCertificate) -> None:
    """Offer a part to everybody at a fixed price (CE7)."""
    context.charge(CERTIFICATE_CHANGE)
    found, owner = live_certificate(context, payload.certificate), context.sender
    asset = CERTIFICATES_SECTION.of(context.genesis).asset
    if payload.asset != asset:
        raise Refused(f"certificates are offered in asset {asset}", code="bad_offer_asset")
    held = holding_of(context, found.number, owner)
    if held.offered_wh:
        raise Refused("the account offers a part of this certificate already", code="certificate_offered")
    if payload.energy_wh > held.energy_wh:
        raise Refused(f"the account holds {held.energy_wh} Wh of it", code="too_little_held")
    offered = CertificateHolding(held.energy_wh, payload.energy_wh, asset, payload.price)
    put_holding(context, found.number, owner, offered)
    context.emit(CertificateOffered(found.number, owner, payload.energy_wh, asset, payload.price))


def do_take_certificate(context: Context, payload: TakeCertificate) -> None:
    """The part and its price change hands at once, or nothing does (CE8)."""
    context.charge(CERTIFICATE_MOVED)
    found, taker, owner = live_certificate(context, payload.certificate), context.sender, payload.owner
    if owner == taker:
        raise Refused("nobody takes its own offer", code="bad_certificate_transfer")
    require_member(context, owner)
    held = holding_of(context, found.number, owner)
    if not held.offered_wh:
        raise Refused("the account does not offer a part of this certificate", code="unknown_certificate_offer")
    if payload.energy_wh > held.offered_wh:
        raise Refused(f"{held.offered_wh} Wh are left of the offer", code="offer_too_small")
    cost = cost_of(payload.energy_wh, held.price)
    if (payload.asset, payload.amount) != (held.asset, cost):
        raise Refused(f"the part costs {cost} base units of asset {held.asset}", code="offer_differs")
    move(context.state, taker, owner, held.asset, cost)
    left_wh = held.offered_wh - payload.energy_wh
    later = replace(held, energy_wh=held.energy_wh - payload.energy_wh, offered_wh=left_wh)
    put_holding(context, found.number, owner, later if left_wh else replace(later, asset=0, price=0))
    add_part(context, found.number, taker, payload.energy_wh)
    context.emit(CertificateTaken(found.number, owner, taker, payload.energy_wh, left_wh, held.asset, cost))
    tell_came_in(context, owner, held.asset)


def do_withdraw_certificate(context: Context, payload: WithdrawCertificate) -> None:
    """What is left of one's offer is free again (CE7)."""
    context.charge(CERTIFICATE_CHANGE)
    found, owner = live_certificate(context, payload.certificate), context.sender
    held = holding_of(context, found.number, owner)
    if not held.offered_wh:
        raise Refused("the account does not offer a part of this certificate", code="unknown_certificate_offer")
    put_holding(context, found.number, owner, CertificateHolding(held.energy_wh, 0, 0, 0))
    context.emit(CertificateWithdrawn(found.number, owner, held.offered_wh))
