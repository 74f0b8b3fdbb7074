"""What an admitted peer claims without proof changes nothing that operators and load balancers look at."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import get_args

import aiohttp
import pytest
from msgspec.structs import replace

from consensus.messages import (
    Commit,
    ConsensusMessage,
    Decided,
    HeadNews,
    Prepare,
    Proposal,
    ProvenRoundChange,
    RoundChange,
    Status,
    StatusRequest,
)
from harness.node import HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.header import Certificate, Header
from ledger.encoding.codec import encode
from ledger.light.freshness import FreshHead, HeadStatement
from nodechain.api.server import ApiOptions, serve_api
from nodechain.network import limits
from nodechain.network.cards import Card, Cards
from nodechain.network.frames import FrameKind
from nodechain.network.identity import load_or_create
from nodechain.network.wire import Hello
from nodechain.node import NodeOptions, P2p
from tests.network.places import Attacker, until

FAR = 2**62
HASH, SIGNATURE = bytes(32), bytes(64)


def claims(head: Header) -> dict[str, ConsensusMessage]:
    """One message of each kind with a height that nobody can have."""
    far = replace(head, height=FAR)
    certificate = Certificate(FAR, 0, far.hash(), ())
    return {
        "prepare": Prepare(FAR, 0, 0, HASH, SIGNATURE),
        "commit": Commit(FAR, 0, 0, HASH, SIGNATURE),
        "proposal": Proposal(0, 0, far, SIGNATURE, (), None),
        "round change": ProvenRoundChange(RoundChange(FAR, 1, 0, None, SIGNATURE), None),
        "decided": Decided(far, certificate),
        "status": Status(0, b"", far, certificate, b"", b"", (), 0),
        "status of another set": Status(0, b"", replace(far, validators_hash=HASH), certificate, b"", b"", (), 0),
        "head news": HeadNews(FreshHead(FAR, far.hash(), (HeadStatement(0, 0, FAR, SIGNATURE),))),
        "news of the head": HeadNews(FreshHead(FAR, head.hash(), (HeadStatement(0, 0, FAR, SIGNATURE),))),
    }


NAMES = (
    "prepare",
    "commit",
    "proposal",
    "round change",
    "decided",
    "status",
    "status of another set",
    "head news",
    "news of the head",
    "hello",
)


@pytest.mark.parametrize("name", NAMES)
def test_n3_one_false_claim_leaves_behind_readiness_and_progress_alone(tmp_path: Path, name: str) -> None:
    async def scene() -> None:
        home = HomeFixture(tmp_path / "home")
        follower = load_or_create(tmp_path / "follower")
        card = Card("follower", home.genesis.chain_id, follower.node_id, follower.certificate, (), b"")
        Cards(home.path / "peers", home.genesis.chain_id).add(card)
        async with home.running(NodeOptions(p2p=P2p("127.0.0.1", 0))) as node, aiohttp.ClientSession() as client:
            server = await serve_api(node, ApiOptions(port=0))
            peer = await Attacker.connect(follower, node.p2p_port)
            if name == "hello":
                peer.say(FrameKind.HELLO, encode(Hello(limits.NETWORK_VERSION, home.genesis.hash, FAR)))
            else:
                await peer.greet(genesis=home.genesis.hash)
                peer.say(FrameKind.CONSENSUS, encode(claims(node.app.parent.header)[name]))
            await until(lambda: bool(node.network.table.ids()), "the peer")
            # A block, so that what was said before it was heard, and progress was looked at.
            raw = home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 1))
            assert (await node.submit_and_wait(raw, 30))[1] is not None
            async with client.get(f"{server.url}/v1/status") as answer:
                assert (await answer.json())["behind"] == 0
            async with client.get(f"{server.url}/readyz") as answer:
                assert answer.status == 200, await answer.text()
            async with client.get(f"{server.url}/metrics") as answer:
                assert "nodechain_behind_blocks 0\n" in await answer.text()
            await Attacker.hang_up_all()
            await server.close()

    asyncio.run(asyncio.wait_for(scene(), 90))


def test_n3_every_kind_of_claim_is_tried(tmp_path: Path) -> None:
    home = HomeFixture(tmp_path / "home")
    node = home.open()
    try:
        tried = claims(node.app.parent.header)
    finally:
        node.close()
    assert {*tried, "hello"} == set(NAMES)
    assert {type(message) for message in tried.values()} == set(get_args(ConsensusMessage)) - {StatusRequest}
