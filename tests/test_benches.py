"""What benches, fuzzers and the harness drive is no part of the tests (A7)."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def imports_of_tests(tree: ast.Module) -> list[str]:
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return [module for module in modules if module.partition(".")[0] == "tests"]


def test_a7_benches_fuzzers_and_the_harness_need_no_tests() -> None:
    files = [file for folder in ("bench", "fuzz", "harness") for file in (ROOT / folder).rglob("*.py")]
    trees = {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}
    assert len(trees) > 30
    assert not {path: found for path, tree in trees.items() if (found := imports_of_tests(tree))}
    assert imports_of_tests(ast.parse("def f():\n    from tests.ledger import x")) == ["tests.ledger"]
