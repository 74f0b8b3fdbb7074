"""What a parameter of a path or a query may be, by its name: one name means one thing everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ledger.limits import MAX_MULTISIG_KEYS
from market.types import FIRST_PRODUCT, MAX_PRODUCT
from nodechain.api.http.requests import DEFAULT_LIMIT, HIGHEST, MAX_LIMIT, REPEATABLE

Schema = Mapping[str, Any]

HEIGHT: Final[Schema] = {"type": "integer", "format": "int64", "minimum": 0, "maximum": HIGHEST}
ADDRESS: Final[Schema] = {"type": "string", "pattern": "^nrg1[02-9ac-hj-np-z]{38}$", "example": "nrg1..."}
TEXT: Final[Schema] = {"type": "string", "minLength": 1}
TRANSACTION_ID: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
HEX: Final[Schema] = {"type": "string", "pattern": "^([0-9a-f]{2})*$"}
MOMENT: Final[Schema] = {
    "description": "ms since 1970, a date (its midnight UTC), or an ISO time with its zone",
    "oneOf": [
        {"type": "integer", "format": "int64", "minimum": 0},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "date-time"},
    ],
}


def number(least: int, most: int, default: int | None = None) -> Schema:
    """A whole number within bounds."""
    bounds = {"type": "integer", "minimum": least, "maximum": most}
    return bounds if default is None else {**bounds, "default": default}


def one_of(*values: str) -> Schema:
    """One of some words."""
    return {"type": "string", "enum": list(values)}


PATH: Final[Mapping[str, Schema]] = {
    "address": ADDRESS,
    "block": {"type": "string", "pattern": "^(latest|[0-9]{1,19}|[0-9a-f]{64})$"},
    "chunk": number(0, 2**32 - 1),
    "height": HEIGHT,
    "id": TRANSACTION_ID,
    "index": number(0, 2**32 - 1),
    "key": TEXT,
    "number": HEIGHT,
    "table": TEXT,
}
LATEST: Final[Schema] = {"oneOf": [HEIGHT, {"const": "latest"}]}
"""The height of a light block."""

QUERY: Final[Mapping[str, Schema]] = {
    "address": ADDRESS,
    "blocks": number(1, 200, 100),
    "consumer": ADDRESS,
    "cursor": {"type": "string", "pattern": "^[0-9a-f]+(-[0-9]+)?$"},
    "depth": number(1, 200),
    "from": HEIGHT,
    "from_time": MOMENT,
    "height": HEIGHT,
    "id": TRANSACTION_ID,
    "key": HEX,
    "kind": TEXT,
    "limit": number(1, MAX_LIMIT, DEFAULT_LIMIT),
    "order": one_of("newest"),
    "owner": ADDRESS,
    "product": number(FIRST_PRODUCT, MAX_PRODUCT),
    "state": one_of("waiting"),
    "step": one_of("quarter", "day", "month"),
    "ticket": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
    "timeout": number(1, 300),
    "to": HEIGHT,
    "to_time": MOMENT,
    "unit": ADDRESS,
    "wait": one_of("decided"),
    "zone": TEXT,
}


NOTHING: Final[Schema] = {"type": "object", "additionalProperties": False}

BODIES: Final[Mapping[str, Schema]] = {
    "/v1/clock": {
        "type": "object",
        "properties": {"time_ms": HEIGHT, "block": {"type": "boolean", "default": False}},
        "required": ["time_ms"],
        "additionalProperties": False,
    },
    "/v1/login": {
        "type": "object",
        "properties": {
            "address": ADDRESS,
            "nonce": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "origin": TEXT,
            "key": HEX,
            "multisig": {
                "type": "object",
                "properties": {"threshold": number(1, MAX_MULTISIG_KEYS), "keys": {"type": "array", "items": HEX}},
                "required": ["threshold", "keys"],
            },
            "index": number(0, MAX_MULTISIG_KEYS - 1),
            "signature": {"type": "string", "pattern": "^[0-9a-f]{128}$"},
        },
        "required": ["address", "nonce", "origin", "signature"],
    },
    "/v1/login/nonce": NOTHING,
    "/v1/login/ticket": NOTHING,
}
"""Of bodies in JSON; all others are canonical bytes."""


def in_path(path: str, name: str) -> dict[str, Any]:
    """A parameter of a path as OpenAPI describes it."""
    schema = LATEST if path == "/v1/light/blocks/{height}" else PATH[name]
    return {"name": name, "in": "path", "required": True, "schema": dict(schema)}


def in_query(path: str, name: str, meaning: str) -> dict[str, Any]:
    """A parameter of a query, which may be left out but for the keys of proofs."""
    schema = dict(QUERY[name])
    found: dict[str, Any] = {"name": name, "in": "query", "description": meaning, "schema": schema}
    if path == "/v1/light/state":
        found["required"] = True
    if name in REPEATABLE:
        found |= {"schema": {"type": "array", "items": schema}, "style": "form", "explode": True}
    return found
