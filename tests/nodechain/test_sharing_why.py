"""Why a slot came to what it did: from which zones shared energy came, and what of a folded day the node still says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.chain.context import Context
from ledger.chain.parameters import PARTS
from ledger.grid.events import GridBooked
from ledger.grid.genesis import GridMode
from ledger.grid.postings import line_name
from ledger.sharing.allocation_rules import AllocationMethod, Pairs, PairShare
from ledger.sharing.queries import SettledRun, settled_run
from nodechain.api import sharing_slots
from nodechain.api.scheme_rows import RowsPage
from nodechain.api.sharing_slots import RecentRun, read_slot
from nodechain.errors import NotFound
from tests.ledger.grid.test_shared_zones import ZONED, zoned
from tests.nodechain.test_api_sharing import at, shown, told
from tests.support.folded_street import FoldedStreet
from tests.support.grid_tariffs import tariff
from tests.support.sharing_chain import BY_OFFTAKE, FIRST_SLOT, KWH

VALUES = {1: 2 * KWH, 2: KWH, 3: 3 * KWH // 2, 4: KWH // 2}
PAIRED = Pairs((PairShare(3, 1, PARTS // 2), PairShare(3, 2, PARTS // 2), PairShare(4, 2, PARTS)))


@pytest.mark.parametrize("method", [BY_OFFTAKE, PAIRED])
def test_each_share_is_told_by_zone_with_the_fee_that_the_grid_account_booked(method: AllocationMethod) -> None:
    chain = zoned(method)
    events = chain.values(FIRST_SLOT, VALUES)
    fees: dict[tuple[int, str], tuple[int, int]] = {}
    for event in events:
        if isinstance(event, GridBooked):
            fees |= {
                (event.point, line_name(line).removeprefix("grid_fee:")): (line.energy_mwh, line.amount)
                for line in event.lines
            }
    rows = shown(read_slot(at(chain), 1, FIRST_SLOT))["rows"]
    assert sum(len(row["zones"]) for row in rows) >= 3
    for row in rows:
        assert sum(part["energy_mwh"] for part in row["zones"]) == (
            row["shared_mwh"] if row["direction"] == "offtake" else 0
        )
        for part in row["zones"]:
            assert fees[row["point"], part["pair"]] == (part["energy_mwh"], part["fee"]["base"])
            assert part["pair"].startswith(f"{part['zone']}>")


def test_zones_are_sentences_of_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chain = zoned()
    chain.values(FIRST_SLOT, VALUES)
    text = told(chain, tmp_path / "home", capsys, "why", str(FIRST_SLOT))
    assert (
        "Of its part came 0.333333 kWh from zone north (grid fee north>south at 0.04 a kWh: 0.01333332), 1 kWh from"
        " zone south (grid fee south>south at 0.01 a kWh: 0.01)."
    ) in text
    only = told(chain, tmp_path / "home", capsys, "why", str(FIRST_SLOT), "--point", "3")
    assert "Point 3" in only
    assert "Point 1" not in only


def test_a_zone_without_a_fee_says_so_and_where_nobody_charges_shared_energy_there_are_none() -> None:
    levied = tariff(levies=ZONED.levies)
    chain = zoned(tariffs=(levied,))
    chain.values(FIRST_SLOT, VALUES)
    (first, *_others) = shown(read_slot(at(chain), 1, FIRST_SLOT))["rows"]
    assert [(part["zone"], part["pair"], part["fee"]) for part in first["zones"]] == [
        ("north", None, None), ("south", None, None),
    ]  # fmt: skip
    for other in (zoned(tariffs=(tariff(),)), zoned(mode=GridMode.ISLAND)):
        other.values(FIRST_SLOT, VALUES)
        assert [row["zones"] for row in shown(read_slot(at(other), 1, FIRST_SLOT))["rows"]] == [[], [], [], []]


def test_of_a_folded_slot_the_node_has_what_a_correction_came_to_and_else_sends_to_the_archive() -> None:
    chain = FoldedStreet(points=12, hourly=True)
    with pytest.raises(NotFound) as refused:
        read_slot(at(chain), 1, FIRST_SLOT + 4)
    assert refused.value.code == "day_folded"
    chain.correct(4, {2: KWH})
    view = shown(read_slot(at(chain), 1, FIRST_SLOT + 4))
    entry = chain.day.late[0].entry
    assert (view["folded"], view["run"]["run"], view["rows"]) == (True, 2, [])
    assert (view["shared_mwh"], view["run"]["rows_root"]) == (entry.sums.shared_mwh, entry.rows_root.hex())
    assert view["hour"]["shared_mwh"] == sum(run.entry.sums.shared_mwh for run in chain.day.late)
    assert view["paid"]["base"] == entry.sums.paid


def test_pages_of_a_run_are_computed_once_and_another_run_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    chain, recent = zoned(), RecentRun()
    computed: list[int] = []
    chain.values(FIRST_SLOT, VALUES)

    def counted(context: Context, scheme: int, slot: int) -> SettledRun | None:
        computed.append(slot)
        return settled_run(context, scheme, slot)

    monkeypatch.setattr(sharing_slots, "settled_run", counted)
    pages = [read_slot(at(chain), 1, FIRST_SLOT, RowsPage(after, None, 2), recent) for after in (0, 2)]
    assert [row.point for page in pages for row in page.rows] == [1, 2, 3, 4]
    assert len(computed) == 1
    whole = read_slot(at(chain), 1, FIRST_SLOT)
    assert [row for page in pages for row in page.rows] == whole.rows
    chain.values(FIRST_SLOT, {1: KWH})
    after = read_slot(at(chain), 1, FIRST_SLOT, recent=recent)
    assert (after.run.run, after.rows) == (2, read_slot(at(chain), 1, FIRST_SLOT).rows)
    assert after.rows != whole.rows
