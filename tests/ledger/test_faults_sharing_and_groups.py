"""Faults that were found by attacking debts, the grid account, groups and sharing (docs/faults.md, G1 to G4)."""

from __future__ import annotations

from typing import Any

import pytest

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import Transfer
from ledger.chain.own_work import OwnWorkRefused
from ledger.chain.parameters import PARTS
from ledger.debts.queries import claim_on, claims_of_pool, debt_to
from ledger.encoding.codec import Value
from ledger.governance.genesis import Access
from ledger.governance.payloads import ExpelMember
from ledger.grid.genesis import GridMode
from ledger.grid.limits import MAX_GRID_RATE
from ledger.grid.schema import LineKind
from ledger.grid.tariffs import constant
from ledger.groups.payloads import LeaveGroup
from ledger.groups.terms import OperatorRight
from ledger.limits import MAX_INTEGER
from ledger.sharing.limits import MAX_SHARING_RATE
from ledger.sharing.price_rules import FixedPrice
from ledger.sharing.scheme_terms import Settlement
from ledger.sharing.versions import debt_pool
from ledger.slots.limits import MAX_SLOT_MWH
from ledger.slots.schema import ValueSource
from tests.support.grid_chain import GridChain
from tests.support.grid_tariffs import tariff
from tests.support.group_chain import HALF, GroupChain, row
from tests.support.sharing_chain import FIRST_SLOT, KWH, SLOT_MS, SeedValues, SharingChain, participants, terms

DAY = 96
MOST = (MAX_SLOT_MWH,) * DAY


class OpenChain(SharingChain):
    """Anybody may use it, for a fee."""

    def __init__(self, **changes: Any) -> None:
        balances = tuple(GenesisBalance(address(name), CURRENCY_ASSET, 20 * ENT) for name in "ABCD")
        fees = {"access": int(Access.OPEN), "minimum_fee": 1, "fee_asset": CURRENCY_ASSET, "balances": balances}
        super().__init__(**{**fees, **changes})

    def tx(self, name: str, payload: Value, *, fee: int = 1, nonce: int | None = None) -> Any:
        """With the least fee."""
        return super().tx(name, payload, fee=max(fee, 1), nonce=nonce)


def whose_share_changed_too_often() -> GroupChain:
    """B has handed parts to C so often that nothing more of its share is remembered."""
    chain = GroupChain()
    chain.found(row("B", HALF), row("C", 1))
    for number in range(63):
        payload = chain.taking("B", "C", 1, 2 + number, FIRST_SLOT + 1 + number)
        assert chain.try_("B", payload).code == ""
    assert chain.try_("B", chain.taking("B", "C", 1, 65, FIRST_SLOT + 64)).code == "too_many_share_changes"
    chain.to_slot(FIRST_SLOT + 80)
    return chain


def test_g1_nobody_keeps_off_an_expulsion_by_changes_of_a_share() -> None:
    chain = whose_share_changed_too_often()
    chain.vote(ExpelMember(address("B")))
    assert chain.share("B", FIRST_SLOT + 82) == 0
    assert chain.own_part(FIRST_SLOT + 82) == PARTS - 64


def test_g1_nobody_is_kept_in_a_group_by_changes_of_a_share() -> None:
    chain = whose_share_changed_too_often()
    assert chain.try_("B", LeaveGroup(1, FIRST_SLOT + 100)).code == ""
    assert (chain.share("B", FIRST_SLOT + 99), chain.share("B", FIRST_SLOT + 100)) == (HALF - 63, 0)
    assert chain.change(row("B", 5), slot=FIRST_SLOT + 101).code == "too_many_share_changes"
    assert OperatorRight.SHARES in chain.group().terms.rights


def test_g2_a_gift_to_a_pools_account_is_no_payment_of_a_debt() -> None:
    chain = OpenChain()
    pool = debt_pool(1)
    chain.open(terms(participants(p1=(3,), p2=(5,), p3=())))
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: 300 * KWH, 2: 0, 3: 300 * KWH})
    owed = debt_to(chain.state, address("B"), pool)
    assert owed == claims_of_pool(chain.state, pool) > 5 * ENT
    chain.do("C", Transfer(CURRENCY_ASSET, pool.account, 7))
    chain.work_off()
    assert claim_on(chain.state, address("D"), pool) == owed
    chain.do("C", Transfer(CURRENCY_ASSET, address("B"), 5 * ENT))
    chain.work_off()
    assert claims_of_pool(chain.state, pool) == debt_to(chain.state, address("B"), pool) == owed - 5 * ENT
    assert balance(chain.state, pool.account, CURRENCY_ASSET).available == 7


def test_g3_a_month_of_the_grid_account_stays_within_what_is_stored() -> None:
    chain = GridChain(mode=GridMode.EXTERNAL, tariffs=(tariff(retail=constant(MAX_GRID_RATE)),))
    codes = []
    for day in range(10):
        chain.block(after_ms=(FIRST_SLOT + DAY * (day + 1)) * SLOT_MS + 1 - chain.time_ms)
        codes.append(chain.try_("B", SeedValues(1, ValueSource.OWN, FIRST_SLOT + DAY * day, MOST)).code)
    assert codes == [""] * 8 + ["out_of_range"] * 2
    assert chain.lines("B")[LineKind.RETAIL, ""][1] <= MAX_INTEGER


@pytest.mark.parametrize("settlement", [Settlement.PERIOD, Settlement.SLOT])
def test_g3_a_run_whose_sums_cannot_be_stored_settles_nothing_and_stops_nothing(settlement: Settlement) -> None:
    chain = SharingChain()
    chain.open(terms(participants(p1=(3,), p2=(5,), p3=()), prices=FixedPrice(MAX_SHARING_RATE), settlement=settlement))
    refused = []
    for day in range(9):
        first = FIRST_SLOT + DAY * day
        chain.block(after_ms=(first + DAY) * SLOT_MS + 1 - chain.time_ms)
        for name, point, energies in (("B", 1, MOST), ("C", 2, (0,) * DAY), ("D", 3, MOST)):
            assert chain.try_(name, SeedValues(point, ValueSource.OWN, first, energies)).code == ""
        events = chain.work_off()
        refused.append([event.code for event in events if isinstance(event, OwnWorkRefused)])
        assert (chain.run(first) is None) == bool(refused[-1])
    assert refused == [[]] * 8 + [["out_of_range"]]
    first = FIRST_SLOT + DAY * 8
    for name, point in (("B", 1), ("D", 3)):
        chain.do(name, SeedValues(point, ValueSource.OWN, first, (KWH,) * DAY))
    chain.work_off()
    found = chain.run(first)
    assert found is not None
    assert found.sums.shared_mwh == KWH
