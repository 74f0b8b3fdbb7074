"""The tables of docs/transactions.md, read from the ledger's structs: types, fields, bounds, units, parameters.

`python -m tests.makers.make_transactions_page` writes what stands between the page's marks anew; a test compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ledger.chain.parameters import ParameterRule, ParameterUnit
from ledger.encoding.quantities import Of, Quantity
from ledger.limits import MAX_INTEGER
from tests.makers.payload_table import REGISTRY, Shape, Struct, Table, build

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "transactions.md"
MARK: Final = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
MAX_TEXT: Final = "2^63-1"
MOST_KINDS: Final = 7
"""Of a union that names its kinds; what voters may decide is more than that."""
ENVELOPE_STRUCTS: Final = ("Envelope", "SignedEnvelope", "Signature", "MultisigKey")
INTEGERS: Final = {
    Quantity.NUMBER: "number",
    Quantity.COUNT: "count",
    Quantity.PARTS_PER_MILLION: "parts per 10^6",
    Quantity.PLAIN: "",
    Quantity.TIME_MS: "ms since 1970-01-01 UTC",
    Quantity.HEIGHT: "height of a block",
}
"""Units that read better than the interface's words for them."""
PARAMETER_UNITS: Final = {
    ParameterUnit.PARTS: "parts per 10^9",
    ParameterUnit.ENT_PER_KWH: "base units of energy per kWh",
    ParameterUnit.ENT_PER_KWH_HOUR: "base units of energy per kWh and hour",
    ParameterUnit.DURATION_MS: "ms",
    ParameterUnit.ENERGY_WH: "Wh",
    ParameterUnit.ENT: "base units of energy",
    ParameterUnit.CURRENCY_PER_ENT: "base units of the product's quote per whole token of its base",
}


def tables() -> dict[str, Callable[[], Iterator[str]]]:
    """The parts of the page by their names."""
    table = build()
    return {
        "envelope": lambda: _fields_of(table, *ENVELOPE_STRUCTS),
        "types": lambda: _types(table),
        "payloads": lambda: _payloads(table),
        "actions": lambda: _actions(table),
        "structs": lambda: _structs(table),
        "enumerations": lambda: _enumerations(table),
        "parameters": _parameters,
    }


def text() -> str:
    """The whole page with its tables as they should be."""
    made = tables()
    return MARK.sub(lambda found: found[1] + "\n".join(made[found[2]]()) + "\n" + found[4], PAGE.read_text("utf-8"))


def _types(table: Table) -> Iterator[str]:
    yield "| type | name | payload | what it does |\n| ---: | --- | --- | --- |"
    for kind in table.types:
        struct = table.structs[kind.payload.__name__]
        fields = ", ".join(name for name, _shape in struct.fields)
        yield f"| {int(kind.number)} | `{kind.name}` | `[{fields}]` | {_first_sentence(struct.summary)} |"


def _payloads(table: Table) -> Iterator[str]:
    for kind in table.types:
        struct = table.structs[kind.payload.__name__]
        yield f"### {int(kind.number)} `{kind.name}`\n\n{struct.summary}\n"
        yield from _fields(struct)


def _actions(table: Table) -> Iterator[str]:
    for name in table.actions:
        struct = table.structs[name]
        yield f"### {struct.tag} `{struct.kind}`\n\n{struct.summary}\n"
        yield from _fields(struct)


def _structs(table: Table) -> Iterator[str]:
    payloads = {kind.payload.__name__ for kind in table.types}
    for name, struct in table.structs.items():
        if name not in payloads and name not in table.actions and name not in ENVELOPE_STRUCTS:
            yield f"### `{name}`\n\n{struct.summary}\n"
            yield from _fields(struct)


def _fields_of(table: Table, *names: str) -> Iterator[str]:
    for name in names:
        yield f"`{name}`:\n"
        yield from _fields(table.structs[name])


def _fields(struct: Struct) -> Iterator[str]:
    yield "| field | form | unit |\n| --- | --- | --- |"
    if struct.tag is not None:
        yield f"| | the number {struct.tag} | says which kind it is |"
    for name, shape in struct.fields:
        yield f"| `{name}` | {_form(shape)} | {_unit(shape)} |"
    yield ""


def _form(shape: Shape) -> str:
    match shape.kind:
        case "integer" if shape.enum:
            return f"integer, a number of `{shape.enum}`"
        case "integer":
            return "integer" if (shape.least, shape.most) == (0, MAX_INTEGER) else f"integer, {_range(shape)}"
        case "bytes" if shape.is_address:
            return "bytes, 20: an address"
        case "bytes" if shape.most == MAX_INTEGER:
            return "bytes"
        case "bytes" if shape.least == shape.most:
            return f"bytes, {shape.least}"
        case "bytes":
            return f"bytes, {_range(shape)}"
        case "text":
            return f"text, {_range(shape)} characters"
        case "list":
            return f"array of {_range(shape)}: {_form(shape.item)}" if shape.item is not None else ""
        case "union" if shape.item is not None:
            return f"{_form(shape.item)}: a public key; or {_names(shape)}"
        case "union" | "struct":
            return _names(shape)
        case _:
            return shape.kind


def _names(shape: Shape) -> str:
    return "an action" if len(shape.of) > MOST_KINDS else " or ".join(f"`{name}`" for name in shape.of)


def _range(shape: Shape) -> str:
    bounds = [str(bound) if abs(bound) < MAX_INTEGER else MAX_TEXT for bound in (shape.least, shape.most)]
    if shape.least == -MAX_INTEGER:
        bounds[0] = f"-({MAX_TEXT})"
    return bounds[0] if bounds[0] == bounds[1] else " to ".join(bounds)


def _unit(shape: Shape) -> str:
    if not shape.unit:
        return ""
    quantity = Quantity(shape.unit)
    unit = INTEGERS.get(quantity, quantity.value)
    if not shape.asset:
        return unit
    of = "the asset in `asset`" if Of[shape.asset.upper()] is Of.FIELD else Of[shape.asset.upper()].value
    return f"{unit}, of {of.removesuffix(' of the order or trade beside it')}"


def _enumerations(table: Table) -> Iterator[str]:
    yield "| enumeration | numbers |\n| --- | --- |"
    for name, enum in table.enums.items():
        yield f"| `{name}` | {', '.join(f'{int(member)} {member.name.lower()}' for member in enum)} |"


def _parameters() -> Iterator[str]:
    yield "| name | unit | from | to | meaning |\n| --- | --- | ---: | ---: | --- |"
    for rule in REGISTRY.parameters.values():
        bounds = f"{int(rule.minimum)} | {int(rule.maximum)}"
        yield f"| `{rule.name}` | {_parameter_unit(rule)} | {bounds} | {rule.meaning} |"


def _parameter_unit(rule: ParameterRule) -> str:
    if rule.choices:
        return ", ".join(f"{number} {name}" for number, name in enumerate(rule.choices))
    return PARAMETER_UNITS[rule.unit]


def _first_sentence(summary: str) -> str:
    return re.split(r"(?<=\.) ", summary)[0]


def main() -> None:
    """Write the page."""
    PAGE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
