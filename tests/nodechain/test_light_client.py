"""The light client against nodes that may lie, and its file of trusted headers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from harness.chain import make_genesis
from harness.light_chain import LightChain, entries, fresh_head, header, set_named, signed
from harness.light_node import Served, changing
from ledger.chain.genesis import ConsensusMode
from ledger.encoding.codec import encode
from ledger.light import kept
from ledger.light.headers import TRUSTING_MS, LightBlock
from nodechain.commands import light as light_commands
from nodechain.errors import BadAnswer, DataDamaged, NodeError
from nodechain.light.client import LightClient, UnprovenAnswer
from nodechain.light.store import LightStore


def client(chain: LightChain, folder: Path, api: Served | None = None, now_ms: int | None = None) -> LightClient:
    store = LightStore(folder / "light", chain.trusted())
    return LightClient(api or Served(chain), store, chain.terms, lambda: chain.now_ms if now_ms is None else now_ms)


@pytest.mark.parametrize("mode", list(ConsensusMode))
def test_a_long_chain_is_followed_over_all_its_changes(mode: ConsensusMode, tmp_path: Path) -> None:
    chain = changing(40, mode)
    following = client(chain, tmp_path)
    seen: list[int] = []
    assert following.sync(seen.append) == chain.trusted(len(chain.blocks) - 1)
    assert seen == sorted(seen)
    assert LightStore(tmp_path / "light", chain.trusted()).head == following.store.head


def test_skips_save_most_of_the_headers(tmp_path: Path) -> None:
    chain, poa = changing(40), changing(40, ConsensusMode.POA)
    for each in (chain, poa):
        (tmp_path / each.terms.mode.name).mkdir()
        client(each, tmp_path / each.terms.mode.name).sync()
    stores = [LightStore(tmp_path / each.terms.mode.name / "light", each.trusted()) for each in (chain, poa)]
    assert len(stores[1].headers) == 42
    assert len(stores[0].headers) < 30


def test_beyond_the_trusting_period_every_change_is_followed(tmp_path: Path) -> None:
    chain = changing(10)
    late = chain.head.time_ms + TRUSTING_MS
    following = client(chain, tmp_path, now_ms=late)
    following.sync()
    assert len(following.store.headers) == 12


def test_an_older_header_is_reached_from_the_one_before_it(tmp_path: Path) -> None:
    chain = changing(10)
    following = client(chain, tmp_path)
    following.sync()
    head = following.store.head
    for height in (1, 7, 20, len(chain.blocks) - 1):
        assert following.reach(chain.blocks[height]).header == chain.blocks[height].header
    assert following.store.head == head


def test_what_was_followed_is_not_asked_for_again(tmp_path: Path) -> None:
    chain = changing(10)
    client(chain, tmp_path).sync()
    again = Served(chain)
    client(chain, tmp_path, again).sync()
    assert again.asked == ["/v1/light/blocks/latest"]


def test_a_node_that_hides_what_is_new_is_held_back_by_h10_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = changing(3)
    late = client(chain, tmp_path, now_ms=chain.head.time_ms + 11_000)
    with pytest.raises(NodeError) as refused:
        light_commands.synced(late, make_genesis(), 10)
    assert refused.value.code == "stale_head"
    monkeypatch.setattr(light_commands, "require_fresh", lambda *_: None)
    assert light_commands.synced(late, make_genesis(), 10)[0].header == chain.head


def quiet(tmp_path: Path, silent_ms: int, said: dict[str, int]) -> tuple[LightClient, Served]:
    """A chain whose head is older than anybody takes for fresh; its validators spoke of it so long after it."""
    chain = LightChain()
    chain.grow(3)
    served = Served(chain)
    times = {name: chain.head.time_ms + after for name, after in said.items()}
    served.said = fresh_head(chain.head, chain.names, times)
    return client(chain, tmp_path, served, now_ms=chain.head.time_ms + silent_ms), served


def test_a_chain_without_blocks_is_fresh_by_what_its_validators_say(tmp_path: Path) -> None:
    light, _served = quiet(tmp_path, 3_600_000, {"V": 3_590_000, "W": 3_580_000, "X": 3_570_000})
    head, as_of_ms = light_commands.synced(light, make_genesis(), None)
    assert as_of_ms == head.header.time_ms + 3_570_000


@pytest.mark.parametrize(
    "said",
    [
        {"V": 3_590_000, "W": 3_590_000},
        {"V": 3_590_000, "W": 3_590_000, "X": 3_000_000, "Y": 10},
        {},
    ],
)
def test_a_minority_makes_nothing_fresh(tmp_path: Path, said: dict[str, int]) -> None:
    light, _served = quiet(tmp_path, 3_600_000, said)
    with pytest.raises(NodeError) as refused:
        light_commands.synced(light, make_genesis(), None)
    assert refused.value.code == "stale_head"


def test_a_false_statement_is_a_lie_and_none_at_all_is_none(tmp_path: Path) -> None:
    light, served = quiet(tmp_path, 3_600_000, {"V": 3_590_000, "W": 3_580_000, "X": 3_570_000})
    assert served.said is not None
    first, *others = served.said.statements
    served.said = replace(served.said, statements=(replace(first, time_ms=first.time_ms + 1), *others))
    with pytest.raises(UnprovenAnswer) as refused:
        light_commands.synced(light, make_genesis(), None)
    assert refused.value.code == "bad_statement"
    served.said = None
    with pytest.raises(NodeError) as stale:
        light_commands.synced(light, make_genesis(), None)
    assert stale.value.code == "stale_head"


# Lies.


def forged_head(chain: LightChain) -> LightBlock:
    """Signed by three validators that nobody ever handed over to."""
    names = ("X", "Y", "Z")
    made = replace(header(len(chain.blocks), chain.head.hash(), names, names), time_ms=chain.now_ms)
    return LightBlock(made, signed(made, names, names), entries(*names), ())


def other_block(chain: LightChain) -> LightBlock:
    """A second block at the head's height, signed by the same validators: the chain has split."""
    block = chain.blocks[-1]
    made = replace(block.header, state_root=bytes(32))
    return replace(block, header=made, certificate=signed(made, chain.names, chain.names))


LIES: dict[str, tuple[str, Callable[[LightChain], Callable[[str, Any], Any]]]] = {
    "no hex": ("bad_answer", lambda _chain: lambda path, answer: {**answer, "block": "zz"}),
    "no block": ("malformed_input", lambda _chain: lambda path, answer: {**answer, "block": "00"}),
    "usurpers": ("does_not_continue", lambda chain: _serves("latest", forged_head(chain))),
    "no changes": (
        "no_path", lambda _chain: lambda path, answer: {**answer, "changes": []} if "changes" in path else answer,
    ),
    "changes that are none": (
        "bad_answer", lambda _chain: lambda path, answer: {**answer, "changes": ["1"]} if "changes" in path else answer,
    ),
    "a change far ahead": (
        "no_path", lambda _chain: lambda path, answer: {**answer, "changes": [10**6]} if "changes" in path else answer,
    ),
}  # fmt: skip


def _serves(name: str, block: LightBlock) -> Callable[[str, Any], Any]:
    return lambda path, answer: {**answer, "block": encode(block).hex()} if path.endswith(name) else answer


@pytest.mark.parametrize("name", sorted(LIES))
def test_a_lying_node_is_not_believed(name: str, tmp_path: Path) -> None:
    code, lie = LIES[name]
    chain = changing(10, ConsensusMode.POA)
    following = client(chain, tmp_path, Served(chain, lie(chain)))
    if name == "usurpers":
        following.store.add(chain.trusted(len(chain.blocks) - 1))
    before = following.store.head
    with pytest.raises((UnprovenAnswer, BadAnswer)) as refused:
        following.sync()
    assert refused.value.code == code
    assert following.store.head == before


def test_a_second_block_of_one_height_is_reported(tmp_path: Path) -> None:
    chain = changing(2)
    following = client(chain, tmp_path)
    following.sync()
    with pytest.raises(UnprovenAnswer) as refused:
        following.reach(other_block(chain))
    assert refused.value.code == "conflicting_headers"


def test_below_the_trusted_header_nothing_is_known(tmp_path: Path) -> None:
    chain = changing(2)
    following = client(chain, tmp_path)
    following.store.reset(chain.trusted(5))
    with pytest.raises(UnprovenAnswer) as refused:
        following.reach(chain.blocks[4])
    assert refused.value.code == "below_trust"


# The file.


def test_the_file_is_bounded_and_keeps_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_KEPT", 6)
    chain = changing(10, ConsensusMode.POA)
    following = client(chain, tmp_path)
    following.sync()
    assert len(following.store.headers) == 6
    assert following.store.headers.first == chain.trusted(0)
    assert following.store.head == chain.trusted(len(chain.blocks) - 1)


@pytest.mark.parametrize("damage", ["cut", "noise", "other chain", "other set"])
def test_a_damaged_file_says_how_to_go_on(damage: str, tmp_path: Path) -> None:
    chain = changing(3)
    client(chain, tmp_path).sync()
    path = tmp_path / "light"
    data = path.read_bytes()
    anchor = chain.trusted()
    if damage == "cut":
        path.write_bytes(data[:-1])
    elif damage == "noise":
        path.write_bytes(b"noise")
    elif damage == "other chain":
        anchor = replace_chain(chain)
    else:
        key = set_named("v1").members[0].key
        path.write_bytes(data.replace(key, bytes(32), 1))
    with pytest.raises(DataDamaged) as refused:
        LightStore(path, anchor)
    assert str(path) in refused.value.advice


def replace_chain(chain: LightChain) -> Any:
    trusted = chain.trusted()
    return type(trusted)(replace(trusted.header, chain_id="other-01020304"), trusted.hash, trusted.validators)


def test_break_26_commands_at_once_share_the_file(tmp_path: Path) -> None:
    """Eight verified balances at once ended with `storage_failed`: each wrote the same temporary file."""
    chain = changing(12)
    stores = [LightStore(tmp_path / "light", chain.trusted()) for _ in range(8)]

    def follow(store: LightStore) -> None:
        for height in range(1, len(chain.blocks)):
            store.add(chain.trusted(height))

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(follow, stores))
    assert LightStore(tmp_path / "light", chain.trusted()).head == chain.trusted(len(chain.blocks) - 1)


def test_break_26_another_commands_file_is_not_set_back(tmp_path: Path) -> None:
    chain = changing(2)
    slow, quick = (LightStore(tmp_path / "light", chain.trusted()) for _ in range(2))
    quick.add(chain.trusted(3))
    slow.add(chain.trusted(1))
    assert LightStore(tmp_path / "light", chain.trusted()).head == chain.trusted(3)
    quick.reset(chain.trusted(2))
    slow.add(chain.trusted(5))
    assert LightStore(tmp_path / "light", chain.trusted()).headers.first == chain.trusted(2)
