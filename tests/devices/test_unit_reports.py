"""A unit's reports on the disk: every watt-hour in exactly one place, whatever is refused and whoever dies."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from devices.errors import OutboxMisuse
from devices.outbox import Outbox
from devices.sample import Quality, Sample
from devices.unit.archive import MIN_QUOTA_BYTES, Archive, ArchivedValue
from devices.unit.reports import Item, ItemKind, Report, Reports
from ledger.energy.limits import MAX_BATCH_ITEMS

OBIS = bytes((1, 0, 1, 8, 0, 255))
BOB = bytes(range(20))


def sample(raw: int, time_ms: int) -> Sample:
    return Sample(OBIS, raw, 0, "Wh", Quality.CONFIRMED, time_ms)


def drawn(wh: int, time_ms: int, account: bytes = BOB) -> Item:
    return Item("flat", ItemKind.CONSUMPTION, account, wh, time_ms)


def signed(nonce: int) -> tuple[int, bytes, bytes]:
    return nonce, b"id%d" % nonce, b"body%d" % nonce


def put(reports: Reports, wh: int, time_ms: int) -> None:
    reports.count([("flat", sample(wh, time_ms), wh, drawn(wh, time_ms))])


def next_report(reports: Reports, nonce: int) -> Report:
    report = reports.sign_next(lambda _items: signed(nonce))
    assert report is not None
    return report


@pytest.fixture
def reports(tmp_path: Path) -> Reports:
    return Reports(tmp_path / "reports.db")


def test_the_way_of_an_item(reports: Reports) -> None:
    assert reports.last("flat") is None
    put(reports, 500, 1)
    put(reports, 300, 2)
    assert reports.last("flat") == (sample(300, 2), 800)
    report = next_report(reports, 7)
    assert (report.nonce, report.body, report.state) == (7, b"body7", "signed")
    put(reports, 100, 3)
    assert reports.on_the_way() == report
    reports.mark_sent(report)
    reports.settle(report, 12, "")
    assert [item.energy_wh for item in reports.waiting()] == [100]
    assert (reports.reported_wh(BOB, 11), reports.reported_wh(BOB, 12)) == (0, 800)
    assert (reports.reported_wh(bytes(20), 12), reports.decided_height()) == (0, 12)


def test_one_that_is_refused_does_not_hold_up_the_others(reports: Reports) -> None:
    for number in range(3):
        put(reports, 100 + number, number + 1)
    reports.settle(next_report(reports, 1), 5, "above_capacity")
    outcomes = {100: "", 101: "above_capacity", 102: ""}
    for nonce in (2, 3, 4):
        (item,) = reports.waiting()
        reports.settle(next_report(reports, nonce), 4 + nonce, outcomes[item.energy_wh])
    assert reports.sign_next(lambda _items: signed(9)) is None
    summary = reports.summary()
    assert (summary.waiting, summary.on_the_way, summary.decided, summary.refused) == (0, 0, 2, 1)
    assert reports.reported_wh(BOB, 99) == 202


def test_a_refusal_about_the_moment_is_tried_again_as_it_was(reports: Reports) -> None:
    put(reports, 100, 1)
    put(reports, 200, 2)
    reports.settle(next_report(reports, 1), 5, "above_maximum_power")
    assert [item.energy_wh for item in reports.waiting()] == [100, 200]


def test_a_number_that_is_taken_waits_for_a_person(reports: Reports) -> None:
    for again in (False, True):
        put(reports, 100, 1)
        reports.give_up_number(next_report(reports, 1))
        stuck = reports.on_the_way()
        assert stuck is not None
        assert (stuck.state, reports.summary().stuck) == ("stuck", True)
        assert reports.release(again=again)
        assert not reports.release(again=again)
        assert [item.energy_wh for item in reports.waiting()] == ([100] if again else [])


def test_a_report_has_its_bounds_and_the_file_its_kind(reports: Reports, tmp_path: Path) -> None:
    reports.count([("flat", sample(number, number), 1, drawn(1, number)) for number in range(MAX_BATCH_ITEMS + 1)])
    held: list[int] = []

    def sign(items: tuple[Item, ...]) -> tuple[int, bytes, bytes]:
        held.append(len(items))
        return signed(1)

    reports.sign_next(sign)
    assert held == [MAX_BATCH_ITEMS]
    reports.close()
    with pytest.raises(OutboxMisuse) as refused:
        Outbox(tmp_path / "reports.db")
    assert refused.value.code == "not_an_outbox"


def test_break_3_what_is_taken_apart_waits_again(reports: Reports) -> None:
    put(reports, 100, 1)
    put(reports, 200, 2)
    reports.take_apart(next_report(reports, 1))
    assert [item.energy_wh for item in reports.waiting()] == [100]
    reports.take_apart(next_report(reports, 1))
    assert [item.energy_wh for item in reports.waiting()] == [200]
    summary = reports.summary()
    assert (summary.waiting, summary.on_the_way, summary.refused) == (1, 0, 1)
    assert reports.decided_height() == 0


class Conservation(RuleBasedStateMachine):
    """All that was counted stands in exactly one place; numbers are used once."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "reports.db"
        self.reports = Reports(self.path)
        self.counted = self.decided = self.refused = 0
        self.time_ms, self.nonce = 0, 0

    @rule(wh=st.integers(1, 1_000))
    def count(self, wh: int) -> None:
        self.time_ms += 1
        self.counted += wh
        put(self.reports, wh, self.time_ms)

    @precondition(lambda self: self.reports.on_the_way() is None)
    @rule()
    def sign(self) -> None:
        self.nonce += 1
        self.reports.sign_next(lambda _items: signed(self.nonce))

    @precondition(lambda self: self.reports.on_the_way() is not None)
    @rule(code=st.sampled_from(["", "", "above_capacity", "unit_sequence"]))
    def settle(self, code: str) -> None:
        report = self.reports.on_the_way()
        assert report is not None
        self.reports.settle(report, self.nonce, code)

    @rule()
    def reopen(self) -> None:
        self.reports.close()
        self.reports = Reports(self.path)

    @invariant()
    def nothing_is_lost(self) -> None:
        with self.reports._reading() as database:
            (total,) = database.execute("SELECT coalesce(sum(energy_wh), 0) FROM items").fetchone()
            places = database.execute(
                "SELECT count(*) FROM items LEFT JOIN reports ON reports.number = report WHERE"
                " (report IS NULL AND refused = '') + (state IN ('signed', 'sent'))"
                " + (state = 'decided' AND refused = '') + (refused <> '') <> 1"
            ).fetchone()[0]
        last = self.reports.last("flat")
        assert total == self.counted == (0 if last is None else last[1])
        assert places == 0

    def teardown(self) -> None:
        if hasattr(self, "reports"):
            self.reports.close()
            self.folder.cleanup()


TestConservation = Conservation.TestCase
TestConservation.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)

WRITER = """
import sys
from pathlib import Path
from tests.devices.test_unit_reports import put, signed
from devices.unit.reports import Reports
reports = Reports(Path(sys.argv[1]))
last = reports.last("flat")
time_ms = 0 if last is None else last[0].time_ms
nonce = int(sys.argv[2])
while True:
    time_ms += 1
    put(reports, 7, time_ms)
    print(time_ms, flush=True)
    report = reports.on_the_way() or reports.sign_next(lambda _items: signed(nonce))
    reports.mark_sent(report)
    reports.settle(report, time_ms, "above_capacity" if time_ms % 5 == 0 else "")
    nonce += 1
"""


def test_sigkill_at_any_instant_loses_nothing_and_counts_nothing_twice(tmp_path: Path) -> None:
    chance, told = random.Random(5), 0
    for number in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "reports.db"), str(number * 10**6)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        for _ in range(chance.randrange(1, 40)):
            told = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    with Reports(tmp_path / "reports.db") as reports:
        last = reports.last("flat")
        assert last is not None
        assert told <= last[0].time_ms <= told + 10**4
        with reports._reading() as database:
            count, total, times = database.execute(
                "SELECT count(*), sum(energy_wh), count(DISTINCT time_ms) FROM items"
            ).fetchone()
        assert (count, total, times) == (last[0].time_ms, last[1], last[0].time_ms)


def test_the_archive_is_bounded_and_loses_the_oldest_first(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db", quota_bytes=0) as archive:
        for time_ms in range(400):
            archive.store(
                [ArchivedValue(time_ms, "flat", f"gauge{number}", Decimal(number)) for number in range(40)], ()
            )
        kept = [value.time_ms for value in archive.values(0, 10**9)]
        assert archive.used_bytes() <= MIN_QUOTA_BYTES
    assert kept[-1] == 399
    assert 0 < kept[0] < 399
    assert sorted(set(kept)) == list(range(kept[0], 400))
