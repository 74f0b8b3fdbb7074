"""The published schema of bills, `docs/bill.schema.json`, from the types that write them.

`python -m tests.makers.bill_schema` writes it anew; `tests/nodechain/test_bill_folds.py` compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import msgspec

from nodechain.billing.document import Bill

FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "bill.schema.json"


def build() -> str:
    """JSON Schema 2020-12."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Bill)}
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(build(), encoding="utf-8")
