"""Whatever is metered and done with certificates, in whatever order: one watt-hour is certified once, and used once.

Everybody tries everything at any time; the invariants of all modules are checked after each block (`harness.chain`),
here that the events tell the same story: what was issued is held, used up, or over, and no more than was metered.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.chain import address
from ledger.certificates.events import (
    CertificateExpired,
    CertificateIssued,
    CertificateRetired,
    CertificateTaken,
    CertificateTransferred,
    HoldingExpired,
)
from ledger.certificates.payloads import HoldBackEnergy, WithdrawCertificate
from ledger.certificates.schema import CERTIFICATE_HOLDINGS, GENERATORS
from ledger.certificates.terms import CertificateKind, cost_of
from ledger.chain.header import Event
from ledger.chain.parameters import DAY_MS
from ledger.governance.payloads import CastVote
from tests.support.certificate_chain import FUNDS, NAMES, REPORT, CertificateChain

NAME = st.sampled_from(NAMES)
NUMBER = st.integers(1, 3)
ENERGY_WH = st.integers(1, 6_000)
PRICE = st.sampled_from([0, 1, 999, 10**8])


@given(energy_wh=st.integers(1, 10**6), price=st.integers(0, 10**12), parts=st.lists(st.integers(1, 10**5)))
def test_parts_never_cost_less_than_the_whole(energy_wh: int, price: int, parts: list[int]) -> None:
    assert sum(cost_of(part, price) for part in parts) >= cost_of(sum(parts), price)
    assert 0 <= cost_of(energy_wh, price) * 1_000 - energy_wh * price < 1_000


class Certificates(RuleBasedStateMachine):
    """A plant of B, an auditor A, four days' certificates; a command that is refused leaves no trace."""

    @initialize()
    def begin(self) -> None:
        self.chain = CertificateChain(lifetime_ms=4 * DAY_MS)
        self.seen = 0
        self.held: Counter[tuple[int, bytes]] = Counter()
        self.issued: Counter[int] = Counter()
        self.ended: Counter[int] = Counter()
        self.days: set[int] = set()

    def _day(self) -> int:
        return (self.chain.time_ms - self.chain.start_ms) // DAY_MS

    @rule(energy_wh=ENERGY_WH, days=st.integers(0, 2))
    def measure(self, energy_wh: int, days: int) -> None:
        self.chain.measure(energy_wh, self._day() + days)

    @rule(back=st.integers(0, 3), days=st.integers(1, 2))
    def issue(self, back: int, days: int) -> None:
        first = max(self._day() - back, 0)
        self.chain.issue(first, first + days)

    @rule(auditor=st.sampled_from("AB"), back=st.integers(0, 3))
    def save(self, auditor: str, back: int) -> None:
        first = max(self._day() - back, 0)
        self.chain.save(first, first + 1, auditor=auditor)

    @rule(energy_wh=ENERGY_WH)
    def hold_back(self, energy_wh: int) -> None:
        self.chain.try_("A", CastVote(HoldBackEnergy(address("U1"), address("B"), energy_wh, REPORT), True))

    @rule(sender=NAME, recipient=NAME, energy_wh=ENERGY_WH, number=NUMBER)
    def transfer(self, sender: str, recipient: str, energy_wh: int, number: int) -> None:
        self.chain.transfer(sender, recipient, energy_wh, number)

    @rule(owner=NAME, energy_wh=ENERGY_WH, price=PRICE, number=NUMBER)
    def offer(self, owner: str, energy_wh: int, price: int, number: int) -> None:
        self.chain.offer(owner, energy_wh, price, certificate=number)

    @rule(taker=NAME, owner=NAME, energy_wh=ENERGY_WH, number=NUMBER)
    def take(self, taker: str, owner: str, energy_wh: int, number: int) -> None:
        price = self.chain.holding(owner, number).price
        self.chain.take(taker, energy_wh, owner=owner, price=price, certificate=number)

    @rule(owner=NAME, number=NUMBER)
    def withdraw(self, owner: str, number: int) -> None:
        self.chain.try_(owner, WithdrawCertificate(number))

    @rule(owner=NAME, energy_wh=ENERGY_WH, number=NUMBER)
    def retire(self, owner: str, energy_wh: int, number: int) -> None:
        self.chain.retire(owner, energy_wh, certificate=number)

    def _fold(self, event: Event) -> None:
        match event:
            case CertificateIssued():
                self.issued[event.certificate] = event.energy_wh
                self.held[event.certificate, event.account] += event.energy_wh
                if event.kind == CertificateKind.ORIGIN:
                    days = set(range(event.first_ms // DAY_MS, event.end_ms // DAY_MS))
                    assert not days & self.days, "a day is certified twice"
                    self.days |= days
            case CertificateTransferred():
                self._move(event.certificate, event.sender, event.recipient, event.energy_wh)
            case CertificateTaken():
                self._move(event.certificate, event.owner, event.taker, event.energy_wh)
            case CertificateRetired():
                self.held[event.certificate, event.owner] -= event.energy_wh
                self.ended[event.certificate] += event.energy_wh
            case CertificateExpired():
                self.ended[event.certificate] += event.energy_wh
            case HoldingExpired():
                assert self.held.pop((event.certificate, event.account)) == event.energy_wh

    def _move(self, number: int, sender: bytes, recipient: bytes, energy_wh: int) -> None:
        self.held[number, sender] -= energy_wh
        self.held[number, recipient] += energy_wh

    @invariant()
    def nothing_is_lost_or_used_twice(self) -> None:
        if not hasattr(self, "chain"):
            return
        chain = self.chain
        for block in chain.blocks[self.seen :]:
            for receipt in block.executed.receipts:
                for event in receipt.events:
                    self._fold(event)
        self.seen = len(chain.blocks)
        held = {(int.from_bytes(key[:8], "big"), key[8:]): part.energy_wh
                for key, part in chain.entries(CERTIFICATE_HOLDINGS).items()}  # fmt: skip
        assert held == {key: energy_wh for key, energy_wh in self.held.items() if energy_wh}
        for number, energy_wh in self.issued.items():
            made = chain.certificate(number)
            assert energy_wh == made.issued_wh == made.live_wh + self.ended[number]
        for found in chain.entries(GENERATORS).values():
            assert found.certified_wh + found.corrected_wh <= found.metered_wh
        assert sum(chain.money(name) for name in NAMES) == len(NAMES) * FUNDS

    def teardown(self) -> None:
        if hasattr(self, "chain"):
            self.chain.block(after_ms=10 * DAY_MS)
            self.chain.block()
            self.nothing_is_lost_or_used_twice()
            assert not any(self.held.values()), "every certificate comes to its end"


TestCertificates = Certificates.TestCase
TestCertificates.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
