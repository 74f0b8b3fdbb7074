"""Keys, signatures and what they cover."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BrokenInvariant, CryptoKeyError
from ledger.keys import crypto, p256
from ledger.keys.crypto import (
    Algorithm,
    Ed25519SecretKey,
    P256SecretKey,
    SecretKey,
    check_public_key,
    generate_secret_key,
    secret_key_from_bytes,
    signing_bytes,
    tagged_hash,
    verify,
)

KEYS: list[SecretKey] = [Ed25519SecretKey(b"\x07" * 32), P256SecretKey(12345)]
DOMAINS = [getattr(crypto, name) for name in sorted(dir(crypto)) if name.startswith("DOMAIN_")]


def test_tagged_hash_is_sha256_over_length_tag_and_parts() -> None:
    assert tagged_hash(b"ab", b"c", b"", b"d") == hashlib.sha256(b"\x02abcd").digest()


@given(
    st.binary(min_size=1, max_size=8), st.binary(max_size=8), st.binary(min_size=1, max_size=8), st.binary(max_size=8)
)
def test_two_tags_never_hash_the_same_bytes(tag: bytes, data: bytes, other_tag: bytes, other_data: bytes) -> None:
    same = (tag, data) == (other_tag, other_data)
    assert (tagged_hash(tag, data) == tagged_hash(other_tag, other_data)) is same


@pytest.mark.parametrize("tag", [b"", b"x" * 256])
def test_a_tag_has_1_to_255_bytes(tag: bytes) -> None:
    with pytest.raises(BrokenInvariant):
        tagged_hash(tag, b"data")


def test_c1_signing_bytes_are_domain_whole_genesis_hash_and_message() -> None:
    genesis_hash = bytes(range(32))
    assert signing_bytes(b"ab", genesis_hash, b"m") == b"\x02ab" + genesis_hash + b"m"


@pytest.mark.parametrize("genesis_hash", [b"", bytes(4), bytes(31), bytes(33)])
def test_c1_what_is_no_hash_of_32_bytes_names_no_chain(genesis_hash: bytes) -> None:
    with pytest.raises(BrokenInvariant):
        signing_bytes(b"domain", genesis_hash, b"")


Triple = tuple[bytes, bytes, bytes]
HASHES = st.sampled_from((bytes(32), bytes((*bytes(31), 1)), bytes((1, *bytes(31)))))
TRIPLES = st.tuples(st.binary(min_size=1, max_size=5), HASHES, st.binary(max_size=5))


@given(TRIPLES, TRIPLES)
def test_signing_bytes_can_be_told_apart(one: Triple, other: Triple) -> None:
    assert (signing_bytes(*one) == signing_bytes(*other)) is (one == other)


def test_all_domains_are_distinct_and_ours() -> None:
    assert len(set(DOMAINS)) == len(DOMAINS) >= 8
    assert all(domain.startswith(b"nodechain/") for domain in DOMAINS)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm.name)
def test_a_signature_fits_its_message_and_key_only(key: SecretKey) -> None:
    signature = key.sign(b"message")
    assert len(signature) == 64
    assert verify(key.public_key, b"message", signature)
    assert not verify(key.public_key, b"massage", signature)
    for other in KEYS:
        if other is not key:
            assert not verify(other.public_key, b"message", signature)
    for place in range(64):
        forged = bytearray(signature)
        forged[place] ^= 1
        assert not verify(key.public_key, b"message", bytes(forged))


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm.name)
def test_signing_is_deterministic(key: SecretKey) -> None:
    assert key.sign(b"message") == key.sign(b"message") != key.sign(b"other")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm.name)
def test_wrong_sizes_are_false_and_never_an_error(key: SecretKey) -> None:
    signature = key.sign(b"m")
    for wrong in (b"", signature[:-1], signature + b"\0"):
        assert not verify(key.public_key, b"m", wrong)
    for wrong in (b"", key.public_key[:1], key.public_key[:-1], key.public_key + b"\0", b"\x03" + key.public_key[1:]):
        assert not verify(wrong, b"m", signature)


@given(st.binary(max_size=40), st.binary(max_size=5), st.binary(min_size=60, max_size=70))
def test_noise_is_no_signature(key: bytes, message: bytes, signature: bytes) -> None:
    assert not verify(key, message, signature)
    assert not verify(b"\x01" + key[:32].ljust(32, b"\x05"), message, signature)
    assert not verify(b"\x02\x02" + key[:32].ljust(32, b"\x05"), message, signature)


def test_ed25519_agrees_with_rfc_8032_test_2() -> None:
    key = Ed25519SecretKey(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert key.public_key.hex() == "013d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_ed25519_signs_like_another_implementation(seed: bytes, message: bytes) -> None:
    assert Ed25519SecretKey(seed).sign(message) == Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def test_p256_agrees_with_rfc_6979_a_2_5() -> None:
    """The 'sample' vector with SHA-256; its s lies in the upper half, so ours is the other one."""
    key = P256SecretKey(0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721)
    s = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
    signature = key.sign(b"sample")
    assert key.public_key.hex() == "020360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    assert signature[:32].hex() == "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    assert int.from_bytes(signature[32:], "big") == p256.ORDER - s <= p256.HALF_ORDER


def test_p256_refuses_high_s() -> None:
    key = P256SecretKey(99)
    signature = key.sign(b"m")
    high = p256.ORDER - int.from_bytes(signature[32:], "big")
    assert verify(key.public_key, b"m", signature)
    assert not verify(key.public_key, b"m", signature[:32] + high.to_bytes(32, "big"))


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (p256.ORDER, 1), (1, p256.ORDER), (2**256 - 1, 2**256 - 1)])
def test_p256_refuses_numbers_outside_of_the_group(r: int, s: int) -> None:
    assert not verify(P256SecretKey(99).public_key, b"m", r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@given(st.integers(min_value=1, max_value=p256.ORDER - 1), st.binary(max_size=100))
def test_p256_verifies_what_another_signer_made(scalar: int, message: bytes) -> None:
    other = ec.derive_private_key(scalar, ec.SECP256R1())
    r, s = decode_dss_signature(other.sign(message, ec.ECDSA(SHA256())))
    signature = r.to_bytes(32, "big") + min(s, p256.ORDER - s).to_bytes(32, "big")
    key = P256SecretKey(scalar)
    assert verify(key.public_key, message, signature)
    assert verify(key.public_key, message, key.sign(message))


PRIME = 2**255 - 19


def small_order_keys() -> list[bytes]:
    text = files("ledger").joinpath("data").joinpath("ed25519_speccheck.json").read_text()
    published = sorted({case["pub_key"] for case in json.loads(text)[:2]})
    y = int.from_bytes(bytes.fromhex(published[0]), "little") & (2**255 - 1)
    order_8 = [(value | sign << 255).to_bytes(32, "little") for value in (y, PRIME - y) for sign in (0, 1)]
    return [*map(bytes.fromhex, published), *order_8, bytes(32), bytes(31) + b"\x80"]


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"\x01",
        b"\x01" + b"\x05" * 31,
        b"\x01" + b"\x05" * 33,
        b"\x00" + b"\x05" * 32,
        b"\x03" + b"\x05" * 32,
        b"\x02" + b"\x04" + b"\x05" * 32,
        b"\x02" + b"\x02" + b"\xff" * 32,
        b"\x02" + b"\x02" + (5).to_bytes(32, "big") + b"\0",
        b"\x02" + bytes(33),
        b"\x01" + PRIME.to_bytes(32, "little"),
        b"\x01" + (2**255 - 1).to_bytes(32, "little"),
        b"\x01" + (1).to_bytes(32, "little"),
        b"\x01" + (1 | 1 << 255).to_bytes(32, "little"),
        b"\x01" + (PRIME - 1).to_bytes(32, "little"),
        *(b"\x01" + key for key in small_order_keys()),
    ],
    ids=lambda key: key.hex()[:16] or "empty",
)
def test_what_is_no_public_key(key: bytes) -> None:
    with pytest.raises(CryptoKeyError) as caught:
        check_public_key(key)
    assert caught.value.code == "bad_key"


def test_a_point_off_the_curve_is_no_key() -> None:
    on_curve = [p256.is_point(b"\x02" + x.to_bytes(32, "big")) for x in range(40)]
    # Half of all x have no y: then decompression must fail, not give some point.
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    assert on_curve == [pow(x**3 - 3 * x + b, (p - 1) // 2, p) == 1 for x in range(40)]
    assert True in on_curve
    assert False in on_curve


def test_the_small_order_table_is_the_curves() -> None:
    """Order 1: y = 1; order 2: y = -1; order 4: y = 0; order 8: doubling gives y = 0, so 2y^2 = 1 - d y^4."""
    d = -121665 * pow(121666, -1, PRIME) % PRIME
    order_8 = {y for y in crypto._SMALL_ORDER_Y if (2 * y * y - 1 + d * pow(y, 4, PRIME)) % PRIME == 0}
    assert len(order_8) == 2
    assert order_8 | {0, 1, PRIME - 1} == crypto._SMALL_ORDER_Y


def test_uncompressed_points_are_refused() -> None:
    public = ec.derive_private_key(7, ec.SECP256R1()).public_key().public_numbers()
    uncompressed = b"\x04" + public.x.to_bytes(32, "big") + public.y.to_bytes(32, "big")
    with pytest.raises(CryptoKeyError):
        check_public_key(b"\x02" + uncompressed)
    assert not verify(b"\x02" + uncompressed, b"m", P256SecretKey(7).sign(b"m"))


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm.name)
def test_a_key_comes_back_from_its_bytes(key: Ed25519SecretKey | P256SecretKey) -> None:
    again = secret_key_from_bytes(key.algorithm, key.secret_bytes)
    assert again.public_key == key.public_key
    assert check_public_key(key.public_key) is key.algorithm is again.algorithm


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm.name)
def test_no_way_of_printing_shows_the_secret(key: Ed25519SecretKey | P256SecretKey) -> None:
    secret = key.secret_bytes.hex().lstrip("0")
    number = str(int.from_bytes(key.secret_bytes, "big"))
    for shown in (repr(key), str(key), f"{key}", repr([key])):
        assert secret not in shown
        assert number not in shown
        assert key.public_key.hex() in shown
    assert not hasattr(key, "__dict__")


@pytest.mark.parametrize("algorithm", Algorithm)
@given(entropy=st.binary(min_size=40, max_size=40))
def test_entropy_makes_a_key(algorithm: Algorithm, entropy: bytes) -> None:
    key = generate_secret_key(algorithm, entropy[:32] if algorithm is Algorithm.ED25519 else entropy)
    assert check_public_key(key.public_key) is algorithm


def test_entropy_at_the_ends_of_the_order() -> None:
    for number in (0, p256.ORDER - 2, p256.ORDER - 1, p256.ORDER):
        scalar = generate_secret_key(Algorithm.P256, number.to_bytes(40, "big")).secret_bytes
        assert int.from_bytes(scalar, "big") == number % (p256.ORDER - 1) + 1


@pytest.mark.parametrize(
    ("algorithm", "size"), [(Algorithm.ED25519, 31), (Algorithm.ED25519, 33), (Algorithm.P256, 39)]
)
def test_too_little_entropy_is_refused(algorithm: Algorithm, size: int) -> None:
    with pytest.raises(CryptoKeyError):
        generate_secret_key(algorithm, bytes(size))


@pytest.mark.parametrize("scalar", [0, p256.ORDER])
def test_a_p256_secret_lies_in_the_group(scalar: int) -> None:
    with pytest.raises(CryptoKeyError):
        P256SecretKey(scalar)
    with pytest.raises(CryptoKeyError):
        secret_key_from_bytes(Algorithm.P256, scalar.to_bytes(32, "big"))
    with pytest.raises(CryptoKeyError):
        secret_key_from_bytes(Algorithm.P256, b"\x01")
