"""Memos on one page: what the module `memos` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import MEMBER_EXPELLED
from ledger.memos import limits, weights
from ledger.memos.codes import MEMO_CODES
from ledger.memos.events import MEMO_EVENTS
from ledger.memos.genesis import MEMOS_SECTION
from ledger.memos.invariants import MEMO_INVARIANTS
from ledger.memos.payloads import MemoTypeNumber, SetMemoKey, WithMemo
from ledger.memos.postings import MEMO_POSTINGS
from ledger.memos.rules import do_set_memo_key, do_with_memo, forget_memo_key
from ledger.memos.schema import MEMO_TABLES

_N = MemoTypeNumber

MEMOS_MODULE: Final = Module(
    name="memos",
    places=Places(37),
    section=MEMOS_SECTION,
    types=(
        TransactionType(_N.SET_MEMO_KEY, "set_memo_key", SetMemoKey, do_set_memo_key, MEMBER),
        TransactionType(_N.WITH_MEMO, "with_memo", WithMemo, do_with_memo, MEMBER),
    ),
    tables=MEMO_TABLES,
    events=MEMO_EVENTS,
    hooks=(MEMBER_EXPELLED.by(forget_memo_key),),
    invariants=MEMO_INVARIANTS,
    postings=MEMO_POSTINGS,
    limits=limits,
    weights=weights,
    codes=MEMO_CODES,
)
