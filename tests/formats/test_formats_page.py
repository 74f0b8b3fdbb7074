"""docs/formats.md keeps its word: its examples print what it shows, its mapping reads, its lists are complete."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from nodechain.formats.detection import NAMES
from nodechain.formats.mapping import CsvMapping, read_mapping
from nodechain.formats.refused import REASONS
from tests.makers.cli_docs import Player, blocks, examples
from tests.makers.formats_docs import DOCS, lay_out
from tests.support.format_samples import sample

PAGE = DOCS.read_text(encoding="utf-8")
COMMANDS = ("import", "points", "export es-fixed", "export es-hourly", "export fr-keys", "export at-shares", "check")


def test_the_examples_print_what_the_page_says(tmp_path: Path) -> None:
    lay_out(tmp_path)
    player = Player(tmp_path)
    try:
        for console, piece in blocks(PAGE):
            for example in examples(piece) if console else []:
                code, output = player.play(example.line)
                assert (code, [line.rstrip() for line in output]) == (example.exit_code, example.output), example.line
    finally:
        player.close()
    assert (tmp_path / "values.csv").read_text(encoding="utf-8").count("\n") == 5
    keys = (tmp_path / "keys-30009900000099.csv").read_text(encoding="utf-8").splitlines()
    assert [line.rpartition(";")[2] for line in keys[1:]] == ["66,66667", "33,33333", "0,00000", "100,00000"]


def test_every_command_is_shown() -> None:
    assert all(f"$ nodechain sharing {command}" in PAGE for command in COMMANDS)


def test_the_mapping_of_the_page_is_the_one_that_is_tested() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert read_mapping(text.encode()) == read_mapping(sample("at-member-portal.toml"))


def test_every_format_and_key_is_named() -> None:
    assert all(f"`{name}`" in PAGE for name in NAMES)
    for part in msgspec.structs.fields(CsvMapping):
        assert part.name == "name" or f"`{part.name}" in PAGE, part.name
        inner = part.type if isinstance(part.type, type) and issubclass(part.type, msgspec.Struct) else None
        for key in msgspec.structs.fields(inner) if inner else ():
            assert f"{key.encode_name}`" in PAGE or f"`{key.encode_name}" in PAGE, (part.name, key.name)
    assert len(REASONS) == 7
