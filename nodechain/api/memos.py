"""Memos: for which key a text to an account is sealed. The memos themselves stand in the events that name one."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.keys.address import format_address
from ledger.memos.genesis import MEMOS_SECTION
from ledger.memos.queries import memo_key_of
from nodechain.api.http import requests
from nodechain.api.http.models import At
from nodechain.api.http.rights import MEMBERS, Right
from nodechain.api.http.route import AT, POINT, Route
from nodechain.api.reading import CommittedState, Work, ledger
from nodechain.node import Node


class MemoKeyAnswer(At):
    """An account's X25519 key for memos, in hex, and since which block it stands; None: it takes none.

    `longest`: the largest size of a text with its padding, in bytes; 0 where the chain has no memos.
    """

    account: str
    key: str | None
    since: int | None
    longest: int


def read_memo_key(at: CommittedState, account: bytes) -> MemoKeyAnswer:
    """The key for which memos to an account are sealed."""
    found = memo_key_of(at.state, account)
    on = MEMOS_SECTION.is_in(at.view.genesis)
    return MemoKeyAnswer(
        height=at.height,
        account=format_address(account),
        key=None if found is None else found.key.hex(),
        since=None if found is None else found.since,
        longest=MEMOS_SECTION.of(at.view.genesis).longest if on else 0,
    )


async def get_memo_key(node: Node, request: web.Request) -> Work:
    """The key of an account."""
    account = requests.path_address(request)
    return ledger(node, request, lambda at: read_memo_key(at, account))


_KEY_OF: Final = "/v1/memos/keys/{address}"

ROUTES: Final = (
    Route("GET", _KEY_OF, "For which key memos to an account are sealed", MemoKeyAnswer, get_memo_key,
          query=AT, kind=POINT),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {_KEY_OF: MEMBERS}
