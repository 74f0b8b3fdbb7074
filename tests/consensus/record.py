"""Plays the scenario scripts; as a program, writes their answers anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.consensus.script import Line, Script

FOLDER = Path(__file__).with_name("scenarios")


def played(text: str) -> str:
    """The script with what happens now below each command."""
    script = Script()
    return "\n\n".join(_blocks(text, script)) + "\n"


def _blocks(text: str, script: Script) -> Iterator[str]:
    for block in text.strip().split("\n\n"):
        lines = block.split("\n")
        commands = lines[: lines.index("----")] if "----" in lines else lines
        answers = [
            answer for command in commands if not command.startswith("#") for answer in script.play(Line.parse(command))
        ]
        if all(command.startswith("#") for command in commands):
            yield block
        else:
            yield "\n".join([*commands, "----", *(answers or ["nothing"])])


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.txt")):
        path.write_text(played(path.read_text(encoding="utf-8")), encoding="utf-8")
