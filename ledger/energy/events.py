"""Energy stored, drawn, lost and gained; units and sessions.

Energy in Wh, `cost` in base units of ENT (negative: a relief).
"""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.quantities import Address, EnergyAmount, Number, Rate, SignedEnergyAmount, TimeMs, WattHours, Watts
from ledger.energy.schema import Gap, SessionEnd
from ledger.energy.storage_terms import StorageTerms


class EnergyStored(Event, frozen=True, tag=144):
    """`energy_wh` of `producer` are in `unit`: `minted` to the producer, `provider_share` to the unit's `owner`.

    `lost_wh` more were delivered, which the unit's efficiency takes.
    """

    unit: Address
    producer: Address
    owner: Address
    energy_wh: WattHours
    minted: EnergyAmount
    provider_share: EnergyAmount
    cost: SignedEnergyAmount
    lost_wh: WattHours


class EnergyDrawn(Event, frozen=True, tag=145):
    """`consumer` drew `energy_wh` from its session at `unit`; `burned` of its locked ENT are gone.

    `lost_wh` of it the unit's books had lost before; `waiting`: the session had ended already.
    """

    unit: Address
    consumer: Address
    energy_wh: WattHours
    burned: EnergyAmount
    cost: SignedEnergyAmount
    number: Number
    lost_wh: WattHours
    waiting: bool


class ExcessDrawn(Event, frozen=True, tag=146):
    """`energy_wh` beyond a session (or without one): `burned` from the overdraft, `unpaid_wh` is a loss of all."""

    unit: Address
    consumer: Address
    energy_wh: WattHours
    burned: EnergyAmount
    cost: SignedEnergyAmount
    unpaid_wh: WattHours
    without_session: bool


class BooksExceeded(Event, frozen=True, tag=147):
    """`unit` reported `energy_wh` more drawn than its books held."""

    unit: Address
    energy_wh: WattHours


class ActualReported(Event, frozen=True, tag=148):
    """`unit` holds `actual_wh`; `lost_wh` or `gained_wh` against its books."""

    unit: Address
    actual_wh: WattHours
    lost_wh: WattHours
    gained_wh: WattHours


class GainQuarantined(Event, frozen=True, tag=149):
    """`energy_wh` of unexplained gain at `unit` wait for a vote."""

    unit: Address
    energy_wh: WattHours


class UnitSuspended(Event, frozen=True, tag=150):
    """`unit` lost `lost_wh` within the window, more than the limit, and is suspended until a vote."""

    unit: Address
    lost_wh: WattHours


class UnitReinstated(Event, frozen=True, tag=151):
    """`unit` works again; `accepted_wh` of its quarantined gain were booked, `dropped_wh` not."""

    unit: Address
    accepted_wh: WattHours
    dropped_wh: WattHours


class UnitRegistered(Event, frozen=True, tag=152):
    """`unit` of `owner` was registered."""

    unit: Address
    owner: Address
    capacity_wh: WattHours
    max_power_w: Watts
    terms: StorageTerms


class UnitRemoved(Event, frozen=True, tag=153):
    """`unit` was removed and `energy_wh` with it."""

    unit: Address
    energy_wh: WattHours


class RateChanged(Event, frozen=True, tag=154):
    """The imbalance rate is now `rate` (base units of ENT per kWh) at a difference of `difference` base units, or the
    difference has another sign at the same rate (I2).
    """

    rate: Rate
    difference: SignedEnergyAmount


class SessionOpened(Event, frozen=True, tag=155):
    """`consumer` locked `locked` ENT for `energy_wh` at `unit`, and `reservation` for holding it ready."""

    unit: Address
    consumer: Address
    number: Number
    locked: EnergyAmount
    energy_wh: WattHours
    rate: Rate
    gap: Annotated[int, Gap]
    deadline_ms: TimeMs
    reservation: EnergyAmount = 0


class SessionClosed(Event, frozen=True, tag=156):
    """A session is over: `returned` ENT and `energy_wh` are free again. `reason`: see `SessionEnd`.

    `waiting`: it had ended before (`SessionEnded`) and waited.
    """

    unit: Address
    consumer: Address
    number: Number
    returned: EnergyAmount
    energy_wh: WattHours
    reason: Annotated[int, SessionEnd]
    waiting: bool


class GridImported(Event, frozen=True, tag=157):
    """A meter at `unit` measured `energy_wh` that `account` took from the grid."""

    unit: Address
    account: Address
    energy_wh: WattHours


class GridExported(Event, frozen=True, tag=158):
    """A meter at `unit` measured `energy_wh` of `account` that the unit could not take."""

    unit: Address
    account: Address
    energy_wh: WattHours


class SessionEnded(Event, frozen=True, tag=159):
    """A session ended at `ended_ms`: `locked` ENT and `energy_wh` wait for its last reading, at most to `returns_ms`.

    `reason`: see `SessionEnd`.
    """

    unit: Address
    consumer: Address
    number: Number
    locked: EnergyAmount
    energy_wh: WattHours
    reason: Annotated[int, SessionEnd]
    ended_ms: TimeMs
    returns_ms: TimeMs


class EnergyLost(Event, frozen=True, tag=160):
    """`lost_wh` that a waiting session may draw are in the unit's books no more; `freed_wh` of them were until now."""

    unit: Address
    consumer: Address
    number: Number
    lost_wh: WattHours
    freed_wh: WattHours


class EnergyUncovered(Event, frozen=True, tag=161):
    """`energy_wh` that sessions at `unit` hold are free for its books to lose; a sweep ends these sessions."""

    unit: Address
    energy_wh: WattHours


class LossesNoticed(Event, frozen=True, tag=162):
    """`unit` lost `lost_wh` beyond its terms within the window; past `limit_wh` it is suspended."""

    unit: Address
    lost_wh: WattHours
    limit_wh: WattHours


class UnitChanged(Event, frozen=True, tag=163):
    """`unit` has another capacity, maximum power or other terms now."""

    unit: Address
    capacity_wh: WattHours
    max_power_w: Watts
    terms: StorageTerms


class ExpectedLoss(Event, frozen=True, tag=164):
    """`energy_wh` left the books of `unit` within its terms: nobody's fault, paid by the imbalance rate."""

    unit: Address
    energy_wh: WattHours


class ReservationPaid(Event, frozen=True, tag=165):
    """Of what `consumer` had locked for holding energy ready, `paid` went to the unit's `owner`, `returned` is free."""

    unit: Address
    consumer: Address
    owner: Address
    number: Number
    paid: EnergyAmount
    returned: EnergyAmount


class LossExplained(Event, frozen=True, tag=166):
    """`energy_wh` that `unit` seemed to have lost were measured elsewhere before its level: they are back."""

    unit: Address
    energy_wh: WattHours


class GainExplained(Event, frozen=True, tag=167):
    """`energy_wh` that `unit` seemed to have gained were measured elsewhere before its level: booked once only."""

    unit: Address
    energy_wh: WattHours


class Annulled(Event, frozen=True, tag=168):
    """`amount` ENT of `address`, which its own removed `unit` had minted, are gone."""

    address: Address
    unit: Address
    amount: EnergyAmount


class SuspensionLifted(Event, frozen=True, tag=169):
    """What had suspended `unit` was no loss: `lost_wh` are left within the window, and it works again."""

    unit: Address
    lost_wh: WattHours


class PriorityChanged(Event, frozen=True, tag=170):
    """An account's new sessions end last where energy is short, or no more."""

    account: Address
    has_priority: bool


ENERGY_EVENTS: Final[tuple[type[Event], ...]] = (
    EnergyStored, EnergyDrawn, ExcessDrawn, BooksExceeded, ActualReported, GainQuarantined, UnitSuspended,
    UnitReinstated, UnitRegistered, UnitRemoved, RateChanged, SessionOpened, SessionClosed, GridImported,
    GridExported, SessionEnded, EnergyLost, EnergyUncovered, LossesNoticed, UnitChanged, ExpectedLoss,
    ReservationPaid, LossExplained, GainExplained, Annulled, SuspensionLifted, PriorityChanged,
)  # fmt: skip
