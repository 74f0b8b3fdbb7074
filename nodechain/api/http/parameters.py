"""What a parameter of a path or a query may be, by its name: one name means one thing everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ledger.keys.address import KEY_PREFIX
from ledger.limits import MAX_INTEGER, MAX_MULTISIG_KEYS, MAX_STATE_KEY_BYTES, MAX_TIME_MS
from ledger.sharing.limits import MAX_SHARING_RATE
from ledger.state.full_key import NUMBER_BYTES
from market.types import FIRST_PRODUCT, MAX_PRODUCT
from nodechain.api.http.logins import TICKET_FORM
from nodechain.api.http.requests import DEFAULT_LIMIT, HIGHEST, MAX_LIMIT, PLACE_FORM, REPEATABLE

Schema = Mapping[str, Any]

HEIGHT: Final[Schema] = {"type": "integer", "format": "int64", "minimum": 0, "maximum": HIGHEST}
ADDRESS: Final[Schema] = {
    "type": "string",
    "format": "account-address",
    "pattern": "^nrg1[02-9ac-hj-np-z]{38}$",
    "description": "in Bech32m, whose checksum must fit (docs/protocol/encoding.md)",
    "example": "nrg1...",
}
TEXT: Final[Schema] = {"type": "string", "minLength": 1}
TRANSACTION_ID: Final[Schema] = {"type": "string", "format": "transaction-id", "pattern": "^[0-9a-f]{64}$"}
HEX: Final[Schema] = {"type": "string", "pattern": "^([0-9a-f]{2})*$"}
KEY_IN_HEX: Final[Schema] = {
    "type": "string",
    "format": "public-key",
    "pattern": "^(01[0-9a-f]{64}|02[0-9a-f]{66})$",
    "description": "with the byte of its algorithm: 01 Ed25519, 02 P-256",
}
METER_KEY: Final[Schema] = {
    "type": "string",
    "format": "meter-key",
    "pattern": f"^(([0-9a-f]{{2}})+|{KEY_PREFIX}[02-9ac-hj-np-z]+)$",
    "description": "in hex with the byte of its algorithm, or in Bech32m, whose checksum must fit",
}
ENTRY_KEY: Final[Schema] = {
    "type": "string",
    "pattern": "^(-|([0-9a-f]{2})+)$",
    "description": "in hex; `-` for an empty one",
}
STATE_KEY: Final[Schema] = {"type": "string", "pattern": f"^([0-9a-f]{{2}}){{{NUMBER_BYTES},{MAX_STATE_KEY_BYTES}}}$"}
TIME_ZONE: Final[Schema] = {"type": "string", "format": "time-zone", "minLength": 1, "example": "Europe/Berlin"}
MOMENT: Final[Schema] = {
    "description": "ms since 1970, a date (its midnight UTC), or an ISO time with its zone",
    "oneOf": [
        {"type": "integer", "format": "int64", "minimum": 0},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "date-time"},
    ],
}


KEY_CURSOR: Final[Schema] = {"type": "string", "pattern": "^([0-9a-f]{2})+$"}
PLACE_CURSOR: Final[Schema] = {"type": "string", "pattern": f"^{PLACE_FORM}$"}
HEIGHT_CURSOR: Final[Schema] = HEIGHT
"""A page goes on at an entry, at a place in a block, or at a block."""
DAY: Final[Schema] = {"type": "string", "format": "date"}
TIME_MS: Final[Schema] = {"type": "integer", "format": "int64", "minimum": 0, "maximum": MAX_TIME_MS}


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
    "include": one_of("ended"),
    "index": number(0, 2**32 - 1),
    "slot": HEIGHT,
    "month": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    "key": ENTRY_KEY,
    "number": HEIGHT,
    "table": TEXT,
}
OF_PATHS: Final[Mapping[tuple[str, str], Schema]] = {
    ("/v1/light/blocks/{height}", "height"): {"oneOf": [HEIGHT, {"const": "latest"}]},
    ("/v1/meters/{key}", "key"): METER_KEY,
    ("/v1/blocks", "cursor"): HEIGHT_CURSOR,
    ("/v1/market/trades", "cursor"): HEIGHT_CURSOR,
    ("/v1/accounts/{address}/statement", "cursor"): PLACE_CURSOR,
    ("/v1/accounts/{address}/receipts", "cursor"): PLACE_CURSOR,
    ("/v1/votes/closed", "cursor"): PLACE_CURSOR,
}
"""Where a name says something else than on the other paths."""
QUERY: Final[Mapping[str, Schema]] = {
    "account": ADDRESS,
    "action": {"type": "string", "pattern": "^([0-9a-f]{2})+$"},
    "address": ADDRESS,
    "amount": number(0, MAX_INTEGER),
    "blocks": number(1, 200, 100),
    "consumer": ADDRESS,
    "cursor": KEY_CURSOR,
    "depth": number(1, 200),
    "feed_in": number(0, MAX_SHARING_RATE),
    "first_day": DAY,
    "from": HEIGHT,
    "from_time": MOMENT,
    "hashes": {"type": "string", "pattern": "^([0-9a-f]{64}(,[0-9a-f]{64}){0,99})?$"},
    "height": HEIGHT,
    "id": TRANSACTION_ID,
    "include": one_of("ended"),
    "key": STATE_KEY,
    "kind": TEXT,
    "last_day": DAY,
    "limit": number(1, MAX_LIMIT, DEFAULT_LIMIT),
    "order": one_of("newest"),
    "owner": ADDRESS,
    "product": number(FIRST_PRODUCT, MAX_PRODUCT),
    "retail": number(0, MAX_SHARING_RATE),
    "source": one_of("own", "operator"),
    "state": one_of("waiting"),
    "step": one_of("quarter", "day", "month"),
    "ticket": {"type": "string", "pattern": f"^{TICKET_FORM}$"},
    "timeout": number(1, 300),
    "to": HEIGHT,
    "to_time": MOMENT,
    "unit": ADDRESS,
    "slot": number(0, HIGHEST),
    "vote": number(1, HIGHEST),
    "back": number(0, 12),
    "wait": one_of("decided"),
    "zone": TIME_ZONE,
}


NOTHING: Final[Schema] = {"type": "object", "additionalProperties": False}


def _fields(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """An object of these fields and no others."""
    named = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    return {name: value for name, value in named.items() if value != []}


PASSWORD: Final[Schema] = {"type": "string", "maxLength": 1_024}
LINE: Final[Schema] = {"type": "string", "maxLength": 140}

BILL_FORM: Final = one_of("json", "proof", "html", "csv", "pdf", "cii", "ubl", "cii-credit", "ubl-credit", "swiss-qr")
BODIES: Final[Mapping[str, Schema]] = {
    "/v1/billing/desk/debtors": _fields(password=PASSWORD),
    "/v1/billing/desk/entries": _fields(("statement",), statement={"type": "string"}),
    "/v1/billing/desk/files": _fields(
        ("kind", "day"),
        kind=one_of("debits", "transfers"),
        day={"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        run=number(0, HIGHEST, 0),
        scheme=one_of("CORE", "B2B"),
        password=PASSWORD,
    ),
    "/v1/billing/desk/forms": _fields(
        ("number", "form"), number=number(0, HIGHEST, 0), form=BILL_FORM, password=PASSWORD
    ),
    "/v1/billing/desk/reminders": _fields(
        ("number", "level"),
        number=number(0, HIGHEST, 0),
        level=number(1, 9),
        form=one_of("html", "pdf"),
        password=PASSWORD,
    ),
    "/v1/billing/desk/runs": _fields(
        ("period",),
        period={"type": "string", "maxLength": 32},
        password=PASSWORD,
        final={"type": "boolean", "default": False},
    ),
    "/v1/billing/desk/settle": NOTHING,
    "/v1/billing/documents/{number}/forms": _fields(
        ("form",),
        form=BILL_FORM,
        buyer=_fields(
            ("name",),
            name=LINE,
            street=LINE,
            postcode=LINE,
            city=LINE,
            vat_id=LINE,
            country={"type": "string", "pattern": "^[A-Z]{2}$"},
        ),
    ),
    "/v1/billing/received": _fields(("file",), file={"type": "string", "contentEncoding": "base64"}),
    "/v1/clock": {
        "type": "object",
        "properties": {"time_ms": TIME_MS, "block": {"type": "boolean", "default": False}},
        "required": ["time_ms"],
        "additionalProperties": False,
    },
    "/v1/login": {
        "type": "object",
        "properties": {
            "address": ADDRESS,
            "nonce": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "origin": TEXT,
            "key": KEY_IN_HEX,
            "multisig": {
                "type": "object",
                "properties": {
                    "threshold": number(1, MAX_MULTISIG_KEYS),
                    "keys": {"type": "array", "items": KEY_IN_HEX, "minItems": 1, "maxItems": MAX_MULTISIG_KEYS},
                },
                "required": ["threshold", "keys"],
                "additionalProperties": False,
            },
            "index": number(0, MAX_MULTISIG_KEYS - 1),
            "signature": {"type": "string", "pattern": "^[0-9a-f]{128}$"},
        },
        "required": ["address", "nonce", "origin", "signature"],
        "additionalProperties": False,
    },
    "/v1/login/nonce": NOTHING,
    "/v1/login/ticket": NOTHING,
}
"""Of bodies in JSON; all others are canonical bytes."""


def in_path(path: str, name: str) -> dict[str, Any]:
    """A parameter of a path as OpenAPI describes it."""
    return {"name": name, "in": "path", "required": True, "schema": dict(OF_PATHS.get((path, name), PATH[name]))}


def in_query(path: str, name: str, meaning: str) -> dict[str, Any]:
    """A parameter of a query, which may be left out but for the keys of proofs."""
    schema = dict(OF_PATHS.get((path, name), QUERY[name]))
    found: dict[str, Any] = {"name": name, "in": "query", "description": meaning, "schema": schema}
    if path == "/v1/light/state":
        found["required"] = True
    if name in REPEATABLE:
        found |= {"schema": {"type": "array", "items": schema}, "style": "form", "explode": True}
    return found
