"""The way into the pool: batches, workers that die, a queue that is full, floods that must not keep others out."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.node import HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.envelope import SignedEnvelope, Transaction
from ledger.encoding.codec import encode
from nodechain.mempool import admission as subject
from nodechain.mempool import verify
from nodechain.mempool.admission import Admission, Busy, Refusal
from nodechain.mempool.verify import CHUNK, INLINE, Verifier
from nodechain.node import Node


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return HomeFixture(tmp_path / "home")


def transfers(home: HomeFixture, count: int) -> list[bytes]:
    return [home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 1)) for _ in range(count)]


def forged(raw: bytes) -> bytes:
    genuine = Transaction(raw)
    return encode(SignedEnvelope(genuine.signed_bytes, (type(genuine.signatures[0])(0, bytes(64)),)))


async def all_of(node: Node, raws: list[bytes], admission: Admission) -> list[str]:
    """What became of each: empty, or the code."""
    found: dict[int, str] = {}

    all_told = asyncio.Event()

    def note(number: int) -> Callable[[Transaction | Refusal], None]:
        def told(outcome: Transaction | Refusal) -> None:
            found[number] = "" if isinstance(outcome, Transaction) else outcome.code
            if len(found) == len(raws):
                all_told.set()

        return told

    for number, raw in enumerate(raws):
        admission.offer(raw, note(number))
    task = asyncio.create_task(admission.run())
    await asyncio.wait_for(all_told.wait(), 30)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return [found[number] for number in range(len(raws))]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_batch_is_verified_and_the_false_are_found(home: HomeFixture, workers: int) -> None:
    node = home.open()
    raws = transfers(home, 60)
    raws[7], raws[50] = forged(raws[7]), raws[50][:-1]

    async def scene() -> None:
        verifier = Verifier(home.genesis.hash, workers)
        admission = Admission(node.mempool, verifier, node.view, lambda _transaction: None)
        codes = await all_of(node, raws, admission)
        assert codes[7] == "bad_signature"
        assert codes[50] != ""
        assert [code for place, code in enumerate(codes) if place not in (7, 50)] == [""] * 58
        assert (verifier._pool is not None) == (workers > 0)
        assert len(node.mempool) == 58
        admission.close()

    try:
        asyncio.run(scene())
    finally:
        node.close()


def test_nothing_is_verified_twice(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    node = home.open()
    (raw,) = transfers(home, 1)
    counted: list[bytes] = []
    plain = Transaction.verify_signatures

    def counting(self: Transaction, genesis_hash: bytes) -> bool:
        counted.append(self.full_hash)
        return plain(self, genesis_hash)

    monkeypatch.setattr(Transaction, "verify_signatures", counting)

    async def scene() -> None:
        admission = Admission(node.mempool, Verifier(home.genesis.hash, 0), node.view, lambda _transaction: None)
        assert await all_of(node, [raw, raw], admission) == ["", "known"]
        node.mempool.pool.remove(Transaction(raw).id)
        assert await all_of(node, [raw], admission) == [""]

    try:
        asyncio.run(scene())
        # Twice within the one batch in which it was not known yet, then never again.
        assert len(counted) <= 2
    finally:
        node.close()


def test_a_lost_worker_costs_time_and_nothing_else(home: HomeFixture) -> None:
    raws = transfers(home, CHUNK + INLINE)
    raws[3] = forged(raws[3])
    transactions = [Transaction(raw) for raw in raws]
    expected = [place != 3 for place in range(len(raws))]

    async def scene() -> None:
        verifier = Verifier(home.genesis.hash, 1)
        assert await verifier.verify(transactions) == expected
        assert verifier._pool is not None
        for process in list(verifier._pool._processes.values()):
            os.kill(process.pid or 0, signal.SIGKILL)
        assert await verifier.verify(transactions) == expected
        assert await verifier.verify(transactions) == expected
        verifier.close()

    asyncio.run(scene())


def test_a_worker_finds_what_cannot_be_decoded() -> None:
    assert verify.verify_chunk(bytes(32), [b"", b"\xff"]) == b"\x00\x00"


def test_a_full_queue_refuses_at_once(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MAX_WAITING", 3)
    node = home.open()

    async def scene() -> None:
        admission = Admission(node.mempool, Verifier(home.genesis.hash, 0), node.view, lambda _transaction: None)
        for raw in transfers(home, 3):
            admission.offer(raw, lambda _outcome: None)
        with pytest.raises(Busy) as refused:
            admission.offer(b"", lambda _outcome: None)
        assert refused.value.code == "busy"
        assert len(admission) == 3

    try:
        asyncio.run(scene())
    finally:
        node.close()


def test_what_waits_already_can_be_waited_for(home: HomeFixture) -> None:
    """Sending the same bytes again, as a client does whose connection broke, is no mistake."""

    async def scene() -> None:
        (raw,) = transfers(home, 1)
        async with home.running() as node:
            node.mempool.admit(raw, node.view())
            first = asyncio.create_task(node.submit_and_wait(raw, 20))
            second = asyncio.create_task(node.submit_and_wait(raw, 20))
            await asyncio.sleep(0)
            node.make_block_now()
            for _transaction, decision in await asyncio.gather(first, second):
                assert decision is not None
                assert decision.height == 1

    asyncio.run(scene())
