"""Identities, cards, introductions: who is let in, and how that changes while nodes run."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cryptography import x509
from msgspec.structs import replace

from ledger.chain.identity import ChainIdentity
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet
from ledger.encoding.codec import encode
from ledger.keys.crypto import Ed25519SecretKey
from nodechain.chain.validator_key import ValidatorKey
from nodechain.errors import DataDamaged, NodeError, NotFound, UsageError
from nodechain.network import limits
from nodechain.network.cards import Card, Cards, check_address, format_card, parse_card
from nodechain.network.identity import BadCertificate, fingerprint, load, load_or_create, node_id_of, rotate
from nodechain.network.introductions import INTRODUCTIONS, Introduction, KnownIntroductions, introduce, is_true
from nodechain.network.trust import merge
from tests.network.places import CHAIN, IDENTITY, card_of, make_place, running, until

KEYS = [ValidatorKey(Ed25519SecretKey(bytes([number + 1]) * 32)) for number in range(3)]


def members(*keys: ValidatorKey) -> ValidatorSet:
    return ValidatorSet(tuple(ValidatorInfo(key.address, key.key, 1, bytes(20), "") for key in keys))


# Identities.


def test_an_identity_is_made_once_and_private(tmp_path: Path) -> None:
    made = load_or_create(tmp_path / "node")
    assert load_or_create(tmp_path / "node") == made == load(tmp_path / "node")
    assert made.key_file.stat().st_mode & 0o077 == 0
    assert node_id_of(made.certificate) == made.node_id
    assert len(made.certificate) <= limits.MAX_NODE_CERTIFICATE_BYTES
    parsed = x509.load_der_x509_certificate(made.certificate)
    assert parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False


def test_rotation_gives_another_identity(tmp_path: Path) -> None:
    first = load_or_create(tmp_path / "node")
    second = rotate(tmp_path / "node")
    assert second.node_id != first.node_id
    assert load(tmp_path / "node") == second


@pytest.mark.parametrize("spoil", ["key.pem", "certificate.pem"])
def test_a_spoiled_identity_is_told(tmp_path: Path, spoil: str) -> None:
    load_or_create(tmp_path / "node")
    (tmp_path / "node" / spoil).write_text("nonsense")
    with pytest.raises(DataDamaged) as damaged:
        load(tmp_path / "node")
    assert damaged.value.code == "bad_identity"
    assert "rotate" in damaged.value.advice


def test_a_key_beside_another_certificate_is_told(tmp_path: Path) -> None:
    load_or_create(tmp_path / "node")
    other = load_or_create(tmp_path / "other")
    (tmp_path / "node" / "certificate.pem").write_bytes(other.certificate_file.read_bytes())
    with pytest.raises(DataDamaged):
        load(tmp_path / "node")


def test_what_is_no_nodes_certificate(tmp_path: Path) -> None:
    made = load_or_create(tmp_path / "node")
    for wrong in (
        b"",
        b"x" * 100,
        made.certificate[:-1] + bytes((made.certificate[-1] ^ 1,)),
        made.certificate + bytes(limits.MAX_NODE_CERTIFICATE_BYTES),
    ):
        with pytest.raises(BadCertificate):
            node_id_of(wrong)


# Cards.


def test_a_card_survives_its_file(tmp_path: Path) -> None:
    identity = load_or_create(tmp_path / "node")
    card = Card("node1", CHAIN, identity.node_id, identity.certificate, ("10.0.0.1:9000", "[::1]:9"), KEYS[0].key)
    assert parse_card(format_card(card), CHAIN) == card


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (CHAIN, "other-00000000", "wrong_chain"),
        ('"node1"', '"../node1"', "bad_card"),
        ('"name"', '"nome"', "bad_card"),
        (":9000", ":99000", "bad_address"),
        ("10.0.0.1:9000", "no host:9000", "bad_address"),
        ('"certificate": "', '"certificate": "AA', "bad_c"),
        ("{", "[", "bad_card"),
    ],
)
def test_a_wrong_card_is_refused_with_its_reason(tmp_path: Path, old: str, new: str, code: str) -> None:
    identity = load_or_create(tmp_path / "node")
    text = format_card(card_of("node1", identity, 9000)).replace("127.0.0.1", "10.0.0.1")
    assert old in text
    with pytest.raises(NodeError) as refused:
        parse_card(text.replace(old, new), CHAIN)
    assert refused.value.code.startswith(code)


def test_a_card_is_no_longer_than_its_limit(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        parse_card(" " * (limits.MAX_CARD_BYTES + 1), CHAIN)
    assert refused.value.code == "bad_card"
    longest = Card(
        "n" * 64, CHAIN, bytes(32), bytes(limits.MAX_NODE_CERTIFICATE_BYTES),
        ("a" * 120 + ":65535",) * limits.MAX_ADDRESSES, KEYS[0].key,
    )  # fmt: skip
    assert len(format_card(longest)) <= limits.MAX_CARD_BYTES
    with pytest.raises(UsageError):
        parse_card(format_card(longest).replace("aaa:65535", "aaa:65535" + "a" * limits.MAX_ADDRESS_BYTES), CHAIN)


def test_cards_of_a_home_come_go_and_change(tmp_path: Path) -> None:
    identity = load_or_create(tmp_path / "node")
    cards = Cards(tmp_path / "peers", CHAIN)
    assert cards.have_changed()
    assert not cards.have_changed()
    cards.add(card_of("one", identity, 9000))
    assert cards.have_changed()
    assert [card.name for card in cards.load()] == ["one"]
    (tmp_path / "peers" / "bad.card").write_text("{}")
    assert [card.name for card in cards.load()] == ["one"]
    assert "bad.card" in cards.unreadable
    cards.remove("one")
    assert cards.load() == []
    for name in ("one", "../node", ""):
        with pytest.raises(NotFound):
            cards.remove(name)


def test_a_home_knows_so_many_peers_and_no_more(tmp_path: Path) -> None:
    identity = load_or_create(tmp_path / "node")
    cards = Cards(tmp_path / "peers", CHAIN)
    for number in range(limits.MAX_KNOWN_PEERS):
        (tmp_path / "peers").mkdir(exist_ok=True)
        (tmp_path / "peers" / f"p{number}.card").touch()
    with pytest.raises(UsageError) as refused:
        cards.add(card_of("more", identity))
    assert refused.value.code == "too_many_peers"


@pytest.mark.parametrize(
    "text", ["", "host", "host:", ":80", "host:0", "host:65536", "ho st:1", "a" * 130 + ":1", "-:1"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_address(text)
    assert refused.value.code == "bad_address"


def test_addresses() -> None:
    assert check_address("host.example:80") == ("host.example", 80)
    assert check_address("[::1]:65535") == ("::1", 65535)


# Introductions.


def introduction(key: ValidatorKey, certificate: bytes, sequence: int = 1) -> Introduction:
    return introduce(key, IDENTITY, certificate, ("127.0.0.1:9000",), sequence)


def test_only_what_the_validator_signed_is_true(tmp_path: Path) -> None:
    certificate = load_or_create(tmp_path / "node").certificate
    good = introduction(KEYS[0], certificate)
    assert is_true(good, IDENTITY)
    assert INTRODUCTIONS.decode(encode((good,))) == (good,)
    other = load_or_create(tmp_path / "other").certificate
    for bent in (
        replace(good, chain_id="other-1"),
        replace(good, key=KEYS[1].key),
        replace(good, certificate=other),
        replace(good, certificate=b"none"),
        replace(good, addresses=("evil:1",)),
        replace(good, addresses=("no address",)),
        replace(good, sequence=2),
        replace(good, signature=bytes(64)),
    ):
        assert not is_true(bent, IDENTITY)
    assert not is_true(good, ChainIdentity("other-00000000", bytes(32)))
    # The same chain id, another genesis.
    assert not is_true(good, ChainIdentity(CHAIN, bytes([*bytes(31), 1])))


def test_the_newest_of_each_validator_counts_and_nobody_elses(tmp_path: Path) -> None:
    certificate = load_or_create(tmp_path / "node").certificate
    known = KnownIntroductions(IDENTITY)
    known.set_members(members(*KEYS[:2]))
    first, second = introduction(KEYS[0], certificate, 5), introduction(KEYS[0], certificate, 6)
    later_ms = int(1000 * limits.INTRODUCTION_S)
    assert known.hear((first,), 0) == [first]
    assert known.hear((first,), later_ms) == []
    assert known.hear((second, introduction(KEYS[2], certificate)), later_ms) == [second]
    assert known.hear((first,), 2 * later_ms) == []
    assert known.all() == (second,)
    assert known.hear((replace(second, sequence=7),), 2 * later_ms) is None
    assert known.set_members(members(KEYS[1]))
    assert known.all() == ()
    assert not known.set_members(members(KEYS[1]))


def test_the_largest_list_of_introductions_fits_its_message(tmp_path: Path) -> None:
    longest = Introduction(
        "c" * 64, bytes(32), bytes(limits.MAX_NODE_CERTIFICATE_BYTES),
        ("a" * limits.MAX_ADDRESS_BYTES,) * limits.MAX_ADDRESSES, 2**63 - 1, bytes(64),
    )  # fmt: skip
    assert len(encode((longest,) * limits.MAX_INTRODUCTIONS)) <= limits.MAX_INTRODUCTIONS_BYTES


def test_an_introduction_takes_the_place_of_an_older_card(tmp_path: Path) -> None:
    old, new, own = (load_or_create(tmp_path / name) for name in ("old", "new", "own"))
    card = card_of("node1", old, 1, KEYS[0].key)
    fresh = introduce(KEYS[0], IDENTITY, new.certificate, ("127.0.0.1:2",), 1)
    (peer,) = merge([card], [fresh], own.node_id).values()
    assert (peer.name, peer.node_id, peer.addresses) == ("node1", new.node_id, ("127.0.0.1:2",))
    same = introduce(KEYS[0], IDENTITY, old.certificate, ("127.0.0.1:2",), 1)
    (peer,) = merge([card], [same], own.node_id).values()
    assert peer.addresses == ("127.0.0.1:1", "127.0.0.1:2"), "the operator's address comes first"
    assert merge([card_of("me", own)], [], own.node_id) == {}


def test_a_validator_is_found_without_a_card_and_another_certificate_replaces_its_old_one(tmp_path: Path) -> None:
    """A knows B's card and B knows C's; A and C find each other. Then C comes back with another certificate."""
    validators = members(*KEYS)
    places = [make_place(tmp_path, name, validators=validators) for name in "abc"]
    a, b, c = places
    Cards(a.folder / "peers", CHAIN).add(card_of("b", b.identity, b.port, KEYS[1].key))
    Cards(b.folder / "peers", CHAIN).add(card_of("a", a.identity, 0, KEYS[0].key))
    Cards(b.folder / "peers", CHAIN).add(card_of("c", c.identity, c.port, KEYS[2].key))
    Cards(c.folder / "peers", CHAIN).add(card_of("b", b.identity, b.port, KEYS[1].key))

    async def scene() -> None:
        for place in places:
            place.network.directory.look_again()
        for place, key in zip(places, KEYS, strict=True):
            address = (f"127.0.0.1:{place.port}",)
            place.network.introduce(introduce(key, IDENTITY, place.identity.certificate, address, 1))
        async with running(a, b):
            async with running(c):
                await until(lambda: len(a.peers) == len(b.peers) == len(c.peers) == 2, "all three")
            await until(lambda: len(a.peers) == len(b.peers) == 1, "the third one's end")
            rotate(c.folder / "node")
            again = make_place(tmp_path, "c", validators=validators)
            assert again.identity.node_id != c.identity.node_id
            sequence = again.network.directory.sequence + 1
            own = introduce(KEYS[2], IDENTITY, again.identity.certificate, (f"127.0.0.1:{again.port}",), sequence)
            # It cannot call anybody who does not know its new certificate: one of them must hear of it from a card.
            Cards(b.folder / "peers", CHAIN).add(card_of("c2", again.identity, again.port))
            again.network.introduce(own)
            async with running(again):
                await until(lambda: again.identity.node_id in a.peers, "the new certificate", 15)
                assert c.identity.node_id not in a.network.directory.peers

    asyncio.run(scene())


def test_removing_a_card_ends_the_connection_while_the_node_runs(tmp_path: Path) -> None:
    here, there = make_place(tmp_path, "here"), make_place(tmp_path, "there")
    Cards(here.folder / "peers", CHAIN).add(card_of("there", there.identity, there.port))
    Cards(there.folder / "peers", CHAIN).add(card_of("here", here.identity))

    async def scene() -> None:
        async with running(here, there):
            await until(lambda: bool(here.peers and there.peers), "both")
            Cards(there.folder / "peers", CHAIN).remove("here")
            await until(lambda: not here.peers and not there.peers, "the end")
            Cards(there.folder / "peers", CHAIN).add(card_of("here", here.identity))
            await until(lambda: bool(here.peers and there.peers), "both again")

    asyncio.run(scene())


def test_fingerprints_are_short_and_differ() -> None:
    assert len(fingerprint(bytes(32))) == 12
    assert fingerprint(bytes(32)) != fingerprint(bytes([1]) * 32)
