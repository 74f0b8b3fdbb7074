"""The table of codes is complete, says nothing twice, and holds nothing that the ledger does not raise."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import codes, errors
from ledger.codes import CODES

LEDGER = Path(__file__).resolve().parents[2] / "ledger"
FAMILIES = {
    "Refused": codes.REFUSED,
    "InclusionError": codes.INCLUSION,
    "InvalidBlock": codes.BLOCK,
}


def raised() -> Iterator[tuple[str, str]]:
    """Name of the error and code, wherever the ledger passes a `code=` to an error."""
    for file in sorted(LEDGER.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "code" and isinstance(node.func, ast.Name):
                        assert isinstance(keyword.value, ast.Constant), f"{file}:{node.lineno}: a code is a literal"
                        yield node.func.id, str(keyword.value.value)


def declared() -> set[str]:
    """The codes that stand in the tree of errors."""
    tree = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.LedgerError)]
    return {kind.code for kind in tree}


def test_every_code_of_the_ledger_stands_in_the_table_and_no_other() -> None:
    found = {code for _error, code in raised()} | declared()
    assert sorted(found - set(CODES)) == []
    assert sorted(set(CODES) - found) == []


@pytest.mark.parametrize("name", FAMILIES)
def test_codes_stand_in_their_family(name: str) -> None:
    """What a code stands for follows from its family: in a block or not, paid for or not."""
    shared = {"wrong_chain", "bad_key"}
    misplaced = {code for error, code in raised() if error == name} - set(FAMILIES[name]) - shared
    assert not misplaced


def test_no_code_stands_in_two_families() -> None:
    families = (codes.INPUT, codes.INCLUSION, codes.REFUSED, codes.BLOCK, codes.FAULT)
    assert sum(map(len, families)) == len(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_meanings_are_sentences(code: str) -> None:
    text = CODES[code]
    assert text[0].isupper()
    assert text.endswith(".")
    assert len(text) <= 100
    assert codes.meaning_of(code) == text


def test_a_foreign_code_is_shown_as_it_is() -> None:
    assert codes.meaning_of("order_rests_at_zero") == "order rests at zero"
