"""What may stand in a block, and what it costs (rules X1 to X14, B5, W1, R1)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from harness.energy import MeterFixture, events, produce
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.events import FeePaid
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import BankTypeNumber, LockWithdrawal, Transfer
from ledger.chain import weights
from ledger.chain.blocks import MAX_TRIES_WHEN_FULL, Block, check_block, propose_block
from ledger.chain.envelope import Envelope, Signature, Transaction, assemble, sign_message, unsigned
from ledger.chain.parameters import HOUR_MS
from ledger.energy import weights as energy_weights
from ledger.energy.payloads import ActualItem, CloseSession, EnergyBatch, OpenSession, ProducedItem
from ledger.energy.schema import WAITING_SESSIONS
from ledger.errors import InclusionError, InvalidBlock, InvalidInput
from ledger.keys.address import MultisigKey, address_of
from ledger.limits import MAX_TRANSACTIONS_PER_SENDER
from ledger.metering.events import ReadingsAccepted
from ledger.metering.schema import MeterKind
from ledger.metering.weights import TWO_READINGS
from ledger.state.overlay import State
from ledger.state.table import Table

PAY_B = Transfer(CURRENCY_ASSET, address("B"), 1)


def chain_with(**genesis: Any) -> ChainFixture:
    fields = {
        "balances": tuple(GenesisBalance(address(name), CURRENCY_ASSET, 1_000) for name in ("A", "B", "U1")),
        **genesis,
    }
    return ChainFixture(make_genesis(**fields))


def refusal_of(chain: ChainFixture, *transactions: Transaction) -> str:
    """Why a proposer leaves out the last one; the same in a block makes that block invalid."""
    with pytest.raises(InclusionError) as refusal:
        chain.block(transactions)
    assert forced(chain, transactions) == "invalid_transaction"
    return refusal.value.code


def forced(chain: ChainFixture, transactions: tuple[Transaction, ...]) -> str:
    """What a validator says to a block that holds them, whatever its header claims."""
    empty, _ = propose_block(
        chain.chain, chain.parent, (), time_ms=chain.time_ms + 1_000,
        proposer=chain.parent.validators.members[0].address, verified=frozenset(),
    )  # fmt: skip
    with pytest.raises(InvalidBlock) as refusal:
        check_block(chain.chain, chain.parent, empty.header, [entry.raw for entry in transactions], frozenset())
    return refusal.value.code


def envelope(chain: ChainFixture, **changes: Any) -> Transaction:
    """A's next transfer with other envelope fields, signed."""
    plain = unsigned(chain.genesis.chain_id, BankTypeNumber.TRANSFER, secret("A").public_key, 1, PAY_B)
    changed: Envelope = msgspec.structs.replace(plain, **changes)
    raw = assemble(changed, (Signature(0, secret("A").sign(sign_message(changed, chain.genesis.hash))),))
    return chain.registry.decode(raw)


# --- the envelope ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 2}, "wrong_version"),
        ({"version": 0}, "wrong_version"),
        ({"chain_id": "test-00000000"}, "wrong_chain"),
        ({"nonce": 0}, "bad_nonce"),
        ({"nonce": 2}, "bad_nonce"),
        ({"fee": 1_001}, "cannot_pay_fee"),
        ({"sender_key": secret("B").public_key}, "bad_signature"),
        ({"sender_key": secret("stranger").public_key}, "sender_not_a_member"),
    ],
)
def test_one_breach_keeps_a_transaction_out_and_makes_a_block_invalid(changes: dict[str, Any], code: str) -> None:
    chain = chain_with()
    assert refusal_of(chain, envelope(chain, **changes)) == code
    assert chain.block([envelope(chain)]).executed.receipts[1].applied


def test_unknown_types_are_no_transactions() -> None:
    chain = chain_with()
    with pytest.raises(InclusionError) as refusal:
        envelope(chain, type=63)
    assert refusal.value.code == "unknown_type"
    with pytest.raises(InvalidInput):
        envelope(chain, payload=b"\x90")


def test_a_breach_anywhere_makes_the_whole_block_invalid() -> None:
    chain = chain_with()
    good = [chain.tx("B", Transfer(CURRENCY_ASSET, address("A"), 1)) for _ in range(2)]
    assert forced(chain, (good[0], envelope(chain, nonce=2), good[1])) == "invalid_transaction"


def test_a_transaction_is_valid_until_its_height() -> None:
    chain = chain_with()
    chain.block()
    assert refusal_of(chain, envelope(chain, valid_until_height=1)) == "expired"
    chain.block([envelope(chain, valid_until_height=2)])
    block = chain.block([envelope(chain, nonce=2, valid_until_height=0)])
    assert len(block.transactions) == 1


# --- nonces ----------------------------------------------------------------------------------------------------------


def test_nonces_rise_by_one_within_and_across_blocks() -> None:
    chain = chain_with()
    first, second, third = (envelope(chain, nonce=nonce) for nonce in (1, 2, 3))
    chain.block([first, second])
    assert refusal_of(chain, second) == "bad_nonce"
    assert refusal_of(chain, third, third) == "bad_nonce"
    chain.block([third])


def test_a_failed_transaction_uses_its_nonce() -> None:
    chain = chain_with()
    failed = chain.try_("A", Transfer(CURRENCY_ASSET, address("B"), 10**6))
    assert failed.code == "insufficient_balance"
    assert refusal_of(chain, envelope(chain, nonce=1)) == "bad_nonce"
    chain.block([envelope(chain, nonce=2)])


# --- fees ------------------------------------------------------------------------------------------------------------


def test_the_fee_goes_to_the_proposers_account_and_is_kept_on_failure() -> None:
    chain = chain_with()
    receipt = chain.do("A", PAY_B, fee=10)
    assert receipt.fee == 10
    assert receipt.events[0] == FeePaid(address("A"), address("V"), 10)
    receipt = chain.try_("A", LockWithdrawal(CURRENCY_ASSET, 10**9), fee=20)
    assert (receipt.code, receipt.fee) == ("insufficient_balance", 20)
    assert receipt.events == (FeePaid(address("A"), address("V"), 20),)
    assert chain.balance("A", CURRENCY_ASSET).available == 1_000 - 31
    assert chain.balance("V", CURRENCY_ASSET).available == 30


def test_the_fee_is_debited_before_execution() -> None:
    chain = chain_with()
    assert chain.try_("A", Transfer(CURRENCY_ASSET, address("B"), 1_000), fee=1).code == "insufficient_balance"
    assert chain.try_("A", Transfer(CURRENCY_ASSET, address("B"), 998), fee=1).code == ""


def test_only_what_is_available_pays_a_fee() -> None:
    chain = chain_with()
    chain.do("A", LockWithdrawal(CURRENCY_ASSET, 995))
    assert refusal_of(chain, envelope(chain, nonce=2, fee=6)) == "cannot_pay_fee"
    locking = msgspec.msgpack.encode(LockWithdrawal(CURRENCY_ASSET, 1))
    chain.block([envelope(chain, nonce=2, fee=5, payload=locking, type=BankTypeNumber.LOCK_WITHDRAWAL)])


def test_the_minimum_fee_holds() -> None:
    chain = chain_with(minimum_fee=5)
    assert refusal_of(chain, envelope(chain, fee=4)) == "fee_too_low"
    chain.block([envelope(chain, fee=5)])


def test_the_genesis_chooses_the_asset_of_fees() -> None:
    chain = chain_with(fee_asset=ENERGY_ASSET)
    assert refusal_of(chain, envelope(chain, fee=1)) == "cannot_pay_fee"
    assert produce(chain, "U1", "A", 1).applied
    chain.block([envelope(chain, fee=1)])
    assert chain.balance("V", ENERGY_ASSET).available == 1


def test_readings_that_fail_keep_their_sequence() -> None:
    chain = chain_with()
    found = MeterFixture(chain).bound()
    payload = found.readings((chain.time_ms + 1_000, 2), profile=bytes(32))
    receipt = chain.block([chain.tx("M", payload, nonce=5)]).executed.receipts[1]
    assert receipt.code == "profile_mismatch"
    assert receipt.events == ()
    assert found.known.sequence == 5


# --- limits ----------------------------------------------------------------------------------------------------------


def test_sixty_four_transactions_of_a_sender_in_a_block_failed_ones_too() -> None:
    chain = chain_with()
    many = [envelope(chain, nonce=nonce) for nonce in range(1, MAX_TRANSACTIONS_PER_SENDER + 2)]
    many[0] = envelope(chain, nonce=1, payload=msgspec.msgpack.encode(Transfer(1, address("B"), 1)))
    assert refusal_of(chain, *many) == "too_many_of_sender"
    block = chain.block([*many[:-1], chain.tx("B", Transfer(CURRENCY_ASSET, address("A"), 1))])
    assert block.executed.receipts[1].code == "insufficient_balance"
    chain.block(many[-1:])


def weights_of(block: Block) -> list[int]:
    return [receipt.weight for receipt in block.executed.receipts]


def test_work_is_counted() -> None:
    chain = chain_with()
    found = MeterFixture(chain).bound()
    start = chain.time_ms
    readings = found.readings((start + 1, 0), (start + 2, 0), (start + 3, 0))
    batch = EnergyBatch(1, (ActualItem(5), ProducedItem(address("B"), 1_000), ActualItem(4)))
    block = chain.block([envelope(chain), chain.tx("M", readings, nonce=3), chain.tx("U1", batch)])
    assert weights_of(block) == [
        0,
        weights.TRANSACTION,
        weights.TRANSACTION + 5,
        weights.TRANSACTION
        + 3 * energy_weights.BATCH_ITEM
        + energy_weights.PRODUCTION
        + energy_weights.UNIT_BOOKS
        + 2 * energy_weights.LEVEL
        + energy_weights.LEVEL_LOSS,
    ]
    assert events(block.executed.receipts[2], ReadingsAccepted)[0].count == 3


def test_closings_and_expiries_are_work() -> None:
    chain = chain_with()
    assert produce(chain, "U1", "A", 2_000).applied
    chain.do("A", OpenSession(address("U1"), ENT, 0))
    chain.block(after_ms=HOUR_MS)  # the report by hand is forgotten
    assert weights_of(chain.block(after_ms=HOUR_MS)) == [weights.EXPIRY + energy_weights.SESSION_END]


def test_each_further_signature_is_work() -> None:
    keys = sorted((secret(f"k{n}") for n in range(3)), key=lambda key: key.public_key)
    shared = MultisigKey(3, tuple(key.public_key for key in keys))
    chain = chain_with(members=(address_of(shared),))
    plain = unsigned(
        chain.genesis.chain_id, BankTypeNumber.LOCK_WITHDRAWAL, shared, 1, LockWithdrawal(CURRENCY_ASSET, 1)
    )
    message = sign_message(plain, chain.genesis.hash)
    raw = assemble(plain, tuple(Signature(n, key.sign(message)) for n, key in enumerate(keys)))
    block = chain.block([chain.registry.decode(raw)])
    assert block.executed.receipts[1].code == "insufficient_balance"
    assert weights_of(block)[1] == weights.TRANSACTION + 2 * weights.SIGNATURE


def test_a_block_that_is_full_leaves_the_rest_for_the_next() -> None:
    chain = chain_with(block_weight=9_000)
    items = tuple(ProducedItem(address("A"), 1) for _ in range(150))
    batches = [chain.tx("U1", EnergyBatch(number, items)) for number in range(1, 12)]
    block, left_out = propose_block(
        chain.chain, chain.parent, batches, time_ms=chain.time_ms + 1,
        proposer=chain.parent.validators.members[0].address, verified=frozenset(),
    )  # fmt: skip
    assert len(block.transactions) == 9
    assert [error.code for _transaction, error in left_out] == ["block_full", "bad_nonce"]
    assert forced(chain, tuple(batches)) == "invalid_transaction"
    assert sum(weights_of(block)[1:]) == 9 * (
        weights.TRANSACTION + 150 * (energy_weights.BATCH_ITEM + energy_weights.PRODUCTION + energy_weights.UNIT_BOOKS)
    )
    chain.block(batches[:9])
    chain.block(batches[9:])


def test_a_proposer_stops_trying_when_a_block_is_full() -> None:
    names = [f"household {number}" for number in range(3 * MAX_TRIES_WHEN_FULL)]
    chain = chain_with(block_weight=2 * weights.TRANSACTION, members=tuple(sorted(address(name) for name in names)))
    waiting = [chain.tx(name, LockWithdrawal(CURRENCY_ASSET, 1)) for name in names]
    block, left_out = propose_block(
        chain.chain, chain.parent, waiting, time_ms=chain.time_ms + 1,
        proposer=chain.parent.validators.members[0].address, verified=frozenset(),
    )  # fmt: skip
    assert (len(block.transactions), len(left_out)) == (2, MAX_TRIES_WHEN_FULL)


def test_l13_a_transaction_that_fits_into_no_block_fails_and_pays_for_its_work() -> None:
    chain = chain_with(block_weight=1_000)
    items = (ProducedItem(address("A"), 1),) * 100
    receipt = chain.try_("U1", EnergyBatch(1, items))
    assert (receipt.code, receipt.events) == ("too_heavy", ())
    assert 500 < receipt.weight < 520
    assert chain.do("U1", EnergyBatch(1, items[:70])).applied, "less fits"


def test_l13_the_signatures_of_a_binding_are_work() -> None:
    chain = chain_with()
    receipt = MeterFixture(chain).bind()
    assert receipt.weight == weights.TRANSACTION + 2 * weights.SIGNATURE


def test_a_failed_transaction_pays_for_its_work() -> None:
    chain = chain_with()
    items = (ProducedItem(address("A"), 1), ProducedItem(address("stranger"), 1), ProducedItem(address("A"), 1))
    receipt = chain.try_("U1", EnergyBatch(1, items))
    assert (receipt.code, receipt.events) == ("not_a_member", ())
    assert (
        receipt.weight
        == weights.TRANSACTION + 3 * energy_weights.BATCH_ITEM + energy_weights.PRODUCTION + energy_weights.UNIT_BOOKS
    )


def test_break_24_what_a_transaction_carries_is_paid_before_it_is_refused() -> None:
    chain = chain_with()
    found = MeterFixture(chain).bound()
    many = [(chain.time_ms + 1_000 + place, place) for place in range(800)]
    receipt = chain.block([chain.tx("M", found.readings(*many, profile=bytes(32)), nonce=1_000)]).executed.receipts[1]
    assert (receipt.code, receipt.weight) == ("profile_mismatch", weights.TRANSACTION + 400 * TWO_READINGS)
    receipt = chain.try_("U1", EnergyBatch(77, (ActualItem(1),) * 150))
    assert (receipt.code, receipt.weight) == ("unit_sequence", weights.TRANSACTION + 150 * energy_weights.BATCH_ITEM)


@pytest.mark.parametrize("waiting", [0, 8])
def test_break_24_old_readings_look_at_no_session_that_is_younger(waiting: int) -> None:
    chain = chain_with()
    assert produce(chain, "U1", "A", 10_000).applied
    found = MeterFixture(chain, kind=MeterKind.CONSUMPTION).bound()
    start_ms = chain.time_ms
    chain.block(after_ms=HOUR_MS)
    for _ in range(waiting):
        chain.do("A", OpenSession(address("U1"), ENT, 0))
        chain.do("A", CloseSession(address("U1")))
    transaction = chain.tx("M", found.readings(*[(start_ms + place, 0) for place in range(1, 101)]), nonce=100)
    looks: list[object] = []
    get = State.get

    def counted(state: State, table: Table[Any], key: bytes) -> Any:
        looks.append(table)
        return get(state, table, key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(State, "get", counted)
        assert chain.block([transaction]).executed.receipts[1].applied
    assert looks.count(WAITING_SESSIONS) <= 2 * (100 + 8), "proposed, then checked: a look a reading"


def test_receipt_0_is_the_blocks_own() -> None:
    chain = chain_with()
    block = chain.block([envelope(chain)])
    own, of_transaction = block.executed.receipts
    assert (own.transaction_id, own.code, own.fee) == (b"", "", 0)
    assert of_transaction.transaction_id == block.transactions[0].id


def test_a_signature_verified_before_is_not_verified_again() -> None:
    """By full hash, so that a known id with another signature fools nobody."""
    chain = chain_with()
    good = envelope(chain)
    bad = chain.registry.decode(assemble(good.envelope, (Signature(0, bytes(64)),)))
    assert bad.id == good.id
    assert bad.full_hash != good.full_hash
    proposer = chain.parent.validators.members[0].address
    for verified, included in ((frozenset({good.full_hash}), 0), (frozenset({bad.full_hash}), 1)):
        block, _ = propose_block(
            chain.chain, chain.parent, [bad], time_ms=chain.time_ms + 1, proposer=proposer, verified=verified
        )
        assert len(block.transactions) == included
