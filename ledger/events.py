"""Every change of the ledger as an event; a complete account statement can be built from these alone (rule R2).

Amounts in base units, energy in Wh, `cost` in base units of ENT (negative: a relief). The tag is part of the
protocol: 1 to 99 are the ledger's, 100 to 199 the market's.
"""

from __future__ import annotations

import re

from ledger.codec import Bytes20, Bytes32, Uint
from ledger.storage import StorageTerms
from ledger.types import Event

Address = Bytes20


class FeePaid(Event, frozen=True, tag=1):
    """`payer` paid `amount` of the fee asset to the proposer's `account`."""

    payer: Address
    account: Address
    amount: Uint


class Transferred(Event, frozen=True, tag=2):
    """`amount` of `asset` went from `sender` to `recipient`."""

    asset: Uint
    sender: Address
    recipient: Address
    amount: Uint


class EnergyStored(Event, frozen=True, tag=3):
    """`energy_wh` of `producer` are in `unit`: `minted` to the producer, `provider_share` to the unit's `owner`.

    `lost_wh` more were delivered, which the unit's efficiency takes.
    """

    unit: Address
    producer: Address
    owner: Address
    energy_wh: Uint
    minted: Uint
    provider_share: Uint
    cost: int
    lost_wh: Uint


class EnergyDrawn(Event, frozen=True, tag=4):
    """`consumer` drew `energy_wh` from its session at `unit`; `burned` of its locked ENT are gone.

    `lost_wh` of it the unit's books had lost before; `waiting`: the session had ended already.
    """

    unit: Address
    consumer: Address
    energy_wh: Uint
    burned: Uint
    cost: int
    number: Uint
    lost_wh: Uint
    waiting: bool


class ExcessDrawn(Event, frozen=True, tag=5):
    """`energy_wh` beyond a session (or without one): `burned` from the overdraft, `unpaid_wh` is a loss of all."""

    unit: Address
    consumer: Address
    energy_wh: Uint
    burned: Uint
    cost: int
    unpaid_wh: Uint
    without_session: bool


class BooksExceeded(Event, frozen=True, tag=6):
    """`unit` reported `energy_wh` more drawn than its books held."""

    unit: Address
    energy_wh: Uint


class ActualReported(Event, frozen=True, tag=7):
    """`unit` holds `actual_wh`; `lost_wh` or `gained_wh` against its books."""

    unit: Address
    actual_wh: Uint
    lost_wh: Uint
    gained_wh: Uint


class GainQuarantined(Event, frozen=True, tag=8):
    """`energy_wh` of unexplained gain at `unit` wait for a vote."""

    unit: Address
    energy_wh: Uint


class UnitSuspended(Event, frozen=True, tag=9):
    """`unit` lost `lost_wh` within the window, more than the limit, and is suspended until a vote."""

    unit: Address
    lost_wh: Uint


class UnitReinstated(Event, frozen=True, tag=10):
    """`unit` works again; `accepted_wh` of its quarantined gain were booked, `dropped_wh` not."""

    unit: Address
    accepted_wh: Uint
    dropped_wh: Uint


class UnitRegistered(Event, frozen=True, tag=11):
    """`unit` of `owner` was registered."""

    unit: Address
    owner: Address
    capacity_wh: Uint
    max_power_w: Uint
    terms: StorageTerms


class UnitRemoved(Event, frozen=True, tag=12):
    """`unit` was removed and `energy_wh` with it."""

    unit: Address
    energy_wh: Uint


class RateChanged(Event, frozen=True, tag=13):
    """The imbalance rate is now `rate` (base units of ENT per kWh) at a difference of `difference` base units."""

    rate: Uint
    difference: int


class SessionOpened(Event, frozen=True, tag=14):
    """`consumer` locked `locked` ENT for `energy_wh` at `unit`, and `reservation` for holding it ready."""

    unit: Address
    consumer: Address
    number: Uint
    locked: Uint
    energy_wh: Uint
    rate: Uint
    gap: int
    deadline_ms: Uint
    reservation: Uint = 0


class SessionClosed(Event, frozen=True, tag=15):
    """A session is over: `returned` ENT and `energy_wh` are free again. `reason`: see `SessionEnd`.

    `waiting`: it had ended before (`SessionEnded`) and waited.
    """

    unit: Address
    consumer: Address
    number: Uint
    returned: Uint
    energy_wh: Uint
    reason: int
    waiting: bool


class GridImported(Event, frozen=True, tag=16):
    """A meter at `unit` measured `energy_wh` that `account` took from the grid."""

    unit: Address
    account: Address
    energy_wh: Uint


class GridExported(Event, frozen=True, tag=17):
    """A meter at `unit` measured `energy_wh` of `account` that the unit could not take."""

    unit: Address
    account: Address
    energy_wh: Uint


class MeterBound(Event, frozen=True, tag=18):
    """`meter_key` now measures `kind` for `account` at `unit`, from `opening_wh` on."""

    meter_key: bytes
    unit: Address
    account: Address
    kind: Uint
    opening_wh: Uint


class MeterUnbound(Event, frozen=True, tag=19):
    """`meter_key` is no longer bound."""

    meter_key: bytes
    unit: Address
    account: Address
    kind: Uint


class ReadingsAccepted(Event, frozen=True, tag=20):
    """`count` readings of a meter up to `sequence` were applied: `energy_wh` in all (storage: the last level)."""

    meter_key: bytes
    account: Address
    sequence: Uint
    count: Uint
    energy_wh: Uint
    raw_register: Uint
    time_ms: Uint


class ReadingQuarantined(Event, frozen=True, tag=21):
    """A reading was not billed; the next good one continues from the last good one. `reason`: see `Quarantine`."""

    meter_key: bytes
    sequence: Uint
    raw_register: Uint
    time_ms: Uint
    reason: int


class JumpSettled(Event, frozen=True, tag=80):
    """Voters decided on a quarantined jump: `energy_wh` counted if `accepted`; it goes on at `raw_register`."""

    meter_key: bytes
    account: Address
    energy_wh: Uint
    accepted: bool
    raw_register: Uint


class MeterReleased(Event, frozen=True, tag=81):
    """Voters let a meter's key be bound elsewhere."""

    meter_key: bytes


class CurrencyMinted(Event, frozen=True, tag=22):
    """The banker issued `amount` eEuro to `recipient`."""

    banker: Address
    recipient: Address
    amount: Uint


class CurrencyBurned(Event, frozen=True, tag=23):
    """The banker destroyed `amount` of `holder`'s withdrawal lock."""

    banker: Address
    holder: Address
    amount: Uint


class WithdrawalLocked(Event, frozen=True, tag=24):
    """`holder` locked `amount` eEuro for withdrawal."""

    holder: Address
    amount: Uint


class WithdrawalUnlocked(Event, frozen=True, tag=25):
    """The banker gave `amount` back to `holder`."""

    banker: Address
    holder: Address
    amount: Uint


class VoteOpened(Event, frozen=True, tag=26):
    """`voter` opened vote `number` on `action` (its canonical bytes)."""

    number: Uint
    voter: Address
    action: bytes
    expires_ms: Uint


class VoteCast(Event, frozen=True, tag=27):
    """`voter` said yes to vote `number`, or withdrew its yes."""

    number: Uint
    voter: Address
    approve: bool


class VoteClosed(Event, frozen=True, tag=28):
    """Vote `number` ended. `outcome`: see `VoteOutcome`; `code` is why a passed action could not be carried out."""

    number: Uint
    action: bytes
    outcome: int
    code: str


class VoterChanged(Event, frozen=True, tag=29):
    """`address` is a voter now, or no longer."""

    address: Address
    added: bool


class BankerChanged(Event, frozen=True, tag=30):
    """`address` is the banker now."""

    address: Address


class ParameterChanged(Event, frozen=True, tag=31):
    """Parameter `name` is now `value`."""

    name: str
    value: Uint


class MemberChanged(Event, frozen=True, tag=32):
    """`address` was admitted, or expelled."""

    address: Address
    admitted: bool


class ValidatorAdded(Event, frozen=True, tag=33):
    """The key of `address` validates from the next height on."""

    address: Address
    key: Bytes32
    account: Address
    name: str


class ValidatorRemoved(Event, frozen=True, tag=34):
    """`address` validates no longer from the next height on."""

    address: Address


class ValidatorSeen(Event, frozen=True, tag=35):
    """The validator key showed at this height that it is running."""

    key: Bytes32


class ValidatorPunished(Event, frozen=True, tag=36):
    """`address` signed two votes of a kind in a round of a height; `removed`: it validates no longer."""

    address: Address
    kind: Uint
    height: Uint
    round: Uint
    removed: bool


class SessionEnded(Event, frozen=True, tag=37):
    """A session ended at `ended_ms`: `locked` ENT and `energy_wh` wait for its last reading, at most to `returns_ms`.

    `reason`: see `SessionEnd`.
    """

    unit: Address
    consumer: Address
    number: Uint
    locked: Uint
    energy_wh: Uint
    reason: int
    ended_ms: Uint
    returns_ms: Uint


class EnergyLost(Event, frozen=True, tag=38):
    """`lost_wh` that a waiting session may draw are in the unit's books no more; `freed_wh` of them were until now."""

    unit: Address
    consumer: Address
    number: Uint
    lost_wh: Uint
    freed_wh: Uint


class EnergyUncovered(Event, frozen=True, tag=39):
    """`energy_wh` that sessions at `unit` hold are free for its books to lose; a sweep ends these sessions."""

    unit: Address
    energy_wh: Uint


class LossesNoticed(Event, frozen=True, tag=70):
    """`unit` lost `lost_wh` beyond its terms within the window; past `limit_wh` it is suspended."""

    unit: Address
    lost_wh: Uint
    limit_wh: Uint


class UnitChanged(Event, frozen=True, tag=71):
    """`unit` has another capacity, maximum power or other terms now."""

    unit: Address
    capacity_wh: Uint
    max_power_w: Uint
    terms: StorageTerms


class ExpectedLoss(Event, frozen=True, tag=72):
    """`energy_wh` left the books of `unit` within its terms: nobody's fault, paid by the imbalance rate."""

    unit: Address
    energy_wh: Uint


class ReservationPaid(Event, frozen=True, tag=40):
    """Of what `consumer` had locked for holding energy ready, `paid` went to the unit's `owner`, `returned` is free."""

    unit: Address
    consumer: Address
    owner: Address
    number: Uint
    paid: Uint
    returned: Uint


class LossExplained(Event, frozen=True, tag=73):
    """`energy_wh` that `unit` seemed to have lost were measured elsewhere before its level: they are back."""

    unit: Address
    energy_wh: Uint


class GainExplained(Event, frozen=True, tag=74):
    """`energy_wh` that `unit` seemed to have gained were measured elsewhere before its level: booked once only."""

    unit: Address
    energy_wh: Uint


class Annulled(Event, frozen=True, tag=75):
    """`amount` ENT of `address`, which its own removed `unit` had minted, are gone."""

    address: Address
    unit: Address
    amount: Uint


LEDGER_EVENTS: tuple[type[Event], ...] = (
    FeePaid, Transferred, EnergyStored, EnergyDrawn, ExcessDrawn, BooksExceeded, ActualReported, GainQuarantined,
    UnitSuspended, UnitReinstated, UnitRegistered, UnitRemoved, RateChanged, SessionOpened, SessionClosed, GridImported,
    GridExported, MeterBound, MeterUnbound, ReadingsAccepted, ReadingQuarantined, JumpSettled,
    MeterReleased, CurrencyMinted, CurrencyBurned,
    WithdrawalLocked, WithdrawalUnlocked, VoteOpened, VoteCast, VoteClosed, VoterChanged, BankerChanged,
    ParameterChanged, MemberChanged, ValidatorAdded, ValidatorRemoved, ValidatorSeen,
    ValidatorPunished, LossesNoticed, UnitChanged, ExpectedLoss, LossExplained, GainExplained, Annulled,
    SessionEnded, EnergyLost, EnergyUncovered, ReservationPaid,
)  # fmt: skip


def kind_of(event: Event | type[Event]) -> str:
    """The event's kind as people and filters name it: its class name in snake_case."""
    kind = event if isinstance(event, type) else type(event)
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
