"""The packages of the extra `billing`, and a program that has them: those of this environment, else of the peers' one.

The peers' environment (`make peers`) is made by the same interpreter; its packages come after ours, so ours win.
`python -m harness.billing_extra` is the command line with them.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from cli import main

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("reportlab", "pypdf", "segno", "nodechain_fonts", "facturx", "saxonche", "sepaxml", "qrbill")
PROGRAM = "harness.billing_extra"


def lacking(packages: tuple[str, ...] = PACKAGES) -> list[str]:
    """Make the packages importable; those that are nowhere."""
    if any(find_spec(name) is None for name in packages):
        found = [str(folder) for folder in (ROOT / ".venvs" / "peers" / "lib").glob("python*/site-packages")]
        sys.path += [folder for folder in found if folder not in sys.path]
    return [name for name in packages if find_spec(name) is None]


if __name__ == "__main__":
    lacking()
    main()
