"""A community's own certificate authority: it can vouch for the hosts that it names, and for no others.

The constraint is critical (RFC 5280, 4.2.1.10): a client that does not know it refuses the authority, so who trusts it
gives nobody the power to be their bank. Its key is a key file under a password, kept away from the node.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ledger.keys.crypto import P256SecretKey
from nodechain.certificates.hosts import Host, host_text, names_of, permitted_by
from nodechain.errors import NodeError

LIFE: Final = dt.timedelta(days=730)
"""Of the authority; what it signs ends with it at the latest. Apple takes no server's certificate beyond 825 days."""
BACKDATED: Final = dt.timedelta(hours=1)
"""Clocks of browsers may be behind."""
MAX_NAME_LENGTH: Final = 64
"""Of a common name (X.520)."""
_GROUP: Final = 4
_GROUPS_A_LINE: Final = 8


class NotSigned(NodeError):
    """An authority that cannot sign this request."""

    code = "not_signed"
    advice = "Make a new authority with all hosts (`nodechain tls authority`); everybody then trusts the new one."


def make_authority(secret: P256SecretKey, name: str, hosts: Iterable[Host], now: dt.datetime) -> x509.Certificate:
    """The authority's certificate, for two years; again with the same key it renews it."""
    key, subject = _ec(secret), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:MAX_NAME_LENGTH])])
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        _begun(subject, subject, key.public_key(), now, now + LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(_only(hosts), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _only(hosts: Iterable[Host]) -> x509.NameConstraints:
    """These hosts. A kind of name that is not among them is excluded as a whole: else it would be free."""
    permitted: list[x509.GeneralName] = []
    for host in hosts:
        is_address = isinstance(host, x509.IPAddress)
        permitted.append(x509.IPAddress(ipaddress.ip_network(host.value)) if is_address else host)
    excluded: list[x509.GeneralName] = []
    if not any(isinstance(name, x509.DNSName) for name in permitted):
        excluded.append(x509.DNSName(""))
    if not any(isinstance(name, x509.IPAddress) for name in permitted):
        excluded += [x509.IPAddress(ipaddress.ip_network(every)) for every in ("0.0.0.0/0", "::/0")]
    return x509.NameConstraints(permitted, excluded or None)


def make_request(key: ec.EllipticCurvePrivateKey, hosts: Iterable[Host]) -> x509.CertificateSigningRequest:
    """What a node asks its authority to sign: its public key and its hosts."""
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .add_extension(x509.SubjectAlternativeName(list(hosts)), critical=True)
        .sign(key, hashes.SHA256())
    )


def sign_request(
    authority: x509.Certificate, secret: P256SecretKey, request: x509.CertificateSigningRequest, now: dt.datetime
) -> x509.Certificate:
    """The node's certificate, as long as the authority lives; of the request only key and hosts count.

    Raises `NotSigned`.
    """
    key, hosts, asked = _ec(secret), names_of(request), request.public_key()
    foreign = sorted(host_text(host) for host in set(hosts) - set(permitted_by(authority)))
    if foreign or not hosts:
        raise NotSigned(f"the authority is not for {', '.join(foreign)}" if foreign else "the request names no host")
    if not request.is_signature_valid or not isinstance(asked, ec.EllipticCurvePublicKey):
        raise NotSigned("the request is not signed by its own key", advice="Make it anew: `nodechain tls request`.")
    if key.public_key() != authority.public_key():
        raise NotSigned("the key is not that of the authority's certificate", advice="Give the folder it was made in.")
    if authority.not_valid_after_utc <= now:
        raise NotSigned("the authority is over", advice="Renew it: `nodechain tls authority --renew`.")
    ends = min(authority.not_valid_after_utc, now + LIFE)
    issuer_key = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        _begun(x509.Name([]), authority.subject, asked, now, ends)
        .add_extension(x509.SubjectAlternativeName(list(hosts)), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(asked), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key), critical=False)
        .sign(key, hashes.SHA256())
    )


def fingerprint_lines(certificate: x509.Certificate) -> list[str]:
    """SHA-256 of a certificate in groups of four, to be compared with paper."""
    text = certificate.fingerprint(hashes.SHA256()).hex().upper()
    groups = [text[start : start + _GROUP] for start in range(0, len(text), _GROUP)]
    return [" ".join(groups[start : start + _GROUPS_A_LINE]) for start in range(0, len(groups), _GROUPS_A_LINE)]


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: dt.datetime, ends: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(ends)
    )


def _ec(secret: P256SecretKey) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(secret.secret_bytes, "big"), ec.SECP256R1())
