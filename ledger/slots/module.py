"""Metering points and slots on one page: what the module `slots` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.registry import Module
from ledger.slots import limits, weights
from ledger.slots.codes import SLOTS_CODES
from ledger.slots.events import SLOTS_EVENTS
from ledger.slots.genesis import SLOTS_SECTION
from ledger.slots.parameters import SLOTS_PARAMETERS
from ledger.slots.postings import SLOTS_POSTINGS
from ledger.slots.retention import slot_day_due, slot_day_step
from ledger.slots.schema import SLOT_DAY_DUE, SLOT_DAY_SWEEP, SLOTS_TABLES

SLOTS: Final = Module(
    name="slots",
    places=Places(13),
    section=SLOTS_SECTION,
    tables=SLOTS_TABLES,
    events=SLOTS_EVENTS,
    parameters=SLOTS_PARAMETERS,
    due=((SLOT_DAY_DUE, slot_day_due),),
    sweeps=((SLOT_DAY_SWEEP, slot_day_step),),
    postings=SLOTS_POSTINGS,
    limits=limits,
    weights=weights,
    codes=SLOTS_CODES,
)
