"""Keys in a TPM 2.0: P-256, made inside, persistent, never to be had outside. Needs the extra `tpm`.

A key has a password of its own, which the TPM's dictionary-attack protection guards; it is proven by HMAC and never
sent over the bus when signing. Only `devices.signers.opening` loads this file, when a key lies in a TPM.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from tpm2_pytss import (
    ESAPI,
    ESYS_TR,
    TPM2_ALG,
    TPM2_ECC,
    TPM2_SE,
    TPM2B_PUBLIC,
    TPM2B_SENSITIVE_CREATE,
    TPMA_OBJECT,
    TPMS_SENSITIVE_CREATE,
    TPMT_PUBLIC,
    TPMT_SIG_SCHEME,
    TPMT_SYM_DEF,
    TSS2_Exception,
)

from devices.errors import BadKeyPlace, DeviceError, SignerFault, WrongPin
from devices.signers.places import TpmPlace
from ledger.keys.crypto import Algorithm, sha256

PARENT: Final = "ecc256:aes128cfb"
"""A storage key that the TPM derives from its owner's seed; any TPM 2.0 has it."""
KEY: Final = "ecc256:ecdsa-sha256:null"
HELD: Final = TPMA_OBJECT.FIXEDTPM | TPMA_OBJECT.FIXEDPARENT
"""What has both can never leave the TPM, not even encrypted."""
MAX_PASSWORD_BYTES: Final = 32
"""Of an authorization value: the digest size of the key's name algorithm."""


class ReturnCode(IntEnum):
    """TPM 2.0 part 2, 6.6, without the number of the handle, parameter or session."""

    HANDLE = 0x08B
    AUTH_FAIL = 0x08E
    BAD_AUTH = 0x0A2
    LOCKOUT = 0x921


def connect(place: TpmPlace) -> TpmChip:
    """The TPM of a place; raises `SignerFault` where none answers."""
    # The TSS writes its own account of every error to stderr; ours says it once. A person's choice stays.
    os.environ.setdefault("TSS2_LOG", "all+NONE")
    return TpmChip(place)


class TpmChip:
    """One TPM; a `devices.signers.device.KeyDevice`."""

    def __init__(self, place: TpmPlace) -> None:
        self._tcti = place.tcti or None
        self._passwords: dict[int, bytes] = {}
        self._refused: set[int] = set()
        self._keys: dict[int, ESYS_TR] = {}
        self._chip = self._connected()

    def public_key(self, place: TpmPlace) -> bytes:
        """Read from the key's public area; raises `BadKeyPlace` for a key that may leave the TPM."""
        with _signer_faults(place):
            # Named, because its parts do not keep it alive.
            public, _, _ = self._chip.read_public(self._key(place))
        area = public.publicArea
        if not _fits(area):
            raise BadKeyPlace(f"{place} is no P-256 key that signs", code="unfit_key")
        if area.objectAttributes & HELD != HELD:
            raise BadKeyPlace(f"{place} may be moved out of the TPM", code="extractable_key")
        x, y = bytes(area.unique.ecc.x), bytes(area.unique.ecc.y)
        return bytes((Algorithm.P256, 2 + y[-1] % 2)) + x.rjust(32, b"\0")

    def create(self, place: TpmPlace, algorithm: Algorithm, pin: str) -> bytes:
        """Make a random key below the owner's storage key and let it stay at its handle."""
        if algorithm is not Algorithm.P256:
            raise BadKeyPlace("a TPM has no Ed25519: use --algorithm p256", code="unfit_key")
        password = _password(place, pin)
        if not password:
            raise BadKeyPlace(
                f"{place} needs a password, else whoever reaches the TPM signs with it", code="no_password"
            )
        with _signer_faults(place):
            if self._exists(place):
                raise BadKeyPlace(f"there is a key {place} already", code="key_exists")
            attributes = HELD | TPMA_OBJECT.SENSITIVEDATAORIGIN | TPMA_OBJECT.USERWITHAUTH | TPMA_OBJECT.SIGN_ENCRYPT
            secret = TPM2B_SENSITIVE_CREATE(sensitive=TPMS_SENSITIVE_CREATE(userAuth=password))
            # Not a primary key: those are derived, a second one of the same form would be the same key.
            with self._flushed(self._chip.create_primary(None, PARENT)[0]) as parent:
                made = self._chip.create(parent, secret, TPM2B_PUBLIC.parse(KEY, attributes))
                with self._flushed(self._chip.load(parent, made[0], made[1])) as key:
                    self._keys[place.handle] = self._chip.evict_control(ESYS_TR.OWNER, key, place.handle)
        return self.public_key(place)

    def unlock(self, place: TpmPlace, pin: str) -> None:
        """Prove the password to the TPM without signing anything."""
        self._passwords[place.handle] = _password(place, pin)
        self._refused.discard(place.handle)
        with (
            self._authorized(place) as (key, session),
            self._flushed(self._session(TPM2_SE.TRIAL)) as trial,
        ):
            self._chip.policy_secret(key, trial, expiration=0, session1=session)

    def sign(self, place: TpmPlace, message: bytes) -> bytes:
        """ECDSA over the message's SHA-256."""
        scheme = TPMT_SIG_SCHEME(scheme=TPM2_ALG.ECDSA)
        scheme.details.any.hashAlg = TPM2_ALG.SHA256
        with self._authorized(place) as (key, session):
            # Named, because its parts do not keep it alive.
            made = self._chip.sign(key, sha256(message), scheme, session1=session)
        halves = (bytes(made.signature.ecdsa.signatureR), bytes(made.signature.ecdsa.signatureS))
        return b"".join(half.rjust(32, b"\0") for half in halves)

    def reopen(self) -> None:
        """A new connection: a restarted TPM has forgotten the sessions, a lost one may be back."""
        self.close()
        self._chip = self._connected()

    def close(self) -> None:
        """End the connection."""
        self._keys.clear()
        self._chip.close()

    def _connected(self) -> ESAPI:
        try:
            return ESAPI(self._tcti)
        except TSS2_Exception as error:
            where = self._tcti or "/dev/tpmrm0"
            raise SignerFault(f"no TPM answers at {where}: {error}", code="no_tpm") from None

    def _session(self, kind: TPM2_SE) -> ESYS_TR:
        plain = TPMT_SYM_DEF(algorithm=TPM2_ALG.NULL)
        return self._chip.start_auth_session(ESYS_TR.NONE, ESYS_TR.NONE, kind, plain, TPM2_ALG.SHA256)

    @contextlib.contextmanager
    def _authorized(self, place: TpmPlace) -> Iterator[tuple[ESYS_TR, ESYS_TR]]:
        """The key with its password set, and a session that proves it; a refused password is never sent again."""
        if place.handle in self._refused:
            raise WrongPin(f"{place}: its password was refused before and is not tried again")
        try:
            with _signer_faults(place):
                key = self._key(place)
                self._chip.tr_set_auth(key, self._passwords[place.handle])
                with self._flushed(self._session(TPM2_SE.HMAC)) as session:
                    yield key, session
        except WrongPin:
            self._refused.add(place.handle)
            raise

    @contextlib.contextmanager
    def _flushed(self, handle: ESYS_TR) -> Iterator[ESYS_TR]:
        """A session or a loaded key, of which a TPM holds three."""
        try:
            yield handle
        finally:
            # Where the TPM is gone, so is what it held; the first error tells more.
            with contextlib.suppress(TSS2_Exception):
                self._chip.flush_context(handle)

    def _exists(self, place: TpmPlace) -> bool:
        try:
            self._key(place)
        except BadKeyPlace:
            return False
        return True

    def _key(self, place: TpmPlace) -> ESYS_TR:
        if place.handle not in self._keys:
            with _signer_faults(place):
                self._keys[place.handle] = self._chip.tr_from_tpmpublic(place.handle)
        return self._keys[place.handle]


def _fits(area: TPMT_PUBLIC) -> bool:
    if area.type != TPM2_ALG.ECC or area.parameters.eccDetail.curveID != TPM2_ECC.NIST_P256:
        return False
    return bool(area.objectAttributes & TPMA_OBJECT.SIGN_ENCRYPT) and not area.objectAttributes & TPMA_OBJECT.RESTRICTED


def _password(place: TpmPlace, text: str) -> bytes:
    password = text.encode()
    if len(password) > MAX_PASSWORD_BYTES:
        raise WrongPin(f"{place}: a TPM's passwords have at most {MAX_PASSWORD_BYTES} bytes")
    return password


@contextlib.contextmanager
def _signer_faults(place: TpmPlace) -> Iterator[None]:
    """The TPM's errors as ours."""
    try:
        yield
    except TSS2_Exception as error:
        raise _error(place, error) from None


def _error(place: TpmPlace, error: TSS2_Exception) -> DeviceError:
    match error.error:
        case ReturnCode.AUTH_FAIL:
            return WrongPin(f"{place} refuses the password; the TPM locks after a few")
        case ReturnCode.BAD_AUTH:
            return WrongPin(
                f"{place}: the TPM's owner has a password; make the key with tpm2-tools", code="owner_password"
            )
        case ReturnCode.LOCKOUT:
            return WrongPin(f"{place}: the TPM is locked after wrong passwords; it opens with time", code="pin_locked")
        case ReturnCode.HANDLE:
            return BadKeyPlace(f"there is no key {place} in the TPM", code="no_object")
        case _:
            return SignerFault(f"{place}: {error}")
