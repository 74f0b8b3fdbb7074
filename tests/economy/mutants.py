"""The mends of the attacks switched off one by one: the driver must find each. `python -m tests.economy.mutants`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

import ledger.chain.inclusion
import ledger.metering.bindings
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance, credit, debit
from ledger.bank.genesis import BANK_SECTION
from ledger.chain.context import Context
from ledger.chain.envelope import Envelope, Transaction
from ledger.energy.schema import UNITS, SessionEnd
from ledger.energy.sessions import Grant
from ledger.errors import InclusionError, Refused
from ledger.keys.crypto import verify
from ledger.metering.payloads import BindMeter, Closing, MeterTerms, SubmitReadings
from ledger.metering.schema import METERS, Meter
from tests.economy.outcome import judge

Patches = list[tuple[str, Any]]


def l1_opening_by_the_unit() -> Patches:
    """The unit says what a meter showed when it was bound."""

    def consent(context: Context, payload: BindMeter, closing: tuple[Closing, ...]) -> None:
        del context, payload, closing

    return [
        ("ledger.metering.bindings._check_consent", consent),
        ("ledger.metering.bindings._check_not_fallen", _nothing),
    ]


def l1_jump_lifted_by_time() -> Patches:
    """A register that jumped counts once its power had time for it."""

    def base(meter: Meter, register: int) -> tuple[int, int]:
        del register
        return meter.register, meter.time_ms

    return [("ledger.metering.registers._base", base)]


def l2_lock_ends_with_the_session() -> Patches:
    """A session that ends gives its lock back at once."""

    def returns_at(context: Context, grant: Grant, reason: SessionEnd, ended_ms: int) -> int:
        del context, grant, reason
        return ended_ms

    return [("ledger.energy.sessions._returns_at", returns_at)]


def l3_readings_with_fees() -> Patches:
    """A reading may carry a fee, which its household pays."""
    return _household_pays(lambda _context, envelope: envelope.fee)


def l6_gains_clear_losses() -> Patches:
    """What was gained back counts no longer towards the limit."""

    def recent(context: Context, address: bytes) -> int:
        return context.get(UNITS, address).shortfall_wh

    return [("ledger.energy.losses.recent_losses", recent)]


def l7_readings_need_the_minimum_fee() -> Patches:
    """A reading costs its household the minimum fee, or is in no block."""
    return _household_pays(lambda context, _envelope: BANK_SECTION.of(context.genesis).minimum_fee)


def l11_old_openings() -> Patches:
    """The opening register may have been read at any time."""
    return [("ledger.metering.bindings._check_opening", _nothing)]


def l11_closing_by_the_unit() -> Patches:
    """The unit alone says what the old meter showed at its end."""

    def consent(context: Context, payload: BindMeter, closing: tuple[Closing, ...]) -> None:
        del closing
        if not verify(payload.terms.meter_key, payload.terms.message(context.genesis_hash), payload.meter_signature):
            raise Refused("the meter's key did not sign these terms", code="bad_consent")

    return [("ledger.metering.bindings._check_consent", consent)]


def l11_bound_again_lower() -> Patches:
    """A meter that was unbound may be bound anew with the terms of then."""

    check = ledger.metering.bindings._check_opening

    def unknown(context: Context, terms: MeterTerms, known: Meter | None, *, fresh: bool) -> None:
        del known
        check(context, terms, None, fresh=fresh)

    return [
        ("ledger.metering.bindings._check_opening", unknown), ("ledger.metering.bindings._check_not_fallen", _nothing),
        ("ledger.metering.bindings.note_unbound", _nothing),
    ]  # fmt: skip


def l11_reports_beside_an_unbound_meter() -> Patches:
    """A session stays open when its meter is unbound, and the unit reports what it likes."""
    return [("ledger.energy.sessions._release_open", _nothing)]


def l11_opening_before_the_old_meters_reading() -> Patches:
    """A new meter's opening may lie before what the old one has counted already."""
    return [("ledger.metering.bindings.note_unbound", _nothing)]


def l14_late_readings_pay_nothing_more() -> Patches:
    """A late reading pays what minting costs when it comes."""

    def late(*_: object) -> None:
        return None

    return [("ledger.energy.production.late_minting_cost", late)]


def l14_literal_rate() -> Patches:
    """The rate is set anew by every operation that widens the gap."""

    class Never:
        MONOTONE = -1

    return [("ledger.energy.imbalance.RateRule", Never)]


def l14_free_reservation() -> Patches:
    """Holding energy ready costs nothing, whatever the parameter says."""

    def free(*_: object) -> int:
        return 0

    return [("ledger.energy.session_commands.reservation_for", free)]


def i9_silent_draws_are_a_gap() -> Patches:
    """What a level finds missing is a gap at once, whoever has tokens locked for it."""
    return [("ledger.energy.levels.presume_drawn", _nothing)]


def _nothing(*_: object, **__: object) -> None:
    return None


def _household_pays(fee_of: Callable[[Context, Envelope], int]) -> Patches:
    check, sender, take = (
        ledger.chain.inclusion.check_envelope,
        ledger.chain.inclusion.check_sender,
        ledger.chain.inclusion.take_fee_and_nonce,
    )

    def payer(context: Context, transaction: Transaction) -> bytes:
        key = transaction.envelope.sender_key
        assert isinstance(key, bytes)
        meter = context.state.get(METERS, key)
        return b"" if meter is None else meter.account

    def check_envelope(context: Context, envelope: Envelope) -> None:
        try:
            check(context, envelope)
        except InclusionError as error:
            if error.code != "reading_with_fee":
                raise

    def unfeed(transaction: Transaction) -> Transaction:
        bare = object.__new__(Transaction)
        for name in Transaction.__slots__:
            setattr(bare, name, getattr(transaction, name))
        old = transaction.envelope
        bare.envelope = Envelope(
            old.version, old.chain_id, old.type, old.sender_key, old.nonce, old.valid_until_height, 0, old.payload
        )
        return bare

    def check_sender(context: Context, transaction: Transaction) -> None:
        if not isinstance(transaction.payload, SubmitReadings):
            sender(context, transaction)
            return
        sender(context, unfeed(transaction))
        if balance(context.state, payer(context, transaction), CURRENCY_ASSET).available < fee_of(
            context, transaction.envelope
        ):
            raise InclusionError("the fee cannot be paid from the available balance", code="cannot_pay_fee")

    def take_fee(context: Context, transaction: Transaction) -> None:
        if not isinstance(transaction.payload, SubmitReadings):
            take(context, transaction)
            return
        fee, account = fee_of(context, transaction.envelope), payer(context, transaction)
        take(context, unfeed(transaction))
        if fee:
            debit(context.state, account, CURRENCY_ASSET, fee)
            credit(context.state, context.fee_account, CURRENCY_ASSET, fee)

    return [
        ("ledger.chain.execution.check_envelope", check_envelope),
        ("ledger.chain.execution.check_sender", check_sender),
        ("ledger.chain.execution.take_fee_and_nonce", take_fee),
    ]  # fmt: skip


Mutant = Callable[[], Patches]
MUTANTS: Final[tuple[tuple[Mutant, str, int], ...]] = (
    (l1_opening_by_the_unit, "worth", 29),
    (l1_jump_lifted_by_time, "unit", 12),
    (l2_lock_ends_with_the_session, "unit", 2),
    (l3_readings_with_fees, "worth", 1),
    (l6_gains_clear_losses, "rogue", 96),
    (l7_readings_need_the_minimum_fee, "unit", 7),
    (l11_old_openings, "unit", 5),
    (l11_closing_by_the_unit, "worth", 29),
    (l11_bound_again_lower, "worth", 61),
    (l11_reports_beside_an_unbound_meter, "worth", 15),
    (l11_opening_before_the_old_meters_reading, "worth", 61),
    (l14_late_readings_pay_nothing_more, "late", 1),
    (l14_literal_rate, "rate", 10),
    (l14_free_reservation, "reservation", 2),
    (i9_silent_draws_are_a_gap, "silent", 13),
)
"""Each mend reverted, the bound that must notice, and the first seed where it does: where to look first."""


@contextmanager
def switched_off(mutant: Mutant) -> Iterator[None]:
    """One mend reverted, for this process."""
    patches = [patch(target, new) for target, new in mutant()]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()


def first_found(mutant: Mutant, bound: str, seeds: Iterable[int]) -> tuple[int, str] | None:
    """The first of the seeds where a bound notices a mutant, and what it says; None if none does."""
    with switched_off(mutant):
        for seed in seeds:
            for found in judge(seed).violations:
                if found.startswith(bound):
                    return seed, found
    return None


def main() -> int:
    """Print each mutant with the first of the seeds 1-400 that finds it; 1 if one is not found."""
    missed = 0
    for mutant, bound, _seed in MUTANTS:
        found = first_found(mutant, bound, range(1, 401))
        missed += found is None
        print(f"{mutant.__name__}: " + ("not found in 1-400" if found is None else f"seed {found[0]}: {found[1]}"))
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
