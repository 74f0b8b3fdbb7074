"""The fold: an account's receipts into lines, sums and metered energy, exact to the base unit.

What an event moves, its postings say; a subject that comes later joins by its own, under its name as a section.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ledger.chain.events import kind_of
from ledger.chain.header import Event
from ledger.chain.postings import EnergyMeasure, TokenMeasure
from ledger.grid.events import GridBooked
from ledger.grid.schema import LineKind
from ledger.sharing.credit_events import CreditBooked
from ledger.sharing.events import ShareBooked
from market.denominations import Denominations
from nodechain.billing.document import BillLine, EnergyLine, GridUseLine, LineSource, SharedLine
from nodechain.billing.receipts import PlacedReceipt
from nodechain.modules import MODULES, REGISTRY

PAYMENTS: Final = "payments"
"""What is no supply: transfers, currency in and out, bills paid."""

SECTIONS: Final[Mapping[str, str]] = {
    "fee_paid": "fees",
    "transferred": PAYMENTS,
    "currency_minted": PAYMENTS,
    "currency_burned": PAYMENTS,
    "bill_paid": PAYMENTS,
    "energy_stored": "production",
    "energy_drawn": "sessions",
    "excess_drawn": "sessions",
    "reservation_paid": "sessions",
    "traded": "trades",
    "credit_booked": "sharing",
    "commission_paid": "trades",
    "committee_fee_paid": "fees",
    "fees_divided": "fees",
}
"""Headings of what stands in its own place; all else stands under the name of its module."""

_MODULE_OF: Final = {event: module.name for module in MODULES for event in module.events}
Place = tuple[int, str]
"""An asset, and where tokens of it lie."""


def section_of(kind: str, event: type[Event]) -> str:
    """The heading under which an event's lines stand."""
    return SECTIONS.get(kind) or _MODULE_OF[event]


@dataclass
class Standing:
    """What an account has at a moment: tokens by asset and place."""

    held: Counter[Place] = field(default_factory=Counter)

    def total(self, asset: int) -> int:
        """Of an asset, wherever it lies."""
        return sum(amount for (number, _place), amount in self.held.items() if number == asset)


@dataclass
class _Line:
    amount: int = 0
    quantity: int = 0
    energy_wh: int = 0
    sources: list[LineSource] = field(default_factory=list)


@dataclass
class _Shared:
    """Sums of a scheme; what the account pays by receipt is in `line`."""

    bought_mwh: int = 0
    sold_mwh: int = 0
    cost: int = 0
    fee: int = 0
    revenue: int = 0
    carried_mwh: int = 0
    credited_mwh: int = 0
    claims_mwh: int = 0
    expired_mwh: int = 0
    expired_cost: int = 0
    expired_revenue: int = 0
    line: _Line = field(default_factory=_Line)


@dataclass
class _GridUse:
    """A line of the grid account: energy, and what the account pays for it by receipt."""

    energy_mwh: int = 0
    line: _Line = field(default_factory=_Line)


@dataclass
class Fold:
    """Takes an account's receipts in their order; `chain` says how its assets are called.

    `last_height`: of the last receipt that moved something of the account.
    """

    account: bytes
    chain: Denominations
    standing: Standing = field(default_factory=Standing)
    last_height: int = 0
    _lines: dict[tuple[str, str, int, int, int, bool], _Line] = field(default_factory=dict)
    _energy: dict[str, _Line] = field(default_factory=dict)
    _shared: dict[tuple[int, int, bool, int], _Shared] = field(default_factory=dict)
    _grid: dict[tuple[int, str, int, bool], _GridUse] = field(default_factory=dict)

    def add(self, receipts: Iterable[PlacedReceipt]) -> None:
        """The next receipts."""
        for placed in receipts:
            for event in placed.receipt.events:
                self._event(placed, event)

    def _event(self, placed: PlacedReceipt, event: Event) -> None:
        if isinstance(event, ShareBooked | CreditBooked) and event.account == self.account:
            self._share(placed, event)
        if isinstance(event, GridBooked) and event.account == self.account:
            self._use(placed, event)
        kind = kind_of(event)
        moved: dict[str, Counter[int]] = {}
        metered: Counter[str] = Counter()
        for line in REGISTRY.postings_of(event, self.chain.fee_asset):
            if line.holder != self.account:
                continue
            self.last_height = placed.height
            if isinstance(line.measure, TokenMeasure):
                moved.setdefault(line.line or kind, Counter())[line.measure.asset] += line.amount
                self.standing.held[line.measure.asset, line.bucket] += line.amount
            elif line.measure == EnergyMeasure.METERED:
                metered[line.bucket] += line.amount
        for measure, energy_wh in sorted(metered.items()):
            if energy_wh:
                self._note(self._energy.setdefault(measure, _Line()), placed, energy_wh)
        price = int(getattr(event, "price", 0))
        for name, amounts in moved.items():
            self._move(placed, (section_of(kind, type(event)), name, price), amounts, sum(metered.values()))

    def _move(self, placed: PlacedReceipt, what: tuple[str, str, int], moved: Counter[int], energy_wh: int) -> None:
        section, kind, price = what
        for asset, amount in sorted(moved.items()):
            if not amount:
                continue
            others = [(number, other) for number, other in sorted(moved.items()) if number != asset and other]
            other, quantity = others[0] if len(others) == 1 else (0, 0)
            found = self._lines.setdefault((section, kind, asset, other, price, amount > 0), _Line())
            self._note(found, placed, amount)
            found.quantity += quantity
            found.energy_wh += energy_wh

    def _share(self, placed: PlacedReceipt, event: ShareBooked | CreditBooked) -> None:
        self.last_height = placed.height
        month = event.month if isinstance(event, CreditBooked) else 0
        found = self._shared.setdefault((event.scheme, month, event.waits_for_bill, event.asset), _Shared())
        found.bought_mwh += event.bought_mwh
        found.sold_mwh += event.sold_mwh
        found.cost += event.cost
        found.fee += event.fee
        found.revenue += event.revenue
        if isinstance(event, CreditBooked):
            found.carried_mwh += event.carried_mwh
            found.credited_mwh += event.credited_mwh
            found.claims_mwh += event.claims_mwh
            found.expired_mwh += event.expired_mwh
            found.expired_cost += event.expired_cost
            found.expired_revenue += event.expired_revenue
        self._note(found.line, placed, event.due)

    def _use(self, placed: PlacedReceipt, event: GridBooked) -> None:
        self.last_height = placed.height
        for line in event.lines:
            key = (line.kind, line.name, event.asset, event.external)
            found = self._grid.setdefault(key, _GridUse())
            found.energy_mwh += line.energy_mwh
            self._note(found.line, placed, line.amount)

    @staticmethod
    def _note(line: _Line, placed: PlacedReceipt, amount: int) -> None:
        line.amount += amount
        identity = placed.receipt.transaction_id.hex()
        last = line.sources[-1] if line.sources else None
        if last is not None and (last.height, last.index) == (placed.height, placed.index):
            line.sources[-1] = LineSource(placed.height, placed.index, identity, str(int(last.amount) + amount))
        else:
            line.sources.append(LineSource(placed.height, placed.index, identity, str(amount)))

    def lines(self) -> tuple[BillLine, ...]:
        """What moved, by section, kind, asset, price and direction; their amounts sum to the change of the standing."""
        return tuple(
            BillLine(
                section,
                kind,
                self.chain.name(asset),
                str(line.amount),
                self.chain.name(other) if other else "",
                str(line.quantity),
                str(line.energy_wh),
                str(price),
                tuple(line.sources),
            )
            for (section, kind, asset, other, price, _paid_in), line in sorted(self._lines.items())
        )

    def energy(self) -> tuple[EnergyLine, ...]:
        """What was metered."""
        return tuple(
            EnergyLine(measure, str(line.amount), tuple(line.sources)) for measure, line in sorted(self._energy.items())
        )

    def grid(self) -> tuple[GridUseLine, ...]:
        """What came from the grid and went into it, line by line."""
        return tuple(
            GridUseLine(
                LineKind(kind).name.lower(),
                name,
                self.chain.name(asset),
                external,
                str(use.energy_mwh),
                str(use.line.amount),
                tuple(use.line.sources),
            )
            for (kind, name, asset, external), use in sorted(self._grid.items())
        )

    def shared(self) -> tuple[SharedLine, ...]:
        """What schemes gave the account, and what of it waits for the bill."""
        return tuple(
            SharedLine(
                scheme,
                by_period,
                self.chain.name(asset),
                f"{month // 12}-{month % 12 + 1:02}" if month else "",
                str(sums.bought_mwh),
                str(sums.sold_mwh),
                str(sums.carried_mwh),
                str(sums.credited_mwh),
                str(sums.claims_mwh),
                str(sums.expired_mwh),
                str(sums.cost),
                str(sums.fee),
                str(sums.revenue),
                str(sums.expired_cost),
                str(sums.expired_revenue),
                tuple(sums.line.sources),
            )
            for (scheme, month, by_period, asset), sums in sorted(self._shared.items())
        )
