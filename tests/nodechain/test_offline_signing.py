"""A transaction file between co-owners: what others put into it counts only where it is right."""

from __future__ import annotations

import pytest

from harness.chain import address, make_genesis, secret
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.envelope import Signature, Transaction, sign_message, unsigned
from ledger.encoding.codec import encode
from ledger.keys.address import MultisigKey
from nodechain.commands.sending.offline import OfflineTransaction
from nodechain.errors import UsageError, WrongSecret
from nodechain.modules import REGISTRY

CHAIN = make_genesis().identity
OWNERS = sorted(("A", "B", "C"), key=lambda name: secret(name).public_key)
KEY = MultisigKey(2, tuple(secret(name).public_key for name in OWNERS))
PAYLOAD = Transfer(CURRENCY_ASSET, address("D"), 5)
TYPE = next(kind.number for kind in REGISTRY.types.values() if kind.payload is Transfer)
ENVELOPE = unsigned(CHAIN.id, TYPE, KEY, 1, PAYLOAD)
GARBAGE = bytes(64)


def signed(index: int) -> Signature:
    """What the owner of a key signs."""
    return Signature(index, secret(OWNERS[index]).sign(sign_message(ENVELOPE, CHAIN.genesis_hash)))


def held(*signatures: Signature) -> OfflineTransaction:
    return OfflineTransaction(CHAIN, encode(ENVELOPE), signatures)


def is_accepted(transaction: OfflineTransaction) -> bool:
    return Transaction(transaction.assembled()).verify_signatures(CHAIN.genesis_hash)


def test_break_27_ones_own_signature_takes_the_place_of_a_wrong_one() -> None:
    spoiled = held(Signature(0, GARBAGE), Signature(1, GARBAGE))
    assert spoiled.missing == 2
    with pytest.raises(UsageError) as refused:
        spoiled.assembled()
    assert refused.value.code == "too_few_signatures"
    mended = spoiled.with_signatures((signed(0),))
    assert (mended.signatures, mended.missing) == ((signed(0),), 1)
    assert is_accepted(mended.with_signatures((signed(2),)))


def test_break_27_a_signature_of_nobody_is_dropped() -> None:
    spoiled = held(Signature(9, signed(0).signature), signed(2), Signature(1, signed(0).signature))
    assert spoiled.missing == 1
    done = spoiled.with_signatures((signed(0), signed(1)))
    assert (done.signatures, done.missing) == ((signed(0), signed(2)), 0)
    assert is_accepted(done)


@pytest.mark.parametrize(
    ("there", "more"),
    [((0,), ()), ((0,), (0,)), ((0, 1), (2,)), ((0, 1), (0, 1))],
    ids=["none", "again", "full", "all"],
)
def test_break_27_it_is_an_error_to_add_nothing(there: tuple[int, ...], more: tuple[int, ...]) -> None:
    with pytest.raises(WrongSecret) as refused:
        held(*(signed(index) for index in there)).with_signatures(tuple(signed(index) for index in more))
    assert refused.value.code == "nothing_to_sign"
