"""Deals and swaps: opened, ended in every way, refused, and who is paid (rules DE1 to DE13)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import GenesisBalance
from ledger.chain.header import Event
from ledger.chain.protocol import context_at
from ledger.chain.section import sections_of
from ledger.deals.events import DealEnded, DealOpened, SwapEnded, SwapPaid, SwapTaken
from ledger.deals.genesis import DEALS_SECTION, DealsSection
from ledger.deals.invariants import check_deals, check_swaps
from ledger.deals.limits import MAX_DEAL_MS, RULING_MS
from ledger.deals.payloads import (
    CancelDeal,
    CancelSwap,
    DisputeDeal,
    OfferSwap,
    OpenDeal,
    ReleaseDeal,
    RuleDeal,
    TakeSwap,
)
from ledger.deals.queries import deals_of_account, lot_of, open_deals, swaps_for_account, swaps_of_account
from ledger.deals.rules import do_release_deal
from ledger.deals.schema import DEALS, SWAPS
from ledger.deals.swaps import do_take_swap
from ledger.deals.terms import DealEnd, SwapEnd, SwapSide
from ledger.debts.pools import DebtPool
from ledger.debts.queries import debts_of
from ledger.debts.rules import claim, owe
from ledger.encoding.codec import encode
from ledger.errors import BrokenInvariant, InclusionError
from ledger.governance.payloads import ExpelMember
from ledger.grid.checks import price_band
from ledger.state.overlay import MemoryReader
from ledger.state.table import big_endian
from market.module import MARKET_MODULES
from nodechain.modules import MODULES
from tests.support.deal_chain import FRANC_ASSET, FUNDS, HOUR_MS, PROOF, TERMS, DealChain
from tests.support.grid_chain import GridChain
from tests.support.sharing_chain import FIRST_SLOT

E = TypeVar("E", bound=Event)


class GridWithDeals(GridChain):
    """A grid account beside deals."""

    def __init__(self, section: tuple[str, bytes]) -> None:
        balances = tuple(GenesisBalance(address(name), CURRENCY_ASSET, FUNDS) for name in "BCD")
        funded = make_genesis(balances=balances)
        super().__init__(modules=MARKET_MODULES, sections=sections_of(*funded.sections, section))


def of(events: Iterable[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def own_events(chain: ChainFixture) -> list[Event]:
    """What the last block did by itself."""
    return [event for receipt in chain.blocks[-1].executed.receipts for event in receipt.events]


def disputed(chain: DealChain, name: str = "C") -> None:
    assert chain.open().applied
    assert chain.try_(name, DisputeDeal(1, PROOF)).applied


def test_de1_a_deal_locks_the_amount_with_the_buyer_and_nothing_of_anybody_else() -> None:
    chain = DealChain()
    receipt = chain.open()
    deal = chain.deal()
    assert deal is not None
    assert (deal.buyer, deal.seller, deal.arbiter) == (address("B"), address("C"), address("D"))
    assert (deal.terms_hash, deal.disputer, deal.fee) == (TERMS, b"", ENT)
    assert (chain.has("B"), chain.held("B")) == (FUNDS - 10 * ENT, 10 * ENT)
    assert chain.has("C") == chain.has("D") == FUNDS
    assert of(receipt.events, DealOpened)[0].deadline_ms == deal.deadline_ms
    for name in "BCD":
        assert len(deals_of_account(chain.reader, address(name), None, 10).entries) == 1
    assert open_deals(chain.reader) == (1, 0, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seller": address("B")}, "bad_deal"),
        ({"arbiter": address("B")}, "bad_deal"),
        ({"arbiter": address("C")}, "bad_deal"),
        ({"seller": address("stranger")}, "not_a_member"),
        ({"arbiter": address("stranger")}, "not_a_member"),
        ({"asset": 4}, "unknown_asset"),
        ({"amount": FUNDS + 1}, "insufficient_balance"),
        ({"deadline_ms": 1}, "bad_deal_deadline"),
        ({"fee": ENT + 1}, "arbiter_fee_too_high"),
    ],
)
def test_de1_a_bad_deal_is_refused_and_locks_nothing(changes: dict[str, Any], code: str) -> None:
    chain = DealChain()
    assert chain.open(**changes).code == code
    assert (chain.has("B"), chain.deal()) == (FUNDS, None)


def test_de1_a_deadline_lies_after_the_block_and_400_days_ahead_at_most() -> None:
    chain = DealChain()
    then_ms = chain.time_ms + 1000
    assert chain.open(deadline_ms=then_ms).code == "bad_deal_deadline"
    assert chain.open(deadline_ms=chain.time_ms + 1000 + MAX_DEAL_MS + 1).code == "bad_deal_deadline"
    assert chain.open(deadline_ms=chain.time_ms + 1000 + MAX_DEAL_MS).applied


def test_de2_the_buyer_releases_and_the_seller_has_all_of_it() -> None:
    chain = DealChain()
    assert chain.open().applied
    for name in "ACD":
        assert chain.try_(name, ReleaseDeal(1)).code == "not_in_deal"
    events = of(chain.do("B", ReleaseDeal(1)).events, DealEnded)
    assert [(event.end, event.to_seller, event.to_buyer, event.to_arbiter) for event in events] == [
        (DealEnd.RELEASED, 10 * ENT, 0, 0)
    ]
    assert (chain.has("B"), chain.has("C"), chain.has("D")) == (FUNDS - 10 * ENT, FUNDS + 10 * ENT, FUNDS)
    assert chain.deal() is None
    assert chain.try_("B", ReleaseDeal(1)).code == "unknown_deal"
    chain.block(after_ms=2 * HOUR_MS)
    assert of(own_events(chain), DealEnded) == [], "a deal that has ended is due no more"


def test_de3_only_the_seller_cancels_and_the_buyer_has_all_of_it_back() -> None:
    chain = DealChain()
    assert chain.open().applied
    assert chain.try_("B", CancelDeal(1)).code == "not_in_deal"
    assert of(chain.do("C", CancelDeal(1)).events, DealEnded)[0].end == DealEnd.CANCELLED
    assert (chain.has("B"), chain.held("B")) == (FUNDS, 0)


@pytest.mark.parametrize("name", ["B", "C"])
def test_de4_a_dispute_of_either_stops_the_deadline(name: str) -> None:
    chain = DealChain()
    assert chain.open().applied
    for other in "AD":
        assert chain.try_(other, DisputeDeal(1, PROOF)).code == "not_in_deal"
    assert chain.try_("D", RuleDeal(1, CURRENCY_ASSET, 0)).code == "deal_not_disputed"
    assert chain.try_(name, DisputeDeal(1, PROOF)).applied
    assert chain.try_("B", DisputeDeal(1, PROOF)).code == "deal_disputed"
    deal = chain.deal()
    assert deal is not None
    assert (deal.disputer, deal.evidence_hash) == (address(name), PROOF)
    chain.block(after_ms=2 * HOUR_MS)
    assert chain.deal() == deal
    assert open_deals(chain.reader) == (1, 1, 0)


@pytest.mark.parametrize(("end", "to_seller"), [(ReleaseDeal(1), 10 * ENT), (CancelDeal(1), 0)])
def test_de4_the_parties_may_still_agree_in_a_dispute_and_the_arbiter_has_nothing(
    end: ReleaseDeal | CancelDeal, to_seller: int
) -> None:
    chain = DealChain()
    disputed(chain)
    assert chain.try_("B" if to_seller else "C", end).applied
    assert (chain.has("C"), chain.has("D")) == (FUNDS + to_seller, FUNDS)


@pytest.mark.parametrize("to_seller", [0, 1, 4 * ENT, 9 * ENT])
def test_de5_the_arbiter_divides_what_is_left_beside_its_fee(to_seller: int) -> None:
    chain = DealChain()
    disputed(chain)
    for name in "ABC":
        assert chain.try_(name, RuleDeal(1, CURRENCY_ASSET, 0)).code == "not_in_deal"
    assert chain.try_("D", RuleDeal(1, CURRENCY_ASSET, 9 * ENT + 1)).code == "ruling_too_high"
    assert chain.try_("D", RuleDeal(1, FRANC_ASSET, 0)).code == "unknown_asset"
    event = of(chain.do("D", RuleDeal(1, CURRENCY_ASSET, to_seller)).events, DealEnded)[0]
    assert (event.end, event.to_seller, event.to_arbiter) == (DealEnd.RULED, to_seller, ENT)
    assert event.to_buyer == 9 * ENT - to_seller
    assert (chain.has("C"), chain.has("D")) == (FUNDS + to_seller, FUNDS + ENT)
    assert (chain.has("B"), chain.held("B")) == (FUNDS - ENT - to_seller, 0)


def test_de6_at_the_deadline_the_buyer_has_it_back() -> None:
    chain = DealChain()
    assert chain.open().applied
    chain.block(after_ms=HOUR_MS)
    assert of(own_events(chain), DealEnded)[0].end == DealEnd.EXPIRED
    assert (chain.has("B"), chain.held("B")) == (FUNDS, 0)


def test_de6_without_a_ruling_within_14_days_the_buyer_has_it_back_and_the_arbiter_nothing() -> None:
    chain = DealChain()
    disputed(chain)
    chain.block(after_ms=RULING_MS - 1)
    assert chain.deal() is not None
    chain.block(after_ms=1)
    assert of(own_events(chain), DealEnded)[0].end == DealEnd.NOT_RULED
    assert (chain.has("B"), chain.has("D")) == (FUNDS, FUNDS)


def test_de6_a_deal_that_waits_to_be_worked_off_is_over() -> None:
    chain = DealChain()
    for _ in range(40):
        assert chain.open(amount=ENT, fee=0, deadline_ms=chain.time_ms + HOUR_MS).applied
    waiting = chain.tx("B", ReleaseDeal(40))
    block = chain.block([waiting], after_ms=2 * HOUR_MS)
    codes = [receipt.code for receipt in block.executed.receipts if receipt.code]
    assert codes in (["deal_over"], ["unknown_deal"])
    assert chain.has("C") == FUNDS


def test_de7_an_expelled_seller_is_paid_and_an_expelled_arbiter_rules_no_more() -> None:
    chain = DealChain()
    assert chain.open().applied
    disputed_too = chain.open()
    assert disputed_too.applied
    assert chain.try_("B", DisputeDeal(2, PROOF)).applied
    chain.vote(ExpelMember(address("D")))
    with pytest.raises(InclusionError) as refused:
        chain.try_("D", RuleDeal(2, CURRENCY_ASSET, 0))
    assert refused.value.code == "expelled"


def test_de7_an_expelled_party_may_still_end_its_deals() -> None:
    for name, payload, to_seller in (("B", ReleaseDeal(1), 10 * ENT), ("B", DisputeDeal(1, PROOF), 0)):
        chain = DealChain()
        assert chain.open().applied
        chain.vote(ExpelMember(address(name)))
        assert chain.try_(name, payload).applied
        assert chain.has("C") == FUNDS + to_seller
        with pytest.raises(InclusionError):
            chain.open(name)


def test_de8_strangers_deals_use_up_nothing_of_a_seller() -> None:
    chain = DealChain()
    for name in "AB":
        for _ in range(3):
            assert chain.open(name, amount=1, fee=0).applied
    assert chain.open("C", seller=address("A")).applied
    assert chain.has("C") == FUNDS - 10 * ENT


def test_de9_an_offer_locks_what_it_gives_and_cannot_take_part_in_itself() -> None:
    chain = DealChain()
    assert chain.offer(taker=address("C")).applied
    assert (chain.has("B"), chain.held("B")) == (FUNDS - 10 * ENT, 10 * ENT)
    assert len(swaps_of_account(chain.reader, address("B"), None, 9).entries) == 1
    assert len(swaps_for_account(chain.reader, address("C"), None, 9).entries) == 1
    for changes, code in (
        ({"give": SwapSide(FRANC_ASSET, 1)}, "bad_swap"),
        ({"taker": address("stranger")}, "not_a_member"),
        ({"give": SwapSide(4, 1)}, "unknown_asset"),
        ({"expires_ms": 1}, "bad_deal_deadline"),
        ({"give": SwapSide(CURRENCY_ASSET, FUNDS)}, "insufficient_balance"),
    ):
        assert chain.offer(**changes).code == code
    assert chain.held("B") == 10 * ENT


def test_de10_parts_at_the_exact_price_until_all_is_taken() -> None:
    chain = DealChain()
    assert chain.offer(amount=6, price=9).applied
    swap = chain.swap()
    assert swap is not None
    assert lot_of(swap) == 2
    assert chain.try_("C", TakeSwap(1, CURRENCY_ASSET, 3)).code == "swap_not_exact"
    first = chain.do("C", TakeSwap(1, CURRENCY_ASSET, 2)).events
    assert [(event.amount, event.left) for event in of(first, SwapTaken)] == [(2, 4)]
    assert [(event.asset, event.amount) for event in of(first, SwapPaid)] == [(FRANC_ASSET, 3)]
    assert chain.try_("D", TakeSwap(1, CURRENCY_ASSET, 6)).code == "swap_too_small"
    assert of(chain.do("D", TakeSwap(1, CURRENCY_ASSET, 4)).events, SwapEnded)[0].end == SwapEnd.TAKEN
    assert (chain.has("B"), chain.has("B", FRANC_ASSET)) == (FUNDS - 6, FUNDS + 9)
    assert (chain.has("C"), chain.has("C", FRANC_ASSET)) == (FUNDS + 2, FUNDS - 3)
    assert chain.try_("C", TakeSwap(1, CURRENCY_ASSET, 2)).code == "unknown_swap"


def test_de10_who_cannot_pay_gets_nothing_and_the_owner_keeps_all() -> None:
    chain = DealChain()
    assert chain.offer(amount=10, price=FUNDS + 1).applied
    assert chain.try_("C", TakeSwap(1, CURRENCY_ASSET, 10)).code == "insufficient_balance"
    assert chain.try_("B", TakeSwap(1, CURRENCY_ASSET, 10)).code == "bad_swap"
    assert chain.try_("C", TakeSwap(1, FRANC_ASSET, 10)).code == "bad_swap"
    assert (chain.has("C"), chain.has("C", FRANC_ASSET), chain.held("B")) == (FUNDS, FUNDS, 10)


def test_de10_only_the_named_account_takes() -> None:
    chain = DealChain()
    assert chain.offer(taker=address("C")).applied
    assert chain.try_("D", TakeSwap(1, CURRENCY_ASSET, ENT)).code == "not_your_swap"
    assert chain.try_("C", TakeSwap(1, CURRENCY_ASSET, ENT)).applied


def test_de11_the_owner_cancels_what_is_left_and_time_does() -> None:
    chain = DealChain()
    assert chain.offer(amount=10, price=10).applied
    assert chain.offer(amount=10, price=10).applied
    assert chain.try_("C", TakeSwap(1, CURRENCY_ASSET, 4)).applied
    assert chain.try_("C", CancelSwap(1)).code == "not_your_swap"
    ended = of(chain.do("B", CancelSwap(1)).events, SwapEnded)
    assert [(event.end, event.amount) for event in ended] == [(SwapEnd.CANCELLED, 6)]
    chain.block(after_ms=HOUR_MS)
    assert [(event.end, event.amount) for event in of(own_events(chain), SwapEnded)] == [(SwapEnd.EXPIRED, 10)]
    assert (chain.has("B"), chain.held("B")) == (FUNDS - 4, 0)


def test_de12_an_expelled_members_swaps_end_and_others_offers_to_it_stay() -> None:
    chain = DealChain()
    assert chain.offer("B").applied
    assert chain.offer("C", taker=address("B")).applied
    chain.vote(ExpelMember(address("B")))
    assert chain.swap(1) is None
    assert chain.swap(2) is not None
    assert chain.has("B") == FUNDS


def test_de13_a_lock_a_place_or_a_price_that_is_wrong_is_found() -> None:
    chain = DealChain()
    assert chain.open().applied
    assert chain.offer(amount=6, price=9).applied
    deal, swap = chain.deal(), chain.swap()
    assert deal is not None
    assert swap is not None
    for table, value in (
        (DEALS, replace(deal, amount=deal.amount + 1)),
        (DEALS, replace(deal, seller=address("A"))),
        (DEALS, replace(deal, arbiter=deal.seller)),
        (DEALS, replace(deal, deadline_ms=deal.deadline_ms + 1)),
        (DEALS, replace(deal, disputer=address("D"))),
        (SWAPS, replace(swap, left=5)),
        (SWAPS, replace(swap, left=3)),
        (SWAPS, replace(swap, taker=address("A"))),
        (SWAPS, replace(swap, expires_ms=swap.expires_ms + 1)),
    ):
        broken = MemoryReader({**chain.reader.entries(), table.full_key(big_endian(1)): encode(value)})
        with pytest.raises(BrokenInvariant):
            (check_deals if table is DEALS else check_swaps)(broken)


def test_the_module_is_off_where_the_genesis_has_no_section() -> None:
    off = ChainFixture(make_genesis(), MODULES)
    payload = OpenDeal(address("C"), address("D"), CURRENCY_ASSET, 1, 0, TERMS, off.time_ms + HOUR_MS)
    with pytest.raises(InclusionError) as refused:
        off.try_("B", payload)
    assert refused.value.code == "module_off"


@pytest.mark.parametrize("energy_given", [True, False])
def test_de9_a_swap_is_no_way_around_the_band_of_prices(energy_given: bool) -> None:
    section = DEALS_SECTION.holding(DealsSection(0))
    chain = GridWithDeals(section)
    chain.until(FIRST_SLOT)
    energy, money = SwapSide(ENERGY_ASSET, 3 * ENT), SwapSide(CURRENCY_ASSET, 3 * ENT // 100)

    def code_of(price: int) -> str:
        asked = replace(money, amount=price)
        give, want = (energy, asked) if energy_given else (asked, energy)
        return chain.try_("B", OfferSwap(give, want, address("B"), chain.time_ms + HOUR_MS)).code

    free = "insufficient_balance" if energy_given else ""
    assert code_of(money.amount) == free
    chain.mark(0, band=True)
    band = price_band(context_at(chain.registry, chain.state, chain.genesis, 1, chain.time_ms))
    assert band is not None
    assert code_of(3 * band.feed_in - 1) == code_of(3 * band.retail + 1) == "price_out_of_band"
    assert code_of(3 * band.feed_in) == code_of(3 * band.retail) == free


@pytest.mark.parametrize("end", ["release", "swap"])
def test_de7_and_de10_what_comes_in_pays_debts_first(end: str) -> None:
    chain = DealChain()
    pool = DebtPool(1, 1)
    assert chain.open().applied
    assert chain.offer("A", want=SwapSide(CURRENCY_ASSET, ENT), give=SwapSide(FRANC_ASSET, ENT)).applied
    context = context_at(chain.registry, chain.state, chain.genesis, 1, chain.time_ms)
    debtor = "C" if end == "release" else "A"
    owed = chain.has(debtor) + ENT // 2
    owe(context, pool, address(debtor), CURRENCY_ASSET, owed)
    claim(context, pool, address("D"), CURRENCY_ASSET, owed)
    context.sender = address("B")
    if end == "release":
        do_release_deal(context, ReleaseDeal(1))
    else:
        do_take_swap(context, TakeSwap(1, FRANC_ASSET, ENT))
    assert debts_of(context.state, address(debtor), 1) == {}
    income = 10 * ENT if end == "release" else ENT
    assert balance(context.state, address(debtor), CURRENCY_ASSET).available == income - ENT // 2
