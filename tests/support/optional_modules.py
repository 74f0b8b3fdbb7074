"""The development chain with the optional modules that have routes."""

from __future__ import annotations

from pathlib import Path

from harness.node import HomeFixture
from tests.support.metering_points import SLOTS_TABLE

BILLING_TABLE = '\n[billing]\ntreasurers = ["alice"]\naccount = "operator"\n'
SHARING_TABLE = '[sharing]\nmanagers = ["alice"]\n[groups]\nmanagers = ["alice"]\n'
FREE_TABLES = "[resolutions]\n[deals]\n[agents]\n[memos]\n[feeds]\n[fund]\n[together]\n[certificates]\n[origin]\n"
JOINING_TABLE = '[attestations]\nregistrars = ["alice"]\n[joining]\n'
GRID_TABLE = """
[grid]
operator = "alice"
default = "house"
tariffs = [{name = "house", retail = "0.3", feed_in = "0.08"}, {name = "night", retail = "0.2"}]
"""


def home_with_modules(folder: Path) -> HomeFixture:
    """Its home, in a folder of the test's."""
    text = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    template = folder / "template.toml"
    template.write_text(f"{text}{BILLING_TABLE}{SLOTS_TABLE}{SHARING_TABLE}{FREE_TABLES}{JOINING_TABLE}{GRID_TABLE}")
    return HomeFixture(folder / "home", str(template))
