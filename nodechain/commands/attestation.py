"""Attestations: what registrars and auditors sign of accounts; data, document and salt stay with who holds them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from itertools import chain as joined
from pathlib import Path
from typing import Final

import click

from ledger.attestations.payloads import (
    NO_DOCUMENT,
    AttestationKind,
    AttesterRole,
    IssueAttestation,
    OfficeStanding,
    RevokeAttestation,
    SetAttester,
)
from ledger.attestations.rules import SALT_BYTES, salted_hash
from ledger.encoding.codec import Value
from ledger.encoding.times import format_day
from nodechain.client.answers.attestations import AttestationView
from nodechain.commands.sending.chain import words_of
from nodechain.commands.sending.send import How, account_asked, send
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal.attested import attestation_line
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.moments import moment_ms
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import heads, table
from nodechain.errors import NodeError, UsageError
from nodechain.files.user_file import read_user_file

MAX_DATA_BYTES: Final = 64 * 1024 * 1024
MAX_SALT_FILE_BYTES: Final = 1_024
_NUMBER: Final = click.argument("number", type=click.IntRange(min=1))
_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_SALT: Final = click.option(
    "--salt",
    type=_FILE,
    required=True,
    help="The file with the salt (64 hexadecimal digits): who has it can check.",
)
_KINDS: Final = [kind.name.lower() for kind in AttestationKind]


@click.group()
def attestation() -> None:
    """Attestations: what registrars and auditors sign of accounts, as salted hashes."""


@attestation.command()
@click.argument("subject", shell_complete=accounts)
@click.argument("file", type=_FILE)
@click.option("--kind", type=click.Choice(_KINDS), required=True, help="What is attested.")
@click.option("--document", type=_FILE, help="A document beside the data, as a report.")
@click.option("--until", required=True, metavar="TIME", help="When it expires, like 2027-12-31T00:00Z.")
@click.option("--salt", type=_FILE, help="Where the salt stands, or is written (default: FILE.salt).")
@sending
def issue(
    invocation: Invocation, how: How, *, subject: str, file: Path, kind: str, document: Path | None, until: str,
    salt: Path | None,
) -> None:  # fmt: skip
    """Sign for SUBJECT what FILE says. Only salted hashes go to the chain: keep FILE and its salt, apart from others'.

    Who deletes both has erased what was attested: the hash alone tells nothing.
    """
    data = read_user_file(file, MAX_DATA_BYTES, "data")
    papers = None if document is None else read_user_file(document, MAX_DATA_BYTES, "document")
    where = salt or file.with_name(f"{file.name}.salt")
    if where.exists():
        value = _read_salt(where)
    else:
        value = secrets.token_bytes(SALT_BYTES)
        invocation.write_file(where, f"{value.hex()}\n".encode())
    digest = NO_DOCUMENT if papers is None else salted_hash(value, papers)
    payload = IssueAttestation(
        invocation.address(subject), AttestationKind[kind.upper()], salted_hash(value, data), digest, moment_ms(until)
    )
    send(invocation, how, payload, done=f"Attested {kind} of {subject}; keep {file} and {where}.")


def _read_salt(path: Path) -> bytes:
    text = read_user_file(path, MAX_SALT_FILE_BYTES, "salt")
    try:
        value = bytes.fromhex(text.decode().strip())
    except ValueError:
        value = b""
    if len(value) != SALT_BYTES:
        raise UsageError(f"{path} holds no salt: {2 * SALT_BYTES} hexadecimal digits", code="bad_salt")
    return value


@attestation.command()
@_NUMBER
@sending
def revoke(invocation: Invocation, how: How, *, number: int) -> None:
    """Let attestation NUMBER count no more."""
    send(invocation, how, RevokeAttestation(number), done=f"Revoked attestation {number}.")


@attestation.command("list")
@click.argument("account", required=False, shell_complete=accounts)
@click.option("--signed", is_flag=True, help="What ACCOUNT has signed, not what is attested of it.")
@command
def list_(invocation: Invocation, *, account: str | None, signed: bool) -> None:
    """Attestations about ACCOUNT (one's own, where none is named)."""
    address = account_asked(invocation, account, "`nodechain attestation list NAME`")
    reads = invocation.node.attestations
    pages = reads.signed_by(address) if signed else reads.about(address)
    found = [each for page in pages for each in page["attestations"]]
    words = words_of(invocation)
    rows = [
        (
            str(each["number"]), each["kind"], words.who(each["attester" if not signed else "subject"]),
            format_day(each["expires_ms"]), _stands(each),
        )
        for each in found
    ]  # fmt: skip
    text = table(("NUMBER", "KIND", "OF" if signed else "BY", "UNTIL (UTC)", "STATE"), rows)
    shown = {"account": address, "attestations": found}
    invocation.show(shown, text if rows else "No attestation.", found, columns=heads(AttestationView))


def _stands(found: AttestationView) -> str:
    return "counts" if found["counts"] else "revoked" if found["revoked_ms"] else "does not count"


@attestation.command()
@_NUMBER
@click.argument("file", type=_FILE)
@_SALT
@click.option("--document", "is_document", is_flag=True, help="FILE is the document, not the data.")
@command
def check(invocation: Invocation, *, number: int, file: Path, salt: Path, is_document: bool) -> None:
    """Check that FILE is what attestation NUMBER was signed for."""
    found = invocation.node.attestations.show(number)["attestation"]
    digest = salted_hash(_read_salt(salt), read_user_file(file, MAX_DATA_BYTES, "data")).hex()
    expected = found["document_hash" if is_document else "data_hash"]
    if digest != expected:
        raise NodeError(
            f"{file} with this salt is not what attestation {number} was signed for",
            code="wrong_data",
            advice="Ask who holds the data for the file and the salt that belong to it.",
        )
    said = attestation_line(found, words_of(invocation))
    shown = {"number": number, "hash": digest, "counts": found["counts"]}
    invocation.show(shown, f"{file} is what attestation {number} was signed for: {said}.")


@attestation.command()
@command
def attesters(invocation: Invocation) -> None:
    """Registrars and auditors."""
    found = list(joined.from_iterable(page["attesters"] for page in invocation.node.attestations.attesters()))
    words = words_of(invocation)
    rows = [(words.who(each["address"]), each["role"], each["standing"], str(each["since"])) for each in found]
    text = table(("ACCOUNT", "OFFICE", "STANDING", "SINCE"), rows)
    invocation.show({"attesters": found}, text if rows else "Nobody has an office.", found)


def _names(kind: type[AttesterRole] | type[OfficeStanding]) -> Iterator[str]:
    return (each.name.lower() for each in kind)


@click.command("set-attester")
@click.argument("account", shell_complete=accounts)
@click.argument("role", type=click.Choice(list(_names(AttesterRole))))
@click.argument("standing", type=click.Choice(list(_names(OfficeStanding))), default="appointed")
@voting
def set_attester(invocation: Invocation, *, account: str, role: str, standing: str) -> Value:
    """Give ACCOUNT the office of a registrar or auditor, let it retire, or bar it: then nothing it signed counts."""
    return SetAttester(invocation.address(account), AttesterRole[role.upper()], OfficeStanding[standing.upper()])
