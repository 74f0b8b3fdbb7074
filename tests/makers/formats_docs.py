"""Plays the examples of docs/formats.md; `python -m tests.makers.formats_docs` records their output anew."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.makers.cli_docs import DOCS as CLI_PAGE
from tests.makers.cli_docs import Player, record

DOCS = CLI_PAGE.parent / "formats.md"
SAMPLES = CLI_PAGE.parents[1] / "tests" / "formats" / "samples"
WEIGHTS = "ES9900000000000011BA0F;1\nES9900000000000022BZ0F;1\nES9900000000000033NW0F;1\n"


FRENCH = (
    "2026-11-02T10:00:00+01:00;30009900000011;2\n2026-11-02T10:00:00+01:00;30009900000022;1\n"
    "2026-11-02T10:15:00+01:00;30009900000011;0\n2026-11-02T10:15:00+01:00;30009900000022;5\n"
)


def lay_out(folder: Path) -> None:
    """The samples in a folder, and the weights that the page speaks of."""
    for sample in SAMPLES.iterdir():
        shutil.copy(sample, folder / sample.name)
    (folder / "weights.csv").write_text(WEIGHTS, encoding="utf-8")
    (folder / "french.csv").write_text(FRENCH, encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        lay_out(Path(name))
        terminal = Player(Path(name))
        try:
            DOCS.write_text(record(DOCS.read_text(encoding="utf-8"), terminal), encoding="utf-8")
        finally:
            terminal.close()
