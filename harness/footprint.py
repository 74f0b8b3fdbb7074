"""What importing modules loads, and how much memory it takes: in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
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
