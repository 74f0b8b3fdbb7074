"""What rings and what does not: each kind of alarm begins once, ends once, and is not rung by rounding."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.unit.alarms import Alarm, AlarmKind, AlarmLimits, ChannelWatch, Observation, Range
from devices.unit.gauges import with_derived
from devices.unit.sessions import KnownSession, Verdict, may_draw
from ledger.energy.schema import Session

HOUR_MS = 3_600_000
VOLTS = Range("voltage_l1", Decimal(207), Decimal(253))
LIMITS = AlarmLimits(ranges=(VOLTS,), window_ms=HOUR_MS, silence_ms=60_000)


def seen(time_ms: int, wh: int | None = None, refused: str = "", **gauges: str) -> Observation:
    return Observation(time_ms, wh, {name: Decimal(value) for name, value in gauges.items()}, refused)


def told(alarms: tuple[Alarm, ...]) -> list[tuple[AlarmKind, str, bool]]:
    return [(alarm.kind, alarm.subject, alarm.raised) for alarm in alarms]


def test_a_gauge_outside_of_its_limits_rings_once_and_ends_well_inside() -> None:
    watch = ChannelWatch("flat", LIMITS, 0)
    assert told(watch.observe(seen(1, voltage_l1="230"))) == []
    assert told(watch.observe(seen(2, voltage_l1="253"))) == []
    assert told(watch.observe(seen(3, voltage_l1="253.1"))) == [(AlarmKind.RANGE, "voltage_l1", True)]
    assert told(watch.observe(seen(4, voltage_l1="255"))) == []
    assert told(watch.observe(seen(5, voltage_l1="252"))) == []
    assert watch.ringing == ((AlarmKind.RANGE, "voltage_l1"),)
    assert told(watch.observe(seen(6, voltage_l1="247"))) == [(AlarmKind.RANGE, "voltage_l1", False)]
    assert told(watch.observe(seen(7, voltage_l1="206"))) == [(AlarmKind.RANGE, "voltage_l1", True)]
    assert told(watch.observe(seen(8))) == []


def test_a_lost_phase_is_told_from_a_lost_supply() -> None:
    watch = ChannelWatch("flat", AlarmLimits(), 0)

    def phases(time_ms: int, second: str) -> Observation:
        return seen(time_ms, voltage_l1="230", voltage_l2=second, voltage_l3="229")

    assert told(watch.observe(phases(1, "231"))) == []
    assert told(watch.observe(phases(2, "3"))) == [(AlarmKind.PHASE, "voltage_l2", True)]
    assert told(watch.observe(phases(3, "231"))) == [(AlarmKind.PHASE, "voltage_l2", False)]
    assert told(watch.observe(seen(4, voltage_l1="2", voltage_l2="0", voltage_l3="1"))) == []
    assert told(watch.observe(seen(5, voltage_l1="230"))) == []


def test_silence_begins_after_its_time_and_ends_with_a_reading() -> None:
    watch = ChannelWatch("flat", LIMITS, 0)
    assert told(watch.tick(60_000)) == []
    assert told(watch.tick(60_001)) == [(AlarmKind.SILENCE, "", True)]
    assert told(watch.tick(90_000)) == []
    assert told(watch.observe(seen(90_001))) == [(AlarmKind.SILENCE, "", False)]


def test_what_is_refused_rings_until_it_is_believed() -> None:
    watch = ChannelWatch("flat", LIMITS, 0)
    assert told(watch.observe(seen(1, refused="register_fell"))) == [(AlarmKind.REFUSED, "", True)]
    assert told(watch.observe(seen(2, refused="register_fell"))) == []
    assert told(watch.observe(seen(3, 5))) == [(AlarmKind.REFUSED, "", False)]


def hour(watch: ChannelWatch, begin: int, first_wh: int, last_wh: int, power: str) -> list[tuple[AlarmKind, str, bool]]:
    """An hour at one power, seen every six minutes."""
    found = []
    for step in range(11):
        wh = first_wh + (last_wh - first_wh) * step // 10
        found += told(watch.observe(seen(begin + step * HOUR_MS // 10, wh, active_power=power)))
    return found


def test_energy_is_compared_with_power() -> None:
    watch = ChannelWatch("flat", LIMITS, 0)
    assert hour(watch, 0, 0, 2_000, "2000") == []
    assert hour(watch, HOUR_MS, 2_000, 4_150, "2000") == []
    assert hour(watch, 2 * HOUR_MS, 4_150, 6_400, "2000") == [(AlarmKind.DRIFT, "", True)]
    assert hour(watch, 3 * HOUR_MS, 6_400, 8_400, "2000") == [(AlarmKind.DRIFT, "", False)]
    assert hour(watch, 4 * HOUR_MS, 8_400, 8_400, "2000") == [(AlarmKind.DEAD, "", True)]
    assert hour(watch, 5 * HOUR_MS, 8_400, 10_400, "2000") == [(AlarmKind.DEAD, "", False)]
    # Little power and a standing counter are not dead: its step is coarser than what flowed.
    assert hour(watch, 6 * HOUR_MS, 10_400, 10_400, "20") == []


def test_what_is_fed_in_is_compared_with_negative_power() -> None:
    watch = ChannelWatch("roof", LIMITS, 0)
    found: list[Alarm] = []
    for step in range(21):
        exported = Observation(step * HOUR_MS // 10, step * 300, {"active_power": Decimal(-3_000)}, exports=True)
        found += watch.observe(exported)
    assert found == []


@given(st.lists(st.integers(0, 5_000), min_size=20, max_size=60))
def test_a_right_meter_never_rings(powers: list[int]) -> None:
    watch = ChannelWatch("flat", LIMITS, 0)
    exact, last = Decimal(0), None
    for step, power in enumerate(powers):
        if last is not None:
            exact += Decimal(last + power) / 2 / 10
        last = power
        assert told(watch.observe(seen(step * HOUR_MS // 10, int(exact), active_power=str(power)))) == []


@given(st.lists(st.tuples(st.booleans(), st.integers(200, 260)), max_size=40))
def test_every_alarm_begins_before_it_ends(rounds: list[tuple[bool, int]]) -> None:
    watch = ChannelWatch("flat", LIMITS, 0)
    rings: set[tuple[AlarmKind, str]] = set()
    for number, (answers, volts) in enumerate(rounds, 1):
        time_ms = number * 50_000
        alarms = watch.observe(seen(time_ms, voltage_l1=str(volts))) if answers else watch.tick(time_ms)
        for alarm in alarms:
            assert ((alarm.kind, alarm.subject) in rings) is not alarm.raised
            rings ^= {(alarm.kind, alarm.subject)}
    assert rings == set(watch.ringing)


def test_values_that_follow_are_derived_and_shown_ones_stay() -> None:
    gauges = {"voltage_l1": Decimal(230), "current_l1": Decimal(10), "active_power": Decimal(1_840)}
    found = with_derived(gauges)
    assert found["apparent_power"] == Decimal(2_300)
    assert found["power_factor"] == Decimal("0.8")
    assert found["reactive_power"] == Decimal(1_380)
    assert with_derived({**gauges, "power_factor": Decimal("0.81")})["power_factor"] == Decimal("0.81")
    assert with_derived({"active_power": Decimal(5)}) == {"active_power": Decimal(5)}
    assert "power_factor" not in with_derived({**gauges, "current_l1": Decimal(0)})


SESSION = Session(1, 10**9, 2_000, 0, 0, 0, 1_000_000, 1_000_000, 0, 0, 0, 0, 0, False)


@pytest.mark.parametrize(
    ("known", "counted_wh", "now_ms", "verdict"),
    [
        (None, 0, 0, Verdict.UNKNOWN),
        (KnownSession(None, 0), 0, 0, Verdict.NO_SESSION),
        (KnownSession(SESSION, 0), 0, 999_999, Verdict.MAY_DRAW),
        (KnownSession(SESSION, 0), 0, 1_000_000, Verdict.EXPIRED),
        (KnownSession(SESSION, 0), 1_999, 0, Verdict.MAY_DRAW),
        (KnownSession(SESSION, 0), 2_000, 0, Verdict.USED_UP),
        (KnownSession(SESSION, 500), 2_499, 0, Verdict.MAY_DRAW),
        (KnownSession(SESSION, 500), 2_500, 0, Verdict.USED_UP),
    ],
)
def test_who_may_draw(known: KnownSession | None, counted_wh: int, now_ms: int, verdict: Verdict) -> None:
    assert may_draw(known, counted_wh, now_ms) is verdict
    assert verdict.closed is (verdict is Verdict.MAY_DRAW)
