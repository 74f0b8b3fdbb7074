"""Tables of the meters' and units' commands on a terminal: as wide as that; whole where none is."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

import cli
from devices.commands.output import screen_columns, table
from ledger.encoding.columns import fitted_columns

HEADS = ("CHANNEL", "AT", "DETAIL")
WORDS = "the register fell by more than the meter's own resolution since the reading before"
ROWS = (("roof", "2026-11-28 10:37:03", WORDS), ("cellar", "never", ""))


def on_a_screen(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setattr("devices.commands.output.screen_columns", lambda: columns)


@pytest.mark.parametrize("columns", [200, 80, 60, 46])
def test_a_table_is_as_wide_as_the_screen_and_loses_no_word(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    on_a_screen(monkeypatch, columns)
    lines = table(HEADS, ROWS).split("\n")
    assert max(map(len, lines)) <= columns
    assert sorted(" ".join(lines).split()) == sorted(" ".join([*HEADS, *ROWS[0], *ROWS[1]]).split())


def test_a_table_is_whole_where_no_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert screen_columns() is None
    assert len(table(HEADS, ROWS).split("\n")) == 3
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert screen_columns() == 40


def test_what_has_no_spaces_is_left_as_it_is() -> None:
    assert fitted_columns([["A"], ["x" * 200]], 20) == [["A"], ["x" * 200]]
    assert fitted_columns([["A", "B"], ["x", "y"]], 20) == [["A", "B"], ["x", "y"]]


@pytest.mark.parametrize("columns", [80, 64])
def test_the_profiles_fit_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    on_a_screen(monkeypatch, columns)
    shown = CliRunner().invoke(cli.nodechain, ["meter", "profiles", "list"])
    assert shown.exit_code == 0
    assert max(map(len, shown.output.splitlines())) <= columns
