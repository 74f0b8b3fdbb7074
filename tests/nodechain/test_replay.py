"""Replay trusts nothing that is stored: whatever differs is named with its height."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import msgspec
import pytest

from ledger.codec import encode
from ledger.genesis import Genesis
from ledger.schema import Asset
from ledger.transactions.payloads import Transfer
from ledger.types import HEADER
from nodechain.commands.audit import stored_blocks
from nodechain.errors import DataDamaged
from nodechain.replay import ChainBlock, Replay, replay
from tests.support.node import HomeFixture

Chain = tuple[Genesis, list[ChainBlock], list[tuple[bytes, bytes]]]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """Three blocks as a node stored them, and its state."""
    home = HomeFixture(tmp_path_factory.mktemp("replay") / "home")

    async def play() -> tuple[list[ChainBlock], list[tuple[bytes, bytes]]]:
        async with home.running() as node:
            for amount in (1, 2, 3):
                raw = home.raw("alice", Transfer(Asset.EEURO, home.address("bob"), amount))
                _transaction, decision = await node.submit_and_wait(raw, 30)
                assert decision is not None
            store = node.app.store
            return list(stored_blocks(store, 3)), list(store.state_entries())

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
