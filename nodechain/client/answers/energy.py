"""Energy: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs, WattHours, Watts
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class EnergyView(At):
    """Supply, backing and imbalance of the energy token; rates in ENT per kWh.

    `minting_rate` is what producing costs now, `burning_rate` what drawing costs, negative where it is relieved.
    `presumed_wh`: what silent meters may have drawn of what is missing; rates go by the difference less that, and `gap`
    is its sign. `kwh_to_balance_*`: after how much of that alone the gap is closed; null where it never is.
    """

    supply: Amount
    currency: str
    currency_supply: Amount
    network_wh: WattHours
    backing: Amount
    difference: Amount
    presumed_wh: WattHours
    gap: str
    rate: Amount
    minting_rate: Amount
    burning_rate: Amount
    kwh_to_balance_by_production: str | None
    kwh_to_balance_by_drawing: str | None


class UnitView(TypedDict):
    """A storage unit; capacity and maximum power 0: not registered; of its terms, 0 where nothing is stated.

    `efficiency` is a share as text, `standing_wh` the Wh that it loses by standing in a day.
    `lost_wh`: lost beyond its terms within the window, suspended past `loss_limit_wh` (0: no limit); `losing`: past a
    quarter of it. `shortfall_wh`: what of that no gain has undone. `expected_loss_wh`: within its terms since its last
    gain.
    """

    address: str
    owner: str
    status: str
    capacity_wh: WattHours
    max_power_w: Watts
    available_wh: WattHours
    locked_wh: WattHours
    sequence: Int
    shortfall_wh: WattHours
    quarantined_wh: WattHours
    technology: str
    nominal_wh: WattHours
    max_discharge_w: Watts
    efficiency: str
    standing_wh: WattHours
    reserve_wh: WattHours
    expected_loss_wh: WattHours
    lost_wh: WattHours
    loss_limit_wh: WattHours
    losing: bool
    level_ms: TimeMs


class Units(At):
    """Storage units, a page."""

    units: list[UnitView]
    next: str | None


class UnitAnswer(At):
    """One storage unit."""

    unit: UnitView


class SessionView(TypedDict):
    """A consumption session. `returns_ms`: when the rest of the lock goes back at the latest.

    `state` is open or waiting; one that waits has ended at `ended_ms` for `reason`, and waits for what `waits_for`
    says: the meter's next `reading`, or a `report` of the unit. `lost_wh` of its energy the unit holds no longer.
    `has_priority`: it ends last where the unit holds too little.
    """

    number: Int
    consumer: str
    unit: str
    locked: Amount
    energy_wh: WattHours
    rate: Amount
    gap: str
    opened_ms: TimeMs
    deadline_ms: TimeMs
    returns_ms: TimeMs
    overdraft: Amount
    reservation: Amount
    state: str
    ended_ms: TimeMs
    reason: str
    waits_for: str
    lost_wh: WattHours
    has_priority: bool


class PriorityAccountView(TypedDict):
    """An account whose sessions end last where a unit holds too little, since a height."""

    account: str
    since: Int


class PriorityAccounts(At):
    """All of them, at most 256."""

    accounts: list[PriorityAccountView]


class Sessions(At):
    """Open sessions, or those that wait, a page."""

    sessions: list[SessionView]
    next: str | None
