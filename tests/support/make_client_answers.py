"""The client's types from the interface's models: `python -m tests.support.make_client_answers` writes them anew.

One source of truth: `nodechain/api/models.py`. The command line cannot import it (pydantic takes longer to start than
most commands to run), so the same shapes stand in `nodechain/client/answers.py` as TypedDicts; a test compares.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
MODELS: Final = ROOT / "nodechain" / "api" / "models.py"
FILE: Final = ROOT / "nodechain" / "client" / "answers.py"

HEAD: Final = '''\
"""The shapes of a node's answers, as `nodechain.client` gives them; made from the interface's models, never by hand.

Written by `python -m tests.support.make_client_answers`. An answer is a dict whose fields and types were checked.
"""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

import msgspec

Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""No number of the ledger leaves 64 bits."""
'''


class _Ints(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Numbers have bounds."""
        return ast.Name("Int") if node.id == "int" else node


def text() -> str:
    """The file."""
    parts = [HEAD]
    for item in ast.parse(MODELS.read_text(encoding="utf-8")).body:
        if isinstance(item, ast.ClassDef) and item.name not in ("Model", "Problem"):
            bases = [base.id for base in item.bases if isinstance(base, ast.Name)]
            base = bases[0] if bases and bases[0] != "Model" else "TypedDict"
            said = (ast.get_docstring(item) or "").replace("\n", "\n    ").replace("\n    \n", "\n\n")
            closing = "\n    " if "\n" in said else ""
            lines = [f"\n\nclass {item.name}({base}):", f'    """{said}{closing}"""', ""]
            for field in item.body:
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    shape = ast.unparse(_Ints().visit(field.annotation))
                    lines.append(f"    {_name(field)}: {shape}")
            parts.append("\n".join(lines).replace('"""\n\n"""', '"""') + "\n")
    return "".join(parts)


def _name(field: ast.AnnAssign) -> str:
    """The name on the wire."""
    if isinstance(field.value, ast.Call):
        for keyword in field.value.keywords:
            if keyword.arg == "serialization_alias" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
    assert isinstance(field.target, ast.Name)
    return field.target.id


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
