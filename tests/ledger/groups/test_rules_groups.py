"""Groups: terms, shares, distributions, payments, dissolution (rules GP1 to GP16)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address, secret
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import balance
from ledger.bank.payloads import MintCurrency, Transfer
from ledger.billing.events import BillPaid
from ledger.billing.genesis import BILLING_SECTION, BillingSection
from ledger.billing.payloads import FinaliseBills
from ledger.billing.queries import payments_of
from ledger.chain.envelope import Signature
from ledger.chain.header import Event
from ledger.chain.parameters import DAY_MS, PARTS
from ledger.encoding.codec import encode
from ledger.energy.payloads import EnergyProduced
from ledger.errors import BrokenInvariant
from ledger.governance.payloads import ExpelMember
from ledger.groups.events import (
    GroupBillPaid,
    GroupChanged,
    GroupDissolved,
    GroupDistributionBegun,
    GroupDistributionEnded,
    GroupIncomePaid,
    GroupShareSet,
    GroupSpent,
)
from ledger.groups.invariants import check_group_shares
from ledger.groups.opened import group_account
from ledger.groups.payloads import (
    ActForGroup,
    AdmitGroupPoint,
    AssignShares,
    ChangeGroup,
    DissolveGroup,
    DistributeGroup,
    LeaveGroup,
    OpenGroup,
    PayFromGroup,
    SetGroupShares,
    SpendFromGroup,
)
from ledger.groups.schema import GROUP_MEMBERS, GroupMembership, ShareChange
from ledger.groups.terms import Division, GroupRow, Rhythm, ShareTransfers
from ledger.sharing.events import DebtPaid
from ledger.slots.payloads import AdmitPoint, ClosePoint, PointTerms, RegisterPoint
from ledger.slots.schema import POINTS, ValueSource
from ledger.state.overlay import MemoryReader
from ledger.state.table import big_endian
from market.events import OrderPlaced
from market.module import MARKET_MODULES
from market.transactions import CancelOrder, MarketTypeNumber, PlaceOrder
from market.types import OrderKind, Side
from tests.support.group_chain import HALF, GroupChain, group_terms, row
from tests.support.sharing_chain import FIRST_SLOT, KWH, participants, terms

E = TypeVar("E", bound=Event)
THIRD = PARTS // 3


def of(events: Iterable[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def paid(events: Iterable[Event]) -> dict[bytes, int]:
    return {event.member: event.amount for event in of(events, GroupIncomePaid)}


def test_gp1_managers_and_voters_open_groups_and_nobody_else() -> None:
    chain = GroupChain()
    opening = OpenGroup(group_terms(), FIRST_SLOT, (row("B", HALF),))
    assert chain.try_("B", opening).code == "not_a_group_manager"
    events = chain.do("D", opening).events
    assert of(events, GroupChanged) == [GroupChanged(1, group_account(1), address("D"), address("D"))]
    assert of(events, GroupShareSet)[0].share == HALF
    assert (chain.share("B", FIRST_SLOT), chain.own_part(FIRST_SLOT), chain.group().members) == (HALF, HALF, 1)
    assert of(chain.found().events, GroupChanged) == [GroupChanged(2, group_account(2), address("D"), b"")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rights": (2, 1)}, "bad_group"),
        ({"rights": (1, 1)}, "bad_group"),
        ({"rights": (1,), "monthly_limit": 1}, "bad_group"),
        ({"division": Division.USE}, "bad_group"),
        ({"wait_ms": 1}, "bad_group"),
        ({"asset": ENERGY_ASSET}, "bad_group"),
        ({"operator": address("stranger")}, "not_a_member"),
    ],
)
def test_gp1_terms_that_contradict_themselves_are_refused(changes: dict[str, object], code: str) -> None:
    opening = OpenGroup(group_terms(**changes), FIRST_SLOT, ())
    assert GroupChain().try_("D", opening).code == code


def test_gp2_an_operator_does_what_the_terms_say_and_an_account_signs_nothing() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF), rights=(), monthly_limit=0)
    chain.pay_in("B", ENT)
    chain.to_slot(FIRST_SLOT + 1)
    acts = (
        SetGroupShares(1, FIRST_SLOT + 9, (row("C", 1),)), DistributeGroup(1),
        PayFromGroup(1, address("B"), CURRENCY_ASSET, 1, 0, ""), ActForGroup(1, 216, b""),
    )  # fmt: skip
    for act in acts:
        assert chain.try_("C", act).code == "not_the_operator"
        assert chain.try_("D", act).code == "no_operator_right"
        assert chain.try_("D", replace(act, group=2)).code == "unknown_group"
    by_group = replace(group_terms(), operator=group_account(1))
    assert chain.try_("D", OpenGroup(by_group, FIRST_SLOT + 9, ())).code == "bad_group"


def test_gp2_group_and_operator_are_members_by_it_and_the_operator_is_not_expelled() -> None:
    chain = GroupChain()
    chain.found(operator=address("B"))
    assert chain.try_("B", Transfer(CURRENCY_ASSET, group_account(1), 1)).code == ""
    assert chain.try_("B", Transfer(CURRENCY_ASSET, group_account(2), 1)).code == "not_a_member"
    with pytest.raises(AssertionError, match="holds_a_role"):
        chain.vote(ExpelMember(address("B")))


def consent(chain: GroupChain, signer: str, owner: bytes) -> RegisterPoint:
    terms = PointTerms(owner, 2, "", 0, b"p" * 32, False, FIRST_SLOT, chain.time_ms)
    key = secret(signer)
    signature = Signature(0, key.sign(terms.message(chain.genesis.hash)))
    return RegisterPoint(terms, key.public_key, (signature,))


def test_gp2_a_group_owns_points_by_its_operators_signature_or_a_vote() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF))
    chain.block()
    with pytest.raises(AssertionError, match="bad_consent"):
        chain.vote(AdmitPoint(consent(chain, "B", chain.account)))
    chain.vote(AdmitPoint(consent(chain, "D", chain.account)))
    by_vote = replace(consent(chain, "B", chain.account).terms, id_hash=b"v" * 32)
    chain.vote(AdmitGroupPoint(by_vote))
    with pytest.raises(AssertionError, match="unknown_group"):
        chain.vote(AdmitGroupPoint(replace(by_vote, owner=address("C"))))
    numbers = [key for key, _ in chain.reader.scan(POINTS.number, b"", None)]
    points = [chain.state.get(POINTS, key) for key in numbers]
    owned = [point.number for point in points if point is not None and point.owner == chain.account]
    assert len(owned) == 2
    assert chain.try_("B", ClosePoint(owned[0], FIRST_SLOT + 9)).code == "not_a_registrar"
    chain.do("D", ClosePoint(owned[0], FIRST_SLOT + 9))


def test_gp3_a_vote_changes_the_terms_and_a_new_operator_takes_over() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF))
    with pytest.raises(AssertionError, match="unchanged"):
        chain.vote(ChangeGroup(1, group_terms()))
    chain.vote(ChangeGroup(1, group_terms(operator=address("C"), rhythm=Rhythm.DAY)))
    assert chain.change(row("B", 1), slot=FIRST_SLOT).code == "not_the_operator"
    assert chain.change(row("B", 1), slot=FIRST_SLOT, name="C").code == ""
    assert chain.group().due_ms > chain.time_ms
    chain.vote(ChangeGroup(1, group_terms()))
    assert chain.group().due_ms == 0


def test_gp4_shares_and_the_groups_own_part_are_the_whole_in_every_slot() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF), row("C", THIRD))
    later = FIRST_SLOT + 10
    assert chain.change(row("C", HALF), slot=later).code == ""
    assert chain.change(row("A", 1), slot=later).code == "share_not_free"
    assert chain.change(row("A", 1), slot=FIRST_SLOT).code == "share_not_free"
    assert chain.change(row("C", THIRD), row("A", PARTS - HALF - THIRD), slot=later).code == ""
    assert [chain.own_part(slot) for slot in (FIRST_SLOT, later - 1, later)] == [PARTS - HALF - THIRD] * 2 + [0]
    assert chain.change(row("B", 0), slot=FIRST_SLOT + 5).code == ""
    assert [chain.own_part(slot) for slot in (FIRST_SLOT + 5, later)] == [PARTS - THIRD, HALF]


@pytest.mark.parametrize(
    ("rows", "slot", "code"),
    [
        ((row("B", 1), row("B", 2)), FIRST_SLOT + 1, "bad_group"),
        ((row("stranger", 1),), FIRST_SLOT + 1, "not_a_member"),
        ((row("B", 1),), FIRST_SLOT - 1, "slot_not_to_come"),
        ((row("B", 1),), FIRST_SLOT - 4, "slot_not_to_come"),
        ((row("B", 1),), FIRST_SLOT + 401 * 96, "slot_too_far"),
        ((row("B", 1, 0, (2, 1)),), FIRST_SLOT + 1, "bad_group"),
        ((row("B", 1, 0, (2,)),), FIRST_SLOT + 1, "bad_group_point"),
        ((row("D", 1, 0, (3,)),), FIRST_SLOT + 1, "bad_group_point"),
        ((row("B", 1, 0, (99,)),), FIRST_SLOT + 1, "bad_group_point"),
        ((row("B", PARTS), row("C", 1)), FIRST_SLOT + 1, "share_not_free"),
    ],
)
def test_gp4_rows_that_cannot_be_are_refused(rows: tuple[GroupRow, ...], slot: int, code: str) -> None:
    chain = GroupChain()
    chain.found()
    assert chain.change(*rows, slot=slot).code == code
    own = replace(row("B", 1), account=group_account(1))
    assert chain.change(own, slot=FIRST_SLOT + 1).code == "bad_group"


def test_gp4_voters_set_shares_too() -> None:
    chain = GroupChain()
    chain.found(rights=(), monthly_limit=0)
    events = chain.vote(AssignShares(SetGroupShares(1, FIRST_SLOT, (row("B", PARTS),)))).events
    assert [(event.member, event.sender) for event in of(events, GroupShareSet)] == [(address("B"), b"")]


def test_gp5_who_leaves_gives_its_share_to_the_group_from_a_slot_to_come() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF), row("C", HALF))
    assert chain.try_("A", LeaveGroup(1, FIRST_SLOT + 1)).code == "not_in_group"
    chain.do("B", LeaveGroup(1, FIRST_SLOT + 1))
    assert (chain.share("B", FIRST_SLOT), chain.share("B", FIRST_SLOT + 1)) == (HALF, 0)
    assert (chain.own_part(FIRST_SLOT), chain.own_part(FIRST_SLOT + 1)) == (0, HALF)
    chain.pay_in("C", ENT)
    chain.to_slot(FIRST_SLOT + 2)
    assert paid(chain.distribute()) == {address("B"): ENT // 4, address("C"): ENT // 2}
    assert (chain.held(), chain.group().members) == (ENT // 4, 2)
    chain.pay_in("C", ENT)
    chain.to_slot(FIRST_SLOT + 3)
    assert paid(chain.distribute()) == {address("C"): 5 * ENT // 8}
    assert chain.group().members == 1


def test_gp6_a_part_of_a_share_goes_to_who_signed_for_it() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF))
    at = FIRST_SLOT + 4
    chain.do("B", chain.taking("B", "C", THIRD, THIRD, at))
    assert [chain.share(name, at) for name in "BC"] == [HALF - THIRD, THIRD]
    assert chain.own_part(at) == HALF
    again = chain.taking("B", "C", 1, THIRD, at)
    assert chain.try_("B", again).code == "bad_share_consent", "a consent does not count twice"
    assert chain.try_("B", chain.taking("B", "C", HALF, THIRD + HALF, at)).code == "share_too_small"
    assert chain.try_("C", again).code == "bad_group"
    forged = replace(again, recipient_key=secret("B").public_key)
    assert chain.try_("B", forged).code == "bad_share_consent"
    earlier = chain.taking("B", "C", 1, 1, FIRST_SLOT + 1)
    assert chain.try_("B", earlier).code == "share_changes_pending"


@pytest.mark.parametrize(("rule", "codes"), [(ShareTransfers.NOBODY, ("no_share_transfers",) * 2),
                                             (ShareTransfers.GROUP, ("no_share_transfers", ""))])  # fmt: skip
def test_gp6_the_terms_say_to_whom_shares_go(rule: ShareTransfers, codes: tuple[str, str]) -> None:
    chain = GroupChain()
    chain.found(row("B", HALF), row("C", 1), transfers=rule)
    to_outside, to_inside = chain.taking("B", "A", 1, 1, FIRST_SLOT), chain.taking("B", "C", 1, 2, FIRST_SLOT)
    assert (chain.try_("B", to_outside).code, chain.try_("B", to_inside).code) == codes


def test_gp7_an_expelled_members_share_becomes_the_groups_own_part() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF))
    chain.to_slot(FIRST_SLOT + 1)
    chain.vote(ExpelMember(address("B")))
    assert (chain.share("B", FIRST_SLOT + 1), chain.share("B", FIRST_SLOT + 2)) == (HALF, 0)
    assert chain.own_part(FIRST_SLOT + 2) == PARTS


def test_gp8_what_came_in_is_divided_on_demand_and_nothing_is_lost() -> None:
    chain = GroupChain()
    chain.found(row("A", THIRD), row("B", THIRD), row("C", THIRD), reserve=ENT)
    chain.pay_in("B", ENT)
    chain.to_slot(FIRST_SLOT + 1)
    assert chain.try_("D", DistributeGroup(1)).code == "nothing_to_distribute"
    chain.pay_in("B", 101)
    events = chain.distribute()
    assert of(events, GroupDistributionBegun) == [
        GroupDistributionBegun(1, chain.account, 1, CURRENCY_ASSET, 101, FIRST_SLOT, FIRST_SLOT + 1)
    ]
    assert sorted(paid(events).values()) == [33, 34, 34] or sorted(paid(events).values()) == [33, 33, 34]
    ended = of(events, GroupDistributionEnded)
    assert [event.paid + event.kept for event in ended] == [101]
    assert (chain.held(), chain.locked()) == (ENT + ended[0].kept, 0)


def test_gp8_energy_tokens_that_came_in_are_divided_too() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF), row("C", HALF))
    chain.do("U1", EnergyProduced(1, address("B"), 1_000))
    chain.do("B", Transfer(ENERGY_ASSET, chain.account, 10))
    chain.to_slot(FIRST_SLOT + 1)
    events = chain.distribute()
    assert {(event.asset, event.amount) for event in of(events, GroupIncomePaid)} == {(ENERGY_ASSET, 5)}
    assert balance(chain.state, chain.account, ENERGY_ASSET).available == 0


def test_gp8_a_second_distribution_waits_for_the_first() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF))
    chain.pay_in("B", ENT)
    chain.to_slot(FIRST_SLOT + 1)
    first = chain.tx("D", DistributeGroup(1))
    second = chain.tx("D", DistributeGroup(1))
    receipts = chain.block([first, second]).executed.receipts
    assert [receipt.code for receipt in receipts[1:]] == ["", "distribution_running"]


@pytest.mark.parametrize(
    ("rhythm", "ends"),
    [
        (Rhythm.SLOT, (FIRST_SLOT + 1, FIRST_SLOT + 2)),
        # 2023-11-14T23:13Z is 00:13 of the 15th by the clock of UTC+1: days end at 23:00Z, months on the 30th.
        (Rhythm.DAY, (1_700_089_200_000 // 900_000, 1_700_175_600_000 // 900_000)),
        (Rhythm.MONTH, (1_701_385_200_000 // 900_000, 1_704_063_600_000 // 900_000)),
    ],
)
def test_gp9_a_rhythm_divides_at_the_end_of_each_slot_local_day_or_month(rhythm: Rhythm, ends: tuple[int, int]) -> None:
    chain = GroupChain()
    chain.found(row("B", PARTS), rhythm=rhythm, rights=(), monthly_limit=0)
    chain.pay_in("C", ENT)
    for end in ends:
        chain.block(after_ms=end * 900_000 - 1 - chain.time_ms)
        before = chain.work_off()
        assert of(before, GroupDistributionBegun) == []
        chain.block(after_ms=1)
        events = [*chain.own_events(), *chain.work_off()]
        assert [event.end_slot for event in of(events, GroupDistributionBegun)] == [end]
        assert paid(events) == {address("B"): ENT}
        chain.pay_in("C", ENT)


def test_gp9_a_period_without_income_passes_and_a_wait_lets_late_income_come() -> None:
    chain = GroupChain()
    chain.found(row("B", PARTS), rhythm=Rhythm.SLOT, wait_ms=DAY_MS)
    chain.to_slot(FIRST_SLOT + 3, after_ms=DAY_MS)
    assert chain.group().from_slot == FIRST_SLOT + 3
    chain.pay_in("C", ENT)
    events = chain.to_slot(FIRST_SLOT + 4, after_ms=DAY_MS)
    begun = of(events, GroupDistributionBegun)
    assert [(event.first_slot, event.end_slot) for event in begun] == [(FIRST_SLOT + 3, FIRST_SLOT + 4)]


def test_gp10_shares_count_for_the_slots_in_which_they_were_held() -> None:
    chain = GroupChain()
    chain.found(row("B", PARTS))
    chain.change(row("B", HALF), row("C", HALF), slot=FIRST_SLOT + 3)
    chain.pay_in("D", 4 * ENT)
    chain.to_slot(FIRST_SLOT + 4)
    assert paid(chain.distribute()) == {address("B"): 7 * ENT // 2, address("C"): ENT // 2}


def test_gp10_keys_may_differ_from_shares_and_the_own_part_has_none() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF, 1), row("C", 0, 3), division=Division.KEY)
    chain.pay_in("D", 4 * ENT)
    chain.to_slot(FIRST_SLOT + 1)
    assert paid(chain.distribute()) == {address("B"): ENT, address("C"): 3 * ENT}


def test_gp10_by_use_the_energy_of_members_points_counts_the_operators_before_ours() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF, 0, (1,)), row("C", HALF, 0, (2,)), division=Division.USE, rhythm=Rhythm.DAY)
    chain.pay_in("D", 10 * ENT)
    chain.change(row("C", HALF), slot=FIRST_SLOT + 2)
    chain.until(FIRST_SLOT + 2)
    chain.values(FIRST_SLOT, {1: KWH, 2: 9 * KWH})
    chain.values(FIRST_SLOT, {2: 2 * KWH}, source=ValueSource.OPERATOR)
    chain.values(FIRST_SLOT + 1, {1: KWH, 2: KWH})
    chain.values(FIRST_SLOT + 2, {2: 100 * KWH})
    mine = chain.preview("B")
    assert (mine.weight, mine.all_weights) == (2 * KWH, 5 * KWH)
    assert paid(chain.distribute()) == {address("B"): 4 * ENT, address("C"): 6 * ENT}


def test_gp10_without_any_weight_all_stays_and_is_shown() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF, 0, (1,)), division=Division.USE, rhythm=Rhythm.MONTH)
    chain.pay_in("D", ENT)
    chain.to_slot(FIRST_SLOT + 1)
    events = chain.distribute()
    assert [(event.paid, event.kept) for event in of(events, GroupDistributionEnded)] == [(0, ENT)]
    assert chain.held() == ENT


def test_gp11_what_a_preview_says_is_what_a_member_gets() -> None:
    chain = GroupChain()
    chain.found(row("A", THIRD), row("B", THIRD - 5), row("C", 7), reserve=3)
    chain.pay_in("B", 1_000_003)
    chain.to_slot(FIRST_SLOT + 1)
    said = {address(name): chain.preview(name).parts[0].amount for name in "ABC"}
    assert chain.preview("D").parts[0].amount == 0
    assert chain.preview("B", 999).amounts[0].amount == 999
    assert {who: amount for who, amount in said.items() if amount} == paid(chain.distribute())


def test_gp12_what_a_member_owes_is_paid_first_from_what_it_gets() -> None:
    chain = GroupChain(balances=())
    chain.open(terms(participants(p1=(1,), p2=(1,), p3=())))
    chain.found(row("B", PARTS))
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: 2 * KWH, 2: 0, 3: 6 * KWH})
    chain.do("bank", MintCurrency(CURRENCY_ASSET, chain.account, ENT))
    events = chain.distribute()
    assert [(event.account, event.amount) for event in of(events, DebtPaid)] == [(address("B"), ENT // 5)]
    assert chain.has("B") == ENT - ENT // 5


def test_gp13_the_operator_pays_up_to_its_limit_for_the_local_month() -> None:
    chain = GroupChain()
    chain.found(row("B", PARTS))
    chain.pay_in("B", 50 * ENT)
    payment = PayFromGroup(1, address("C"), CURRENCY_ASSET, 6 * ENT, 0, "inverter")
    assert of(chain.do("D", payment).events, GroupSpent) == [
        GroupSpent(1, chain.account, address("C"), CURRENCY_ASSET, 6 * ENT, "inverter", address("D"))
    ]
    assert chain.try_("D", payment).code == "over_group_limit"
    chain.do("D", replace(payment, amount=4 * ENT))
    assert chain.try_("D", replace(payment, amount=1)).code == "over_group_limit"
    assert chain.try_("D", replace(payment, asset=ENERGY_ASSET)).code == "bad_group"
    voted = chain.vote(SpendFromGroup(replace(payment, amount=20 * ENT)))
    assert [event.operator for event in of(voted.events, GroupSpent)] == [b""]
    chain.block(after_ms=31 * DAY_MS)
    chain.do("D", payment)
    assert chain.try_("D", replace(payment, recipient=chain.account, amount=1)).code == "same_account"
    assert chain.try_("D", replace(payment, recipient=address("stranger"), amount=1)).code == "not_a_member"
    assert chain.try_("D", replace(payment, bill=1, amount=1)).code == "unknown_bill"
    assert chain.held() == 50 * ENT - 36 * ENT


def test_gp13_a_bill_is_paid_out_of_the_account_and_noted_with_it() -> None:
    billing = BillingSection((address("A"),), address("A"), "")
    chain = GroupChain(sections=(BILLING_SECTION.holding(billing),))
    chain.found(row("B", PARTS))
    chain.pay_in("B", 5 * ENT)
    chain.do("A", FinaliseBills(1, 2, bytes(32), 0, chain.time_ms))
    payment = PayFromGroup(1, address("A"), CURRENCY_ASSET, 2 * ENT, 2, "bill of May")
    assert chain.try_("D", replace(payment, recipient=address("C"))).code == "bill_account"
    assert chain.try_("D", replace(payment, bill=3)).code == "unknown_bill"
    events = chain.do("D", payment).events
    assert of(events, BillPaid) == [BillPaid(2, chain.account, address("A"), CURRENCY_ASSET, 2 * ENT)]
    assert [event.bill for event in of(events, GroupBillPaid)] == [2]
    assert payments_of(chain.state, 2, CURRENCY_ASSET).on_chain == 2 * ENT
    assert chain.held() == 3 * ENT


def test_gp14_a_dissolved_group_divides_its_rest_and_all_that_comes() -> None:
    chain = GroupChain()
    chain.found(row("B", THIRD), row("C", THIRD), reserve=10)
    chain.pay_in("B", 3 * ENT)
    with pytest.raises(AssertionError, match="no_group_shares"):
        chain.vote(DissolveGroup(1))
    chain.to_slot(FIRST_SLOT + 1)
    receipt = chain.vote(DissolveGroup(1))
    events = [*receipt.events, *chain.work_off()]
    assert of(events, GroupDissolved) == [GroupDissolved(1, chain.account, FIRST_SLOT + 1)]
    totals = {name: sum(e.amount for e in of(events, GroupIncomePaid) if e.member == address(name)) for name in "BC"}
    assert sum(totals.values()) == 3 * ENT
    assert abs(totals["B"] - totals["C"]) <= 2
    assert chain.held() == 0
    chain.pay_in("C", 10)
    assert chain.try_("A", DistributeGroup(1)).code == "not_in_group"
    assert paid(chain.distribute("B")) == {address("B"): 5, address("C"): 5}
    for act in (LeaveGroup(1, FIRST_SLOT + 9), PayFromGroup(1, address("B"), CURRENCY_ASSET, 1, 0, "")):
        assert chain.try_("B", act).code == "group_dissolved"
    with pytest.raises(AssertionError, match="group_dissolved"):
        chain.vote(DissolveGroup(1))


def test_gp14_a_group_with_open_points_is_not_dissolved() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF))
    chain.block()
    chain.vote(AdmitPoint(consent(chain, "D", chain.account)))
    chain.to_slot(FIRST_SLOT + 1)
    with pytest.raises(AssertionError, match="group_has_open_business"):
        chain.vote(DissolveGroup(1))


def test_gp15_the_operator_trades_for_the_group_and_its_account_is_paid() -> None:
    chain = GroupChain(modules=MARKET_MODULES)
    chain.found(row("B", HALF))
    chain.do("U1", EnergyProduced(1, chain.account, 4_000))
    sell = PlaceOrder(1, Side.SELL, OrderKind.LIMIT, ENT // 10, ENT, 0)
    act = ActForGroup(1, MarketTypeNumber.PLACE_ORDER, encode(sell))
    placed = of(chain.do("D", act).events, OrderPlaced)
    assert [event.owner for event in placed] == [chain.account]
    chain.do("C", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, ENT // 10, ENT, 0))
    assert (chain.held(), chain.has("D")) == (ENT // 10, 100 * ENT)
    assert chain.try_("D", replace(act, type=48)).code == "type_not_for_groups"
    assert chain.try_("D", replace(act, content=b"")).code == "bad_group"
    chain.do("D", act)
    cancel = CancelOrder(1, placed[0].number + 2)
    assert chain.try_("D", cancel).code == "not_your_order"
    chain.to_slot(FIRST_SLOT + 1)
    with pytest.raises(AssertionError, match="group_has_open_business"):
        chain.vote(DissolveGroup(1))
    chain.do("D", ActForGroup(1, MarketTypeNumber.CANCEL_ORDER, encode(cancel)))


def test_gp16_the_invariants_see_shares_that_are_not_the_whole() -> None:
    chain = GroupChain()
    chain.found(row("B", HALF))
    key = GROUP_MEMBERS.full_key(big_endian(1) + address("B"))
    wrong = GroupMembership((ShareChange(FIRST_SLOT, HALF + 1, 0, ()),))
    reader = MemoryReader({**chain.reader.entries(), key: encode(wrong)})
    with pytest.raises(BrokenInvariant, match="not the whole"):
        check_group_shares(reader)
