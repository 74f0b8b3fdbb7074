"""A street that shares energy, for the tests of the page: two consumers, a producer, a scheme, both sources, a vote.

The members are bob and carol, who consume, and dave, who produces; alice registers points, imports the operator's
files, manages schemes and votes. Yesterday is whole, today goes to noon; all by the clock of Vienna.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from harness.energy import OBIS, PROFILE
from harness.node import START_MS, HomeFixture
from harness.processes import NodeProcess, password_file, until
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.encoding.codec import Value
from ledger.governance.payloads import CastVote
from ledger.keys.address import format_address
from ledger.keys.crypto import Ed25519SecretKey
from ledger.metering.payloads import NO_SERIAL, BindMeter, MeteringTypeNumber, MeterTerms, ReadingStep, SubmitReadings
from ledger.metering.schema import MeterKind
from ledger.sharing.allocation_rules import AllocationRule, Dynamic, Static
from ledger.sharing.payloads import ChangeScheme, SetScheme
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.scheme_terms import Participant, SchemeTerms, Settlement, SourceOrder
from ledger.slots.payloads import ImportRow, ImportSlots, PointTerms, RegisterPoint
from nodechain.client.answers.sharing_days import SchemeSums
from nodechain.client.answers.status import ClockView
from nodechain.client.node_client import RestClient
from tests.support.metering_points import SLOTS_TABLE
from tests.web.test_page_build import ROOT

SLOT_MS: Final = 900_000
FIRST: Final = -(-START_MS // SLOT_MS) + 3
"""The first slot of 15 November 2023 in Vienna."""
SLOTS: Final = 96 + 48
TOKEN: Final = 10**9
DIFFERENT: Final = {70: 120_000, 96 + 30: -80_000}
"""Slots of bob's in which the operator's file says so many mWh more than his meter."""
CORRECTED: Final = 40
"""A slot that a later file says anew."""
METER: Final = Ed25519SecretKey(b"\x07" * 32)


def taken_mwh(place: int, house: int) -> int:
    """Of a slot: some at night, more in the morning and evening, whole Wh."""
    quarter = place % 96
    peak = max(0, 24 - abs(quarter - 30)) + 2 * max(0, 20 - abs(quarter - 76))
    return (60 + 9 * peak + 13 * ((place * (house + 3)) % 7)) * 1_000


def given_mwh(place: int) -> int:
    """Of a slot: a sunny day."""
    quarter = place % 96
    return max(0, 900 - 3 * (quarter - 50) ** 2) * 1_000


def scheme_terms(owner: bytes, rule: AllocationRule) -> SchemeTerms:
    """By offtake or by keys, at the middle of 0.30 and 0.08, with a fee of 0.01."""
    return SchemeTerms(
        "street", CURRENCY_ASSET, (Participant(1, (3,)), Participant(2, (1,)), Participant(3, ())), rule,
        MidMarket(3 * TOKEN // 10, 8 * TOKEN // 100), TOKEN // 100, owner, SourceOrder.OWN_THEN_OPERATOR, 1_000,
        3 * 86_400_000, Settlement.SLOT,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SharedStreet:
    """A node that runs, and what its members may do."""

    home: HomeFixture
    url: str
    api: RestClient
    environment: dict[str, str]

    def address(self, name: str) -> str:
        return format_address(self.home.address(name))

    def file(self, name: str) -> str:
        return str(self.home.path / "keys" / f"{name}.json")

    def send(self, name: str, payload: Value) -> None:
        """A transaction that is decided well."""
        self.decided(self.home.raw(name, payload))

    def decided(self, raw: bytes) -> None:
        self.api.move_clock(self.api.status()["clock_ms"] + 1_000)
        answer = self.api.submit(raw, wait_s=30)
        assert (answer["status"], answer["code"]) == ("decided", ""), answer

    def live(self) -> None:
        """Points, a meter, a scheme, two days of values, a correction, a vote."""
        home = self.home
        for name, direction in (("bob", 1), ("carol", 1), ("dave", 2)):
            self.send("alice", self._point(name, direction))
        self.send("bob", self._binding())
        terms = scheme_terms(home.address("operator"), AllocationRule(Dynamic()))
        self.send("alice", ChangeScheme(0, FIRST, terms))
        self.send("carol", Transfer(CURRENCY_ASSET, home.address("alice"), 1_000 * TOKEN))
        self.api.move_clock((FIRST + SLOTS) * SLOT_MS)
        self._read_meter()
        self.send("alice", self._file(1, self._energies()))
        until(self._is_settled, "all slots settled")
        later = {1: [taken_mwh(CORRECTED, 1) + 50_000]}
        self.api.move_clock(max((FIRST + SLOTS) * SLOT_MS + 60_000, self.api.status()["clock_ms"]))
        self.send("alice", self._file(2, later, first=FIRST + CORRECTED))
        static = scheme_terms(home.address("operator"), AllocationRule(Static()))
        self.send("alice", CastVote(SetScheme(1, FIRST + 96 * 20, static), True))
        until(self._is_settled, "the correction settled")

    def _is_settled(self) -> bool:
        """After a block more."""
        moved = {"time_ms": self.api.status()["clock_ms"] + 1_000, "block": True}
        self.api.api.post_json("/v1/clock", moved, ClockView)
        found = self.api.api.get(f"/v1/sharing/schemes/1/sums?from={FIRST}&to={FIRST + SLOTS}", SchemeSums)
        return len(found["slots"]) == SLOTS

    def _point(self, name: str, direction: int) -> RegisterPoint:
        terms = PointTerms(
            self.home.address(name), direction, "Linz 3", 0, hashlib.sha256(name.encode()).digest(), name == "bob",
            FIRST, self.home.genesis.time_ms,
        )  # fmt: skip
        key = self.home.key(name)
        return RegisterPoint(terms, key.public_key, (Signature(0, key.sign(terms.message(self.home.genesis.hash))),))

    def _binding(self) -> BindMeter:
        bob, key = self.home.address("bob"), self.home.key("bob")
        terms = MeterTerms(
            bob, bob, MeterKind.CONSUMPTION, METER.public_key, NO_SERIAL, PROFILE, OBIS, 0, 1, 0, 20_000, START_MS, 0, 0
        )
        message = terms.message(self.home.genesis.hash)
        return BindMeter(terms, METER.sign(message), key.public_key, (Signature(0, key.sign(message)),))

    def _read_meter(self) -> None:
        """At each boundary, in one transaction."""
        steps = tuple(ReadingStep(1, SLOT_MS, taken_mwh(place, 1) // 1_000) for place in range(SLOTS))
        payload = SubmitReadings(PROFILE, 0, 2, 0, OBIS, 0, FIRST * SLOT_MS, 0, steps)
        number, count = MeteringTypeNumber.SUBMIT_READINGS, SLOTS + 1
        envelope = unsigned(self.home.genesis.chain_id, number, METER.public_key, count, payload)
        message = sign_message(envelope, self.home.genesis.hash)
        self.decided(assemble(envelope, (Signature(0, METER.sign(message)),)))

    def _energies(self) -> dict[int, list[int]]:
        bob = [taken_mwh(place, 1) + DIFFERENT.get(place, 0) for place in range(SLOTS)]
        carol = [taken_mwh(place, 2) for place in range(SLOTS)]
        return {1: bob, 2: carol, 3: [given_mwh(place) for place in range(SLOTS)]}

    def _file(self, number: int, energies: dict[int, list[int]], first: int = FIRST) -> ImportSlots:
        rows = []
        for point, values in energies.items():
            steps = tuple(after - before for before, after in pairwise(values))
            rows.append(ImportRow(point, first, 0, values[0], steps))
        issued_ms = (FIRST + SLOTS) * SLOT_MS + (number - 1) * 60_000
        return ImportSlots(hashlib.sha256(bytes([number])).digest(), issued_ms, 0, tuple(rows))


@contextmanager
def shared_street(folder: Path, **settings: str) -> Iterator[SharedStreet]:
    """The street, after its days."""
    text = (ROOT / "genesis" / "dev.toml").read_text()
    (folder / "template.toml").write_text(f'{text}{SLOTS_TABLE}[sharing]\nmanagers = ["alice"]\n')
    home = HomeFixture(folder / "home", str(folder / "template.toml"))
    environment = {
        "NODECHAIN_HOME": str(home.path), "NODECHAIN_PASSWORD_FILE": str(password_file(folder)), **settings,
    }  # fmt: skip
    node = NodeProcess(["validate", "--standing-clock", "--api-port", "0"], environment, forked=True)
    try:
        api = RestClient(node.url)
        try:
            street = SharedStreet(home, node.url, api, environment)
            street.live()
            yield street
        finally:
            api.close()
    finally:
        assert node.stop() == 0
