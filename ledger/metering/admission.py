"""A meter's key sends readings and nothing else (rules X11, X15): without a fee, in order of sequence, now and then."""

from __future__ import annotations

from typing import Final

import msgspec

from ledger.chain.context import Context
from ledger.chain.envelope import Envelope, Transaction
from ledger.chain.sender import SenderRule
from ledger.errors import InclusionError
from ledger.metering.limits import MAX_SEQUENCE_STEP
from ledger.metering.parameters import READING_INTERVAL
from ledger.metering.schema import METERS, Meter


class MeterSender:
    """Bound meters, by the sequence of their readings; see `SenderRule`."""

    in_order = False
    is_guest = False

    def check_offer(self, context: Context, envelope: Envelope) -> None:
        """No fee: whoever runs the meter could burn its account's money (X8)."""
        del context
        if envelope.fee:
            raise InclusionError("a reading carries no fee", code="reading_with_fee")

    def check_right(self, context: Context, transaction: Transaction) -> None:
        """A bound meter (X11)."""
        if _bound_meter(context, transaction) is None:
            raise InclusionError("the meter is not bound", code="meter_not_bound")

    def nonce_distance(self, context: Context, transaction: Transaction) -> int:
        """The nonce is the sequence of the last reading: gaps are allowed, falling is not (X11)."""
        meter = _bound_meter(context, transaction)
        last = 0 if meter is None else meter.sequence
        first: int = transaction.payload.first_sequence(transaction.envelope.nonce)
        return min(first - last - 1, 0) or max(first - last - MAX_SEQUENCE_STEP, 0)

    def check_turn(self, context: Context, transaction: Transaction) -> None:
        """Not more often than `reading_interval` (X15)."""
        meter = _bound_meter(context, transaction)
        if meter is not None and context.time_ms < meter.sent_ms + context.parameter(READING_INTERVAL):
            raise InclusionError(
                "the meter's last readings were included just now; these wait", code="reading_too_early"
            )

    def check_content(self, context: Context, transaction: Transaction) -> None:
        """Any."""

    def use_nonce(self, context: Context, transaction: Transaction) -> None:
        """The meter's sequence and its time (X13)."""
        key = transaction.envelope.sender_key
        assert isinstance(key, bytes)
        meter = context.get(METERS, key)
        changed = msgspec.structs.replace(meter, sequence=transaction.envelope.nonce, sent_ms=context.time_ms)
        context.state.put(METERS, key, changed)

    def is_privileged(self, context: Context, transaction: Transaction, *, others_wait: bool) -> bool:
        """Of a meter one transaction: more do not come into blocks at a time (X15)."""
        del context, transaction
        return not others_wait


def _bound_meter(context: Context, transaction: Transaction) -> Meter | None:
    """The meter that a transaction's key is, if it is bound."""
    key = transaction.envelope.sender_key
    meter = context.state.get(METERS, key) if isinstance(key, bytes) else None
    return meter if meter is not None and meter.unit else None


METER: Final[SenderRule] = MeterSender()
