"""Text in rules: nothing that a validator's version of Python decides."""

from __future__ import annotations

import ast
import unicodedata
from pathlib import Path

import pytest

from ledger.encoding.shown_text import folded, is_shown

ROOT = Path(__file__).resolve().parents[2]
VERSIONED = {
    "casefold", "isprintable", "isalpha", "isalnum", "isdigit", "isdecimal", "isnumeric", "isidentifier", "istitle",
    "isupper", "islower", "title", "capitalize", "swapcase", "upper", "lower",
}  # fmt: skip
ALLOWED = {
    "ledger/encoding/shown_text.py",  # below a bound of its own
    "ledger/encoding/bech32m.py", "ledger/encoding/amounts.py", "ledger/chain/events.py",  # of ASCII
    "ledger/chain/registry.py", "ledger/keys/derivation.py",  # names in the program, digits of ASCII
    "ledger/keys/mnemonic.py",  # what a person types, where the keys are
    "market/denominations.py",
}  # fmt: skip


def test_rules_ask_no_table_that_grows_with_python() -> None:
    """G25: two validators on different Pythons would decide differently."""
    found = []
    for package in ("ledger", "market", "consensus"):
        for path in (ROOT / package).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                asked = node.func if isinstance(node, ast.Call) and not node.args else None
                if isinstance(asked, ast.Attribute) and asked.attr in VERSIONED and name not in ALLOWED:
                    of_an_enum = isinstance(asked.value, ast.Attribute) and asked.value.attr == "name"
                    found += [] if of_an_enum else [f"{name}:{asked.lineno} .{asked.attr}"]
    assert found == []


@pytest.mark.parametrize(
    ("one", "other"), [("SUNNY", "sunny"), ("Straße", "STRASSE"), ("ΉΛΙΟΣ", "ήλιος"), ("СОНЦЕ", "сонце")]
)
def test_large_and_small_letters_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_letters_that_came_later_stay_as_they_are() -> None:
    later = "\u1c90\U00010400\U00010d50"
    assert folded(later) == later
    assert all(
        unicodedata.category(chr(number)) != "Cn" or chr(number).casefold() == chr(number) for number in range(0x530)
    )


@pytest.mark.parametrize("text", ["\n", "a\u202eb", "\u200b", "\ufe0f", "\ue000", "\U000e0041", "\x85", "\ud800"])
def test_what_shows_nothing_is_no_text(text: str) -> None:
    assert not is_shown(text)


@pytest.mark.parametrize("text", ["Sonne 1", "Ήλιος", "太陽", "☀", "한국", "\U0001f31e"])
def test_what_people_see_is(text: str) -> None:
    assert is_shown(text)
