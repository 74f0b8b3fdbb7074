"""The documentation is complete and true where a program can tell: pages, names, rooms."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PACKAGES = ("ledger", "market", "nodechain", "devices")
LINK = re.compile(r"\]\(([^)#]+)\)")
ROOM = re.compile(r"^    (\w+)/ ", re.MULTILINE)


def pages() -> set[Path]:
    return set(DOCS.rglob("*.md")) - {DOCS / "README.md"}


def linked(page: Path) -> set[Path]:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    return {(page.parent / target).resolve() for target in targets if "://" not in target}


def test_the_index_has_every_page() -> None:
    missing = pages() - linked(DOCS / "README.md")
    assert not missing, f"docs/README.md lacks {sorted(page.name for page in missing)}"


@pytest.mark.parametrize(
    "page", [DOCS / "README.md", DOCS / "glossary.md", ROOT / "CONTRIBUTING.md", ROOT / "README.md"]
)
def test_links_lead_somewhere(page: Path) -> None:
    assert not [target for target in linked(page) if not target.exists()]


def bound_names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def defined_in(room: str) -> set[str]:
    """What the files of a room define at their top."""
    files = (ROOT / room).rglob("*.py")
    return {
        name
        for file in files
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        for name in bound_names(node)
    }


def glossary() -> list[tuple[str, str]]:
    """Name and room of every code name of the glossary."""
    found = []
    for line in (DOCS / "glossary.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and "`" in cells[2]:
            found += [(name, cells[3].strip("`")) for name in re.findall(r"`([^`]+)`", cells[2])]
    return found


def test_every_code_name_of_the_glossary_exists() -> None:
    entries = glossary()
    assert len(entries) > 60
    names = {room: defined_in(room) for room in {room for _, room in entries}}
    assert not [f"{name} in {room}" for name, room in entries if name not in names[room]]


def rooms_of(package: str) -> set[str]:
    """The folders of a package with code in them."""
    return {file.parent.name for file in (ROOT / package).glob("*/*.py")}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_lists_its_rooms(package: str) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8")))
    assert docstring is not None
    assert set(ROOM.findall(docstring)) == rooms_of(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_room_says_what_it_is_for(package: str) -> None:
    silent = [
        room
        for room in sorted(rooms_of(package))
        if not ast.get_docstring(ast.parse((ROOT / package / room / "__init__.py").read_text(encoding="utf-8")))
    ]
    assert not silent


@pytest.mark.parametrize("package", PACKAGES)
def test_contributing_names_every_room(package: str) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert not [room for room in sorted(rooms_of(package)) if f"`{package}/{room}`" not in text]
