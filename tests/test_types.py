"""mypy says nothing of the code: what `make lint` runs, as a test, so that others go on beside it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def code() -> list[str]:
    """The folders and files that the Makefile checks."""
    lines = dict(re.findall(r"^(PACKAGES|CODE) :?= (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE))
    (listed,) = re.findall(r"\$\(wildcard (.*)\)", lines["CODE"])
    return [name for name in listed.replace("$(PACKAGES)", lines["PACKAGES"]).split() if (ROOT / name).exists()]


def test_types() -> None:
    names = code()
    assert {"ledger", "nodechain", "tests", "harness", "cli.py"} <= set(names)
    done = subprocess.run([sys.executable, "-m", "mypy", *names], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
