"""What is committed is what is read: blocks, indexes, current and past state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.state.full_key import number_key, split_key
from ledger.state.overlay import Reader
from nodechain.errors import DataDamaged, NodeInvariantBroken, NotFound, StorageFailed, WrongChain
from nodechain.store import layout
from nodechain.store.audit import AuditRules, HeaderFacts
from nodechain.store.layout import Location
from nodechain.store.records import BlockRecord, History
from nodechain.store.store import Store
from tests.nodechain.chain_of_bytes import RULES, ChainOfBytes, facts, root_of_buckets


def commit_all(store: Store, records: list[BlockRecord]) -> None:
    for record in records:
        store.commit(record)


def test_a_new_store_is_empty_and_stays_so_when_reopened(tmp_path: Path) -> None:
    for _ in range(2):
        with Store.open(tmp_path / "data", rules=RULES) as store:
            assert store.head() is None
            assert store.block(0) is None
            assert store.get(1, b"key") is None
            assert list(store.scan(1, b"", None)) == []


def test_everything_is_read_back_live_in_a_snapshot_and_after_reopening(tmp_path: Path) -> None:
    chain = ChainOfBytes(transactions=80)
    with Store.open(tmp_path, rules=RULES) as store:
        commit_all(store, chain.make(12))
        assert any(len(record.transactions) > layout.CHUNK for record in chain.records)
        chain.check(store, 11)
    with Store.open(tmp_path, rules=RULES) as store:
        assert store.audit_report is not None
        assert store.audit_report.blocks == 12
        chain.check(store, 11)
        with store.snapshot() as snapshot:
            commit_all(store, chain.make(2))
            chain.check(snapshot, 11)
            chain.check(store, 13)


def test_unknown_things_are_none(tmp_path: Path) -> None:
    chain = ChainOfBytes()
    with Store.open(tmp_path) as store:
        commit_all(store, chain.make(3))
        assert store.block(3) is None
        assert store.certificate(3) is None
        assert store.block_by_hash(bytes(32)) is None
        assert store.location(bytes(32)) is None
        assert store.transaction(Location(1, 5_000)) is None
        assert store.receipt(Location(9, 0)) is None
        assert store.account_history(b"nobody" * 3, limit=10) == ()
        with pytest.raises(NotFound):
            store.receipts(3)


def test_blocks_and_headers_by_hash_and_range(tmp_path: Path) -> None:
    chain = ChainOfBytes()
    with Store.open(tmp_path) as store:
        commit_all(store, chain.make(6))
        assert store.block_by_hash(chain.records[4].block_hash) == store.block(4)
        assert [stored.height for stored in store.headers(2, 4)] == [2, 3, 4]
        assert [stored.header for stored in store.headers(4, 99)] == [record.header for record in chain.records[4:]]
        assert [stored.receipts for stored in store.headers(0, 5)] == [len(item.receipts) for item in chain.records]


@pytest.mark.parametrize("newest_first", [True, False])
def test_account_history_is_paged_without_gap_or_repeat(tmp_path: Path, newest_first: bool) -> None:
    chain = ChainOfBytes()
    with Store.open(tmp_path) as store:
        commit_all(store, chain.make(30))
        address = bytes(20)
        expected = [
            Location(record.height, index)
            for record in chain.records
            for owner, index in record.account_index
            if owner == address
        ]
        found: list[Location] = []
        page = store.account_history(address, limit=7, newest_first=newest_first)
        while page:
            found += page
            page = store.account_history(address, limit=7, cursor=page[-1], newest_first=newest_first)
        assert found == (expected[::-1] if newest_first else expected)


def test_it_serves_the_ledgers_reader_protocol(tmp_path: Path) -> None:
    chain = ChainOfBytes()
    with Store.open(tmp_path) as store:
        commit_all(store, chain.make(9))
        state = chain.states[-1]
        with store.snapshot() as snapshot:
            readers: list[Reader] = [store, snapshot, snapshot.at(8)]
            for reader in readers:
                for table in (1, 2):
                    keys = sorted(key for of, key in map(split_key, state) if of == table)
                    found = list(reader.scan(table, b"", None))
                    assert found == [(key, state[number_key(table) + key]) for key in keys]
                    assert [key for key, _ in reader.scan(table, keys[2], keys[5])] == keys[2:5]


def test_every_past_state_within_the_window_is_readable(tmp_path: Path) -> None:
    chain = ChainOfBytes()
    with Store.open(tmp_path, history=History(heights=10)) as store:
        commit_all(store, chain.make(40))
        with store.snapshot() as snapshot:
            assert snapshot.state_floor() == 29
            for height in range(29, 40):
                past = snapshot.at(height)
                assert dict(past.entries()) == chain.states[height]
                for full_key in sorted(set().union(*chain.states)):
                    assert past.get(*split_key(full_key)) == chain.states[height].get(full_key)
                keys = sorted(key for of, key in map(split_key, chain.states[height]) if of == 1)
                assert [key for key, _ in past.scan(1, keys[1], keys[-1])] == keys[1:-1]
            for height in (0, 28, 40):
                with pytest.raises(NotFound):
                    snapshot.at(height)
        undo = store._reads.iterate(layout.UNDO, layout.after(layout.UNDO))
        assert {layout.split_undo_key(key)[1] for key, _ in undo} == set(range(30, 40))


def test_a_block_reader_reads_each_key_once_and_saves_the_commit_from_it(tmp_path: Path) -> None:
    chain = ChainOfBytes()
    with Store.open(tmp_path) as store:
        reader = store.block_reader()
        for record in chain.make(20):
            reader = store.block_reader()
            before = chain.states[record.height - 1] if record.height else {}
            for full_key in list(record.state_changes)[::2]:
                assert reader.get(*split_key(full_key)) == before.get(full_key)
                assert reader.get(*split_key(full_key)) == before.get(full_key)
            assert list(reader.scan(1, b"", None)) == list(store.scan(1, b"", None))
            assert set(reader.seen) == set(list(record.state_changes)[::2])
            store.commit(record, executed_on=reader)
        with store.snapshot() as snapshot:
            for height in range(20):
                assert dict(snapshot.at(height).entries()) == chain.states[height]
        with pytest.raises(NodeInvariantBroken, match="another head"):
            store.commit(chain.make(1)[0], executed_on=reader)


def test_an_archive_keeps_all_and_catches_up_when_it_is_none_any_more(tmp_path: Path) -> None:
    chain = ChainOfBytes()
    with Store.open(tmp_path, history=History(heights=5, archive=True)) as store:
        commit_all(store, chain.make(30))
        with store.snapshot() as snapshot:
            assert dict(snapshot.at(0).entries()) == chain.states[0]
    with Store.open(tmp_path, history=History(heights=5)) as store:
        commit_all(store, chain.make(3))
        assert store.state_floor() == 12
        commit_all(store, chain.make(10))
        assert store.state_floor() == 42 - 5


def test_the_caller_can_keep_more_than_the_window(tmp_path: Path) -> None:
    chain = ChainOfBytes()
    with Store.open(tmp_path, history=History(heights=3)) as store:
        for record in chain.make(20):
            store.commit(record, keep_state_from=9)
        assert store.state_floor() == 9
        with store.snapshot() as snapshot:
            assert dict(snapshot.at(9).entries()) == chain.states[9]


@given(st.sets(st.binary(max_size=6), min_size=2, max_size=8), st.integers(0, layout.MAX_HEIGHT))
def test_undo_keys_sort_as_their_state_keys_do_and_split_again(keys: set[bytes], height: int) -> None:
    full_keys = sorted(keys)
    undo_keys = [layout.undo_key(key, height) for key in full_keys]
    assert undo_keys == sorted(undo_keys)
    assert [layout.split_undo_key(key) for key in undo_keys] == [(key, height) for key in full_keys]
    for full_key in full_keys:
        stop = layout.after(layout.undo_prefix(full_key))
        assert stop is not None
        inside = [key for key in undo_keys if layout.undo_prefix(full_key) <= key < stop]
        assert inside == [layout.undo_key(full_key, height)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: replace(record, height=4),
        lambda record: replace(record, height=2),
        lambda record: replace(record, block_hash=b"short"),
        lambda record: replace(record, transaction_ids=(b"one",) * 99),
        lambda record: replace(record, account_index=((bytes(20), 10_000),)),
        lambda record: replace(record, state_changes={b"": b"value"}),
    ],
)
def test_a_block_that_does_not_fit_is_refused_and_nothing_is_written(
    tmp_path: Path, spoil: Callable[[BlockRecord], BlockRecord]
) -> None:
    chain = ChainOfBytes()
    with Store.open(tmp_path) as store:
        commit_all(store, chain.make(3))
        (record,) = chain.make(1)
        with pytest.raises(NodeInvariantBroken):
            store.commit(spoil(record))
        chain.check(store, 2)
        store.commit(record)
        chain.check(store, 3)


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    chain = ChainOfBytes()
    store = Store.open(tmp_path)
    commit_all(store, chain.make(2))
    snapshot = store.snapshot()
    store.close()
    store.close()
    for view in (store, snapshot):
        with pytest.raises(StorageFailed, match="is closed"):
            view.get(1, b"key")
        with pytest.raises(StorageFailed, match="is closed"):
            list(view.scan(1, b"", None))
    with pytest.raises(StorageFailed, match="is closed"):
        store.commit(chain.make(1)[0])


def test_the_audit_finds_what_checksums_cannot(tmp_path: Path) -> None:
    """Sound bytes that do not fit: a wrong parent, root, tree or genesis."""
    chain = ChainOfBytes()
    with Store.open(tmp_path) as store:
        commit_all(store, chain.make(8))
    root = chain.records[7].state_root

    def wrong_parent(header: bytes) -> HeaderFacts:
        known = facts(header)
        return replace(known, parent=bytes(32)) if known.height == 5 else known

    def unreadable(header: bytes) -> HeaderFacts:
        raise ValueError("no header at all")

    cases = [
        (AuditRules(wrong_parent), "does not continue"),
        (AuditRules(unreadable), "cannot be read"),
        (AuditRules(lambda header: replace(facts(header), height=1)), "says that it has height"),
        (AuditRules(lambda header: replace(facts(header), block_hash=bytes(32))), "does not have the hash"),
        (AuditRules(lambda header: replace(facts(header), state_root=bytes(32))), "another state root"),
        (AuditRules(facts, lambda buckets: bytes(32)), "state tree of height 7 hashes to"),
        (AuditRules(facts, root_of_buckets, lambda entries: bytes(32)), "state of height 7 hashes to"),
    ]
    for rules, message in cases:
        with pytest.raises(DataDamaged, match=message) as caught:
            Store.open(tmp_path, rules=rules)
        assert caught.value.exit_code == 8
        assert "peers" in caught.value.advice
    with pytest.raises(WrongChain):
        Store.open(tmp_path, rules=replace(RULES, genesis_hash=bytes(32)))
    with Store.open(tmp_path, rules=replace(RULES, genesis_hash=chain.records[0].block_hash)) as store:
        head = store.head()
        assert head is not None
        assert head.state_root == root
