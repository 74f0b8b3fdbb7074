"""What a meter signs: decodes as the ledger's own transaction, verifies, and fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.readings import HEADER, Reading, ReadingHeader, build_batch, steps_that_fit
from harness.fake_chain import TOWN
from ledger.chain.envelope import Transaction
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Codec, encode
from ledger.errors import BrokenInvariant
from ledger.keys.crypto import Ed25519SecretKey, P256SecretKey
from ledger.limits import MAX_INTEGER, MAX_TRANSACTION_BYTES
from ledger.metering.limits import MAX_READINGS
from ledger.metering.payloads import MeteringTypeNumber, SubmitReadings
from ledger.metering.readings import absolute_readings

KEY = Ed25519SecretKey(bytes(32))
HEAD = ReadingHeader(bytes(range(32)), 3, 2, 0, bytes((1, 0, 1, 8, 0, 255)), 1)
PAYLOAD: Codec[SubmitReadings] = Codec(SubmitReadings, MAX_TRANSACTION_BYTES)
START_MS = 1_465_776_000_000


def quarter_hours(count: int) -> tuple[Reading, ...]:
    return tuple(Reading(1 + place, START_MS + place * 900_000, 500_000 + place * 37) for place in range(count))


@st.composite
def runs(draw: st.DrawFn) -> tuple[Reading, ...]:
    steps = st.tuples(st.integers(1, 2**20), st.integers(1, 10**9), st.integers(-(10**6), 10**9))
    sequence, time_ms, register = (
        draw(st.integers(1, 10**9)),
        draw(st.integers(0, 10**13)),
        draw(st.integers(0, 10**12)),
    )
    readings = [Reading(sequence, time_ms, register)]
    for add in draw(st.lists(steps, max_size=30)):
        last = readings[-1]
        readings.append(Reading(last.sequence + add[0], last.time_ms + add[1], max(last.register + add[2], 0)))
    return tuple(readings)


@given(runs(), st.booleans())
def test_a_batch_is_the_readings_and_nothing_else(readings: tuple[Reading, ...], secure_element: bool) -> None:
    key = P256SecretKey(7) if secure_element else KEY
    batch = build_batch(key, TOWN, HEAD, readings, valid_until_height=900)
    transaction = Transaction(batch.body)
    assert transaction.verify_signatures(TOWN.genesis_hash)
    assert transaction.id == batch.transaction_id
    envelope = transaction.envelope
    assert (envelope.type, envelope.nonce, envelope.fee) == (
        MeteringTypeNumber.SUBMIT_READINGS,
        readings[-1].sequence,
        0,
    )
    assert (envelope.sender_key, envelope.valid_until_height) == (key.public_key, 900)
    payload = PAYLOAD.decode(envelope.payload)
    assert tuple(absolute_readings(payload, envelope.nonce)) == readings
    assert (payload.profile, payload.boot, payload.clock, payload.flags) == (HEAD.profile, 3, 2, 0)
    assert (payload.obis, payload.scale) == (HEAD.obis, 1)
    assert (batch.nonce, batch.count, batch.valid_until_height) == (readings[-1].sequence, len(readings), 900)


def test_the_same_readings_give_the_same_bytes() -> None:
    first, second = (build_batch(KEY, TOWN, HEAD, quarter_hours(50)) for _ in range(2))
    assert first == second


def test_as_many_readings_as_may_be_fit_into_one_transaction_and_the_others_wait() -> None:
    batch = build_batch(KEY, TOWN, HEAD, quarter_hours(9_000))
    assert (batch.count, batch.nonce) == (MAX_READINGS, MAX_READINGS)
    widest = tuple(Reading(1 + place * 2**20, place * 2**41, (place % 2) * MAX_INTEGER) for place in range(9_000))
    batch = build_batch(KEY, ChainIdentity.of("c" * 55, bytes(32)), HEAD, widest, valid_until_height=MAX_INTEGER)
    assert batch.count == MAX_READINGS
    assert len(batch.body) <= MAX_TRANSACTION_BYTES


def test_a_sequence_may_not_jump_further_than_the_ledger_lets_it() -> None:
    readings = (Reading(1, 1, 1), Reading(2, 2, 2), Reading(3 + 2**20, 3, 3))
    assert len(steps_that_fit(readings)) == 1


def test_an_empty_batch_is_a_bug() -> None:
    with pytest.raises(BrokenInvariant):
        build_batch(KEY, TOWN, HEAD, ())


def test_the_header_has_one_encoding() -> None:
    assert HEADER.decode(encode(HEAD)) == HEAD
