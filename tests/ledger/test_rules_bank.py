"""Transfers and currency (rules A1 to A4, K1 to K5, Z7): the banker in office, locks by purpose, a community fund."""

from __future__ import annotations

import pytest

from harness.chain import ENT, ChainFixture, Holding, address, make_genesis, secret
from harness.energy import produce
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import balance, supply
from ledger.bank.events import BankerChanged, CurrencyMinted, Transferred
from ledger.bank.genesis import GenesisBalance
from ledger.bank.invariants import check_withdrawal_locks
from ledger.bank.payloads import (
    BankTypeNumber,
    BurnCurrency,
    LockWithdrawal,
    MarkWithdrawal,
    MintCurrency,
    SetBanker,
    Transfer,
    UnlockCurrency,
)
from ledger.bank.schema import WITHDRAWALS
from ledger.chain.envelope import Signature, Transaction, assemble, sign_message, unsigned
from ledger.energy.payloads import OpenSession
from ledger.errors import BrokenInvariant, InclusionError
from ledger.keys.address import MultisigKey, address_of
from ledger.keys.crypto import Ed25519SecretKey
from ledger.state.overlay import MemoryReader


def chain_with(amount: int = 100 * ENT) -> ChainFixture:
    return ChainFixture(make_genesis(balances=(GenesisBalance(address("A"), CURRENCY_ASSET, amount),)))


def currency(chain: ChainFixture, name: str) -> Holding:
    return chain.balance(name, CURRENCY_ASSET)


# --- transfers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asset", [ENERGY_ASSET, CURRENCY_ASSET])
def test_transfers_move_what_is_available(asset: int) -> None:
    chain = chain_with(8 * ENT)
    assert produce(chain, "U1", "A", 10_000).applied
    assert chain.try_("A", Transfer(asset, address("B"), 8 * ENT + 1)).code == "insufficient_balance"
    receipt = chain.do("A", Transfer(asset, address("B"), 8 * ENT))
    assert receipt.events == (Transferred(asset, address("A"), address("B"), 8 * ENT),)
    assert (chain.balance("A", asset).available, chain.balance("B", asset).available) == (0, 8 * ENT)
    assert chain.try_("A", Transfer(asset, address("B"), 1)).code == "insufficient_balance"


def test_transfers_to_oneself_and_to_strangers_are_refused() -> None:
    chain = chain_with()
    assert chain.try_("A", Transfer(CURRENCY_ASSET, address("A"), 1)).code == "same_account"
    assert chain.try_("A", Transfer(CURRENCY_ASSET, address("stranger"), 1)).code == "not_a_member"


def test_no_purpose_spends_anothers_lock() -> None:
    chain = chain_with(10 * ENT)
    chain.do("A", LockWithdrawal(CURRENCY_ASSET, 4 * ENT))
    assert currency(chain, "A") == Holding(6 * ENT, 0, 0, 4 * ENT)
    assert chain.try_("A", Transfer(CURRENCY_ASSET, address("B"), 6 * ENT + 1)).code == "insufficient_balance"
    assert chain.try_("A", LockWithdrawal(CURRENCY_ASSET, 6 * ENT + 1)).code == "insufficient_balance"
    assert produce(chain, "U1", "A", 10_000).applied
    chain.do("A", OpenSession(address("U1"), 5 * ENT, 0))
    assert chain.try_("A", Transfer(ENERGY_ASSET, address("B"), 3 * ENT + 1)).code == "insufficient_balance"
    assert chain.try_("bank", MarkWithdrawal(CURRENCY_ASSET, address("A"), 5 * ENT)).code == "insufficient_lock"


# --- the banker ------------------------------------------------------------------------------------------------------


def test_the_banker_mints_to_anyone_who_may_hold_it() -> None:
    chain = chain_with()
    receipt = chain.do("bank", MintCurrency(CURRENCY_ASSET, address("D"), 7))
    assert receipt.events == (CurrencyMinted(address("bank"), address("D"), CURRENCY_ASSET, 7),)
    assert currency(chain, "D").available == 7
    assert supply(chain.state, CURRENCY_ASSET) == 100 * ENT + 7
    for name in ("U1", "V", "bank"):
        chain.do("bank", MintCurrency(CURRENCY_ASSET, address(name), 1))
    assert chain.try_("bank", MintCurrency(CURRENCY_ASSET, address("stranger"), 1)).code == "not_a_member"


def test_the_supply_stays_in_the_range_of_stored_numbers() -> None:
    chain = chain_with(2**63 - 2)
    assert chain.try_("bank", MintCurrency(CURRENCY_ASSET, address("B"), 2)).code == "out_of_range"
    chain.do("bank", MintCurrency(CURRENCY_ASSET, address("B"), 1))
    assert currency(chain, "B").available == 1


def test_only_the_present_banker_acts_also_on_locks_made_under_a_former_one() -> None:
    chain = chain_with(10 * ENT)
    for payload in (
        MintCurrency(CURRENCY_ASSET, address("A"), 1),
        MarkWithdrawal(CURRENCY_ASSET, address("A"), 1),
        BurnCurrency(CURRENCY_ASSET, address("A"), 1, 1),
        UnlockCurrency(CURRENCY_ASSET, address("A"), 1),
    ):
        assert chain.try_("B", payload).code == "not_the_banker"
    chain.do("A", LockWithdrawal(CURRENCY_ASSET, 6 * ENT))
    chain.do("bank", MarkWithdrawal(CURRENCY_ASSET, address("A"), 4 * ENT))
    receipt = chain.vote(SetBanker(address("D")))
    assert BankerChanged(address("D")) in receipt.events
    chain.do("D", BurnCurrency(CURRENCY_ASSET, address("A"), ENT, 1))
    chain.do("D", UnlockCurrency(CURRENCY_ASSET, address("A"), ENT, 1))
    chain.do("D", UnlockCurrency(CURRENCY_ASSET, address("A"), ENT))
    chain.do("D", MintCurrency(CURRENCY_ASSET, address("A"), ENT))
    with pytest.raises(InclusionError) as refusal:
        chain.try_("bank", MintCurrency(CURRENCY_ASSET, address("A"), 1))
    assert refusal.value.code == "sender_not_a_member"
    chain.vote(SetBanker(address("B")))
    assert chain.try_("D", BurnCurrency(CURRENCY_ASSET, address("A"), 1, 1)).code == "not_the_banker"


def test_withdrawal_locks_without_a_withdrawal_are_noticed() -> None:
    chain = chain_with(10 * ENT)
    chain.do("A", LockWithdrawal(CURRENCY_ASSET, ENT))
    entries = chain.reader.entries()
    del entries[WITHDRAWALS.full_key(address("A") + b"\x02")]
    with pytest.raises(BrokenInvariant):
        check_withdrawal_locks(MemoryReader(entries))


# --- a community fund ------------------------------------------------------------------------------------------------

FUND: list[Ed25519SecretKey] = sorted((secret(f"fund {n}") for n in range(3)), key=lambda key: key.public_key)
FUND_KEY = MultisigKey(2, tuple(key.public_key for key in FUND))


def by_fund(chain: ChainFixture, payload: MintCurrency, signers: tuple[int, ...], nonce: int) -> Transaction:
    envelope = unsigned(chain.genesis.chain_id, BankTypeNumber.MINT_CURRENCY, FUND_KEY, nonce, payload)
    message = sign_message(envelope, chain.genesis.hash)
    raw = assemble(envelope, tuple(Signature(index, FUND[index].sign(message)) for index in signers))
    return chain.registry.decode(raw)


def test_the_banker_may_be_a_multi_signature_account() -> None:
    chain = ChainFixture(make_genesis(banker=address_of(FUND_KEY)))
    payload = MintCurrency(CURRENCY_ASSET, address("A"), 5)
    for nonce, signers in enumerate(((0, 1), (0, 2), (1, 2)), 1):
        chain.block([by_fund(chain, payload, signers, nonce)])
    assert balance(chain.state, address("A"), CURRENCY_ASSET).available == 15
    wrong: list[tuple[int, ...]] = [(0,), (0, 1, 2), (1, 0), (1, 1)]
    for given in wrong:
        with pytest.raises(InclusionError) as refusal:
            chain.block([by_fund(chain, payload, given, 4)])
        assert refusal.value.code == "bad_signature"
