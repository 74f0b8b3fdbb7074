"""BIP 39: a key's entropy as words that a person can write on paper, and the seed that keys are derived from.

New keys have 24 words; reading takes every length of the standard (12 to 24), so that paper from elsewhere opens.
Entropy comes in as an argument. The word list is the official English one (`data/bip39_english.txt`).
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Final

from ledger.errors import MnemonicError

ENTROPY_BYTES: Final = 32
"""For the 24 words of a new key."""

_ALLOWED_ENTROPY: Final = (16, 20, 24, 28, 32)
_ALLOWED_WORDS: Final = (12, 15, 18, 21, 24)
_ROUNDS: Final = 2048


@lru_cache(maxsize=1)
def word_list() -> tuple[str, ...]:
    """The 2048 words in their order."""
    return tuple(files("ledger").joinpath("data").joinpath("bip39_english.txt").read_text(encoding="ascii").split())


@lru_cache(maxsize=1)
def _positions() -> dict[str, int]:
    return {word: position for position, word in enumerate(word_list())}


def mnemonic_of(entropy: bytes) -> str:
    """The words of 16, 20, 24, 28 or 32 random bytes, separated by one space; raises `MnemonicError`."""
    if len(entropy) not in _ALLOWED_ENTROPY:
        raise MnemonicError(f"entropy has 16, 20, 24, 28 or 32 bytes, not {len(entropy)}")
    checksum_bits = len(entropy) // 4
    checksum = hashlib.sha256(entropy).digest()[0] >> 8 - checksum_bits
    number = int.from_bytes(entropy, "big") << checksum_bits | checksum
    count = (len(entropy) * 8 + checksum_bits) // 11
    words = word_list()
    return " ".join(words[number >> 11 * (count - 1 - place) & 2047] for place in range(count))


def entropy_of(mnemonic: str) -> bytes:
    """The entropy behind the words; raises `MnemonicError`, which names the place and never a word.

    Case and the amount of white space do not matter. The error keeps the words out of logs.
    """
    words = _normalized(mnemonic).split()
    if len(words) not in _ALLOWED_WORDS:
        raise MnemonicError(f"{len(words)} words; a recovery phrase has 24 (or 12, 15, 18, 21)")
    number = 0
    for place, word in enumerate(words, start=1):
        position = _positions().get(word)
        if position is None:
            raise MnemonicError(f"word {place} is not in the English list of BIP 39; check its spelling")
        number = number << 11 | position
    checksum_bits = len(words) // 3
    entropy = (number >> checksum_bits).to_bytes(checksum_bits * 4, "big")
    if hashlib.sha256(entropy).digest()[0] >> 8 - checksum_bits != number & (1 << checksum_bits) - 1:
        raise MnemonicError("the checksum does not fit: a word is wrong, or two have changed places")
    return entropy


def seed_of(mnemonic: str, passphrase: str = "") -> bytes:
    """The 64 bytes that keys are derived from; raises `MnemonicError` like `entropy_of`.

    Another passphrase gives another, equally valid seed: there is no wrong one.
    """
    entropy_of(mnemonic)
    words = " ".join(_normalized(mnemonic).split())
    salt = "mnemonic" + unicodedata.normalize("NFKD", passphrase)
    return hashlib.pbkdf2_hmac("sha512", words.encode(), salt.encode(), _ROUNDS)


def _normalized(mnemonic: str) -> str:
    return unicodedata.normalize("NFKD", mnemonic).lower()
