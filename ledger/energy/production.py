"""Energy put into a unit, and what it mints (rules E5, M7): one operation of the imbalance rule after the other.

The readings of a transaction and reports by hand go through the same lines. What operations of one producer at one unit
share is read once and written once: between two of them nothing else looks at it.
"""

from __future__ import annotations

from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.balances import mint_shares, supply
from ledger.chain.context import Context, in_range
from ledger.chain.parameters import DAY_MS, PARTS
from ledger.energy.daily import add_today
from ledger.energy.deficits import note_deficit
from ledger.energy.events import EnergyStored
from ledger.energy.flows import has_flows, note_flow
from ledger.energy.households import count_energy
from ledger.energy.imbalance import (
    BASE_PER_WH,
    change_network_energy,
    imbalance,
    late_minting_cost,
    minting_cost,
    moves_rate,
    open_gap,
    settle_rate,
)
from ledger.energy.level_losses import has_level_losses
from ledger.energy.levels import explain_gain
from ledger.energy.parameters import LOSS_RULE, PROVIDER_SHARE, LossRule
from ledger.energy.points import BooksChange, tell_books
from ledger.energy.schema import UNIT_MINTED, UNITS
from ledger.energy.terms import kept_of, with_inflow
from ledger.energy.units import book_expected_loss
from ledger.energy.weights import PRODUCTION, UNIT_BOOKS
from ledger.errors import require
from ledger.metering.registers import Interval


class Production:
    """What one producer puts into one unit: `take` each part of it, then `write`.

    `unit` is the unit as it is after what was taken. Until it is written, the state has neither that nor the tokens.
    """

    __slots__ = (
        "_address", "_booked_by_day", "_booked_wh", "_context", "_gap", "_goes_on", "_has_losses", "_is_watched",
        "_network_wh", "_owner_base", "_producer", "_producer_base", "_provider_parts", "_shares_losses", "_supply",
        "_taken_wh", "unit",
    )  # fmt: skip

    def __init__(self, context: Context, unit_address: bytes, producer: bytes) -> None:
        self._context = context
        self._address = unit_address
        self._producer = producer
        self._provider_parts = context.parameter(PROVIDER_SHARE)
        self._shares_losses = context.parameter(LOSS_RULE) == LossRule.ALL
        self._is_watched = has_flows(context, unit_address)
        self._read()

    def _read(self) -> None:
        state = self._context.state
        self.unit = self._context.get(UNITS, self._address)
        self._network_wh = imbalance(state).network_wh
        self._supply = supply(state, ENERGY_ASSET)
        self._gap = open_gap(state)
        self._has_losses = has_level_losses(self._context, self._address)
        self._taken_wh = self._booked_wh = self._owner_base = self._producer_base = 0
        self._booked_by_day: dict[int, int] = {}
        self._goes_on = False

    def take(self, energy_wh: int, interval: Interval | None) -> None:
        """Mint for energy put in: share F, rounded down, to the unit's owner, the rest to the producer (E5).

        `interval`: the reading's that measured it, of which `energy_wh` is the part that the unit had room for; None
        for a manual report, which is about now.
        """
        require(interval is None or interval.start_ms < interval.end_ms, "an interval ends after it began")
        context, unit, before = self._context, self.unit, self._gap
        context.charge(PRODUCTION if self._goes_on else PRODUCTION + UNIT_BOOKS)
        self._goes_on = True
        lost_wh = energy_wh - kept_of(unit, energy_wh)
        booked_wh = energy_wh if self._shares_losses else energy_wh - lost_wh
        late = None if interval is None else late_minting_cost(context, booked_wh, interval, before)
        cost = minting_cost(context, booked_wh, before) if late is None else late
        minted = in_range(booked_wh * BASE_PER_WH - cost)
        share = minted * self._provider_parts // PARTS
        self.unit = with_inflow(unit, energy_wh, booked_wh)
        self._taken_wh += energy_wh
        self._booked_wh += booked_wh
        day = (context.time_ms if interval is None else interval.end_ms - 1) // DAY_MS
        self._booked_by_day[day] = self._booked_by_day.get(day, 0) + booked_wh
        self._owner_base += share
        self._producer_base += minted - share
        in_range((self._network_wh + self._booked_wh) * BASE_PER_WH)
        in_range(self._supply + self._owner_base + self._producer_base)
        if self._is_watched:
            note_flow(context, self._address, booked_wh, interval)
        context.emit(
            EnergyStored(
                self._address, self._producer, unit.owner, booked_wh, minted - share, share, cost, energy_wh - booked_wh
            )
        )
        self._gap = before - cost
        self._follow(before, cost)
        if self._shares_losses and lost_wh:
            self.write()
            book_expected_loss(context, self._address, lost_wh, interval)
            self._read()
        if interval is not None and (self.unit.level_gain_wh or self._has_losses):
            # Levels have seen of it already what is not to be booked twice (E15).
            self.write()
            explain_gain(context, self._address, energy_wh - lost_wh, interval)
            self._read()

    def _follow(self, before: int, cost: int) -> None:
        """The rate follows the difference (I2), which fell by what the operation has paid."""
        if moves_rate(before, self._gap):
            self.write()
            settle_rate(self._context, before, cost)
            self._read()
        else:
            note_deficit(self._context, before, self._gap, cost)

    def write(self) -> None:
        """Book what was taken."""
        if not self._taken_wh:
            return
        context = self._context
        context.state.put(UNITS, self._address, self.unit)
        change_network_energy(context, self._booked_wh)
        add_today(context, UNIT_MINTED, self._address, self._owner_base + self._producer_base)
        owner, producer = (self.unit.owner, self._owner_base), (self._producer, self._producer_base)
        mint_shares(context.state, ENERGY_ASSET, owner, producer)
        count_energy(context, self._producer, produced=self._taken_wh)
        for day, booked_wh in sorted(self._booked_by_day.items()):
            tell_books(context, BooksChange(self._address, booked_wh, self._producer, day * DAY_MS))
        self._booked_by_day = {}
        self._taken_wh = self._booked_wh = self._owner_base = self._producer_base = 0
