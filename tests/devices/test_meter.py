"""The meter's model: what is accepted never exceeds what the connection carries, and nothing falls unseen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.meter import Judgement, MeterLimits, MeterState, StatusFlag, judge, most_wh
from devices.sample import Quality, Sample
from ledger.metering.registers import Interval, interval_between
from ledger.metering.schema import Meter, MeterKind

LIMITS = MeterLimits(max_power_w=10_000)
OBIS = bytes((1, 0, 1, 8, 0, 255))
FIRST = Sample(OBIS, 1_000, 0, "Wh", Quality.CONFIRMED, 1_000_000)


def after(raw: int, ms: int = 900_000) -> Sample:
    return replace(FIRST, raw=raw, time_ms=FIRST.time_ms + ms)


UNSURE = replace(after(1_001), quality=Quality.UNCONFIRMED)


@pytest.mark.parametrize(
    ("new", "limits", "expected"),
    [
        (after(1_000), LIMITS, Judgement(MeterState.OK, 0)),
        (after(3_501), LIMITS, Judgement(MeterState.OK, 2_501)),
        (after(3_502), LIMITS, Judgement(MeterState.IMPLAUSIBLE, 0, "too_fast")),
        (after(1_001, 1), LIMITS, Judgement(MeterState.OK, 1)),
        (after(1_100, 3_600_001), LIMITS, Judgement(MeterState.GAP, 100)),
        (after(999), LIMITS, Judgement(MeterState.ROLLBACK, 0, "register_fell")),
        (after(999), replace(LIMITS, level=True), Judgement(MeterState.OK, -1)),
        (after(5), replace(LIMITS, rollover=1_001), Judgement(MeterState.ROLLOVER, 6)),
        (after(5), replace(LIMITS, rollover=10**6), Judgement(MeterState.ROLLBACK, 0, "register_fell")),
        (after(1_000), replace(LIMITS, rollover=1_000), Judgement(MeterState.IMPLAUSIBLE, 0, "out_of_range")),
        (after(1_001, 0), LIMITS, Judgement(MeterState.IMPLAUSIBLE, 0, "clock_not_later")),
        (after(1_001, -5), LIMITS, Judgement(MeterState.IMPLAUSIBLE, 0, "clock_not_later")),
        (replace(after(1_001), scale_exponent=1), LIMITS, Judgement(MeterState.IMPLAUSIBLE, 0, "another_register")),
        (replace(after(1_001), obis=b"\2" * 6), LIMITS, Judgement(MeterState.IMPLAUSIBLE, 0, "another_register")),
        (UNSURE, LIMITS, Judgement(MeterState.IMPLAUSIBLE, 0, "not_confirmed")),
        (after(-1), LIMITS, Judgement(MeterState.IMPLAUSIBLE, 0, "out_of_range")),
    ],
)  # fmt: skip
def test_the_table_of_states(new: Sample, limits: MeterLimits, expected: Judgement) -> None:
    assert judge(FIRST, new, limits) == expected


def test_the_first_reading_and_a_declared_replacement_bill_nothing() -> None:
    assert judge(None, FIRST, LIMITS) == Judgement(MeterState.OK, 0)
    declared = judge(FIRST, after(5), LIMITS, replaced=True)
    assert declared == Judgement(MeterState.REPLACED, 0)
    assert declared.flags == StatusFlag.REPLACED
    assert not judge(FIRST, after(5, -1), LIMITS, replaced=True).state.accepted


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 10**7)), max_size=40),
    st.integers(0, 3),
    st.sampled_from([0, 4_000, 10**6]),
)
def test_whatever_comes_the_accepted_steps_add_up_to_the_registers(
    samples: list[tuple[int, int]], exponent: int, rollover: int
) -> None:
    limits = replace(LIMITS, rollover=rollover)
    last: Sample | None = None
    total = wraps = 0
    opening = None
    for raw, elapsed_ms in samples:
        time_ms = (last.time_ms if last else 0) + elapsed_ms
        new = replace(FIRST, raw=raw, scale_exponent=exponent, time_ms=time_ms)
        verdict = judge(last, new, limits)
        if not verdict.state.accepted:
            assert verdict.step_wh == 0
            assert verdict.reason
            continue
        if last is not None:
            assert 0 <= verdict.step_wh <= most_wh(limits, elapsed_ms, exponent)
        opening = raw if opening is None else opening
        wraps += verdict.state is MeterState.ROLLOVER
        total += verdict.step_wh
        last = new
    if last is not None and opening is not None:
        assert total == (last.raw - opening + wraps * rollover) * 10**exponent


@given(
    st.tuples(st.integers(0, 5_000), st.integers(0, 10**7)),
    st.tuples(st.integers(0, 5_000), st.integers(0, 10**7)),
    st.integers(-2, 3),
    st.sampled_from([0, 4_000, 10**6]),
    st.booleans(),
)
def test_what_the_device_accepts_the_ledger_bills_alike(
    first: tuple[int, int], second: tuple[int, int], exponent: int, rollover: int, level: bool
) -> None:
    last, new = (replace(FIRST, raw=raw, scale_exponent=exponent, time_ms=time_ms) for raw, time_ms in (first, second))
    verdict = judge(last, new, replace(LIMITS, rollover=rollover, level=level))
    kind = MeterKind.STORAGE if level else MeterKind.CONSUMPTION
    bound = Meter(
        unit=bytes(20),
        account=bytes(20),
        kind=kind,
        place=b"",
        max_power_w=LIMITS.max_power_w,
        rollover=rollover,
        scale=exponent,
        factor=1,
        obis=OBIS,
        profile=bytes(32),
        serial=bytes(32),
        sequence=1,
        register=last.raw,
        time_ms=last.time_ms,
        boot=1,
        quarantined_register=0,
        quarantined_from_ms=0,
        quarantined_until_ms=0,
        quarantined_ms=0,
        sent_ms=0,
    )
    billed = interval_between(bound, new.raw, new.time_ms, latest_ms=10**8)
    assert isinstance(billed, Interval) == verdict.state.accepted
    if isinstance(billed, Interval):
        assert billed.energy_wh == (new.energy_wh if level else verdict.step_wh)
