"""Lists that a node answers in pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from nodechain.client.rest import NodeApi
from nodechain.errors import BadAnswer

T = TypeVar("T")


def pages_of(api: NodeApi, path: str, kind: type[T], query: Mapping[str, object]) -> Iterator[T]:
    """All pages of a list; a cursor that comes again would never end."""
    seen: set[str] = set()
    cursor: str | None = None
    while True:
        page: Any = api.get(path, kind, cursor=cursor, limit=1_000, **query)
        yield page
        cursor = page["next"]
        if cursor is None:
            return
        if cursor in seen:
            raise BadAnswer(f"{api.url} gives the same page of {path} again")
        seen.add(cursor)
