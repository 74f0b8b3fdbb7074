"""Plays the examples of docs/cli.md in order, as a reader would; `python -m tests.makers.cli_docs` records them anew.

In its ```console blocks a line `$ nodechain ...` is run and what follows is what it printed; `(exit code N)` closes a
failure. A command that ends in `&` is started and waited for, `$ kill -INT %1` ends it; TRANSACTION stands for the id
that was printed last. All run in one folder that has nothing but the files of examples/community, with the home `dev`
of the development chain unless --home says otherwise.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.forked import run_in
from harness.processes import Outcome, until
from nodechain.home.testnet import free_ports

DOCS = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
ROOT = DOCS.parents[1]
COMMUNITY_FILES = ROOT / "examples" / "community"
DEADLINE_S = 60.0
PASSWORD = "dev"


@dataclass(frozen=True, slots=True)
class Example:
    """A command line of the page, the exit code that the page promises, and its lines of output."""

    line: str
    exit_code: int
    output: list[str]


def blocks(text: str) -> Iterator[tuple[bool, list[str]]]:
    """The page in pieces: whether a piece is a console block, and its lines."""
    inside, piece = False, list[str]()
    for line in text.splitlines():
        opens, closes = line == "```console", inside and line == "```"
        if opens or closes:
            yield inside, piece
            inside, piece = opens, []
        else:
            piece.append(line)
    yield inside, piece


def examples(lines: list[str]) -> list[Example]:
    """The commands of a block with what they print."""
    found: list[Example] = []
    for line in lines:
        if line.startswith("$ "):
            found.append(Example(line[2:], 0, []))
        elif line.startswith("(exit code "):
            found[-1] = Example(found[-1].line, int(line[11:-1]), found[-1].output)
        else:
            found[-1].output.append(line)
    return found


class Player:
    """The reader's terminal."""

    def __init__(self, folder: Path, *, home: str = "dev") -> None:
        self.folder = folder
        self._running: subprocess.Popen[str] | None = None
        self._meters: list[subprocess.Popen[str]] = []
        self._latest = ""
        shutil.copytree(COMMUNITY_FILES, folder / "community")
        password = folder / "password.txt"
        password.write_text(PASSWORD + "\n")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("NODECHAIN_")}
        self._environment = {
            **clean,
            "PYTHONPATH": str(ROOT),
            "NODECHAIN_HOME": home,
            "NODECHAIN_PASSWORD_FILE": str(password),
            "NODECHAIN_NEW_PASSWORD_FILE": str(password),
            "NODECHAIN_API_PORT": str(free_ports(1)[0]),
            "NODECHAIN_P2P_PORT": "0",
        }

    @property
    def url(self) -> str:
        """Where the node is asked; that of `dev` stands in its home."""
        said = run_in(self.folder, ("config", "show", "--output", "json"), self._environment, deadline_s=DEADLINE_S)
        return next(str(each["value"]) for each in json.loads(said.out)["data"]["settings"] if each["name"] == "node")

    def play(self, line: str) -> tuple[int, list[str]]:
        """Run a command line; exit code and output."""
        if line == "kill -INT %1":
            return self.stop(), []
        words = shlex.split(self._filled(line), comments=True)
        assert words.pop(0) == "nodechain", line
        if words[:2] == ["meter", "simulate"]:
            return self._start_meter(words), []
        if line.endswith(" &"):
            return self._start(words), []
        done = self._run(words)
        found = re.search(r"^transaction: ([0-9a-f]{64})$", done.out, re.MULTILINE)
        self._latest = found[1] if found else self._latest
        return done.code, done.out.rstrip().splitlines()

    def _filled(self, line: str) -> str:
        return line.removesuffix(" &").replace("TRANSACTION", self._latest).replace("$PWD", str(self.folder))

    def _start_meter(self, words: list[str]) -> int:
        """A simulated meter, answering when its pseudo-terminal is there; it runs to the end of the page."""
        line = self.folder / words[words.index("--pty") + 1]
        self._meters.append(
            subprocess.Popen(
                [sys.executable, "-m", "cli", *words], cwd=self.folder, env=self._environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
            )
        )  # fmt: skip
        meter = self._meters[-1]
        until(lambda: line.exists() or meter.poll() is not None, f"the line of {words}", DEADLINE_S)
        assert meter.poll() is None, words
        return 0

    def close(self) -> None:
        """End all that runs."""
        self.stop()
        for meter in self._meters:
            meter.terminate()
            meter.wait(DEADLINE_S)

    def stop(self) -> int:
        """End the node."""
        process, self._running = self._running, None
        if process is None:
            return 0
        process.send_signal(signal.SIGINT)
        return process.wait(DEADLINE_S)

    def _run(self, words: list[str]) -> Outcome:
        return run_in(self.folder, tuple(words), self._environment, deadline_s=DEADLINE_S, one_stream=True)

    def _start(self, words: list[str]) -> int:
        free = ["--port", "0"] if words[0] == "dev" else []
        self._running = subprocess.Popen(
            [sys.executable, "-m", "cli", *words, *free],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if words[0] != "dev":
            self._environment["NODECHAIN_NODE"] = f"http://127.0.0.1:{self._environment['NODECHAIN_API_PORT']}"
        node = self._running
        until(lambda: not self._run(["status"]).code or node.poll() is not None, f"the node of {words}", DEADLINE_S)
        assert node.poll() is None, words
        return 0


def record(text: str, player: Player) -> str:
    """The page with the output of today."""
    lines: list[str] = []
    for console, piece in blocks(text):
        if not console:
            lines += piece
            continue
        lines.append("```console")
        for example in examples(piece):
            code, printed = player.play(example.line)
            lines.append(f"$ {example.line}")
            lines += example.output if example.line.endswith("&") else [line.rstrip() for line in printed]
            if code:
                lines.append(f"(exit code {code})")
        lines.append("```")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        terminal = Player(folder)
        try:
            DOCS.write_text(record(DOCS.read_text(), terminal).replace(name, "/home/me"))
        finally:
            terminal.close()
