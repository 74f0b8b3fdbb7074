"""The start-up test passes with libsodium and fails with anything else."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.errors import BrokenInvariant
from ledger.keys.crypto import verify_ed25519
from ledger.keys.selftest import ACCEPTED_CASES, check_ed25519_verifier


def openssl(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_the_verifier_in_use_passes() -> None:
    check_ed25519_verifier()


def test_case_3_alone_is_accepted() -> None:
    answers: list[bool] = []

    def recording(key: bytes, message: bytes, signature: bytes) -> bool:
        answers.append(verify_ed25519(key, message, signature))
        return answers[-1]

    check_ed25519_verifier(recording)
    assert len(answers) == 12
    assert {number for number, accepted in enumerate(answers) if accepted} == ACCEPTED_CASES == {3}


@pytest.mark.parametrize("verifier", [openssl, lambda *_: True, lambda *_: False], ids=["openssl", "yes", "no"])
def test_another_verifier_fails(verifier: object) -> None:
    assert callable(verifier)
    with pytest.raises(BrokenInvariant, match="edge case"):
        check_ed25519_verifier(verifier)
