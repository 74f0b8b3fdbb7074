"""Keys of meters and units in encrypted files: the public half without a password, the secret with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from devices.errors import Misuse
from ledger.errors import WrongPassword
from ledger.keys.crypto import Ed25519SecretKey, P256SecretKey
from ledger.keys.keyfile import Keyfile, KeyKind, open_key, read_keyfile


def read_device_keyfile(path: Path, kind: KeyKind = KeyKind.METER) -> Keyfile:
    """The file, still encrypted; raises `Misuse` (no_key) where there is none, and for a key of another kind."""
    try:
        keyfile = read_keyfile(path.read_bytes())
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}", code="no_key") from None
    if keyfile.kind is not kind:
        raise Misuse(f"{path.name} is a key of kind {keyfile.kind}, not {kind}; `keys new --kind {kind}` makes one")
    return keyfile


def open_device_keyfile(
    path: Path, ask: Callable[[str], str], kind: KeyKind = KeyKind.METER
) -> Ed25519SecretKey | P256SecretKey:
    """The key, with the password that `ask` gives; raises the ledger's `WrongPassword`."""
    keyfile = read_device_keyfile(path, kind)
    try:
        return open_key(keyfile, ask(f"Password of {path.name}"))
    except WrongPassword as error:
        raise WrongPassword(f"{path.name}: {error.detail}") from None
