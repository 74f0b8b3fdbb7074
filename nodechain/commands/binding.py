"""`nodechain unit bind` and `replace`: a meter, with the consent of unit, meter and account."""

from __future__ import annotations

from typing import Any, Final

import click

from ledger.address import KEY_PREFIX, parse_key
from ledger.schema import MeterKind
from ledger.transactions.metering import BindMeter, MeterTerms, ReplaceMeter
from nodechain.client.rest import escaped
from nodechain.commands.options import Invocation, sending
from nodechain.commands.passwords import Passwords
from nodechain.commands.sending import How, send, sender_key, sender_name, signatures
from nodechain.errors import NotFound, UsageError

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


def _binding(
    invocation: Invocation, passwords: Passwords, meter: str, account: str, options: dict[str, Any]
) -> BindMeter:
    """The terms, signed by the meter's key and the account's, both of this home."""
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
    message = terms.message(str(status["chain_id"]))
    consent = passwords.open(invocation.keystore, meter).sign(message)
    account_key = sender_key(invocation, account)
    return BindMeter(terms, consent, account_key, signatures(invocation, account, account_key, message, passwords))


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
