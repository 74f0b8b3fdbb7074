"""Playing a week: readings day by day, the operator's files, what the chain makes of them, compared with the rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.sharing.allocation_rules import Dynamic, Static
from ledger.sharing.price_rules import MidMarket
from nodechain.demo.community import Community, ReadProfile, read_profile
from nodechain.demo.plans import CENT, FEED_IN_PRICE, RETAIL_PRICE
from nodechain.demo.sharing.members import CLOSED, FOUNDER, OPENED, SCHEME, Members, sharing_points, sharing_template
from nodechain.demo.sharing.operator_story import OperatorStory, Planted
from nodechain.demo.sharing.rules import SharedSums, SharingTerms
from nodechain.demo.sharing.settled import SettledSums
from nodechain.demo.sharing.week import DAY_SLOTS, MeasuredWeek
from nodechain.errors import NodeError

FEE: Final = CENT
"""Per shared kWh, to the founder."""
PRICES: Final = MidMarket(RETAIL_PRICE, FEED_IN_PRICE)
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
        self._say(f"{week.season.value}: the node runs; points are agreed to and registered, meters bound ...")
        self.members.register(read)
        self.settled = SettledSums(self.members, self.dynamic)
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
            self._say(f"{self.week.season.value}: day {day + 1} of {self.week.days} is read")

    def _share(self) -> WeekSums:
        """The operator's three deliveries on the morning after the week, each settled and compared to the base unit."""
        season, folder = self.week.season.value, self.community.folder / "operator"
        self._say(f"{season}: the operator's file, {len(self.points)} messages, is imported and settled ...")
        self._import(6, lambda at_ms: self.operator.first_messages(folder, at_ms))
        self._say(f"{season}: the operator's file is in; 4 slots of one point are missing in it")
        found = self._differences()
        require_planted(found, self.operator.planted, self.week.first_slot)
        self._import(8, lambda at_ms: [self.operator.late_message(folder, at_ms)])
        uncorrected = self.settled.wait(self.members.wallet.api, self.operator.values)
        self._say(f"{season}: the missing slots are in; the operator corrects two slots ...")
        self._import(12, lambda at_ms: self.operator.corrections(folder, at_ms))
        dynamic = self.settled.wait(self.members.wallet.api, self.operator.values)
        left = self._differences()
        stands = tuple(planted for planted in self.operator.planted if not planted.corrected)
        require_planted(left, stands, self.week.first_slot)
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

    def _differences(self) -> tuple[FoundDifference, ...]:
        found = self.members.wallet.api.sharing.differences(SCHEME, self.week.first_slot, self.week.slots)
        return tuple(
            FoundDifference(each["point"], each["slot"], each["own_mwh"], each["operator_mwh"])
            for each in found["differences"]
        )

    def _end(self, read: ReadProfile) -> None:
        """The meters' last reading, a day after the week's end: so the billed period is over for them too."""
        self.members.wallet.move_clock(self.week.day_start_ms(self.week.days + 1))
        self.members.send_readings(read, self.week.slots + DAY_SLOTS - 1, 1)

    def _run(self, *arguments: str) -> Any:
        child = self.community.start(*arguments)
        shown = child.finish()
        self.community.stop_child(child)
        return shown


def require_planted(found: Sequence[FoundDifference], planted: Sequence[Planted], first_slot: int) -> None:
    """What is found is what was planted, no more and no less; raises `NodeError` (differences_differ)."""
    expected = {
        FoundDifference(each.point.number, first_slot + each.place, each.own_mwh, each.operator_mwh) for each in planted
    }
    if set(found) != expected or len(found) != len(expected):
        raise NodeError(f"planted were {expected}, found were {found}", code="differences_differ")
