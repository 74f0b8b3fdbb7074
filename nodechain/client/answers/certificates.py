"""Certificates: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs, WattHours, Watts
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class GeneratorView(TypedDict):
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


class GeneratorDayView(TypedDict):
    """What counts for a UTC day that begins at `first_ms`; `certificate`: the number that it went into, or 0."""

    first_ms: TimeMs
    energy_wh: WattHours
    certificate: Int


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

    asset: Int
    lifetime_ms: Int
    generators: Int
    offers: Int
    issued_wh: WattHours
    retired_wh: WattHours
    expired_wh: WattHours


class CertificateView(TypedDict):
    """A certificate. `kind`: origin (of the register of `account` at `unit`, described as it was at the issue) or
    saving (certified by the auditor `issuer`; `unit` is empty, `document` the SHA-256 of its report).

    `issued_wh` are `live_wh`, `retired_wh` and `expired_wh`. `measured_wh`: metered in the period, or used where
    `baseline_wh` was usual. `over`: its time has come.
    """

    number: Int
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


class CertificateHoldingView(TypedDict):
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


class CertificateOfferView(TypedDict):
    """A part that `owner` offers to every member at `price` per kWh, all of it for `cost`; parts are taken too."""

    certificate: CertificateView
    owner: str
    energy_wh: WattHours
    asset: Int
    price: Amount
    cost: Amount


class CertificateOffers(At):
    """A page of open offers by number of the certificate; a page may be short."""

    offers: list[CertificateOfferView]
    next: str | None


class RetirementView(TypedDict):
    """A part that `owner` used up for what `beneficiary` consumed between two times."""

    number: Int
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
