"""The place of a meter's key as a person writes it: a key file, a token's object, a TPM's handle. Text only, no I/O.

    house, keys/house.json                                              an encrypted key file, in HOME/keys or anywhere
    pkcs11:token=meters;object=meter1?module-path=/usr/lib/.../x.so     an object of a PKCS#11 token (RFC 7512)
    tpm:0x81000001, tpm:0x81000001?tcti=swtpm:port=2321                 a persistent key of a TPM 2.0

What a URI says and we do not understand is refused: a forgotten restriction could name another key.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

import msgspec

from devices.errors import BadKeyPlace

PKCS11_SCHEME: Final = "pkcs11:"
TPM_SCHEME: Final = "tpm:"
FIRST_HANDLE: Final = 0x81000000
LAST_HANDLE: Final = 0x817FFFFF
"""Persistent objects of the owner; the platform's lie above (TCG registry of reserved handles)."""


class FilePlace(msgspec.Struct, frozen=True):
    """An encrypted key file."""

    path: Path


class Pkcs11Place(msgspec.Struct, frozen=True):
    """A key pair in a token: `label` (CKA_LABEL), `id` (CKA_ID) or both name it; empty: not said."""

    module: str
    token: str
    serial: bytes
    label: str
    id: bytes

    @property
    def device(self) -> Hashable:
        """What keys of one token have in common."""
        return self.module, self.token, self.serial

    @property
    def lock(self) -> str:
        """What its PIN opens: the token, with all of its keys."""
        return f"token {self.token or self.serial.decode(errors='replace')}"

    def __str__(self) -> str:
        return f"{self.label or self.id.hex()} in {self.lock}"


class TpmPlace(msgspec.Struct, frozen=True):
    """A persistent key of a TPM; `tcti` is the TSS's way to it, empty: the TSS looks itself (/dev/tpmrm0 first)."""

    handle: int
    tcti: str

    @property
    def device(self) -> Hashable:
        """What keys of one TPM have in common."""
        return (self.tcti,)

    @property
    def lock(self) -> str:
        """What its password opens: this key."""
        return f"key {self}"

    def __str__(self) -> str:
        return f"{TPM_SCHEME}{self.handle:#x}"


DevicePlace = Pkcs11Place | TpmPlace
Place = FilePlace | DevicePlace


def parse_place(text: str, home: str) -> Place:
    """The place that `text` names; raises `BadKeyPlace`. A bare name is one of HOME/keys."""
    if text.startswith(PKCS11_SCHEME):
        return _pkcs11(text)
    if text.startswith(TPM_SCHEME):
        return _tpm(text)
    if os.sep in text or text.endswith(".json"):
        return FilePlace(Path(text))
    return FilePlace(Path(home).expanduser() / "keys" / f"{text}.json")


def _pkcs11(text: str) -> Pkcs11Place:
    path, _, query = text.removeprefix(PKCS11_SCHEME).partition("?")
    said = _attributes(text, path.split(";"), ("token", "serial", "object", "id", "type"))
    asked = _attributes(text, query.split("&"), ("module-path",))
    if said.get("type", b"private") != b"private":
        raise BadKeyPlace(f"{text}: what signs is of type=private")
    place = Pkcs11Place(
        module=_text(text, asked.get("module-path", b"")),
        token=_text(text, said.get("token", b"")),
        serial=said.get("serial", b""),
        label=_text(text, said.get("object", b"")),
        id=said.get("id", b""),
    )
    if not place.token and not place.serial:
        raise BadKeyPlace(f"{text} does not say which token: token=LABEL or serial=NUMBER")
    if not place.label and not place.id:
        raise BadKeyPlace(f"{text} does not say which key: object=LABEL or id=%01")
    if not place.module:
        raise BadKeyPlace(f"{text} does not name the token's library: ?module-path=/usr/lib/.../library.so")
    return place


def _tpm(text: str) -> TpmPlace:
    path, _, query = text.removeprefix(TPM_SCHEME).partition("?")
    asked = _attributes(text, query.split("&"), ("tcti",))
    try:
        handle = int(path, 16) if path.startswith("0x") else -1
    except ValueError:
        handle = -1
    if not FIRST_HANDLE <= handle <= LAST_HANDLE:
        raise BadKeyPlace(f"{text}: a persistent handle lies between {FIRST_HANDLE:#x} and {LAST_HANDLE:#x}")
    return TpmPlace(handle, _text(text, asked.get("tcti", b"")))


def _attributes(text: str, parts: Sequence[str], known: tuple[str, ...]) -> dict[str, bytes]:
    """`name=value` pairs, percent-decoded, each name once."""
    found: dict[str, bytes] = {}
    for part in filter(None, parts):
        name, equals, value = part.partition("=")
        if name in ("pin-value", "pin-source"):
            # Command lines and street files are read by others; the text is not repeated either.
            raise BadKeyPlace("a PIN does not belong into a URI: use NODECHAIN_PASSWORD_FILE, or be asked")
        if name not in known:
            raise BadKeyPlace(f"{text}: {name!r} is not understood here; known: {', '.join(known)}")
        if name in found or not equals or not value:
            raise BadKeyPlace(f"{text}: {name} stands once, with a value")
        found[name] = unquote_to_bytes(value)
    return found


def _text(uri: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise BadKeyPlace(f"{uri}: {value!r} is not UTF-8") from None
