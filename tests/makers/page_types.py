"""The types of the node's answers for the page: `python -m tests.makers.page_types` writes src/api/schema.ts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from nodechain.api.openapi import description

APP = Path(__file__).resolve().parents[2] / "web" / "app"
SCHEMA = APP / "src" / "api" / "schema.ts"
GENERATOR = APP / "node_modules" / "openapi-typescript" / "bin" / "cli.js"


def page_types(folder: Path) -> str:
    """The types, from the document that a node serves; `folder` is for files in between."""
    document, made = folder / "openapi.json", folder / "schema.ts"
    document.write_text(json.dumps(description("0")))
    subprocess.run(["node", str(GENERATOR), str(document), "-o", str(made)], check=True, capture_output=True)
    return made.read_text()


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        SCHEMA.write_text(page_types(Path(name)))
    sys.stdout.write(f"{SCHEMA}\n")
