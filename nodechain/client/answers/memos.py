"""Memos: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from nodechain.client.answers.models import At, Int


class MemoKeyAnswer(At):
    """An account's X25519 key for memos, in hex, and since which block it stands; None: it takes none.

    `longest`: the largest size of a text with its padding, in bytes; 0 where the chain has no memos.
    """

    account: str
    key: str | None
    since: Int | None
    longest: Int
