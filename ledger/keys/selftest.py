"""The start-up test of the signature verifier: would this installation fork the chain?

Ed25519 libraries agree on honest signatures and disagree on crafted ones. The twelve crafted cases of 'Taming the
many EdDSAs' (Chalkias, Garillot, Nikolaenko 2020; cases from novifinancial/ed25519-speccheck) tell them apart:
libsodium accepts case 3 alone. A node, a meter or a light client that answers otherwise must not run.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Final

from ledger.errors import require
from ledger.keys.crypto import verify_ed25519

ACCEPTED_CASES: Final = frozenset({3})
"""The cases that libsodium accepts, counted from 0."""

Verifier = Callable[[bytes, bytes, bytes], bool]
"""Takes a key of 32 bytes, the message and a signature of 64 bytes."""


def check_ed25519_verifier(verifier: Verifier = verify_ed25519) -> None:
    """Raises `BrokenInvariant` unless the verifier answers the twelve edge cases as libsodium does."""
    text = files("ledger").joinpath("data").joinpath("ed25519_speccheck.json").read_text(encoding="ascii")
    for number, case in enumerate(json.loads(text)):
        key, message, signature = (bytes.fromhex(case[field]) for field in ("pub_key", "message", "signature"))
        accepted = verifier(key, message, signature)
        require(
            accepted == (number in ACCEPTED_CASES),
            f"the Ed25519 verifier {'accepts' if accepted else 'refuses'} edge case {number}, libsodium does not: "
            "this installation would fork; install PyNaCl with its own libsodium",
        )
