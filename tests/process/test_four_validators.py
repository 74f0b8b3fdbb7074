"""docs/four-validators.md keeps its word: its commands in their order, from the clone to a trade that all four have."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nodechain.home.home import Home
from nodechain.home.lock import HomeLock

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "four-validators.md"
OF_THE_CLONE = ("git clone ... nodechain && cd nodechain", "make install", 'export PATH="$PWD/.venv/bin:$PATH"')
"""What the one who runs this test has done."""
LAST = "nodechain balance bob --node http://127.0.0.1:9007"
"""What the fourth validator says of the buyer."""
DEADLINE_S = 120.0


def commands() -> list[str]:
    """The lines of the page's blocks."""
    blocks = re.findall(r"^```\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()]


class Shell:
    """The reader's shell in an empty folder: `nodechain` is the program of this tree, the ports are free ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        program = folder / "bin" / "nodechain"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cli "$@"\n')
        program.chmod(0o700)
        path = f"{program.parent}:{os.environ['PATH']}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("NODECHAIN_")}
        self.environment = {**clean, "PATH": path, "PYTHONPATH": str(ROOT), "NODECHAIN_TIMEOUT": "120"}
        self.urls: dict[str, str] = {}
        self.network: subprocess.Popen[str] | None = None

    def run(self, line: str) -> str:
        """A line as it stands on the page; what it printed."""
        for shown, real in self.urls.items():
            line = line.replace(shown, real)
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=self.environment, capture_output=True, text=True,
            timeout=DEADLINE_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        return done.stdout

    def export(self, line: str) -> None:
        """Variables for the lines that follow."""
        for word in shlex.split(line)[1:]:
            name, _equals, value = word.partition("=")
            self.environment[name] = value.replace("$PWD", str(self.folder))

    def make(self, line: str) -> None:
        """The network, on free ports; what the page calls by its usual ports is found there from now on."""
        made = json.loads(self.run(f"{line} --base-port 0 --output json"))["data"]["validators"]
        usual = (f"http://127.0.0.1:{9_001 + 2 * place}" for place in range(len(made)))
        self.urls = dict(zip(usual, (validator["api"] for validator in made), strict=True))

    def start(self, line: str) -> None:
        """Run `start.sh` beside the lines that follow, once it says what runs."""
        self.network = subprocess.Popen(
            [line.removesuffix(" &")], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.network.stdout is not None
        assert self.network.stdout.readline().startswith("4 of 4 validators run")

    def kill(self) -> None:
        """`kill %1`."""
        network, self.network = self.network, None
        if network is not None:
            network.send_signal(signal.SIGTERM)
            network.communicate(timeout=DEADLINE_S)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_the_commands_lead_to_a_network_that_has_traded(shell: Shell) -> None:
    said: dict[str, str] = {}
    lines = commands()
    assert tuple(lines[: len(OF_THE_CLONE)]) == OF_THE_CLONE
    try:
        for line in lines[len(OF_THE_CLONE) :]:
            if line.startswith("export "):
                shell.export(line)
            elif line.startswith("nodechain testnet"):
                shell.make(line)
            elif line.endswith(" &"):
                shell.start(line)
            elif line == "kill %1":
                homes = sorted((shell.folder / "net").glob("node?"))
                shell.kill()
                for home in homes:
                    HomeLock(Home(home).lock).release()
                assert len(homes) == 4
            else:
                said[line] = shell.run(line)
    finally:
        shell.kill()
    served = [text for line, text in said.items() if line.startswith("nodechain page hash")]
    assert len(served) == 4
    assert all("serves the page of this release" in text for text in served)
    held = {line.split()[0]: line.split()[1] for line in said[LAST].splitlines() if line.startswith(("ENT ", "eEuro "))}
    assert held == {"ENT": "1", "eEuro": "999.5"}, said[LAST]
    names = {line.split()[0] for line in said["nodechain validators"].splitlines()}
    assert {f"node{number}" for number in range(1, 5)} < names
