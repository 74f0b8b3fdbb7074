"""The node in one process: what it decides, what survives a restart, and what it refuses to start on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from consensus.signing import SignRecord, Step
from harness.node import START_MS, HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.bank.payloads import Transfer
from ledger.chain.blocks import Block
from ledger.chain.envelope import SignedEnvelope, Transaction
from ledger.chain.header import CERTIFICATE, Certificate
from ledger.encoding.codec import encode
from ledger.errors import InclusionError
from ledger.keys.crypto import Ed25519SecretKey
from ledger.state.overlay import State
from nodechain.chain.validator_key import ValidatorKey
from nodechain.clock import PlayedClock
from nodechain.errors import DataDamaged, HomeInUse, JournalMissing, NotFound, StorageFailed, UsageError
from nodechain.home.home import Home
from nodechain.journal.journal import Journal
from nodechain.journal.wal import Wal
from nodechain.node import Node, NodeOptions

TOKEN = 10**9


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return HomeFixture(tmp_path / "home")


def pay(home: HomeFixture, amount: int = 1, *, nonce: int | None = None, valid_until: int = 0) -> bytes:
    return home.raw(
        "alice", Transfer(CURRENCY_ASSET, home.address("bob"), amount), nonce=nonce, valid_until=valid_until
    )


def held(node: Node, address: bytes) -> int:
    return balance(State(node.app.store), address, CURRENCY_ASSET).available


def admit(node: Node, raw: bytes) -> None:
    node.mempool.admit(raw, node.view())
    node.make_block_now()


async def decided(node: Node, raw: bytes) -> str:
    _transaction, decision = await node.submit_and_wait(raw, 10)
    assert decision is not None
    assert decision.receipt is not None
    return decision.receipt.code


def test_a_transaction_is_decided_stored_and_there_after_a_restart(home: HomeFixture) -> None:
    async def first() -> bytes:
        async with home.running() as node:
            assert await decided(node, pay(home, 5)) == ""
            assert await decided(node, pay(home, 10**18)) == "insufficient_balance"
            assert node.app.height == 2
            return node.app.parent.header.hash()

    async def second(before: bytes) -> None:
        async with home.running() as node:
            assert node.app.parent.header.hash() == before
            assert held(node, home.address("bob")) == 1_000 * TOKEN + 5
            stored = node.app.store.block(2)
            assert stored is not None
            header, certificate = node.app.parent.header, CERTIFICATE.decode(stored.certificate)
            node.app.check_certificate(header, certificate)

    asyncio.run(second(asyncio.run(first())))


def test_accepted_transactions_survive_a_restart_before_they_are_decided(home: HomeFixture) -> None:
    raw, ahead = pay(home, nonce=1), pay(home, nonce=2)

    async def accept_out_of_turn() -> None:
        async with home.running() as node:
            transaction = await node.submit(ahead)
            assert node.mempool.pool.get(transaction.id) is not None

    async def fill_the_gap() -> None:
        async with home.running() as node:
            assert len(node.mempool) == 1
            waiter = node.decisions.expect(Transaction(ahead).id)
            assert await decided(node, raw) == ""
            decision = await asyncio.wait_for(waiter, 10)
            assert decision.receipt is not None
            assert len(node.mempool) == 0

    asyncio.run(accept_out_of_turn())
    asyncio.run(fill_the_gap())


def test_a_decided_transaction_is_refused_when_it_comes_again(home: HomeFixture) -> None:
    async def twice() -> None:
        raw = pay(home)
        async with home.running() as node:
            assert await decided(node, raw) == ""
            with pytest.raises(InclusionError) as refused:
                admit(node, raw)
            assert refused.value.code == "nonce_used"

    asyncio.run(twice())


def test_a_known_id_with_a_false_signature_fools_nobody(home: HomeFixture) -> None:
    async def forge() -> None:
        raw = pay(home)
        genuine = Transaction(raw)
        garbage = type(genuine.signatures[0])(0, bytes(64))
        forged = encode(SignedEnvelope(genuine.signed_bytes, (garbage,)))
        assert Transaction(forged).id == genuine.id
        async with home.running() as node:
            with pytest.raises(InclusionError) as refused:
                admit(node, forged)
            assert refused.value.code == "bad_signature"
            assert await decided(node, raw) == ""
            later = pay(home)
            verified = node.mempool.verified
            admit(node, later)
            assert Transaction(later).full_hash in verified
            other = Transaction(encode(SignedEnvelope(Transaction(later).signed_bytes, (garbage,))))
            assert other.full_hash not in verified

    asyncio.run(forge())


def test_an_expired_transaction_is_dropped_and_its_waiter_told(home: HomeFixture) -> None:
    async def expire() -> None:
        async with home.running() as node:
            ahead = pay(home, nonce=3, valid_until=1)
            admit(node, ahead)
            waiter = node.decisions.expect(Transaction(ahead).id)
            assert await decided(node, pay(home, nonce=1)) == ""
            assert await decided(node, pay(home, nonce=2)) == ""
            decision = await asyncio.wait_for(waiter, 10)
            assert (decision.dropped, decision.receipt) == ("expired", None)

    asyncio.run(expire())


def test_a_nonce_too_far_ahead_is_refused(home: HomeFixture) -> None:
    async def far() -> None:
        async with home.running() as node:
            with pytest.raises(InclusionError) as refused:
                admit(node, pay(home, nonce=1_000))
            assert refused.value.code == "nonce_too_far"

    asyncio.run(far())


def test_a_second_process_on_the_same_home_is_refused(home: HomeFixture) -> None:
    node = home.open()
    try:
        with pytest.raises(HomeInUse):
            home.open()
    finally:
        node.close()
    home.open().close()


def test_an_older_sign_state_or_chain_is_noticed(home: HomeFixture) -> None:
    async def three_blocks() -> None:
        async with home.running() as node:
            for _ in range(3):
                await decided(node, pay(home))

    asyncio.run(three_blocks())
    for height in (1, 5):
        Journal.create(Home(home.path).journal_files, SignRecord(height, 0, int(Step.COMMIT), bytes(32))).close()
        with pytest.raises(DataDamaged) as refused:
            home.open()
        assert refused.value.code == "restored_backup"
    home.open(NodeOptions(unsafe_resume=True)).close()


def test_a_missing_sign_state_is_noticed(home: HomeFixture) -> None:
    async def one_block() -> None:
        async with home.running() as node:
            await decided(node, pay(home))

    asyncio.run(one_block())
    for name in ("sign-state", "wal"):
        kept = (home.path / "journal" / name).read_bytes()
        (home.path / "journal" / name).unlink()
        with pytest.raises(JournalMissing):
            home.open()
        (home.path / "journal" / name).write_bytes(kept)


def test_a_log_that_lost_its_tail_is_noticed(home: HomeFixture) -> None:
    async def blocks() -> None:
        async with home.running() as node:
            for _ in range(2):
                await decided(node, pay(home))

    Wal.create(home.path / "older").close()
    asyncio.run(blocks())
    (home.path / "older").rename(home.path / "journal" / "wal")
    with pytest.raises(DataDamaged, match="tail"):
        home.open()


def test_what_was_signed_before_a_crash_is_decided_after_it(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal has the signature and the block, the store has neither: the very same block is decided."""
    node = home.open()
    signed = []

    def crash(block: Block, certificate: Certificate) -> None:
        signed.append((block, certificate))
        raise StorageFailed("the power went")

    async def until_the_crash() -> None:
        monkeypatch.setattr(node.app, "commit", crash)
        admit(node, pay(home, 7))
        with pytest.raises(ExceptionGroup):
            await node.run()

    asyncio.run(until_the_crash())
    node.close()
    (block, certificate) = signed[0]
    assert len(block.transactions) == 1

    async def go_on() -> None:
        async with home.running() as again:
            await again.decisions.next_block()
            stored = again.app.store.block(1)
            assert stored is not None
            assert stored.block_hash == block.hash
            assert stored.certificate == encode(certificate)

    asyncio.run(go_on())


@pytest.mark.parametrize("key", [None, ValidatorKey(Ed25519SecretKey(bytes(range(32))))])
def test_a_node_whose_key_is_not_in_the_set_follows_and_signs_nothing(
    home: HomeFixture, key: ValidatorKey | None
) -> None:
    async def follow() -> None:
        node = Node.open(home.path, key)
        running = asyncio.create_task(node.run())
        try:
            raw = pay(home)
            await node.submit(raw)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(node.decisions.next_block(), 0.5)
            assert not node.engine.is_signing
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            node.close()

    asyncio.run(follow())
    home.open().close()


def test_a_home_without_a_node_or_with_a_spoiled_genesis(tmp_path: Path, home: HomeFixture) -> None:
    with pytest.raises(NotFound) as nothing:
        Node.open(tmp_path / "nowhere", home.validator())
    assert nothing.value.code == "no_home"
    genesis = home.path / "genesis"
    genesis.write_bytes(genesis.read_bytes()[:-1])
    with pytest.raises(DataDamaged) as spoiled:
        home.open()
    assert spoiled.value.code == "bad_genesis"


def test_a_home_is_not_made_twice(home: HomeFixture) -> None:
    with pytest.raises(UsageError) as refused:
        HomeFixture(home.path)
    assert refused.value.code == "home_exists"


def test_a_standing_clock_moves_only_when_it_is_moved(home: HomeFixture) -> None:
    async def play() -> None:
        async with home.running(NodeOptions(standing_clock=True)) as node:
            assert isinstance(node.clock, PlayedClock)
            assert node.clock.wall_ms() == START_MS
            await decided(node, pay(home))
            assert node.app.parent.header.time_ms == START_MS + 1
            node.clock.move_to(START_MS + 900_000)
            with pytest.raises(UsageError, match="clock_goes_back"):
                node.clock.move_to(START_MS)
            await decided(node, pay(home))
            assert node.app.parent.header.time_ms == START_MS + 900_000

    asyncio.run(play())
