"""A route of the interface: what OpenAPI describes, what the router serves, what a test compares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from nodechain.api.http.models import Model
from nodechain.api.http.turns import Kind
from nodechain.node import Node

Read = Callable[[Node, web.Request], Awaitable[Callable[[], Model]]]


Write = Callable[[Node, web.Request, bytes], Awaitable[tuple[int, Model]]]


Raw = Callable[[Node, web.Request], Awaitable[web.Response]]


RawRead = Callable[[Node, web.Request], Awaitable[Callable[[], bytes]]]


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `query`: its parameters (name, meaning); `answer`: the model of a good answer.

    `body`: the type of a body, of at most `most_bytes`; `kind`: in which line its reads wait.
    """

    method: str
    path: str
    summary: str
    answer: type[Model]
    read: Read | None = None
    write: Write | None = None
    query: tuple[tuple[str, str], ...] = ()
    body: str = ""
    most_bytes: int = 0
    kind: Kind = Kind.RANGE


POINT: Final = Kind.POINT


PAGE: Final = (("limit", "entries a page, 1 to 1000"), ("cursor", "the `next` of the page before"))


AT: Final = (("height", "a past one whose state is kept; default: the head's"),)


WAIT: Final = (("wait", "`decided`: answer when a block decided it"), ("timeout", "seconds to wait, 1 to 300"))
