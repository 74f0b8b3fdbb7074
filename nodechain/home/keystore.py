"""The directory of encrypted keys: `HOME/keys/NAME.json`, one file a key, readable by its owner only.

    KeyNotFound   a `NotFound`     no key (or address) of that name
    NameTaken     a `UsageError`   a key is never overwritten
    BadName       a `UsageError`   a name that is none
    KeyDamaged    a `DataDamaged`  a file in the directory that is no key any more

Beside these, `WrongSecret` for a password that does not open, `StorageFailed` where the operating system refuses, and
the ledger's `InvalidInput` for what a person brings (recovery phrase, key file, empty password). Secrets leave a file
only through `open` and are written only encrypted; nothing here prints or logs. Formats: `ledger.keys.keyfile`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from ledger.errors import InvalidInput, KeyfileError, WrongPassword
from ledger.keys.crypto import MIN_P256_ENTROPY_BYTES, Algorithm, Ed25519SecretKey, P256SecretKey, generate_secret_key
from ledger.keys.derivation import derive, key_path
from ledger.keys.keyfile import (
    COST_STANDARD,
    IV_BYTES,
    SALT_BYTES,
    UUID_BYTES,
    Keyfile,
    KeyKind,
    ScryptCost,
    open_key,
    read_keyfile,
    seal_key,
    write_keyfile,
)
from ledger.keys.mnemonic import ENTROPY_BYTES, mnemonic_of, seed_of
from ledger.limits import MAX_KEYFILE_BYTES
from nodechain.errors import DataDamaged, NotFound, StorageFailed, UsageError, WrongSecret, storage_failed
from nodechain.files.durable_file import create_file, make_directory, replace_file, sync_directory

SUFFIX: Final = ".json"
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_RESERVED: Final = re.compile(r"nrg(pub)?1.*")

Entropy = Callable[[int], bytes]
"""Gives so many fresh random bytes; `os.urandom`, or a test's twin."""


class KeyNotFound(NotFound):
    """No key, and no entry of the address book, of that name."""

    code = "key_not_found"
    advice = "`nodechain keys list` shows the keys of this home."


class NameTaken(UsageError):
    """There is one of that name already; nothing is overwritten."""

    code = "name_taken"
    advice = "Choose another name, or rename the other one first."


class BadName(UsageError):
    """Not a name: it could not be a file's, or could be taken for an address."""

    code = "bad_name"
    advice = "Use up to 32 of a-z, 0-9, - and _, beginning with a letter."


class KeyDamaged(DataDamaged):
    """The file of a key does not hold one any more."""

    code = "key_damaged"
    advice = "Put the file's backup in its place, or import the recovery phrase under another name."


class DamagedKey(msgspec.Struct, frozen=True):
    """A file that stands in the directory and cannot be read as a key."""

    name: str
    reason: str


def check_name(name: str) -> None:
    """Raises `BadName` unless it is 1 to 32 of a-z, 0-9, - and _, begins with a letter, and looks like no address.

    Lower case only, because some file systems do not tell cases apart.
    """
    if not _NAME.fullmatch(name):
        raise BadName(f"{name!r} is no name")
    if _RESERVED.fullmatch(name):
        raise BadName(f"{name!r} looks like an address", advice="Choose another name.")


def new_mnemonic(entropy: Entropy = os.urandom) -> str:
    """24 fresh words. They are the key: show them once, never log or store them."""
    return mnemonic_of(entropy(ENTROPY_BYTES))


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns what the operating system refuses into `StorageFailed` with the path in it."""
    try:
        yield
    except OSError as error:
        raise storage_failed(f"reading {path}", error) from error


def _open(keyfile: Keyfile, password: str) -> Ed25519SecretKey | P256SecretKey:
    """The ledger's answer to a wrong password as the node's, which has its own exit code."""
    try:
        return open_key(keyfile, password)
    except WrongPassword as error:
        raise WrongSecret(error.detail, code=error.code) from None


class Keystore:
    """The keys of one home. Holds no secret and no state but the directory's name; any number may look at it.

    `cost` is what new files cost to open, and so to guess; reading takes each file's own. `taken` gives names that mean
    something else (the address book's), which no new key may have.
    """

    def __init__(
        self,
        directory: Path,
        *,
        cost: ScryptCost = COST_STANDARD,
        entropy: Entropy = os.urandom,
        taken: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self.directory = directory
        self._taken = taken
        self._cost = cost
        self._entropy = entropy

    def names(self) -> list[str]:
        """The names of all files that look like keys, sorted; an absent directory has none."""
        with reading(self.directory):
            if not self.directory.exists():
                return []
            found = [path.name.removesuffix(SUFFIX) for path in self.directory.iterdir() if path.suffix == SUFFIX]
        return sorted(name for name in found if _NAME.fullmatch(name))

    def entries(self) -> tuple[Keyfile, ...]:
        """All readable keys by name, without a password; `damaged` has the others."""
        return tuple(found for found in map(self._inspect, self.names()) if isinstance(found, Keyfile))

    def damaged(self) -> tuple[DamagedKey, ...]:
        """The files that cannot be read, with the reason."""
        return tuple(found for found in map(self._inspect, self.names()) if isinstance(found, DamagedKey))

    def exposed(self) -> tuple[str, ...]:
        """The names of keys whose files other users of this machine may read or write."""
        with reading(self.directory):
            return tuple(name for name in self.names() if self.path(name).stat().st_mode & 0o077)

    def path(self, name: str) -> Path:
        """Where a key of this name lies, whether or not there is one; raises `BadName`."""
        check_name(name)
        return self.directory / f"{name}{SUFFIX}"

    def get(self, name: str) -> Keyfile:
        """A key's public side, without a password: kind, public key, address, path.

        Raises `KeyNotFound`, `BadName`, `KeyDamaged`, `StorageFailed`.
        """
        path = self.path(name)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_KEYFILE_BYTES + 1)
        except FileNotFoundError:
            raise KeyNotFound(f"no key named '{name}' in {self.directory}") from None
        except OSError as error:
            raise storage_failed(f"reading {path}", error) from error
        try:
            keyfile = read_keyfile(data)
        except InvalidInput as error:
            raise KeyDamaged(f"{path}: {error.detail}") from None
        # The file's name is what counts: people copy and rename files by hand.
        return msgspec.structs.replace(keyfile, name=name)

    def find(self, address: bytes) -> Keyfile | None:
        """The key that controls an address, if it is here; no password needed."""
        return next((keyfile for keyfile in self.entries() if keyfile.address == address), None)

    def open(self, name: str, password: str) -> Ed25519SecretKey | P256SecretKey:
        """The secret key, to sign with; raises `WrongSecret`, and what `get` raises.

        A file whose password fits and whose content does not is `KeyDamaged`.
        """
        try:
            return _open(self.get(name), password)
        except KeyfileError as error:
            raise KeyDamaged(f"{self.path(name)}: {error.detail}") from None

    def create(self, name: str, kind: KeyKind, password: str, *, algorithm: Algorithm = Algorithm.ED25519) -> Keyfile:
        """A key from fresh entropy that no recovery phrase brings back: for devices, nodes and tests."""
        self._check_free(name)
        size = ENTROPY_BYTES if algorithm is Algorithm.ED25519 else MIN_P256_ENTROPY_BYTES
        key = generate_secret_key(algorithm, self._entropy(size))
        return self._create(self._seal(name, kind, key, password, path=""))

    def import_mnemonic(
        self, name: str, kind: KeyKind, password: str, mnemonic: str, *, passphrase: str = "", index: int = 0
    ) -> Keyfile:
        """The `index`-th key of a kind of a recovery phrase; raises `MnemonicError`, `PathError`, `NameTaken`."""
        self._check_free(name)
        path = key_path(kind.branch, index)
        key = Ed25519SecretKey(derive(seed_of(mnemonic, passphrase), path).secret)
        return self._create(self._seal(name, kind, key, password, path=path))

    def import_file(self, name: str, data: bytes, password: str) -> Keyfile:
        """A key file from elsewhere; its password must open it, and protects it here as well."""
        self._check_free(name)
        keyfile = read_keyfile(data)
        key = _open(keyfile, password)
        return self._create(self._seal(name, keyfile.kind, key, password, path=keyfile.path))

    def export(self, name: str) -> bytes:
        """The encrypted file's bytes, for a backup or another machine."""
        return write_keyfile(self.get(name))

    def rename(self, old: str, new: str) -> Keyfile:
        """Give a key another name. A crash half-way leaves both names, never none."""
        keyfile = msgspec.structs.replace(self.get(old), name=new)
        self._check_free(new)
        self._create(keyfile)
        self.remove(old)
        return keyfile

    def change_password(self, name: str, old: str, new: str) -> Keyfile:
        """Encrypt a key anew, with fresh salt and this store's cost. Copies keep the old password."""
        keyfile = self.get(name)
        changed = self._seal(name, keyfile.kind, self.open(name, old), new, path=keyfile.path)
        replace_file(self.path(name), write_keyfile(changed))
        return changed

    def remove(self, name: str) -> None:
        """Delete a key's file, also a damaged one; raises `KeyNotFound`."""
        path = self.path(name)
        try:
            path.unlink()
            sync_directory(self.directory)
        except FileNotFoundError:
            raise KeyNotFound(f"no key named '{name}' in {self.directory}") from None
        except OSError as error:
            raise storage_failed(f"removing {path}", error) from error

    def _inspect(self, name: str) -> Keyfile | DamagedKey | None:
        """One file for a list: what cannot be read must not hide the others; None if it has just gone."""
        try:
            return self.get(name)
        except KeyNotFound:
            return None
        except (KeyDamaged, StorageFailed) as error:
            return DamagedKey(name, error.detail)

    def _check_free(self, name: str) -> None:
        """Say so before the slow work; `create_file` decides."""
        path = self.path(name)
        with reading(path):
            if path.exists():
                raise NameTaken(f"there is a key named '{name}' already")
        if name in self._taken():
            raise NameTaken(f"'{name}' is in the address book: the same name must not mean two things")

    def _seal(
        self, name: str, kind: KeyKind, key: Ed25519SecretKey | P256SecretKey, password: str, *, path: str
    ) -> Keyfile:
        return seal_key(
            key,
            password,
            name=name,
            kind=kind,
            path=path,
            salt=self._entropy(SALT_BYTES),
            iv=self._entropy(IV_BYTES),
            uuid=self._entropy(UUID_BYTES),
            cost=self._cost,
        )

    def _create(self, keyfile: Keyfile) -> Keyfile:
        path = self.path(keyfile.name)
        data = write_keyfile(keyfile)
        make_directory(self.directory)
        try:
            create_file(path, data)
        except FileExistsError:
            raise NameTaken(f"there is a key named '{keyfile.name}' already") from None
        with reading(path):
            # Two processes that create one name at once share the temporary file: believe only what is there.
            if path.read_bytes() != data:
                raise NameTaken(f"another process made a key named '{keyfile.name}' at the same time")
        return keyfile
