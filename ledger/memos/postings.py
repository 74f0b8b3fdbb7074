"""The events of memos move nothing; what was sent with one has its own."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import Postings, nothing
from ledger.memos.events import MemoKeySet, MemoSent

MEMO_POSTINGS: Final[Postings] = MappingProxyType({MemoKeySet: nothing, MemoSent: nothing})
