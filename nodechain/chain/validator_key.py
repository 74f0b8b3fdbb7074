"""A validator's key as the engine's signer."""

from __future__ import annotations

from ledger.chain.validator_set import validator_address
from ledger.keys.crypto import Ed25519SecretKey


class ValidatorKey:
    """Signs consensus messages; the bare 32-byte key is what genesis and votes name."""

    def __init__(self, secret: Ed25519SecretKey) -> None:
        self._secret = secret
        self.key = secret.public_key[1:]
        self.address = validator_address(self.key)

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message."""
        return self._secret.sign(message)
