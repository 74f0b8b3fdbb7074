"""What happened in schemes. Energy in mWh; differences are to the run before, the first run's to nothing."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.codec import Bytes32, Uint
from ledger.encoding.quantities import (
    Address,
    AddressOrNone,
    Amount,
    AssetId,
    Count,
    FieldUnit,
    MilliWattHours,
    Number,
    Of,
    Quantity,
)
from ledger.sharing.rows_schema import RowsState

SignedAmount = Annotated[int, FieldUnit(Quantity.AMOUNT, Of.FIELD)]
SignedMilliWattHours = Annotated[int, FieldUnit(Quantity.ENERGY_MWH)]


class SchemeChanged(Event, frozen=True, tag=336):
    """`scheme` has the terms of `version` from `from_slot` on, by a vote or by `manager`; `points` take part."""

    scheme: Number
    version: Number
    from_slot: Number
    manager: AddressOrNone
    points: Count


class SlotSettled(Event, frozen=True, tag=337):
    """Run `run` of a slot, which is part of the run `day_run` of its local day: the roots of its inputs and rows, and
    their sums; `substituted` values were not there. `slot_rows`: where the rows come from that come with each slot.
    """

    scheme: Number
    slot: Number
    run: Number
    day: Number
    day_run: Number
    version: Number
    substituted: Count
    slot_rows: Annotated[Uint, RowsState]
    inputs_root: Bytes32
    rows_root: Bytes32
    asset: AssetId
    injected_mwh: MilliWattHours
    taken_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    paid: Amount
    fees: Amount


class ShareBooked(Event, frozen=True, tag=338):
    """What the run `run` over slots of a local day (days since 1970) changed for an account, in all these slots.

    There is one for each chunk of the scheme's points in which the account has some.

    `paid` went from it to the scheme's `pool` and `received` came from there at once; `owes` is what it could not pay,
    `is_owed` what others could not; where the scheme settles by period all four are 0.
    """

    account: Address
    pool: Address
    asset: AssetId
    scheme: Number
    day: Number
    run: Number
    bought_mwh: SignedMilliWattHours
    sold_mwh: SignedMilliWattHours
    cost: SignedAmount
    revenue: SignedAmount
    fee: SignedAmount
    paid: Amount
    received: Amount
    owes: Amount
    is_owed: Amount

    @property
    def due(self) -> int:
        """What the account pays for it; below 0: is paid."""
        return self.cost + self.fee - self.revenue

    @property
    def waits_for_bill(self) -> bool:
        """Whether nothing has moved or is owed for it: the scheme settles by period."""
        return bool(self.due) and not (self.paid or self.received or self.owes or self.is_owed)


class SourcesDiffer(Event, frozen=True, tag=339):
    """Our meter's and the operator's values of a slot differ by more than the scheme's bound."""

    account: Address
    scheme: Number
    point: Number
    slot: Number
    own_mwh: MilliWattHours
    operator_mwh: MilliWattHours


class DebtPaid(Event, frozen=True, tag=340):
    """An account paid of what it owed, to the scheme's `pool`."""

    account: Address
    pool: Address
    asset: AssetId
    scheme: Number
    amount: Amount


class ClaimPaid(Event, frozen=True, tag=341):
    """An account got of what it was owed, from the scheme's `pool`."""

    account: Address
    pool: Address
    asset: AssetId
    scheme: Number
    amount: Amount


SHARING_EVENTS: Final[tuple[type[Event], ...]] = (
    SchemeChanged, SlotSettled, ShareBooked, SourcesDiffer, DebtPaid, ClaimPaid,
)  # fmt: skip
