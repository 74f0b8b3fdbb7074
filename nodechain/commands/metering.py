"""Meters on the command line: bound, replaced, unbound, with the consent of who pays for what they count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from ledger.encoding.codec import Value
from ledger.keys.address import KEY_PREFIX, address_of, format_key, parse_key
from ledger.keys.keyfile import Keyfile, KeyKind
from ledger.metering.consent import (
    MAX_TERMS_FILE_BYTES,
    BindingTerms,
    decode_terms_file,
    encode_terms_file,
    format_step,
)
from ledger.metering.errors import TermsError
from ledger.metering.payloads import Closing, ReleaseMeter, SettleJump, UnbindMeter
from ledger.metering.registers import after_jump, jump_of, to_raw, to_wh
from ledger.metering.schema import METERS, Meter
from nodechain.commands.light import proven_entry
from nodechain.commands.sending.chain import require_chain
from nodechain.commands.sending.send import How, send, sender_key, signatures
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal.completing import accounts, meters
from nodechain.commands.terminal.options import Invocation, sending, signing
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.passwords import Passwords, confirm
from nodechain.commands.terminal.words import Words
from nodechain.errors import NotFound, UsageError, WrongSecret
from nodechain.files.user_file import read_user_file, write_user_file

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


_CLOSING = click.option("--closing", type=click.IntRange(min=0), metavar="WH", help="What it showed at its end, in Wh.")


def meter_key(invocation: Invocation, text: str) -> bytes:
    """A meter's public key: of a key here, or as it is shown."""
    if text.startswith(KEY_PREFIX):
        return parse_key(text)
    return invocation.keystore.get(text).public_key


@click.command()
@_FILE
@click.option(
    "--account",
    metavar="NAME",
    shell_complete=accounts,
    help="A multi-signature account, as the address book calls it.",
)
@click.option(
    "--replaces", metavar="METER", shell_complete=meters, help="With --closing: the meter whose place it takes."
)
@_CLOSING
@click.option("--yes", is_flag=True, help="Do not ask.")
@signing
def consent(
    invocation: Invocation, *, file: Path, account: str | None, replaces: str | None, closing: int | None, yes: bool
) -> None:
    """Agree with the account's key to what the meter says in FILE (made by `nodechain meter opening`).

    With --replaces and --closing also to what the old meter is billed for; without, what it signed last stands.
    """
    found = _read(invocation, file)
    if (replaces is None) != (closing is None):
        raise UsageError("--replaces and --closing belong together")
    if replaces is not None and closing is not None:
        found = _closed(invocation, found, meter_key(invocation, replaces), closing)
    shown = _view(invocation, file, found)
    if not yes:
        click.echo(fields(Words(invocation.names()).lines(None, shown)), err=True)
    confirm("Consent to these terms?", yes=yes)
    signed = _consented(invocation, Passwords(), found, account)
    if signed == found:
        raise WrongSecret(
            "the account's key is not in this home, or has signed already",
            code="nothing_to_sign",
            advice="`nodechain keys list` shows the keys; --account names a multi-signature account.",
        )
    write_terms(file, signed)
    still = f"Still missing: {', '.join(signed.missing)}." if signed.missing else "The unit may send it: unit bind."
    invocation.show({**shown, **signed.shown()}, f"Signed {file}. {still}")


def _consented(invocation: Invocation, passwords: Passwords, found: BindingTerms, account: str | None) -> BindingTerms:
    """With the signatures of the account's keys that are in this home, if any are."""
    name = account or next((key.name for key in invocation.keystore.entries() if _is(key, found)), None)
    if name is None:
        return found
    key = sender_key(invocation, name)
    if address_of(key) != found.terms.account:
        raise WrongSecret(f"the terms name another account than {name}", code="other_account")
    return found.with_account(key, signatures(invocation, name, key, found.message, passwords))


def _closed(invocation: Invocation, found: BindingTerms, old_key: bytes, closing_wh: int) -> BindingTerms:
    """The same with what the old meter showed now; who signed without it has not agreed to it."""
    old = _proven_meter(invocation, old_key)
    register = to_raw(closing_wh, old.scale, old.factor)
    if register is None:
        step_wh = format_step(old.scale, old.factor)
        raise UsageError(f"a register of {step_wh} Wh a step cannot show {closing_wh} Wh", code="bad_closing")
    closing = Closing(old_key, invocation.node.status()["clock_ms"], register)
    return msgspec.structs.replace(found, closing=closing, account_key=None, account_signatures=())


def _proven_meter(invocation: Invocation, key: bytes) -> Meter:
    """What the state is proven to hold of a meter: a node's word for its scale would change what is signed."""
    found = proven_entry(invocation, METERS, key)
    if found is None:
        raise NotFound(f"the chain knows no meter {format_key(key)}", code="unknown_meter")
    return found


def _read(invocation: Invocation, file: Path) -> BindingTerms:
    """The terms, which must be for the home's chain."""
    found = read_terms(file)
    require_chain(invocation, found.chain, str(file))
    return found


def _view(invocation: Invocation, file: Path, found: BindingTerms) -> dict[str, Any]:
    """All that is signed; a closing register also in Wh, by the old meter's proven scale and factor."""
    shown = {"file": str(file), **found.shown()}
    if found.closing is not None:
        old = _proven_meter(invocation, found.closing.meter_key)
        shown["closing_wh"] = to_wh(found.closing.register, old.scale, old.factor)
    return shown


def _is(key: Keyfile, found: BindingTerms) -> bool:
    return key.kind == KeyKind.ACCOUNT and key.address == found.terms.account


def _to_send(invocation: Invocation, passwords: Passwords, found: BindingTerms) -> BindingTerms:
    """With the account's consent, if that is still missing and its key is in this home."""
    return _consented(invocation, passwords, found, None) if found.missing else found


@click.command()
@_FILE
@sending
def bind(invocation: Invocation, how: How, *, file: Path) -> None:
    """Bind the meter of FILE at this unit; consents with the account's key where that is in this home."""
    passwords = Passwords()
    found = _to_send(invocation, passwords, _read(invocation, file))
    if found.closing is not None:
        raise UsageError("the account agreed to put this meter in another one's place", advice="Use `unit replace`.")
    done = f"Bound the meter of {file} at {found.opening_wh} Wh."
    send(invocation, how, found.binding(), done=done, passwords=passwords)


@click.command()
@click.argument("old", shell_complete=meters)
@_FILE
@_CLOSING
@sending
def replace(invocation: Invocation, how: How, *, old: str, file: Path, closing: int | None) -> None:
    """Put the meter of FILE in the place of OLD, which is billed up to --closing if the account signs that.

    Without a closing register what OLD signed last stands.
    """
    passwords = Passwords()
    found, old_key = _read(invocation, file), meter_key(invocation, old)
    if closing is not None:
        found = _closed(invocation, found, old_key, closing)
    found = _to_send(invocation, passwords, found)
    if found.closing is not None and found.closing.meter_key != old_key:
        raise UsageError(f"the account agreed to replace another meter than {old}", code="other_meter")
    done = f"Replaced {old} by the meter of {file} at {found.opening_wh} Wh."
    send(invocation, how, found.replacement(old_key), done=done, passwords=passwords)


def write_terms(path: Path, found: BindingTerms) -> None:
    """Write the file."""
    write_user_file(path, encode_terms_file(found))


def read_terms(path: Path) -> BindingTerms:
    """Read the file; raises `UsageError` (bad_terms_file) for what is none."""
    try:
        return decode_terms_file(read_user_file(path, MAX_TERMS_FILE_BYTES, "terms file"))
    except TermsError as error:
        raise UsageError(f"{path} is no terms file: {error}", code="bad_terms_file") from None


@click.command("settle-jump")
@click.argument("meter", shell_complete=meters)
@click.option("--accept/--drop", default=None, required=True, help="Whether its energy counts.")
@voting
def settle_jump(invocation: Invocation, *, meter: str, accept: bool) -> Value:
    """Count or drop the jump of METER's register that is quarantined (a name here, or nrgpub...)."""
    key = meter_key(invocation, meter)
    now = _proven_meter(invocation, key)
    if not jump_of(now):
        raise UsageError(f"no jump of {meter} is quarantined", code="no_jump")
    energy_wh = after_jump(now)[0].energy_wh
    click.echo(f"{meter}: a jump of {energy_wh} Wh is {'accepted' if accept else 'dropped'}.", err=True)
    return SettleJump(key, jump_of(now), accept)


@click.command("release-meter")
@click.argument("meter", shell_complete=meters)
@voting
def release_meter(invocation: Invocation, *, meter: str) -> Value:
    """Let the key of the unbound METER be bound to another unit, account or register than it was."""
    return ReleaseMeter(meter_key(invocation, meter))


@click.command()
@click.argument("meter", shell_complete=meters)
@sending
def unbind(invocation: Invocation, how: How, *, meter: str) -> None:
    """End the binding of METER (a name here, or nrgpub...)."""
    send(invocation, how, UnbindMeter(meter_key(invocation, meter)), done=f"Unbound {meter}.")
