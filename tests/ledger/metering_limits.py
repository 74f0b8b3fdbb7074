"""Tests of the limits of meters and their readings; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
import pytest

from harness.chain import START_MS, ChainFixture, address, make_genesis, secret
from harness.energy import MeterFixture
from ledger import limits
from ledger.encoding.codec import Codec, encode
from ledger.errors import InclusionError, MalformedInput
from ledger.metering import limits as metering_limits
from ledger.metering.events import ReadingQuarantined
from ledger.metering.payloads import BindMeter, MeterTerms, ReadingStep, SubmitReadings, UnbindMeter
from ledger.metering.schema import MeterKind, Quarantine
from tests.ledger.market_limits import fixture
from tests.makers import make_vectors as made
from tests.support.refusals import payload_codec, refused_above
from tests.support.world import sign_all


def registers_stay_in_range() -> None:
    """Deltas may lead above every number; such a reading is quarantined, not stored."""
    chain = fixture(parameters=(("max_report", 10**13),))
    terms = MeterTerms(
        address("U1"), address("A"), int(MeterKind.PRODUCTION), secret("M").public_key, bytes(32), made.PROFILE,
        bytes(6), -9, 1, 0, limits.MAX_INTEGER, START_MS, 0, 0,
    )  # fmt: skip
    message = terms.message(chain.genesis.hash)
    signed = secret("M").sign(message)
    chain.do("U1", BindMeter(terms, signed, secret("A").public_key, sign_all("A", message)))
    step = ReadingStep(1, 1, 1)
    payload = SubmitReadings(
        made.PROFILE, 0, 2, 0, bytes(6), -9, START_MS + 1000, limits.MAX_INTEGER, (step,)
    )  # fmt: skip
    block = chain.block([chain.tx("M", payload, nonce=2)])
    (quarantined,) = (e for e in block.executed.receipts[1].events if isinstance(e, ReadingQuarantined))
    assert quarantined.reason == Quarantine.TOO_MUCH
    chain.block()


def max_readings() -> None:
    step = ReadingStep(1, 1, 1)
    at = msgspec.structs.replace(made.readings(), steps=(step,) * (metering_limits.MAX_READINGS - 1))
    refused_above(payload_codec(SubmitReadings), at, msgspec.structs.replace(at, steps=(*at.steps, step)))


def max_sequence_step() -> None:
    at = msgspec.structs.replace(made.readings(), steps=(ReadingStep(metering_limits.MAX_SEQUENCE_STEP, 1, 1),))
    above = msgspec.structs.replace(at, steps=(ReadingStep(metering_limits.MAX_SEQUENCE_STEP + 1, 1, 1),))
    refused_above(payload_codec(SubmitReadings), at, above)
    chain = fixture()
    terms = changed_terms(chain)
    message = terms.message(chain.genesis.hash)
    chain.do("U1", BindMeter(terms, secret("M").sign(message), secret("A").public_key, sign_all("A", message)))
    single = SubmitReadings(made.PROFILE, 0, 2, 0, bytes(6), 0, START_MS + 1, 0, ())
    with pytest.raises(InclusionError) as refusal:
        chain.block([chain.tx("M", single, nonce=metering_limits.MAX_SEQUENCE_STEP + 1)])
    assert refusal.value.code == "bad_nonce"
    chain.block([chain.tx("M", single, nonce=metering_limits.MAX_SEQUENCE_STEP)])


def changed_terms(chain: ChainFixture) -> MeterTerms:
    return MeterTerms(
        address("U1"), address("A"), 1, secret("M").public_key, bytes(32), made.PROFILE, bytes(6), 0, 1, 0, 5_000,
        START_MS, 0, 0,
    )  # fmt: skip


def max_meters_per_unit() -> None:
    """L9c: the bindings of a unit were unbounded."""
    members = tuple(sorted(address(name) for name in ("A", *(f"h{n}" for n in range(1_001)))))
    chain = ChainFixture(make_genesis(members=members))
    for number in range(1_000):
        if number % 50 == 49:
            chain.block()  # an opening is read just now
        chain.do("U1", MeterFixture(chain, name=f"m{number}", account=f"h{number}").binding(), after_ms=1)
    assert MeterFixture(chain, name="one more", account="h1000").bind().code == "too_many_meters"
    assert MeterFixture(chain, name="one more", account="h1000", unit="U2").bind().code == ""
    old, new = MeterFixture(chain, name="m0", account="h0"), MeterFixture(chain, name="new", account="h0")
    assert chain.try_("U1", old.replacement(new)).code == ""
    chain.do("U1", UnbindMeter(secret("m1").public_key))
    assert MeterFixture(chain, name="last", account="h1000").bind().code == ""


def max_register_factor() -> None:
    at = made.terms("M1", "A", MeterKind.CONSUMPTION)
    at = msgspec.structs.replace(at, factor=1_000_000)
    refused_above(Codec(MeterTerms, 1024), at, msgspec.structs.replace(at, factor=1_000_001))
    with pytest.raises(MalformedInput):
        Codec(MeterTerms, 1024).decode(encode(msgspec.structs.replace(at, factor=0)))


def max_opening_age() -> None:
    chain = fixture()
    found = MeterFixture(chain)
    chain.block(after_ms=2 * metering_limits.MAX_OPENING_AGE_MS)
    assert found.bind(opening_ms=chain.time_ms + 999 - 3_600_000).code == "stale_opening"
    assert found.bind(opening_ms=chain.time_ms + 1_000 - 3_600_000).code == ""


METERING_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_READINGS": (max_readings,),
    "MAX_SEQUENCE_STEP": (max_sequence_step,),
    "MAX_METERS_PER_UNIT": (max_meters_per_unit,),
    "MAX_REGISTER_FACTOR": (max_register_factor,),
    "MAX_OPENING_AGE_MS": (max_opening_age,),
}
