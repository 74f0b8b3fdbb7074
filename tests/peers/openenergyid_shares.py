"""Shares by openenergyid (PyPI), one slot a case: JSON lists in, JSON lists out.

Runs in the environment of the peers, which has nothing of ours.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

pandas = import_module("pandas")
main = import_module("openenergyid.energysharing.main")
formatting = import_module("openenergyid.energysharing.data_formatting")
models = import_module("openenergyid.energysharing.models")


def shared(case: dict[str, list[float]], method: str) -> dict[str, list[float]]:
    """By participant: what it takes, and what of its injection is not shared."""
    names = [f"p{place}" for place in range(len(case["keys"]))]

    def one_row(values: list[float]) -> Any:
        return pandas.DataFrame([values], columns=names, dtype=float)

    table = formatting.create_multi_index_input_frame(
        gross_injection=one_row(case["injections"]), gross_offtake=one_row(case["offtakes"]), key=one_row(case["keys"])
    )
    found = main.calculate(table, models.CalculationMethod(method))
    return {
        "shares": [float(value) for value in found["Shared Energy"].iloc[0]],
        "surplus": [float(value) for value in found["Net Injection"].iloc[0]],
    }


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump([shared(case, case["method"]) for case in asked], sys.stdout)
