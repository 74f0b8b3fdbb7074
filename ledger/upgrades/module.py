"""Upgrades of the protocol on one page: what the module `upgrades` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.points import BEGIN_BLOCK
from ledger.chain.registry import Module
from ledger.upgrades import limits, weights
from ledger.upgrades.codes import UPGRADES_CODES
from ledger.upgrades.decisions import UPGRADES_DECISIONS
from ledger.upgrades.events import UPGRADES_EVENTS
from ledger.upgrades.invariants import UPGRADES_INVARIANTS
from ledger.upgrades.postings import UPGRADES_POSTINGS
from ledger.upgrades.rules import note_known_version
from ledger.upgrades.schema import UPGRADES_TABLES

UPGRADES: Final = Module(
    name="upgrades",
    places=Places(11),
    tables=UPGRADES_TABLES,
    events=UPGRADES_EVENTS,
    decisions=UPGRADES_DECISIONS,
    hooks=(BEGIN_BLOCK.by(note_known_version),),
    invariants=UPGRADES_INVARIANTS,
    postings=UPGRADES_POSTINGS,
    limits=limits,
    weights=weights,
    codes=UPGRADES_CODES,
)
