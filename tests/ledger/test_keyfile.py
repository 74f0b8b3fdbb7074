"""Key files: the standard's vectors open, ours open again, and hostile ones cost nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import InputTooLarge, KeyfileError, WrongPassword
from ledger.keys.address import address_of
from ledger.keys.crypto import Ed25519SecretKey, P256SecretKey
from ledger.keys.keyfile import (
    COST_LIGHT,
    COST_STANDARD,
    MAX_SCRYPT_WORK,
    CryptoSection,
    Keyfile,
    KeyKind,
    ScryptCost,
    decrypt_secret,
    encode_password,
    open_key,
    read_keyfile,
    seal_key,
    write_keyfile,
)
from ledger.limits import MAX_KEYFILE_BYTES

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "eip2335.json").read_text())
QUICK = ScryptCost(2**4)
KEY = Ed25519SecretKey(b"\x11" * 32)


def sealed(key: Ed25519SecretKey | P256SecretKey = KEY, password: str = "correct", cost: ScryptCost = QUICK) -> Keyfile:
    return seal_key(
        key,
        password,
        name="anna",
        kind=KeyKind.ACCOUNT,
        path="m/44'/7238247'/0'/0'",
        salt=bytes(range(32)),
        iv=bytes(range(16)),
        uuid=b"\xff" * 16,
        cost=cost,
    )


FILE = write_keyfile(sealed())


def changed(**values: Any) -> bytes:
    """The file with some fields replaced; `a__b` is field b of object a."""
    document = json.loads(FILE)
    for name, value in values.items():
        *parents, last = name.split("__")
        place = document
        for parent in parents:
            place = place[parent]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize("section", VECTORS["crypto"], ids=lambda section: section["kdf"]["function"])
def test_official_vectors_open(section: dict[str, Any]) -> None:
    crypto = msgspec.convert(section, CryptoSection)
    assert decrypt_secret(crypto, VECTORS["password"]).hex() == VECTORS["secret"]


def test_the_official_password_is_encoded_as_stated() -> None:
    assert encode_password(VECTORS["password"]).hex() == VECTORS["encoded_password"]


def test_control_characters_are_stripped_and_spaces_kept() -> None:
    controls = "".join(map(chr, [*range(32), *range(127, 160)]))
    assert encode_password(f"a{controls} b") == b"a b"


@pytest.mark.parametrize("password", ["", "\n", "\x7f\x80", "\ud800"])
def test_a_password_of_nothing_is_refused(password: str) -> None:
    with pytest.raises(KeyfileError) as caught:
        encode_password(password)
    assert caught.value.code == "bad_password"


@pytest.mark.parametrize(
    "key", [KEY, P256SecretKey(1), P256SecretKey(2**255)], ids=lambda key: key.public_key.hex()[:8]
)
def test_a_key_comes_back(key: Ed25519SecretKey | P256SecretKey) -> None:
    data = write_keyfile(sealed(key))
    found = read_keyfile(data)
    assert write_keyfile(found) == data
    assert (found.name, found.kind, found.path) == ("anna", KeyKind.ACCOUNT, "m/44'/7238247'/0'/0'")
    assert found.public_key == key.public_key
    assert found.address == address_of(key.public_key)
    opened = open_key(found, "correct")
    assert opened.secret_bytes == key.secret_bytes
    assert opened.algorithm is key.algorithm


@given(st.binary(min_size=32, max_size=32), st.text(min_size=1, max_size=20).map("x{}".format))
def test_any_key_under_any_password(seed: bytes, password: str) -> None:
    key = Ed25519SecretKey(seed)
    keyfile = sealed(key, password)
    assert open_key(keyfile, password).secret_bytes == seed
    with pytest.raises(WrongPassword):
        open_key(keyfile, f"{password}?")


def test_the_standard_cost_is_written_and_read() -> None:
    keyfile = sealed(cost=COST_STANDARD)
    assert json.loads(write_keyfile(keyfile))["crypto"]["kdf"]["params"]["n"] == 2**17
    assert open_key(keyfile, "correct").public_key == KEY.public_key
    assert COST_LIGHT.n == 2**12


def test_the_file_is_shaped_as_the_standard_says() -> None:
    document = json.loads(FILE)
    assert document["version"] == 4
    assert document["uuid"] == "ffffffff-ffff-4fff-bfff-ffffffffffff"
    assert set(document["crypto"]) == {"kdf", "checksum", "cipher"}
    for module in document["crypto"].values():
        assert set(module) == {"function", "params", "message"}
    assert FILE.endswith(b"}\n")


def test_no_secret_is_in_the_file_or_its_text() -> None:
    for shown in (FILE.decode(), repr(sealed()), str(sealed())):
        assert KEY.secret_bytes.hex() not in shown
        assert "correct" not in shown


@pytest.mark.parametrize("password", ["Correct", "correct ", "x"])
def test_a_wrong_password(password: str) -> None:
    with pytest.raises(WrongPassword) as caught:
        open_key(read_keyfile(FILE), password)
    assert caught.value.code == "wrong_password"


def test_passwords_that_are_written_differently_are_the_same() -> None:
    assert open_key(sealed(password="caf\u00e9"), "cafe\u0301").public_key == KEY.public_key


def test_a_changed_public_key_is_noticed() -> None:
    other = Ed25519SecretKey(b"\x12" * 32).public_key.hex()
    with pytest.raises(KeyfileError, match="another public key"):
        open_key(read_keyfile(changed(pubkey=other)), "correct")


def test_a_secret_that_is_no_key_is_noticed() -> None:
    p256 = P256SecretKey(5)
    keyfile = read_keyfile(changed(pubkey=p256.public_key.hex()))
    with pytest.raises(KeyfileError, match="another public key"):
        open_key(keyfile, "correct")


@pytest.mark.parametrize("part", ["crypto__cipher__message", "crypto__checksum__message", "crypto__kdf__params__salt"])
def test_a_flipped_bit_is_noticed(part: str) -> None:
    place = json.loads(FILE)
    for name in part.split("__"):
        place = place[name]
    flipped = bytearray.fromhex(place)
    flipped[0] ^= 1
    with pytest.raises(WrongPassword):
        open_key(read_keyfile(changed(**{part: flipped.hex()})), "correct")


def test_a_flipped_bit_of_the_iv_is_noticed() -> None:
    """The checksum does not cover the iv (the standard's choice); the public key does."""
    with pytest.raises(KeyfileError, match="another public key"):
        open_key(read_keyfile(changed(crypto__cipher__params__iv="01" * 16)), "correct")


@pytest.mark.parametrize(
    "values",
    [
        {"version": 3},
        {"version": "4"},
        {"kind": "banker"},
        {"kind": None},
        {"name": None},
        {"pubkey": None},
        {"pubkey": "zz"},
        {"pubkey": "01" * 32},
        {"pubkey": "03" * 33},
        {"pubkey": "01" + "00" * 32},
        {"extra": 1},
        {"crypto": None},
        {"crypto__kdf__function": "md5"},
        {"crypto__kdf__message": "00"},
        {"crypto__kdf__params__n": 1.5},
        {"crypto__kdf__params__n": 1},
        {"crypto__kdf__params__n": 2**63},
        {"crypto__kdf__params__r": 0},
        {"crypto__kdf__params__p": 2**20},
        {"crypto__kdf__params__dklen": 64},
        {"crypto__cipher__function": "aes-256-cbc"},
        {"crypto__checksum__function": "md5"},
        {"crypto__checksum__params": {"a": 1}},
    ],
    ids=str,
)
def test_what_is_no_key_file(values: dict[str, Any]) -> None:
    with pytest.raises(KeyfileError):
        read_keyfile(changed(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"crypto__kdf__params__n": 2**19},
        {"crypto__kdf__params__n": 2**18, "crypto__kdf__params__p": 2},
        {"crypto__kdf__params__n": 2**17, "crypto__kdf__params__r": 64},
        {"crypto__kdf__params__n": 1000},
        {"crypto__kdf__params__salt": ""},
        {"crypto__kdf__params__salt": "00" * 65},
        {"crypto__kdf__params__salt": "xx"},
        {"crypto__cipher__message": ""},
        {"crypto__cipher__message": "00" * 65},
        {"crypto__cipher__params__iv": "00" * 15},
        {"crypto__checksum__message": "00" * 31},
    ],
    ids=str,
)
def test_what_would_be_costly_or_senseless_to_open(values: dict[str, Any]) -> None:
    keyfile = read_keyfile(changed(**values))
    with pytest.raises(KeyfileError) as caught:
        open_key(keyfile, "correct")
    assert not isinstance(caught.value, WrongPassword)


def test_the_bounds_admit_the_standard_and_our_costs() -> None:
    assert MAX_SCRYPT_WORK == 262144 * 8
    assert COST_STANDARD.n * COST_STANDARD.r * COST_STANDARD.p <= MAX_SCRYPT_WORK


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b"\xff", b"{" * 5000, b"[" * 5000, FILE[:-10], FILE + b"x"]
)
def test_what_is_no_json_of_ours(data: bytes) -> None:
    with pytest.raises(KeyfileError):
        read_keyfile(data)


def test_a_long_file_is_refused_unread() -> None:
    with pytest.raises(InputTooLarge):
        read_keyfile(b" " * (MAX_KEYFILE_BYTES + 1))


@settings(max_examples=200)
@given(st.integers(0, len(FILE) - 1), st.integers(0, 255))
def test_one_changed_byte_never_opens_as_another_key(place: int, byte: int) -> None:
    data = bytearray(FILE)
    data[place] = byte
    try:
        opened = open_key(read_keyfile(bytes(data)), "correct")
    except KeyfileError:
        return
    assert opened.secret_bytes == KEY.secret_bytes


@pytest.mark.parametrize("sizes", [(31, 16, 16), (32, 15, 16), (32, 16, 17)])
def test_randomness_of_another_size_is_refused(sizes: tuple[int, int, int]) -> None:
    salt, iv, uuid = map(bytes, sizes)
    with pytest.raises(KeyfileError):
        seal_key(KEY, "x", name="a", kind=KeyKind.NODE, path="", salt=salt, iv=iv, uuid=uuid, cost=QUICK)


@pytest.mark.parametrize(
    "cost", [ScryptCost(0), ScryptCost(3), ScryptCost(2**19), ScryptCost(16, 0), ScryptCost(16, 1, 0)]
)
def test_a_cost_that_could_not_be_read_back_is_not_written(cost: ScryptCost) -> None:
    with pytest.raises(KeyfileError):
        sealed(cost=cost)


def test_every_kind_has_a_branch_of_its_own_that_never_changes() -> None:
    assert {kind.value: kind.branch for kind in KeyKind} == {"account": 0, "validator": 1, "node": 2, "meter": 3}
