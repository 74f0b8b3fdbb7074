"""`nodechain unit bind` and `replace`: a meter, with the consent of unit, meter and account.

Where all keys are in one home, one command does it. Else the unit writes the terms into a file, each holder of a key
consents to them (`unit consent`), and the unit sends what came back (`unit bind-terms`).
"""

from __future__ import annotations

from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any, Final

import click

from ledger.address import KEY_PREFIX, address_of, parse_key
from ledger.consent import Terms
from ledger.keyfile import Keyfile, KeyKind
from ledger.schema import MeterKind
from ledger.transactions.metering import BindMeter, MeterTerms, ReplaceMeter
from nodechain.client.rest import escaped
from nodechain.commands.chain import signing_chain
from nodechain.commands.options import Invocation, command, sending
from nodechain.commands.output import fields
from nodechain.commands.passwords import Passwords, confirm
from nodechain.commands.sending import How, send, sender_key, sender_name, signatures
from nodechain.commands.terms_file import read_terms, write_terms
from nodechain.errors import NotFound, UsageError, WrongSecret

KINDS: Final = {kind.name.lower(): kind for kind in MeterKind}


def meter_key(invocation: Invocation, text: str) -> bytes:
    """A meter's public key: of a key here, or as it is shown."""
    if text.startswith(KEY_PREFIX):
        return parse_key(text)
    return invocation.keystore.get(text).public_key


def _terms_options(function: Any) -> Any:
    for option in reversed(
        (
            click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What the meter measures."),
            click.option("--max-power", type=click.IntRange(min=1), required=True, help="W; more is quarantined."),
            click.option("--opening", type=click.IntRange(min=0), default=0, help="Raw register now; bills nothing."),
            click.option("--scale", type=click.IntRange(-9, 9), default=0, help="Power of ten from raw to Wh."),
            click.option("--rollover", type=click.IntRange(min=0), default=0, help="Register's modulus; 0: none."),
            click.option("--profile", default="00" * 32, metavar="HASH", help="`meter profiles show` prints it."),
        )
    ):
        function = option(function)
    return function


def _terms(invocation: Invocation, meter: str, account: str, options: dict[str, Any]) -> Terms:
    """The terms that the options say, with this unit's next nonce and the meter's last sequence from the chain."""
    unit = sender_name(invocation)
    unit_address = invocation.address_text(unit)
    nonce = int(invocation.api.get(f"/v1/accounts/{escaped(unit_address)}")["next_nonce"])
    status = invocation.api.get("/v1/status")
    key = meter_key(invocation, meter)
    terms = MeterTerms(
        unit=invocation.address(unit),
        unit_nonce=nonce,
        meter_key=key,
        account=invocation.address(account),
        kind=int(KINDS[options["kind"]]),
        max_power_w=options["max_power"],
        rollover=options["rollover"],
        scale=options["scale"],
        profile=_profile(options["profile"]),
        opening_ms=int(status["clock_ms"]),
        opening_register=options["opening"],
        opening_sequence=_sequence(invocation, key),
    )
    return Terms(signing_chain(invocation), terms)


def _binding(
    invocation: Invocation, passwords: Passwords, meter: str, account: str, options: dict[str, Any]
) -> BindMeter:
    """The terms, signed by the meter's key and the account's, both of this home."""
    found = _terms(invocation, meter, account, options)
    consent = passwords.open(invocation.keystore, meter).sign(found.message)
    account_key = sender_key(invocation, account)
    made = signatures(invocation, account, account_key, found.message, passwords)
    return replace_fields(found, meter_signature=consent).with_account(account_key, made).binding()


def _profile(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != 32:
        raise UsageError("--profile is 64 hexadecimal digits", advice="`nodechain meter profiles show NAME` prints it.")
    return found


def _sequence(invocation: Invocation, key: bytes) -> int:
    try:
        return int(invocation.api.get(f"/v1/meters/{key.hex()}")["sequence"])
    except NotFound:
        return 0


@click.command()
@click.argument("meter")
@click.argument("account")
@_terms_options
@sending
def bind(invocation: Invocation, how: How, *, meter: str, account: str, **options: Any) -> None:
    """Bind METER to ACCOUNT at this unit; all three keys are in this home."""
    passwords = Passwords()
    payload = _binding(invocation, passwords, meter, account, options)
    send(invocation, how, payload, done=f"Bound {meter} to {account}.", passwords=passwords)


@click.command()
@click.argument("old")
@click.argument("meter")
@click.argument("account")
@click.option("--closing", type=click.IntRange(min=0), required=True, help="The old meter's last raw register.")
@_terms_options
@sending
def replace(
    invocation: Invocation, how: How, *, old: str, meter: str, account: str, closing: int, **options: Any
) -> None:
    """Put METER in the place of OLD for ACCOUNT; OLD is billed up to its closing register."""
    passwords = Passwords()
    binding = _binding(invocation, passwords, meter, account, options)
    payload = ReplaceMeter(meter_key(invocation, old), binding.terms.opening_ms, closing, binding)
    send(invocation, how, payload, done=f"Replaced {old} by {meter}.", passwords=passwords)


_TERMS_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command("terms")
@click.argument("meter")
@click.argument("account")
@_TERMS_FILE
@_terms_options
@click.option("--from", "sender", metavar="NAME", help="The unit.")
@command
def write(invocation: Invocation, *, meter: str, account: str, file: Path, sender: str | None, **options: Any) -> None:
    """Write the terms of binding METER to ACCOUNT into FILE, for those who hold their keys.

    They hold as long as the unit sends nothing else: its next transaction is the binding.
    """
    del sender
    if file.exists():
        raise UsageError(f"{file} exists", code="file_exists", advice="Choose another name.")
    found = _terms(invocation, meter, account, options)
    write_terms(file, found)
    invocation.show(_view(file, found), f"Written to {file}; let meter and account run `nodechain unit consent`.")


def _view(file: Path, found: Terms) -> dict[str, Any]:
    return {"file": str(file), **found.shown()}


@click.command()
@_TERMS_FILE
@click.option("--account", metavar="NAME", help="A multi-signature account, as the address book calls it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@command
def consent(invocation: Invocation, *, file: Path, account: str | None, yes: bool) -> None:
    """Agree to the terms in FILE with the meter's key, the account's, or both, as far as they are in this home."""
    found = read_terms(file)
    shown = _view(file, found)
    if not yes:
        click.echo(fields(list(shown.items())), err=True)
    confirm("Consent to these terms?", yes=yes)
    passwords = Passwords()
    local = {key.public_key: key.name for key in invocation.keystore.entries()}
    signed = found
    if found.terms.meter_key in local:
        made = passwords.open(invocation.keystore, local[found.terms.meter_key]).sign(found.message)
        signed = replace_fields(signed, meter_signature=made)
    name = account or next((key.name for key in invocation.keystore.entries() if _is(key, found)), None)
    if name is not None:
        key = sender_key(invocation, name)
        if address_of(key) != found.terms.account:
            raise WrongSecret(f"the terms name another account than {name}", code="other_account")
        signed = signed.with_account(key, signatures(invocation, name, key, found.message, passwords))
    if signed == found:
        raise WrongSecret(
            "neither the meter's key nor the account's is in this home, or they have signed already",
            code="nothing_to_sign",
            advice="`nodechain keys list` shows the keys; --account names a multi-signature account.",
        )
    write_terms(file, signed)
    shown = _view(file, signed)
    still = f"Still missing: {', '.join(signed.missing)}." if signed.missing else "The unit may send it: bind-terms."
    invocation.show(shown, f"Signed {file}. {still}")


def _is(key: Keyfile, found: Terms) -> bool:
    return key.kind == KeyKind.ACCOUNT and key.address == found.terms.account


@click.command("bind-terms")
@_TERMS_FILE
@click.option("--replaces", metavar="METER", help="The meter whose place it takes.")
@click.option("--closing", type=click.IntRange(min=0), help="With --replaces: its last raw register.")
@sending
def bind_terms(invocation: Invocation, how: How, *, file: Path, replaces: str | None, closing: int | None) -> None:
    """Bind the meter of the terms in FILE, to which meter and account have consented."""
    found = read_terms(file)
    binding = found.binding()
    if (replaces is None) != (closing is None):
        raise UsageError("--replaces and --closing belong together")
    if replaces is None or closing is None:
        send(invocation, how, binding, done=f"Bound the meter of {file}.")
        return
    payload = ReplaceMeter(meter_key(invocation, replaces), found.terms.opening_ms, closing, binding)
    send(invocation, how, payload, done=f"Replaced {replaces} by the meter of {file}.")
