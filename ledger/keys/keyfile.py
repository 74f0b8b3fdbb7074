"""Key files: one secret under a password, as JSON shaped like EIP-2335 (ERC-2335, version 4).

    name, kind, pubkey, path, uuid, version, crypto: { kdf, checksum, cipher }

What is added to the standard: `kind` and `name`, and the public key starts with the byte of its algorithm. Bytes in,
bytes out: salt, iv and uuid come in as arguments, files are `nodechain.home.keystore`'s. A key file may come from a
stranger, so whatever makes opening it expensive is bounded before any work is done. The password protects the secret
only: name, kind and path can be changed by whoever can write the file; a changed public key is noticed on opening.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CTR

from ledger.errors import InputTooLarge, InvalidInput, KeyfileError, WrongPassword
from ledger.keys.address import address_of
from ledger.keys.crypto import Ed25519SecretKey, P256SecretKey, check_public_key, secret_key_from_bytes, sha256
from ledger.limits import MAX_KEYFILE_BYTES

VERSION: Final = 4
SALT_BYTES: Final = 32
IV_BYTES: Final = 16
UUID_BYTES: Final = 16

MAX_SCRYPT_WORK: Final = 2**21
"""n * r * p of a file that is read; 2^21 is EIP-2335's own test vector. Memory is 128 * n * r, so 256 MiB at most."""

MAX_PBKDF2_ROUNDS: Final = 2**21


class KeyKind(StrEnum):
    """What a key is for; one key is never used for two of these."""

    ACCOUNT = "account"
    VALIDATOR = "validator"
    NODE = "node"
    METER = "meter"

    @property
    def branch(self) -> int:
        """The number of the kind in a derivation path."""
        return list(KeyKind).index(self)


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the file's sections: a field that nobody knows is an error, not ignored."""


class ScryptParams(_Strict, frozen=True):
    """RFC 7914; `n` is a power of two, the salt is hex."""

    dklen: Literal[32]
    n: Annotated[int, msgspec.Meta(ge=2, le=MAX_SCRYPT_WORK)]
    p: Annotated[int, msgspec.Meta(ge=1, le=16)]
    r: Annotated[int, msgspec.Meta(ge=1, le=64)]
    salt: str


class ScryptModule(_Strict, frozen=True, tag_field="function", tag="scrypt"):
    """How the password becomes 32 bytes, and the only way that this program writes."""

    params: ScryptParams
    message: Literal[""]


class Pbkdf2Params(_Strict, frozen=True):
    """RFC 2898 with HMAC-SHA256; the salt is hex."""

    dklen: Literal[32]
    c: Annotated[int, msgspec.Meta(ge=1, le=MAX_PBKDF2_ROUNDS)]
    prf: Literal["hmac-sha256"]
    salt: str


class Pbkdf2Module(_Strict, frozen=True, tag_field="function", tag="pbkdf2"):
    """The standard's second way; read only: graphics cards are good at it. Browsers write it, having nothing else."""

    params: Pbkdf2Params
    message: Literal[""]


class NoParams(_Strict, frozen=True):
    """SHA-256 has none."""


class ChecksumModule(_Strict, frozen=True, tag_field="function", tag="sha256"):
    """SHA-256 over the second half of the derived key and the encrypted secret, hex."""

    params: NoParams
    message: str


class CipherParams(_Strict, frozen=True):
    """The first counter block, hex."""

    iv: str


class CipherModule(_Strict, frozen=True, tag_field="function", tag="aes-128-ctr"):
    """The secret under the first half of the derived key, hex."""

    params: CipherParams
    message: str


class CryptoSection(_Strict, frozen=True):
    """The three modules of EIP-2335."""

    kdf: ScryptModule | Pbkdf2Module
    checksum: ChecksumModule
    cipher: CipherModule


class Keyfile(_Strict, frozen=True):
    """One key as its file says. Reading it needs no password; `open_key` does."""

    name: str
    kind: KeyKind
    pubkey: str
    """Hex, the byte of the algorithm first."""
    path: str
    """Where in the recovery phrase's tree the key comes from; empty if from none."""
    uuid: str
    version: Literal[4]
    crypto: CryptoSection
    description: str = ""

    @property
    def public_key(self) -> bytes:
        """The public key with the algorithm as its first byte."""
        return bytes.fromhex(self.pubkey)

    @property
    def address(self) -> bytes:
        """The 20 bytes of the account that this key alone controls."""
        return address_of(self.public_key)


class ScryptCost(msgspec.Struct, frozen=True):
    """What guessing one password costs: time grows with n * r * p, memory is 128 * n * r bytes."""

    n: int
    r: int = 8
    p: int = 1


COST_STANDARD: Final = ScryptCost(2**17)
"""128 MiB."""

COST_LIGHT: Final = ScryptCost(2**12)
"""4 MiB, for meters and other small devices, and for throw-away chains."""

_decoder: Final = msgspec.json.Decoder(Keyfile, strict=True)


def encode_password(password: str) -> bytes:
    """NFKD, without C0, C1 and Delete, as UTF-8 (EIP-2335); raises `KeyfileError` if nothing is left."""
    kept = (c for c in unicodedata.normalize("NFKD", password) if not (ord(c) < 32 or 127 <= ord(c) < 160))
    try:
        encoded = "".join(kept).encode()
    except UnicodeEncodeError:
        raise KeyfileError("the password holds characters that are no text", code="bad_password") from None
    if not encoded:
        raise KeyfileError("the password is empty; choose one", code="bad_password")
    return encoded


def seal_key(
    key: Ed25519SecretKey | P256SecretKey,
    password: str,
    *,
    name: str,
    kind: KeyKind,
    path: str,
    salt: bytes,
    iv: bytes,
    uuid: bytes,
    cost: ScryptCost = COST_STANDARD,
) -> Keyfile:
    """The key under a password. `salt` (32), `iv` (16) and `uuid` (16) are fresh random bytes; never use one twice.

    Raises `KeyfileError` for other sizes, a cost beyond what is read back, or an empty password.
    """
    for what, value, size in (("salt", salt, SALT_BYTES), ("iv", iv, IV_BYTES), ("uuid", uuid, UUID_BYTES)):
        if len(value) != size:
            raise KeyfileError(f"the {what} has {size} bytes, not {len(value)}")
    params = ScryptParams(dklen=32, n=cost.n, p=cost.p, r=cost.r, salt=salt.hex())
    kdf = ScryptModule(params=params, message="")
    derived = _derive(kdf, password)
    message = _aes_ctr(derived, iv, key.secret_bytes)
    return Keyfile(
        name=name,
        kind=kind,
        pubkey=key.public_key.hex(),
        path=path,
        uuid=_uuid_text(uuid),
        version=VERSION,
        crypto=CryptoSection(
            kdf=kdf,
            checksum=ChecksumModule(params=NoParams(), message=sha256(derived[16:] + message).hex()),
            cipher=CipherModule(params=CipherParams(iv=iv.hex()), message=message.hex()),
        ),
    )


def write_keyfile(keyfile: Keyfile) -> bytes:
    """The file's bytes, indented for people, with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(keyfile), indent=2) + b"\n"


def read_keyfile(data: bytes) -> Keyfile:
    """What a key file says, without opening it; raises `KeyfileError` or `InputTooLarge`."""
    if len(data) > MAX_KEYFILE_BYTES:
        raise InputTooLarge("key file", len(data), MAX_KEYFILE_BYTES)
    try:
        keyfile = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KeyfileError(f"not a key file of this program: {error}") from None
    try:
        check_public_key(_hex("pubkey", keyfile.pubkey, 33, 34))
    except InvalidInput as error:
        raise KeyfileError(f"the public key in the file is none: {error.detail}") from None
    return keyfile


def open_key(keyfile: Keyfile, password: str) -> Ed25519SecretKey | P256SecretKey:
    """The secret key; raises `WrongPassword`, or `KeyfileError` where the file is damaged."""
    secret = decrypt_secret(keyfile.crypto, password)
    public_key = keyfile.public_key
    try:
        key = secret_key_from_bytes(check_public_key(public_key), secret)
    except InvalidInput as error:
        raise KeyfileError(f"what the file holds is no key: {error.detail}") from None
    if key.public_key != public_key:
        raise KeyfileError("the file names another public key than its secret has: it was changed")
    return key


def decrypt_secret(crypto: CryptoSection, password: str) -> bytes:
    """The bytes behind the modules of an EIP-2335 file; raises `WrongPassword` or `KeyfileError`."""
    message = _hex("cipher.message", crypto.cipher.message, 1, 64)
    iv = _hex("cipher.params.iv", crypto.cipher.params.iv, IV_BYTES, IV_BYTES)
    checksum = _hex("checksum.message", crypto.checksum.message, 32, 32)
    derived = _derive(crypto.kdf, password)
    if not hmac.compare_digest(sha256(derived[16:] + message), checksum):
        raise WrongPassword("the password does not open this key; passwords tell upper and lower case apart")
    return _aes_ctr(derived, iv, message)


def _derive(kdf: ScryptModule | Pbkdf2Module, password: str) -> bytes:
    """32 bytes of the password; all bounds are checked before the work starts."""
    secret = encode_password(password)
    salt = _hex("kdf.params.salt", kdf.params.salt, 8, 64)
    if isinstance(kdf, Pbkdf2Module):
        return hashlib.pbkdf2_hmac("sha256", secret, salt, kdf.params.c, 32)
    n, r, p = kdf.params.n, kdf.params.r, kdf.params.p
    if n < 2 or r < 1 or p < 1 or n & n - 1 or n * r * p > MAX_SCRYPT_WORK:
        raise KeyfileError(f"scrypt with n={n}, r={r}, p={p} is not allowed: n is a power of two, n*r*p at most 2^21")
    # OpenSSL refuses above `maxmem`; its own need is 128 * r * (n + p + 2) bytes and a little.
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=128 * r * (n + p + 2) + 65_536, dklen=32)


def _aes_ctr(derived: bytes, iv: bytes, data: bytes) -> bytes:
    """AES-128-CTR under the first 16 bytes; the same in both directions."""
    stream = Cipher(AES128(derived[:16]), CTR(iv)).encryptor()
    return stream.update(data) + stream.finalize()


def _hex(what: str, text: str, least: int, most: int) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        raise KeyfileError(f"{what} is not hexadecimal") from None
    if not least <= len(value) <= most:
        raise KeyfileError(f"{what} has {len(value)} bytes, expected {least} to {most}")
    return value


def _uuid_text(uuid: bytes) -> str:
    """RFC 9562 version 4: six bits are fixed, the others are the random ones."""
    fixed = bytearray(uuid)
    fixed[6] = fixed[6] & 0x0F | 0x40
    fixed[8] = fixed[8] & 0x3F | 0x80
    text = fixed.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
