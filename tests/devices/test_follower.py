"""A meter believes no node: whatever is said of its readings must be proven under a signed header."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from devices.client import DeviceClient
from devices.clock import FAR_MS, PlayedDeviceClock, judging_ms
from devices.errors import BadNodeAnswer, Misuse
from devices.follower import BEGAN, FIRST_USE, KEPT, MODE, Anchor, Follower, parse_anchor
from devices.outbox import UNKNOWN, NewReading, Outbox
from devices.readings import Reading, ReadingHeader, build_batch
from devices.submitter import PushProgress, Submitter
from harness import fake_chain
from harness.chain import secret
from harness.fake_chain import TOWN
from harness.fake_node import FakeNode
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Receipt
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import encode
from ledger.keys.crypto import Ed25519SecretKey
from ledger.light.headers import LIGHT_BLOCK, SetMember
from ledger.metering.payloads import ClockQuality
from ledger.metering.schema import METERS
from ledger.state.merkle import prove_item

KEY = Ed25519SecretKey(bytes(32))
METER = KEY.public_key
HEAD = ReadingHeader(bytes(32), 1, 2, 0, bytes((1, 0, 1, 8, 0, 255)), 0)
Body = Callable[[Outbox, Submitter, Follower, FakeNode], Awaitable[None]]
Lie = Callable[[FakeNode, str, dict[str, Any]], dict[str, Any]]


async def no_nap(_seconds: float) -> None:
    await asyncio.sleep(0)


def play(folder: Path, body: Body, *, more: tuple[FakeNode, ...] = (), now_ms: int = 10**12) -> None:
    async def main() -> None:
        async with FakeNode() as node:
            with Outbox(folder / "outbox.db") as outbox:
                outbox.add_meter(METER)
                client = DeviceClient([node.url, *(other.url for other in more)])
                follower = Follower(client, outbox, lambda: now_ms)
                submitter = Submitter(
                    outbox, client, follower, lambda _meter: lambda head, new: build_batch(KEY, TOWN, head, new),
                    draw=random.Random(1), sleep=no_nap,
                )  # fmt: skip
                try:
                    await follower.start()
                    outbox.reconcile(METER, UNKNOWN)
                    await body(outbox, submitter, follower, node)
                finally:
                    client.close()

    asyncio.run(main())


def append(outbox: Outbox, count: int = 1) -> None:
    last = outbox.last_reading(METER)
    first = 1 if last is None else last[0].sequence + 1
    outbox.append([NewReading(METER, number * 1_000, number * 7, HEAD) for number in range(first, first + count)])


def test_a_decision_is_settled_when_its_place_is_proven(tmp_path: Path) -> None:
    async def body(outbox: Outbox, submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        append(outbox, 2)
        assert (await submitter.push(METER)).progress is PushProgress.DECIDED
        assert follower.trusted.header.height == node.chain.height == 1
        node.receipt_codes.append("profile_mismatch")
        append(outbox)
        pushed = await submitter.push(METER)
        assert (pushed.progress, pushed.code) == (PushProgress.REJECTED, "profile_mismatch")

    play(tmp_path, body)


def decisions(change: Callable[[FakeNode, dict[str, Any]], dict[str, Any]]) -> Lie:
    """A lie about decisions alone."""

    def lie(node: FakeNode, path: str, answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, **change(node, answer)} if path.startswith("decisions") else answer

    lie.__name__ = change.__name__
    return lie


@decisions
def another_transaction(node: FakeNode, answer: dict[str, Any]) -> dict[str, Any]:
    return {"transaction": build_batch(KEY, TOWN, HEAD, (Reading(9, 9, 9),)).body.hex()}


@decisions
def a_kinder_receipt(node: FakeNode, answer: dict[str, Any]) -> dict[str, Any]:
    identity = bytes.fromhex(next(iter(node.decided)))
    return {"receipt": encode(Receipt(identity, "", 0, 1, ())).hex()}


@decisions
def the_blocks_own_receipt(node: FakeNode, answer: dict[str, Any]) -> dict[str, Any]:
    receipts = node.chain.receipts[1]
    return {"receipt": receipts[0].hex(), "receipt_proof": encode(prove_item(receipts, 0)).hex()}


@decisions
def an_invented_block(node: FakeNode, answer: dict[str, Any]) -> dict[str, Any]:
    impostor = fake_chain.FakeChain()
    impostor.decide(node.bodies[-1], "")
    block = LIGHT_BLOCK.decode(encode(impostor.light[1]))
    members = (SetMember(secret("impostor").public_key[1:], 1),)
    return {"block": encode(type(block)(block.header, block.certificate, members, ())).hex()}


@decisions
def an_unsigned_block(node: FakeNode, answer: dict[str, Any]) -> dict[str, Any]:
    block = LIGHT_BLOCK.decode(bytes.fromhex(str(answer["block"])))
    unsigned = type(block)(block.header, node.chain.light[0].certificate, block.members, ())
    return {"block": encode(unsigned).hex()}


@decisions
def another_block(node: FakeNode, answer: dict[str, Any]) -> dict[str, Any]:
    return {"block": encode(node.chain.light[0]).hex()}


def noise(_node: FakeNode, _path: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value[:-2] if isinstance(value, str) else value for name, value in answer.items()}


def no_hex(_node: FakeNode, _path: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {name: "x" if isinstance(value, str) else value for name, value in answer.items()}


LIES: list[Lie] = [
    another_transaction, a_kinder_receipt, the_blocks_own_receipt, an_invented_block, an_unsigned_block, another_block,
    noise, no_hex,
]  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_settles_nothing_and_the_truth_does(lie: Lie, tmp_path: Path) -> None:
    async def body(outbox: Outbox, submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        append(outbox)
        node.receipt_codes.append("profile_mismatch")
        node.lie = lambda path, answer: lie(node, path, answer)
        pushed = await submitter.push(METER)
        assert (pushed.progress, pushed.code) in (
            (PushProgress.UNREACHABLE, "not_proven"),
            (PushProgress.UNREACHABLE, "bad_answer"),
        )
        assert outbox.summaries()[0].on_the_way == 1
        node.lie = lambda _path, answer: answer
        pushed = await submitter.push(METER)
        assert (pushed.progress, pushed.code) == (PushProgress.REJECTED, "profile_mismatch")
        assert len(node.bodies) == 1

    play(tmp_path, body)


def test_without_the_check_a_kinder_receipt_would_be_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: it shows that the lies above reach what refuses them."""
    monkeypatch.setattr("devices.follower.check_claim", lambda *_: None)

    async def body(outbox: Outbox, submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        append(outbox)
        node.receipt_codes.append("profile_mismatch")
        node.lie = lambda path, answer: a_kinder_receipt(node, path, answer)
        assert (await submitter.push(METER)).code == ""

    play(tmp_path, body)


def test_numbers_are_given_up_only_for_a_proven_state(tmp_path: Path) -> None:
    async def body(outbox: Outbox, submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        append(outbox, 3)
        node.moods.extend(["bad_nonce"] * 2)

        def claims_more(path: str, answer: dict[str, Any]) -> dict[str, Any]:
            if not path.startswith("state"):
                return answer
            liar = fake_chain.FakeChain()
            liar.meter(METER, 50)
            liar.grow()
            false = liar.answer(path)
            assert false is not None
            return {**answer, "proofs": false["proofs"]}

        node.lie = claims_more
        assert (await submitter.push(METER)).code == "not_proven"
        node.lie = lambda _path, answer: answer
        assert (await submitter.push(METER)).progress is PushProgress.REFUSED
        assert (await submitter.push(METER)).progress is PushProgress.DECIDED
        assert len(node.readings[METER]) == 3

    play(tmp_path, body)


def test_an_honest_node_is_asked_when_one_lies(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeNode() as honest, FakeNode() as liar:
            liar.chain, liar.decided, liar.sequences = honest.chain, honest.decided, honest.sequences
            liar.lie = lambda path, answer: a_kinder_receipt(liar, path, answer)
            honest.receipt_codes.append("profile_mismatch")
            with Outbox(tmp_path / "outbox.db") as outbox:
                outbox.add_meter(METER)
                client = DeviceClient([liar.url, honest.url])
                follower = Follower(client, outbox, lambda: 10**12)
                await follower.start()
                append(outbox)
                batch = outbox.next_batch(METER, lambda head, new: build_batch(KEY, TOWN, head, new))
                assert batch is not None
                honest.decide(batch.body)
                with pytest.raises(BadNodeAnswer):
                    await follower.decided(batch.body, 1, 0)
                assert (await follower.decided(batch.body, 1, 0)).code == "profile_mismatch"
                client.close()

    asyncio.run(main())


def test_what_was_trusted_once_stays_over_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def first(outbox: Outbox, submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        append(outbox)
        await submitter.drain()
        assert outbox.fact(KEPT) is not None

    async def second(outbox: Outbox, submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        # Another chain of the same name: its first blocks are other ones.
        append(outbox)
        pushed = await submitter.push(METER)
        assert (pushed.progress, pushed.code) == (PushProgress.UNREACHABLE, "not_proven")

    play(tmp_path, first)
    monkeypatch.setattr(fake_chain, "VALIDATOR", secret("usurper"))
    monkeypatch.setattr(fake_chain, "MEMBERS", (SetMember(secret("usurper").public_key[1:], 1),))
    play(tmp_path, second)


def test_the_operator_may_name_the_block_to_begin_with(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeNode() as node:
            node.chain.grow()
            true, client = node.chain.light[1].header.hash(), DeviceClient([node.url])
            for number, (text, right) in enumerate(((f"1:{true.hex()}", True), (f"0:{true.hex()}", False))):
                with Outbox(tmp_path / f"{number}.db") as outbox:
                    follower = Follower(client, outbox, lambda: 10**12, parse_anchor(text))
                    if right:
                        assert await follower.start() == TOWN
                        assert follower.trusted.hash == true
                        with pytest.raises(BadNodeAnswer, match="below_trust"):
                            await follower._reach(encode(node.chain.light[0]))
                    else:
                        with pytest.raises(BadNodeAnswer):
                            await follower.start()
            client.close()

    asyncio.run(main())


@pytest.mark.parametrize("text", ["", "1", "1:ab", f"-1:{'0' * 64}", f"01:{'0' * 64}", f"1:{'0' * 64}:raft"])
def test_what_is_no_block_to_begin_with(text: str) -> None:
    with pytest.raises(Misuse) as refused:
        parse_anchor(text)
    assert refused.value.code == "bad_trust"
    assert parse_anchor(f"1:{'0' * 64}:poa").mode == "poa"


def test_a_clock_that_is_behind_proves_nothing(tmp_path: Path) -> None:
    async def body(outbox: Outbox, submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        append(outbox)
        pushed = await submitter.push(METER)
        assert (pushed.progress, pushed.code) == (PushProgress.UNREACHABLE, "not_proven")
        assert "from_the_future" in pushed.detail

    play(tmp_path, body, now_ms=-(10**9))


def test_by_which_time_headers_are_judged() -> None:
    played = PlayedDeviceClock(2**50)
    assert judging_ms(played) == 2**50
    assert judging_ms(PlayedDeviceClock(5)) > 10**12
    assert judging_ms(PlayedDeviceClock(5, ClockQuality.UNSET)) == FAR_MS


def test_a_clock_that_was_never_set_still_gets_its_proofs(tmp_path: Path) -> None:
    async def body(outbox: Outbox, submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        append(outbox)
        assert (await submitter.push(METER)).progress is PushProgress.DECIDED

    play(tmp_path, body, now_ms=FAR_MS)


HOME = replace(FIRST_USE, genesis=fake_chain.GENESIS)
"""Where a device whose home holds the genesis begins."""


def usurp(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on fake chains are decided by a validator that the genesis does not name."""
    monkeypatch.setattr(fake_chain, "VALIDATOR", secret("usurper"))
    monkeypatch.setattr(fake_chain, "MEMBERS", (SetMember(secret("usurper").public_key[1:], 1),))


def begin(folder: Path, anchor: Anchor = HOME, *, blocks: int = 1) -> tuple[str, bytes | None, bytes | None]:
    """A device begins with a node that has so many blocks; how it went, where it began, and the mode."""

    async def main() -> tuple[str, bytes | None, bytes | None]:
        async with FakeNode() as node:
            for _ in range(blocks):
                node.chain.grow()
            client = DeviceClient([node.url])
            with Outbox(folder / "outbox.db") as outbox:
                follower = Follower(client, outbox, lambda: 10**12, anchor)
                try:
                    await follower.start()
                    assert await follower.meter(METER) == (None, blocks)
                    outcome = ""
                except BadNodeAnswer as error:
                    outcome = error.code
                finally:
                    client.close()
                return outcome, outbox.fact(BEGAN), outbox.fact(MODE)

    return asyncio.run(main())


def test_break_4_a_home_with_the_genesis_takes_the_validators_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as lie:
        usurp(lie)
        assert begin(tmp_path) == ("not_proven", None, None)
    assert begin(tmp_path) == ("", b"genesis", b"pbft")


def test_break_4_what_a_liar_was_believed_ends_with_the_genesis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as lie:
        usurp(lie)
        assert begin(tmp_path, FIRST_USE) == ("", b"", b"pbft")
        assert begin(tmp_path) == ("not_proven", b"", b"pbft")
    assert begin(tmp_path, FIRST_USE)[0] == "not_proven"
    assert begin(tmp_path, blocks=3) == ("", b"genesis", b"pbft")
    assert begin(tmp_path, FIRST_USE, blocks=4) == ("", b"genesis", b"pbft")


def test_break_4_before_the_first_block_nothing_is_proven(tmp_path: Path) -> None:
    assert begin(tmp_path, blocks=0) == ("not_proven", None, None)


def test_break_4_the_mode_is_that_of_the_homes_genesis_not_what_a_node_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genesis = msgspec.structs.replace(fake_chain.GENESIS, mode=int(ConsensusMode.POA))
    chain = ChainIdentity(genesis.chain_id, genesis.hash)
    monkeypatch.setattr("harness.fake_node.TOWN", chain)
    assert begin(tmp_path, replace(FIRST_USE, genesis=genesis)) == ("", b"genesis", b"poa")


def test_break_4_a_block_of_another_chain_is_none_to_begin_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its validators are the right ones, but they signed for another genesis."""
    other = ChainIdentity(TOWN.id, TOWN.genesis_hash[:4] + bytes(28))
    monkeypatch.setattr("harness.fake_node.FakeChain", lambda _chain: fake_chain.FakeChain(other))
    assert begin(tmp_path) == ("not_proven", None, None)


def test_break_16_a_state_that_was_overtaken_is_not_shown_again(tmp_path: Path) -> None:
    """Also not after a restart: what the file trusts lies above it."""

    async def first(outbox: Outbox, submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        node.chain.grow()
        old = node.chain.answer(f"state?key={METERS.full_key(METER).hex()}")
        assert old is not None
        kept.append(old)
        node.chain.meter(METER, 5)
        node.chain.grow()
        node.chain.grow()
        meter, height = await follower.meter(METER)
        assert (meter is not None and meter.sequence, height) == (5, 3)
        node.lie = lambda path, answer: old if path.startswith("state") else answer
        with pytest.raises(BadNodeAnswer, match="height 1, after one of 3"):
            await follower.meter(METER)
        node.lie = lambda _path, answer: answer
        assert (await follower.meter(METER))[1] == 3

    async def second(outbox: Outbox, submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        node.lie = lambda path, answer: kept[0] if path.startswith("state") else answer
        with pytest.raises(BadNodeAnswer, match="height 1, after one of 3"):
            await follower.meter(METER)

    kept: list[dict[str, Any]] = []
    play(tmp_path, first)
    play(tmp_path, second)


def test_meters_side_by_side_ask_once_how_new_the_head_is(tmp_path: Path) -> None:
    async def body(_outbox: Outbox, _submitter: Submitter, follower: Follower, node: FakeNode) -> None:
        node.chain.grow()
        asked: list[str] = []
        truth = node.lie

        def counted(path: str, answer: dict[str, Any]) -> dict[str, Any]:
            asked.append(path)
            return answer | ({"block": "no hex"} if len(asked) == 1 else {})

        node.lie = counted
        failed = await asyncio.gather(*(follower.time_bound(10**13) for _ in range(8)), return_exceptions=True)
        assert [type(raised) for raised in failed] == [BadNodeAnswer] * 8
        assert asked == ["freshness"]
        bounds = await asyncio.gather(*(follower.time_bound(10**13) for _ in range(8)))
        assert asked == ["freshness"] * 2
        assert {bound.head_ms for bound in bounds} == {follower.trusted.header.time_ms}
        node.lie = truth

    play(tmp_path, body)
