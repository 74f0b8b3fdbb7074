"""Meters on one page: what the module `metering` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import DEVICE_KEY
from ledger.metering import limits, weights
from ledger.metering.admission import METER
from ledger.metering.bindings import METERS_OF_UNIT, do_bind_meter, do_replace_meter, do_unbind_meter, is_meter_address
from ledger.metering.codes import METERING_CODES
from ledger.metering.decisions import METERING_DECISIONS
from ledger.metering.events import METERING_EVENTS
from ledger.metering.invariants import METERING_INVARIANTS
from ledger.metering.manual_reports import manual_report_due
from ledger.metering.parameters import METERING_PARAMETERS
from ledger.metering.payloads import BindMeter, MeteringTypeNumber, ReplaceMeter, SubmitReadings, UnbindMeter
from ledger.metering.physical_registers import register_due
from ledger.metering.postings import METERING_POSTINGS
from ledger.metering.readings import do_submit_readings
from ledger.metering.schema import MANUAL_REPORT_DUE, METER_REGISTER_DUE, METERING_TABLES

METERING: Final = Module(
    name="metering",
    places=Places(4),
    part_of="energy",
    types=(
        TransactionType(MeteringTypeNumber.BIND_METER, "bind_meter", BindMeter, do_bind_meter, MEMBER),
        TransactionType(MeteringTypeNumber.REPLACE_METER, "replace_meter", ReplaceMeter, do_replace_meter, MEMBER),
        TransactionType(MeteringTypeNumber.UNBIND_METER, "unbind_meter", UnbindMeter, do_unbind_meter, MEMBER),
        TransactionType(
            MeteringTypeNumber.SUBMIT_READINGS, "submit_readings", SubmitReadings, do_submit_readings, METER
        ),
    ),
    tables=METERING_TABLES,
    events=METERING_EVENTS,
    parameters=METERING_PARAMETERS,
    series=(METERS_OF_UNIT, b"manual_report", b"meter_register"),
    due=((MANUAL_REPORT_DUE, manual_report_due), (METER_REGISTER_DUE, register_due)),
    decisions=METERING_DECISIONS,
    hooks=(DEVICE_KEY.by(is_meter_address),),
    invariants=METERING_INVARIANTS,
    postings=METERING_POSTINGS,
    limits=limits,
    weights=weights,
    codes=METERING_CODES,
)
