"""Plays the arranged worlds; as a program, writes their transcripts anew, for review as a diff."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

from tests.simulation import arranging, directed

TRANSCRIPTS = Path(__file__).with_name("transcripts")


def transcript(world: Callable[[], None]) -> str:
    """What the world is about, and what happened in it; raises `Violation` if it ends wrongly."""
    world()
    told = inspect.cleandoc(inspect.getdoc(world) or "")
    return "\n".join([told, "", *arranging.PLAYED[0].milestones]) + "\n"


if __name__ == "__main__":
    TRANSCRIPTS.mkdir(exist_ok=True)
    for each in directed.WORLDS:
        (TRANSCRIPTS / f"{each.__name__}.txt").write_text(transcript(each), encoding="utf-8")
