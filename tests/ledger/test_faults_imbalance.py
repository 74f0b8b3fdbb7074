"""Faults L14 and L15: a rate that can be cut, readings that wait for a better cost, votes that change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture, actual, consume, events, produce
from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.payloads import SetBanker, Transfer
from ledger.chain.parameters import DAY_MS, HOUR_MS
from ledger.chain.schema import PARAMETERS
from ledger.encoding.codec import Value
from ledger.energy.events import Annulled, EnergyStored, RateChanged
from ledger.energy.genesis import RateRule
from ledger.energy.limits import COST_DAYS, COST_HOURS
from ledger.energy.payloads import Annul, ChangeUnit, EnergyBatch, ProducedItem, RegisterUnit, ReinstateUnit, RemoveUnit
from ledger.energy.schema import COST_MAXIMA
from ledger.energy.storage_terms import IDEAL
from ledger.governance.payloads import AddVoter, AdmitMember, CastVote, ExpelMember, RemoveVoter, SetParameter
from ledger.metering.events import ReadingQuarantined
from ledger.metering.schema import MeterKind, Quarantine
from ledger.validators.payloads import RemoveValidator


def in_deficit(lost_wh: int, parameters: dict[str, int] | None = None, **genesis: Any) -> ChainFixture:
    """A produced 20 kWh into U1, of which some were lost."""
    chain = ChainFixture(make_genesis(parameters=tuple({"F": 0, **(parameters or {})}.items()), **genesis))
    assert produce(chain, "U1", "A", 20_000).applied
    assert actual(chain, "U1", 20_000 - lost_wh).applied
    return chain


def lose(chain: ChainFixture, energy_wh: int) -> list[RateChanged]:
    """U1 loses some more."""
    return events(actual(chain, "U1", chain.unit("U1").available_wh - energy_wh), RateChanged)


# --- L14b: the rate never falls while the gap keeps its sign ---------------------------------------------------------


def test_l14b_a_small_loss_does_not_cut_the_rate() -> None:
    chain = in_deficit(10_000)
    assert produce(chain, "U1", "B", 18_000).applied
    assert (chain.gap, chain.rate) == (ENT, ENT // 2)
    assert lose(chain, 1) == []
    assert chain.rate == ENT // 2
    assert lose(chain, 15_000)
    assert chain.rate == chain.gap // 20 > ENT // 2


def test_l14b_the_rate_starts_anew_when_the_gap_closes_or_changes_sign() -> None:
    chain = in_deficit(10_000)
    assert produce(chain, "U1", "B", 20_000).applied
    assert (chain.gap, chain.rate) == (0, 0)
    lose(chain, 1_000)
    assert chain.rate == ENT // 20
    assert actual(chain, "U1", chain.unit("U1").available_wh + 1_200).applied
    assert (chain.gap, chain.rate) == (-ENT // 5, ENT // 100)


def test_l14b_the_literal_rule_of_the_thesis_is_a_choice_of_genesis() -> None:
    chain = in_deficit(10_000, rate_rule=int(RateRule.LITERAL))
    assert produce(chain, "U1", "B", 18_000).applied
    assert [event.rate for event in lose(chain, 1)] == [-(-(ENT + 10**6) // 20)]


# --- L14a: a late reading pays what a prompt one paid ----------------------------------------------------------------


def two_meters(lost_wh: int, **parameters: int) -> tuple[ChainFixture, MeterFixture, MeterFixture]:
    """A deficit, and production meters of B and D at U2."""
    chain = in_deficit(lost_wh, parameters)
    prompt, withheld = (MeterFixture(chain, name=f"meter of {who}", unit="U2", account=who).bound() for who in "BD")
    return chain, prompt, withheld


def test_l14a_readings_withheld_through_a_deficit_mint_no_more_than_prompt_ones() -> None:
    chain, prompt, withheld = two_meters(10_000)
    start = chain.time_ms
    for hour in range(1, 31):
        at = start + hour * HOUR_MS
        assert prompt.read((at, 1_000 * hour), after_ms=HOUR_MS).applied
    assert chain.gap == 0
    assert chain.balance("B").available == 30 * ENT - 10 * ENT
    receipt = withheld.read(*((start + hour * HOUR_MS, 1_000 * hour) for hour in range(1, 31)))
    costs = [event.cost for event in events(receipt, EnergyStored)]
    assert costs[:20] == [ENT // 2] * 20
    assert costs[21:28] == [0] * 7
    assert chain.balance("D").available <= chain.balance("B").available
    assert chain.gap == -sum(costs)  # what is paid above D becomes a surplus


def test_l14a_an_outbox_pays_for_its_own_interval_not_for_the_deficit_of_today() -> None:
    chain, prompt, withheld = two_meters(0)
    start = chain.time_ms
    for hour in range(1, 6):
        assert prompt.read((start + hour * HOUR_MS, 1_000 * hour), after_ms=HOUR_MS).applied
    lose(chain, 10_000)
    receipt = withheld.read(*((start + hour * HOUR_MS, 1_000 * hour) for hour in range(1, 6)))
    *early, last = (event.cost for event in events(receipt, EnergyStored))
    assert early[:3] == [0, 0, 0]
    assert last == ENT // 2  # the hour in which the loss came
    assert chain.balance("B").available == 5 * ENT


@pytest.mark.parametrize(("days", "cost"), [(0, 250_000_000), (10, 250_000_000), (410, 500_000_000)])
def test_l14a_hours_days_and_then_the_highest_cost_are_remembered(days: int, cost: int) -> None:
    chain, prompt, withheld = two_meters(5_000)
    start = chain.time_ms
    assert prompt.read((start + HOUR_MS, 10_000), after_ms=HOUR_MS).applied
    chain.block(after_ms=HOUR_MS)
    assert prompt.read((chain.time_ms + 1_000, 20_000)).applied
    assert chain.gap == 0
    chain.block(after_ms=days * DAY_MS + 2 * HOUR_MS)
    assert produce(chain, "U1", "A", 10).applied
    receipt = withheld.read((start + HOUR_MS // 2, 1_000))
    assert [event.cost for event in events(receipt, EnergyStored)] == [cost]


def test_l14a_a_prompt_reading_pays_the_present_cost_capped_by_the_gap() -> None:
    chain, prompt, _withheld = two_meters(1_000)
    receipt = prompt.read((chain.time_ms + HOUR_MS, 10_000), after_ms=HOUR_MS)
    assert [event.cost for event in events(receipt, EnergyStored)] == [ENT // 2]
    chain, prompt, _withheld = two_meters(1_000, late=3_650 * DAY_MS)
    receipt = prompt.read((chain.time_ms + HOUR_MS, 10_000), after_ms=30 * HOUR_MS)
    assert [event.cost for event in events(receipt, EnergyStored)] == [ENT // 2]


def test_l14a_what_is_remembered_is_bounded() -> None:
    chain = in_deficit(1_000, {"C": ENT // 10**6})
    for hour in range(60):
        chain.block(after_ms=(2 * DAY_MS if hour % 2 else HOUR_MS) - 1_000)
        lose(chain, 10)
    for _hour in range(60):
        chain.block(after_ms=HOUR_MS - 1_000)
        lose(chain, 10)
    groups = [len(list(chain.state.scan(COST_MAXIMA, group))) for group in (b"\x01", b"\x02")]
    assert groups[0] == COST_HOURS
    assert groups[1] <= COST_DAYS
    chain.block(after_ms=2 * COST_DAYS * DAY_MS)
    lose(chain, 10)
    groups = [len(list(chain.state.scan(COST_MAXIMA, group))) for group in (b"\x01", b"\x02")]
    assert groups == [COST_HOURS, COST_DAYS]


# --- L15d: votes that change nothing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["C", "M", "H", "loss_rule"])
def test_l15d_a_vote_for_the_value_in_force_is_refused(name: str) -> None:
    chain = in_deficit(10_000)
    assert produce(chain, "U1", "B", 18_000).applied
    value = chain.state.get(PARAMETERS, name.encode())
    assert value is not None
    assert chain.try_("A", CastVote(SetParameter(name, value.value), True)).code == "unchanged"
    assert (chain.gap, chain.rate) == (ENT, ENT // 2)


def test_l15d_a_vote_whose_value_came_into_force_meanwhile_changes_nothing() -> None:
    voters = (address("A"), address("B"), address("C"))
    chain = ChainFixture(make_genesis(voters=voters, parameters=(("F", 0),)))
    chain.vote(SetParameter("C", ENT // 10), "A")
    chain.vote(SetParameter("C", ENT // 20 * 3), "A", "B")
    chain.vote(SetParameter("C", ENT // 10), "B")
    chain.vote(SetParameter("M", ENT // 5), "A", "B")
    assert chain.try_("A", CastVote(SetParameter("C", ENT // 10), True)).code == "unchanged"


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (SetBanker(address("bank")), "already_banker"),
        (AddVoter(address("A")), "already_voter"),
        (RemoveVoter(address("B")), "unknown_voter"),
        (AdmitMember(address("B")), "already_a_member"),
        (ExpelMember(address("stranger")), "not_a_member"),
        (RegisterUnit(address("U1"), address("C"), 0, 0), "unit_registered"),
        (RemoveUnit(address("U3")), "unknown_unit"),
        (ReinstateUnit(address("U1"), 0), "nothing_to_reinstate"),
        (ChangeUnit(address("U1"), 0, 0, IDEAL), "unchanged"),
        (RemoveValidator(address("B")), "unknown_validator"),
        (Annul(address("B"), address("U1"), 0), "not_expelled"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Value) else value,
)
def test_l15d_no_vote_that_would_change_nothing_is_opened(action: Value, code: str) -> None:
    assert ChainFixture().try_("A", CastVote(action, True)).code == code


# --- L15f: a unit without limits -------------------------------------------------------------------------------------


def test_l15f_without_a_registered_capacity_a_report_is_bounded() -> None:
    chain = ChainFixture()
    assert produce(chain, "U1", "A", 10**9 + 1).code == "above_max_report"
    assert produce(chain, "U1", "A", 10**9).applied
    assert actual(chain, "U1", 2 * 10**9 + 1).code == "above_max_report"
    assert consume(chain, "U1", "A", 10**9 + 1).code == "above_max_report"
    assert actual(chain, "U1", 0).applied
    chain.vote(SetParameter("max_report", 1_000))
    batch = EnergyBatch(chain.unit("U1").sequence + 1, (ProducedItem(address("A"), 1_001),))
    assert chain.try_("U1", batch).code == "above_max_report"
    chain.vote(RegisterUnit(address("U3"), address("C"), 5_000, 0))
    assert produce(chain, "U3", "A", 1_001).applied


@pytest.mark.parametrize("kind", list(MeterKind))
def test_l15f_nor_does_a_meter_bring_more(kind: MeterKind) -> None:
    chain = ChainFixture(make_genesis(parameters=(("max_report", 1_000),)))
    meter = MeterFixture(chain, account="U1" if kind is MeterKind.STORAGE else "A", kind=kind).bound()
    receipt = meter.measure(1_001)
    assert [event.reason for event in events(receipt, ReadingQuarantined)] == [Quarantine.TOO_MUCH]
    assert not events(meter.measure(1_000), ReadingQuarantined)


def test_l15f_what_a_rogue_unit_minted_is_annulled() -> None:
    chain = ChainFixture(make_genesis(parameters=(("F", 0),)))
    chain.vote(RegisterUnit(address("U3"), address("D"), 0, 0))
    for _ in range(3):
        assert produce(chain, "U3", "D", 10**9).applied
    chain.do("D", Transfer(ENERGY_ASSET, address("B"), ENT))
    assert chain.try_("A", CastVote(Annul(address("D"), address("U3"), ENT), True)).code == "not_expelled"
    chain.vote(RemoveUnit(address("U3")))
    chain.vote(ExpelMember(address("D")))
    everything = 3 * 10**15
    for amount, unit, code in (
        (everything, "U3", "insufficient_balance"),
        (everything + 1, "U3", "above_minted"),
        (ENT, "U1", "not_its_unit"),
        (0, "U3", "unchanged"),
    ):
        assert chain.try_("A", CastVote(Annul(address("D"), address(unit), amount), True)).code == code
    receipt = chain.vote(Annul(address("D"), address("U3"), everything - ENT))
    assert events(receipt, Annulled) == [Annulled(address("D"), address("U3"), everything - ENT)]
    assert (chain.balance("D").available, chain.gap) == (0, ENT)


def test_l15f_only_what_was_minted_in_the_last_30_days_and_once() -> None:
    chain = ChainFixture(make_genesis(parameters=(("F", 0),)))
    chain.vote(RegisterUnit(address("U3"), address("D"), 0, 0))
    assert produce(chain, "U3", "D", 1_000).applied
    chain.block(after_ms=DAY_MS)
    assert produce(chain, "U3", "D", 2_000).applied
    chain.vote(RemoveUnit(address("U3")))
    chain.vote(ExpelMember(address("D")))
    chain.block(after_ms=28 * DAY_MS)
    chain.vote(Annul(address("D"), address("U3"), ENT // 2))
    assert chain.try_("A", CastVote(Annul(address("D"), address("U3"), 5 * ENT // 2 + 1), True)).code == "above_minted"
    chain.block(after_ms=DAY_MS)
    assert chain.try_("A", CastVote(Annul(address("D"), address("U3"), 3 * ENT // 2 + 1), True)).code == "above_minted"
    chain.vote(Annul(address("D"), address("U3"), 3 * ENT // 2))
    assert chain.balance("D").available == ENT


def test_l15f_a_unit_that_came_back_with_another_owner_is_no_longer_the_accounts() -> None:
    chain = ChainFixture(make_genesis(parameters=(("F", 0),)))
    chain.vote(RegisterUnit(address("U3"), address("D"), 0, 0))
    assert produce(chain, "U3", "D", 3_000).applied
    chain.vote(RemoveUnit(address("U3")))
    chain.vote(ExpelMember(address("D")))
    chain.vote(RegisterUnit(address("U3"), address("C"), 0, 0))
    assert chain.try_("A", CastVote(Annul(address("D"), address("U3"), ENT), True)).code == "not_its_unit"


def test_break_11_an_expelled_account_may_move_what_could_be_annulled_and_its_new_holder_keeps_it() -> None:
    """Why a wider reach would not help: N3 lets the expelled move its tokens before any vote that names them."""
    chain = ChainFixture(make_genesis(parameters=(("F", 0),)))
    chain.vote(RegisterUnit(address("U3"), address("D"), 0, 0))
    assert produce(chain, "U3", "D", 3_000).applied
    chain.vote(RemoveUnit(address("U3")))
    chain.vote(ExpelMember(address("D")))
    chain.do("D", Transfer(ENERGY_ASSET, address("C"), 3 * ENT))
    votes = {name: chain.try_("A", CastVote(Annul(address(name), address("U3"), ENT), True)).code for name in "DC"}
    assert votes == {"D": "insufficient_balance", "C": "not_expelled"}


def test_break_11_who_was_handed_what_a_rogue_unit_minted_is_reached_and_all_together_once() -> None:
    """The unit mints for a friend, or its owner hands everything on before the voters see it."""
    chain = ChainFixture(make_genesis(parameters=(("F", ENT // 5),)))
    chain.vote(RegisterUnit(address("U3"), address("D"), 0, 0))
    assert produce(chain, "U3", "B", 10_000).applied
    chain.do("D", Transfer(ENERGY_ASSET, address("B"), 2 * ENT))
    chain.vote(RemoveUnit(address("U3")))
    assert chain.try_("A", CastVote(Annul(address("B"), address("U3"), ENT), True)).code == "not_expelled"
    chain.vote(ExpelMember(address("B")))
    chain.vote(ExpelMember(address("D")))
    receipt = chain.vote(Annul(address("B"), address("U3"), 10 * ENT))
    assert events(receipt, Annulled) == [Annulled(address("B"), address("U3"), 10 * ENT)]
    assert (chain.balance("B").available, chain.gap) == (0, 0)
    assert produce(chain, "U1", "A", 1_000).applied
    chain.do("A", Transfer(ENERGY_ASSET, address("C"), ENT // 2))
    assert chain.try_("A", CastVote(Annul(address("D"), address("U3"), 1), True)).code == "above_minted"


CAPACITY_11 = 10_000


@pytest.mark.parametrize("lost", [500, 1_999, 2_000, 2_001, 10_000])
@pytest.mark.parametrize("removed_after", [1, 4, 25])
def test_break_11_with_a_registered_capacity_what_is_left_unbacked_is_bounded(lost: int, removed_after: int) -> None:
    """The bound where tokens were sold on: (1 + loss_limit) x capacity within `loss_window`, whoever has them.

    The unit mints all that it has room for, sells it, and lets energy vanish, until it is suspended or removed.
    """
    chain = ChainFixture(make_genesis(parameters=(("F", 0),)))
    chain.vote(RegisterUnit(address("U3"), address("D"), CAPACITY_11, 0))
    for _ in range(removed_after):
        books = chain.unit("U3").available_wh
        produce(chain, "U3", "D", CAPACITY_11 - books)
        if chain.balance("D").available:
            chain.do("D", Transfer(ENERGY_ASSET, address("B"), chain.balance("D").available))
        assert actual(chain, "U3", max(chain.unit("U3").available_wh - lost, 0)).applied
    chain.vote(RemoveUnit(address("U3")))
    assert chain.balance("D").available == 0
    assert 0 < chain.gap <= (CAPACITY_11 + CAPACITY_11 // 5) * 10**6
