"""Encrypted key files of meters, as `nodechain meter key` makes them, cheap to open."""

from __future__ import annotations

from pathlib import Path

from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import IV_BYTES, SALT_BYTES, UUID_BYTES, KeyKind, ScryptCost, seal_key, write_keyfile

PASSWORD = "correct horse"


def write_key_file(
    keys: Path, name: str, key: Ed25519SecretKey, password_file: Path, *, place: int = 0, kind: KeyKind = KeyKind.METER
) -> Path:
    """The file of a key in the folder `keys`, which is made, and the password's; `place` tells keys apart."""
    sealed = seal_key(
        key,
        PASSWORD,
        name=name,
        kind=kind,
        path="",
        salt=bytes(SALT_BYTES),
        iv=bytes(IV_BYTES),
        uuid=bytes([place]) * UUID_BYTES,
        cost=ScryptCost(n=2, r=8, p=1),
    )
    keys.mkdir(parents=True, exist_ok=True)
    path = keys / f"{name}.json"
    path.write_bytes(write_keyfile(sealed))
    password_file.write_text(PASSWORD + "\n")
    return path
