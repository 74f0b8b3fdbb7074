"""Origin lots on one page: what the module `origin` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.energy.points import BOOKS_CHANGED, SESSION_OVER
from ledger.governance.admission import MEMBER
from ledger.origin import limits, weights
from ledger.origin.codes import ORIGIN_CODES
from ledger.origin.events import ORIGIN_EVENTS
from ledger.origin.genesis import ORIGIN_SECTION
from ledger.origin.invariants import ORIGIN_INVARIANTS
from ledger.origin.lots import note_origin
from ledger.origin.payloads import OriginTypeNumber, ReserveOrigin
from ledger.origin.postings import ORIGIN_POSTINGS
from ledger.origin.reservations import do_reserve_origin, forget_reservation
from ledger.origin.schema import ORIGIN_TABLES

ORIGIN_MODULE: Final = Module(
    name="origin",
    places=Places(34),
    section=ORIGIN_SECTION,
    types=(
        TransactionType(
            OriginTypeNumber.RESERVE_ORIGIN,
            "reserve_origin",
            ReserveOrigin,
            do_reserve_origin,
            MEMBER,
        ),
    ),
    tables=ORIGIN_TABLES,
    events=ORIGIN_EVENTS,
    hooks=(BOOKS_CHANGED.by(note_origin), SESSION_OVER.by(forget_reservation)),
    invariants=ORIGIN_INVARIANTS,
    postings=ORIGIN_POSTINGS,
    limits=limits,
    weights=weights,
    codes=ORIGIN_CODES,
)
