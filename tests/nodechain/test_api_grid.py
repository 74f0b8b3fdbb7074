"""What the interface says of the grid account of a chain that has charged slots: figures, debts, for monitoring too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.chain import ENT, address
from ledger.chain.protocol import context_at
from ledger.grid.community_sums import _merged
from ledger.grid.schema import GridLine, LineKind
from ledger.keys.address import format_address
from nodechain.api.grid import read_grid, read_grid_account, read_grid_debts, read_grid_sums, read_tariff
from nodechain.api.http.models import ApiModel
from nodechain.api.http.rights import HOUSEHOLDS
from nodechain.api.module_figures import figures_of
from nodechain.api.reading import CommittedState
from nodechain.errors import NotFound
from nodechain.modules import REGISTRY
from tests.ledger.grid.test_shared_zones import FAR, NEAR, SHARED_LEVY, zoned
from tests.support.grid_chain import GridChain
from tests.support.grid_tariffs import FEE, FEED_IN, LEVY, RETAIL
from tests.support.sharing_chain import FIRST_SLOT, KWH


@pytest.fixture(scope="module")
def at() -> CommittedState:
    """B took 2 kWh and cannot pay, D injected 10, which the operator cannot pay; the mark is 0.5."""
    chain = GridChain(money=0)
    chain.mark(ENT // 2)
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: 2 * KWH, 3: 10 * KWH})
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    return CommittedState(chain.reader, height, view)


def shown(answer: ApiModel) -> Any:
    return json.loads(answer.model_dump_json())


def test_an_account_sees_its_lines_debt_and_that_it_is_blocked(at: CommittedState) -> None:
    found = shown(read_grid_account(at, address("B")))
    (month,) = found["months"]
    assert [(line["kind"], line["name"], line["amount"]["base"]) for line in month["lines"]] == [
        ("retail", "", 2 * RETAIL), ("grid_fee", "grid>", 2 * FEE), ("levy", "green", 2 * LEVY),
    ]  # fmt: skip
    assert (month["total"]["tokens"], found["owes"]["tokens"], found["blocked"]) == ("0.76", "0.76", True)
    assert [(point["point"], point["tariff"]) for point in found["points"]] == [(1, 1)]
    assert shown(read_grid_account(at, address("D")))["is_owed"]["base"] == 10 * FEED_IN


def test_the_operator_sees_who_owes_and_everybody_what_in_all(at: CommittedState) -> None:
    debts = {each["account"]: each["amount"]["tokens"] for each in shown(read_grid_debts(at, None, 10))["debts"]}
    assert debts == {format_address(address("B")): "0.76", format_address(address("O")): "0.8"}
    whole = shown(read_grid(at))
    assert (whole["members_owe"]["tokens"], whole["operator_owes"]["tokens"], whole["mark"]["tokens"]) == (
        "0.76", "0.8", "0.5",
    )  # fmt: skip
    figures = {name: value for name, _kind, _meaning, value in figures_of(at, frozenset({"grid"}))}
    assert figures == {"grid_tariffs": 1, "grid_members_owe": 0.76, "grid_operator_owes": 0.8}
    with pytest.raises(NotFound):
        read_tariff(at, 2)


def test_an_account_sees_shared_energy_by_its_pair_of_zones_and_its_levy_as_lines_of_their_own() -> None:
    chain = zoned()
    chain.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 3 * KWH // 2, 4: KWH // 2})
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    found = shown(read_grid_account(CommittedState(chain.reader, height, view), address("B")))
    (month,) = found["months"]
    lines = {(line["kind"], line["name"]): (line["energy_mwh"], line["amount"]["base"]) for line in month["lines"]}
    assert lines["grid_fee", "south>south"] == (KWH, NEAR)
    assert lines["grid_fee", "north>south"] == (333_333, 333_333 * FAR // KWH)
    assert lines["shared_levy", "meter"] == (1_333_333, 333_333 * SHARED_LEVY // KWH + SHARED_LEVY)
    assert month["total"]["base"] == sum(amount for _energy, amount in lines.values())
    assert list(lines) == sorted(lines, key=lambda line: ("retail", "grid_fee", "levy", "shared_levy").index(line[0]))


def test_sums_by_zone_and_tariff_are_of_five_accounts_or_more() -> None:
    """Six with one tariff, two with another: these two are merged with the rest, which takes the others along."""

    def lines(*amounts: int) -> list[tuple[GridLine, ...]]:
        return [(GridLine(LineKind.RETAIL, "", 10 * amount, amount),) for amount in amounts]

    def rows(found: dict[tuple[str, int] | None, list[tuple[GridLine, ...]]]) -> list[tuple[bool, str, int, int]]:
        return [(row.rest, row.zone, row.accounts, row.lines[0].amount) for row in _merged(found, HOUSEHOLDS)]

    six = lines(1, 2, 3, 4, 5, 6)
    assert rows({("east", 1): list(six)}) == [(False, "east", 6, 21)]
    assert rows({("east", 1): list(six), ("west", 1): lines(7, 8)}) == [(True, "", 8, 36)]
    assert rows({("east", 1): list(six), ("west", 2): lines(1, 1, 1, 1, 1), None: lines(9)}) == [
        (False, "east", 6, 21), (True, "", 6, 14),
    ]  # fmt: skip
    assert rows({("east", 1): lines(1, 2, 3, 4)}) == []


def test_the_sums_of_a_month_are_those_of_its_accounts(at: CommittedState, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(read_grid_sums(at, 0))["rows"] == []
    monkeypatch.setattr("nodechain.api.grid.HOUSEHOLDS", 1)
    found = shown(read_grid_sums(at, 0))
    assert (found["month"], read_grid_sums(at, 1).month) == ("2023-11", "2023-10")
    totals = {(row["zone"], row["tariff"]): row["total"]["tokens"] for row in found["rows"]}
    accounts = [read_grid_account(at, address(name)) for name in "BCD"]
    whole = sum(month.total.base for account in accounts for month in account.months)
    assert sum(row["total"]["base"] for row in found["rows"]) == whole != 0
    assert sum(row["accounts"] for row in found["rows"]) == 2, totals
    assert shown(read_grid_sums(at, 1))["rows"] == []
