"""What meters, and those around them, must not be able to do; each test is named by its row of the list of faults."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from harness.energy import OBIS, MeterFixture, actual, consume, events, household, produce
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import LockWithdrawal, SetBanker, Transfer
from ledger.chain.context import Context
from ledger.chain.envelope import Signature
from ledger.chain.header import Receipt
from ledger.chain.parameters import HOUR_MS, MINUTE_MS
from ledger.chain.pool import Pool
from ledger.encoding.codec import Value
from ledger.energy.events import EnergyStored, GridExported, GridImported
from ledger.energy.genesis import GenesisUnit
from ledger.energy.payloads import RegisterUnit, RemoveUnit
from ledger.errors import InclusionError
from ledger.governance.events import VoteClosed
from ledger.governance.genesis import Access
from ledger.governance.payloads import AddVoter, AdmitMember, CastVote
from ledger.governance.schema import VoteOutcome
from ledger.keys.address import address_of
from ledger.metering.events import JumpSettled, MeterBound, MeterReleased, ReadingQuarantined
from ledger.metering.payloads import ReleaseMeter, SettleJump, UnbindMeter
from ledger.metering.schema import BINDINGS, MANUAL_REPORTS, MeterKind, Quarantine
from ledger.state.overlay import State
from ledger.validators.payloads import AddValidator
from nodechain.mempool.mempool import Mempool

JUMP = 3_000_000


def chain_with(**changes: Any) -> ChainFixture:
    units = tuple(GenesisUnit(address(name), address("C"), 0, 0) for name in ("U1", "U2"))
    return ChainFixture(make_genesis(**{"units": units, "parameters": (("F", 0),), **changes}))


def stored_wh(receipt: Receipt) -> list[int]:
    return [event.energy_wh for event in events(receipt, EnergyStored)]


def reasons(receipt: Receipt) -> list[int]:
    return [event.reason for event in events(receipt, ReadingQuarantined)]


def jumped(kind: MeterKind = MeterKind.PRODUCTION) -> MeterFixture:
    """A meter of 10 kW that was opened at 0 and showed 3 MWh an hour later."""
    found = MeterFixture(chain_with(), kind=kind).bound()
    assert reasons(found.measure(JUMP)) == [Quarantine.TOO_MUCH]
    return found


def cast(action: Value) -> CastVote:
    return CastVote(action, True)


def view(chain: ChainFixture) -> Context:
    return Context(State(chain.reader), chain.genesis, chain.registry.hooks, 10**6, chain.time_ms + 1, b"")


# --- L1: what a meter shows when it is bound, and registers that jump ------------------------------------------------


def test_l1a_the_opening_register_is_the_meters_own_statement() -> None:
    """Whoever changes what the meter said it shows needs the meter's signature again."""
    chain = chain_with()
    found = MeterFixture(chain)
    said = found.binding(opening_register=3_000)
    for changes in (
        {"opening_register": 0},
        {"opening_ms": chain.time_ms - 1},
        {"opening_sequence": 9},
        {"factor": 40},
    ):
        changed = msgspec.structs.replace(said.terms, **changes)
        consent = secret("A").sign(changed.message(chain.genesis.hash))
        payload = msgspec.structs.replace(said, terms=changed, account_signatures=(Signature(0, consent),))
        assert chain.try_("U1", payload).code == "bad_consent", changes
    assert chain.try_("U1", said).applied
    assert stored_wh(found.measure(3_400)) == [400]


@pytest.mark.parametrize("kind", [MeterKind.PRODUCTION, MeterKind.CONSUMPTION])
def test_l1b_time_does_not_lift_a_jump(kind: MeterKind) -> None:
    """A meter that was bound at 0 and shows 3 MWh: at 10 kW they were let in after 300 hours."""
    found = jumped(kind)
    for hours in (1, 300, 3_000):
        assert not events(found.measure(JUMP, after_ms=hours * HOUR_MS), EnergyStored)
    metered = household(found.chain, "A")
    assert (metered.produced_wh, metered.imported_wh) == (0, 0)
    assert found.chain.balance("A").available == 0
    assert (found.known.register, found.known.quarantined_register) == (0, JUMP)


def test_l1b_above_a_jump_only_the_rise_counts() -> None:
    found = jumped()
    assert stored_wh(found.measure(JUMP + 700)) == [700]
    assert stored_wh(found.measure(JUMP + 900)) == [200]
    assert (found.known.register, found.known.quarantined_register) == (900, JUMP + 900)
    assert found.chain.balance("A").available == 900 * 10**6


def test_l1b_no_credit_grows_while_a_jump_waits() -> None:
    """What the time since the jump carries counts, not that since the last accepted reading."""
    found = jumped()
    found.chain.block(after_ms=100 * HOUR_MS)
    assert reasons(found.measure(JUMP + 10_000, after_ms=MINUTE_MS)) == []
    assert reasons(found.measure(JUMP + 20_000, after_ms=MINUTE_MS)) == [Quarantine.TOO_MUCH]
    assert found.known.register == 10_000


def test_l1b_a_second_jump_lies_on_the_first() -> None:
    found = jumped()
    assert reasons(found.measure(2 * JUMP)) == [Quarantine.TOO_MUCH]
    assert stored_wh(found.measure(2 * JUMP + 50)) == [50]
    found.chain.vote(SettleJump(found.key, 2 * JUMP, True))
    assert found.chain.balance("A").available == (2 * JUMP + 50) * 10**6


def test_l1b_a_reading_below_a_jump_clears_it() -> None:
    """One false reading costs nothing: the next true one is judged against the last accepted."""
    found = jumped()
    assert stored_wh(found.measure(1_500)) == [1_500]
    assert found.known.quarantined_register == 0
    assert reasons(found.measure(JUMP)) == [Quarantine.TOO_MUCH]
    assert reasons(found.measure(1_400)) == [Quarantine.FALLEN]
    assert found.known.quarantined_register == JUMP


def test_l1b_what_counted_above_a_jump_does_not_count_again_below_it() -> None:
    found = jumped()
    assert stored_wh(found.measure(JUMP + 8_000)) == [8_000]
    assert reasons(found.measure(7_999)) == [Quarantine.FALLEN]
    assert stored_wh(found.measure(8_100)) == [100]
    assert found.chain.balance("A").available == 8_100 * 10**6


def test_l1b_a_smaller_jump_takes_the_place_of_a_larger_one() -> None:
    found = jumped()
    assert reasons(found.measure(JUMP // 2)) == [Quarantine.TOO_MUCH]
    assert found.known.quarantined_register == JUMP // 2
    assert stored_wh(found.measure(JUMP // 2 + 5)) == [5]


@pytest.mark.parametrize(("accept", "minted_wh"), [(True, JUMP + 300), (False, 300)])
def test_l1b_voters_decide_on_the_jump(accept: bool, minted_wh: int) -> None:
    found = jumped()
    chain = found.chain
    found.measure(JUMP + 100)
    receipt = chain.vote(SettleJump(found.key, JUMP, accept))
    settled = JumpSettled(found.key, address("A"), JUMP if accept else 0, accept, JUMP + 100)
    assert events(receipt, JumpSettled) == [settled]
    assert (found.known.register, found.known.quarantined_register) == (JUMP + 100, 0)
    assert stored_wh(found.measure(JUMP + 300)) == [200]
    assert chain.balance("A").available == minted_wh * 10**6
    assert chain.gap == 0


def test_l1b_a_vote_decides_on_the_jump_that_it_names() -> None:
    found = jumped()
    chain = found.chain
    with_another = MeterFixture(chain, name="N", account="B").bound()
    for meter, jump in ((found, JUMP - 1), (found, 0), (with_another, JUMP), (with_another, 0)):
        assert chain.try_("A", cast(SettleJump(meter.key, jump, True))).code == "no_jump"
    chain.do("U1", UnbindMeter(found.key))
    assert chain.try_("A", cast(SettleJump(found.key, JUMP, True))).code == "no_jump"


@pytest.mark.parametrize(("scale", "code"), [(0, "above_max_report"), (9, "out_of_range")])
def test_l1b_no_vote_counts_a_jump_that_no_unit_could_take(scale: int, code: str) -> None:
    """Such a vote fails and changes nothing; its number would fit no receipt, and no block could be made."""
    chain = chain_with()
    found = MeterFixture(chain).bound(scale=scale)
    assert reasons(found.read((chain.time_ms + HOUR_MS, 2**62), after_ms=HOUR_MS, scale=scale)) == [Quarantine.TOO_MUCH]
    before = found.known
    receipt = chain.vote(SettleJump(found.key, 2**62, True))
    (closed,) = events(receipt, VoteClosed)
    assert (closed.outcome, closed.code) == (VoteOutcome.FAILED, code)
    assert (found.known, household(chain, "A").produced_wh) == (before, 0)
    assert events(chain.vote(SettleJump(found.key, 2**62, False)), JumpSettled)


def test_l1b_levels_have_no_jumps() -> None:
    """A level is what it is: it may rise as fast as its power carries it, and what it does not explain waits (E9)."""
    chain = chain_with()
    found = MeterFixture(chain, account="U1", kind=MeterKind.STORAGE).bound()
    assert reasons(found.measure(10_100)) == [Quarantine.TOO_MUCH]
    assert found.known.quarantined_register == 0


def test_l1c_a_factor_of_transformers_is_part_of_the_register() -> None:
    """Current transformers of 200:5 make 40 Wh of each step; power and resolution count in Wh."""
    chain = chain_with()
    found = MeterFixture(chain)
    receipt = found.bind(factor=40, scale=-1, opening_register=1_000, max_power_w=10_000)
    assert [event.opening_wh for event in events(receipt, MeterBound)] == [4_000]
    assert stored_wh(found.measure(1_250)) == [1_000]
    assert stored_wh(found.measure(1_251)) == [4]
    assert reasons(found.measure(1_251 + 2_600)) == [Quarantine.TOO_MUCH]
    coarse = MeterFixture(chain, name="N", account="B")
    coarse.bound(factor=40, scale=1, max_power_w=1)
    assert stored_wh(coarse.measure(1)) == [400]


# --- L3, L7: readings cost nothing, and need no balance ----------------------------------------------------------


def refusal(found: MeterFixture, fee: int = 0, after_ms: int = 1_000) -> str:
    """Why a reading may not stand in a block."""
    chain = found.chain
    payload = found.readings((chain.time_ms + after_ms, found.known.register))
    try:
        chain.block([chain.tx(found.name, payload, fee=fee, nonce=found.known.sequence + 1)], after_ms=after_ms)
    except InclusionError as error:
        return error.code
    return ""


def test_l3a_a_reading_carries_no_fee() -> None:
    """One with a fee of 500 eEuro took its household's whole balance."""
    balances = (GenesisBalance(address("A"), CURRENCY_ASSET, 500 * ENT),)
    found = MeterFixture(chain_with(balances=balances)).bound()
    assert refusal(found, fee=500 * ENT, after_ms=MINUTE_MS) == "reading_with_fee"
    assert refusal(found, fee=1, after_ms=MINUTE_MS) == "reading_with_fee"
    assert found.chain.balance("A", CURRENCY_ASSET).available == 500 * ENT
    assert refusal(found, after_ms=MINUTE_MS) == ""


def test_l3b_a_meter_has_one_transaction_a_minute() -> None:
    found = MeterFixture(chain_with()).bound()
    assert refusal(found) == ""
    assert refusal(found, after_ms=1_000) == "reading_too_early"
    assert refusal(found, after_ms=MINUTE_MS - 1_001) == "reading_too_early"
    assert refusal(found, after_ms=1) == ""
    assert found.read((found.chain.time_ms + 1, 0), after_ms=MINUTE_MS, profile=bytes(32)).code == "profile_mismatch"
    assert refusal(found, after_ms=MINUTE_MS - 1) == "reading_too_early"


def test_l3b_two_meters_do_not_wait_for_each_other() -> None:
    chain = chain_with()
    first, second = MeterFixture(chain).bound(), MeterFixture(chain, name="N", account="B").bound()
    later = chain.time_ms + MINUTE_MS
    both = [chain.tx(m.name, m.readings((later, 100)), nonce=1) for m in (first, second)]
    assert len(chain.block(both, after_ms=MINUTE_MS).transactions) == 2


def test_l3b_what_is_early_waits_in_the_mempool() -> None:
    """It is taken in, left out of blocks until its time, and then included."""
    found = MeterFixture(chain_with()).bound()
    chain, mempool = found.chain, Mempool(found.chain.registry)
    assert refusal(found) == ""
    payload = found.readings((chain.time_ms + 1, 10))
    early = mempool.admit(chain.tx("M", payload, nonce=2).raw, view(chain))
    assert refusal(found) == "reading_too_early"
    assert list(mempool.pool.candidates()) == [early]
    assert not mempool.has_ready(view(chain)), "it makes no block due: one could not hold it"
    chain.block(after_ms=MINUTE_MS)
    assert mempool.has_ready(view(chain))
    block = chain.block(mempool.pool.candidates(), after_ms=MINUTE_MS)
    assert [transaction.id for transaction in block.transactions] == [early.id]


def test_l7a_an_emptied_account_does_not_stop_its_meter() -> None:
    """With a minimum fee, moving one's eEuro away left all readings out: what was drawn cost nothing."""
    balances = tuple(GenesisBalance(address(name), CURRENCY_ASSET, 100) for name in ("A", "U1"))
    chain = chain_with(minimum_fee=5, balances=balances)
    found = MeterFixture(chain, kind=MeterKind.CONSUMPTION)
    assert chain.try_("U1", found.binding(), fee=5).applied
    assert chain.try_("A", Transfer(CURRENCY_ASSET, address("B"), 95), fee=5).applied
    assert chain.balance("A", CURRENCY_ASSET).available == 0
    assert events(found.measure(800), GridImported) == [GridImported(address("U1"), address("A"), 800)]


# --- L9: a meter sends readings and nothing else -----------------------------------------------------------------


@pytest.mark.parametrize("access", list(Access))
def test_l9a_a_meters_address_sends_nothing_but_readings(access: Access) -> None:
    balances = tuple(GenesisBalance(address(name), CURRENCY_ASSET, 100) for name in ("A", "U1"))
    chain = chain_with(access=int(access), minimum_fee=1, balances=balances)
    found = MeterFixture(chain)
    assert chain.try_("U1", found.binding(), fee=1).applied
    for payload in (
        Transfer(CURRENCY_ASSET, address("A"), 1),
        LockWithdrawal(CURRENCY_ASSET, 1),
        cast(AdmitMember(address("Z"))),
    ):
        with pytest.raises(InclusionError) as refused:
            chain.try_("M", payload, fee=1)
        assert refused.value.code == "readings_only"
    assert chain.try_("A", Transfer(CURRENCY_ASSET, address("M"), 1), fee=1).code == "is_a_meter"
    assert balance(chain.state, address("M"), CURRENCY_ASSET).available == 0


def test_l9a_also_after_it_was_unbound() -> None:
    chain = chain_with()
    found = MeterFixture(chain).bound()
    chain.do("U1", UnbindMeter(found.key))
    with pytest.raises(InclusionError) as refused:
        chain.try_("M", cast(AdmitMember(address("Z"))))
    assert refused.value.code == "readings_only"


def test_l9a_a_meter_gets_no_role() -> None:
    chain = chain_with()
    MeterFixture(chain).bound()
    meter = address("M")
    validator = secret("W").public_key[1:]
    for action in (
        AdmitMember(meter),
        AddVoter(meter),
        SetBanker(meter),
        RegisterUnit(meter, address("C"), 0, 0),
        RegisterUnit(address("U3"), meter, 0, 0),
        AddValidator(validator, meter, "w", bytes(64)),
    ):
        assert chain.try_("A", cast(action)).code == "is_a_meter", action


@pytest.mark.parametrize("name", ["A", "B", "C", "U2", "bank", "V", "rich"])
def test_l9a_an_accounts_key_is_not_bound(name: str) -> None:
    """Its money would be locked up, and its holder is somebody else than a meter."""
    chain = chain_with(balances=(GenesisBalance(address("rich"), CURRENCY_ASSET, 1),))
    assert MeterFixture(chain, name=name, account="D").bind().code == "key_in_use"


def test_l9b_a_meter_is_not_the_account_of_the_next_one() -> None:
    """A chain of 40 meters, each the account of the next."""
    for access in Access:
        balances = tuple(GenesisBalance(address(name), CURRENCY_ASSET, 100) for name in ("A", "U1"))
        chain = chain_with(access=int(access), minimum_fee=1, balances=balances)
        assert chain.try_("U1", MeterFixture(chain).binding(), fee=1).applied
        assert chain.try_("U1", MeterFixture(chain, name="N", account="M").binding(), fee=1).code == "is_a_meter"


def test_l9d_of_a_meter_one_transaction_waits_in_the_reserved_part() -> None:
    """A quarter of the pool is for holders of a role and, of each meter, for what may stand in the next block."""
    balances = tuple(GenesisBalance(address(name), CURRENCY_ASSET, 100) for name in ("B", "D"))
    found = MeterFixture(chain_with(balances=balances)).bound()
    chain, mempool = found.chain, Mempool(found.chain.registry, Pool(max_transactions=8))
    for nonce in (1, 2, 3):
        for name in ("B", "D"):
            payment = Transfer(CURRENCY_ASSET, address("A"), 1)
            mempool.admit(chain.tx(name, payment, fee=1, nonce=nonce).raw, view(chain))
    first, second = (chain.tx("M", found.readings((chain.time_ms + n, 0)), nonce=n).raw for n in (1, 2))
    mempool.admit(first, view(chain))
    with pytest.raises(InclusionError) as refused:
        mempool.admit(second, view(chain))
    assert refused.value.code == "pool_full"
    assert len(mempool) == 7


# --- L11: nothing is billed twice --------------------------------------------------------------------------------


def test_l11a_a_meter_is_read_at_most_an_hour_before_it_is_bound() -> None:
    """An opening in 1970 gave the first reading the power time of half a century: 4 GWh."""
    chain = chain_with()
    found = MeterFixture(chain)
    assert found.bind(opening_ms=0).code == "stale_opening"
    assert found.bind(opening_ms=chain.time_ms + 1_000 - HOUR_MS - 1).code == "stale_opening"
    assert found.bind(opening_ms=chain.time_ms + 1_000 - HOUR_MS).code == ""
    assert reasons(found.measure(4 * 10**9)) == [Quarantine.TOO_MUCH]


@pytest.mark.parametrize("kind", list(MeterKind))
def test_l11b_a_meter_is_read_after_the_last_report_by_hand(kind: MeterKind) -> None:
    """A report of 10 kWh and a meter that was opened before it booked the same 10 kWh twice."""
    chain = chain_with()
    found = MeterFixture(chain, account="U1" if kind is MeterKind.STORAGE else "A", kind=kind)
    opening_ms = chain.time_ms
    match kind:
        case MeterKind.PRODUCTION:
            assert produce(chain, "U1", "A", 10_000).applied
        case MeterKind.CONSUMPTION:
            assert consume(chain, "U1", "A", 10_000).applied
        case MeterKind.STORAGE:
            assert actual(chain, "U1", 10_000).applied
    assert found.bind(opening_ms=opening_ms).code == "stale_opening"
    other = MeterFixture(chain, name="N", account="U2" if kind is MeterKind.STORAGE else "A", unit="U2", kind=kind)
    assert other.bind(opening_ms=opening_ms).code == ""
    assert found.bind(opening_ms=chain.time_ms).code == ""


def test_l11b_another_meter_is_read_after_the_last_reading_of_the_one_before() -> None:
    """A meter that was opened before the old one's last reading measured the time between once more."""
    chain = chain_with()
    old = MeterFixture(chain).bound()
    opening_ms = chain.time_ms
    assert old.measure(1_000, after_ms=HOUR_MS // 2).applied
    new = MeterFixture(chain, name="N")
    assert chain.try_("U1", old.replacement(new, opening_ms=opening_ms)).code == "stale_opening"
    chain.do("U1", UnbindMeter(old.key))
    assert new.bind(opening_ms=opening_ms).code == "stale_opening"
    assert new.bind(opening_ms=old.known.time_ms).code == ""


def test_l11b_reports_by_hand_are_forgotten_when_no_opening_may_be_so_old() -> None:
    chain = chain_with()
    assert produce(chain, "U1", "A", 1).applied
    chain.block(after_ms=HOUR_MS // 2)
    assert produce(chain, "U1", "A", 1).applied
    key = address("U1") + address("A") + bytes((MeterKind.PRODUCTION,))
    chain.block(after_ms=HOUR_MS // 2)
    assert chain.state.get(MANUAL_REPORTS, key) is not None
    chain.block(after_ms=HOUR_MS // 2 + 1)
    assert chain.state.get(MANUAL_REPORTS, key) is None


def test_l11c_the_unit_alone_does_not_state_a_closing_register() -> None:
    """It billed 16 kWh to a household: what the meter signed last stands unless the account agrees."""
    chain = chain_with()
    old = MeterFixture(chain, kind=MeterKind.CONSUMPTION).bound()
    assert old.measure(1_000).applied
    chain.block(after_ms=2 * HOUR_MS)
    new = MeterFixture(chain, name="N", kind=MeterKind.CONSUMPTION)
    agreed = old.replacement(new, (chain.time_ms, 17_000))
    terms_only = msgspec.structs.replace(agreed, binding=new.binding())
    assert chain.try_("U1", terms_only).code == "bad_consent"
    more = msgspec.structs.replace(agreed.closing[0], register=17_001)
    assert chain.try_("U1", msgspec.structs.replace(agreed, closing=(more,))).code == "bad_consent"
    assert household(chain, "A").imported_wh == 1_000
    assert chain.try_("U1", old.replacement(new)).applied
    assert household(chain, "A").imported_wh == 1_000
    assert old.known.register == 1_000
    assert [event.energy_wh for event in events(new.measure(40), GridImported)] == [40]


def test_l11c_a_closing_register_is_of_the_meter_that_it_names() -> None:
    old = MeterFixture(chain_with()).bound()
    chain = old.chain
    new = MeterFixture(chain, name="N")
    agreed = new.replacement(new, (chain.time_ms + 500, 1))
    assert chain.try_("U1", msgspec.structs.replace(agreed, old_key=old.key)).code == "implausible_closing"


def test_l11d_a_meter_that_is_bound_again_shows_no_less_than_it_counted() -> None:
    """Unbound at 5,000 and bound at 1,000: 4 kWh were billed twice."""
    found = MeterFixture(chain_with()).bound()
    chain = found.chain
    assert found.measure(5_000).applied
    chain.do("U1", UnbindMeter(found.key))
    assert found.bind(opening_register=4_999).code == "register_fell"
    assert found.bind(opening_register=50_000, scale=-1).code == ""
    assert found.known.register == 50_000


def test_l11d_consent_of_before_does_not_bind_again() -> None:
    found = MeterFixture(chain_with())
    chain = found.chain
    once = found.binding()
    assert chain.try_("U1", once).applied
    chain.do("U1", UnbindMeter(found.key))
    assert chain.try_("U1", once).code == "stale_terms"


def test_l11d_a_key_stays_with_its_place_until_voters_release_it() -> None:
    found = MeterFixture(chain_with()).bound()
    chain = found.chain
    assert chain.try_("A", cast(ReleaseMeter(found.key))).code == "not_held"
    chain.do("U1", UnbindMeter(found.key))
    for changes in ({"account": "B"}, {"unit": "U2"}, {"kind": MeterKind.CONSUMPTION}):
        assert MeterFixture(chain, **changes).bind().code == "bound_elsewhere", changes
    assert found.bind(obis=bytes((1, 0, 1, 8, 0, 255))).code == "bound_elsewhere"
    assert events(chain.vote(ReleaseMeter(found.key)), MeterReleased) == [MeterReleased(found.key)]
    assert chain.try_("A", cast(ReleaseMeter(found.key))).code == "not_held"
    assert MeterFixture(chain, account="B", unit="U2").bind().code == ""


def test_l11d_a_meter_of_a_removed_unit_may_be_released() -> None:
    found = MeterFixture(chain_with()).bound()
    chain = found.chain
    chain.vote(RemoveUnit(address("U1")))
    chain.vote(ReleaseMeter(found.key))
    assert MeterFixture(chain, unit="U2").bind().code == ""
    assert chain.state.get(BINDINGS, address("U2") + address("A") + bytes((MeterKind.PRODUCTION,))) is not None


# --- L12: a fall is no turn --------------------------------------------------------------------------------------


@pytest.mark.parametrize("after_h", [6, 6_000])
def test_l12a_one_watt_hour_less_is_not_a_full_turn(after_h: int) -> None:
    """After an outage of six hours at 17 kW a register 1 Wh lower minted 99.999 kWh."""
    found = MeterFixture(chain_with()).bound(rollover=100_000, opening_register=40_000, max_power_w=17_000)
    assert reasons(found.measure(39_999, after_ms=after_h * HOUR_MS)) == [Quarantine.FALLEN]
    assert found.known.register == 40_000
    assert found.known.quarantined_register == 0


def test_l12a_less_than_half_way_round_is_a_turn_as_far_as_the_power_carries() -> None:
    for after_h, register, expected in ((6, 39_999, [49_999]), (6, 40_000, []), (2, 39_999, [])):
        found = MeterFixture(chain_with()).bound(rollover=100_000, opening_register=90_000, max_power_w=10_000)
        assert stored_wh(found.measure(register, after_ms=after_h * HOUR_MS)) == expected, register


# --- What stays as it was ----------------------------------------------------------------------------------------


def test_by_hand_and_to_and_from_the_grid_all_is_as_before() -> None:
    """Beside a meter nobody reports by hand; beyond the room and the session energy comes from and goes to the grid."""
    units = (GenesisUnit(address("U1"), address("C"), 1_000, 0),)
    chain = chain_with(units=units)
    producing = MeterFixture(chain).bound()
    consuming = MeterFixture(chain, name="N", kind=MeterKind.CONSUMPTION).bound()
    assert produce(chain, "U1", "A", 1).code == "meter_bound"
    assert consume(chain, "U1", "A", 1).code == "meter_bound"
    assert events(producing.measure(1_200), GridExported) == [GridExported(address("U1"), address("A"), 200)]
    assert events(consuming.measure(70), GridImported) == [GridImported(address("U1"), address("A"), 70)]
    assert address_of(producing.key) == address("M")
    assert producing.known.obis == OBIS
