"""A community's own authority and what checks certificates, judged by OpenSSL's verifier and a serving node."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import stat
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from harness.forked import run
from harness.node import HomeFixture
from harness.processes import password_file
from ledger.keys.crypto import Algorithm, P256SecretKey
from ledger.keys.keyfile import read_keyfile
from nodechain.api.server import ApiOptions, serve_api
from nodechain.certificates.authority import (
    LIFE,
    NotSigned,
    fingerprint_lines,
    make_authority,
    make_request,
    sign_request,
)
from nodechain.certificates.check import Checked, check, read_certificates, refusal, server_context
from nodechain.certificates.hosts import MAX_HOSTS, parse_hosts, permitted_by
from nodechain.certificates.renewal import Renewal
from nodechain.errors import ConfigurationError, UsageError
from tests.makers.cli_docs import DOCS, Player, blocks, examples
from tests.support.api import STANDING

SECRET = P256SecretKey(0x1234567890ABCDEF)
NOW = dt.datetime.now(dt.UTC)
HOSTS = ("localhost", "node.example", "127.0.0.1")
LOOKS = 2_000


def pem(item: x509.Certificate) -> bytes:
    return item.public_bytes(serialization.Encoding.PEM)


class Files:
    """An authority for some hosts, and what it signs, as files."""

    def __init__(self, folder: Path, hosts: tuple[str, ...] = HOSTS, *, made: dt.datetime = NOW) -> None:
        self.folder = folder
        self.issuer = make_authority(SECRET, "Sonnenhof", parse_hosts(hosts), made)
        self.authority = folder / "authority.pem"
        self.authority.write_bytes(pem(self.issuer))
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"

    def issue(self, *hosts: str, at: dt.datetime = NOW) -> x509.Certificate:
        """A certificate as the command makes it, and its key, written over those that are there."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = sign_request(self.issuer, SECRET, make_request(key, parse_hosts(hosts)), at)
        self.write(made, key)
        return made

    def forge(self, *hosts: str) -> None:
        """One that the authority's key signs for hosts which the authority is not for: as a thief of the key would."""
        key = ec.generate_private_key(ec.SECP256R1())
        signer = ec.derive_private_key(int.from_bytes(SECRET.secret_bytes, "big"), ec.SECP256R1())
        issuer_key = self.issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(self.issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - dt.timedelta(hours=1))
            .not_valid_after(NOW + dt.timedelta(days=10))
            .add_extension(x509.SubjectAlternativeName(list(parse_hosts(hosts))), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key), critical=False)
            .sign(signer, hashes.SHA256())
        )
        self.write(made, key)

    def write(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.certificate.write_bytes(pem(certificate))
        self.key.touch(mode=0o600)
        self.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    def refused(self, host: str) -> str:
        """What a client says that trusts the authority."""
        return refusal(server_context(self.certificate, self.key), parse_hosts([host])[0], self.authority)

    def checked(self, *hosts: str, now: dt.datetime = NOW) -> Checked:
        return check(self.certificate, self.key, parse_hosts(hosts), authority=self.authority, now=now)


def test_openssl_accepts_each_named_host(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.issue(*HOSTS)
    assert [files.refused(host) for host in HOSTS] == ["", "", ""]
    assert "mismatch" in files.refused("other.example").lower()
    assert refusal(server_context(files.certificate, files.key), parse_hosts(["localhost"])[0], None)


@pytest.mark.parametrize(
    ("permitted", "forged"),
    [
        (HOSTS, "bank.example"),
        (HOSTS, "10.0.0.1"),
        (("node.example",), "127.0.0.1"),
        (("node.example",), "::1"),
        (("127.0.0.1",), "bank.example"),
    ],
)
def test_openssl_refuses_another_host_below_the_same_authority(
    tmp_path: Path, permitted: tuple[str, ...], forged: str
) -> None:
    files = Files(tmp_path, permitted)
    files.forge(forged)
    assert files.refused(forged) in ("permitted subtree violation", "excluded subtree violation")
    (fault,) = [fault for fault in files.checked(forged).faults if not fault.is_warning]
    assert fault.code == "host_refused"


def test_the_constraint_is_critical_and_names_these_hosts(tmp_path: Path) -> None:
    files = Files(tmp_path)
    found = files.issuer.extensions.get_extension_for_class(x509.NameConstraints)
    assert found.critical
    assert permitted_by(files.issuer) == parse_hosts(HOSTS)
    assert files.issuer.not_valid_after_utc - NOW.replace(microsecond=0) == LIFE
    with pytest.raises(NotSigned, match=r"bank\.example"):
        files.issue("node.example", "bank.example")


def test_what_is_over_is_refused(tmp_path: Path) -> None:
    made = NOW - LIFE - dt.timedelta(days=1)
    files = Files(tmp_path, made=made)
    files.issue("localhost", at=made)
    assert files.refused("localhost") == "certificate has expired"
    assert {fault.code for fault in files.checked("localhost").faults} == {"expired", "host_refused"}
    with pytest.raises(NotSigned, match="over"):
        files.issue("localhost")


def test_a_certificate_ends_with_its_authority(tmp_path: Path) -> None:
    files = Files(tmp_path, made=NOW - dt.timedelta(days=720))
    made = files.issue("localhost")
    assert made.not_valid_after_utc == files.issuer.not_valid_after_utc
    (fault,) = files.checked("localhost").faults
    assert (fault.code, fault.is_warning) == ("renew", True)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.issue("localhost")
    kept = files.key.read_bytes()
    files.issue("localhost")
    files.key.write_bytes(kept)
    with pytest.raises(ConfigurationError, match="mismatch"):
        files.checked("localhost")


def test_a_key_under_a_password_is_refused_and_nothing_is_asked(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.issue("localhost")
    secret = serialization.load_pem_private_key(files.key.read_bytes(), None)
    files.key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
        )
    )
    with pytest.raises(ConfigurationError):
        server_context(files.certificate, files.key)


def test_an_exposed_key_and_a_broken_chain_are_told(tmp_path: Path) -> None:
    files = Files(tmp_path)
    made = files.issue("localhost")
    stranger = make_authority(P256SecretKey(99), "another", parse_hosts(["localhost"]), NOW)
    files.certificate.write_bytes(pem(made) + pem(stranger))
    files.key.chmod(0o644)
    assert {fault.code for fault in files.checked("localhost").faults} == {"key_exposed", "chain_broken"}


def test_the_fingerprint_is_sha256_in_groups(tmp_path: Path) -> None:
    issuer = Files(tmp_path).issuer
    lines = fingerprint_lines(issuer)
    assert [len(line.split()) for line in lines] == [8, 8]
    assert bytes.fromhex("".join(lines)) == issuer.fingerprint(hashes.SHA256())


@pytest.mark.parametrize("text", ["", "http://x", "x:80", "*.example", "a_b", "-x", "ü.example", "x" * 254])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_hosts([text])


def test_hosts_are_limited() -> None:
    names = [f"n{number}.example" for number in range(MAX_HOSTS + 1)]
    assert len(parse_hosts([*names[:-1], names[0]])) == MAX_HOSTS
    with pytest.raises(UsageError):
        parse_hosts(names)


def test_half_a_renewal_changes_nothing(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.issue("localhost")
    old, renewal = files.key.read_bytes(), Renewal(files.certificate, files.key)
    assert renewal.newest() is None
    files.issue("localhost")
    whole = files.key.read_bytes()
    files.key.write_bytes(old)
    assert renewal.newest() is None
    files.key.unlink()
    assert renewal.newest() is None
    files.key.write_bytes(whole)
    assert renewal.newest() is not None
    assert renewal.newest() is None


def test_a_renewed_certificate_serves_without_a_restart(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.issue("localhost", "127.0.0.1")
    home = HomeFixture(tmp_path / "home")
    trusting = ssl.create_default_context(cafile=files.authority)

    async def serial(port: int) -> int:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
        found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        return x509.load_der_x509_certificate(found).serial_number

    async def story() -> None:
        options = ApiOptions(port=0, certificate=files.certificate, key=files.key, renewal_look_s=0.01)
        async with home.running(STANDING) as node:
            server = await serve_api(node, options)
            try:
                port = int(server.url.rpartition(":")[2])
                connector = aiohttp.TCPConnector(ssl=trusting)
                async with aiohttp.ClientSession(server.url, connector=connector) as client:
                    async with client.get("/v1/status") as answer:
                        assert answer.status == 200
                    new = files.issue("localhost", "127.0.0.1")
                    for _ in range(LOOKS):
                        if await serial(port) == new.serial_number:
                            break
                        await asyncio.sleep(0.01)
                    else:
                        pytest.fail("the new certificate is not served")
                    # A connection that was open goes on.
                    async with client.get("/v1/status") as answer:
                        assert answer.status == 200
            finally:
                await server.close()

    asyncio.run(story())


def test_the_page_keeps_its_word(tmp_path: Path) -> None:
    """Its commands in order; afterwards no key can be read by others, and the authority's is under a password."""
    player = Player(tmp_path)
    try:
        for console, piece in blocks((DOCS.parent / "tls.md").read_text()):
            for example in examples(piece) if console else []:
                code, output = player.play(example.line)
                assert code == example.exit_code, (example.line, output)
    finally:
        player.close()
    keys = [tmp_path / "node" / "key.pem", *(tmp_path / "authority").glob("*.json")]
    assert len(keys) == 2
    assert [stat.S_IMODE(path.stat().st_mode) for path in keys] == [0o600, 0o600]
    assert read_keyfile(keys[1].read_bytes()).public_key[0] == Algorithm.P256
    (authority,) = read_certificates(tmp_path / "authority" / "authority.pem")
    assert [host.value for host in permitted_by(authority)] == ["node.home.arpa", ipaddress.ip_address("127.0.0.1")]
    (own,) = read_certificates(tmp_path / "node" / "certificate.pem")
    own.verify_directly_issued_by(authority)
    asked = ("tls", "check", "--certificate", str(tmp_path / "node" / "certificate.pem"), "--key", str(keys[0]))
    done = run(*asked, "bank.example", "--authority", str(tmp_path / "authority" / "authority.pem"), "-o", "json")
    assert (done.code, done.error["code"]) == (1, "certificate_refused")


def test_an_authority_is_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    environment = {"NODECHAIN_PASSWORD_FILE": str(password_file(tmp_path))}
    made = ("tls", "authority", "node.example", "--directory", str(folder), "-o", "json")
    first = run(*made, environment=environment).data
    assert run(*made, environment=environment).error["code"] == "name_taken"
    assert read_certificates(folder / "authority.pem")[0].fingerprint(hashes.SHA256()) == bytes.fromhex(
        first["fingerprint"]
    )


@pytest.mark.parametrize(
    ("line", "what", "code"),
    [
        ("fingerprint FILE", "gone", "file_not_found"),
        ("fingerprint FILE", "endless", "file_too_large"),
        ("check localhost --certificate FILE --key FILE", "gone", "file_not_found"),
        ("check localhost --certificate FILE --key FILE", "endless", "file_too_large"),
        ("sign FILE --authority AUTHORITY --to AUTHORITY/signed.pem", "gone", "file_not_found"),
        ("sign FILE --authority AUTHORITY --to AUTHORITY/signed.pem", "endless", "file_too_large"),
        ("sign AUTHORITY/authority.pem --authority FOLDER --to AUTHORITY/signed.pem", "gone", "file_not_found"),
        ("request node.example --directory FOLDER", "endless", "file_too_large"),
    ],
)
def test_files_are_read_as_by_every_command(tmp_path: Path, line: str, what: str, code: str) -> None:
    """One code for a file that is not there, and nothing is read beyond what a certificate or a key may have."""
    environment = {"NODECHAIN_PASSWORD_FILE": str(password_file(tmp_path))}
    authority, folder = tmp_path / "authority", tmp_path / "other"
    run("tls", "authority", "node.example", "--directory", str(authority), environment=environment)
    folder.mkdir()
    read = folder / ("key.pem" if line.startswith("request") else "authority.pem")
    if what == "endless":
        read.symlink_to("/dev/zero")
    for name, place in {"FILE": read, "AUTHORITY": authority, "FOLDER": folder}.items():
        line = line.replace(name, str(place))
    assert run("tls", *line.split(), "-o", "json", environment=environment).error["code"] == code
