"""SLIP-0010 for Ed25519 with its official vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import PathError
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.derivation import HARDENED, ExtendedKey, child_key, derive, key_path, master_key, parse_path

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "vectors" / "slip10_ed25519.json").read_text())[
    "vectors"
]
CHAINS = [(vector["seed"], chain) for vector in VECTORS for chain in vector["chains"]]


@pytest.mark.parametrize(("seed", "chain"), CHAINS, ids=lambda value: value["path"] if isinstance(value, dict) else "")
def test_official_vectors(seed: str, chain: dict[str, str]) -> None:
    key = derive(bytes.fromhex(seed), chain["path"])
    assert key.secret.hex() == chain["secret"]
    assert key.chain_code.hex() == chain["chain_code"]


def test_the_public_key_of_vector_1() -> None:
    secret = master_key(bytes.fromhex(VECTORS[0]["seed"])).secret
    expected = "01a4b2856bfec510abab89753fac1ac0e1112364e7d250545963f135f2a33188ed"
    assert Ed25519SecretKey(secret).public_key.hex() == expected


def test_kinds_and_indices_have_keys_of_their_own() -> None:
    paths = [key_path(kind, index) for kind in range(4) for index in range(4)]
    assert paths[0] == "m/44'/7238247'/0'/0'"
    assert len({derive(bytes(64), path).secret for path in paths}) == len(paths)


def test_paths_are_steps() -> None:
    assert parse_path("m") == ()
    assert parse_path("m/0'/2147483647'") == (0, HARDENED - 1)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "M",
        "m/",
        "m/0",
        "m/0h",
        "m/'",
        "m/-1'",
        "m/2147483648'",
        "m/1' ",
        "/0'",
        "m//0'",
        "m/²'",
        "m/٣'",
        "m/99999999999'",
    ],
)
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(PathError):
        parse_path(path)


def test_a_path_has_at_most_16_steps() -> None:
    assert len(parse_path("m" + "/0'" * 16)) == 16
    with pytest.raises(PathError):
        parse_path("m" + "/0'" * 17)


@pytest.mark.parametrize("index", [-1, HARDENED])
def test_a_step_outside_of_31_bits_is_refused(index: int) -> None:
    with pytest.raises(PathError):
        child_key(master_key(bytes(16)), index)


@pytest.mark.parametrize("size", [0, 15, 65])
def test_a_seed_has_16_to_64_bytes(size: int) -> None:
    with pytest.raises(PathError):
        master_key(bytes(size))


def test_printing_a_key_shows_nothing_of_it() -> None:
    assert repr(ExtendedKey(b"s" * 32, b"c" * 32)) == "ExtendedKey()"
