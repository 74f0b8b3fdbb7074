"""What voters decide of groups, on the command line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.encoding.codec import Value
from ledger.groups.opened import group_account
from ledger.groups.payloads import (
    AdmitGroup,
    AdmitGroupPoint,
    AssignShares,
    ChangeGroup,
    DissolveGroup,
    OpenGroup,
    PayFromGroup,
    SetGroupShares,
    SpendFromGroup,
)
from ledger.slots.payloads import PointTerms
from ledger.slots.schema import Direction
from nodechain.commands.sending.chain import denominations
from nodechain.commands.sending.voting import voting
from nodechain.commands.slots import salt_bytes
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation
from nodechain.commands.terminal.slot_options import FROM_SLOT, Begins, slot_number
from nodechain.home.group_file import ReadGroup, read_group_file

_NUMBER = click.argument("number", type=click.IntRange(min=1))
_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


def _read(invocation: Invocation, file: Path) -> ReadGroup:
    return read_group_file(
        file, CURRENCY_ASSET, denominations(invocation).assets[CURRENCY_ASSET - 1].decimals, invocation.address
    )


@click.command("open-group")
@_FILE
@FROM_SLOT
@voting
def open_group(invocation: Invocation, *, file: Path, from_slot: int | Begins) -> Value:
    """Open a group by FILE, with the members that it lists."""
    found = _read(invocation, file)
    return AdmitGroup(OpenGroup(found.terms, slot_number(invocation, from_slot), found.rows))


@click.command("change-group")
@_NUMBER
@_FILE
@voting
def change_group(invocation: Invocation, *, number: int, file: Path) -> Value:
    """Give group NUMBER the terms of FILE; members in it are not looked at."""
    return ChangeGroup(number, _read(invocation, file).terms)


@click.command("group-shares")
@_NUMBER
@_FILE
@FROM_SLOT
@voting
def group_shares(invocation: Invocation, *, number: int, file: Path, from_slot: int | Begins) -> Value:
    """Set the shares of the members that FILE lists in group NUMBER; its terms are not looked at."""
    return AssignShares(SetGroupShares(number, slot_number(invocation, from_slot), _read(invocation, file).rows))


@click.command("group-pay")
@_NUMBER
@click.argument("to", shell_complete=accounts)
@click.argument("amount")
@click.option("--purpose", default="", metavar="TEXT", help="What for.")
@click.option("--bill", type=click.IntRange(min=1), help="It pays this bill.")
@voting
def group_pay(invocation: Invocation, *, number: int, to: str, amount: str, purpose: str, bill: int | None) -> Value:
    """Pay AMOUNT of the currency out of the account of group NUMBER to TO, whatever its operator's limit."""
    base = denominations(invocation).parse(CURRENCY_ASSET, amount)
    return SpendFromGroup(PayFromGroup(number, invocation.address(to), CURRENCY_ASSET, base, bill or 0, purpose))


@click.command("group-point")
@_NUMBER
@click.option("--direction", required=True, type=click.Choice([kind.name.lower() for kind in Direction]))
@click.option("--operator-id", required=True, metavar="ID", help="The operator's id; only its hash goes to the chain.")
@click.option("--salt", required=True, metavar="HEX", help="Of that hash, the same for every voter.")
@click.option("--zone", default="", metavar="TEXT", help="The grid zone.")
@FROM_SLOT
@voting
def group_point(
    invocation: Invocation,
    *,
    number: int,
    direction: str,
    operator_id: str,
    salt: str,
    zone: str,
    from_slot: int | Begins,
) -> Value:
    """Register a metering point of group NUMBER; the voters agree in the place of an owner's signature."""
    hashed = hashlib.sha256(salt_bytes(salt) + operator_id.encode()).digest()
    slot = slot_number(invocation, from_slot)
    terms = PointTerms(group_account(number), int(Direction[direction.upper()]), zone, 0, hashed, False, slot, slot)
    return AdmitGroupPoint(terms)


@click.command("dissolve-group")
@_NUMBER
@voting
def dissolve_group(invocation: Invocation, *, number: int) -> Value:
    """Dissolve group NUMBER: what it has, and what still comes, is divided among its members."""
    del invocation
    return DissolveGroup(number)
