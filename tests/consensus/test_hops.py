"""How many files a reader enters from a consensus message to what it brings about: measured, and bounded."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest

import consensus
from tests.consensus.script import Line, Script

ROOM = Path(consensus.__file__).parent

WAYS = {
    "PROPOSAL": (
        ("engine me=2 of=4", "status from=0,1"),
        ("proposal r=0 block=A", "checked block=A"),
        "all <- PREPARE 1/0 A",
        10,
    ),
    "PREPARE": (
        ("engine me=2 of=4", "status from=0,1", "proposal r=0 block=A", "checked block=A"),
        ("prepare r=0 block=A from=1,3",),
        "all <- COMMIT 1/0 A",
        8,
    ),
    "COMMIT": (
        (
            "engine me=2 of=4",
            "status from=0,1",
            "proposal r=0 block=A",
            "checked block=A",
            "prepare r=0 block=A from=1,3",
        ),
        ("commit r=0 block=A from=1,3",),
        "DECIDE A in round 0 by 1,2,3",
        8,
    ),
    "ROUND-CHANGE": (
        ("engine me=2 of=4", "status from=0,1,3"),
        ("round-change r=1 from=0,1,3 proof=A@0:0,1,3",),
        "all <- PROPOSAL 1/1 A, 3 requests, prepared in round 0",
        10,
    ),
}


@pytest.mark.parametrize("kind", WAYS)
def test_a_message_is_followed_in_few_files(kind: str) -> None:
    before, commands, effect, most = WAYS[kind]
    script = Script()
    for command in before:
        script.play(Line.parse(command))
    entered: set[str] = set()

    steps: list[FrameType] = []

    def note(frame: FrameType, event: str, _argument: object) -> None:
        path = Path(frame.f_code.co_filename)
        if path.parent != ROOM:
            return
        if event == "call":
            if frame.f_code.co_name == "step":
                steps.append(frame)
            if steps:
                entered.add(path.name)
        elif event == "return" and steps and steps[-1] is frame:
            steps.pop()

    sys.setprofile(note)
    try:
        done = [line for command in commands for line in script.play(Line.parse(command))]
    finally:
        sys.setprofile(None)
    assert effect in done, done
    assert len(entered) <= most, " ".join(sorted(entered))
