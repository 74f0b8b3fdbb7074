"""Custodians, and the files of network operators that they import (rule M17)."""

from __future__ import annotations

from itertools import accumulate

from ledger.chain.context import Context
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.parameters import DAY_MS
from ledger.errors import Refused
from ledger.governance.members import check_no_meter
from ledger.slots.events import CustodianSet, FilePartImported
from ledger.slots.genesis import SLOTS_SECTION
from ledger.slots.limits import KEPT_FILE_DAYS, MAX_CUSTODIANS, MAX_SLOT_MWH
from ledger.slots.packing import SlotValue
from ledger.slots.payloads import ImportRow, ImportSlots, SetCustodian
from ledger.slots.schema import CUSTODIANS, SLOT_FILE_DUE, SLOT_FILES, Custodian, ImportedFile, SlotState, ValueSource
from ledger.slots.values import put_values
from ledger.slots.weights import IMPORT_ROW, SLOT_DAY, SLOTS_A_UNIT, SLOTS_HELD_A_UNIT

FILE_NUMBERS = b"slot_file"


def do_import_slots(context: Context, payload: ImportSlots) -> None:
    """A custodian imports a part of an operator's file, or nothing of it."""
    context.charge(IMPORT_ROW * len(payload.rows))
    if context.state.get(CUSTODIANS, context.sender) is None:
        raise Refused("the sender is no custodian; voters name them", code="not_a_custodian")
    if payload.issued_ms > context.time_ms + context.genesis.drift_ms:
        raise Refused("the file was issued in the future", code="time_in_future")
    _note_part(context, payload)
    slots = changed = 0
    for row in payload.rows:
        values = _values(payload, row)
        slots += len(values)
        changed += put_values(context, row.point, ValueSource.OPERATOR, row.first_slot, values)
    context.emit(FilePartImported(payload.file, context.sender, payload.part, len(payload.rows), slots, changed))


def _note_part(context: Context, payload: ImportSlots) -> None:
    known = context.state.get(SLOT_FILES, payload.file)
    parts = 0
    if known is not None:
        parts = known.parts
        if known.custodian != context.sender or payload.part < parts:
            raise Refused("this part of this file was imported already", code="file_repeated")
        if known.issued_ms != payload.issued_ms:
            raise Refused("the parts before say that the file was issued at another time", code="file_differs")
        cancel_expiry(context, known.due_ms, SLOT_FILE_DUE, known.number)
    if payload.part != parts:
        raise Refused(f"the next part of this file is {parts}", code="file_part")
    number = context.next_number(FILE_NUMBERS) if known is None else known.number
    due_ms = context.time_ms + KEPT_FILE_DAYS * DAY_MS
    schedule(context, due_ms, SLOT_FILE_DUE, number, payload.file)
    entry = ImportedFile(context.sender, payload.issued_ms, parts + 1, number, due_ms)
    context.state.put(SLOT_FILES, payload.file, entry)


def _values(payload: ImportSlots, row: ImportRow) -> list[SlotValue]:
    energies = list(accumulate(row.steps, initial=row.first_mwh))
    if min(energies) < 0 or max(energies) > MAX_SLOT_MWH:
        raise Refused(f"a slot has 0 to {MAX_SLOT_MWH} mWh", code="energy_out_of_range")
    return [
        SlotValue(
            energy_mwh, SlotState.IMPORTED, quality=row.quality, file=payload.file, issued_ms=payload.issued_ms
        )
        for energy_mwh in energies
    ]  # fmt: skip


def most_weight(row: ImportRow, slots_per_day: int) -> int:
    """The most that a row weighs, so that who sends a file divides it into parts that fit (W2)."""
    slots = 1 + len(row.steps)
    days = 2 + slots // slots_per_day
    return IMPORT_ROW + days * (SLOT_DAY + slots_per_day // SLOTS_HELD_A_UNIT) + slots // SLOTS_A_UNIT


def slot_file_due(context: Context, subject: bytes) -> None:
    """Nothing that a file could bring is kept any more."""
    context.state.delete(SLOT_FILES, subject)


def check_custodian(context: Context, action: SetCustodian) -> None:
    """Refuse to name a custodian again, or one too many, or to strike out what is none."""
    check_no_meter(context, action.address)
    is_one = context.state.get(CUSTODIANS, action.address) is not None
    if is_one == action.on:
        raise Refused("the account is " + ("one already" if is_one else "no custodian"), code="unchanged")
    if action.on and len(context.state.keys(CUSTODIANS, b"")) >= MAX_CUSTODIANS:
        raise Refused(f"at most {MAX_CUSTODIANS} custodians", code="too_many_custodians")


def set_custodian(context: Context, action: SetCustodian) -> None:
    """Carry out a vote on a custodian."""
    check_custodian(context, action)
    if action.on:
        context.state.put(CUSTODIANS, action.address, Custodian(context.time_ms))
    else:
        context.state.delete(CUSTODIANS, action.address)
    context.emit(CustodianSet(action.address, action.on))


def is_custodian(context: Context, address: bytes) -> bool:
    """Whether the account may import files: a role that makes it a member."""
    return context.state.get(CUSTODIANS, address) is not None


def name_first_custodians(context: Context) -> None:
    """The genesis' custodians."""
    for address in SLOTS_SECTION.of(context.genesis).custodians:
        context.state.put(CUSTODIANS, address, Custodian(context.time_ms))
