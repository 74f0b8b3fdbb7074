"""Storage units, the imbalance and sessions on one page: what the module `energy` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.delegation import uses_nothing
from ledger.chain.numbers import Places
from ledger.chain.points import FIRST_STATE, PARAMETER_CHANGED
from ledger.chain.registry import Module, TransactionType
from ledger.energy import limits, weights
from ledger.energy.codes import ENERGY_CODES
from ledger.energy.deadlines import session_due
from ledger.energy.decisions import ENERGY_DECISIONS
from ledger.energy.events import ENERGY_EVENTS
from ledger.energy.genesis import ENERGY_SECTION
from ledger.energy.households import is_household
from ledger.energy.imbalance import follow_parameter
from ledger.energy.intervals import open_booking
from ledger.energy.invariants import ENERGY_INVARIANTS
from ledger.energy.levels import level_due, settle_after_readings
from ledger.energy.parameters import ENERGY_PARAMETERS
from ledger.energy.payloads import (
    CloseSession,
    EnergyActual,
    EnergyBatch,
    EnergyConsumed,
    EnergyProduced,
    EnergyTypeNumber,
    OpenSession,
    ReleaseSession,
)
from ledger.energy.postings import ENERGY_POSTINGS, energy_holdings
from ledger.energy.presumed import settle_presumed_of
from ledger.energy.priority import PRIORITY_COUNT, end_priority
from ledger.energy.removal import removal_step
from ledger.energy.reports import do_energy_actual, do_energy_batch, do_energy_consumed, do_energy_produced
from ledger.energy.schema import (
    ENERGY_TABLES,
    LEVEL_DUE,
    REMOVAL_SWEEP,
    SESSION_DUE,
    SHORTFALL_SWEEP,
    STANDING_LOSS_DUE,
)
from ledger.energy.session_commands import do_close_session, do_open_session, do_release_session, session_uses
from ledger.energy.sessions import (
    OPEN_SESSIONS,
    RESERVATION_LOCK,
    SESSION_LOCK,
    WAITING_LOCK,
    check_not_sweeping,
    end_sessions_of,
    end_with_binding,
    settle_decided,
)
from ledger.energy.units import (
    UNIT_COUNT,
    is_unit_or_owner,
    register_first_units,
    shortfall_step,
    standing_due,
    takes_binding,
)
from ledger.governance.admission import MEMBER
from ledger.governance.points import ACCOUNT_KNOWN, MEMBER_EXPELLED, ROLE_HELD
from ledger.metering.points import BINDING_ENDED, BINDING_TAKEN, READINGS_BOOKED, READINGS_CHECK, READINGS_OPENED

ENERGY: Final = Module(
    name="energy",
    places=Places(6, 3),
    section=ENERGY_SECTION,
    types=(
        TransactionType(
            EnergyTypeNumber.OPEN_SESSION, "open_session", OpenSession, do_open_session, MEMBER, uses=session_uses
        ),
        TransactionType(
            EnergyTypeNumber.CLOSE_SESSION,
            "close_session",
            CloseSession,
            do_close_session,
            MEMBER,
            for_leavers=True,
            uses=uses_nothing,
        ),
        TransactionType(
            EnergyTypeNumber.RELEASE_SESSION, "release_session", ReleaseSession, do_release_session, MEMBER
        ),
        TransactionType(
            EnergyTypeNumber.ENERGY_PRODUCED, "energy_produced", EnergyProduced, do_energy_produced, MEMBER
        ),
        TransactionType(
            EnergyTypeNumber.ENERGY_CONSUMED, "energy_consumed", EnergyConsumed, do_energy_consumed, MEMBER
        ),
        TransactionType(EnergyTypeNumber.ENERGY_ACTUAL, "energy_actual", EnergyActual, do_energy_actual, MEMBER),
        TransactionType(EnergyTypeNumber.ENERGY_BATCH, "energy_batch", EnergyBatch, do_energy_batch, MEMBER),
    ),
    tables=ENERGY_TABLES,
    events=ENERGY_EVENTS,
    parameters=ENERGY_PARAMETERS,
    purposes=(SESSION_LOCK, WAITING_LOCK, RESERVATION_LOCK),
    counters=(OPEN_SESSIONS,),
    series=(UNIT_COUNT, PRIORITY_COUNT, b"unit", b"session", b"level"),
    due=(
        (SESSION_DUE, session_due),
        (STANDING_LOSS_DUE, standing_due),
        (LEVEL_DUE, level_due),
    ),
    sweeps=((SHORTFALL_SWEEP, shortfall_step), (REMOVAL_SWEEP, removal_step)),
    decisions=ENERGY_DECISIONS,
    hooks=(
        FIRST_STATE.by(register_first_units),
        PARAMETER_CHANGED.by(follow_parameter),
        ROLE_HELD.by(is_unit_or_owner),
        ACCOUNT_KNOWN.by(is_household),
        MEMBER_EXPELLED.by(end_sessions_of),
        MEMBER_EXPELLED.by(end_priority),
        BINDING_TAKEN.by(takes_binding),
        BINDING_ENDED.by(end_with_binding),
        READINGS_CHECK.by(check_not_sweeping),
        READINGS_OPENED.by(open_booking),
        READINGS_BOOKED.by(settle_after_readings),
        READINGS_BOOKED.by(settle_decided),
        READINGS_BOOKED.by(settle_presumed_of),
    ),
    invariants=ENERGY_INVARIANTS,
    postings=ENERGY_POSTINGS,
    holdings=(energy_holdings,),
    limits=limits,
    weights=weights,
    codes=ENERGY_CODES,
)
