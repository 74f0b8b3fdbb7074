"""The ledger's own module: every transaction type of the energy ledger on one page."""

from __future__ import annotations

from typing import Final

from ledger.events import LEDGER_EVENTS
from ledger.invariants import LEDGER_INVARIANTS
from ledger.params import LEDGER_PARAMETERS
from ledger.registry import Module, TransactionType
from ledger.rules.bank import (
    WITHDRAWAL_LOCK,
    do_burn_currency,
    do_lock_withdrawal,
    do_mint_currency,
    do_transfer,
    do_unlock_currency,
)
from ledger.rules.energy import do_energy_actual, do_energy_batch, do_energy_consumed, do_energy_produced
from ledger.rules.evidence import do_evidence
from ledger.rules.expiries import ExpiryKind
from ledger.rules.levels import level_due
from ledger.rules.manual_reports import manual_report_due
from ledger.rules.metering import do_bind_meter, do_replace_meter, do_unbind_meter
from ledger.rules.readings import do_submit_readings
from ledger.rules.removal import removal_step
from ledger.rules.session_commands import do_close_session, do_open_session, do_release_session
from ledger.rules.sessions import OPEN_SESSIONS, RESERVATION_LOCK, SESSION_LOCK, WAITING_LOCK, session_due
from ledger.rules.sweeps import SweepKind
from ledger.rules.units import shortfall_step, standing_due
from ledger.rules.validators import do_validator_alive, forget_candidate
from ledger.rules.voting import OPEN_VOTES, do_cast_vote, judging_step, vote_due
from ledger.schema import LEDGER_TABLES
from ledger.transactions.actions import CastVote
from ledger.transactions.evidence import Evidence
from ledger.transactions.metering import BindMeter, ReplaceMeter, SubmitReadings, UnbindMeter
from ledger.transactions.numbers import TypeNumber
from ledger.transactions.payloads import (
    BurnCurrency,
    CloseSession,
    EnergyActual,
    EnergyBatch,
    EnergyConsumed,
    EnergyProduced,
    LockWithdrawal,
    MintCurrency,
    OpenSession,
    ReleaseSession,
    Transfer,
    UnlockCurrency,
    ValidatorAlive,
)

LEDGER: Final = Module(
    name="ledger",
    types=(
        TransactionType(TypeNumber.TRANSFER, "transfer", Transfer, do_transfer, for_leavers=True),
        TransactionType(
            TypeNumber.LOCK_WITHDRAWAL, "lock_withdrawal", LockWithdrawal, do_lock_withdrawal, for_leavers=True
        ),
        TransactionType(TypeNumber.OPEN_SESSION, "open_session", OpenSession, do_open_session),
        TransactionType(TypeNumber.CLOSE_SESSION, "close_session", CloseSession, do_close_session, for_leavers=True),
        TransactionType(TypeNumber.RELEASE_SESSION, "release_session", ReleaseSession, do_release_session),
        TransactionType(TypeNumber.ENERGY_PRODUCED, "energy_produced", EnergyProduced, do_energy_produced),
        TransactionType(TypeNumber.ENERGY_CONSUMED, "energy_consumed", EnergyConsumed, do_energy_consumed),
        TransactionType(TypeNumber.ENERGY_ACTUAL, "energy_actual", EnergyActual, do_energy_actual),
        TransactionType(TypeNumber.ENERGY_BATCH, "energy_batch", EnergyBatch, do_energy_batch),
        TransactionType(TypeNumber.BIND_METER, "bind_meter", BindMeter, do_bind_meter),
        TransactionType(TypeNumber.REPLACE_METER, "replace_meter", ReplaceMeter, do_replace_meter),
        TransactionType(TypeNumber.UNBIND_METER, "unbind_meter", UnbindMeter, do_unbind_meter),
        TransactionType(TypeNumber.SUBMIT_READINGS, "submit_readings", SubmitReadings, do_submit_readings),
        TransactionType(TypeNumber.MINT_CURRENCY, "mint_currency", MintCurrency, do_mint_currency),
        TransactionType(TypeNumber.BURN_CURRENCY, "burn_currency", BurnCurrency, do_burn_currency),
        TransactionType(TypeNumber.UNLOCK_CURRENCY, "unlock_currency", UnlockCurrency, do_unlock_currency),
        TransactionType(TypeNumber.CAST_VOTE, "cast_vote", CastVote, do_cast_vote),
        TransactionType(TypeNumber.VALIDATOR_ALIVE, "validator_alive", ValidatorAlive, do_validator_alive),
        TransactionType(TypeNumber.EVIDENCE, "evidence", Evidence, do_evidence),
    ),
    tables=LEDGER_TABLES,
    events=LEDGER_EVENTS,
    parameters=LEDGER_PARAMETERS,
    purposes=(SESSION_LOCK, WAITING_LOCK, RESERVATION_LOCK, WITHDRAWAL_LOCK),
    counters=(OPEN_SESSIONS, OPEN_VOTES),
    expiries=(
        (ExpiryKind.SESSION, session_due),
        (ExpiryKind.VOTE, vote_due),
        (ExpiryKind.STANDING_LOSS, standing_due),
        (ExpiryKind.LEVEL, level_due),
        (ExpiryKind.MANUAL_REPORT, manual_report_due),
    ),
    sweeps=((SweepKind.SHORTFALL, shortfall_step), (SweepKind.REMOVAL, removal_step), (SweepKind.VOTES, judging_step)),
    expelled=(forget_candidate,),
    invariants=LEDGER_INVARIANTS,
)
