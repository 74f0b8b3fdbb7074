"""Plays docs/newcomer.md and docs/community.md; `python -m tests.makers.newcomer_docs` records their output anew."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from tests.makers.cli_docs import DOCS as CLI_PAGE
from tests.makers.cli_docs import Player, blocks, examples, record

NEWCOMER = CLI_PAGE.parent / "newcomer.md"
COMMUNITY = CLI_PAGE.parent / "community.md"
OF_A_SHELL = ("mkdir ", "cp ")


class CommunityPlayer(Player):
    """The founder's terminal."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, home="founder")

    def play(self, line: str) -> tuple[int, list[str]]:
        """Also lines for a shell; ANNA, BERT and BILL_OF_ANNA are what they stand for."""
        for name in ("anna", "bert"):
            if f"BILL_OF_{name.upper()}" in line:
                line = line.replace(f"BILL_OF_{name.upper()}", str(self.bill_of(name)))
            if name.upper() in line:
                line = line.replace(name.upper(), self.address_of(name))
        if line.startswith(OF_A_SHELL):
            return subprocess.run(["bash", "-c", line], cwd=self.folder, check=False).returncode, []
        return super().play(line)

    def address_of(self, name: str) -> str:
        """The address of a member's key, in its home."""
        return str(json.loads(self.said("keys", "show", name, "--home", name))["data"]["address"])

    def bill_of(self, name: str) -> int:
        """The number of a member's bill."""
        bills = json.loads(self.said("bill", "list"))["data"]["bills"]
        (number,) = (each["number"] for each in bills if each["account"] == name)
        return int(number)

    def said(self, *words: str) -> str:
        """What a command answers as JSON."""
        return self._run([*words, "--output", "json"]).out


def played(page: Path, player: Player) -> dict[str, list[str]]:
    """Run a page's commands in their order: what each printed. Raises `AssertionError` for another exit code."""
    said: dict[str, list[str]] = {}
    for console, piece in blocks(page.read_text(encoding="utf-8")):
        for example in examples(piece) if console else []:
            code, said[example.line] = player.play(example.line)
            assert code == example.exit_code, (example.line, said[example.line])
            assert example.line.endswith("&") or bool(said[example.line]) == bool(example.output), example.line
    return said


if __name__ == "__main__":
    for page, kind in ((NEWCOMER, Player), (COMMUNITY, CommunityPlayer)):
        with tempfile.TemporaryDirectory() as name:
            terminal = kind(Path(name))
            try:
                page.write_text(record(page.read_text(encoding="utf-8"), terminal), encoding="utf-8")
            finally:
                terminal.close()
