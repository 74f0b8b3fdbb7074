"""A chain with certificates: A votes and audits, B has a solar plant at U1, B, C and D have 100 of the currency."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture
from ledger.attestations.genesis import ATTESTATIONS_SECTION, AttestationsSection
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import GenesisBalance
from ledger.certificates.genesis import CERTIFICATES_SECTION, CertificatesSection
from ledger.certificates.payloads import (
    DescribeGenerator,
    IssueCertificate,
    IssueSaving,
    OfferCertificate,
    RetireCertificate,
    TakeCertificate,
    TransferCertificate,
)
from ledger.certificates.queries import certificate_of, generator_of, holding
from ledger.certificates.schema import CertificateHolding, EnergyCertificate, EnergyGenerator
from ledger.certificates.terms import EnergySource, cost_of
from ledger.chain.context import Context
from ledger.chain.header import Receipt
from ledger.chain.parameters import DAY_MS
from ledger.chain.protocol import context_at
from ledger.chain.section import sections_of
from nodechain.modules import MODULES

FUNDS: Final = 100 * ENT
LIFETIME_MS: Final = 365 * DAY_MS
REPORT: Final = b"\x33" * 32
NAMES: Final = ("B", "C", "D")
_BALANCES: Final = tuple(GenesisBalance(address(name), CURRENCY_ASSET, FUNDS) for name in NAMES)


class CertificateChain(ChainFixture):
    """The head is at midnight (UTC) of day 0; the plant is described as of the sun, and its meter stands at 0."""

    def __init__(self, *, described: bool = True, lifetime_ms: int = LIFETIME_MS, **changes: Any) -> None:
        made = make_genesis(**{"balances": _BALANCES, **changes})
        sections = (
            CERTIFICATES_SECTION.holding(CertificatesSection(CURRENCY_ASSET, lifetime_ms)),
            ATTESTATIONS_SECTION.holding(AttestationsSection((), (address("A"),))),
        )
        super().__init__(genesis=replace(made, sections=sections_of(*made.sections, *sections)), modules=MODULES)
        self.plant = MeterFixture(self, account="B").bound(opening_ms=self.time_ms)
        if described:
            self.describe()
        self.block(after_ms=-self.time_ms % DAY_MS)
        self.start_ms = self.time_ms
        self.shown = 0

    def describe(self, **changes: Any) -> Receipt:
        """By a vote."""
        told = DescribeGenerator(address("U1"), address("B"), EnergySource.PV, 9_800, self.time_ms)
        return self.vote(replace(told, **changes))

    def day_ms(self, day: int) -> int:
        """When a day begins."""
        return self.start_ms + day * DAY_MS

    def measure(self, energy_wh: int, day: int, *, meter: MeterFixture | None = None) -> Receipt:
        """What the plant fed until noon of a day, read and sent then (or now, where that is over)."""
        read_ms = self.day_ms(day) + DAY_MS // 2
        self.shown += energy_wh
        return (meter or self.plant).read((read_ms, self.shown), after_ms=max(read_ms - self.time_ms, 60_000))

    def until(self, day: int) -> None:
        """A block at the beginning of a day, unless it has come."""
        if self.time_ms < self.day_ms(day):
            self.block(after_ms=self.day_ms(day) - self.time_ms)

    def issue(self, first: int = 0, end: int = 1, *, name: str = "B", **changes: Any) -> Receipt:
        """Days from `first` to before `end`."""
        payload = IssueCertificate(address("U1"), self.day_ms(first), self.day_ms(end))
        return self.try_(name, replace(payload, **changes))

    def issued(self, energy_wh: int = 5_000) -> None:
        """Certificate 1 of B, of day 0."""
        self.measure(energy_wh, 0)
        self.until(1)
        assert self.issue().applied

    def save(self, first: int = 0, end: int = 1, *, auditor: str = "A", **changes: Any) -> Receipt:
        """An auditor certifies that C used 700 Wh where 1,000 Wh were usual."""
        payload = IssueSaving(address("C"), 1_000, 700, self.day_ms(first), self.day_ms(end), REPORT)
        return self.try_(auditor, replace(payload, **changes))

    def transfer(self, sender: str, recipient: str, energy_wh: int, certificate: int = 1) -> Receipt:
        """A part of what it holds."""
        return self.try_(sender, TransferCertificate(certificate, address(recipient), energy_wh))

    def offer(self, owner: str = "B", energy_wh: int = 2_000, price: int = ENT // 10, **changes: Any) -> Receipt:
        """A part, at 0.1 of the currency for each kWh."""
        return self.try_(owner, replace(OfferCertificate(1, energy_wh, CURRENCY_ASSET, price), **changes))

    def take(
        self, taker: str = "C", energy_wh: int = 500, *, owner: str = "B", price: int = ENT // 10, **changes: Any
    ) -> Receipt:
        """A part of what is offered at that price."""
        payload = TakeCertificate(1, address(owner), energy_wh, CURRENCY_ASSET, cost_of(energy_wh, price))
        return self.try_(taker, replace(payload, **changes))

    def retire(self, owner: str = "B", energy_wh: int = 500, **changes: Any) -> Receipt:
        """For what it consumed itself on day 0."""
        payload = RetireCertificate(
            1, energy_wh, address(owner), "RPO 2023", self.day_ms(0), self.day_ms(1)
        )  # fmt: skip
        return self.try_(owner, replace(payload, **changes))

    def generator(self) -> EnergyGenerator:
        """As it stands in the state."""
        found = generator_of(self.state, address("U1"), address("B"))
        assert found is not None
        return found

    def certificate(self, number: int = 1) -> EnergyCertificate:
        """As it stands in the state."""
        found = certificate_of(self.state, number)
        assert found is not None
        return found

    def holding(self, name: str, number: int = 1) -> CertificateHolding:
        """What a named account has of a certificate."""
        return holding(self.state, number, address(name)) or CertificateHolding(0, 0, 0, 0)

    def held(self, name: str, number: int = 1) -> int:
        """In Wh, what is offered included."""
        return self.holding(name, number).energy_wh

    def money(self, name: str) -> int:
        """What a named account may spend of the currency."""
        return balance(self.state, address(name), CURRENCY_ASSET).available

    def context(self) -> Context:
        """What rules and queries would see in the next block."""
        height = self.blocks[-1].header.height + 1
        return context_at(self.registry, self.state, self.genesis, height, self.time_ms)
