"""The outbox: numbers without holes, one body a nonce, nothing lost to a kill, a bound on the disk."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.errors import OutboxFault, OutboxMisuse
from devices.outbox import MIN_QUOTA_BYTES, NewReading, Outbox
from devices.outbox_file import Batch
from devices.readings import Reading, ReadingHeader, SignedBatch, build_batch
from harness.fake_chain import TOWN
from ledger.keys.crypto import Ed25519SecretKey, sha256
from ledger.limits import MAX_TRANSACTION_BYTES

KEY = Ed25519SecretKey(bytes(32))
METER = KEY.public_key
HEAD = ReadingHeader(bytes(32), 1, 2, 0, bytes((1, 0, 1, 8, 0, 255)), 0)


def new(place: int, header: ReadingHeader = HEAD, meter: bytes = METER) -> NewReading:
    return NewReading(meter, 1_000 + place * 900_000, place * 10, header)


def build(header: ReadingHeader, readings: tuple[Reading, ...]) -> SignedBatch:
    return build_batch(KEY, TOWN, header, readings)


def taken(outbox: Outbox, meter: bytes = METER, most: int = 1_000) -> Batch:
    batch = outbox.next_batch(meter, build, most=most)
    assert batch is not None
    return batch


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    box = Outbox(tmp_path / "outbox.db")
    box.add_meter(METER)
    return box


def test_the_way_of_a_reading(outbox: Outbox) -> None:
    assert outbox.append([new(1), new(2)]) == (1, 2)
    assert outbox.append([new(3)]) == (3,)
    batch = taken(outbox)
    assert (batch.first_sequence, batch.nonce, batch.count, batch.state) == (1, 3, 3, "signed")
    outbox.append([new(4)])
    outbox.mark_sent(batch)
    again = taken(outbox)
    assert (again.body, again.nonce, again.state, again.attempts) == (batch.body, 3, "sent", 1)
    outbox.settle(again, "")
    assert taken(outbox).first_sequence == 4
    (summary,) = outbox.summaries()
    assert (summary.pending, summary.on_the_way, summary.decided, summary.refused) == (0, 1, 3, 0)
    outbox.settle(taken(outbox), "profile_mismatch")
    (summary,) = outbox.summaries()
    assert (summary.decided, summary.refused, summary.last_sequence, summary.last_register) == (3, 1, 4, 40)
    assert outbox.next_batch(METER, build) is None
    assert [entry.outcome for entry in outbox.batches(METER)] == ["profile_mismatch", ""]


def test_all_of_an_append_or_none(outbox: Outbox) -> None:
    with pytest.raises(OutboxMisuse):
        outbox.append([new(1), new(1)])
    with pytest.raises(OutboxMisuse):
        outbox.append([new(1), new(2, meter=b"unknown")])
    assert outbox.last_reading(METER) is None
    assert outbox.append([new(1)]) == (1,)
    assert outbox.last_reading(METER) == (Reading(1, 901_000, 10), HEAD)


def test_time_never_falls_and_registers_are_numbers_of_the_ledger(outbox: Outbox) -> None:
    outbox.append([new(5)])
    for wrong in (new(5), new(4), NewReading(METER, 10**12, -1, HEAD), NewReading(METER, 10**12, 2**63, HEAD)):
        with pytest.raises(OutboxMisuse):
            outbox.append([wrong])
    assert outbox.append([new(6)]) == (2,)


def test_a_batch_holds_readings_of_one_header_only(outbox: Outbox) -> None:
    other = msgspec.structs.replace(HEAD, flags=1)
    outbox.append([new(1), new(2), new(3, other), new(4)])
    ranges = []
    for _ in range(3):
        batch = taken(outbox)
        ranges.append((batch.first_sequence, batch.nonce))
        outbox.settle(batch, "")
    assert ranges == [(1, 2), (3, 3), (4, 4)]


def test_many_meters_share_a_file_and_not_their_numbers(outbox: Outbox) -> None:
    other = Ed25519SecretKey(b"\1" * 32).public_key
    outbox.add_meter(other, opening_sequence=40)
    outbox.add_meter(other, opening_sequence=7)
    assert outbox.append([new(1), new(1, meter=other), new(2)]) == (1, 41, 2)
    assert outbox.meters() == (METER, other)
    assert taken(outbox, other).nonce == 41
    assert taken(outbox).nonce == 2


def test_only_what_is_dead_gives_its_readings_back(outbox: Outbox) -> None:
    outbox.append([new(1), new(2)])
    batch = taken(outbox)
    outbox.append([new(3)])
    outbox.give_up(batch, "expired")
    rebuilt = taken(outbox)
    assert (rebuilt.first_sequence, rebuilt.nonce) == (1, 3)
    outbox.settle(rebuilt, "")
    outbox.give_up(rebuilt, "too late to die")
    assert outbox.next_batch(METER, build) is None
    assert [entry.state for entry in outbox.batches(METER)] == ["decided", "dead"]


def test_the_database_itself_refuses_a_second_body_for_a_nonce(outbox: Outbox, tmp_path: Path) -> None:
    outbox.append([new(1)])
    taken(outbox)
    with sqlite3.connect(tmp_path / "outbox.db") as database, pytest.raises(sqlite3.IntegrityError):
        database.execute(
            "INSERT INTO batches (meter, nonce, first_sequence, count, transaction_id, body, valid_until_height, state)"
            " VALUES (1, 1, 1, 1, x'00', x'01', 0, 'decided')"
        )
    database.close()


def test_a_failing_signer_leaves_everything_pending(outbox: Outbox) -> None:
    def broken(header: ReadingHeader, readings: tuple[Reading, ...]) -> SignedBatch:
        raise RuntimeError("the secure element does not answer")

    outbox.append([new(1)])
    with pytest.raises(RuntimeError):
        outbox.next_batch(METER, broken)
    assert taken(outbox).nonce == 1


def test_an_old_copy_of_the_outbox_goes_on_above_the_chain(outbox: Outbox) -> None:
    outbox.append([new(1), new(2)])
    taken(outbox)
    outbox.append([new(3)])
    assert not outbox.resume_after(METER, 0)
    assert outbox.resume_after(METER, 10)
    assert outbox.next_batch(METER, build) is None
    assert outbox.append([new(4)]) == (11,)
    assert taken(outbox).first_sequence == 11
    assert outbox.summaries()[0].thinned == 3


def test_of_a_batch_whose_first_number_is_taken_the_rest_is_signed_anew(outbox: Outbox) -> None:
    outbox.append([new(place) for place in range(1, 6)])
    outbox.settle(taken(outbox, most=2), "")
    taken(outbox)
    assert outbox.resume_after(METER, 4)
    assert (taken(outbox).first_sequence, taken(outbox).nonce) == (5, 5)
    assert [batch.state for batch in outbox.batches(METER)] == ["signed", "dead", "decided"]


def test_threads_share_an_outbox_without_mixing_their_writes(outbox: Outbox) -> None:
    others = [Ed25519SecretKey(bytes((place,)) * 32).public_key for place in range(4)]
    for other in others:
        outbox.add_meter(other)

    def write(other: bytes) -> list[int]:
        return [outbox.append([new(place, meter=other)])[0] for place in range(1, 26)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, others)) == [list(range(1, 26))] * 4


def test_boots_are_counted(tmp_path: Path) -> None:
    for expected in (1, 2, 3):
        with Outbox(tmp_path / "outbox.db") as box:
            assert box.start_session() == expected


def test_the_quota_drops_decided_batches_first_and_thins_what_is_pending_last(tmp_path: Path) -> None:
    with Outbox(tmp_path / "outbox.db", quota_bytes=MIN_QUOTA_BYTES) as box:
        box.add_meter(METER)
        place = 0
        for _ in range(40):
            box.append([new(place + step) for step in range(1, 301)])
            place += 300
            box.settle(taken(box), "")
        assert box.used_bytes() <= MIN_QUOTA_BYTES
        (summary,) = box.summaries()
        assert 0 < summary.decided < 12_000
        assert summary.thinned == 0
        for _ in range(60):
            box.append([new(place + step) for step in range(1, 301)])
            place += 300
            assert box.used_bytes() <= MIN_QUOTA_BYTES
        (summary,) = box.summaries()
        assert summary.thinned > 0
        assert summary.last_sequence == 30_000
        assert summary.pending + summary.thinned == 18_000
        assert summary.decided == 0
        sent: list[int] = []
        while (batch := box.next_batch(METER, build)) is not None:
            assert batch.first_sequence > (sent[-1] if sent else 12_000)
            sent.append(batch.nonce)
            box.settle(batch, "")
        assert sent[-1] == 30_000


def test_foreign_and_damaged_files_are_refused_untouched(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE precious (a)")
    database.close()
    before = foreign.read_bytes()
    with pytest.raises(OutboxMisuse, match="not_an_outbox"):
        Outbox(foreign)
    assert foreign.read_bytes() == before
    text = tmp_path / "text.db"
    text.write_bytes(b"dear diary " * 200)
    with pytest.raises(OutboxFault):
        Outbox(text)
    with pytest.raises(OutboxFault):
        Outbox(tmp_path / "none" / "outbox.db")
    with pytest.raises(OutboxMisuse):
        Outbox(tmp_path / "small.db", quota_bytes=10)


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["append", "batch", "sent", "settle", "bury", "reopen"]), max_size=40))
def test_whatever_happens_numbers_have_no_hole_and_nonces_one_body(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    path = tmp_path_factory.mktemp("outbox") / "outbox.db"
    box = Outbox(path)
    box.add_meter(METER)
    place, on_the_way, numbers = 0, None, list[int]()
    living: dict[int, bytes] = {}
    settled: set[int] = set()
    for step in steps:
        if step == "append":
            place += 1
            numbers.extend(box.append([new(place)]))
        elif step == "reopen":
            box.close()
            box = Outbox(path)
        elif step == "batch":
            on_the_way = box.next_batch(METER, build, most=3)
            if on_the_way is not None:
                assert living.setdefault(on_the_way.nonce, on_the_way.body) == on_the_way.body
                covered = set(range(on_the_way.first_sequence, on_the_way.nonce + 1))
                assert not covered & settled
        elif on_the_way is not None:
            if step == "sent":
                box.mark_sent(on_the_way)
                continue
            if step == "settle":
                box.settle(on_the_way, "")
                settled |= set(range(on_the_way.first_sequence, on_the_way.nonce + 1))
            else:
                box.give_up(on_the_way, "expired")
                del living[on_the_way.nonce]
            on_the_way = None
    assert numbers == list(range(1, place + 1))
    (summary,) = box.summaries()
    assert summary.pending + summary.on_the_way + summary.decided == place
    box.close()


CHILD = """
import os, sys
from pathlib import Path
from devices.outbox import NewReading, Outbox
from devices.readings import ReadingHeader, build_batch
from ledger.keys.crypto import Ed25519SecretKey, sha256
from harness.fake_chain import TOWN

key = Ed25519SecretKey(bytes(32))
box = Outbox(Path(sys.argv[1]))
box.add_meter(key.public_key)
head = ReadingHeader(bytes(32), box.start_session(), 2, 0, bytes(6), 0)
said = lambda *words: os.write(1, (" ".join(map(str, words)) + "\\n").encode())
last = box.last_reading(key.public_key)
time_ms = last[0].time_ms if last else 0
said("boot", head.boot)
while True:
    time_ms += 1000
    said("stored", *box.append([NewReading(key.public_key, time_ms, time_ms // 1000, head)]), time_ms)
    if time_ms % 3000 == 0:
        batch = box.next_batch(key.public_key, lambda h, r: build_batch(key, TOWN, h, r), most=50)
        if batch is not None:
            said("body", batch.first_sequence, batch.nonce, sha256(batch.body).hex())
            box.mark_sent(batch)
            if batch.attempts:
                box.settle(batch, "")
                said("settled", batch.nonce)
"""


def test_sigkill_at_any_instant_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    draw = random.Random(2016)
    stored: dict[int, int] = {}
    bodies: dict[int, str] = {}
    settled: set[int] = set()
    boots = []
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    for _ in range(12):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, env=environment)
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(draw.randrange(2, 60))]
        child.send_signal(signal.SIGKILL)
        lines.extend(child.stdout)
        child.stdout.close()
        assert child.wait() == -signal.SIGKILL
        for line in lines:
            match line.split():
                case [b"boot", boot]:
                    boots.append(int(boot))
                case [b"stored", sequence, time_ms]:
                    assert int(sequence) not in stored
                    stored[int(sequence)] = int(time_ms)
                case [b"body", _, nonce, digest]:
                    assert bodies.setdefault(int(nonce), digest.decode()) == digest.decode()
                case [b"settled", nonce]:
                    settled.add(int(nonce))
    assert len(stored) > 50
    assert len(bodies) > 5
    assert boots == sorted(set(boots))
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT sequence, time_ms, register FROM readings ORDER BY sequence").fetchall()
        batches = database.execute("SELECT nonce, body, state, first_sequence FROM batches ORDER BY number").fetchall()
    database.close()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert all(earlier[1] < later[1] for earlier, later in pairwise(rows))
    assert {sequence: time_ms for sequence, time_ms, _ in rows}.items() >= stored.items()
    assert len(rows) - len(stored) <= 12
    for nonce, body, state, _ in batches:
        assert len(body) <= MAX_TRANSACTION_BYTES
        assert bodies.get(nonce, sha256(body).hex()) == sha256(body).hex()
        assert nonce not in settled or state == "decided"
    assert [batch[3] for batch in batches[1:]] == [batch[0] + 1 for batch in batches[:-1]]
