"""Playing the day: interval by interval, plans become orders and sessions, meters become energy on the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ledger.energy.payloads import EnergyActual, OpenSession
from ledger.keys.address import format_address
from market.transactions import PlaceOrder
from market.types import FIRST_PRODUCT, OrderKind, Side
from nodechain.demo.children import Child
from nodechain.demo.community import BATTERY, COOPERATIVE, Community
from nodechain.demo.live import IntervalFigures
from nodechain.demo.plans import Holdings, plan_order, plan_session
from nodechain.demo.wallet import NamedPayload, Wallet
from nodechain.errors import NodeError

LOSS_INTERVAL: Final = 48
LOST_WH: Final = 15_000


@dataclass(slots=True)
class ImbalanceOutcome:
    """What the battery's loss did: the gap and rate it caused, and when they were gone again (-1: not yet)."""

    lost_wh: int = 0
    difference: int = 0
    rate: int = 0
    paid_off_at: int = -1


def missing_readings(outcome: Any, meters: int) -> str:
    """What a round of `meter street` lacks, with the first reason; nothing where all readings were decided."""
    failed, unsettled, accepted = outcome["failed"], outcome["unsettled"], outcome["accepted"]
    if failed:
        return f"{len(failed)} of {meters} meters could not be read; {failed[0]['meter']}: {failed[0]['reason']}"
    if unsettled:
        first = unsettled[0]
        return f"readings of {len(unsettled)} of {meters} meters were not decided; {first['code']}: {first['detail']}"
    return "" if accepted == meters else f"only {accepted} of {meters} readings were accepted"


class DemoPlayer:
    """Owns nothing: the community's processes are handed in."""

    def __init__(self, community: Community, wallet: Wallet, simulator: Child, reader: Child) -> None:
        self._community = community
        self._street = community.street
        self._wallet = wallet
        self._simulator = simulator
        self._reader = reader
        self._names = [house.name for house in self._street.houses]
        self.story = ImbalanceOutcome()

    def play(self, intervals: int, show: Callable[[IntervalFigures], None]) -> None:
        """Play so many intervals from the start of the day."""
        for interval in range(intervals):
            self._wallet.move_clock(self._street.start_ms + interval * (self._street.end_ms(0) - self._street.start_ms))
            note = self._lose(interval) if interval == min(LOSS_INTERVAL, intervals - 1) else ""
            self._trade(interval)
            self._open_sessions(interval)
            self._measure(interval)
            show(self._moment(interval, intervals, note))

    def _trade(self, interval: int) -> None:
        """Everybody sells what it will not need and bids for what it lacks; sellers come first."""
        rate = self._burning_rate()
        expires_ms = self._street.end_ms(interval)
        sales: list[NamedPayload] = []
        bids: list[NamedPayload] = []
        for place, name in enumerate([*self._names, COOPERATIVE]):
            planned = 0 if name == COOPERATIVE else self._street.houses[place].planned_wh(interval)
            order = plan_order(place, self._holdings(name), planned, rate)
            if order is not None:
                side = Side.BUY if order.buy else Side.SELL
                payload = PlaceOrder(FIRST_PRODUCT, side, OrderKind.LIMIT, order.price, order.quantity, expires_ms)
                (bids if order.buy else sales).append(NamedPayload(name, payload))
        self._wallet.submit([*sales, *bids])

    def _open_sessions(self, interval: int) -> None:
        """Everybody without a session locks ENT for what it plans to need, as far as the battery reaches."""
        rate = self._burning_rate()
        free_wh = self._unit()["available_wh"]
        inside = {session["consumer"] for session in self._wallet.api.sessions()}
        opened: list[NamedPayload] = []
        for house in self._street.houses:
            if format_address(self._wallet.address(house.name)) in inside:
                continue
            amount = plan_session(self._holdings(house.name), house.planned_wh(interval), rate, free_wh)
            if amount:
                opened.append(NamedPayload(house.name, OpenSession(self._wallet.address(BATTERY), amount, 0)))
                free_wh -= min(amount // 10**6, free_wh)
        self._wallet.submit(opened)

    def _measure(self, interval: int) -> None:
        """The meters count the interval; at its end all are read, signed, submitted and decided."""
        self._simulator.step()
        end_ms = self._street.end_ms(interval)
        self._wallet.move_clock(end_ms)
        outcome = self._reader.step(str(end_ms))
        trouble = missing_readings(outcome, len(self._community.places))
        if trouble:
            raise NodeError(
                f"interval {interval}: {trouble}",
                code="readings_missing",
                advice=f"See the *.log files in {self._community.folder}.",
            )

    def _lose(self, interval: int) -> str:
        """The battery, unless it is empty, loses energy: its unit reports what it really holds."""
        unit = self._unit()
        held = unit["available_wh"] + unit["locked_wh"]
        lost = min(LOST_WH, held)
        if not lost:
            return ""
        self._wallet.submit([NamedPayload(BATTERY, EnergyActual(unit["sequence"] + 1, held - lost))])
        energy = self._energy()
        self.story = ImbalanceOutcome(lost, energy["difference"]["base"], energy["rate"]["base"])
        return f"interval {interval}: the battery loses {lost} Wh; all share the cost until it is paid off"

    def _moment(self, interval: int, intervals: int, note: str) -> IntervalFigures:
        energy, unit = self._energy(), self._unit()
        book = self._wallet.api.market.book(depth=1)
        sessions = self._wallet.api.sessions()
        if self.story.lost_wh and self.story.paid_off_at < 0 and energy["difference"]["base"] == 0:
            self.story.paid_off_at = interval
            note = note or f"interval {interval}: the loss is paid off; the rate is 0 again"
        return IntervalFigures(
            interval=interval,
            intervals=intervals,
            end_ms=self._street.end_ms(interval),
            height=energy["height"],
            load_wh=sum(house.load_wh[interval] for house in self._street.houses),
            pv_wh=sum(house.pv_wh[interval] for house in self._street.houses if house.pv_wh is not None),
            battery_wh=unit["available_wh"] + unit["locked_wh"],
            sessions=len(sessions),
            last_price=0 if book["last_price"] is None else book["last_price"]["base"],
            trades=book["trades"],
            difference=energy["difference"]["base"],
            rate=energy["rate"]["base"],
            note=note,
        )

    def _holdings(self, name: str) -> Holdings:
        account = self._wallet.account(name)
        available = {held["asset"]: held["available"]["base"] for held in account["balances"]}
        return Holdings(available["ENT"], available["EEURO"], account["open_sessions"] > 0)

    def _energy(self) -> Any:
        return self._wallet.api.energy()

    def _burning_rate(self) -> int:
        """What a session pays above par: nothing where drawing is relieved."""
        return max(int(self._energy()["burning_rate"]["base"]), 0)

    def _unit(self) -> Any:
        address = format_address(self._wallet.address(BATTERY))
        return self._wallet.api.unit(address)
