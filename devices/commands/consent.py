"""`meter key consent`: a meter's consent to its terms, signed where the meter's key is."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from devices.commands.output import Result, fields, prints
from devices.commands.targets import HOME_OPTION, ask_password
from devices.errors import Misuse
from devices.signers.opening import Signers
from ledger.consent import MAX_TERMS_FILE_BYTES, Terms, decode_terms_file, encode_terms_file
from ledger.errors import TermsError


@click.command()
@click.argument("place")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@HOME_OPTION
@prints
def consent(place: str, file: Path, yes: bool, home: str) -> Result:
    """Agree to the terms in FILE (`nodechain unit terms`) with the meter's key at PLACE."""
    found = _read(file)
    with Signers(home, ask_password) as signers:
        if signers.public_key(place) != found.terms.meter_key:
            raise Misuse(f"the terms name another key than {place}", code="other_key")
        if found.meter_signature:
            raise Misuse(f"the meter has signed {file} already", code="nothing_to_sign")
        if not yes:
            _confirm(found)
        signed = replace(found, meter_signature=signers.open(place).sign(found.message))
    _write(file, signed)
    still = f"Still missing: {', '.join(signed.missing)}." if signed.missing else "The unit may send it: bind-terms."
    return Result({"file": str(file), **signed.shown()}, f"Signed {file}. {still}")


def _confirm(found: Terms) -> None:
    click.echo(fields(found.shown()), err=True)
    if not sys.stdin.isatty():
        raise Misuse("there is no terminal to ask on: say --yes to consent to these terms", code="not_confirmed")
    click.confirm("Consent to these terms?", abort=True, err=True)


def _read(file: Path) -> Terms:
    try:
        with file.open("rb") as opened:
            return decode_terms_file(opened.read(MAX_TERMS_FILE_BYTES + 1))
    except (OSError, TermsError) as error:
        raise Misuse(f"{file} is no terms file: {error}", code="bad_terms_file") from None


def _write(file: Path, signed: Terms) -> None:
    """Whole or not at all: the file may hold consents that were given elsewhere."""
    temporary = file.with_name(f".{file.name}.new")
    try:
        with temporary.open("wb") as opened:
            opened.write(encode_terms_file(signed))
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(file)
    except OSError as error:
        raise Misuse(f"{file}: {error.strerror}", code="not_written") from None
