"""Rows that come with each slot at the node and on the command line: what is shown to whom, which files are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from harness.chain import address
from ledger.chain.protocol import context_at
from ledger.encoding.codec import encode
from ledger.keys.address import format_address
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.sharing.allocation_rules import PairsEachSlot, PairShare
from ledger.sharing.hours import Together
from ledger.sharing.queries import settled_run
from ledger.sharing.rows_import import most_weight
from ledger.sharing.rows_used import rows_of_run
from ledger.sharing.rows_values import POINT_ROWS, PointRows
from nodechain.api.module_figures import _sharing
from nodechain.api.reading import CommittedState
from nodechain.api.sharing_rows import read_rows, read_slot_rows
from nodechain.api.sharing_slots import read_slot
from nodechain.api.sharing_unsettled import read_unsettled
from nodechain.commands.sending.rows_import import SPAN_WEIGHT, Shares, payload_of, root_text, spans_of
from nodechain.commands.sharing_schemes import replayed
from nodechain.commands.sharing_why import _reason, _told, check_row
from nodechain.errors import BadAnswer, NotFound
from nodechain.formats.errors import BadFile
from nodechain.formats.share_rows import numbered, read_shares
from nodechain.formats.slot_rows import BookedPoint
from nodechain.formats.values import GridFlow
from nodechain.home.scheme_file import read_scheme_file
from nodechain.modules import REGISTRY
from tests.support.rows_chain import HALF, QUARTER, WHOLE, RowsChain
from tests.support.sharing_chain import FIRST_SLOT, KWH, SLOT_MS

FRENCH = "operation_id;producer_prm;interval_start;consumer_prm;coefficient_pct"
PLAIN = "slot,producer,consumer,share"


@pytest.fixture(scope="module")
def chain() -> RowsChain:
    """One slot is settled by rows, one has values and lacks rows, one has rows and lacks values."""
    found = RowsChain()
    found.until(FIRST_SLOT + 2)
    for slot in (FIRST_SLOT, FIRST_SLOT + 1):
        found.values(slot, {1: 2 * KWH, 2: 3 * KWH, 3: 4 * KWH})
    for slot in (FIRST_SLOT, FIRST_SLOT + 2):
        found.rows(slot, {(3, 1): HALF, (3, 2): QUARTER})
    return found


def at(chain: RowsChain) -> CommittedState:
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    return CommittedState(chain.reader, height, view)


def test_which_slots_have_rows_and_what_waits_for_them(chain: RowsChain) -> None:
    found = read_rows(at(chain), 1, range(FIRST_SLOT - 4, FIRST_SLOT + 90)).slots
    assert [(each.slot, each.state, each.rows) for each in found] == [
        (FIRST_SLOT, "imported", 2), (FIRST_SLOT + 1, "missing", 0), (FIRST_SLOT + 2, "imported", 2),
    ]  # fmt: skip
    assert (found[0].file, found[0].issued_ms, found[0].too_late, found[1].file) == ("72" * 32, 1, False, "")
    spans = read_unsettled(at(chain), None, None).spans
    assert [(each.first_slot, each.rows_missing, each.missing) for each in spans] == [
        (FIRST_SLOT + 1, True, 0), (FIRST_SLOT + 2, False, 3),
    ]  # fmt: skip
    figures = {name: value for name, _kind, _help, value in _sharing(at(chain))}
    assert (figures["sharing_unsettled_slots"], figures["sharing_slots_without_rows"]) == (2, 1)
    with pytest.raises(NotFound):
        read_rows(at(chain), 9, range(1))


def test_the_rows_of_a_slot_are_shown_in_pages_and_to_members_their_own(chain: RowsChain) -> None:
    whole = read_slot_rows(at(chain), 1, FIRST_SLOT, None, None, 10)
    assert [(row.producer, row.consumer, row.share) for row in whole.shares] == [(3, 1, HALF), (3, 2, QUARTER)]
    first = read_slot_rows(at(chain), 1, FIRST_SLOT, None, None, 1)
    assert first.next is not None
    mine = read_slot_rows(at(chain), 1, FIRST_SLOT, frozenset({address("C")}), None, 10)
    assert [(row.consumer, row.consumer_account) for row in mine.shares] == [(2, format_address(address("C")))]
    assert read_slot_rows(at(chain), 1, FIRST_SLOT, frozenset({address("A")}), None, 10).shares == []
    with pytest.raises(NotFound):
        read_slot_rows(at(chain), 1, FIRST_SLOT - 1, None, None, 10)


def test_why_says_where_rows_come_from_and_proves_those_of_each_point(chain: RowsChain) -> None:
    whole: Any = json.loads(read_slot(at(chain), 1, FIRST_SLOT).model_dump_json())
    for row in whole["rows"]:
        check_row(whole["run"], row)
    assert "rows imported" in _told(whole, "eEuro")
    consumer, producer = whole["rows"][0], whole["rows"][2]
    assert "it has 50% of point 3 (proven too)" in _reason(whole, consumer, "eEuro")
    assert "50% for point 1, 25% for point 2" in _reason(whole, producer, "eEuro")
    changes: tuple[dict[str, Any], ...] = (
        {"sides": [{"other": 3, "share": WHOLE}]},
        {"point_rows": encode(PointRows(1, ())).hex()},
    )
    for change in changes:
        with pytest.raises(BadAnswer):
            check_row(whole["run"], consumer | change)
    assert POINT_ROWS.decode(bytes.fromhex(consumer["point_rows"])).point == 1


def test_a_run_is_computed_anew_from_its_rows_and_from_no_others(chain: RowsChain) -> None:
    run = settled_run(chain.context(), 1, FIRST_SLOT)
    assert run is not None
    rows = rows_of_run(chain.state, run.version, FIRST_SLOT, 1)
    assert rows is not None
    together, entries, inputs = Together(range(FIRST_SLOT, FIRST_SLOT + 1), FIRST_SLOT), [run.entry], [run.inputs]
    told = replayed(run.version, run.members, together, entries, inputs, rows)
    assert "the roots are the same" in told
    for wrong in (None, replace(rows, state=2), replace(rows, packed=rows.packed[:-1] + b"\x01")):
        with pytest.raises(BadAnswer):
            replayed(run.version, run.members, together, entries, inputs, wrong)


def test_a_scheme_file_says_that_rows_come_with_each_slot(tmp_path: Path) -> None:
    file = tmp_path / "scheme.toml"
    file.write_text(
        'name = "x"\nrule = "pairs-each-slot"\n[[points]]\npoint = 1\nkeys = [1]\n[[points]]\npoint = 2\n'
        '[[pairs]]\nproducer = 2\nconsumer = 1\nshare = "10%"\n'
    )
    made = read_scheme_file(file, 2, 9, lambda _name: b"")
    assert made.rule.method == PairsEachSlot((PairShare(2, 1, WHOLE // 10),))


def test_both_shapes_of_files_are_read() -> None:
    plain = f"{PLAIN}\n2026-11-02T12:00+01:00,3,1,0.5\n2026-11-02T11:15Z,3,1,37.5%\n2026-11-02T11:15Z,3,2,0\n"
    slot = 1_793_617_200_000 // SLOT_MS
    assert numbered(read_shares(plain.encode()), {}, SLOT_MS) == {slot: {(3, 1): HALF}, slot + 1: {(3, 1): 375_000_000}}
    mixed = "consumer;share;slot start;producer\n1;0,25;7;3\n"
    assert numbered(read_shares(mixed.encode()), {}, SLOT_MS) == {7: {(3, 1): QUARTER}}
    french = f"{FRENCH}\nACC1;30000000000001;2026-11-02T12:00:00+01:00;30000000000002;33,33333\n"
    found = read_shares(french.encode())
    assert found.format == "fr-keys"
    book = {
        ("30000000000001", GridFlow.INJECTION): BookedPoint(3, b"s" * 16),
        ("30000000000002", GridFlow.OFFTAKE): BookedPoint(1, b"s" * 16),
    }
    assert numbered(found, book, SLOT_MS) == {slot: {(3, 1): 333_333_300}}
    with pytest.raises(BadFile) as refused:
        numbered(found, {}, SLOT_MS)
    assert refused.value.code == "unknown_point"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["7,3,1,0.5", "7,3,1,0.5"], "duplicate_rows"),
        (["7,3,1,0.5", "7,3,2,0.500000001"], "share_sums"),
        (["7,3,1,0.0000000001"], "bad_share"),
        (["7,3,1,101%"], "bad_share"),
        (["7,3,1,-0.1"], "bad_share"),
        (["7,3,1,x"], "bad_share"),
        (["2026-11-02T12:00,3,1,0.5"], "bad_time"),
        (["7,3,1,0.5", "2026-11-02T12:00Z,3,1,0.5"], "bad_time"),
        (["7,,1,0.5"], "bad_point"),
        ([], "no_rows"),
    ],
)
def test_files_that_are_wrong_are_refused_as_a_whole(lines: list[str], code: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_shares("\n".join([PLAIN, *lines]).encode())
    assert refused.value.code == code


def test_a_time_at_which_no_slot_begins_and_a_file_without_its_columns_are_refused() -> None:
    cases = {"interval_not_aligned": f"{PLAIN}\n2026-11-02T12:01Z,3,1,0.5\n", "missing_column": "slot,producer,share\n"}
    for code, text in cases.items():
        with pytest.raises(BadFile) as refused:
            numbered(read_shares(text.encode()), {}, SLOT_MS)
        assert refused.value.code == code


def test_slots_are_cut_into_transactions_that_fit() -> None:
    points = range(1_000)
    slots: dict[int, Shares] = {
        slot: {(5_000 + n % 10, 10_000 + n): 10**7 - (slot * n) % 97 for n in points} for slot in range(100, 110)
    }
    slots |= {120: {}, 121: {(5_000, 10_000): 1}}
    spans = spans_of(slots)
    assert [slot for span in spans for slot in span] == sorted(slots)
    assert spans[-1] == [120, 121]
    for span in spans:
        payload = payload_of(1, span, slots, bytes(32), 0)
        assert len(encode(payload)) < MAX_TRANSACTION_BYTES - 8_192
        assert most_weight(payload.slots, len(payload.pairs)) <= SPAN_WEIGHT
    with pytest.raises(BadFile) as refused:
        spans_of({1: {(n, 5_000): 1 for n in range(4_097)}})
    assert refused.value.code == "file_too_large"


def test_the_root_that_a_file_would_have_is_the_chains(chain: RowsChain) -> None:
    (known,) = read_rows(at(chain), 1, range(FIRST_SLOT, FIRST_SLOT + 1)).slots
    assert root_text({(3, 1): HALF, (3, 2): QUARTER}) == known.root
    assert root_text({(3, 1): HALF, (3, 2): HALF}) != known.root
