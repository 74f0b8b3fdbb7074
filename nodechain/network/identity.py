"""Who this node is to its peers: an Ed25519 key of its own and a self-signed certificate around it (node.md).

Not the validator's key: that one signs votes and is encrypted; this one only names a machine, can be replaced at any
time, and opens no account. A node's id is its certificate's public key, 32 bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509.oid import NameOID

from nodechain.errors import DataDamaged, NodeError, storage_failed
from nodechain.files.durable_file import create_file, make_directory, replace_file
from nodechain.network.limits import MAX_NODE_CERTIFICATE_BYTES

KEY: Final = "key.pem"
CERTIFICATE: Final = "certificate.pem"
YEARS: Final = 30


class BadCertificate(NodeError):
    """What is no certificate of a node: not Ed25519, not self-signed, too long, or no certificate at all."""

    code = "bad_certificate"
    advice = "Ask the peer for its card again: `nodechain peers card`."
    exit_code = 2


class NodeIdentity(msgspec.Struct, frozen=True):
    """`certificate` in DER; both files in PEM, as `ssl` wants them."""

    node_id: bytes
    certificate: bytes
    key_file: Path
    certificate_file: Path


def node_id_of(certificate: bytes) -> bytes:
    """The public key of a node's certificate (DER); raises `BadCertificate`."""
    if len(certificate) > MAX_NODE_CERTIFICATE_BYTES:
        raise BadCertificate(f"a node's certificate has at most {MAX_NODE_CERTIFICATE_BYTES} bytes")
    try:
        parsed = x509.load_der_x509_certificate(certificate)
        key = parsed.public_key()
        if not isinstance(key, Ed25519PublicKey):
            raise BadCertificate("a node's certificate is Ed25519")
        key.verify(parsed.signature, parsed.tbs_certificate_bytes)
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise BadCertificate(f"no certificate that signed itself: {str(error) or 'wrong signature'}") from None
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def fingerprint(node_id: bytes) -> str:
    """A node's short name for people and logs."""
    return hashlib.sha256(node_id).hexdigest()[:12]


def load_or_create(directory: Path) -> NodeIdentity:
    """The identity in a directory, made if neither key nor certificate is there: for homes that are being made.

    A home that has been used only ever has its identity loaded: a new one in its place would be a node that no peer
    knows. Raises `DataDamaged` or `StorageFailed`.
    """
    if not (directory / KEY).exists() and not (directory / CERTIFICATE).exists():
        make_directory(directory)
        _write(directory, fresh=True)
    return load(directory)


def load(directory: Path) -> NodeIdentity:
    """The identity in a directory; raises `DataDamaged` (no_identity, bad_identity) or `StorageFailed`."""
    missing = [name for name in (KEY, CERTIFICATE) if not (directory / name).exists()]
    if missing:
        raise DataDamaged(
            f"there is no {' and no '.join(missing)} in {directory}: peers know this node by them",
            code="no_identity",
            advice="Put them back from a backup. If they are lost for good, make a new identity with `nodechain peers "
            "rotate`, and give its card (`nodechain peers card`) to the peers that have the old one.",
        )
    try:
        certificate = x509.load_pem_x509_certificate((directory / CERTIFICATE).read_bytes())
        secret = serialization.load_pem_private_key((directory / KEY).read_bytes(), None)
    except (ValueError, FileNotFoundError, UnsupportedAlgorithm) as error:
        raise _damaged(directory) from error
    except OSError as error:
        raise storage_failed(f"reading {directory}", error) from error
    data = certificate.public_bytes(serialization.Encoding.DER)
    if not isinstance(secret, Ed25519PrivateKey) or _raw(secret.public_key()) != node_id_of(data):
        raise _damaged(directory)
    return NodeIdentity(node_id_of(data), data, directory / KEY, directory / CERTIFICATE)


def rotate(directory: Path) -> NodeIdentity:
    """A new key and certificate in place of the old ones; peers must learn it. Raises `StorageFailed`."""
    make_directory(directory)
    _write(directory, fresh=False)
    return load(directory)


def _write(directory: Path, *, fresh: bool) -> None:
    secret = Ed25519PrivateKey.generate()
    write = create_file if fresh else replace_file
    # The certificate first: a key without its certificate would look like an identity.
    replace_file(directory / CERTIFICATE, _self_signed(secret).public_bytes(serialization.Encoding.PEM))
    write(
        directory / KEY,
        secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def _self_signed(secret: Ed25519PrivateKey) -> x509.Certificate:
    """CA:FALSE: who holds this key can vouch for nobody else."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, fingerprint(_raw(secret.public_key())))])
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        # A peer's clock may be wrong.
        .not_valid_before(now - dt.timedelta(days=2))
        .not_valid_after(now + dt.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(secret, None)
    )


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _damaged(directory: Path) -> DataDamaged:
    return DataDamaged(
        f"{directory} holds no node key with its certificate",
        code="bad_identity",
        advice="Make a new one with `nodechain peers rotate`, and give its card to the peers that have yours.",
    )
