"""What the page knows of the node's answers: `python -m tests.makers.page_types` writes src/api/schema.ts, the types of
the OpenAPI document, and src/api/units.ts, of which asset
the amounts of events and voted actions are, by the ledger's types.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from ledger.encoding.quantities import FieldType, Of, Quantity, field_types
from nodechain.api.openapi import description
from nodechain.api.render import kind_name
from nodechain.modules import MODULES, REGISTRY

APP = Path(__file__).resolve().parents[2] / "web" / "app"
SCHEMA = APP / "src" / "api" / "schema.ts"
UNITS = APP / "src" / "api" / "units.ts"
GENERATOR = APP / "node_modules" / "openapi-typescript" / "bin" / "cli.js"


def page_types(folder: Path) -> str:
    """The types, from the document that a node serves; `folder` is for files in between."""
    document, made = folder / "openapi.json", folder / "schema.ts"
    document.write_text(json.dumps(description("0")))
    subprocess.run(["node", str(GENERATOR), str(document), "-o", str(made)], check=True, capture_output=True)
    return made.read_text()


HEAD = """\
// Made by `python -m tests.makers.page_types`, by the ledger's types: of which asset amounts of events and actions are.

/** `field`: of the one in `asset`; `base`, `quote`: of the product; `price`: of `quote`, for a token of `base`. */
export type Of = "energy" | "fees" | "field" | "base" | "quote" | "price";

/** Kinds all of whose amounts are of the one in `asset`. */
const OF_FIELD = new Set(
  "%s".split(" "),
);

const OTHERS: Readonly<Record<string, Readonly<Record<string, Of>>>> = {
"""

TAIL = """\
};

/** Of which asset an amount of an event or action is; undefined: this release does not know it. */
export const ofWhich = (kind: string, name: string): Of | undefined =>
  OF_FIELD.has(kind) ? "field" : OTHERS[kind]?.[name];
"""
SUFFIXES = {
    Quantity.ENERGY_WH: "_wh",
    Quantity.ENERGY_MWH: "_mwh",
    Quantity.TIME_MS: "_ms",
}
"""What the names of numbers say that are no amounts: the page goes by them."""


def kinds() -> dict[str, type]:
    """Every event and every voted action by its kind; none is both."""
    actions = [decision.action for module in MODULES for decision in module.decisions]
    found = sorted([*REGISTRY.events, *actions], key=kind_name)
    names = [kind_name(kind) for kind in found]
    assert len(set(names)) == len(names), "an event and an action share a name"
    return dict(zip(names, found, strict=True))


def _of(field: FieldType) -> str:
    assert field.unit is not None
    return "price" if field.unit.quantity is Quantity.PRICE else (field.unit.of or Of.ENERGY).name.lower()


def page_units() -> str:
    """The file."""
    lines, simple = [], []
    for name, kind in kinds().items():
        amounts = [(field, _of(found)) for field, found in field_types(kind).items() if found.shown_in_tokens]
        if amounts and all(of == "field" for _field, of in amounts):
            simple.append(name)
        elif amounts:
            lines.append(f"  {name}: {{ " + ", ".join(f'{field}: "{of}"' for field, of in amounts) + " },\n")
    return HEAD % " ".join(simple) + "".join(lines) + TAIL


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        SCHEMA.write_text(page_types(Path(name)))
    UNITS.write_text(page_units())
    sys.stdout.write(f"{SCHEMA}\n{UNITS}\n")
