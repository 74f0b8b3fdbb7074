"""What a client asks of memos."""

from __future__ import annotations

from nodechain.client.answers.memos import MemoKeyAnswer
from nodechain.client.rest import NodeApi, escaped


class MemoReads:
    """Keys for memos."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def key(self, address: str) -> MemoKeyAnswer:
        """For which key memos to an account are sealed."""
        return self._api.get(f"/v1/memos/keys/{escaped(address)}", MemoKeyAnswer)
