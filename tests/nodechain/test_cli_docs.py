"""docs/cli.md keeps its word: its examples run in order with the exit codes that it shows, and leave no command out."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest

import cli
from tests.makers.cli_docs import DOCS, Example, Player, blocks, examples

ELSEWHERE = {
    "dev", "demo", "meter", "completion", "page", "tls", "sharing", "bill", "point", "deal", "swap", "resolution",
    "agent", "memo", "account", "household",
    "fund", "certificate", "generators",
    "join", "attestation", "notify", "together", "board", "advice",
}  # fmt: skip
"""Some have pages of their own, like `meter`, `sharing`, `bill`, `deal`, `agent`; the others are in the page's text."""

SUBJECT_PAGES = (
    "points.md",
    "sharing.md",
    "grid.md",
    "groups.md",
    "resolutions.md",
    "feeds.md",
    "fund.md",
    "certificates.md",
    "origin.md",
    "together.md",
    "joining.md",
    "attestations.md",
    "bank.md",
)
"""What voters decide of modules that are off on the chain of `docs/cli.md`."""


def all_examples() -> list[Example]:
    return [example for console, piece in blocks(DOCS.read_text()) if console for example in examples(piece)]


@pytest.mark.xdist_group("cli-docs")
def test_the_examples_do_what_the_page_says(tmp_path: Path) -> None:
    player = Player(tmp_path)
    try:
        for example in all_examples():
            code, output = player.play(example.line)
            assert code == example.exit_code, (example.line, output)
            if not example.line.endswith("&"):
                assert bool(output) == bool(example.output), (example.line, output)
    finally:
        player.close()


def test_no_command_is_left_out() -> None:
    shown = {tuple(words) for example in all_examples() for words in _paths(example.line)}
    joined = {
        (group, name)
        for group, names in cli.JOINED.items()
        for name, target in names.items()
        if target.startswith("devices.")
    }
    pages = "".join((DOCS.parent / name).read_text() for name in SUBJECT_PAGES)
    for path in _leaves(cli.nodechain, ()):
        on_a_page = f"nodechain {' '.join(path)} " in pages
        assert path[0] in ELSEWHERE or path in shown or path in joined or on_a_page, path
    page = (DOCS.parent / "devices" / "unit.md").read_text()
    assert not [path for path in joined if f"nodechain {' '.join(path)}" not in page]


def _paths(line: str) -> list[list[str]]:
    words = [word for word in shlex.split(line) if word != "nodechain"]
    while words and words[0].startswith("--"):
        words = words[2:]
    return [words[:1], words[:2], words[:3]]


def _leaves(command: click.Command, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        return [path]
    context = click.Context(command)
    children = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    return [leaf for name, child in children if child is not None for leaf in _leaves(child, (*path, name))]
