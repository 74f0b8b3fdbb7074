"""One name, one thing: no public class name stands for two; and what benches drive is no part of the tests."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ledger", "market", "consensus", "nodechain", "devices")
MODELS, ANSWERS = "nodechain/api/", "nodechain/client/answers"
"""The client's answers are made from the interface's models (`tests.makers.make_client_answers`): the same things."""


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def twice(files: Iterable[tuple[str, ast.Module]]) -> list[str]:
    """Public class names that more than one file defines."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path, tree in files:
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path)
    return [
        f"{name}: {', '.join(found)}"
        for name, found in sorted(places.items())
        if len(found) > 1 and not (len(found) == 2 and found[0].startswith(MODELS) and found[1].startswith(ANSWERS))
    ]


def imports_of_tests(tree: ast.Module) -> list[str]:
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return [module for module in modules if module.partition(".")[0] == "tests"]


def test_no_public_class_name_stands_for_two_things() -> None:
    assert not twice(sources(*PACKAGES))


def test_a_name_that_stands_for_two_things_is_noticed() -> None:
    one, other = ast.parse("class Order: ..."), ast.parse("class Order: ...\nclass _Order: ...")
    assert twice([("market/a.py", one), ("nodechain/b.py", other)]) == ["Order: market/a.py, nodechain/b.py"]
    assert twice([("market/a.py", one)]) == []
    models = [("nodechain/api/market.py", one), ("nodechain/client/answers/market.py", other)]
    assert twice(models) == []
    assert twice([("market/a.py", one), *models]) == [f"Order: market/a.py, {models[0][0]}, {models[1][0]}"]


def test_a7_benches_fuzzers_and_the_harness_need_no_tests() -> None:
    found = {path: modules for path, tree in sources("bench", "fuzz", "harness") if (modules := imports_of_tests(tree))}
    assert not found
    assert imports_of_tests(ast.parse("def f():\n    from tests.ledger import x")) == ["tests.ledger"]
