"""SIGKILL at any moment under load: what was acknowledged is there, once, and the chain replays to the same roots."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from harness.kills.node import Killing, check_nothing_lost_or_doubled
from harness.load import Told
from harness.processes import run

pytestmark = pytest.mark.xdist_group("process")


def test_killed_again_and_again_under_load(tmp_path: Path) -> None:
    killing = Killing(tmp_path, seed=20_261_120, forked=True)
    killing.play(kills=10)
    assert len([told for told in killing.told if told.height is not None]) > 50
    check_nothing_lost_or_doubled(killing)
    audited = run("audit", "--output", "json", environment=killing.environment).data
    assert audited["sound"]
    assert audited["height"] > 10


def test_the_check_notices_what_it_is_for(tmp_path: Path) -> None:
    killing = Killing(tmp_path, seed=1, forked=True)
    killing.play(kills=0)
    client = killing.clients[0]
    check_nothing_lost_or_doubled(killing)
    client.told.append(Told("00" * 32, "alice", 1, ""))
    with pytest.raises(AssertionError, match="acknowledged, and gone"):
        check_nothing_lost_or_doubled(killing)
    client.told[-1] = Told("00" * 32, "alice", None, "")
    with pytest.raises(AssertionError, match="kept by promise, and gone"):
        check_nothing_lost_or_doubled(killing)
    client.told.pop()
    client.hashes[1] = {"00" * 32}
    with pytest.raises(AssertionError):
        check_nothing_lost_or_doubled(killing)


def test_what_was_promised_is_decided_after_a_kill(tmp_path: Path) -> None:
    """A 202 means durable: also when the node dies before it can decide."""
    killing = Killing(tmp_path, seed=2, forked=True)
    killing.play(kills=2)

    async def settle() -> None:
        async with killing.home.running() as node:
            node.make_block_now()
            while len(node.mempool):
                await asyncio.wait_for(node.decisions.next_block(), 30)
            for told in killing.told:
                assert node.app.store.location(bytes.fromhex(told.identity)) is not None

    asyncio.run(settle())
