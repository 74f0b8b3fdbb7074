"""The OpenAPI 3.1 description, from the table of routes and the models."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, get_args

from pydantic.json_schema import models_json_schema

from ledger.encoding.quantities import field_types
from nodechain.api.http.models import ApiModel, Problem
from nodechain.api.http.route import Route
from nodechain.api.routes import ROUTES
from nodechain.client.rest import JSON


def description(version: str) -> dict[str, Any]:
    """The whole description."""
    kinds = sorted({route.answer for route in ROUTES} | {Problem}, key=lambda kind: kind.__name__)
    _references, schemas = models_json_schema(
        [(kind, "serialization") for kind in kinds], ref_template="#/components/schemas/{model}"
    )
    for model in _models(kinds):
        _add_units(model, schemas["$defs"][model.__name__])
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "nodechain", "version": version, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {"schemas": schemas["$defs"]},
    }


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


def _operation(route: Route) -> dict[str, Any]:
    path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    query = [
        {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
        for name, meaning in route.query
    ]
    good = _content(route.answer.__name__, JSON)
    operation: dict[str, Any] = {
        "summary": route.summary,
        "parameters": path + query,
        "responses": {
            "200": {"description": "The answer", "content": good},
            "default": {"description": "A problem", "content": _content("Problem", "application/problem+json")},
        },
    }
    if route.method == "POST":
        operation["responses"]["202"] = {"description": "Taken in, not decided yet", "content": good}
        operation["requestBody"] = {"required": True, "content": {route.body: {}}}
    return operation


def _content(model: str, kind: str) -> dict[str, Any]:
    return {kind: {"schema": {"$ref": f"#/components/schemas/{model}"}}}
