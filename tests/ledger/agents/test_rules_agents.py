"""Agents: authorised, acting within their limits, paid, ended, and refused (rules AG1 to AG12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address
from ledger.agents.acting import AGENT_SENDER, do_act_for_owner, do_sweep_for_owner
from ledger.agents.events import ActedForOwner, AgentAuthorised, AgentPaid, AuthorisationEnded, SweepAsked
from ledger.agents.invariants import check_agents
from ledger.agents.limits import MAX_AUTHORISATION_MS
from ledger.agents.payloads import ActForOwner, AuthoriseAgent, RevokeAgent, SweepForOwner
from ledger.agents.queries import agents_of, count_of_authorisations, owners_of, swept_on
from ledger.agents.schema import AUTHORISATIONS, DAY_USES, AgentEnd, Authorisation, DayUse
from ledger.agents.terms import AgentTerms, DayLimit, OfferSide, PriceBound, SweepTerms
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.payloads import LockWithdrawal, MintCurrency, Transfer, UnlockCurrency
from ledger.bank.schema import WITHDRAWALS
from ledger.chain.context import Context
from ledger.chain.header import Event
from ledger.chain.protocol import context_at
from ledger.debts.pools import DebtPool
from ledger.debts.queries import debts_of
from ledger.debts.rules import claim, owe
from ledger.encoding.codec import encode
from ledger.energy.payloads import CloseSession, OpenSession
from ledger.errors import BrokenInvariant, InclusionError
from ledger.governance.payloads import AddVoter, ExpelMember, RemoveVoter
from ledger.governance.points import ACCOUNT_KNOWN
from ledger.state.overlay import MemoryReader
from market.ledger_invariants import check_order_agents
from market.schema import ORDER_AGENTS, OrderAgent, order_key
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import OrderKind, Side
from nodechain.modules import MODULES, REGISTRY
from tests.support.agent_chain import (
    DAY_MS,
    FUNDS,
    MAX_FOR_FEES,
    SWEEP,
    AgentChain,
    order,
    type_number,
)

E = TypeVar("E", bound=Event)
PRICE = 200_000_000
ORDER_TYPES = tuple(sorted(type_number(kind) for kind in (PlaceOrder, CancelOrder, ReplaceOrder)))


def of(events: Iterable[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def all_events(chain: ChainFixture, kind: type[E]) -> list[E]:
    return [e for block in chain.blocks for receipt in block.executed.receipts for e in of(receipt.events, kind)]


def refused(code: str, send: Callable[[], object]) -> None:
    with pytest.raises(InclusionError) as refusal:
        send()
    assert refusal.value.code == code


def at(chain: AgentChain, sender: str) -> Context:
    """The state as the next block's rules see it, with somebody's transaction in turn."""
    context = context_at(chain.registry, chain.state, chain.genesis, 1, chain.time_ms)
    context.sender = address(sender)
    return context


# --- authorising -----------------------------------------------------------------------------------------------------


def test_ag1_an_owner_lets_a_key_act_and_may_change_what_it_lets_it_do() -> None:
    chain = AgentChain()
    event = of(chain.authorise().events, AgentAuthorised)[0]
    assert (event.number, event.owner, event.agent) == (1, address("A"), address("R"))
    assert chain.sell(quantity=8 * ENT).applied
    assert chain.authorise(day_limits=(DayLimit(ENERGY_ASSET, 9 * ENT),)).applied
    found = chain.authorisation()
    assert found is not None
    assert found.number == 2
    assert chain.used(ENERGY_ASSET) == 8 * ENT, "what was used today stays used"
    assert chain.sell(quantity=2 * ENT).code == "day_limit_reached"
    assert chain.sell().applied
    assert count_of_authorisations(chain.reader) == 1


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("bad_agent_terms", {"types": ()}),
        ("bad_agent_terms", {"types": (217, 216)}),
        ("bad_agent_terms", {"day_limits": (DayLimit(1, 1), DayLimit(1, 2))}),
        ("bad_agent_terms", {"prices": (PriceBound(1, OfferSide.SELL, 1), PriceBound(1, OfferSide.BUY, 1))}),
        ("bad_agent_terms", {"sweeps": (SWEEP, SWEEP)}),
        ("unknown_asset", {"day_limits": (DayLimit(3, 1),)}),
        ("unknown_asset", {"sweeps": (SweepTerms(3, 0, "x"),)}),
        ("not_a_currency", {"sweeps": (SweepTerms(ENERGY_ASSET, 0, "x"),)}),
        ("commission_too_high", {"commission": 100_000_001}),
        ("not_a_member", {"commission": 1}),
    ],
)
def test_ag1_terms_that_cannot_hold_are_refused(code: str, changes: dict[str, Any]) -> None:
    assert AgentChain().authorise(**changes).code == code


def test_ag1_nobody_is_its_own_agent_nor_is_a_device_or_an_expelled_member() -> None:
    chain = AgentChain()
    assert chain.authorise("A", "A").code == "bad_agent"
    chain.vote(ExpelMember(address("D")))
    assert chain.authorise("A", "D").code == "not_a_member"
    refused("sender_not_a_member", lambda: chain.authorise("R", "A"))


def test_ag1_it_ends_within_400_days() -> None:
    chain = AgentChain()
    now_ms = chain.time_ms + 1000
    for expires_ms in (now_ms, now_ms + MAX_AUTHORISATION_MS + 1001):
        assert chain.authorise(expires_ms=expires_ms).code == "bad_agent_expiry"
        now_ms += 1000
    assert chain.authorise(expires_ms=now_ms + MAX_AUTHORISATION_MS).applied


def test_ag2_an_owner_gives_a_key_that_is_no_member_its_fees_and_no_more() -> None:
    chain = AgentChain(minimum_fee=ENT)
    terms = chain.terms()
    assert chain.try_("A", AuthoriseAgent(address("R"), MAX_FOR_FEES + 1, terms), fee=ENT).code == "too_much_for_fees"
    chain.do("A", AuthoriseAgent(address("R"), 2 * ENT, terms), fee=ENT)
    assert chain.has("R") == 2 * ENT
    assert chain.act(order(Side.SELL, PRICE, ENT), fee=ENT).applied
    assert (chain.has("R"), chain.has("A")) == (ENT, FUNDS - 4 * ENT), "the fee is the agent's"
    assert chain.try_("A", AuthoriseAgent(address("R"), 4 * ENT + 1, terms), fee=ENT).code == "too_much_for_fees"
    assert chain.try_("A", AuthoriseAgent(address("R"), 4 * ENT, terms), fee=ENT).applied
    refused("cannot_pay_fee", lambda: chain.act(order(Side.SELL, PRICE, ENT), fee=6 * ENT))
    chain.do("A", RevokeAgent(address("R")), fee=ENT)
    assert chain.try_("R", Transfer(CURRENCY_ASSET, address("A"), 4 * ENT), fee=ENT).applied, "it is not frozen"


# --- ends ------------------------------------------------------------------------------------------------------------


def test_ag3_a_revoked_agent_sends_nothing_more_also_in_the_same_block() -> None:
    chain = AgentChain()
    assert chain.authorise().applied
    assert chain.sell().applied
    revoke = chain.tx("A", RevokeAgent(address("R")))
    refused("not_an_agent", lambda: chain.block([revoke, chain.acting(order(Side.SELL, PRICE, ENT))]))
    assert chain.revoke().applied
    assert of(chain.blocks[-1].executed.receipts[1].events, AuthorisationEnded)[0].end == AgentEnd.REVOKED
    refused("not_an_agent", chain.sell)
    assert chain.revoke().code == "unknown_agent"
    assert chain.balance("A").order == ENT, "what it placed is the owner's"
    assert not chain.entries(DAY_USES)
    chain.do("A", CancelOrder(1, 1))


def test_ag3_it_expires_on_time_also_where_that_waits_to_be_worked_off() -> None:
    chain = AgentChain()
    assert chain.authorise(expires_ms=chain.time_ms + DAY_MS).applied
    context = at(chain, "R")
    context.time_ms = chain.time_ms + DAY_MS
    late = chain.acting(order(Side.SELL, PRICE, ENT))
    refused("not_an_agent", lambda: AGENT_SENDER.check_right(context, late))
    chain.block(after_ms=DAY_MS)
    assert [event.end for event in all_events(chain, AuthorisationEnded)] == [AgentEnd.EXPIRED]
    assert chain.authorisation() is None


def test_ag3_who_is_expelled_has_no_agents_and_is_none() -> None:
    chain = AgentChain()
    assert chain.authorise("B", "R").applied
    assert chain.authorise("A", "B").applied
    chain.vote(ExpelMember(address("B")))
    assert chain.authorisation("B", "R") is None
    assert all_events(chain, AuthorisationEnded)[0].end == AgentEnd.EXPELLED
    refused("not_an_agent", lambda: chain.buy(owner="B"))
    refused("expelled", lambda: chain.sell(agent="B"))


# --- acting ----------------------------------------------------------------------------------------------------------


def test_ag4_what_may_be_sent_for_somebody_is_a_list_and_a_new_type_is_not_on_it() -> None:
    named = sorted(kind.name for kind in REGISTRY.types.values() if kind.uses is not None)
    assert named == [
        "cancel_order", "close_session", "lock_withdrawal", "open_session", "place_order", "replace_order", "transfer",
    ]  # fmt: skip
    chain = AgentChain()
    for kind in REGISTRY.types.values():
        receipt = chain.authorise(types=(kind.number,))
        assert receipt.code == ("" if kind.name in named else "type_not_delegable"), kind.name


def test_ag4_an_agent_sends_what_it_was_let_send_and_wraps_nothing_twice() -> None:
    chain = AgentChain()
    assert chain.authorise().applied
    assert chain.act(Transfer(CURRENCY_ASSET, address("R"), 1)).code == "type_not_granted"
    inner = chain.wrapped(order(Side.SELL, PRICE, ENT))
    assert chain.act(inner).code == "type_not_granted"
    assert chain.authorise(types=(type_number(ActForOwner),)).code == "type_not_delegable"
    for content in (b"", b"\xc1", encode(order(Side.SELL, PRICE, ENT)) + b"\x00"):
        wrong = ActForOwner(address("A"), type_number(PlaceOrder), content)
        assert chain.try_("R", wrong).code == "bad_content"


def test_ag5_nonce_and_fee_are_the_agent_s_and_it_need_not_be_a_member() -> None:
    chain = AgentChain()
    refused("not_an_agent", chain.sell)
    refused("not_an_agent", lambda: chain.sell(agent="B"))
    assert chain.authorise().applied
    assert chain.sell().applied
    refused("sender_not_a_member", lambda: chain.try_("R", order(Side.SELL, PRICE, ENT)))
    assert chain.do("A", Transfer(CURRENCY_ASSET, address("B"), 1)).applied, "the owner's nonce is its own"


def test_ag5_a_key_that_acts_is_known_and_cannot_become_a_meter_s() -> None:
    chain = AgentChain()
    context = at(chain, "A")
    assert not any(knows(context, address("R")) for knows in context.hooks.at(ACCOUNT_KNOWN))
    assert chain.authorise().applied
    context = at(chain, "A")
    assert any(knows(context, address("R")) for knows in context.hooks.at(ACCOUNT_KNOWN))


def test_ag6_an_agent_may_do_no_more_than_its_owner_could() -> None:
    chain = AgentChain(members=tuple(sorted(address(name) for name in "ACD")))
    chain.vote(AddVoter(address("B")))
    chain.do("B", AuthoriseAgent(address("R"), 0, chain.terms(types=ORDER_TYPES)))
    assert chain.buy(owner="B").applied
    chain.vote(RemoveVoter(address("B")), "A", "B")
    assert chain.buy(owner="B").code == "owner_not_a_member"
    assert chain.act(CancelOrder(1, 1), "B").applied, "what the owner may do itself, its agent may"


def test_ag7_amounts_of_a_day_end_at_midnight_utc() -> None:
    chain = AgentChain()
    assert chain.authorise().applied
    assert chain.sell(quantity=10 * ENT).applied
    assert chain.sell().code == "day_limit_reached"
    midnight = (chain.time_ms // DAY_MS + 1) * DAY_MS
    assert chain.try_("R", chain.wrapped(order(Side.SELL, PRICE, ENT)), after_ms=midnight - 1 - chain.time_ms).code
    assert chain.try_("R", chain.wrapped(order(Side.SELL, PRICE, 10 * ENT)), after_ms=1).applied
    assert chain.used(ENERGY_ASSET) == 10 * ENT


def test_ag7_cancelling_is_free_and_gives_nothing_back() -> None:
    chain = AgentChain()
    assert chain.authorise(types=ORDER_TYPES).applied
    assert chain.sell(quantity=10 * ENT).applied
    assert chain.act(CancelOrder(1, 1)).applied
    assert chain.used(ENERGY_ASSET) == 10 * ENT
    assert chain.sell().code == "day_limit_reached"


def test_ag7_a_replacement_counts_whole_also_of_the_owner_s_own_order() -> None:
    chain = AgentChain()
    assert chain.authorise(types=ORDER_TYPES).applied
    chain.do("A", order(Side.SELL, 2 * PRICE, 20 * ENT))
    assert chain.act(ReplaceOrder(1, 1, PRICE, 11 * ENT, 0)).code == "day_limit_reached"
    assert chain.act(ReplaceOrder(1, 1, PRICE - 1000, ENT, 0)).code == "price_not_granted"
    assert chain.act(ReplaceOrder(1, 1, PRICE, 6 * ENT, 0)).applied
    assert chain.used(ENERGY_ASSET) == 6 * ENT
    assert chain.act(ReplaceOrder(1, 9, PRICE, ENT, 0)).code == "unknown_order"


def test_ag7_an_asset_that_is_not_named_may_not_be_used() -> None:
    chain = AgentChain()
    assert chain.authorise(day_limits=(DayLimit(CURRENCY_ASSET, ENT),)).applied
    assert chain.sell().code == "asset_not_granted"
    assert chain.buy().applied


def test_ag7_what_each_type_uses() -> None:
    chain = AgentChain()
    payloads = (Transfer, LockWithdrawal, OpenSession, CloseSession)
    limits = (DayLimit(ENERGY_ASSET, 10 * ENT), DayLimit(CURRENCY_ASSET, 10 * ENT))
    assert chain.authorise(types=tuple(sorted(type_number(kind) for kind in payloads)), day_limits=limits).applied
    assert chain.act(Transfer(CURRENCY_ASSET, address("B"), 3 * ENT)).applied
    assert chain.act(LockWithdrawal(CURRENCY_ASSET, 3 * ENT)).applied
    assert chain.used(CURRENCY_ASSET) == 6 * ENT
    assert chain.act(Transfer(CURRENCY_ASSET, address("B"), 4 * ENT + 1)).code == "day_limit_reached"
    assert chain.act(OpenSession(address("U1"), 4 * ENT, 6 * ENT + 1)).code == "day_limit_reached", "overdraft counts"
    assert chain.act(OpenSession(address("U1"), 4 * ENT, 3 * ENT)).applied
    assert chain.used(ENERGY_ASSET) == 7 * ENT
    assert chain.act(CloseSession(address("U1"))).applied
    assert chain.used(ENERGY_ASSET) == 7 * ENT
    assert chain.session("A", "U1") is None


def test_ag7_a_refused_act_uses_nothing() -> None:
    chain = AgentChain()
    assert chain.authorise().applied
    assert chain.sell(quantity=1).code == "bad_quantity"
    assert chain.used(ENERGY_ASSET) == 0
    assert not chain.entries(DAY_USES)


def test_ag7_each_agent_has_limits_of_its_own() -> None:
    chain = AgentChain()
    assert chain.authorise().applied
    assert chain.authorise(agent="D", day_limits=(DayLimit(ENERGY_ASSET, 2 * ENT),)).applied
    assert chain.sell(quantity=10 * ENT).applied
    assert chain.sell(agent="D", quantity=2 * ENT).applied
    assert chain.sell(agent="D").code == "day_limit_reached"
    assert chain.sell().code == "day_limit_reached"


def test_ag8_of_a_side_or_product_without_a_price_there_are_no_orders() -> None:
    chain = AgentChain()
    assert chain.authorise(prices=(PriceBound(1, OfferSide.SELL, PRICE),)).applied
    assert chain.sell(price=PRICE).applied
    assert chain.sell(price=PRICE - 1000).code == "price_not_granted"
    assert chain.buy(price=1000).code == "price_not_granted"
    assert chain.authorise(prices=(PriceBound(2, OfferSide.SELL, PRICE),)).applied
    assert chain.sell().code == "price_not_granted"
    for kind in (OrderKind.IOC, OrderKind.FOK, OrderKind.POST_ONLY):
        assert chain.act(order(Side.BUY, 0, ENT, kind)).code == "price_not_granted"


# --- commission ------------------------------------------------------------------------------------------------------


def broker(commission: int = 30_000_001, **changes: Any) -> AgentChain:
    chain = AgentChain()
    assert chain.authorise(agent="D", commission=commission, types=ORDER_TYPES, **changes).applied
    return chain


def test_ag9_a_broker_has_its_part_of_what_its_sales_bring_rounded_down() -> None:
    chain = broker()
    assert chain.sell(agent="D", quantity=3 * ENT).applied
    chain.do("B", order(Side.BUY, PRICE, ENT))
    first = all_events(chain, AgentPaid)
    assert [event.amount for event in first] == [PRICE * 30_000_001 // 10**9]
    assert (first[0].owner, first[0].agent, first[0].asset) == (address("A"), address("D"), CURRENCY_ASSET)
    assert chain.has("D") == first[0].amount
    assert chain.has("A") == FUNDS + PRICE - first[0].amount
    chain.do("B", order(Side.BUY, PRICE, 4 * ENT))
    assert [event.amount for event in all_events(chain, AgentPaid)][1:] == [2 * PRICE * 30_000_001 // 10**9]
    assert not chain.entries(ORDER_AGENTS)


def test_ag9_also_of_what_sells_on_arrival_and_not_of_what_is_bought() -> None:
    chain = broker()
    chain.do("B", order(Side.BUY, 2 * PRICE, 2 * ENT))
    assert chain.sell(agent="D", quantity=3 * ENT).applied
    assert [event.amount for event in all_events(chain, AgentPaid)] == [4 * PRICE * 30_000_001 // 10**9]
    chain.do("B", Transfer(CURRENCY_ASSET, address("A"), ENT))
    chain.do("A", CancelOrder(1, 2))
    chain.do("A", Transfer(ENERGY_ASSET, address("B"), ENT))
    chain.do("B", order(Side.SELL, PRICE, ENT))
    assert chain.buy(agent="D", price=PRICE).applied
    assert len(all_events(chain, AgentPaid)) == 1
    assert not chain.entries(ORDER_AGENTS)


def test_ag9_nothing_of_the_owner_s_own_orders_nor_after_the_end() -> None:
    chain = broker()
    chain.do("A", order(Side.SELL, PRICE, ENT))
    chain.do("B", order(Side.BUY, PRICE, ENT))
    assert chain.sell(agent="D", quantity=3 * ENT).applied
    assert chain.revoke(agent="D").applied
    chain.do("B", order(Side.BUY, PRICE, ENT))
    assert not all_events(chain, AgentPaid)
    chain.do("A", ReplaceOrder(1, 3, PRICE, ENT, 0))
    assert len(chain.entries(ORDER_AGENTS)) == 1, "less of the same order keeps its place and who placed it"
    chain.do("A", ReplaceOrder(1, 3, 2 * PRICE, ENT, 0))
    assert not chain.entries(ORDER_AGENTS), "an order that the owner places anew is its own"


def test_ag9_debts_come_first() -> None:
    for debt, commission in ((FUNDS + PRICE, 0), (FUNDS + PRICE - 5, 5), (FUNDS, PRICE // 10)):
        chain = broker(100_000_000)
        chain.do("B", order(Side.BUY, PRICE, ENT))
        context, pool = at(chain, "D"), DebtPool(1, 1)
        owe(context, pool, address("A"), CURRENCY_ASSET, debt)
        claim(context, pool, address("C"), CURRENCY_ASSET, debt)
        do_act_for_owner(context, chain.wrapped(order(Side.SELL, PRICE, ENT)))
        assert sum(event.amount for event in of(context.events, AgentPaid)) == commission
        assert debts_of(context.state, address("A"), 1) == {}


def test_ag9_an_agent_that_is_no_member_any_more_has_nothing() -> None:
    chain = broker()
    assert chain.sell(agent="D", quantity=3 * ENT).applied
    chain.vote(ExpelMember(address("D")))
    chain.do("B", order(Side.BUY, PRICE, ENT))
    assert not all_events(chain, AgentPaid)


# --- sweep -----------------------------------------------------------------------------------------------------------


def swept(**changes: Any) -> AgentChain:
    chain = AgentChain()
    assert chain.authorise(types=(), day_limits=(), prices=(), sweeps=(SWEEP,), **changes).applied
    return chain


def test_ag10_once_a_day_all_above_the_floor_is_asked_to_be_paid_out() -> None:
    chain = swept()
    receipt = chain.do("R", SweepForOwner(address("A"), CURRENCY_ASSET))
    asked = of(receipt.events, SweepAsked)[0]
    assert (asked.amount, asked.reference) == (FUNDS - 20 * ENT, "Kunde 4711")
    assert [value.asked for value in chain.entries(WITHDRAWALS).values()] == [FUNDS - 20 * ENT]
    chain.do("bank", UnlockCurrency(CURRENCY_ASSET, address("A"), ENT))
    assert chain.try_("R", SweepForOwner(address("A"), CURRENCY_ASSET)).code == "swept_today"
    assert chain.try_("R", SweepForOwner(address("A"), CURRENCY_ASSET), after_ms=DAY_MS).applied
    assert chain.try_("R", SweepForOwner(address("A"), CURRENCY_ASSET), after_ms=DAY_MS).code == "nothing_to_sweep"
    found = chain.authorisation()
    assert found is not None
    assert not swept_on(chain.state, found, CURRENCY_ASSET, chain.time_ms)
    assert chain.try_("R", SweepForOwner(address("A"), ENERGY_ASSET)).code == "sweep_not_granted"
    refused("not_an_agent", lambda: chain.try_("R", SweepForOwner(address("B"), CURRENCY_ASSET)))


def test_ag10_debts_are_paid_first_and_what_binds_the_owner_binds_its_agent() -> None:
    chain = swept()
    context, pool = at(chain, "R"), DebtPool(1, 1)
    owe(context, pool, address("A"), CURRENCY_ASSET, 30 * ENT)
    claim(context, pool, address("C"), CURRENCY_ASSET, 30 * ENT)
    do_sweep_for_owner(context, SweepForOwner(address("A"), CURRENCY_ASSET))
    assert of(context.events, SweepAsked)[0].amount == FUNDS - 50 * ENT
    assert debts_of(context.state, address("A"), 1) == {}


# --- what always holds -----------------------------------------------------------------------------------------------


def test_ag11_an_authorisation_or_a_use_in_the_wrong_place_is_found() -> None:
    chain = AgentChain()
    assert chain.authorise().applied
    assert chain.sell().applied
    pair, stranger = address("A") + address("R"), address("B") + address("R")
    found = chain.entries(AUTHORISATIONS)[pair]
    wrong: list[dict[bytes, bytes | None]] = [
        {AUTHORISATIONS.full_key(pair): None},
        {AUTHORISATIONS.full_key(pair): encode(replace(found, owner=address("B")))},
        {AUTHORISATIONS.full_key(pair): encode(replace(found, terms=replace(found.terms, expires_ms=1)))},
        {AUTHORISATIONS.full_key(stranger): encode(Authorisation(9, address("B"), address("R"), found.terms))},
        {DAY_USES.full_key(stranger + b"\x01"): encode(DayUse(1, 1, 0))},
    ]
    for change in wrong:
        reader = MemoryReader()
        for block in chain.blocks:
            reader.apply(block.executed.changes)
        check_agents(reader)
        reader.apply(change)
        with pytest.raises(BrokenInvariant):
            check_agents(reader)


def test_ag11_an_order_s_agent_is_kept_as_long_as_the_order_is() -> None:
    chain = AgentChain()
    assert chain.authorise(types=ORDER_TYPES).applied
    assert chain.sell().applied
    assert chain.buy(price=1000).applied
    assert len(chain.entries(ORDER_AGENTS)) == 2
    assert chain.act(CancelOrder(1, 1)).applied
    assert chain.act(ReplaceOrder(1, 2, 2000, ENT, 0)).applied
    assert chain.entries(ORDER_AGENTS) == {order_key(1, 3): OrderAgent(address("R"))}
    for name, key in (("R", order_key(1, 1)), ("A", order_key(1, 3))):
        reader = MemoryReader()
        for block in chain.blocks:
            reader.apply(block.executed.changes)
        check_order_agents(reader)
        reader.apply({ORDER_AGENTS.full_key(key): encode(OrderAgent(address(name)))})
        with pytest.raises(BrokenInvariant):
            check_order_agents(reader)


def test_ag12_every_receipt_says_who_acted_for_whom_before_what_it_did() -> None:
    chain = AgentChain()
    assert chain.authorise().applied
    receipt = chain.sell()
    assert receipt.events[0] == ActedForOwner(address("A"), address("R"), type_number(PlaceOrder))
    assert len(receipt.events) > 1
    assert [found.agent for _key, found in agents_of(chain.reader, address("A"), None, 10).entries] == [address("R")]
    assert len(owners_of(chain.reader, address("R"), None, 10).entries) == 1


def test_a_chain_without_the_section_knows_no_agents() -> None:
    chain = ChainFixture(modules=MODULES)
    terms = AgentTerms((216,), (), (), (), 0, chain.time_ms + DAY_MS)
    refused("module_off", lambda: chain.try_("A", AuthoriseAgent(address("R"), 0, terms)))
    chain.do("bank", MintCurrency(CURRENCY_ASSET, address("A"), ENT))
    chain.do("A", order(Side.BUY, PRICE, ENT))
