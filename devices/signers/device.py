"""What a device that holds keys must offer, and the signer that never believes it.

A signature leaves only after it was verified as the ledger will: a faulty device must not burn a sequence number. Where
the device fails (token removed, TPM restarted, session lost) it is opened again, once; what fails then is a
`SignerFault`, to be tried later. A refused PIN is never tried again: tokens lock for good after a few.
"""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from devices.errors import BadKeyPlace, SignerFault
from ledger.keys.crypto import SIGNATURE_BYTES, Algorithm, check_public_key, verify
from ledger.keys.p256 import low_s

P = TypeVar("P")
P_contra = TypeVar("P_contra", contravariant=True)


class KeyDevice(Protocol[P_contra]):
    """A token or a TPM with its keys; places say which. All raise `SignerFault`, `BadKeyPlace` or `WrongPin`."""

    def public_key(self, place: P_contra) -> bytes:
        """The key's public half with the byte of its algorithm; needs no PIN."""

    def create(self, place: P_contra, algorithm: Algorithm, pin: str) -> bytes:
        """Make a key that never leaves the device, where there is none yet; its public key."""

    def unlock(self, place: P_contra, pin: str) -> None:
        """Let the key be used from now on; raises `WrongPin` at once, not at the first signature."""

    def sign(self, place: P_contra, message: bytes) -> bytes:
        """64 bytes as the device gives them; the key was unlocked before."""

    def reopen(self) -> None:
        """Connect anew, with what unlocked its keys."""

    def close(self) -> None:
        """Give the device back."""


class DeviceSigner(Generic[P]):
    """A key in a device, unlocked; a `devices.readings.ReadingSigner`."""

    def __init__(self, device: KeyDevice[P], place: P) -> None:
        self._device = device
        self._place = place
        self._public_key = device.public_key(place)
        self._algorithm = check_public_key(self._public_key)

    @property
    def public_key(self) -> bytes:
        """The public key with the byte of its algorithm, as it was when the device was opened."""
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        """64 bytes that verify; raises `SignerFault` (later it may work) or `WrongPin` (it will not)."""
        try:
            return self._sign(message)
        except (SignerFault, BadKeyPlace):
            return self._sign_anew(message)

    def _sign(self, message: bytes) -> bytes:
        signature = self._device.sign(self._place, message)
        if self._algorithm is Algorithm.P256 and len(signature) == SIGNATURE_BYTES:
            # Devices give either half of the order, the ledger takes the lower.
            signature = low_s(signature)
        if not verify(self._public_key, message, signature):
            raise SignerFault(f"{self._place}: the signature is not this key's", code="bad_signature")
        return signature

    def _sign_anew(self, message: bytes) -> bytes:
        try:
            self._device.reopen()
            return self._sign(message)
        except BadKeyPlace as error:
            # It was there when we began: somebody may bring it back.
            raise SignerFault(error.detail) from None
