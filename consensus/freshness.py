"""What validators said last of the head in hand: gathered from their STATUS, and from what others gathered (H12)."""

from __future__ import annotations

from typing import Final

from consensus.validation import Rules
from ledger.chain.header import Header
from ledger.light.freshness import FreshHead, HeadStatement, is_said

HAND_ON_MS: Final = 10_000
"""How often a node hands on what it has gathered: who hears one validator only learns of the others so."""

NEWER_BY_MS: Final = HAND_ON_MS // 2
"""What others gathered is looked at only where it is so much newer: a signature costs a verification."""


class Freshness:
    """The newest statement of each validator about one head; `rules`: of the height after it."""

    def __init__(self, head: Header, rules: Rules) -> None:
        self._height = head.height
        self._head_hash = head.hash()
        self._rules = rules
        self._latest: dict[int, HeadStatement] = {}

    @property
    def gathered(self) -> FreshHead:
        """All of it, by rising index."""
        return FreshHead(self._height, self._head_hash, tuple(self._latest[index] for index in sorted(self._latest)))

    def add_statement(self, key: bytes, head_hash: bytes, round_: int, time_ms: int, signature: bytes) -> None:
        """A STATUS of a validator, unasked; its signature was verified."""
        for index, member in enumerate(self._rules.validators.members):
            if member.key == key and head_hash == self._head_hash and self._is_newer(index, time_ms, by_ms=1):
                self._latest[index] = HeadStatement(index, round_, time_ms, signature)

    def merge(self, found: FreshHead) -> bool:
        """What a peer has gathered; False if it holds a lie."""
        if found.head_hash != self._head_hash:
            return True
        for statement in found.statements:
            if not self._is_newer(statement.validator, statement.time_ms, by_ms=NEWER_BY_MS):
                continue
            if not is_said(self._rules.genesis_hash, self._rules.validators, self._head_hash, statement):
                return False
            self._latest[statement.validator] = statement
        return True

    def _is_newer(self, index: int, time_ms: int, *, by_ms: int) -> bool:
        known = self._latest.get(index)
        return known is None or time_ms >= known.time_ms + by_ms
