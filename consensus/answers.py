"""How often one peer is answered: a bound for those who ask for old heights without end."""

from __future__ import annotations

from consensus.limits import ANSWER_INTERVAL_MS, ANSWERED_PEERS


class Answers:
    """The time of the last answer to each of the latest peers."""

    def __init__(self) -> None:
        self._last: dict[bytes, int] = {}

    def may(self, peer: bytes, now_ms: int) -> bool:
        """Whether to answer now; counts as an answer if so."""
        last = self._last.get(peer)
        if last is not None and now_ms - last < ANSWER_INTERVAL_MS:
            return False
        self._last.pop(peer, None)
        self._last[peer] = now_ms
        if len(self._last) > ANSWERED_PEERS:
            del self._last[next(iter(self._last))]
        return True
