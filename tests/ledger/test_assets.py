"""The assets that a genesis names, and what the bank does with more than one currency (rule K6)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.chain import ChainFixture, Holding, address, make_genesis
from ledger.bank.assets import (
    CURRENCY_ASSET,
    ENERGY_ASSET,
    THESIS_ASSETS,
    AssetTerms,
    SupplyRule,
    check_assets,
    number_of,
)
from ledger.bank.balances import supply
from ledger.bank.events import CurrencyBurned, CurrencyMinted, WithdrawalLocked
from ledger.bank.genesis import BANK_SECTION, BankSection, GenesisBalance
from ledger.bank.invariants import check_withdrawal_locks
from ledger.bank.payloads import BurnCurrency, LockWithdrawal, MarkWithdrawal, MintCurrency, Transfer, UnlockCurrency
from ledger.bank.schema import WITHDRAWALS
from ledger.encoding.codec import encode
from ledger.errors import BrokenInvariant, GenesisError, InvalidInput, MalformedInput
from ledger.state.overlay import MemoryReader

ENT = THESIS_ASSETS[0]
FRANC = AssetTerms("CHF", "Fr.", 2, "CHF", SupplyRule.BANKER)
FORINT = AssetTerms("HUF", "Ft", 0, "HUF", SupplyRule.BANKER)
THREE = (ENT, FRANC, FORINT)
FORINT_ASSET = 3


@pytest.fixture
def chain() -> ChainFixture:
    """Francs are the currency, forints another; A has some of both."""
    balances = (GenesisBalance(address("A"), 2, 1_000), GenesisBalance(address("A"), 3, 70_000))
    return ChainFixture(make_genesis(assets=THREE, balances=balances))


def changed(asset: AssetTerms, **fields: Any) -> AssetTerms:
    return msgspec.structs.replace(asset, **fields)


@pytest.mark.parametrize(
    ("assets", "reason"),
    [
        ((FRANC, ENT), "the first asset is energy"),
        ((changed(ENT, decimals=6), FRANC), "9 decimals"),
        ((changed(ENT, code="EUR"), FRANC), "no code"),
        ((ENT, changed(FRANC, supply=SupplyRule.METERS)), "only the first"),
        ((ENT, FRANC, changed(FORINT, name="CHF")), "HUF|CHF could be taken"),
        ((ENT, FRANC, changed(FORINT, symbol="fr.")), "HUF could be taken"),
        ((ENT, FRANC, changed(FORINT, symbol="chf")), "HUF could be taken"),
        ((ENT, FRANC, changed(FORINT, symbol="Ft\u202e")), "HUF could be taken"),
        ((ENT, FRANC, changed(FORINT, symbol="Ent")), "HUF could be taken"),
        ((changed(ENT, name="WATT", symbol="WATT"), FRANC, changed(FORINT, name="ENT")), "ENT could be taken"),
        ((changed(ENT, symbol="E\u202e"), FRANC), "cannot be shown"),
        ((ENT, FRANC, changed(FORINT, code="CHF")), "same currency code"),
    ],
)
def test_assets_that_could_be_mistaken_are_refused(assets: tuple[AssetTerms, ...], reason: str) -> None:
    with pytest.raises(GenesisError, match=reason):
        check_assets(assets)


@pytest.mark.parametrize(
    "wrong",
    [
        changed(FRANC, name="chf"),
        changed(FRANC, name=""),
        changed(FRANC, name="A" * 17),
        changed(FRANC, symbol="Fr CH"),
        changed(FRANC, symbol=""),
        changed(FRANC, symbol="F" * 17),
        changed(FRANC, decimals=10),
        changed(FRANC, code="CH"),
        changed(FRANC, code="chf"),
    ],
)
def test_terms_of_another_form_are_refused(wrong: AssetTerms) -> None:
    def section(asset: AssetTerms) -> bytes:
        return encode(BankSection((ENT, asset), 2, 0, address("bank"), ()))

    BANK_SECTION.codec.decode(section(FRANC))
    with pytest.raises(MalformedInput):
        BANK_SECTION.codec.decode(section(wrong))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"assets": THREE, "fee_asset": 4}, "a fee or balance is in another one"),
        ({"assets": THREE, "balances": (GenesisBalance(address("A"), 4, 1),)}, "a fee or balance is in another one"),
        ({"balances": (GenesisBalance(address("A"), ENERGY_ASSET, 1),)}, "never granted"),
        ({"assets": THREE, "minimum_fee": 1, "balances": (GenesisBalance(address("A"), 3, 1),)}, "nobody could pay"),
        ({"minimum_fee": 1, "fee_asset": ENERGY_ASSET}, "nobody could pay"),
    ],
)
def test_a_genesis_names_assets_that_it_has(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(GenesisError, match=reason):
        ChainFixture(make_genesis(**changes))


def test_an_account_may_hold_every_currency_from_the_start(chain: ChainFixture) -> None:
    assert [supply(chain.state, asset) for asset in (1, 2, 3)] == [0, 1_000, 70_000]
    granted = [event for event in chain.blocks[0].executed.receipts[0].events if isinstance(event, CurrencyMinted)]
    assert granted == [
        CurrencyMinted(address("bank"), address("A"), 2, 1_000),
        CurrencyMinted(address("bank"), address("A"), 3, 70_000),
    ]


def test_assets_are_called_by_name_or_symbol() -> None:
    assert [number_of(THREE, text) for text in ("ent", "CHF", "fr.", "Ft", "huf")] == [1, 2, 2, 3, 3]
    watts = (changed(ENT, name="WATT", symbol="W"), FRANC)
    assert [number_of(watts, text) for text in ("watt", "w", "ENT")] == [1, 1, 1]
    with pytest.raises(InvalidInput, match=r"bad_asset.*ENT, Fr., Ft"):
        number_of(THREE, "eEuro")


def test_the_banker_moves_each_currency_in_and_out(chain: ChainFixture) -> None:
    minted = chain.do("bank", MintCurrency(FORINT_ASSET, address("B"), 500))
    assert minted.events == (CurrencyMinted(address("bank"), address("B"), FORINT_ASSET, 500),)
    asked = chain.do("B", LockWithdrawal(FORINT_ASSET, 400))
    assert asked.events == (WithdrawalLocked(address("B"), FORINT_ASSET, 400),)
    assert chain.balance("B", FORINT_ASSET) == Holding(100, withdrawal=400)
    assert chain.try_("bank", MarkWithdrawal(CURRENCY_ASSET, address("B"), 1)).code == "insufficient_lock"
    assert chain.try_("bank", UnlockCurrency(CURRENCY_ASSET, address("B"), 1)).code == "insufficient_lock"
    chain.do("bank", MarkWithdrawal(FORINT_ASSET, address("B"), 300))
    assert chain.try_("bank", BurnCurrency(CURRENCY_ASSET, address("B"), 1, 1)).code == "no_such_mark"
    burned = chain.do("bank", BurnCurrency(FORINT_ASSET, address("B"), 300, 1))
    assert burned.events == (CurrencyBurned(address("bank"), address("B"), FORINT_ASSET, 300, 1),)
    chain.do("bank", UnlockCurrency(FORINT_ASSET, address("B"), 100))
    assert chain.balance("B", FORINT_ASSET).available == 200
    assert [supply(chain.state, asset) for asset in (2, 3)] == [1_000, 70_200]


def test_energy_is_neither_issued_nor_paid_out(chain: ChainFixture) -> None:
    for name, payload in (
        ("bank", MintCurrency(ENERGY_ASSET, address("B"), 1)),
        ("B", LockWithdrawal(ENERGY_ASSET, 1)),
    ):
        assert chain.try_(name, payload).code == "not_a_currency"


def test_what_the_genesis_does_not_name_is_no_asset(chain: ChainFixture) -> None:
    for name, payload in (
        ("A", Transfer(4, address("B"), 1)),
        ("A", LockWithdrawal(4, 1)),
        ("bank", MintCurrency(4, address("B"), 1)),
    ):
        assert chain.try_(name, payload).code == "unknown_asset"


def test_a_withdrawal_of_another_currency_is_noticed(chain: ChainFixture) -> None:
    chain.do("A", LockWithdrawal(FORINT_ASSET, 400))
    entries = chain.reader.entries()
    entry = entries.pop(WITHDRAWALS.full_key(address("A") + b"\x03"))
    entries[WITHDRAWALS.full_key(address("A") + b"\x02")] = entry
    with pytest.raises(BrokenInvariant):
        check_withdrawal_locks(MemoryReader(entries))
