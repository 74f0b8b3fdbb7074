"""What holders, auditors and voters send of generators and certificates. Periods begin and end at midnight (UTC)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.bank.assets import AssetNumber
from ledger.certificates.limits import MAX_SAVING_WH
from ledger.certificates.terms import CertificatePrice, GeneratorSource, RetirementPurpose
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import (
    WATT_HOURS,
    Address,
    Amount,
    FieldUnit,
    PositiveNumber,
    PositiveWattHours,
    Quantity,
)
from ledger.encoding.times import Millis
from ledger.limits import MAX_INTEGER


class CertificateTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    ISSUE_CERTIFICATE = 768
    ISSUE_SAVING = 769
    TRANSFER_CERTIFICATE = 770
    OFFER_CERTIFICATE = 771
    TAKE_CERTIFICATE = 772
    WITHDRAW_CERTIFICATE = 773
    RETIRE_CERTIFICATE = 774


RatedPower = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER), FieldUnit(Quantity.POWER_W)]
SavingWattHours = Annotated[int, msgspec.Meta(ge=0, le=MAX_SAVING_WH), WATT_HOURS]


class DescribeGenerator(Value, frozen=True, tag=768):
    """Say what the production register of `account` at `unit` is of; its energy counts from then on."""

    unit: Address
    account: Address
    source: GeneratorSource
    rated_w: RatedPower
    commissioned_ms: Millis


class HoldBackEnergy(Value, frozen=True, tag=769):
    """Hold `energy_wh` of a generator's next certificates back: so much was certified, or counted, in error.

    `document`: SHA-256 of what shows it.
    """

    unit: Address
    account: Address
    energy_wh: PositiveWattHours
    document: Bytes32


class IssueCertificate(Value, frozen=True):
    """Certify what the sender's register at `unit` metered on the UTC days from `first_ms` to before `end_ms`."""

    unit: Address
    first_ms: Millis
    end_ms: Millis


class IssueSaving(Value, frozen=True):
    """An auditor certifies that `account` used `measured_wh` where `baseline_wh` had been usual for such a period.

    `document`: SHA-256 of the report on method, baseline and measurement.
    """

    account: Address
    baseline_wh: SavingWattHours
    measured_wh: SavingWattHours
    first_ms: Millis
    end_ms: Millis
    document: Bytes32


class TransferCertificate(Value, frozen=True):
    """Give a part to a member."""

    certificate: PositiveNumber
    recipient: Address
    energy_wh: PositiveWattHours


class OfferCertificate(Value, frozen=True):
    """Offer a part to every member, to be taken in parts at `price` in base units of `asset` per kWh."""

    certificate: PositiveNumber
    energy_wh: PositiveWattHours
    asset: AssetNumber
    price: CertificatePrice


class TakeCertificate(Value, frozen=True):
    """Take a part of what `owner` offers and pay `amount` for it, which is its exact cost."""

    certificate: PositiveNumber
    owner: Address
    energy_wh: PositiveWattHours
    asset: AssetNumber
    amount: Amount


class WithdrawCertificate(Value, frozen=True):
    """End one's offer; what is left of it is free again."""

    certificate: PositiveNumber


class RetireCertificate(Value, frozen=True):
    """Use a part up, for ever: what `beneficiary` consumed from `from_ms` to before `until_ms` is covered by it."""

    certificate: PositiveNumber
    energy_wh: PositiveWattHours
    beneficiary: Address
    purpose: RetirementPurpose
    from_ms: Millis
    until_ms: Millis
