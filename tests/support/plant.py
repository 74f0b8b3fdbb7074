"""A solar plant of alice at the battery of the development chain: bound, described by voters, read."""

from __future__ import annotations

from itertools import pairwise

from harness.node import HomeFixture
from ledger.certificates.payloads import DescribeGenerator
from ledger.certificates.terms import EnergySource
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.governance.payloads import CastVote
from ledger.keys.crypto import Ed25519SecretKey
from ledger.metering.payloads import BindMeter, MeteringTypeNumber, MeterTerms, ReadingStep, SubmitReadings
from ledger.metering.schema import MeterKind

_PROFILE = bytes(32)
_OBIS = bytes((1, 0, 2, 8, 0, 255))
_SERIAL = b"\x77" * 32


class Plant:
    """Its meter stands at 0 Wh at `since_ms`; each of these is a transaction to be sent, in this order."""

    def __init__(self, home: HomeFixture, since_ms: int) -> None:
        self._home, self._since_ms, self._sequence = home, since_ms, 0
        self._key = Ed25519SecretKey(b"\x51" * 32)

    def binding(self) -> bytes:
        """The battery binds it."""
        home, owner = self._home, self._home.key("alice")
        terms = MeterTerms(
            home.address("battery"), home.address("alice"), MeterKind.PRODUCTION, self._key.public_key, _SERIAL,
            _PROFILE, _OBIS, 0, 1, 0, 10_000, self._since_ms, 0, 0,
        )  # fmt: skip
        message = terms.message(home.genesis.hash)
        consent = (Signature(0, owner.sign(message)),)
        return home.raw("battery", BindMeter(terms, self._key.sign(message), owner.public_key, consent))

    def descriptions(self) -> list[bytes]:
        """Both voters say what it is."""
        home = self._home
        told = DescribeGenerator(
            home.address("battery"), home.address("alice"), EnergySource.PV, 9_800, 1_714_521_600_000
        )
        return [home.raw(name, CastVote(told, True)) for name in ("alice", "bob")]

    def reads(self, *readings: tuple[int, int]) -> bytes:
        """A transaction of readings (time in ms, Wh)."""
        home = self._home
        self._sequence += len(readings)
        steps = tuple(ReadingStep(1, b[0] - a[0], b[1] - a[1]) for a, b in pairwise(readings))
        payload = SubmitReadings(_PROFILE, 0, 2, 0, _OBIS, 0, *readings[0], steps)
        envelope = unsigned(
            home.genesis.chain_id, MeteringTypeNumber.SUBMIT_READINGS, self._key.public_key, self._sequence, payload
        )
        return assemble(envelope, (Signature(0, self._key.sign(sign_message(envelope, home.genesis.hash))),))
