"""The OpenAPI 3.1 description: of the table of routes with its models, and of what is answered otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from pydantic.json_schema import models_json_schema

from ledger.encoding.quantities import field_types
from nodechain.api import events, status
from nodechain.api.http.conditional import AnswerBody, answer_body
from nodechain.api.http.models import ApiModel, Problem
from nodechain.api.http.parameters import BODIES, in_path, in_query
from nodechain.api.http.problems import CONTENT_TYPE
from nodechain.api.http.route import Route
from nodechain.api.render import kind_name
from nodechain.api.routes import ROUTES
from nodechain.api.snapshots import PARTS
from nodechain.client.rest import CANONICAL, JSON
from nodechain.modules import REGISTRY
from nodechain.process.worker import Worker

ALWAYS: Final = {
    400: "A parameter is wrong, unknown or there twice (`bad_parameter`), or the request is none",
    405: "The path does not take this method; `Allow` says which it takes (`method_not_allowed`)",
    421: "The node is not asked by this name (`host_not_allowed`)",
    429: "Too many requests, or too many reads wait; after `Retry-After` seconds again (`too_many_requests`, `busy`)",
    500: "A fault of the node; its log tells more",
    503: "The node cannot answer now: it is busy, or its store failed",
}
OF_READS: Final = {
    401: "Nobody has signed in, or the token is over (`login_needed`)",
    403: "It is not open to who has signed in (`not_yours`)",
    404: "There is no such thing, or not on this node (`not_found`, `before_snapshot`), or the module is off",
}
OF_SENDERS: Final = {
    401: "Nobody has signed in, or what was shown for it is none (`login_needed`)",
    403: "A page of another origin may not send or subscribe here, or it is not the visitor's to see",
}
OF_WRITES: Final = {
    **OF_SENDERS,
    404: "The module is off",
    408: "The body came too slowly (`body_timeout`)",
    409: "A transaction is known, or its nonce is used (`known`, `nonce_used`)",
    413: "The body is too large (`input_too_large`)",
    415: "The body is of another type, or packed (`content_type`, `content_encoding`)",
    422: "A transaction cannot stand in a block, with its reason",
    504: "It was not decided in time; it may still be",
}
OF_EVENTS: Final = {
    **OF_READS,
    **OF_SENDERS,
    426: "No WebSocket was asked for (`upgrade_needed`)",
}
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": tuple(sorted(kind_name(kind) for kind in REGISTRY.events)),
    "table": tuple(sorted(table.name for table in REGISTRY.tables.values())),
}
"""Parameters that take one of the words that the modules bring."""
KEPT: Final = {
    "ETag": {"description": "The tag of the content, for `If-None-Match`", "schema": {"type": "string"}},
    "Cache-Control": {"description": "private, no-cache: kept, and asked for again", "schema": {"type": "string"}},
}


def description(version: str) -> dict[str, Any]:
    """The whole description."""
    answers: set[type[ApiModel]] = {route.answer for route in ROUTES} | {Problem, status.Alive, status.Health}
    kinds = sorted(answers, key=lambda kind: kind.__name__)
    _references, schemas = models_json_schema(
        [(kind, "serialization") for kind in kinds], ref_template="#/components/schemas/{model}"
    )
    for model in _models(kinds):
        _add_units(model, schemas["$defs"][model.__name__])
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        add = _write if route.method == "POST" else _read
        add(paths.setdefault(route.path, {}), route)
    _add_others(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": "nodechain", "version": version, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {"schemas": schemas["$defs"]},
    }


class Described:
    """The description as it is served, made when it is first asked for: a start need not wait for half a second's work.

    It is made once, in a thread of its own and at nobody's charge: who asks first would pay for all.
    """

    def __init__(self, version: str) -> None:
        self._version = version
        self._worker = Worker("description")
        self._bodies: dict[bool, AnswerBody] = {}

    async def body(self, *, packs: bool) -> AnswerBody:
        """The answer, packed where the client takes that."""
        if not self._bodies:
            await self._worker.run(self._make)
        return self._bodies[packs]

    def _make(self) -> None:
        if not self._bodies:  # who asked meanwhile has waited behind the first
            plain = json.dumps(description(self._version)).encode()
            self._bodies = {packs: answer_body(plain, packs=packs) for packs in (False, True)}

    def close(self) -> None:
        """Wait until it is made, if it is being made."""
        self._worker.close()


def _models(kinds: Iterable[type[ApiModel]]) -> set[type[ApiModel]]:
    """The models of answers, and those in their fields."""
    found: set[type[ApiModel]] = set()
    waiting: list[Any] = list(kinds)
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, ApiModel) and kind not in found:
            found.add(kind)
            waiting += [field.annotation for field in kind.model_fields.values()]
        waiting += get_args(kind)
    return found


def _add_units(model: type[ApiModel], schema: dict[str, Any]) -> None:
    """`x-unit` beside a number whose type says what it counts."""
    for name, field in field_types(model).items():
        if field.unit is not None and name in schema["properties"]:
            schema["properties"][name]["x-unit"] = field.unit.quantity.value


def _parameters(path: str, query: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    named = [in_path(path, name) for name in re.findall(r"{(\w+)}", path)]
    named += [in_query(path, name, meaning) for name, meaning in query]
    for parameter in named:
        words = WORDS.get(parameter["name"])
        if words is not None:
            schema = parameter["schema"].get("items", parameter["schema"])
            schema |= {"type": "string", "enum": list(words)}
    return named


def _read(operations: dict[str, Any], route: Route) -> None:
    _add_get(operations, route.path, route.summary, _content(route.answer.__name__, JSON), route.query)


def _add_get(
    operations: dict[str, Any],
    path: str,
    summary: str,
    content: dict[str, Any],
    query: Iterable[tuple[str, str]] = (),
) -> None:
    """GET, and HEAD for the same without the content."""
    parameters, problems = _parameters(path, query), ALWAYS | OF_READS
    unchanged = {"304": {"description": "The client has it already (`If-None-Match`)", "headers": KEPT}}
    operations["get"] = {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "The answer", "headers": KEPT, "content": content},
            **unchanged,
            **_problems(problems),
        },
    }
    headers = {str(number): {"description": meaning} for number, meaning in problems.items()}
    operations["head"] = {
        "summary": f"{summary}: the headers alone",
        "parameters": parameters,
        "responses": {"200": {"description": "The headers of the answer", "headers": KEPT}, **unchanged, **headers},
    }


def _write(operations: dict[str, Any], route: Route) -> None:
    good = {"content": _content(route.answer.__name__, JSON)}
    decided = {"200": {"description": "The answer", **good}}
    waiting = {"202": {"description": "Taken in, not decided yet", **good}} if route.query else {}
    body = BODIES[route.path] if route.body == JSON else {"type": "string", "format": "binary"}
    operations["post"] = {
        "summary": route.summary,
        "parameters": _parameters(route.path, route.query),
        "requestBody": {"required": True, "content": {route.body: {"schema": body}}},
        "responses": {**decided, **waiting, **_problems(ALWAYS | OF_WRITES)},
    }


def _add_others(paths: dict[str, dict[str, Any]]) -> None:
    """Canonical bytes, probes, events and this description."""
    binary = {CANONICAL: {"schema": {"type": "string", "format": "binary"}}}
    for path, part in PARTS:
        _add_get(paths.setdefault(path, {}), path, _summary(part), binary)
    _add_get(paths.setdefault("/openapi.json", {}), "/openapi.json", "This description", {JSON: {}})
    alive, health = _content(status.Alive.__name__, JSON), _content(status.Health.__name__, JSON)
    figures = {"text/plain": {"schema": {"type": "string"}}}
    refused = _problems({number: meaning for number, meaning in ALWAYS.items() if number != 503})
    for path, content in (("/livez", alive), ("/readyz", health), ("/metrics", figures)):
        responses = {"200": {"description": "The answer", "content": content}, **refused}
        if path == "/readyz":
            responses["503"] = {"description": "It cannot serve, with the reasons", "content": health}
        summary = _summary(dict(status.PROBES)[path])
        paths[path] = {"get": {"summary": summary, "parameters": [], "responses": responses}}
    paths[events.EVENTS] = {
        "get": {
            "summary": "Events over a WebSocket",
            "parameters": _parameters(events.EVENTS, events.QUERY),
            "responses": {"101": {"description": "The socket"}, **_problems(ALWAYS | OF_EVENTS)},
        }
    }


def _summary(function: Any) -> str:
    """The first line of what a handler says of itself."""
    return str(function.__doc__).partition("\n")[0].rstrip(".")


def _problems(meanings: dict[int, str]) -> dict[str, Any]:
    content = _content(Problem.__name__, CONTENT_TYPE)
    return {str(number): {"description": meaning, "content": content} for number, meaning in sorted(meanings.items())}


def _content(model: str, kind: str) -> dict[str, Any]:
    return {kind: {"schema": {"$ref": f"#/components/schemas/{model}"}}}
