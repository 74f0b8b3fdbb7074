"""What is sent and decided of generators and certificates, for the vectors of `make_vectors`."""

from __future__ import annotations

import hashlib
from typing import Final

from ledger.bank.assets import CURRENCY_ASSET
from ledger.certificates import payloads as c
from ledger.certificates.terms import EnergySource
from ledger.encoding.codec import Value
from tests.support.world import address_named

DAY_MS: Final = 86_400_000
NOVEMBER_MS: Final = 19_662 * DAY_MS
DECEMBER_MS: Final = NOVEMBER_MS + 30 * DAY_MS


def certificate_samples() -> dict[str, tuple[str, Value, int]]:
    """A month certified, a saving, and what becomes of them."""
    unit, other = address_named("X"), address_named("B")
    report = hashlib.sha256(b"heat pump, before and after").digest()
    saved = c.IssueSaving(other, 10**12, 0, NOVEMBER_MS, DECEMBER_MS, report)
    taken = c.TakeCertificate(7, other, 250_001, CURRENCY_ASSET, 12_500_050)
    return {
        "issue_certificate": ("A", c.IssueCertificate(unit, NOVEMBER_MS, DECEMBER_MS), 31),
        "issue_saving": ("A", saved, 32),
        "transfer_certificate": ("A", c.TransferCertificate(300, other, 1), 33),
        "offer_certificate": ("A", c.OfferCertificate(2**40, 10**6, CURRENCY_ASSET, 50_000_000), 34),
        "take_certificate": ("A", taken, 35),
        "withdraw_certificate": ("A", c.WithdrawCertificate(1), 36),
        "retire_certificate": ("A", c.RetireCertificate(7, 65_536, other, "Ökostrom 2023", 0, 366 * DAY_MS), 37),
    }


def certificate_actions() -> dict[str, Value]:
    """Described, held back."""
    unit, account = address_named("X"), address_named("B")
    return {
        "describe_generator": c.DescribeGenerator(unit, account, EnergySource.HYDRO, 2**33, NOVEMBER_MS),
        "hold_back_energy": c.HoldBackEnergy(unit, account, 300, hashlib.sha256(b"wrong factor").digest()),
    }
