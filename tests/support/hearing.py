"""The command as one types it in a terminal: it hears Ctrl-C, SIGTERM and SIGHUP.

A job in the background of a script (`nohup make test &`) ignores some of them, and so would everything that it starts.
"""

from __future__ import annotations

import sys
from typing import Final

_RESET: Final = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, "-m", "cli", *sys.argv[1:]])
"""


def hearing(*arguments: str) -> list[str]:
    """The command line of `nodechain` with these arguments."""
    return [sys.executable, "-c", _RESET, *arguments]
