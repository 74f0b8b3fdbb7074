"""The validator's journal: what is written before what, what a crash leaves, and what is noticed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from consensus.messages import Commit, Prepare, Prepared
from consensus.signing import BODY_PIECE_BYTES, NOTHING_SIGNED, DoubleSignRisk, LoggedLock, LoggedVote, SignRecord, Step
from ledger.chain.header import Header
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from nodechain.errors import DataDamaged, JournalMissing
from nodechain.journal import journal as module
from nodechain.journal.files import Files
from nodechain.journal.journal import ENTRY, Journal, JournalEntry
from nodechain.journal.sign_state import SignState
from tests.simulation.disk import Power, PowerCut, VirtualDisk

FILES = Files(Path("sign-state"), Path("wal"))
ZERO = bytes(32)


@pytest.fixture
def disk() -> VirtualDisk:
    disk = VirtualDisk(Power())
    Journal.create(FILES, disk=disk).close()
    return disk


def header(height: int) -> Header:
    return Header(1, 1, "test-00000000", height, ZERO, 5, bytes(20), ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, 0, ZERO, 1)


def prepare(height: int, round_: int = 0) -> LoggedVote:
    record = SignRecord(height, round_, int(Step.PREPARE), header(height).hash())
    return LoggedVote(record, encode(Prepare(height, round_, 0, header(height).hash(), bytes(64))))


def commit(height: int, round_: int = 0) -> LoggedVote:
    record = SignRecord(height, round_, int(Step.COMMIT), header(height).hash())
    return LoggedVote(record, encode(Commit(height, round_, 0, header(height).hash(), bytes(64))))


def lock(height: int, round_: int = 0) -> LoggedLock:
    return LoggedLock(height, Prepared(round_, header(height), ()))


def applied(height: int) -> SignRecord:
    return SignRecord(height, 0, int(Step.APPLIED), header(height).hash())


def write(journal: Journal, *records: LoggedVote | LoggedLock, risk: DoubleSignRisk | None = None) -> None:
    last = [record for record in records if isinstance(record, LoggedVote)][-1]
    journal.persist((), records, last.record, risk)


def test_what_was_under_way_is_there_again(disk: VirtualDisk) -> None:
    journal, memory = Journal.open(FILES, 6, disk)
    assert (memory.last, memory.resumed is None or not memory.resumed.messages) == (NOTHING_SIGNED, True)
    journal.persist((), (prepare(6), commit(6)), applied(6), None)
    body = bytes(range(256)) * (BODY_PIECE_BYTES // 200)
    journal.persist(((header(7), body),), (prepare(7), lock(7), commit(7)), commit(7).record, None)
    _journal, memory = Journal.open(FILES, 6, disk)
    assert memory.risk is None
    assert memory.last == commit(7).record
    assert memory.resumed is not None
    assert [type(message) for message in memory.resumed.messages] == [Prepare, Commit]
    assert memory.resumed.prepared == lock(7).prepared
    assert memory.bodies == ((header(7), body),)


def test_only_the_open_height_is_taken_up(disk: VirtualDisk) -> None:
    journal, _ = Journal.open(FILES, 0, disk)
    write(journal, prepare(6), lock(6), commit(6))
    journal.persist((), (), applied(6), None)
    _, memory = Journal.open(FILES, 6, disk)
    assert memory.resumed is not None
    assert (memory.resumed.height, memory.resumed.round, memory.resumed.prepared, memory.resumed.messages) == (
        7, 0, None, (),
    )  # fmt: skip


def test_a_height_that_was_decided_but_not_stored_is_still_open(disk: VirtualDisk) -> None:
    journal, _ = Journal.open(FILES, 0, disk)
    write(journal, prepare(6, 2), lock(6, 2), commit(6, 2))
    journal.persist((), (), SignRecord(6, 2, int(Step.APPLIED), header(6).hash()), None)
    _, memory = Journal.open(FILES, 5, disk)
    assert memory.risk is None
    assert memory.resumed is not None
    assert (memory.resumed.round, len(memory.resumed.messages)) == (2, 2)


@pytest.mark.parametrize("seed", range(60))
def test_a_power_cut_at_any_write_loses_nothing_that_was_promised(seed: int, disk: VirtualDisk) -> None:
    """What `persist` returned for is there; what it did not is there whole or not at all."""
    rng = random.Random(seed)
    journal, _ = Journal.open(FILES, 0, disk)
    write(journal, prepare(1))
    disk.power.cut_in(seed % 6)
    try:
        write(journal, lock(1), commit(1))
        returned = True
    except PowerCut:
        returned = False
    disk.power.restore()
    disk.power_cut(rng)
    _, memory = Journal.open(FILES, 0, disk)
    assert memory.risk is None
    assert memory.resumed is not None
    known = [type(message) for message in memory.resumed.messages]
    assert known in ([Prepare], [Prepare, Commit])
    if known == [Prepare, Commit]:
        assert memory.resumed.prepared is not None, "a COMMIT without its lock"
        assert memory.last == commit(1).record
    assert not returned or known == [Prepare, Commit]


def test_after_a_crash_between_both_files_the_sign_state_follows_the_log(disk: VirtualDisk) -> None:
    journal, _ = Journal.open(FILES, 0, disk)
    disk.power.cut_in(2)
    with pytest.raises(PowerCut):
        write(journal, prepare(1))
    disk.power.restore()
    disk.power_cut(random.Random(1))
    Journal.open(FILES, 0, disk)
    entry = ENTRY.decode(SignState.open(FILES.sign_state, disk).payload)
    assert entry == JournalEntry(prepare(1).record, 1, "", resumed_unsafely=False)


@pytest.mark.parametrize("missing", [FILES.sign_state, FILES.wal])
def test_a_missing_file_is_a_risk_that_lasts(missing: Path, disk: VirtualDisk) -> None:
    journal, _ = Journal.open(FILES, 0, disk)
    write(journal, prepare(1))
    del disk.durable[missing]
    with pytest.raises(JournalMissing):
        Journal.open(FILES, 0, disk)
    for _ in range(2):
        journal, memory = Journal.open_or_begin_anew(FILES, 0, disk)
        assert memory.risk is DoubleSignRisk.MISSING
    journal.persist((), (), applied(4), DoubleSignRisk.MISSING)
    assert Journal.open_or_begin_anew(FILES, 4, disk)[1].risk is DoubleSignRisk.MISSING
    write(journal, prepare(7))
    assert Journal.open_or_begin_anew(FILES, 6, disk)[1].risk is None


def test_a_damaged_file_is_a_risk(disk: VirtualDisk) -> None:
    journal, _ = Journal.open(FILES, 0, disk)
    write(journal, prepare(1), lock(1), commit(1))
    data = disk.durable[FILES.wal]
    disk.durable[FILES.wal] = data[:100] + bytes((data[100] ^ 1,)) + data[101:]
    with pytest.raises(DataDamaged):
        Journal.open(FILES, 0, disk)
    assert Journal.open_or_begin_anew(FILES, 0, disk)[1].risk is DoubleSignRisk.DAMAGED


def test_a_log_that_is_older_than_the_sign_state_is_a_risk(disk: VirtualDisk) -> None:
    journal, _ = Journal.open(FILES, 0, disk)
    older = disk.durable[FILES.wal]
    write(journal, prepare(1))
    disk.durable[FILES.wal] = older
    with pytest.raises(DataDamaged, match="tail"):
        Journal.open(FILES, 0, disk)


def test_a_sign_state_below_the_chain_is_a_risk(disk: VirtualDisk) -> None:
    journal, _ = Journal.open(FILES, 0, disk)
    journal.persist((), (), applied(3), None)
    assert Journal.open(FILES, 3, disk)[1].risk is None
    assert Journal.open(FILES, 4, disk)[1].risk is DoubleSignRisk.ROLLED_BACK
    assert Journal.open(FILES, 3, disk)[1].risk is DoubleSignRisk.ROLLED_BACK, "a risk does not go away by itself"


def test_the_log_is_begun_anew_when_it_is_long_and_the_height_is_over(
    disk: VirtualDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESTART_BYTES", 1_000)
    journal, _ = Journal.open(FILES, 0, disk)
    journal.persist(((header(1), bytes(3_000)),), (prepare(1), lock(1), commit(1)), commit(1).record, None)
    assert len(disk.durable[FILES.wal]) > 3_000
    journal.persist((), (), applied(1), None)
    write(journal, prepare(2))
    assert len(disk.durable[FILES.wal]) < 500
    _, memory = Journal.open(FILES, 1, disk)
    assert memory.last == prepare(2).record
    assert memory.risk is None


def test_n14_the_log_of_a_height_that_never_ends_stays_bounded(
    disk: VirtualDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of rounds: what safety needs is there after each, and the file does not grow with the rounds."""
    monkeypatch.setattr(module, "RESTART_BYTES", 10_000)
    journal, _ = Journal.open(FILES, 0, disk)
    body = bytes(range(256)) * 20
    largest = 0
    for round_ in range(400):
        if round_ == 150:
            journal.persist(
                ((header(1), body),), (prepare(1, 150), lock(1, 150), commit(1, 150)), commit(1, 150).record, None
            )
        else:
            write(journal, prepare(1, round_))
        largest = max(largest, len(disk.durable[FILES.wal]))
    assert largest < 3 * 10_000
    _, memory = Journal.open(FILES, 0, disk)
    assert memory.risk is None
    assert memory.last == prepare(1, 399).record
    assert memory.resumed is not None
    assert (memory.resumed.round, memory.resumed.prepared) == (399, lock(1, 150).prepared)
    said = [
        (type(message), message.round) for message in memory.resumed.messages if isinstance(message, Prepare | Commit)
    ]
    assert said[-2:] == [(Prepare, 398), (Prepare, 399)]
    assert (Commit, 150) in said
    assert memory.bodies == ((header(1), body),)


def write_rounds(journal: Journal, returned: list[int]) -> None:
    """Round after round until the power goes; `returned` grows with each that is on the disk."""
    for round_ in range(1, 200):
        write(journal, prepare(1, round_))
        returned.append(round_)


def test_n14_a_cut_while_the_log_is_compacted_loses_nothing(disk: VirtualDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every durable operation of a compaction the old log or the new one is there, never less than was promised."""
    monkeypatch.setattr(module, "RESTART_BYTES", 1_000)
    for operations in range(6):
        power = Power()
        disk = VirtualDisk(power)
        Journal.create(FILES, disk=disk).close()
        journal, _ = Journal.open(FILES, 0, disk)
        write(journal, prepare(1, 0), lock(1, 0), commit(1, 0))
        returned = [0]
        power.cut_in(40 + operations)
        with pytest.raises(PowerCut):
            write_rounds(journal, returned)
        power.restore()
        disk.power_cut(random.Random(operations))
        _, memory = Journal.open(FILES, 0, disk)
        assert memory.risk is None
        assert memory.resumed is not None
        assert memory.resumed.prepared == lock(1, 0).prepared
        assert memory.last.round - returned[-1] in (0, 1)


def test_n8a_an_overrule_lasts_until_it_is_taken_back(disk: VirtualDisk) -> None:
    journal, memory = Journal.resume_unsafely(FILES, 7, disk)
    assert memory.resumed_unsafely
    assert memory.last == SignRecord(7, 0, int(Step.APPLIED), ZERO)
    journal.persist((), (), applied(8), None, resumed_unsafely=True)
    assert Journal.open(FILES, 8, disk)[1].resumed_unsafely
    journal.persist((), (), applied(9), None, resumed_unsafely=False)
    assert not Journal.open(FILES, 9, disk)[1].resumed_unsafely


@pytest.mark.parametrize("spoilt", [FILES.sign_state, FILES.wal])
def test_n8e_a_damaged_journal_is_kept_under_another_name(spoilt: Path, disk: VirtualDisk) -> None:
    for number in (1, 2):
        journal, _ = Journal.open_or_begin_anew(FILES, 0, disk)
        write(journal, prepare(1, number), risk=None)
        disk.durable[spoilt] = bytes(byte ^ 0x55 for byte in disk.durable[spoilt])
        before = {path: disk.durable[path] for path in (FILES.sign_state, FILES.wal)}
        journal, memory = Journal.open_or_begin_anew(FILES, 0, disk)
        assert memory.risk is DoubleSignRisk.DAMAGED
        names = {path: path.with_name(f"{path.name}.damaged-{number}") for path in before}
        assert set(journal.set_aside) == set(names.values())
        assert {path: disk.durable[name] for path, name in names.items()} == before
    kept = {path: disk.durable[path] for path in (FILES.sign_state, FILES.wal)}
    journal, _ = Journal.resume_unsafely(FILES, 0, disk)
    assert {path: disk.durable[path.with_name(f"{path.name}.replaced-1")] for path in kept} == kept


def test_a_look_changes_nothing_and_sees_the_same(disk: VirtualDisk) -> None:
    journal, _ = Journal.open(FILES, 0, disk)
    write(journal, prepare(1), lock(1), commit(1))
    disk.durable[FILES.wal] += bytes(100)
    before = dict(disk.durable)
    seen = Journal.look(FILES, 0, disk)
    assert disk.durable == before
    assert seen == Journal.open(FILES, 0, disk)[1]
    disk.durable[FILES.wal] = before[FILES.wal][:-150]
    with pytest.raises(DataDamaged):
        Journal.look(FILES, 0, disk)


def test_an_entry_that_is_none_is_damage(disk: VirtualDisk) -> None:
    SignState.create(FILES.sign_state, b"\xc0", disk)
    with pytest.raises(DataDamaged):
        Journal.open(FILES, 0, disk)
    with pytest.raises(InvalidInput):
        ENTRY.decode(b"\xc0")
