"""Replay trusts nothing that is stored: whatever differs is named with its height."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from harness.node import HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.commits import CheckedDecision
from ledger.chain.genesis import Genesis
from ledger.chain.header import CERTIFICATE, HEADER
from ledger.chain.validator_set import load_validators
from ledger.encoding.codec import encode
from ledger.state.overlay import MemoryReader, State
from nodechain.chain.replay import ChainBlock, Replay, replay, replay_on
from nodechain.commands.audit import audit as command
from nodechain.commands.audit import stored_blocks
from nodechain.commands.terminal import errors
from nodechain.errors import DataDamaged
from nodechain.store.store import Store

Chain = tuple[Genesis, list[ChainBlock], list[tuple[bytes, bytes]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("replay") / "home"


@pytest.fixture(scope="module")
def kept(chain: Chain, folder: Path) -> list[dict[bytes, bytes]]:
    """The state after each block, as the store still has it."""
    with Store.open(folder / "data") as store, store.snapshot() as snapshot:
        return [dict(snapshot.at(height).entries()) for height in range(4)]


@pytest.fixture(scope="module")
def chain(folder: Path) -> Chain:
    """Three blocks as a node stored them, and its state."""
    home = HomeFixture(folder)

    async def play() -> tuple[list[ChainBlock], list[tuple[bytes, bytes]]]:
        async with home.running() as node:
            for amount in (1, 2, 3):
                raw = home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), amount))
                _transaction, decision = await node.submit_and_wait(raw, 30)
                assert decision is not None
            store = node.app.store
            return list(stored_blocks(store, 0, 3)), list(store.state_entries())

    return home.genesis, *asyncio.run(play())


def _replay(chain: Chain, changed: dict[int, ChainBlock]) -> Replay:
    genesis, blocks, _state = chain
    return replay(genesis, iter([changed.get(height, block) for height, block in enumerate(blocks)]), lambda _: None)


def test_a_sound_chain_gives_the_stored_state(chain: Chain) -> None:
    found = _replay(chain, {})
    found.compare_state(iter(chain[2]))
    assert (found.result.height, found.result.transactions) == (3, 3)
    assert found.result.state_root == HEADER.decode(chain[1][3].header).state_root


def test_each_part_of_a_block_that_differs_is_named(chain: Chain) -> None:
    first, second, third = chain[1][1:]
    header = HEADER.decode(second.header)
    certificate = bytearray(second.certificate)
    certificate[-1] ^= 1
    assert second.receipts is not None
    receipts = second.receipts
    wrong = {
        "state root": replace(second, header=encode(msgspec.structs.replace(header, state_root=bytes(32)))),
        "time": replace(second, header=encode(msgspec.structs.replace(header, time_ms=1))),
        "certificate": replace(second, certificate=bytes(certificate)),
        "no certificate": replace(second, certificate=b""),
        "another block's certificate": replace(second, certificate=third.certificate),
        "another transaction": replace(second, transactions=first.transactions),
        "a transaction less": replace(second, transactions=()),
        "a receipt": replace(second, receipts=(receipts[0], receipts[1][:-1] + b"\x01")),
        "a receipt less": replace(second, receipts=receipts[:1]),
        "nonsense": replace(second, header=b"\xc1"),
        "blocks in the wrong order": third,
    }
    for what, block in wrong.items():
        with pytest.raises(DataDamaged) as caught:
            _replay(chain, {2: block})
        assert "height 2" in caught.value.detail, (what, caught.value.detail)
        assert caught.value.exit_code == 8


def test_a_range_is_replayed_on_the_state_before_it(chain: Chain, kept: list[dict[bytes, bytes]]) -> None:
    genesis, blocks, state = chain
    for first in (1, 2, 3):
        before = blocks[first - 1]
        validators = load_validators(State(MemoryReader(dict(kept[first - 1]))))
        decision = CheckedDecision(CERTIFICATE.decode(before.certificate), validators) if first > 1 else None
        found = Replay.after(genesis, before.header, kept[first - 1].items(), decision)
        replay_on(found, iter(blocks[first:]), lambda _: None)
        found.compare_state(iter(state))
        assert (found.result.height, found.result.transactions) == (3, 4 - first)


def test_a_range_does_not_begin_on_another_state(chain: Chain, kept: list[dict[bytes, bytes]]) -> None:
    genesis, blocks, _state = chain
    changed = dict(kept[1])
    changed[next(iter(changed))] += b"\x00"
    for state in (kept[2], changed, {}):
        with pytest.raises(DataDamaged):
            Replay.after(genesis, blocks[1].header, state.items(), None)


def test_commands_audit_a_range(chain: Chain, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def audit(*arguments: str) -> tuple[int, Any]:
        code = errors.run(command, ["--home", str(folder), "--output", "json", *arguments])
        return code, json.loads(capsys.readouterr().out)

    assert audit("--from", "2")[1]["data"]["transactions"] == 2
    code, envelope = audit("--from", "2", "--to", "2")
    assert (code, envelope["data"]["from"], envelope["data"]["height"]) == (0, 2, 2)
    assert audit("--to", "1")[1]["data"]["transactions"] == 1
    assert audit("--to", "4")[1]["errors"][0]["code"] == "bad_usage"
    assert audit("--from", "3", "--to", "2")[0] == 2


def test_another_genesis_is_named(chain: Chain) -> None:
    with pytest.raises(DataDamaged, match="height 0"):
        _replay(chain, {0: chain[1][1]})


def test_a_state_that_differs_is_named_by_its_key(chain: Chain) -> None:
    found = _replay(chain, {})
    key, value = chain[2][5]
    with pytest.raises(DataDamaged, match=f"state entry {key.hex()} differs"):
        found.compare_state((entry, held + b"\x00" if entry == key else held) for entry, held in chain[2])
    with pytest.raises(DataDamaged, match=f"state entry {key.hex()} is missing"):
        _replay(chain, {}).compare_state((entry, held) for entry, held in chain[2] if entry != key)
    with pytest.raises(DataDamaged, match="differs"):
        _replay(chain, {}).compare_state(iter([*chain[2], (b"\xff" + key, value)]))
