"""A signal ends what was started, also where Python drops the exception that it raises."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOST = """
import os, signal
from nodechain.demo.children import closing_on_signals

class Dropped:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})
        for _ in range(1000):
            pass

try:
    with closing_on_signals(lambda: print("closed", flush=True)):
        Dropped()
        print("went on", flush=True)
        signal.pause()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_that_falls_into_a_destructor_is_heard_the_next_time(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOST.replace("{name}", name)], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.stdout.split("\n") == ["went on", "closed", "interrupted", ""], done.stderr
    assert "Exception ignored in" in done.stderr
