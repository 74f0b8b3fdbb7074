"""Metering points on the command line: agreed to by their owners, registered, closed; the values of their slots."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import date
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from ledger.chain.envelope import Signature
from ledger.encoding.codec import Codec, Value, encode
from ledger.encoding.times import format_time
from ledger.errors import InvalidInput
from ledger.groups.opened import group_account
from ledger.keys.address import MultisigKey, address_of, format_address
from ledger.slots.payloads import (
    NO_ID,
    AdmitPoint,
    AlterPoint,
    ChangePoint,
    ClosePoint,
    ExtendZone,
    PointTerms,
    RegisterPoint,
    RemovePoint,
    SetCustodian,
)
from ledger.slots.schema import Direction, OffsetChange
from nodechain.client.answers.slots import PointAnswer, Points, PointSlots, PointView, SlotsView, SlotView
from nodechain.commands.sending.chain import signing_genesis
from nodechain.commands.sending.send import How, send, sender_key, signatures
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.moments import moment_ms
from nodechain.commands.terminal.options import Invocation, command, sending, signing
from nodechain.commands.terminal.output import fields, heads, table
from nodechain.commands.terminal.passwords import Passwords, confirm
from nodechain.errors import UsageError, WrongSecret
from nodechain.files.user_file import read_user_file, write_user_file

MAX_CONSENT_FILE_BYTES: Final = 64 * 1024
SALT_BYTES: Final = 16
EPOCH_DAY: Final = date(1970, 1, 1)
_POINT: Final[Codec[RegisterPoint]] = Codec(RegisterPoint, MAX_CONSENT_FILE_BYTES)
_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_NUMBER = click.argument("number", type=click.IntRange(min=1))
_AT = click.option("--at", metavar="TIME", help="When its last slot ends (ISO time with its zone).")


@click.group()
def point() -> None:
    """Metering points: who has them, and their energy by slots of time."""


@point.command("list")
@click.option("--owner", metavar="NAME", shell_complete=accounts, help="Only the open ones of this account.")
@command
def list_(invocation: Invocation, *, owner: str | None) -> None:
    """Metering points; without --owner all of them, for who reads everything."""
    asked = None if owner is None else invocation.address_text(owner)
    found: list[PointView] = []
    cursor: str | None = None
    while True:
        page = invocation.node.api.get("/v1/points", Points, owner=asked, cursor=cursor)
        found += page["points"]
        cursor = page["next"]
        if cursor is None:
            break
    names = invocation.names()
    rows = [_row(entry, names) for entry in found]
    text = table(("NUMBER", "OWNER", "DIRECTION", "ZONE", "FROM (UTC)", "UNTIL (UTC)"), rows)
    invocation.show({"points": found}, text if rows else "No metering points.", found, columns=heads(PointView))


def _row(entry: PointView, names: dict[str, str]) -> tuple[str, ...]:
    until_ms = entry["until_ms"]
    return (
        str(entry["number"]), names.get(entry["owner"], entry["owner"]), entry["direction"], entry["zone"],
        format_time(entry["from_ms"]), "" if until_ms is None else format_time(until_ms),
    )  # fmt: skip


@point.command()
@_NUMBER
@command
def show(invocation: Invocation, *, number: int) -> None:
    """One metering point."""
    data = invocation.node.api.get(f"/v1/points/{number}", PointAnswer)
    invocation.show(data, fields([(name, "" if value is None else value) for name, value in data["point"].items()]))


@point.command()
@_NUMBER
@click.option("--from", "first", metavar="TIME", help="Of slots that begin then or later (default: today, UTC).")
@click.option("--to", "last", metavar="TIME", help="Of slots that begin before.")
@click.option("--source", type=click.Choice(["own", "operator"]), default="operator", show_default=True)
@command
def slots(invocation: Invocation, *, number: int, first: str | None, last: str | None, source: str) -> None:
    """The values of a point's slots."""
    found: list[SlotView] = []
    asked: object = first
    while True:
        page = invocation.node.api.get(
            f"/v1/points/{number}/slots", PointSlots, from_time=asked, to_time=last, source=source
        )
        found += page["slots"]
        if page["next_ms"] is None or page["next_ms"] == asked:
            break
        asked = page["next_ms"]
    rows = [
        (
            format_time(entry["start_ms"]),
            "" if entry["energy_mwh"] is None else f"{entry['energy_mwh'] // 10**6}.{entry['energy_mwh'] % 10**6:06}",
            entry["state"],
            str(entry["correction"] or ""),
            "" if entry["method"] == "none" else entry["method"],
        )
        for entry in found
    ]
    text = table(("BEGINS (UTC)", "KWH", "STATE", "CORRECTION", "METHOD"), rows)
    invocation.show({"slots": found}, text if rows else "No slots.", found, columns=heads(SlotView))


class ConsentFile(msgspec.Struct, frozen=True):
    """A point with the signatures of its owner that are there, for one chain."""

    genesis_hash: bytes
    point: RegisterPoint

    @property
    def missing(self) -> int:
        """How many signatures are missing."""
        key = self.point.owner_key
        return max((key.threshold if isinstance(key, MultisigKey) else 1) - len(self.point.owner_signatures), 0)


def read_consent(invocation: Invocation, path: Path) -> ConsentFile:
    """The file; raises `UsageError` (bad_terms_file) for what is none, or is for another chain."""
    try:
        data = json.loads(read_user_file(path, MAX_CONSENT_FILE_BYTES, "consent file"))
        found = ConsentFile(bytes.fromhex(data["genesis_hash"]), _POINT.decode(bytes.fromhex(data["point"])))
    except (ValueError, KeyError, TypeError, RecursionError, InvalidInput) as error:
        raise UsageError(f"{path} is no consent to a metering point: {error}", code="bad_terms_file") from None
    if found.genesis_hash != signing_genesis(invocation).hash:
        raise UsageError(f"{path} was signed for another chain", code="wrong_chain")
    return found


def write_consent(path: Path, found: ConsentFile) -> None:
    """Write the file."""
    data = {"genesis_hash": found.genesis_hash.hex(), "point": encode(found.point).hex()}
    write_user_file(path, (json.dumps(data, indent=2) + "\n").encode())


@point.command()
@_FILE
@click.option("--owner", required=True, metavar="NAME", shell_complete=accounts, help="Whose point it is.")
@click.option("--direction", required=True, type=click.Choice([kind.name.lower() for kind in Direction]))
@click.option("--zone", default="", metavar="TEXT", help="The grid zone.")
@click.option("--commissioned", metavar="TIME", help="When it was taken into service.")
@click.option("--operator-id", metavar="ID", help="The operator's id; only its hash goes to the chain.")
@click.option("--salt", metavar="HEX", help="Of that hash (default: a new one, which is shown).")
@click.option("--own-meter", is_flag=True, help="Meters bound at the owner's address count here.")
@click.option("--for-group", type=click.IntRange(min=1), help="The point is this group's; --owner is its operator.")
@click.option("--from", "first", metavar="TIME", help="Its first slot (default: the next).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@signing
def consent(
    invocation: Invocation, *, file: Path, owner: str, direction: str, zone: str, commissioned: str | None,
    operator_id: str | None, salt: str | None, own_meter: bool, for_group: int | None, first: str | None,
    yes: bool,
) -> None:  # fmt: skip
    """Agree to a metering point with its owner's key, and write FILE for who registers it.

    Where FILE is there already and the owner has several keys, those of this home are added.
    """
    key, passwords = sender_key(invocation, owner), Passwords()
    genesis = signing_genesis(invocation)
    salted = salt_bytes(salt) if salt else secrets.token_bytes(SALT_BYTES)
    now_ms, chain = _now_ms(invocation), invocation.node.api.get("/v1/slots", SlotsView)
    start_ms = now_ms + chain["slot_ms"] - 1 if first is None else moment_ms(first)
    whose = address_of(key) if for_group is None else group_account(for_group)
    terms = PointTerms(
        whose, int(Direction[direction.upper()]), zone, 0 if commissioned is None else moment_ms(commissioned),
        NO_ID if operator_id is None else hashlib.sha256(salted + operator_id.encode()).digest(), own_meter,
        start_ms // chain["slot_ms"], now_ms,
    )  # fmt: skip
    before: tuple[Signature, ...] = ()
    if file.exists():
        known = read_consent(invocation, file).point
        terms, before = known.terms, known.owner_signatures
    if terms.owner != whose:
        raise WrongSecret(f"{file} names another owner than {owner}", code="other_account")
    hashes = NO_ID if operator_id is None else hashlib.sha256(salted + operator_id.encode()).digest()
    # A file that was begun holds the hash of its own salt: another one would be shown here in vain.
    shown = {**_terms_shown(invocation, terms), "salt": salted.hex() if hashes == terms.id_hash != NO_ID else ""}
    if not yes:
        click.echo(fields(list(shown.items())), err=True)
    confirm("Consent to these terms?", yes=yes)
    made = {
        entry.index: entry
        for entry in (*signatures(invocation, owner, key, terms.message(genesis.hash), passwords), *before)
    }
    needed = key.threshold if isinstance(key, MultisigKey) else 1
    kept = tuple(made[index] for index in sorted(made))[:needed]
    agreed = ConsentFile(genesis.hash, RegisterPoint(terms, key, kept))
    write_consent(file, agreed)
    still = (
        f"{agreed.missing} signatures are missing." if agreed.missing else "A registrar may send it: point register."
    )
    listed = f"{operator_id};{direction};NUMBER;{shown['salt']}"
    kept_for = (
        f"\nWho imports the operator's files needs this line in its points.csv, with the point's number:\n  {listed}"
    )
    text = f"Signed {file}. {still}" + (kept_for if shown["salt"] else "")
    invocation.show({**shown, "missing": agreed.missing}, text)


def salt_bytes(text: str) -> bytes:
    """A salt that a person typed; raises `UsageError` for what is no hex."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise UsageError(f"--salt {text!r} is no hex", advice="Leave it out for a new one.") from None


def _terms_shown(invocation: Invocation, terms: PointTerms) -> dict[str, Any]:
    owner = format_address(terms.owner)
    return {
        "owner": invocation.names().get(owner, owner),
        "direction": Direction(terms.direction).name.lower(),
        "zone": terms.zone,
        "commissioned_ms": terms.commissioned_ms,
        "id_hash": "" if terms.id_hash == NO_ID else terms.id_hash.hex(),
        "own_meter": terms.own_meter,
        "from_slot": terms.from_slot,
    }


@point.command()
@_FILE
@sending
def register(invocation: Invocation, how: How, *, file: Path) -> None:
    """Register the metering point of FILE (made by `point consent`), as an account that the genesis names."""
    send(invocation, how, _complete(invocation, file), done=f"Registered the metering point of {file}.")


def _complete(invocation: Invocation, file: Path) -> RegisterPoint:
    found = read_consent(invocation, file)
    if found.missing:
        raise UsageError(
            f"{file}: {found.missing} signatures of the owner are missing", code="too_few_signatures",
            advice="Let those who hold the other keys run `nodechain point consent` on it.",
        )  # fmt: skip
    return found.point


@point.command()
@_NUMBER
@click.option("--zone", required=True, metavar="TEXT", help="The grid zone.")
@click.option("--commissioned", metavar="TIME", help="When it was taken into service.")
@sending
def change(invocation: Invocation, how: How, *, number: int, zone: str, commissioned: str | None) -> None:
    """State another grid zone or commissioning time, as an account that the genesis names."""
    payload = _changed(invocation, number, zone, commissioned)
    send(invocation, how, payload, done=f"Changed metering point {number}.")


def _changed(invocation: Invocation, number: int, zone: str, commissioned: str | None) -> ChangePoint:
    if commissioned is not None:
        return ChangePoint(number, zone, moment_ms(commissioned))
    known = invocation.node.api.get(f"/v1/points/{number}", PointAnswer)["point"]
    return ChangePoint(number, zone, known["commissioned_ms"])


@point.command()
@_NUMBER
@_AT
@sending
def close(invocation: Invocation, how: How, *, number: int, at: str | None) -> None:
    """Let a point count no longer (default: from the slot after the next on), as its owner or a registrar."""
    payload = ClosePoint(number, _until(invocation, at))
    send(invocation, how, payload, done=f"Closed metering point {number}.")


def _until(invocation: Invocation, at: str | None) -> int:
    chain = invocation.node.api.get("/v1/slots", SlotsView)
    slot_ms = chain["slot_ms"]
    return int((_now_ms(invocation) + 2 * slot_ms if at is None else moment_ms(at)) // slot_ms)


def _now_ms(invocation: Invocation) -> int:
    status = invocation.node.status()
    return max(int(status["time_ms"]), int(status["clock_ms"]))


@click.command("register-point")
@_FILE
@voting
def admit_point(invocation: Invocation, *, file: Path) -> Value:
    """Register the metering point of FILE (made by `point consent`)."""
    return AdmitPoint(_complete(invocation, file))


@click.command("change-point")
@_NUMBER
@click.option("--zone", required=True, metavar="TEXT", help="The grid zone.")
@click.option("--commissioned", metavar="TIME", help="When it was taken into service.")
@voting
def alter_point(invocation: Invocation, *, number: int, zone: str, commissioned: str | None) -> Value:
    """State another grid zone or commissioning time of a metering point."""
    return AlterPoint(_changed(invocation, number, zone, commissioned))


@click.command("remove-point")
@_NUMBER
@_AT
@voting
def remove_point(invocation: Invocation, *, number: int, at: str | None) -> Value:
    """Let a metering point count no longer."""
    return RemovePoint(ClosePoint(number, _until(invocation, at)))


@click.command("set-custodian")
@click.argument("account", shell_complete=accounts)
@click.option("--off", is_flag=True, help="No longer.")
@voting
def set_custodian(invocation: Invocation, *, account: str, off: bool) -> Value:
    """Let ACCOUNT import operators' files."""
    return SetCustodian(invocation.address(account), not off)


@click.command("extend-zone")
@click.option("--offset", "offsets", metavar="TIME=MINUTES", multiple=True, help="From TIME on, UTC plus MINUTES.")
@click.option("--holiday", "holidays", metavar="DAY", multiple=True, help="A local day, like 2027-01-01.")
@voting
def extend_zone(_invocation: Invocation, *, offsets: tuple[str, ...], holidays: tuple[str, ...]) -> Value:
    """Append changes of the time zone's offset, and holidays."""
    return ExtendZone(tuple(_offset(text) for text in offsets), tuple(_day(text) for text in holidays))


def _offset(text: str) -> OffsetChange:
    time, _mark, minutes = text.rpartition("=")
    try:
        return msgspec.convert((moment_ms(time), int(minutes)), OffsetChange)
    except (ValueError, msgspec.ValidationError):
        raise UsageError(f"{text}: not TIME=MINUTES, like 2027-03-28T01:00Z=120") from None


def _day(text: str) -> int:
    try:
        return (date.fromisoformat(text) - EPOCH_DAY).days
    except ValueError:
        raise UsageError(f"{text}: not a day like 2027-01-01") from None
