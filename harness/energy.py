"""Storage units and meters of a `ChainFixture`, for tests: reports with the right number, bindings, signed readings."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from harness.chain import ChainFixture, address, secret
from ledger.chain.envelope import Signature
from ledger.chain.header import Event, Receipt
from ledger.chain.parameters import HOUR_MS
from ledger.energy.events import SessionClosed
from ledger.energy.payloads import EnergyActual, EnergyConsumed, EnergyProduced
from ledger.energy.schema import HOUSEHOLDS, Household
from ledger.metering.payloads import BindMeter, Closing, MeterTerms, ReadingStep, ReplaceMeter, SubmitReadings
from ledger.metering.schema import METERS, Meter, MeterKind

PROFILE = hashlib.sha256(b"a register map").digest()


def serial_of(name: str) -> bytes:
    """The hash of a named meter's own serial number."""
    return hashlib.sha256(b"serial number of " + name.encode()).digest()


OBIS = bytes((1, 0, 2, 8, 0, 255))
E = TypeVar("E", bound=Event)


def produce(chain: ChainFixture, unit: str, who: str, energy_wh: int) -> Receipt:
    """The unit's next manual report of production, whatever becomes of it."""
    return chain.try_(unit, EnergyProduced(chain.unit(unit).sequence + 1, address(who), energy_wh))


def consume(chain: ChainFixture, unit: str, who: str, energy_wh: int) -> Receipt:
    """The unit's next manual report of consumption."""
    return chain.try_(unit, EnergyConsumed(chain.unit(unit).sequence + 1, address(who), energy_wh))


def actual(chain: ChainFixture, unit: str, energy_wh: int) -> Receipt:
    """The unit's next manual report of what it holds."""
    return chain.try_(unit, EnergyActual(chain.unit(unit).sequence + 1, energy_wh))


def events(receipt: Receipt, kind: type[E]) -> list[E]:
    """The receipt's events of one kind, in order."""
    return [event for event in receipt.events if isinstance(event, kind)]


def closed(receipt: Receipt) -> list[tuple[int, int]]:
    """Number and reason of the sessions that ended."""
    return [(event.number, event.reason) for event in events(receipt, SessionClosed)]


def household(chain: ChainFixture, name: str) -> Household:
    """An account's metered energy."""
    return chain.state.get(HOUSEHOLDS, address(name)) or Household(0, 0, 0, 0)


@dataclass
class MeterFixture:
    """One meter of an account at a unit; `name` is that of its key."""

    chain: ChainFixture
    name: str = "M"
    unit: str = "U1"
    account: str = "A"
    kind: MeterKind = MeterKind.PRODUCTION

    @property
    def key(self) -> bytes:
        """Its public key."""
        return secret(self.name).public_key

    @property
    def known(self) -> Meter:
        """What the ledger knows of it."""
        meter = self.chain.state.get(METERS, self.key)
        assert meter is not None
        return meter

    def terms(self, **changes: Any) -> MeterTerms:
        """What the unit's next transaction may bind: 10 kW, whole Wh, register 0 at the head's time."""
        terms = MeterTerms(
            address(self.unit), address(self.account), int(self.kind), self.key, serial_of(self.name), PROFILE, OBIS,
            scale=0, factor=1, rollover=0, max_power_w=10_000, opening_ms=self.chain.time_ms, opening_register=0,
            opening_sequence=0,
        )  # fmt: skip
        return msgspec.structs.replace(terms, **changes)

    def binding(self, **changes: Any) -> BindMeter:
        """The terms with the signatures of meter and account."""
        terms = self.terms(**changes)
        message = terms.message(self.chain.genesis.hash)
        consent = secret(self.account)
        return BindMeter(
            terms, secret(self.name).sign(message), consent.public_key, (Signature(0, consent.sign(message)),)
        )

    def replacement(self, new: MeterFixture, closing: tuple[int, int] | None = None, **terms: Any) -> ReplaceMeter:
        """`new` in its place; with a closing (time in ms, register) the account signs that too."""
        binding = new.binding(**terms)
        if closing is None:
            return ReplaceMeter(self.key, (), binding)
        entry = Closing(self.key, *closing)
        consent = secret(self.account).sign(entry.message(self.chain.genesis.hash, binding.terms))
        signed = msgspec.structs.replace(binding, account_signatures=(Signature(0, consent),))
        return ReplaceMeter(self.key, (entry,), signed)

    def bind(self, **changes: Any) -> Receipt:
        """Bind it, whatever becomes of that."""
        return self.chain.try_(self.unit, self.binding(**changes))

    def bound(self, **changes: Any) -> MeterFixture:
        """The same, bound."""
        receipt = self.bind(**changes)
        assert receipt.code == "", receipt.code
        return self

    def readings(self, *readings: tuple[int, int], **changes: Any) -> SubmitReadings:
        """A payload of (time in ms, register), numbered without gaps."""
        steps = tuple(
            ReadingStep(1, later[0] - earlier[0], later[1] - earlier[1])
            for earlier, later in itertools.pairwise(readings)
        )
        first_ms, first_register = readings[0]
        payload = SubmitReadings(PROFILE, 0, 2, 0, OBIS, self.known.scale, first_ms, first_register, steps)
        return msgspec.structs.replace(payload, **changes)

    def read(self, *readings: tuple[int, int], skipped: int = 0, after_ms: int = 1000, **changes: Any) -> Receipt:
        """Send readings in a block of their own; `skipped` sequence numbers are left out before them."""
        payload = self.readings(*readings, **changes)
        transaction = self.chain.tx(self.name, payload, nonce=self.known.sequence + skipped + len(readings))
        return self.chain.block([transaction], after_ms=after_ms).executed.receipts[1]

    def measure(self, register: int, after_ms: int = HOUR_MS) -> Receipt:
        """One reading of `register` at the time of a block after `after_ms`."""
        return self.read((self.chain.time_ms + after_ms, register), after_ms=after_ms)
