"""What happened in schemes by the month. Energy in mWh; differences are to the run before."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.codec import Bytes32
from ledger.encoding.quantities import Address, Amount, AssetId, Count, MilliWattHours, Number
from ledger.sharing.events import SignedAmount, SignedMilliWattHours


class MonthSettled(Event, frozen=True, tag=624):
    """Run `run` of a local month (`12 * year + month - 1`): the roots of its inputs and rows, and their sums.

    Delivered + claims carried in = shared + claims left + expired - late; a later run's `claims_mwh` are those that it
    would have left by itself, `late_mwh` what of its differences expired at once. `missing` values were not there at
    the cut-off and count as 0, `substituted` ones stood in.
    """

    scheme: Number
    month: Number
    run: Number
    version: Number
    missing: Count
    substituted: Count
    inputs_root: Bytes32
    rows_root: Bytes32
    asset: AssetId
    injected_mwh: MilliWattHours
    taken_mwh: MilliWattHours
    carried_mwh: SignedMilliWattHours
    delivered_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    claims_mwh: SignedMilliWattHours
    expired_mwh: SignedMilliWattHours
    late_mwh: SignedMilliWattHours
    paid: Amount
    fees: Amount
    expired_amount: Amount


class CreditBooked(Event, frozen=True, tag=625):
    """What the run `run` of a local month changed for an account: one for each chunk in which it has points.

    `carried_mwh`: its claims at the begin of the month, less what it owed; `credited_mwh`: its parts of what was
    delivered; `claims_mwh`: by how much its claims rose or fell; `expired_mwh`: claims that expired. `expired_cost` it
    pays for these at feed-in, `expired_revenue` it receives (CR6). `paid` and what follows: as of `ShareBooked`.
    """

    account: Address
    pool: Address
    asset: AssetId
    scheme: Number
    month: Number
    run: Number
    bought_mwh: SignedMilliWattHours
    sold_mwh: SignedMilliWattHours
    cost: SignedAmount
    revenue: SignedAmount
    fee: SignedAmount
    carried_mwh: SignedMilliWattHours
    credited_mwh: SignedMilliWattHours
    claims_mwh: SignedMilliWattHours
    expired_mwh: SignedMilliWattHours
    expired_cost: SignedAmount
    expired_revenue: SignedAmount
    paid: Amount
    received: Amount
    owes: Amount
    is_owed: Amount

    @property
    def due(self) -> int:
        """What the account pays for it; below 0: is paid."""
        return self.cost + self.fee + self.expired_cost - self.revenue - self.expired_revenue

    @property
    def waits_for_bill(self) -> bool:
        """Whether nothing has moved or is owed for it: the scheme settles by period."""
        return bool(self.due) and not (self.paid or self.received or self.owes or self.is_owed)


CREDIT_EVENTS: Final[tuple[type[Event], ...]] = (MonthSettled, CreditBooked)
