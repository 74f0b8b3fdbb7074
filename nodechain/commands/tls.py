"""Check the interface's certificate; a community's own authority."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

import click
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.keys.crypto import Algorithm, P256SecretKey
from ledger.keys.keyfile import KeyKind
from nodechain.certificates import authority as authorities
from nodechain.certificates.check import MAX_FILE_BYTES, read_certificates
from nodechain.certificates.check import check as check_files
from nodechain.certificates.hosts import Host, host_text, names_of, parse_hosts, permitted_by
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.passwords import Passwords
from nodechain.errors import ConfigurationError, NodeError, UsageError, WrongSecret
from nodechain.files.durable_file import create_file, make_directory, replace_file
from nodechain.files.user_file import read_user_file
from nodechain.home.keystore import Keystore

AUTHORITY: Final = "authority"
"""The name of the authority's key file, and of its certificate beside it."""
PUBLIC: Final = 0o644
_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_FILE: Final = click.Path(dir_okay=False, path_type=Path)


class CertificateRefused(NodeError):
    """A certificate that some client would not take."""

    code = "certificate_refused"
    advice = "Get another (`nodechain tls request`, or your ACME client) and check that."


@click.group()
def tls() -> None:
    """Certificates of the interface: check given ones, or make a community's own."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@tls.command()
@click.argument("hosts", nargs=-1, metavar="[HOST]...")
@click.option("--certificate", type=_FILE, help="PEM, with the chain; default: the setting api_certificate.")
@click.option("--key", type=_FILE, help="PEM; default: the setting api_key.")
@click.option("--authority", type=_FILE, help="Whom clients trust (PEM); default: what this machine trusts.")
@command
def check(
    invocation: Invocation,
    *,
    hosts: tuple[str, ...],
    certificate: Path | None,
    key: Path | None,
    authority: Path | None,
) -> int:
    """Check a certificate as browsers do: key, chain, time, each HOST (default: all in it); 1 if one is refused."""
    certificate = certificate or _set(invocation.config.api_certificate, "--certificate", "api_certificate")
    key = key or _set(invocation.config.api_key, "--key", "api_key")
    asked: tuple[Host, ...] = parse_hosts(hosts) if hosts else names_of(read_certificates(certificate)[0])
    found = check_files(certificate, key, asked, authority=authority, now=_now())
    own, faults = found.chain[0], found.faults
    refused = [fault for fault in faults if not fault.is_warning]
    named = [host_text(host) for host in found.hosts]
    data = {
        "certificate": str(certificate),
        "hosts": named,
        "issuer": own.issuer.rfc4514_string(),
        "ends": own.not_valid_after_utc.isoformat(),
        "days_left": found.days_left,
        "chain": len(found.chain),
        "faults": [{"code": fault.code, "detail": fault.detail, "warning": fault.is_warning} for fault in faults],
    }
    rows: list[tuple[str, object]] = [
        ("certificate", certificate), ("hosts", ", ".join(named)), ("issuer", data["issuer"]),
        ("ends", f"{own.not_valid_after_utc:%Y-%m-%d %H:%M} UTC, {found.days_left} days left"),
        *(("warning" if fault.is_warning else "refused", f"{fault.code}: {fault.detail}") for fault in faults),
    ]  # fmt: skip
    if not refused:
        invocation.show(data, fields([*rows, ("verdict", "good")]))
        return 0
    fault = CertificateRefused("; ".join(entry.detail for entry in refused))
    error = {"code": fault.code, "detail": fault.detail, "advice": fault.advice, "exit_code": fault.exit_code}
    invocation.show(data, fields([*rows, ("verdict", "refused")]), None, [error])
    return fault.exit_code


def _set(setting: str, option: str, name: str) -> Path:
    if not setting:
        raise UsageError(f"no certificate is named: give {option}, or set {name}", code="no_certificate")
    return Path(setting)


@tls.command()
@click.argument("hosts", nargs=-1, metavar="[HOST]...")
@click.option("--directory", type=_FOLDER, required=True, help="A new folder, on a medium that is kept offline.")
@click.option("--name", default="energy community", show_default=True, help="The community's, shown by browsers.")
@click.option("--renew", is_flag=True, help="Two more years for the authority in the folder, with its key and hosts.")
@command
def authority(invocation: Invocation, *, hosts: tuple[str, ...], directory: Path, name: str, renew: bool) -> None:
    """Make the community's certificate authority: it can vouch for these HOSTs, and for no others."""
    path, keystore = directory / f"{AUTHORITY}.pem", Keystore(directory)
    if renew:
        if hosts:
            raise UsageError("--renew keeps the hosts", advice="For others make a new authority in another folder.")
        old = read_certificates(path)[0]
        secret = _secret(keystore, Passwords())
        made = authorities.make_authority(secret, _common_name(old), permitted_by(old), _now())
        replace_file(path, _pem(made), mode=PUBLIC)
    else:
        named = parse_hosts(hosts)
        passwords = Passwords()
        password = passwords.ask_new("the authority")
        make_directory(directory)
        keystore.create(AUTHORITY, KeyKind.NODE, password, algorithm=Algorithm.P256)
        made = authorities.make_authority(_secret(keystore, passwords), name, named, _now())
        replace_file(path, _pem(made), mode=PUBLIC)
    _show(
        invocation,
        made,
        path,
        permitted_by(made),
        "Give this file to everybody; they compare the fingerprint on paper.",
    )


@tls.command()
@click.argument("hosts", nargs=-1, required=True, metavar="HOST...")
@click.option("--directory", type=_FOLDER, help="Default: HOME/tls.")
@command
def request(invocation: Invocation, *, hosts: tuple[str, ...], directory: Path | None) -> None:
    """Make a key for this node's interface and the request that its authority signs; the key stays here."""
    named, folder = parse_hosts(hosts), directory or invocation.home / "tls"
    make_directory(folder)
    key_path, path = folder / "key.pem", folder / "request.pem"
    secret = ec.generate_private_key(ec.SECP256R1())
    pkcs8 = serialization.PrivateFormat.PKCS8
    try:
        create_file(key_path, secret.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption()))
    except FileExistsError:
        # To renew: the same key, so that certificate and key fit together at every instant.
        secret = _node_key(key_path)
    asked = authorities.make_request(secret, named)
    replace_file(path, asked.public_bytes(serialization.Encoding.PEM), mode=PUBLIC)
    data = {"request": str(path), "key": str(key_path), "hosts": [host_text(host) for host in named]}
    sign = f"nodechain tls sign {path.name} --authority FOLDER --to certificate.pem"
    invocation.show(data, fields([("request", path), ("key", f"{key_path}, stays here"), ("sign it with", sign)]))


def _node_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        secret = serialization.load_pem_private_key(read_user_file(path, MAX_FILE_BYTES, "key"), None)
    except (ValueError, TypeError):
        secret = None
    if not isinstance(secret, ec.EllipticCurvePrivateKey):
        raise ConfigurationError(f"{path} is no key that this command made", advice="Name another --directory.")
    return secret


@tls.command()
@click.argument("file", type=_FILE)
@click.option("--authority", "folder", type=_FOLDER, required=True, help="The folder of the authority.")
@click.option("--to", "target", type=_FILE, required=True, help="The node's certificate (PEM).")
@command
def sign(invocation: Invocation, *, file: Path, folder: Path, target: Path) -> None:
    """Sign the request of a node with the authority, as long as the authority lives."""
    issuer = read_certificates(folder / f"{AUTHORITY}.pem")[0]
    try:
        asked = x509.load_pem_x509_csr(read_user_file(file, MAX_FILE_BYTES, "request"))
    except ValueError:
        raise UsageError(f"{file} is no request in PEM", code="bad_request_file") from None
    made = authorities.sign_request(issuer, _secret(Keystore(folder), Passwords()), asked, _now())
    replace_file(target, _pem(made), mode=PUBLIC)
    _show(invocation, made, target, names_of(made), "Beside the node: nodechain config set api_certificate FILE.")


@tls.command()
@click.argument("file", type=_FILE)
@command
def fingerprint(invocation: Invocation, *, file: Path) -> None:
    """The fingerprint of a certificate in groups, to compare with the one on paper before it is trusted."""
    found = read_certificates(file)[0]
    _show(invocation, found, file, permitted_by(found) or names_of(found), "")


def _show(invocation: Invocation, found: x509.Certificate, path: Path, hosts: tuple[Host, ...], then: str) -> None:
    lines = authorities.fingerprint_lines(found)
    data: dict[str, Any] = {
        "file": str(path),
        "hosts": [host_text(host) for host in hosts],
        "ends": found.not_valid_after_utc.isoformat(),
        "fingerprint": " ".join(lines),
    }
    rows: list[tuple[str, object]] = [
        ("certificate", path), ("hosts", ", ".join(data["hosts"])),
        ("ends", f"{found.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"),
        *(("fingerprint" if not place else "", line) for place, line in enumerate(lines)),
    ]  # fmt: skip
    invocation.show(data, fields(rows) + (f"\n\n{then}" if then else ""))


def _secret(keystore: Keystore, passwords: Passwords) -> P256SecretKey:
    secret = passwords.open(keystore, AUTHORITY)
    if not isinstance(secret, P256SecretKey):
        raise WrongSecret("the authority's key is no P-256 key")
    return secret


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""
