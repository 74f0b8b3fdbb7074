"""Metering points and slots on one page: what the module `slots` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.points import FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.energy.points import GRID_EXCHANGED
from ledger.governance.admission import MEMBER
from ledger.governance.points import MEMBER_EXPELLED, ROLE_HELD
from ledger.metering.points import BINDING_TAKEN, READINGS_BOOKED, READINGS_OPENED
from ledger.slots import limits, weights
from ledger.slots.codes import SLOTS_CODES
from ledger.slots.decisions import SLOTS_DECISIONS
from ledger.slots.events import SLOTS_EVENTS
from ledger.slots.files import FILE_NUMBERS, do_import_slots, is_custodian, name_first_custodians, slot_file_due
from ledger.slots.genesis import SLOTS_SECTION
from ledger.slots.invariants import SLOTS_INVARIANTS
from ledger.slots.own_meters import open_grid_part, open_own_booking, takes_own_binding, write_slots
from ledger.slots.parameters import SLOTS_PARAMETERS
from ledger.slots.payloads import ChangePoint, ClosePoint, ImportSlots, RegisterPoint, SlotsTypeNumber
from ledger.slots.postings import SLOTS_POSTINGS
from ledger.slots.registration import (
    OPEN_POINTS,
    POINT_NUMBERS,
    close_points_of,
    do_change_point,
    do_close_point,
    do_register_point,
)
from ledger.slots.retention import slot_day_due, slot_day_step
from ledger.slots.schema import SLOT_DAY_DUE, SLOT_DAY_SWEEP, SLOT_FILE_DUE, SLOTS_TABLES

SLOTS: Final = Module(
    name="slots",
    places=Places(13),
    section=SLOTS_SECTION,
    types=(
        TransactionType(SlotsTypeNumber.REGISTER_POINT, "register_point", RegisterPoint, do_register_point, MEMBER),
        TransactionType(SlotsTypeNumber.CHANGE_POINT, "change_point", ChangePoint, do_change_point, MEMBER),
        TransactionType(
            SlotsTypeNumber.CLOSE_POINT, "close_point", ClosePoint, do_close_point, MEMBER, for_leavers=True
        ),
        TransactionType(SlotsTypeNumber.IMPORT_SLOTS, "import_slots", ImportSlots, do_import_slots, MEMBER),
    ),
    tables=SLOTS_TABLES,
    events=SLOTS_EVENTS,
    parameters=SLOTS_PARAMETERS,
    series=(POINT_NUMBERS, OPEN_POINTS, FILE_NUMBERS),
    due=((SLOT_DAY_DUE, slot_day_due), (SLOT_FILE_DUE, slot_file_due)),
    sweeps=((SLOT_DAY_SWEEP, slot_day_step),),
    decisions=SLOTS_DECISIONS,
    hooks=(
        FIRST_STATE.by(name_first_custodians),
        ROLE_HELD.by(is_custodian),
        MEMBER_EXPELLED.by(close_points_of),
        BINDING_TAKEN.by(takes_own_binding),
        READINGS_OPENED.by(open_own_booking),
        GRID_EXCHANGED.by(open_grid_part),
        READINGS_BOOKED.by(write_slots),
    ),
    invariants=SLOTS_INVARIANTS,
    postings=SLOTS_POSTINGS,
    limits=limits,
    weights=weights,
    codes=SLOTS_CODES,
)
