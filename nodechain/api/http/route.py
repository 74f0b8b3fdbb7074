"""A route of the interface: what OpenAPI describes, what the router serves, what a test compares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from aiohttp import web

from nodechain.api.http.models import ApiModel
from nodechain.api.http.turns import ReadKind
from nodechain.node import Node

Read = Callable[[Node, web.Request], Awaitable[Callable[[], ApiModel]]]


Write = Callable[[Node, web.Request, bytes], Awaitable[tuple[int, ApiModel]]]


Raw = Callable[[Node, web.Request], Awaitable[web.Response]]


RawRead = Callable[[Node, web.Request], Awaitable[Callable[[], bytes]]]


class Route(msgspec.Struct, frozen=True):
    """One route. `query`: its parameters (name, meaning); `answer`: the model of a good answer.

    `body`: the type of a body, of at most `most_bytes`; `kind`: in which line its reads wait.
    """

    method: str
    path: str
    summary: str
    answer: type[ApiModel]
    read: Read | None = None
    write: Write | None = None
    query: tuple[tuple[str, str], ...] = ()
    body: str = ""
    most_bytes: int = 0
    kind: ReadKind = ReadKind.RANGE


POINT: Final = ReadKind.POINT


PAGE: Final = (("limit", "entries a page, 1 to 1000"), ("cursor", "the `next` of the page before"))


MOMENT: Final = "a date (midnight UTC), a time with its zone, or ms since 1970"


AT: Final = (("height", "a past one whose state is kept; default: the head's"),)


WAIT: Final = (("wait", "`decided`: answer when a block decided it"), ("timeout", "seconds to wait, 1 to 300"))
