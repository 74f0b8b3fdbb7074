"""Joining by a snapshot: from honest nodes, lying ones and such as die, over kills, into a store that goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import msgspec
import pytest
from msgspec.structs import replace

from harness.node import HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.header import CERTIFICATE, HEADER
from ledger.encoding.codec import encode
from ledger.light import snapshot
from ledger.light.snapshot import SNAPSHOT_CHUNK
from nodechain.api.server import ApiOptions, serve_api
from nodechain.chain.app import Application, audit_rules
from nodechain.client.answers.light import SetChanges
from nodechain.client.answers.snapshots import Snapshots
from nodechain.client.rest import NodeApi
from nodechain.client.untrusted import read_answer
from nodechain.errors import NotFound, Unreachable
from nodechain.light.client import LightClient, genesis_trust, terms_of
from nodechain.light.store import LightStore
from nodechain.node import Node, NodeOptions
from nodechain.snapshots import chunk_work, fetcher
from nodechain.snapshots.fetcher import Fetcher, NoSource, Source
from nodechain.snapshots.files import ABOUT, KEPT, SNAPSHOT_ABOUT, SnapshotFolder
from nodechain.store.adoption import Adoption
from nodechain.store.store import Store
from tests.network.places import DEADLINE_S, until

EVERY = 3
NEWEST = EVERY * (KEPT + 1)
Lie = Callable[[str, bytes], bytes]


def honest(_path: str, data: bytes) -> bytes:
    return data


T = TypeVar("T")


class Kept(NodeApi):
    """A node in this process whose answers were kept, true or bent; `dies_after` answers it is gone."""

    def __init__(self, answers: dict[str, Any], lie: Lie = honest, dies_after: int = 10**9) -> None:
        super().__init__("http://127.0.0.1:1")
        self._answers = answers
        self._lie = lie
        self.left = dies_after
        self.asked: list[str] = []

    def get(self, path: str, kind: type[T], **query: object) -> T:
        return read_answer(msgspec.json.encode(self._answer(path)), kind, self.url)

    def get_bytes(self, path: str) -> bytes:
        data = self._answer(path)
        assert isinstance(data, bytes)
        return self._lie(path, data)

    def _answer(self, path: str) -> Any:
        self.asked.append(path)
        self.left -= 1
        if self.left < 0:
            raise Unreachable("gone")
        if path not in self._answers:
            raise NotFound(path)
        return self._answers[path]


class Away(Kept):
    """Every third answer does not come."""

    def _answer(self, path: str) -> Any:
        answer = super()._answer(path)
        if path.startswith("/v1/snapshots/") and "about" not in path and len(self.asked) % 3 == 0:
            raise Unreachable("away")
        return answer


class Hanging(Kept):
    """The first chunk never ends until it is released."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__(answers)
        self.released = Event()

    def get_bytes(self, path: str) -> bytes:
        if "about" not in path:
            self.released.wait(DEADLINE_S)
        return super().get_bytes(path)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> HomeFixture:
    return HomeFixture(tmp_path_factory.mktemp("snapshots") / "home")


@pytest.fixture(scope="module")
def answers(home: HomeFixture) -> Iterator[dict[str, Any]]:
    """All that a real node answered about its snapshots, of some chunks each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "CHUNK_TARGET_BYTES", 128)
        patch.setattr(fetcher, "PAUSES_S", (0.0, 0.0))
        yield asyncio.run(_answers(home))


async def _answers(home: HomeFixture) -> dict[str, Any]:
    found: dict[str, Any] = {}
    async with serving(home) as (node, url):
        api = NodeApi(url)
        for height in range(1, NEWEST + 2):
            raw = home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), height))
            assert (await node.submit_and_wait(raw, 30))[1] is not None
            if height % EVERY == 0:
                # One that is due while another one is made is left out.
                await until(partial(made, node, height), "the snapshot")
        listed = await asyncio.to_thread(api.get, "/v1/snapshots", Snapshots)
        assert [entry["height"] for entry in listed["snapshots"]] == [NEWEST, NEWEST - EVERY]
        found["/v1/snapshots"] = listed
        for entry in listed["snapshots"]:
            base = f"/v1/snapshots/{entry['height']}"
            for name in ("about", *range(entry["chunks"])):
                found[f"{base}/{name}"] = await asyncio.to_thread(api.get_bytes, f"{base}/{name}")
        found["/v1/light/changes"] = await asyncio.to_thread(api.get, "/v1/light/changes", SetChanges)
        api.close()
    return found


def made(node: Node, height: int) -> bool:
    return height in node.snapshots.folder.heights() and not node.snapshots.is_busy


@asynccontextmanager
async def serving(home: HomeFixture) -> AsyncIterator[tuple[Node, str]]:
    async with home.running(NodeOptions(standing_clock=True, snapshot_every=EVERY)) as node:
        server = await serve_api(node, ApiOptions(port=0))
        try:
            yield node, server.url
        finally:
            await server.close()


def fetching(home: HomeFixture, folder: Path, *apis: NodeApi) -> Fetcher:
    genesis = home.genesis
    trusted = LightStore(folder / "light", genesis_trust(genesis))

    def client_of(api: NodeApi) -> LightClient:
        return LightClient(api, trusted, terms_of(genesis), lambda: 2**62)

    return Fetcher(genesis, [Source(api) for api in apis], client_of, folder / "store", lambda _done, _chunks: None)


def check(home: HomeFixture, folder: Path, height: int) -> None:
    """The store is a chain at that height, with the state of the one it was taken from, and knows what it lacks."""
    with (
        Store.open(folder / "store", rules=audit_rules(home.genesis)) as store,
        Store.open(home.path / "data") as whole,
        whole.snapshot() as past,
    ):
        head = store.head()
        assert head is not None
        assert (head.height, store.base(), store.state_floor()) == (height, height, height)
        assert dict(store.state_entries()) == dict(past.at(height).entries())
        assert dict(store.buckets())
        assert store.block(height) == whole.block(height)
        assert store.receipts(height) == whole.receipts(height)
        for lacking in (1, height - 1):
            with pytest.raises(NotFound) as refused:
                store.block(lacking)
            assert refused.value.code == "before_snapshot"
        # It goes on from there: the next block of the chain is executed and stored.
        app = Application(home.genesis, store)
        following = whole.block(height + 1)
        assert following is not None
        _commit(app, following)
        assert app.parent.header == HEADER.decode(following.header)


def _commit(app: Application, stored: Any) -> None:
    header = HEADER.decode(stored.header)
    commits = None if app.parent.decision is None else app.parent.decision.certificate
    block = app.check(header, stored.transactions, frozenset(), commits)
    certificate = CERTIFICATE.decode(stored.certificate)
    app.commit(block, certificate)
    app.advance(block, certificate)


def test_the_newest_is_taken_over(home: HomeFixture, answers: dict[str, Any], tmp_path: Path) -> None:
    about = fetching(home, tmp_path, Kept(answers)).run()
    assert about.chunks > 4
    check(home, tmp_path, NEWEST)


def test_an_earlier_one_if_it_is_wanted(home: HomeFixture, answers: dict[str, Any], tmp_path: Path) -> None:
    fetching(home, tmp_path, Kept(answers)).run(NEWEST - EVERY)
    check(home, tmp_path, NEWEST - EVERY)


def test_several_nodes_share_the_work(home: HomeFixture, answers: dict[str, Any], tmp_path: Path) -> None:
    apis = [Kept(answers), Kept(answers), Kept(answers)]
    chunks = fetching(home, tmp_path, *apis).run().chunks
    parts = [path for api in apis for path in api.asked if path.startswith(f"/v1/snapshots/{NEWEST}/")]
    assert len(parts) == len(set(parts)) + len([path for path in parts if path.endswith("about")]) - 1
    assert len(parts) >= chunks
    check(home, tmp_path, NEWEST)


def bent(path: str, data: bytes) -> bytes:
    """One value of a chunk is another one."""
    if path.endswith("about"):
        return data
    chunk = SNAPSHOT_CHUNK.decode(data)
    if not chunk.entries:
        return data
    (key, value), *others = chunk.entries
    return encode(replace(chunk, entries=((key, value + b"\0"), *others)))


def other_chunk(path: str, data: bytes) -> bytes:
    """A true chunk, but not the one that was asked for."""
    return data if path.endswith(("about", "/0")) else encode(replace(SNAPSHOT_CHUNK.decode(data), number=0))


def other_block(path: str, data: bytes) -> bytes:
    """The snapshot of a block that nobody signed."""
    if not path.endswith("about"):
        return data
    about = SNAPSHOT_ABOUT.decode(data)
    header = replace(about.block.header, state_root=bytes(32))
    return encode(replace(about, block=replace(about.block, header=header)))


def other_receipts(path: str, data: bytes) -> bytes:
    """True state, false history."""
    about = SNAPSHOT_ABOUT.decode(data) if path.endswith("about") else None
    return data if about is None else encode(replace(about, receipts=about.receipts[:-1]))


def noise(_path: str, data: bytes) -> bytes:
    return data[:-1] + bytes((data[-1] ^ 1,))


LIES = [bent, other_chunk, other_block, other_receipts, noise]


@pytest.mark.parametrize("lie", LIES)
def test_a_liar_is_dropped_and_an_honest_node_is_enough(
    lie: Lie, home: HomeFixture, answers: dict[str, Any], tmp_path: Path
) -> None:
    run = fetching(home, tmp_path, Kept(answers, lie), Kept(answers))
    run.run()
    check(home, tmp_path, NEWEST)
    assert not run.sources[1].dropped


@pytest.mark.parametrize("lie", LIES)
def test_liars_alone_get_nothing_taken_over(
    lie: Lie, home: HomeFixture, answers: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(NoSource):
        fetching(home, tmp_path, Kept(answers, lie), Kept(answers, lie)).run(NEWEST)
    assert not (tmp_path / "store" / "head").exists()


@pytest.mark.parametrize("answered", range(2, 9))
def test_what_was_taken_stays_when_the_source_dies(
    answered: int, home: HomeFixture, answers: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(NoSource):
        fetching(home, tmp_path, Kept(answers, dies_after=answered)).run()
    again = Kept(answers)
    chunks = fetching(home, tmp_path, again).run().chunks
    asked = [path for path in again.asked if path.startswith(f"/v1/snapshots/{NEWEST}/") and "about" not in path]
    assert len(asked) == chunks - (answered - 2)
    check(home, tmp_path, NEWEST)


def test_a_node_that_is_away_for_a_moment_is_asked_again(
    home: HomeFixture, answers: dict[str, Any], tmp_path: Path
) -> None:
    away = Away(answers)
    run = fetching(home, tmp_path, away)
    run.run()
    assert not run.sources[0].dropped
    check(home, tmp_path, NEWEST)


def test_a_node_that_never_ends_its_answer_holds_nobody_up(
    home: HomeFixture, answers: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunk_work, "OVERDUE_S", 0.05)
    hanging = Hanging(answers)
    fetching(home, tmp_path, hanging, Kept(answers)).run()
    hanging.released.set()
    check(home, tmp_path, NEWEST)


def test_parts_of_another_snapshot_are_not_mixed_in(home: HomeFixture, answers: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(NoSource):
        fetching(home, tmp_path, Kept(answers, dies_after=4)).run(NEWEST - EVERY)
    fetching(home, tmp_path, Kept(answers)).run()
    check(home, tmp_path, NEWEST)


def test_nobody_offers_one(home: HomeFixture, tmp_path: Path) -> None:
    nothing: list[dict[str, Any]] = [{"snapshots": []}, {"snapshots": [{"height": "x"}]}, {}]
    for answer in nothing:
        with pytest.raises(NoSource):
            fetching(home, tmp_path, Kept({"/v1/snapshots": answer})).run()


def test_c16_what_is_not_removed_yet_is_not_offered(tmp_path: Path) -> None:
    """The third snapshot stands beside the two that are kept until `prune` has removed the oldest."""
    for height in (3, 6, 9):
        (tmp_path / str(height)).mkdir()
        (tmp_path / str(height) / ABOUT).write_bytes(b"")
    folder = SnapshotFolder(tmp_path)
    assert folder.heights() == [6, 9]
    folder.prune()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["6", "9"]


def test_a_store_in_the_making_is_no_chain(tmp_path: Path) -> None:
    adoption = Adoption(tmp_path / "store", b"somebody's")
    adoption.take(3, ((b"\x01key", b"value"),), {})
    assert adoption.taken() == {3}
    adoption.close()
    again = Adoption(tmp_path / "store", b"somebody's")
    assert again.taken() == {3}
    again.close()
