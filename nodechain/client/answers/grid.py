"""Grid: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ledger.encoding.quantities import MilliWattHours, TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class BandView(TypedDict):
    """Per kWh, by the default tariff now; `bound`: orders for energy must lie between."""

    feed_in: Amount
    retail: Amount
    bound: bool


class GridView(At):
    """How the grid account works: `mode` account, external or island; `mark`: from which debt on nothing is bound.

    `members_owe` is what the operator is owed, `operator_owes` what members are, by all bookings; `default_tariff` 0:
    a point without a tariff of its own has none. `band` is null where no tariff holds by default.
    """

    mode: str
    operator: str
    mark: Amount
    default_tariff: Int
    band: BandView | None
    members_owe: Amount
    operator_owes: Amount


class TariffView(TypedDict):
    """The terms of a tariff from a slot on."""

    tariff: Int
    version: Int
    from_slot: Int
    from_ms: TimeMs
    terms: dict[str, Any]


class Tariffs(At):
    """All tariffs with the terms that hold now, or will first."""

    default_tariff: Int
    tariffs: list[TariffView]


class TariffVersions(At):
    """The terms of a tariff that are remembered, the newest first."""

    versions: list[TariffView]


class GridLineView(TypedDict):
    """A line: `kind` retail, grid_fee, levy, shared_levy or feed_in; `name`: a levy's, or a pair of zones' (`from>to`).

    `amount` is what is paid, below 0 what is got.
    """

    kind: str
    name: str
    energy_mwh: MilliWattHours
    amount: Amount


class GridMonth(TypedDict):
    """What an account drew and fed in by line in a month (`2026-11`, by the community's clock)."""

    month: str
    lines: list[GridLineView]
    total: Amount


class PointTariffView(TypedDict):
    """A point's tariff now; 0: none, so nothing is charged. `next_tariff` holds from `next_slot` on (0: no change)."""

    point: Int
    direction: str
    zone: str
    tariff: Int
    next_tariff: Int
    next_slot: Int


class GridAccount(At):
    """An account's points with their tariffs, its figures of the last 13 months, and what is open.

    `moved` is false where a supplier bills by itself. `blocked`: the account binds no tokens until the debt is paid.
    """

    account: str
    moved: bool
    points: list[PointTariffView]
    months: list[GridMonth]
    owes: Amount
    is_owed: Amount
    blocked: bool


class GridDebtView(TypedDict):
    """What an account owes for the grid."""

    account: str
    amount: Amount
    blocked: bool


class GridDebts(At):
    """Who owes for the grid, a page; the operator stands here for what it owes members."""

    debts: list[GridDebtView]
    next: str | None


class GridSumRow(TypedDict):
    """Sums over `accounts` whose points lay in one zone and had one tariff (0: none). `rest`: of all that stand in no
    other row; zone and tariff then say nothing.
    """

    rest: bool
    zone: str
    tariff: Int
    accounts: Int
    lines: list[GridLineView]
    total: Amount


class GridSums(At):
    """What the grid cost the community in a month, without names: rows are of `least` accounts or more.

    A row of fewer is merged into the rest; none at all: fewer accounts have figures in that month.
    """

    month: str
    least: Int
    rows: list[GridSumRow]
