"""Memos: keys published, texts carried along and sealed, and what is refused (rules ME1 to ME8)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.events import Transferred
from ledger.bank.payloads import LockWithdrawal, Transfer
from ledger.chain.protocol import context_at
from ledger.chain.section import check_sections, sections_of
from ledger.chain.weights import TRANSACTION
from ledger.deals.payloads import OfferSwap, OpenDeal
from ledger.deals.terms import SwapSide
from ledger.encoding.codec import Value, encode
from ledger.errors import BrokenInvariant, GenesisError, InclusionError, InvalidInput
from ledger.governance.payloads import AdmitMember, CastVote, ExpelMember
from ledger.memos.events import MemoKeySet, MemoSent
from ledger.memos.genesis import MEMOS_SECTION, MemosSection
from ledger.memos.invariants import check_memo_keys
from ledger.memos.padding import SIZES, TAG_BYTES, padded, text_of
from ledger.memos.payloads import SetMemoKey, WithMemo
from ledger.memos.queries import count_of_memo_keys, memo_key_of
from ledger.memos.schema import MEMO_KEYS, MemoKey
from ledger.memos.sealing import memo_public_key, memo_secret, seal
from ledger.memos.weights import MEMO
from ledger.state.overlay import MemoryReader
from market.transactions import PlaceOrder, ReplaceOrder
from market.types import OrderKind, Side
from nodechain.modules import REGISTRY
from tests.support.memo_chain import FUNDS, NUMBERS, SALT, MemoChain, memo_secret_of
from tests.support.memo_chain import memo_key_of as key_named

WEAK = (
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
)
"""Points of small order: whoever agrees with one agrees on nothing secret."""


@pytest.fixture(scope="module")
def chain() -> MemoChain:
    """One for all tests that only add to it."""
    return MemoChain()


# --- keys ------------------------------------------------------------------------------------------------------------


def test_me1_an_account_publishes_a_key_changes_it_and_takes_it_back(chain: MemoChain) -> None:
    assert memo_key_of(chain.state, address("C")) is None
    assert chain.try_("C", SetMemoKey(b"")).code == "same_memo_key"
    receipt = chain.try_("C", SetMemoKey(key_named("C")))
    assert MemoKeySet(address("C"), key_named("C")) in receipt.events
    assert memo_key_of(chain.state, address("C")) == MemoKey(key_named("C"), chain.blocks[-1].header.height)
    assert count_of_memo_keys(chain.reader) == 3
    assert chain.try_("C", SetMemoKey(key_named("C"))).code == "same_memo_key"
    assert chain.try_("C", SetMemoKey(bytes(31))).code == "bad_memo_key"
    assert chain.try_("C", SetMemoKey(key_named("D"))).applied, "any key: who reads for an account is its own affair"
    assert chain.try_("C", SetMemoKey(b"")).applied
    assert memo_key_of(chain.state, address("C")) is None


def test_me2_an_expelled_members_key_is_forgotten_and_it_sends_no_memos() -> None:
    chain = MemoChain()
    chain.vote(ExpelMember(address("B")))
    assert memo_key_of(chain.state, address("B")) is None
    events = [event for receipt in chain.blocks[-1].executed.receipts for event in receipt.events]
    assert MemoKeySet(address("B"), b"") in events
    with pytest.raises(InclusionError) as refused:
        chain.pay(sender="B")
    assert refused.value.code == "expelled"


# --- memos -----------------------------------------------------------------------------------------------------------


def test_me3_a_transfer_carries_a_memo_that_reader_and_sender_open(chain: MemoChain) -> None:
    before, text = chain.has("B"), "Miete für März 🏠\nDanke"
    receipt = chain.pay(2 * ENT, chain.sealed(text))
    assert receipt.applied
    assert chain.has("B") == before + 2 * ENT
    sent, moved = receipt.events[-2:]
    assert isinstance(sent, MemoSent)
    assert isinstance(moved, Transferred), "what was sent with it stands after it"
    assert (sent.sender, sent.reader, sent.sent_type) == (address("A"), address("B"), NUMBERS[Transfer])
    assert text == chain.opened(sent.memo, "A") == chain.opened(sent.memo, "B")
    with pytest.raises(InvalidInput) as refused:
        chain.opened(sent.memo, "C")
    assert refused.value.code == "memo_not_yours"


def test_me3_withdrawals_orders_deals_and_swaps_carry_memos_and_nothing_else_does(chain: MemoChain) -> None:
    carrying = {kind.name for kind in REGISTRY.types.values() if kind.carries_memo}
    assert carrying == {"transfer", "lock_withdrawal", "place_order", "replace_order", "open_deal", "offer_swap"}
    give, want = SwapSide(CURRENCY_ASSET, ENT), SwapSide(ENERGY_ASSET, ENT)
    sent: tuple[Value, ...] = (
        LockWithdrawal(CURRENCY_ASSET, ENT),
        PlaceOrder(1, Side.BUY, OrderKind.LIMIT, ENT // 10, ENT, 0),
        OpenDeal(address("B"), address("C"), CURRENCY_ASSET, ENT, 0, bytes(32), chain.time_ms + 86_400_000),
        OfferSwap(give, want, address("B"), chain.time_ms + 86_400_000),
    )
    for payload in sent:
        receipt = chain.try_("A", chain.carried(payload))
        assert receipt.applied, (type(payload), receipt.code)
        assert sum(isinstance(event, MemoSent) for event in receipt.events) == 1
    assert chain.try_("A", chain.carried(ReplaceOrder(1, 1, ENT // 20, ENT, 0))).applied
    for other in (
        SetMemoKey(b""),
        chain.carried(Transfer(CURRENCY_ASSET, address("B"), 1)),
        CastVote(AdmitMember(address("X")), approve=True),
    ):
        assert chain.try_("A", chain.carried(other)).code == "type_without_memo"
    assert chain.try_("A", WithMemo(9_999, b"\x90", chain.sealed())).code == "type_without_memo"


def test_me3_what_fails_is_told_by_its_own_code_and_sends_no_memo() -> None:
    chain = MemoChain(minimum_fee=ENT)
    receipt = chain.pay(FUNDS + 1, fee=ENT)
    assert receipt.code == "insufficient_balance"
    assert not any(isinstance(event, MemoSent) for event in receipt.events)
    assert chain.try_("A", WithMemo(NUMBERS[Transfer], b"\x01", chain.sealed()), fee=ENT).code == "bad_memo_content"
    assert chain.has("A") == FUNDS - 3 * ENT, "the fees only"
    with pytest.raises(InclusionError) as refused:
        chain.pay(sender="X", fee=ENT)
    assert refused.value.code == "sender_not_a_member"


def test_me3_a_memo_weighs_by_its_size_beside_what_it_goes_with(chain: MemoChain) -> None:
    def weight(payload: Value) -> int:
        context = context_at(chain.registry, chain.state, chain.genesis, 9, chain.time_ms)
        context.sender = address("A")
        context.hooks.handlers[NUMBERS[type(payload)]](context, payload)
        return context.weight

    transfer = Transfer(CURRENCY_ASSET, address("B"), 1)
    bare = weight(transfer)
    for text, units in (("x", 1), ("x" * 64, 2), ("x" * 256, 5)):
        assert weight(chain.carried(transfer, chain.sealed(text))) - bare == MEMO + units
    assert weight(chain.carried(transfer, chain.sealed("x" * 1_023))) < TRANSACTION


# --- sizes -----------------------------------------------------------------------------------------------------------


def test_me4_a_memos_length_says_only_which_of_three_sizes_it_has(chain: MemoChain) -> None:
    for text in ("x", "x" * 63, "x" * 64, "x" * 255, "é" * 127, "x" * 256, "x" * 1_023):
        filled = padded(text)
        assert len(filled) == next(size for size in SIZES if size > len(text.encode()))
        assert text_of(filled) == text
        assert len(chain.sealed(text).sealed) == len(filled) + TAG_BYTES
    for text, longest, code in (("x" * 1_024, 1_024, "memo_too_long"), ("x" * 64, 64, "memo_too_long"),
                                ("", 1_024, "bad_memo"), ("\ud800", 1_024, "bad_memo")):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            padded(text, longest)
        assert refused.value.code == code


@pytest.mark.parametrize(
    "data",
    [bytes(64), b"\x80" + bytes(63), b"x" * 64, b"x\x80" + bytes(63), b"x\x80" + bytes(254), b"\xff\x80" + bytes(62),
     b"x\x80\x01" + bytes(61), b"", b"x\x80"],
)  # fmt: skip
def test_me4_what_was_not_filled_up_in_the_one_way_is_no_memo(data: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        text_of(data)
    assert refused.value.code == "bad_memo"


def test_me4_the_ledger_takes_these_sizes_and_none_above_the_communitys() -> None:
    chain = MemoChain(longest=256)
    assert chain.pay(1, chain.sealed("x" * 255)).applied
    for size in (0, 63, 65, 1_024):
        memo = replace(chain.sealed(), sealed=bytes(size + TAG_BYTES))
        assert chain.pay(1, memo).code == "bad_memo_size"
    assert chain.pay(1, replace(chain.sealed(), sealed=b"")).code == "bad_memo_size"
    made = make_genesis()
    for longest, good in ((64, True), (100, False)):
        section = MEMOS_SECTION.holding(MemosSection(longest))
        genesis = replace(made, sections=sections_of(*made.sections, section))
        if good:
            check_sections(genesis, REGISTRY.sections)
        else:
            with pytest.raises(GenesisError):
                check_sections(genesis, REGISTRY.sections)


# --- sealing ---------------------------------------------------------------------------------------------------------


def test_me5_the_key_follows_from_the_accounts_secret_and_tells_nothing_of_it() -> None:
    assert memo_secret(bytes(32)) != memo_secret(b"\x01" + bytes(31))
    assert memo_public_key(memo_secret(bytes(32))) != memo_public_key(bytes(32))


def test_me6_a_memo_is_of_one_chain_one_sender_and_one_reader(chain: MemoChain) -> None:
    memo = chain.sealed("secret")
    other = MemoChain(longest=64)
    assert other.genesis.hash != chain.genesis.hash
    flipped = bytes((memo.sealed[0] ^ 1,)) + memo.sealed[1:]
    for changed in (
        replace(memo, reader=address("C")), replace(memo, salt=bytes(32)), replace(memo, sealed=flipped),
        replace(memo, sender_key=key_named("C")),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            chain.opened(changed, "B")
        assert refused.value.code == "bad_memo"
    for where, sender in ((chain, "C"), (other, "A")):
        with pytest.raises(InvalidInput) as refused:
            where.opened(memo, "B", sender)
        assert refused.value.code == "bad_memo"


@pytest.mark.parametrize("weak", WEAK)
def test_me6_nothing_is_sealed_for_a_key_that_keeps_no_secret(chain: MemoChain, weak: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        seal("x", genesis_hash=chain.genesis.hash, sender=address("A"), secret=memo_secret_of("A"),
             reader=address("B"), reader_key=weak, salt=SALT)  # fmt: skip
    assert refused.value.code == "weak_memo_key"


def test_me7_equal_texts_look_different_with_another_salt(chain: MemoChain) -> None:
    first = chain.sealed("the same")
    again = seal("the same", genesis_hash=chain.genesis.hash, sender=address("A"), secret=memo_secret_of("A"),
                 reader=address("B"), reader_key=key_named("B"), salt=bytes(32))  # fmt: skip
    assert first.sealed != again.sealed
    assert chain.opened(first, "B") == chain.opened(again, "B") == "the same"


def test_me8_a_key_is_of_an_account_and_stands_since_a_block(chain: MemoChain) -> None:
    check_memo_keys(chain.reader)
    for key, found in ((b"short", MemoKey(bytes(32), 1)), (address("A"), MemoKey(bytes(32), 0))):
        with pytest.raises(BrokenInvariant):
            check_memo_keys(MemoryReader({MEMO_KEYS.full_key(key): encode(found)}))
