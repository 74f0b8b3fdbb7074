"""The client's types from the interface's models: `python -m tests.makers.make_client_answers` writes them anew.

One source of truth: the models on the pages of `nodechain/api`. The command line cannot import them (pydantic takes
longer to start than most commands to run), so the same shapes stand on pages of the same names in
`nodechain/client/answers` as TypedDicts; a test compares.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

OPEN: Final = "__pydantic_extra__"
"""A model that has it has fields that no page lists; its answers are read by name."""
QUANTITIES: Final = "ledger.encoding.quantities"
"""Where types that say what a number counts come from."""

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = ROOT / "nodechain" / "api"
BASE: Final = PAGES / "http" / "models.py"
ANSWERS: Final = ROOT / "nodechain" / "client" / "answers"

DOCSTRING: Final = '''\
"""{subject}: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations
'''

INT: Final = '''
Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""No number of the ledger leaves 64 bits."""
'''


class _Ints(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Numbers have bounds."""
        return ast.Name("Int") if node.id == "int" else node


def texts() -> dict[Path, str]:
    """The files."""
    shapes = {page: _shapes(page) for page in [BASE, *sorted(PAGES.glob("*.py"))]}
    home = {name: page.stem for page, found in shapes.items() for name in found}
    return {ANSWERS / page.name: _page(page, found, home) for page, found in shapes.items() if found}


def _page(page: Path, found: dict[str, str], home: dict[str, str]) -> str:
    body = "".join(found.values())
    used = set(re.findall(r"\w+", re.sub(r'""".*?"""', "", body, flags=re.DOTALL)))
    typing = [
        name for name in ("Annotated", "Any", "TypedDict") if name in used or (name == "Annotated" and page == BASE)
    ]
    lines = [f"\nfrom typing import {', '.join(typing)}\n"] if typing else []
    if page == BASE:
        lines.append("\nimport msgspec\n")
    elsewhere: dict[str, list[str]] = {}
    for name in sorted(used):
        if home.get(name, page.stem) != page.stem:
            elsewhere.setdefault(home[name], []).append(name)
    if "Int" in used and page != BASE:
        elsewhere.setdefault(BASE.stem, []).append("Int")
    units = sorted(used & _imported(page, QUANTITIES))
    imports = [
        f"from nodechain.client.answers.{stem} import {', '.join(sorted(elsewhere[stem]))}\n"
        for stem in sorted(elsewhere)
    ]
    if units:
        imports.insert(0, f"from {QUANTITIES} import {', '.join(units)}\n")
    lines += ["\n", *imports] if imports else []
    return DOCSTRING.format(subject=page.stem.capitalize()) + "".join(lines) + (INT if page == BASE else "") + body


def _imported(page: Path, module: str) -> set[str]:
    tree = ast.parse(page.read_text(encoding="utf-8"))
    found = (item for item in tree.body if isinstance(item, ast.ImportFrom) and item.module == module)
    return {alias.name for item in found for alias in item.names}


def _shapes(page: Path) -> dict[str, str]:
    """The models of a page as TypedDicts, by name."""
    found: dict[str, str] = {}
    for item in ast.parse(page.read_text(encoding="utf-8")).body:
        if not isinstance(item, ast.ClassDef) or item.name == "Problem":
            continue
        bases = [base.id for base in item.bases if isinstance(base, ast.Name)]
        if bases not in (["ApiModel"], ["At"]):
            continue
        if any(isinstance(field, ast.AnnAssign) and ast.unparse(field.target) == OPEN for field in item.body):
            blank = "\n\n" if found else "\n"
            found[item.name] = f'{blank}{item.name} = dict[str, Any]\n"""{ast.get_docstring(item)}"""\n'
            continue
        said = (ast.get_docstring(item) or "").replace("\n", "\n    ").replace("\n    \n", "\n\n")
        closing = "\n    " if "\n" in said else ""
        base = bases[0] if bases != ["ApiModel"] else "TypedDict"
        lines = [f"\n\nclass {item.name}({base}):", f'    """{said}{closing}"""', ""]
        lines += [
            f"    {field.target.id}: {ast.unparse(_Ints().visit(field.annotation))}"
            for field in item.body
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        ]
        found[item.name] = "\n".join(lines).replace('"""\n\n"""', '"""') + "\n"
    return found


if __name__ == "__main__":
    for file, text in texts().items():
        file.write_text(text, encoding="utf-8")
