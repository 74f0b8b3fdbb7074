"""The JavaScript client's table of all payloads, read from the ledger's structs.

`python -m tests.makers.make_client_table` writes `web/client/payloads.js` anew; `tests/web/test_client.py` compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.makers.payload_table import Shape, Struct, Table, build

FILE: Final = Path(__file__).resolve().parents[2] / "web" / "client" / "payloads.js"
HEAD: Final = """\
// Made by `python -m tests.makers.make_client_table` from the ledger's structs; docs/transactions.md shows the same.

/** @typedef {bigint | number} Integer a number must be a safe integer */
/** @typedef {string | Uint8Array} AddressLike `nrg1...`, or its 20 bytes */
/** @typedef {{ threshold: Integer, keys: readonly Uint8Array[] }} MultisigKey */
/** @typedef {Uint8Array | MultisigKey} SenderKey */
"""
FIELD_TYPE: Final = """\
/**
 * @typedef {object} Field
 * @property {string} [name]
 * @property {"integer" | "bytes" | "text" | "boolean" | "struct" | "list" | "union"} kind
 * @property {bigint} [least] of an integer its value, else a length
 * @property {bigint} [most]
 * @property {string} [unit]
 * @property {string} [asset] which asset an amount is of
 * @property {string} [names] the enumeration of an integer
 * @property {boolean} [address]
 * @property {readonly string[]} [of] the structs that may stand here
 * @property {Field} [item] of a list; in a union what is no struct
 */
/** @typedef {{ kind: string, tag: bigint | null, fields: readonly (Field & { name: string })[] }} Struct */
"""


def text() -> str:
    """The whole file."""
    table = build()
    return "\n".join((HEAD, *_typedefs(table), FIELD_TYPE, *_tables(table))) + "\n"


def _typedefs(table: Table) -> Iterator[str]:
    for name, enum in table.enums.items():
        names = " | ".join(json.dumps(member.name.lower()) for member in enum)
        yield f"/** @typedef {{{names} | Integer}} {name} */"
    for struct in table.structs.values():
        if struct.name != "MultisigKey":
            yield f"/** @typedef {{{_fields(struct)}}} {struct.name} {struct.summary} */"
    payloads = ", ".join(f"{kind.name}: {kind.payload.__name__}" for kind in table.types)
    yield f"/** @typedef {{{{ {payloads} }}}} Payloads the payload of each transaction type */\n"


def _fields(struct: Struct) -> str:
    tag = [] if struct.tag is None else [f"kind: {json.dumps(struct.kind)}"]
    return "{ " + ", ".join(tag + [f"{name}: {_type(shape)}" for name, shape in struct.fields]) + " }"


def _type(shape: Shape) -> str:
    if shape.kind == "list" and shape.item is not None:
        return f"readonly ({_type(shape.item)})[]"
    if shape.kind == "union":
        return "SenderKey" if shape.item is not None else " | ".join(shape.of)
    if shape.kind == "struct":
        return shape.of[0]
    if shape.is_address:
        return "AddressLike"
    return (
        shape.enum or {"integer": "Integer", "bytes": "Uint8Array", "text": "string", "boolean": "boolean"}[shape.kind]
    )


def _tables(table: Table) -> Iterator[str]:
    yield "/** @type {Readonly<Record<string, Readonly<Record<string, bigint>>>>} */\nexport const ENUMS = {"
    for name, enum in table.enums.items():
        yield f"  {name}: {{ " + ", ".join(f"{member.name.lower()}: {int(member)}n" for member in enum) + " },"
    yield "};\n\n/** @type {Readonly<Record<string, Struct>>} */\nexport const STRUCTS = {"
    for struct in table.structs.values():
        tag = "null" if struct.tag is None else f"{struct.tag}n"
        yield f'  {struct.name}: {{\n    kind: "{struct.kind}", tag: {tag},\n    fields: ['
        yield from (f"      {{ name: {json.dumps(name)}, {_shape(shape)} }}," for name, shape in struct.fields)
        yield "    ],\n  },"
    yield "};\n\n/** @type {Readonly<Record<keyof Payloads, { number: bigint, struct: string }>>} */"
    yield "export const TYPES = {"
    yield from (
        f'  {kind.name}: {{ number: {int(kind.number)}n, struct: "{kind.payload.__name__}" }},' for kind in table.types
    )
    yield "};"


def _shape(shape: Shape) -> str:
    parts = [f'kind: "{shape.kind}"']
    if shape.kind in ("integer", "bytes", "text", "list"):
        parts.append(f"least: {int(shape.least)}n, most: {int(shape.most)}n")
    for name, value in (("unit", shape.unit), ("asset", shape.asset), ("names", shape.enum)):
        if value:
            parts.append(f"{name}: {json.dumps(value)}")
    if shape.is_address:
        parts.append("address: true")
    if shape.of:
        parts.append(f"of: {json.dumps(list(shape.of))}")
    if shape.item is not None:
        parts.append(f"item: {{ {_shape(shape.item)} }}")
    return ", ".join(parts)


def main() -> None:
    """Write the file."""
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
