"""Addresses of keys, and the text that people see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.encoding import bech32m
from ledger.encoding.codec import Codec, encode
from ledger.errors import AddressError, CryptoKeyError, MalformedInput
from ledger.keys.address import (
    MultisigKey,
    SenderKey,
    address_of,
    check_sender_key,
    format_address,
    format_key,
    parse_address,
    parse_key,
)
from ledger.keys.crypto import Ed25519SecretKey, P256SecretKey, sha256

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "bip350.json").read_text())

KEYS = sorted(Ed25519SecretKey(bytes([number]) * 32).public_key for number in range(17))
P256_KEY = P256SecretKey(5).public_key
ADDRESS = bytes(range(20))
TEXT = format_address(ADDRESS)


@pytest.mark.parametrize("text", VECTORS["valid"])
def test_bip350_valid(text: str) -> None:
    prefix, groups = bech32m.decode(text)
    assert bech32m.encode(prefix, groups) == text.lower()
    place = text.rindex("1") + 1
    with pytest.raises(AddressError):
        bech32m.decode(text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :])


@pytest.mark.parametrize("text", VECTORS["invalid"], ids=ascii)
def test_bip350_invalid(text: str) -> None:
    with pytest.raises(AddressError):
        bech32m.decode(text)


@pytest.mark.parametrize("text", VECTORS["valid_bech32"], ids=ascii)
def test_the_older_checksum_is_refused_by_name(text: str) -> None:
    with pytest.raises(AddressError, match="older Bech32"):
        bech32m.decode(text)


@pytest.mark.parametrize(("text", "script"), VECTORS["segwit_valid"])
def test_bip350_segwit_payloads(text: str, script: str) -> None:
    _, groups = bech32m.decode(text)
    program = bech32m.bytes_of(groups[1:])
    assert bytes((groups[0] + 0x50, len(program))) + program == bytes.fromhex(script)
    assert bech32m.groups_of(program) == groups[1:]


@pytest.mark.parametrize("text", VECTORS["segwit_invalid"])
def test_bip350_segwit_payloads_that_are_none(text: str) -> None:
    with pytest.raises(AddressError):
        bech32m.bytes_of(bech32m.decode(text)[1][1:])


@given(st.binary(max_size=40))
def test_bytes_and_groups_are_inverse(data: bytes) -> None:
    assert bech32m.bytes_of(bech32m.groups_of(data)) == data


@given(st.binary(min_size=20, max_size=20))
def test_an_address_comes_back_from_its_text(address: bytes) -> None:
    text = format_address(address)
    assert len(text) == 42
    assert text.startswith("nrg1")
    assert parse_address(text) == parse_address(text.upper()) == address


@given(st.binary(min_size=20, max_size=20), st.integers(4, 41), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_one_wrong_character_is_noticed(address: bytes, place: int, character: str) -> None:
    text = format_address(address)
    wrong = text[:place] + character + text[place + 1 :]
    if wrong != text:
        with pytest.raises(AddressError, match="checksum"):
            parse_address(wrong)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no '1'"),
        ("anna", "no '1'"),
        (TEXT[:-1], "checksum"),
        (TEXT[:10] + TEXT[11:], "checksum"),
        (TEXT[:8].upper() + TEXT[8:], "mixes"),
        (f" {TEXT}", "cannot stand"),
        (f"{TEXT}\n", "cannot stand"),
        (TEXT.replace("nrg", "nrğ"), "cannot stand"),
        (bech32m.encode("bc", bech32m.groups_of(ADDRESS)), "starts with 'nrg1'"),
        (format_key(KEYS[0]), "starts with 'nrg1'"),
        (bech32m.encode("nrg", bech32m.groups_of(ADDRESS[:19])), "19 bytes"),
        (bech32m.encode("nrg", bech32m.groups_of(ADDRESS + b"x")), "21 bytes"),
        (bech32m.encode("nrg", [*bech32m.groups_of(ADDRESS), 0]), "bits that mean nothing"),
        ("nrg1" + "q" * 100, "at most 90"),
        ("nrg1qqb", "too short"),
        ("nrg1" + "b" * 38, "never used"),
    ],
)
def test_what_is_no_address_says_why(text: str, reason: str) -> None:
    with pytest.raises(AddressError, match=reason):
        parse_address(text)


@pytest.mark.parametrize("size", [0, 19, 21, 32])
def test_an_address_has_20_bytes(size: int) -> None:
    with pytest.raises(AddressError):
        format_address(bytes(size))


@pytest.mark.parametrize("key", [KEYS[0], P256_KEY])
def test_a_public_key_comes_back_from_its_text(key: bytes) -> None:
    assert format_key(key).startswith("nrgpub1")
    assert parse_key(format_key(key)) == key


def test_what_is_no_public_key_has_no_text() -> None:
    with pytest.raises(CryptoKeyError):
        format_key(b"\x01" + bytes(31))
    with pytest.raises(CryptoKeyError):
        parse_key(bech32m.encode("nrgpub", bech32m.groups_of(bytes(33))))
    with pytest.raises(AddressError, match="public key"):
        parse_key(TEXT)


def test_an_address_is_the_stated_hash() -> None:
    tag = b"nodechain/address"
    assert address_of(KEYS[0]) == sha256(bytes([len(tag)]) + tag + KEYS[0])[:20]


def test_addresses_are_pinned() -> None:
    """These texts stand in files and on paper: if this fails, every account has moved."""
    key = Ed25519SecretKey(b"1" * 32).public_key
    assert format_address(address_of(key)) == "nrg1gpc3rm6ffptdhsjtyhpv45ps92yu9xtvw7nvmw"
    assert format_key(key) == "nrgpub1q9yqwkje0eep59tw9crenhjucrznynwxul40rnw5vfggdrk9xg2a69ehdnv"


def test_a_multisig_address_commits_to_threshold_and_keys() -> None:
    senders: list[bytes | MultisigKey] = [KEYS[0], P256_KEY]
    senders += [MultisigKey(1, (KEYS[0],)), MultisigKey(1, (KEYS[0], KEYS[1])), MultisigKey(2, (KEYS[0], KEYS[1]))]
    senders += [MultisigKey(2, (KEYS[0], KEYS[2])), MultisigKey(2, tuple(KEYS[:3]))]
    for sender in senders:
        check_sender_key(sender)
    assert len({address_of(sender) for sender in senders}) == len(senders)


@pytest.mark.parametrize(
    "key",
    [
        MultisigKey(1, ()),
        MultisigKey(0, (KEYS[0],)),
        MultisigKey(-1, (KEYS[0],)),
        MultisigKey(2, (KEYS[0],)),
        MultisigKey(1, (KEYS[1], KEYS[0])),
        MultisigKey(1, (KEYS[0], KEYS[0])),
        MultisigKey(1, tuple(KEYS[:17])),
        MultisigKey(1, (b"\x01" + bytes(32),)),
        b"",
        b"\x01" + bytes(32),
    ],
)
def test_what_may_not_send(key: bytes | MultisigKey) -> None:
    with pytest.raises(CryptoKeyError):
        check_sender_key(key)


def test_sixteen_mixed_keys_may_send() -> None:
    check_sender_key(MultisigKey(16, tuple(sorted([*KEYS[:15], P256_KEY]))))


@pytest.mark.parametrize("key", [KEYS[0], P256_KEY, MultisigKey(2, tuple(KEYS[:3]))])
def test_a_sender_key_travels(key: SenderKey) -> None:
    assert Codec[SenderKey](SenderKey, 1_000).decode(encode(key)) == key


def test_multisig_keys_do_not_nest() -> None:
    nested = encode((1, ((1, (KEYS[0],)),)))
    with pytest.raises(MalformedInput):
        Codec[SenderKey](SenderKey, 1_000).decode(nested)
