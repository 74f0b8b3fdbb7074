"""What a meter loads: nothing that a small device cannot carry."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.footprint import LIGHT_CLIENT, load

HEAVY = (
    "aiohttp",
    "plyvel",
    "plyvel_next",
    "pydantic",
    "nodechain",
    "consensus",
    "market",
    "click",
    "pymodbus.server",
    "cli",
)


@pytest.mark.parametrize("modules", [LIGHT_CLIENT, *((name,) for name in LIGHT_CLIENT)], ids=lambda names: names[-1])
def test_the_light_client_loads_nothing_heavy(modules: tuple[str, ...]) -> None:
    loaded = load(*modules)["loaded"]
    assert isinstance(loaded, list)
    assert not [name for name in loaded if name in HEAVY or name.startswith(tuple(heavy + "." for heavy in HEAVY))]


# The limit is that of 3.11. Newer Pythons are larger themselves: measured 40.2, 41.3 and 44.9 MiB (docs/platforms.md).
RESIDENT_MIB = {(3, 11): 40, (3, 12): 42, (3, 13): 43, (3, 14): 47}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux' process table")
def test_the_light_client_stays_below_40_mib() -> None:
    resident = load(*LIGHT_CLIENT)["resident_kib"]
    assert isinstance(resident, int)
    assert resident < RESIDENT_MIB[sys.version_info[:2]] * 1024
