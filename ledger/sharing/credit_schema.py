"""Tables of schemes by the month (rules CR1 to CR9). Energy in mWh; months as `12 * year + month - 1`."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from ledger.chain.schema import SweepKind
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Amount, AssetId, Count, MilliWattHours, Number
from ledger.sharing.credit import Claims
from ledger.sharing.schema import RunSums, SignedAmount, SignedMilliWattHours
from ledger.state.table import Table


class CreditScheme(Value, frozen=True):
    """How far a scheme by the month is.

    `first_month`: it began with; `next_month`: the first one that is not settled. `cut_off_day`: the newest local day
    whose cut-off has come; `substituted_day`: the newest one of which what is missing has been substituted, and of the
    next one in `substituted_chunks` chunks. `waiting`: months that are settled next, rising. `kept_month`: the first
    one whose sums and rows are kept. `parts_mwh`, `shared_mwh`, `expired_mwh`: sums over the newest runs of all months,
    so that parts = shared + expired + claims that are open.
    """

    first_month: Number
    next_month: Number
    cut_off_day: Number
    substituted_day: Number
    substituted_chunks: Count
    waiting: tuple[Number, ...]
    kept_month: Number
    parts_mwh: SignedMilliWattHours
    shared_mwh: SignedMilliWattHours
    expired_mwh: SignedMilliWattHours


class MonthSum(Value, frozen=True):
    """A point's energy in a local month as far as values are there: what of it counts in the scheme.

    `there`: of how many slots; `substituted`: of these by a substitute; `end_slot`: the slot after the newest one.
    """

    energy_mwh: MilliWattHours
    there: Count
    substituted: Count
    end_slot: Number


class MonthTotals(Value, frozen=True):
    """Of a run: values that were `missing` (they count as 0) or `substituted`; delivered + carried claims = shared +
    claims that the run by itself leaves + expired - late. Claims are less what is owed; `late_mwh`: as of `MonthInput`.
    """

    missing: Count
    substituted: Count
    carried_mwh: SignedMilliWattHours
    delivered_mwh: MilliWattHours
    claims_mwh: SignedMilliWattHours
    expired_mwh: SignedMilliWattHours
    late_mwh: SignedMilliWattHours


class CreditMonth(Value, frozen=True):
    """A local month of a scheme: its newest run, with the roots of what went in and came out (0: none yet).

    `full`: of how many points that are open to its end all values are there. `expired_amount`: what is paid for what
    expired.
    """

    full: Count
    run: Number
    version: Number
    inputs_root: Bytes32
    rows_root: Bytes32
    sums: RunSums
    totals: MonthTotals
    expired_amount: Amount


class MonthInput(Value, frozen=True):
    """What a point brought into a run of a month, in which it was open for `open_slots`.

    `before`: its claims at the begin of the month. `stays`: it may take energy in later months (CR5). The first run
    changes the claims from `before`; a later one changes them as they stand, `now`, by the difference to what the run
    before it `left`, and `late_mwh` is what expired by such differences so far; `stays_now`: whether it may take energy
    after `last`, the newest month that is settled.
    """

    energy_mwh: MilliWattHours
    open_slots: Count
    missing: Count
    substituted: Count
    before: Claims
    stays: bool
    now: Claims
    left: Claims
    late_mwh: SignedMilliWattHours
    last: Number
    stays_now: bool


class MonthRow(Value, frozen=True):
    """A point's part of a month.

    Of a consumer: of `energy_mwh` that it took, `shared_mwh` came from the scheme, for `amount` and `fee`; `part_mwh`
    was its part of what was delivered, `carried_mwh` its claims before, `claimed_mwh` its new claim, `claims_mwh` all
    its claims after (both less what is owed), `expired_mwh` what expired, for `expired_amount`.
    Of a producer: of `energy_mwh` that it injected, `part_mwh` went to consumers; it is paid `amount` for the
    `shared_mwh` that consumers took, and `expired_amount` for `expired_mwh`, of what it or others delivered (CR6).
    """

    point: Number
    account: Address
    energy_mwh: MilliWattHours
    part_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    amount: Amount
    fee: Amount
    carried_mwh: SignedMilliWattHours
    claimed_mwh: MilliWattHours
    claims_mwh: SignedMilliWattHours
    expired_mwh: SignedMilliWattHours
    expired_amount: Amount


class MonthEntry(Value, frozen=True):
    """The newest run's row of a point with its input, and the claims that this run by itself left."""

    row: MonthRow
    input: MonthInput
    left: Claims
    late_mwh: SignedMilliWattHours


class CreditPhase(IntEnum):
    """What a run of a month is at."""

    GATHER = 1
    OFFER = 2
    TAKE = 3
    PRICE = 4
    BOOK = 5
    PAY = 6
    FINISH = 7
    DROP = 8
    """A value may still come, or nothing has changed: what stood between the pieces goes."""


class CreditRun(Value, frozen=True):
    """A run of a month that goes on, worked off over blocks.

    `last`: the newest settled month, once this one is. `place`: how far the phase is, in chunks. `posted_mwh`,
    `posted`: as of `DayRun`, without what expired, which is `posted_expired`.
    """

    month: Number
    run: Number
    from_slot: Number
    last: Number
    phase: Annotated[int, CreditPhase]
    place: Count
    changed: bool
    complete: bool
    sums: RunSums
    expired_amount: Amount
    posted_mwh: SignedMilliWattHours
    posted: SignedAmount
    posted_expired: SignedAmount


class CreditDue(Value, frozen=True):
    """What a run changed for an account that has to pay, and has not been asked to yet."""

    account: Address
    asset: AssetId
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


class CreditPart(Value, frozen=True):
    """A chunk's part in a run of a month: figures by place, packed (`packing.py`), 0 bytes where not yet.

    `counts`: slots in which the points are open, those that are missing, and those that are substituted, one after the
    other. `flags`: a byte each: 1 it stays after the month, 2 after the newest settled one. `expired`: what is paid
    for. `rows`: what producers are paid for and `shares`, amounts, fees, and energies and amounts of what expired, one
    after the other.
    """

    energies: bytes
    counts: bytes
    flags: bytes
    parts: bytes
    shares: bytes
    expired: bytes
    rows: bytes
    inputs_root: Bytes32
    rows_root: Bytes32
    totals: MonthTotals
    dues: tuple[CreditDue, ...]


class CreditSum(Value, frozen=True):
    """What an account was credited in a local month of a scheme, newest runs only, beside its `SchemeSum`.

    `claims_mwh`: by how much the month changed its claims. `expired_cost`, `expired_revenue`: for what expired.
    """

    asset: AssetId
    credited_mwh: MilliWattHours
    claims_mwh: SignedMilliWattHours
    expired_mwh: SignedMilliWattHours
    expired_cost: Amount
    expired_revenue: Amount


CREDIT_SCHEMES: Final = Table(208, "credit_schemes", "scheme", CreditScheme)
MONTH_SUMS: Final = Table(209, "month_sums", "scheme month point", MonthSum, group=16)
CREDIT_MONTHS: Final = Table(210, "credit_months", "scheme month", CreditMonth, group=8)
MONTH_ROWS: Final = Table(211, "month_rows", "scheme month point", MonthEntry, group=16)
OPEN_CLAIMS: Final = Table(212, "open_claims", "scheme point account", Claims, group=8)
"""A point's claims as they stand; the account is its owner's, which never changes."""
CREDIT_RUNS: Final = Table(213, "credit_runs", "scheme", CreditRun)
CREDIT_PARTS: Final = Table(214, "credit_parts", "scheme chunk", CreditPart)
CREDIT_SUMS: Final = Table(215, "credit_sums", "scheme month account", CreditSum)

CREDIT_SWEEP: Final = SweepKind(208, "credit")

CREDIT_TABLES: Final[tuple[Table[Any], ...]] = (
    CREDIT_SCHEMES, MONTH_SUMS, CREDIT_MONTHS, MONTH_ROWS, OPEN_CLAIMS, CREDIT_RUNS, CREDIT_PARTS, CREDIT_SUMS,
)  # fmt: skip
