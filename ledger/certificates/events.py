"""What happened to generators and certificates."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.certificates.terms import AgreedPrice, CertificateKind, EnergySource
from ledger.chain.header import Event
from ledger.encoding.quantities import (
    Address,
    AddressOrNone,
    Amount,
    AssetId,
    Number,
    TimeMs,
    WattHours,
    Watts,
)


class GeneratorDescribed(Event, frozen=True, tag=768):
    """Voters say what the production register of `account` at `unit` is of."""

    unit: Address
    account: Address
    source: Annotated[int, EnergySource]
    rated_w: Watts
    commissioned_ms: TimeMs


class EnergyHeldBack(Event, frozen=True, tag=769):
    """Voters hold so much of the register's next certificates back."""

    unit: Address
    account: Address
    energy_wh: WattHours
    document: bytes


class CertificateIssued(Event, frozen=True, tag=770):
    """`account` has a certificate of `energy_wh`; `unit` is empty where it is of a saving, `corrected_wh` what was held
    back of an origin's."""

    certificate: Number
    kind: Annotated[int, CertificateKind]
    account: Address
    unit: AddressOrNone
    issuer: Address
    first_ms: TimeMs
    end_ms: TimeMs
    energy_wh: WattHours
    corrected_wh: WattHours
    expires_ms: TimeMs


class CertificateTransferred(Event, frozen=True, tag=771):
    """A part changed hands, without a payment."""

    certificate: Number
    sender: Address
    recipient: Address
    energy_wh: WattHours


class CertificateOffered(Event, frozen=True, tag=772):
    """`owner` offers a part at `price` per kWh."""

    certificate: Number
    owner: Address
    energy_wh: WattHours
    asset: AssetId
    price: AgreedPrice


class CertificateTaken(Event, frozen=True, tag=773):
    """`taker` has a part of what `owner` offered, and paid `amount`; `left_wh` are still offered."""

    certificate: Number
    owner: Address
    taker: Address
    energy_wh: WattHours
    left_wh: WattHours
    asset: AssetId
    amount: Amount


class CertificateWithdrawn(Event, frozen=True, tag=774):
    """`owner` offers no more; `energy_wh` were left."""

    certificate: Number
    owner: Address
    energy_wh: WattHours


class CertificateRetired(Event, frozen=True, tag=775):
    """A part was used up for `beneficiary`, under the number `retirement`."""

    retirement: Number
    certificate: Number
    owner: Address
    beneficiary: Address
    energy_wh: WattHours
    purpose: str
    from_ms: TimeMs
    until_ms: TimeMs


class CertificateExpired(Event, frozen=True, tag=776):
    """Nobody had retired `energy_wh` of it in time."""

    certificate: Number
    account: Address
    energy_wh: WattHours


class HoldingExpired(Event, frozen=True, tag=777):
    """`account` held so much of a certificate that expired."""

    certificate: Number
    account: Address
    energy_wh: WattHours


CERTIFICATE_EVENTS: Final[tuple[type[Event], ...]] = (
    GeneratorDescribed, EnergyHeldBack, CertificateIssued, CertificateTransferred, CertificateOffered, CertificateTaken,
    CertificateWithdrawn, CertificateRetired, CertificateExpired, HoldingExpired,
)  # fmt: skip
