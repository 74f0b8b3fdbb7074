"""What lies at the bank for a currency, as the banker or a voted auditor says (rule BK6). It moves nothing."""

from __future__ import annotations

from ledger.bank.balances import ASSET_KEYS, supply
from ledger.bank.checks import is_banker, require_currency
from ledger.bank.events import ReservesAttested
from ledger.bank.payloads import AttestReserves
from ledger.bank.points import MAY_ATTEST_RESERVES
from ledger.bank.schema import RESERVES, ReserveAttestation
from ledger.bank.weights import RESERVE_ATTESTATION
from ledger.chain.context import Context
from ledger.errors import Refused


def do_attest_reserves(context: Context, payload: AttestReserves) -> None:
    """Keep an attester's latest word, beside what exists when it is taken in (BK6)."""
    context.charge(RESERVE_ATTESTATION)
    if not may_attest(context, context.sender):
        raise Refused("only the banker or an auditor may do this", code="not_a_reserve_attester")
    require_currency(context, payload.asset)
    if payload.time_ms > context.time_ms:
        raise Refused("the attestation is for a time that has not come", code="attested_ahead")
    key = ASSET_KEYS[payload.asset] + context.sender
    before = context.state.get(RESERVES, key)
    if before is not None and payload.time_ms <= before.time_ms:
        raise Refused("the attester has attested a later time already", code="attestation_not_newer")
    existing = supply(context.state, payload.asset)
    entry = ReserveAttestation(payload.amount, payload.time_ms, payload.document, context.time_ms, existing)
    context.state.put(RESERVES, key, entry)
    context.emit(
        ReservesAttested(context.sender, payload.asset, payload.amount, payload.time_ms, payload.document, existing)
    )


def may_attest(context: Context, address: bytes) -> bool:
    """The banker, and whoever a module names: auditors by vote (BK6)."""
    return is_banker(context, address) or any(may(context, address) for may in context.hooks.at(MAY_ATTEST_RESERVES))
