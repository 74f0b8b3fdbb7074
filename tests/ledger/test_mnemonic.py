"""BIP 39 with its official vectors."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MnemonicError
from ledger.keys.mnemonic import entropy_of, mnemonic_of, seed_of, word_list

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "vectors" / "bip39_english.json").read_text())[
    "vectors"
]
PHRASE = mnemonic_of(bytes(range(32)))


def test_the_word_list_is_the_official_one() -> None:
    words = word_list()
    assert len(words) == len(set(words)) == 2048
    assert len({word[:4] for word in words}) == 2048
    assert list(words) == sorted(words)
    digest = hashlib.sha256("".join(f"{word}\n" for word in words).encode()).hexdigest()
    assert digest == "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["entropy"][:8])
def test_official_vectors(vector: dict[str, str]) -> None:
    entropy = bytes.fromhex(vector["entropy"])
    assert mnemonic_of(entropy) == vector["mnemonic"]
    assert entropy_of(vector["mnemonic"]) == entropy
    assert seed_of(vector["mnemonic"], "TREZOR").hex() == vector["seed"]


@given(st.sampled_from([16, 20, 24, 28, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size)))
def test_entropy_comes_back(entropy: bytes) -> None:
    mnemonic = mnemonic_of(entropy)
    assert len(mnemonic.split()) == len(entropy) * 3 // 4
    assert entropy_of(mnemonic) == entropy


def test_case_and_white_space_do_not_matter() -> None:
    untidy = "  " + PHRASE.upper().replace(" ", " \t\n ")
    assert entropy_of(untidy) == entropy_of(PHRASE)
    assert seed_of(untidy) == seed_of(PHRASE)


def test_the_passphrase_matters_and_is_normalized() -> None:
    assert seed_of(PHRASE, "é") == seed_of(PHRASE, "e\u0301") != seed_of(PHRASE)


@pytest.mark.parametrize("size", [0, 15, 17, 31, 33, 64])
def test_other_sizes_of_entropy_are_refused(size: int) -> None:
    with pytest.raises(MnemonicError):
        mnemonic_of(bytes(size))


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("", "0 words"),
        (" ".join(PHRASE.split()[:-1]), "23 words"),
        (f"{PHRASE} zoo", "25 words"),
        (PHRASE.replace(PHRASE.split()[2], "xyzzy", 1), "word 3"),
        (" ".join([*PHRASE.split()[:-2], *reversed(PHRASE.split()[-2:])]), "checksum"),
        (" ".join(["zoo"] * 24), "checksum"),
    ],
)
def test_what_is_no_phrase_says_where_and_never_what(phrase: str, reason: str) -> None:
    for read in (entropy_of, seed_of):
        with pytest.raises(MnemonicError, match=reason) as caught:
            read(phrase)
        assert caught.value.code == "bad_mnemonic"
        assert "xyzzy" not in str(caught.value)
