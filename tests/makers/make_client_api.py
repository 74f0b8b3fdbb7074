"""The JavaScript client's types of the node's answers, from the node's own OpenAPI document.

`python -m tests.makers.make_client_api` writes `web/client/api.js` anew; `tests/web/test_client_node.py` compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from nodechain.api.openapi import description
from nodechain.client.rest import JSON

FILE: Final = Path(__file__).resolve().parents[2] / "web" / "client" / "api.js"
HEAD: Final = """\
// Made by `python -m tests.makers.make_client_api` from the node's OpenAPI document: types only, nothing runs here.

/** @typedef {string | number | bigint | boolean} QueryValue */
"""
EXACT: Final = {"base": "bigint"}
"""Fields that the client always reads as BigInt: exact base units."""

PLAIN: Final = {"string": "string", "boolean": "boolean", "number": "number", "null": "null"}


def text() -> str:
    """The whole file."""
    document = description("")
    schemas = document["components"]["schemas"]
    lines = [f"/** @typedef {{{_type(schema)}}} {name} */" for name, schema in sorted(schemas.items())]
    routes = "".join(f" *   {json.dumps(path)}: {kind},\n" for path, kind in _routes(document["paths"]))
    return "\n".join((HEAD, *lines, f"/**\n * @typedef {{{{\n{routes} * }}}} Routes\n */", "", "export {};", ""))


def _routes(paths: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every path that is read as JSON, with the types of its parameters and of its answer."""
    for path, operations in paths.items():
        answer = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get(JSON)
        if answer is None:
            continue
        found = operations["get"].get("parameters", [])
        places = {place: [entry["name"] for entry in found if entry["in"] == place] for place in ("path", "query")}
        inside = "; ".join(f"{json.dumps(name)}: QueryValue" for name in places["path"])
        asked = "; ".join(f"{json.dumps(name)}?: QueryValue | readonly QueryValue[]" for name in places["query"])
        yield path, f"{{ path: {{ {inside} }}, query: {{ {asked} }}, answer: {_type(answer.get('schema', {}))} }}"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return " | ".join(dict.fromkeys(_type(choice) for choice in choices))
    if "const" in schema or "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    kind = schema.get("type")
    if kind == "integer":
        return "number"
    if kind == "array":
        return f"readonly ({_type(schema['items']) if 'items' in schema else 'any'})[]"
    if kind == "object" and "properties" in schema:
        required = schema.get("required", [])
        fields = (
            f"{json.dumps(name)}{'' if name in required else '?'}: {EXACT.get(name) or _type(field)}"
            for name, field in schema["properties"].items()
        )
        return "{ " + ", ".join(fields) + " }"
    if kind == "object":
        extra = schema.get("additionalProperties")
        return f"Record<string, {_type(extra) if isinstance(extra, dict) and extra else 'any'}>"
    return PLAIN.get(str(kind), "any")


def main() -> None:
    """Write the file."""
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
