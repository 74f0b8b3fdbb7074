"""Joining: ask to be admitted with meters and roles, see how it stands; voters admit or dismiss."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from ledger.encoding.amounts import parse_energy
from ledger.encoding.codec import Value
from ledger.encoding.times import format_day
from ledger.energy.storage_terms import IDEAL
from ledger.joining.limits import MAX_WISHED_METERS
from ledger.joining.payloads import (
    NO_ATTESTATION,
    AdmitApplication,
    DismissApplications,
    RequestMembership,
    WishedMeter,
    WishedUnit,
)
from ledger.keys.address import parse_address
from ledger.metering.consent import MAX_TERMS_FILE_BYTES, BindingTerms, decode_terms_file
from ledger.metering.errors import TermsError
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.sending.chain import require_chain, words_of
from nodechain.commands.sending.send import How, account_asked, events_of, send
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal.attested import application_lines
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.storage_terms import Stated, terms_options
from nodechain.errors import NotFound, UsageError
from nodechain.files.user_file import read_user_file

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_NUMBER: Final = click.argument("number", type=click.IntRange(min=1))


@click.group()
def join() -> None:
    """Join a community: one request with meters and roles, one vote."""


@join.command()
@click.option("--meter", "meters", multiple=True, type=_FILE, help="What `nodechain meter opening` wrote.")
@click.option("--role", "roles", multiple=True, type=click.Choice(["voter", "storage"]), help="Beside being a member.")
@click.option("--unit", shell_complete=accounts, help="With --role storage: the unit's address.")
@click.option("--capacity", help="With --role storage: like '10 kWh'.")
@click.option("--max-power", type=click.IntRange(min=0), default=0, help="With --role storage: W; 0: unlimited.")
@click.option("--referrer", shell_complete=accounts, help="The member who brought you.")
@click.option("--attestation", help="The hash of an attestation about you, in hexadecimal.")
@sending
@terms_options
def request(
    invocation: Invocation, how: How, *, meters: tuple[Path, ...], roles: tuple[str, ...], unit: str | None,
    capacity: str | None, max_power: int, referrer: str | None, attestation: str | None, stated: Stated,
) -> None:  # fmt: skip
    """Ask the voters to admit you, with your meters and roles: all of it, or nothing. It is free.

    No name, address or other personal data belongs here. Asking again takes the place of what you asked before.
    """
    if len(meters) > MAX_WISHED_METERS:
        raise UsageError(f"at most {MAX_WISHED_METERS} meters", code="too_many_meters")
    if ("storage" in roles) != (unit is not None and capacity is not None):
        raise UsageError("--role storage, --unit and --capacity belong together", code="bad_role")
    account = parse_address(account_asked(invocation, None, "--from NAME"))
    units = () if unit is None else (
        WishedUnit(invocation.address(unit), parse_energy(capacity or "0"), max_power, stated(IDEAL)),
    )  # fmt: skip
    found = [_meter(invocation, file, account) for file in meters]
    payload = RequestMembership(
        account if referrer is None else invocation.address(referrer), _hash(attestation),
        tuple(WishedMeter(each.terms, each.meter_signature) for each in found), units, "voter" in roles,
    )  # fmt: skip
    now_ms = invocation.node.joining.terms()["time_ms"]
    send(invocation, how, payload, done=_asked, nonce=now_ms)


def _meter(invocation: Invocation, file: Path, account: bytes) -> BindingTerms:
    """What a meter says of itself, for this chain and this account."""
    try:
        found = decode_terms_file(read_user_file(file, MAX_TERMS_FILE_BYTES, "terms file"))
    except TermsError as error:
        raise UsageError(f"{file} is no terms file: {error}", code="bad_terms_file") from None
    require_chain(invocation, found.chain, str(file))
    if found.terms.account != account:
        raise UsageError(f"{file} is for another account", code="other_account", advice="Read the meter with yours.")
    return found


def _hash(text: str | None) -> bytes:
    try:
        value = NO_ATTESTATION if text is None else bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != len(NO_ATTESTATION):
        raise UsageError("the hash of an attestation has 64 hexadecimal digits", code="bad_hash")
    return value


def _asked(answer: TransactionAnswer) -> str:
    events = {event["kind"]: event for event in events_of(answer)}
    if "application_admitted" in events:
        return "Your attestation admitted you: you are a member."
    made = events["application_made"]
    until = format_day(made["ends_ms"])
    return f"Asked: application {made['application']}. Voters have until {until}; `nodechain join status` shows it."


@join.command()
@click.argument("account", required=False, shell_complete=accounts)
@command
def status(invocation: Invocation, *, account: str | None) -> None:
    """How ACCOUNT's application stands (one's own, where none is named)."""
    address = account_asked(invocation, account, "`nodechain join status NAME`")
    found = invocation.node.joining.own(address)["application"]
    if found is None:
        raise NotFound(
            f"{account or address} has no application",
            code="unknown_application",
            advice="It was decided, has expired, or was never made; as a member, `nodechain balance` works.",
        )
    rows = [("application", str(found["number"])), *application_lines(found, words_of(invocation))]
    invocation.show({"application": found}, fields(rows))


@join.command()
@command
def terms(invocation: Invocation) -> None:
    """How one joins here."""
    found = invocation.node.joining.terms()
    decided = "a vote" if found["admitted_by"] == "vote" else "an attestation of your identity, else a vote"
    rows = [
        ("decides", decided),
        ("attestation", found["demanded"] or "none is demanded"),
        ("voters have", f"{found['lifetime_ms'] // 86_400_000} days"),
        ("open now", f"{found['open']}; room for {found['room']} more, {found['room_this_hour']} of them this hour"),
    ]
    invocation.show(found, fields(rows))


@click.command("admit-application")
@_NUMBER
@click.option("--sponsor", shell_complete=accounts, help="The member who stands in for it.")
@voting
def admit_application(invocation: Invocation, *, number: int, sponsor: str | None) -> Value:
    """Admit who made application NUMBER, bind its meters and give its roles: all of it, or nothing."""
    if sponsor is not None:
        return AdmitApplication(number, invocation.address(sponsor))
    found = invocation.node.joining.show(number)["application"]
    return AdmitApplication(number, parse_address(found["account"]))


@click.command("dismiss-applications")
@click.argument("numbers", nargs=-1, required=True, type=click.IntRange(min=1))
@voting
def dismiss_applications(invocation: Invocation, *, numbers: tuple[int, ...]) -> Value:
    """Take applications off the list, by their NUMBERS."""
    del invocation
    return DismissApplications(tuple(sorted(set(numbers))))
