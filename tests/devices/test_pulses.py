"""S0 outputs on pseudo-terminals and ports: each pulse once, over bouncing, restarts, lost lines and full files."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers import pulses as pulses_module
from devices.drivers.driver import Confirmation
from devices.drivers.opening import Lines
from devices.drivers.pulses import PULSE_S, WRITE_PULSES, Debounce, PulseCount, PulseDriver
from devices.errors import BadProfile, LinkClosed, Misuse, OutboxMisuse
from devices.pulse_profile import pulse_profile
from devices.simulators.pulse_output import PulseOutput

PROFILE = pulse_profile("s0-1000")
CONFIRMATION = Confirmation(lambda: 5, 10**9)
PERIOD_S = 0.2


async def shown(driver: PulseDriver) -> int:
    return (await driver.read_counters())[0].energy_wh


async def until_shown(driver: PulseDriver, wh: int) -> None:
    end = time.monotonic() + 20
    while await shown(driver) != wh:
        assert time.monotonic() < end, (await shown(driver), wh)
        await asyncio.sleep(0.02)


def opened(lines: Lines, output: PulseOutput, file: Path) -> PulseDriver:
    driver = lines.open_driver(PROFILE, output.place, CONFIRMATION, pulse_file=file)
    assert isinstance(driver, PulseDriver)
    return driver


@pytest.mark.parametrize("carrier", ["pty", "port"])
@pytest.mark.parametrize("bounces", [0, 3])
def test_each_pulse_is_counted_once_and_over_a_restart(tmp_path: Path, carrier: str, bounces: int) -> None:
    async def main() -> None:
        link = tmp_path / "line" if carrier == "pty" else None
        async with PulseOutput(PROFILE, link=link, bounces=bounces, period_s=PERIOD_S) as output:
            for total in (0, 3, 8):
                lines = Lines()
                driver = opened(lines, output, tmp_path / "count.db")
                await shown(driver)
                output.advance(total - output.pulses - output.owed)
                await until_shown(driver, total)
                await lines.close()

    asyncio.run(main())


def test_a_line_that_is_lost_is_told_and_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulses_module, "REOPEN_S", 0.02)

    async def main() -> None:
        output = PulseOutput(PROFILE, link=tmp_path / "line", period_s=PERIOD_S)
        lines = Lines()
        driver = opened(lines, output, tmp_path / "count.db")
        with pytest.raises(LinkClosed):
            await shown(driver)
        await output.start()
        await shown(driver)
        output.advance(3)
        await until_shown(driver, 3)
        await output.stop()
        end = time.monotonic() + 20
        lost = False
        while not lost:
            assert time.monotonic() < end
            try:
                await shown(driver)
                await asyncio.sleep(0.02)
            except LinkClosed:
                lost = True
        await output.start()
        back = False
        while not back:
            assert time.monotonic() < end
            try:
                back = await shown(driver) == 3
            except LinkClosed:
                await asyncio.sleep(0.02)
        output.advance(2)
        await until_shown(driver, 5)
        await lines.close()
        await output.stop()

    asyncio.run(main())


@given(st.lists(st.floats(0, 1), max_size=60))
def test_bouncing_is_one_pulse(gaps: list[float]) -> None:
    debounce, time_s, counted = Debounce(), 0.0, 0
    begun: list[float] = []
    for gap in gaps:
        time_s += gap
        if debounce.is_new(time_s):
            counted += 1
            begun.append(time_s)
    assert all(later - earlier >= PULSE_S for earlier, later in pairwise(begun))
    assert counted >= sum(gap >= PULSE_S for gap in gaps[1:])


def test_what_was_shown_is_on_the_disk_and_a_cut_loses_few(tmp_path: Path) -> None:
    count = PulseCount(tmp_path / "count.db", PROFILE)
    for _ in range(WRITE_PULSES * 3 + 4):
        count.add()
    # Nothing is closed properly: the power went.
    again = PulseCount(tmp_path / "count.db", PROFILE)
    assert count.pulses - WRITE_PULSES < again.pulses <= count.pulses
    again.write()
    assert PulseCount(tmp_path / "count.db", PROFILE).pulses == again.pulses
    with pytest.raises(OutboxMisuse) as refused:
        PulseCount(tmp_path / "count.db", pulse_profile("s0-800"))
    assert refused.value.code == "other_count"


def test_profiles_say_what_a_pulse_is() -> None:
    eight_hundred = pulse_profile("s0-800")
    assert [eight_hundred.energy_wh(pulses) for pulses in (0, 1, 4, 800)] == [0, 1, 5, 1_000]
    assert (PROFILE.counters.resolution_wh, eight_hundred.counters.resolution_wh) == (1, None)
    assert PROFILE.hash() != eight_hundred.hash()
    for wrong in ("s0-", "s0-0", "s0-01", "s0-100001", "s0-x"):
        with pytest.raises(BadProfile):
            pulse_profile(wrong)
    with pytest.raises(BadProfile):
        PROFILE.register("level")


def test_a_count_needs_a_file(tmp_path: Path) -> None:
    async def main() -> None:
        output = PulseOutput(PROFILE, link=tmp_path / "line")
        with pytest.raises(Misuse) as refused:
            Lines().open_driver(PROFILE, output.place, CONFIRMATION)
        assert refused.value.code == "no_pulse_file"

    asyncio.run(main())
