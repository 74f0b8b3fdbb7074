"""Playing a week: readings day by day, the operator's files, what the chain makes of them, compared with the rule."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.keys.address import format_address
from ledger.sharing.allocation_rules import Dynamic, Static
from ledger.sharing.price_rules import MidMarket
from nodechain.demo.community import Community, ReadProfile, read_profile
from nodechain.demo.plans import CENT, FEED_IN_PRICE, RETAIL_PRICE
from nodechain.demo.sharing.members import CLOSED, FOUNDER, OPENED, SCHEME, Members, sharing_points, sharing_template
from nodechain.demo.sharing.operator_story import OperatorStory, Planted
from nodechain.demo.sharing.rules import SharedSums, SharingTerms
from nodechain.demo.sharing.week import DAY_SLOTS, MeasuredWeek
from nodechain.errors import NodeError

FEE: Final = CENT
"""Per shared kWh, to the founder."""
PRICES: Final = MidMarket(RETAIL_PRICE, FEED_IN_PRICE)
SETTLED_S: Final = 120.0
POLL_S: Final = 0.1
HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class FoundDifference:
    """Where the two sources differ, as the chain says it."""

    point: int
    slot: int
    own_mwh: int
    operator_mwh: int


@dataclass(frozen=True, slots=True)
class WeekSums:
    """By the point's number: what the chain has posted in the end, what it was before the correction, and what another
    rule would come to; what the operator's files said in the end."""

    dynamic: dict[int, SharedSums]
    uncorrected: dict[int, SharedSums]
    static: dict[int, SharedSums]
    found: tuple[FoundDifference, ...]
    left: tuple[FoundDifference, ...]


class SharingWeek:
    """One week on a chain of its own."""

    def __init__(self, community: Community, week: MeasuredWeek, say: Callable[[str], None]) -> None:
        self.community = community
        self.week = week
        self._say = say
        self.points = sharing_points(week)
        directions = {point.number: point.direction for point in self.points}
        self.dynamic = SharingTerms(Dynamic(), PRICES, FEE, directions)
        self.static = SharingTerms(Static(), PRICES, FEE, directions)
        self.operator = OperatorStory(week, self.points)

    def play(self) -> WeekSums:
        """From an empty folder to a settled and corrected week; the node runs on."""
        community, week = self.community, self.week
        self._say(f"{week.season.value}: a chain from the template at-eeg, {len(self.points)} metering points ...")
        community.prepare(sharing_template(week))
        read = read_profile(community)
        _node, api = community.start_node()
        self.members = Members(community.wallet_of(api, (FOUNDER,)), week, self.points)
        self.members.register(read)
        self._open_scheme()
        self._say(f"{week.season.value}: {week.days} days of signed readings from {week.first_day} on ...")
        self._measure(read)
        sums = self._share()
        self._end(read)
        return sums

    def _open_scheme(self) -> None:
        for name, text in self.members.scheme_files().items():
            (self.community.folder / name).write_text(text)
        opened, closed = (str(self.community.folder / name) for name in (OPENED, CLOSED))
        self._run("sharing", "open", opened, "--from-slot", str(self.week.first_slot), "--from", FOUNDER)
        change = ("sharing", "change", str(SCHEME), closed, "--from-slot", str(self.week.end_slot))
        self._run(*change, "--from", FOUNDER)

    def _measure(self, read: ReadProfile) -> None:
        for day in range(self.week.days):
            self.members.wallet.move_clock(self.week.day_start_ms(day + 1))
            self.members.send_readings(read, day * DAY_SLOTS, DAY_SLOTS)

    def _share(self) -> WeekSums:
        """The operator's three deliveries on the morning after the week, each settled and compared to the base unit."""
        season, folder = self.week.season.value, self.community.folder / "operator"
        self._import(6, lambda at_ms: self.operator.first_messages(folder, at_ms))
        self._say(f"{season}: the operator's file is in; 4 slots of one point are missing in it")
        found = self._differences()
        self._require_planted(found, self.operator.planted)
        self._import(8, lambda at_ms: [self.operator.late_message(folder, at_ms)])
        uncorrected = self._settled()
        self._import(12, lambda at_ms: self.operator.corrections(folder, at_ms))
        dynamic = self._settled()
        left = self._differences()
        self._require_planted(left, tuple(planted for planted in self.operator.planted if not planted.corrected))
        self._say(f"{season}: every account's sums are those of the rule, to the base unit")
        static = self.static.sums(self.operator.values, self.week.first_slot)
        return WeekSums(dynamic, uncorrected, static, found, left)

    def _import(self, hour: int, write: Callable[[int], list[Path]]) -> None:
        """Messages that the operator makes at an hour of the day after the week, imported a little later."""
        created_ms = self.week.day_start_ms(self.week.days) + hour * HOUR_MS
        files = write(created_ms)
        self.members.wallet.move_clock(created_ms + HOUR_MS // 2)
        book = self.community.folder / "points.csv"
        book.write_text(self.members.point_book())
        sent = self._run(
            "sharing", "import", *(str(file) for file in files), "--points", str(book), "--test-traffic", "--yes",
            "--from", FOUNDER,
        )["sent"]  # fmt: skip
        left = {reason: count for file in sent for reason, count in file["left_out"].items()}
        if left or len(sent) != len(files):
            raise NodeError(f"the import left out {left}", code="values_left_out")

    def _settled(self) -> dict[int, SharedSums]:
        """Wait until every account has the sums that the rule gives for the operator's values. Raises `NodeError`."""
        sums = self.dynamic.sums(self.operator.values, self.week.first_slot)
        expected = self._by_account(sums)
        deadline = time.monotonic() + SETTLED_S
        while (posted := {name: self._posted(name) for name in expected}) != expected:
            if time.monotonic() > deadline:
                name = next(name for name in expected if posted[name] != expected[name])
                raise NodeError(
                    f"{name}: the chain has posted {posted[name]}, by the rule it is {expected[name]}",
                    code="sums_differ",
                    advice="This must never happen: keep the folder and report it.",
                )
            time.sleep(POLL_S)
        return sums

    def _by_account(self, sums: dict[int, SharedSums]) -> dict[str, tuple[int, ...]]:
        """Bought and sold mWh, cost, revenue and fee of each household, and of the founder, who gets the fees."""
        found = {house.name: [0, 0, 0, 0, 0] for house in self.week.houses}
        for point in self.points:
            one, mine = sums[point.number], found[point.place.house.name]
            if point.place.column.endswith("_pv_wh"):
                mine[1] += one.shared_mwh
                mine[3] += one.amount
            else:
                mine[0] += one.shared_mwh
                mine[2] += one.amount
                mine[4] += one.fee
        fees = sum(one.fee for one in sums.values())
        return {name: tuple(parts) for name, parts in found.items()} | {FOUNDER: (0, 0, 0, fees, 0)}

    def _posted(self, name: str) -> tuple[int, ...]:
        wallet = self.members.wallet
        months = wallet.api.sharing.account(format_address(wallet.address(name)))["months"]
        parts = [
            (month["bought_mwh"], month["sold_mwh"], month["cost"]["base"], month["revenue"]["base"],
             month["fee"]["base"])
            for month in months
        ]  # fmt: skip
        return tuple(sum(column) for column in zip(*parts, strict=True)) if parts else (0, 0, 0, 0, 0)

    def _differences(self) -> tuple[FoundDifference, ...]:
        found = self.members.wallet.api.sharing.differences(SCHEME, self.week.first_slot, self.week.slots)
        return tuple(
            FoundDifference(each["point"], each["slot"], each["own_mwh"], each["operator_mwh"])
            for each in found["differences"]
        )

    def _require_planted(self, found: tuple[FoundDifference, ...], planted: tuple[Planted, ...]) -> None:
        """What is found is what was planted, no more and no less; raises `NodeError`."""
        expected = {
            FoundDifference(each.point.number, self.week.first_slot + each.place, each.own_mwh, each.operator_mwh)
            for each in planted
        }
        if set(found) != expected or len(found) != len(expected):
            raise NodeError(f"planted were {expected}, found were {found}", code="differences_differ")

    def _end(self, read: ReadProfile) -> None:
        """The meters' last reading, a day after the week's end: so the billed period is over for them too."""
        self.members.wallet.move_clock(self.week.day_start_ms(self.week.days + 1))
        self.members.send_readings(read, self.week.slots + DAY_SLOTS - 1, 1)

    def _run(self, *arguments: str) -> Any:
        child = self.community.start(*arguments)
        shown = child.finish()
        self.community.stop_child(child)
        return shown
