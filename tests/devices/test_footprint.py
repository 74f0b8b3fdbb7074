"""What a meter loads: nothing that a small device cannot carry."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
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
LIGHT_CLIENT = (
    "devices.client",
    "devices.collector",
    "devices.drivers.modbus",
    "devices.drivers.opening",
    "devices.drivers.telegrams",
    "devices.follower",
    "devices.links.bytes",
    "devices.links.modbus",
    "devices.outbox",
    "devices.readings",
    "devices.runner",
    "devices.submitter",
    "devices.sunspec",
)
PROGRAM = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
resident = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(json.dumps({"loaded": sorted(sys.modules), "resident_kib": int(resident.split()[1])}))
"""


def load(*modules: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", PROGRAM, *modules], cwd=ROOT, capture_output=True, check=True, text=True
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("modules", [LIGHT_CLIENT, *((name,) for name in LIGHT_CLIENT)], ids=lambda names: names[-1])
def test_the_light_client_loads_nothing_heavy(modules: tuple[str, ...]) -> None:
    loaded = load(*modules)["loaded"]
    assert isinstance(loaded, list)
    assert not [name for name in loaded if name in HEAVY or name.startswith(tuple(heavy + "." for heavy in HEAVY))]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux' process table")
def test_the_light_client_stays_below_40_mib() -> None:
    resident = load(*LIGHT_CLIENT)["resident_kib"]
    assert isinstance(resident, int)
    assert resident < 40 * 1024
