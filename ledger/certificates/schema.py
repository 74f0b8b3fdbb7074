"""Tables of generators with their metered days, of certificates, of who holds which part, and of what was retired."""

from __future__ import annotations

from typing import Annotated, Any, Final

from ledger.certificates.terms import AgreedPrice, CertificateKind, EnergySource
from ledger.chain.schema import DueKind, Link, SweepKind
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, AddressOrNone, AssetId, Number, TimeMs, WattHours, Watts
from ledger.state.table import Table


class EnergyGenerator(Value, frozen=True):
    """A production register that voters described.

    `metered_wh` since then is what stands in days that are not certified, and `certified_wh`, `corrected_wh` (held back
    of certificates) and `forgotten_wh` (not certified in time). `withheld_wh`: still to be held back.
    """

    source: Annotated[int, EnergySource]
    rated_w: Watts
    commissioned_ms: TimeMs
    described_ms: TimeMs
    metered_wh: WattHours
    certified_wh: WattHours
    corrected_wh: WattHours
    forgotten_wh: WattHours
    withheld_wh: WattHours


class GeneratorDay(Value, frozen=True):
    """What counts for a UTC day; `certificate`: the number of that which it went into, or 0."""

    energy_wh: WattHours
    certificate: Number


class EnergyCertificate(Value, frozen=True):
    """A certificate: `issued_wh` are `live_wh` (held and offered), `retired_wh` and `expired_wh`.

    Of an origin: the register of `account` at `unit`, what it was said to be at the issue, `measured_wh` metered in the
    period, of which what was held back is not certified. Of a saving: `account` used `measured_wh` where `baseline_wh`
    was usual; `issuer` is the auditor, `document` the hash of its report.
    """

    number: Number
    kind: Annotated[int, CertificateKind]
    unit: AddressOrNone
    account: Address
    issuer: Address
    source: Annotated[int, EnergySource]
    rated_w: Watts
    commissioned_ms: TimeMs
    first_ms: TimeMs
    end_ms: TimeMs
    baseline_wh: WattHours
    measured_wh: WattHours
    document: bytes
    issued_wh: WattHours
    live_wh: WattHours
    retired_wh: WattHours
    expired_wh: WattHours
    issued_ms: TimeMs
    expires_ms: TimeMs


class CertificateHolding(Value, frozen=True):
    """An account's part of a certificate, of which `offered_wh` are to be taken at `price` of `asset` (0: no offer)."""

    energy_wh: WattHours
    offered_wh: WattHours
    asset: AssetId
    price: AgreedPrice


class Retirement(Value, frozen=True):
    """A part that was used up by `owner` for what `beneficiary` consumed between two times."""

    number: Number
    certificate: Number
    owner: Address
    beneficiary: Address
    energy_wh: WattHours
    purpose: str
    from_ms: TimeMs
    until_ms: TimeMs
    retired_ms: TimeMs


class SavingMark(Value, frozen=True):
    """Up to when an account's savings are certified."""

    until_ms: TimeMs


GENERATORS: Final = Table(256, "generators", "unit account", EnergyGenerator)
GENERATOR_DAYS: Final = Table(257, "generator_days", "unit account day", GeneratorDay, group=40)
CERTIFICATES: Final = Table(258, "certificates", "certificate", EnergyCertificate)
CERTIFICATE_HOLDINGS: Final = Table(259, "certificate_holdings", "certificate account", CertificateHolding, group=8)
HELD_CERTIFICATES: Final = Table(260, "held_certificates", "account certificate", Link, group=20)
OFFERED_CERTIFICATES: Final = Table(261, "offered_certificates", "certificate account", Link)
RETIREMENTS: Final = Table(262, "retirements", "account number", Retirement, group=20)
"""By beneficiary."""
SAVING_MARKS: Final = Table(263, "saving_marks", "account", SavingMark)

CERTIFICATE_TABLES: Final[tuple[Table[Any], ...]] = (
    GENERATORS, GENERATOR_DAYS, CERTIFICATES, CERTIFICATE_HOLDINGS, HELD_CERTIFICATES, OFFERED_CERTIFICATES,
    RETIREMENTS, SAVING_MARKS,
)  # fmt: skip

CERTIFICATE_DUE: Final = DueKind(256, "certificate_expired")
CERTIFICATE_SWEEP: Final = SweepKind(256, "certificate_lapsed")

GENERATOR_COUNT: Final = b"generators"
CERTIFICATE_NUMBERS: Final = b"certificate"
RETIREMENT_NUMBERS: Final = b"retirement"
OFFER_COUNT: Final = b"certificate_offers"
CERTIFIED_WH: Final = b"certified_wh"
RETIRED_WH: Final = b"retired_wh"
EXPIRED_WH: Final = b"expired_wh"
