"""The packages of the extra `billing`: those of this environment, else those of the peers' one (`make peers`).

The peers' environment is made by the same interpreter; its packages come after ours, so ours win.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from tests.support.peers import missing

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("reportlab", "pypdf", "segno", "nodechain_fonts", "facturx", "saxonche", "sepaxml", "qrbill")


def need_billing(*packages: str) -> None:
    """Make these packages importable, or skip the test (fail it where nothing may be missing)."""
    lacking = [name for name in packages or PACKAGES if find_spec(name) is None]
    if lacking:
        found = [str(folder) for folder in (ROOT / ".venvs" / "peers" / "lib").glob("python*/site-packages")]
        sys.path += [folder for folder in found if folder not in sys.path]
    lacking = [name for name in packages or PACKAGES if find_spec(name) is None]
    if lacking:
        missing(f"the extra billing is not installed ({', '.join(lacking)}): run make peers")
