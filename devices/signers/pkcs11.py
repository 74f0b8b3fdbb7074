"""Keys in a PKCS#11 token: smart cards, hardware security modules, SoftHSM. Needs the extra `hsm`.

One token has one session here, shared by all of its keys: tokens have few, and a login is the whole program's. Only
`devices.signers.opening` loads this file, when a key lies in a token.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

import msgspec
import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, SignMixin

from devices.errors import BadKeyPlace, SignerFault, WrongPin
from devices.signers.places import Pkcs11Place
from ledger.keys.crypto import Algorithm, sha256


class _Kind(msgspec.Struct, frozen=True):
    """How PKCS#11 calls an algorithm; `params` is the DER of the curve's OID, `point_bytes` the bare point's size."""

    key_type: KeyType
    params: bytes
    point_bytes: int
    making: Mechanism
    signing: Mechanism


KINDS: Final = {
    Algorithm.ED25519: _Kind(
        KeyType.EC_EDWARDS, bytes.fromhex("06032b6570"), 32, Mechanism.EC_EDWARDS_KEY_PAIR_GEN, Mechanism.EDDSA
    ),
    Algorithm.P256: _Kind(
        KeyType.EC, bytes.fromhex("06082a8648ce3d030107"), 65, Mechanism.EC_KEY_PAIR_GEN, Mechanism.ECDSA
    ),
}
REFUSED_PIN: Final = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange)
LOCKED_PIN: Final = (pkcs11.PinLocked, pkcs11.PinExpired, pkcs11.UserPinNotInitialized)


def connect(place: Pkcs11Place) -> Pkcs11Token:
    """The token of a place; raises `BadKeyPlace` where its library or itself is not there."""
    return Pkcs11Token(place)


class Pkcs11Token:
    """One token; a `devices.signers.device.KeyDevice`."""

    def __init__(self, place: Pkcs11Place) -> None:
        self._place = place
        try:
            self._library = pkcs11.lib(place.module)
        except pkcs11.PKCS11Error as error:
            raise BadKeyPlace(f"{place.module} is no PKCS#11 library here: {error}", code="no_module") from None
        self._pin: str | None = None
        self._refused = False
        self._keys: dict[Pkcs11Place, tuple[Algorithm, SignMixin]] = {}
        self._session: pkcs11.Session | None = None
        self.reopen()

    def public_key(self, place: Pkcs11Place) -> bytes:
        """Read from the token's public object, which needs no PIN."""
        with _signer_faults(place):
            found = _find(self._opened(), place, ObjectClass.PUBLIC_KEY)
            point = found[Attribute.EC_POINT] if found.key_type in (KeyType.EC, KeyType.EC_EDWARDS) else b""
            return _public_key(place, found.key_type, point)

    def create(self, place: Pkcs11Place, algorithm: Algorithm, pin: str) -> bytes:
        """Make a key pair whose private half is sensitive and can never be extracted."""
        self.unlock_token(pin)
        kind = KINDS[algorithm]
        with _signer_faults(place), contextlib.closing(self._token().open(rw=True)) as session:
            if any(True for _ in session.get_objects(_template(place, ObjectClass.PRIVATE_KEY))):
                raise BadKeyPlace(f"there is a key {place} already", code="key_exists")
            curve = session.create_domain_parameters(kind.key_type, {Attribute.EC_PARAMS: kind.params}, local=True)
            curve.generate_keypair(
                id=place.id or None,
                label=place.label or None,
                store=True,
                mechanism=kind.making,
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )
        return self.public_key(place)

    def unlock(self, place: Pkcs11Place, pin: str) -> None:
        """Log in and find the private key; raises `BadKeyPlace` (extractable_key) for one that can be taken out."""
        self.unlock_token(pin)
        self._key(place)

    def unlock_token(self, pin: str) -> None:
        """Log in, unless it was done."""
        if self._pin is None:
            self._pin = pin
            self.close()
            self._session = self._open()

    def sign(self, place: Pkcs11Place, message: bytes) -> bytes:
        """Ed25519 over the message; ECDSA over its SHA-256, which every token can."""
        with _signer_faults(place):
            algorithm, key = self._key(place)
            data = sha256(message) if algorithm is Algorithm.P256 else message
            signature: bytes = key.sign(data, mechanism=KINDS[algorithm].signing)
            return signature

    def reopen(self) -> None:
        """A new session; a library remembers the tokens of its first look, so it is started anew if there is none."""
        self.close()
        try:
            self._session = self._open()
        except (BadKeyPlace, SignerFault):
            with _signer_faults(self._place):
                self._library.reinitialize()
            self._session = self._open()

    def close(self) -> None:
        """End the session, and with it the login."""
        self._keys.clear()
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(pkcs11.PKCS11Error):
                session.close()

    def _token(self) -> pkcs11.Token:
        if self._place.serial:
            return self._library.get_token(
                token_serial=self._place.serial, **({"token_label": self._place.token} if self._place.token else {})
            )
        return self._library.get_token(token_label=self._place.token)

    def _opened(self) -> pkcs11.Session:
        if self._session is None:
            self._check_pin()
            raise SignerFault(f"{self._place.lock} is not there")
        return self._session

    def _check_pin(self) -> None:
        if self._refused:
            raise WrongPin(f"{self._place.lock}: its PIN was refused before and is not tried again")

    def _open(self) -> pkcs11.Session:
        self._check_pin()
        try:
            with _signer_faults(self._place):
                token = self._token()
                try:
                    return token.open(user_pin=self._pin)
                except pkcs11.UserAlreadyLoggedIn:
                    # Somebody else in this process holds the login, which is for all sessions.
                    return token.open()
        except WrongPin:
            self._refused = True
            raise

    def _key(self, place: Pkcs11Place) -> tuple[Algorithm, SignMixin]:
        if place not in self._keys:
            with _signer_faults(place):
                found = _find(self._opened(), place, ObjectClass.PRIVATE_KEY)
                if found[Attribute.EXTRACTABLE]:
                    raise BadKeyPlace(f"{place} can be taken out of the token", code="extractable_key")
                if not isinstance(found, SignMixin):
                    raise BadKeyPlace(f"{place} may not sign", code="unfit_key")
                self._keys[place] = Algorithm(self.public_key(place)[0]), found
        return self._keys[place]


def _template(place: Pkcs11Place, kind: ObjectClass) -> dict[Attribute, object]:
    named: dict[Attribute, object] = {Attribute.CLASS: kind}
    if place.label:
        named[Attribute.LABEL] = place.label
    if place.id:
        named[Attribute.ID] = place.id
    return named


def _find(session: pkcs11.Session, place: Pkcs11Place, kind: ObjectClass) -> pkcs11.Key:
    return session.get_key(kind, label=place.label or None, id=place.id or None)


def _public_key(place: Pkcs11Place, key_type: KeyType, point: bytes) -> bytes:
    """From CKA_EC_POINT, an OCTET STRING of the point; some tokens give the bare point."""
    for algorithm, kind in KINDS.items():
        if key_type == kind.key_type and len(point) in (kind.point_bytes, kind.point_bytes + 2):
            bare = point[-kind.point_bytes :]
            if algorithm is Algorithm.P256:
                bare = bytes((2 + bare[-1] % 2,)) + bare[1:33]
            return bytes((algorithm,)) + bare
    raise BadKeyPlace(f"{place} is neither an Ed25519 nor a P-256 key", code="unfit_key")


@contextlib.contextmanager
def _signer_faults(place: Pkcs11Place) -> Iterator[None]:
    """The token's errors as ours."""
    try:
        yield
    except REFUSED_PIN:
        raise WrongPin(f"{place.lock} refuses the PIN; it locks after a few") from None
    except LOCKED_PIN as error:
        raise WrongPin(f"{place.lock}: {type(error).__name__}", code="pin_locked") from None
    except pkcs11.NoSuchToken:
        raise BadKeyPlace(f"there is no {place.lock} at {place.module}", code="no_token") from None
    except pkcs11.NoSuchKey:
        raise BadKeyPlace(f"there is no key {place}", code="no_object") from None
    except (pkcs11.MultipleObjectsReturned, pkcs11.MultipleTokensReturned):
        raise BadKeyPlace(f"{place} names several; add id= or serial=", code="ambiguous_key") from None
    except pkcs11.PKCS11Error as error:
        raise SignerFault(f"{place}: {type(error).__name__} {error}".rstrip()) from None
