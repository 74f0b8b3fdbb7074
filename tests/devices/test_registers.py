"""Registers to values: exact, in every word order, and never a reading out of what is none."""

from __future__ import annotations

import struct
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import NotAReading
from devices.protocols.registers import (
    RegisterEnergy,
    RegisterType,
    Sentinel,
    WordOrder,
    decode_energy,
    decode_gauge,
    decode_text,
    encode_value,
    in_wh,
)

INTEGERS = [kind for kind in RegisterType if not kind.is_float]
FLOATS = [RegisterType.FLOAT32, RegisterType.FLOAT64]


def words_of(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(data) // 2}H", data)


@given(st.sampled_from(INTEGERS), st.sampled_from(WordOrder), st.integers(0, 2**63 - 1), st.integers(0, 3))
def test_integer_counters_survive_the_round_trip(
    kind: RegisterType, order: WordOrder, number: int, exponent: int
) -> None:
    number >>= 64 - 16 * kind.words + 10
    words = encode_value(kind, number, 1, order)
    assert decode_energy(kind, words, order, exponent) == RegisterEnergy(number, exponent)


def test_the_word_order_is_of_words_not_of_bytes() -> None:
    assert encode_value(RegisterType.UINT32, 0x01020304, 1, WordOrder.BIG) == (0x0102, 0x0304)
    assert encode_value(RegisterType.UINT32, 0x01020304, 1, WordOrder.LITTLE) == (0x0304, 0x0102)
    assert encode_value(RegisterType.UINT64, 0x1_0002_0003_0004, 1, WordOrder.LITTLE) == (4, 3, 2, 1)


@given(st.floats(0, 2**40, width=32), st.integers(-3, 3))
def test_float_counters_are_rounded_to_the_nearest_wh_and_never_cut(value: float, exponent: int) -> None:
    energy = decode_energy(RegisterType.FLOAT32, words_of(struct.pack(">f", value)), WordOrder.BIG, exponent)
    exact = Fraction(value) * Fraction(10) ** exponent
    assert energy.exponent == 0
    assert abs(energy.raw - exact) <= Fraction(1, 2)
    if abs(energy.raw - exact) == Fraction(1, 2):
        assert energy.raw > exact


def test_a_float_of_half_a_wh_is_rounded_up() -> None:
    assert decode_energy(RegisterType.FLOAT64, words_of(struct.pack(">d", 2.5)), WordOrder.BIG, 0) == RegisterEnergy(
        3, 0
    )
    assert decode_energy(
        RegisterType.FLOAT64, words_of(struct.pack(">d", 0.0419996)), WordOrder.BIG, 3
    ) == RegisterEnergy(42, 0)


@pytest.mark.parametrize("kind", FLOATS)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), -0.25, 1e30])
def test_a_float_that_is_no_energy_is_refused(kind: RegisterType, value: float) -> None:
    data = struct.pack(">f" if kind is RegisterType.FLOAT32 else ">d", value)
    with pytest.raises(NotAReading):
        decode_energy(kind, words_of(data), WordOrder.BIG, 3)


@given(st.integers(-(2**31), -1))
def test_a_negative_counter_is_refused(number: int) -> None:
    with pytest.raises(NotAReading):
        decode_energy(RegisterType.INT32, encode_value(RegisterType.INT32, number, 1, WordOrder.BIG), WordOrder.BIG, 0)


def test_what_the_ledger_cannot_store_is_refused() -> None:
    words = encode_value(RegisterType.UINT64, 2**63 - 2, 1, WordOrder.BIG)
    assert decode_energy(RegisterType.UINT64, words, WordOrder.BIG, 0).raw == 2**63 - 2
    with pytest.raises(NotAReading):
        decode_energy(RegisterType.UINT64, words, WordOrder.BIG, 1)


def test_a_sentinel_is_refused_in_its_own_type_only() -> None:
    sentinel = Sentinel(RegisterType.INT32, 0xFFFF0000, 0x7FFF0000)
    words = (0x1234, 0x7FFF)
    with pytest.raises(NotAReading):
        decode_energy(RegisterType.INT32, words, WordOrder.LITTLE, 2, (sentinel,))
    assert decode_energy(RegisterType.UINT32, words, WordOrder.LITTLE, 2, (sentinel,)).raw == 0x7FFF1234
    with pytest.raises(NotAReading):
        decode_gauge(RegisterType.INT32, words, WordOrder.LITTLE, -1, (sentinel,))


@pytest.mark.parametrize("kind", list(RegisterType))
def test_a_wrong_number_of_words_is_refused(kind: RegisterType) -> None:
    with pytest.raises(NotAReading):
        decode_energy(kind, (0,) * (kind.words + 1), WordOrder.BIG, 0)


@given(st.integers(-(2**15), 2**15 - 1))
def test_gauges_are_exact_decimals_with_their_sign(number: int) -> None:
    words = encode_value(RegisterType.INT16, number, 1, WordOrder.BIG)
    assert decode_gauge(RegisterType.INT16, words, WordOrder.BIG, -1) == Decimal(number) / 10


def test_finer_counters_round_to_the_nearest_wh() -> None:
    assert [in_wh(RegisterEnergy(raw, -1)) for raw in (4, 5, 14, 15)] == [0, 1, 1, 2]
    assert in_wh(RegisterEnergy(7, 2)) == 700


def test_text() -> None:
    assert decode_text(words_of(b"SDM630\0\0")) == "SDM630"
    with pytest.raises(NotAReading):
        decode_text((0xFFFF,))


@pytest.mark.parametrize("kind", list(RegisterType))
def test_what_a_type_cannot_hold_is_refused(kind: RegisterType) -> None:
    with pytest.raises(NotAReading):
        encode_value(kind, 2**1100, 1, WordOrder.BIG)
