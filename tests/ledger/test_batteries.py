"""L4: a year of daily cycles at default parameters suspends no healthy battery, and a thief is found.

The figures stand in docs/protocol/energy.md; `python -m bench batteries` prints them.
"""

from __future__ import annotations

import pytest

from harness.batteries import Battery


@pytest.mark.parametrize(("efficiency", "standing_wh"), [(0.85, 0), (0.90, 120), (0.95, 0)])
def test_l4_a_year_of_daily_cycles_never_suspends_a_battery_within_its_terms(
    efficiency: float, standing_wh: int
) -> None:
    year = Battery(efficiency, standing_wh).run(365)
    assert (year.days, year.named_day, year.suspended_day) == (365, 0, 0)
    assert year.beyond_base <= 0
    assert year.drawn_wh > 365 * 6_000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_l4_a_thief_of_2_percent_a_day_is_named_by_day_7_and_suspended_by_day_14(seed: int) -> None:
    battery = Battery(0.90, 120, stolen_wh=200, seed=seed)
    year = battery.run(30)
    assert 0 < year.named_day <= 7
    assert year.named_day < year.suspended_day <= 14
