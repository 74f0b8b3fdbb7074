"""The tables of codes are complete, say nothing twice, and hold nothing that is never raised."""

from __future__ import annotations

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.registry import Module
from ledger.codes import Codes
from ledger.errors import LedgerError
from nodechain.api.codes import meaning_of
from nodechain.modules import MODULES, REGISTRY

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {"Refused": "refused", "InclusionError": "inclusion", "InvalidBlock": "block"}
SHARED = {"wrong_chain", "bad_key", "bad_signature", "bad_certificate", "already_a_member", "attestation_missing"}
"""Codes that stand for the same in errors of several families; they are listed in the one of the least harm."""


@cache
def raised() -> tuple[tuple[Path, str, str], ...]:
    """File, name of the error and code, wherever the ledger or the market passes a `code=` to an error."""
    found = []
    for package in ("ledger", "market"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    for keyword in node.keywords:
                        if keyword.arg == "code" and isinstance(node.func, ast.Name):
                            assert isinstance(keyword.value, ast.Constant), f"{file}:{node.lineno}: a code is a literal"
                            found.append((file, node.func.id, str(keyword.value.value)))
    return tuple(found)


def declared() -> set[str]:
    """The codes that stand in the trees of errors."""
    found: set[str] = set()
    for package in ("ledger", "market"):
        for file in sorted((ROOT / package).rglob("errors.py")):
            errors: Any = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
            tree = [kind for kind in vars(errors).values() if isinstance(kind, type)]
            found |= {kind.code for kind in tree if issubclass(kind, LedgerError)}
    return found


def test_every_code_stands_in_a_table_and_no_other() -> None:
    found = {code for _file, _error, code in raised()} | declared()
    assert sorted(found - set(REGISTRY.codes)) == []
    assert sorted(set(REGISTRY.codes) - found) == []


@pytest.mark.parametrize("name", FAMILIES)
def test_codes_stand_in_their_family(name: str) -> None:
    """What a code stands for follows from its family: in a block or not, paid for or not."""
    family = {code for module in MODULES for code in getattr(module.codes, FAMILIES[name])}
    assert not {code for _file, error, code in raised() if error == name} - family - SHARED


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_modules_codes_are_raised_where_it_stands(module: Module) -> None:
    """Other subjects may raise them too, but never only they: a code is the one's whose rule refuses."""
    folder = {
        "chain": "ledger",
        "market": "market",
        "late_corrections": "ledger/sharing",
        "slot_rows": "ledger/sharing",
        "credit": "ledger/sharing",
    }.get(module.name, f"ledger/{module.name}")
    here = {code for file, _error, code in raised() if file.is_relative_to(ROOT / folder)} | declared()
    assert not {code for code, _meaning in module.codes.meanings()} - here


def test_no_code_stands_in_two_families() -> None:
    assert sum(len(list(module.codes.meanings())) for module in MODULES) == len(REGISTRY.codes)


def test_the_families_are_all_that_there_are() -> None:
    codes = Codes({"a": "A."}, {"b": "B."}, {"c": "C."}, {"d": "D."}, {"e": "E."})
    assert dict(codes.meanings()) == {"a": "A.", "b": "B.", "c": "C.", "d": "D.", "e": "E."}


@pytest.mark.parametrize("code", sorted(REGISTRY.codes))
def test_meanings_are_sentences(code: str) -> None:
    text = REGISTRY.codes[code]
    assert text[0].isupper()
    assert text.endswith(".")
    assert len(text) <= 100
    assert meaning_of(code) == text


def test_a_foreign_code_is_shown_as_it_is() -> None:
    assert meaning_of("order_rests_at_zero") == "order rests at zero"
