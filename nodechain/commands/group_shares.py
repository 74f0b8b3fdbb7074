"""Shares of groups on the command line: set by the operator, given away with the taker's consent, left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from ledger.chain.parameters import PARTS
from ledger.encoding.amounts import format_share, parse_share
from ledger.encoding.codec import Codec, encode
from ledger.errors import InvalidInput
from ledger.groups.limits import MAX_GROUP_POINTS
from ledger.groups.payloads import LeaveGroup, SetGroupShares, ShareTransferTerms, TransferGroupShare
from ledger.groups.terms import GroupRow
from ledger.keys.address import MultisigKey, address_of, format_address
from nodechain.commands.sending.chain import chain_time_ms, signing_genesis
from nodechain.commands.sending.send import How, send, sender_key, signatures
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, sending, signing
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.passwords import Passwords, confirm
from nodechain.commands.terminal.slot_options import FROM_SLOT_OR_SOON, Begins, slot_to_come
from nodechain.errors import UsageError
from nodechain.files.user_file import read_user_file, write_user_file

MAX_SHARE_FILE_BYTES: Final = 64 * 1024
_TRANSFER: Final[Codec[TransferGroupShare]] = Codec(TransferGroupShare, MAX_SHARE_FILE_BYTES)
_NUMBER: Final = click.argument("number", type=click.IntRange(min=1))
_FILE: Final = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@_NUMBER
@click.argument("account", shell_complete=accounts)
@click.option("--share", default="0 %", show_default=True, metavar="SHARE", help="Of the whole, like 12.5 %.")
@click.option("--key", type=click.IntRange(0, PARTS), default=0, show_default=True, help="Its weight by key.")
@click.option("--point", "points", type=click.IntRange(min=1), multiple=True, help="A point whose energy counts.")
@FROM_SLOT_OR_SOON
@sending
def join(
    invocation: Invocation, how: How, *, number: int, account: str, share: str, key: int, points: tuple[int, ...],
    from_slot: int | Begins | None,
) -> None:  # fmt: skip
    """Let ACCOUNT have a share of group NUMBER, or another one than it has, as its operator.

    What it gets comes from the group's own part; `--share 0%` with no key and no point lets it go.
    """
    if len(points) > MAX_GROUP_POINTS:
        raise UsageError(f"at most {MAX_GROUP_POINTS} points of a member count", code="too_many_points")
    row = GroupRow(invocation.address(account), parse_share(share), key, tuple(sorted(points)))
    slot = slot_to_come(invocation, from_slot)
    done = f"{account} has {format_share(row.share)} of group {number} from slot {slot} on."
    send(invocation, how, SetGroupShares(number, slot, (row,)), done=done)


@click.command()
@_NUMBER
@FROM_SLOT_OR_SOON
@sending
def leave(invocation: Invocation, how: How, *, number: int, from_slot: int | Begins | None) -> None:
    """Leave group NUMBER; one's share becomes the group's own part."""
    slot = slot_to_come(invocation, from_slot)
    send(invocation, how, LeaveGroup(number, slot), done=f"Left group {number} from slot {slot} on.")


@click.command()
@_FILE
@click.option("--group", "number", type=click.IntRange(min=1), required=True, help="The group.")
@click.option("--taker", required=True, metavar="NAME", shell_complete=accounts, help="Who takes it and signs.")
@click.option("--giver", required=True, metavar="NAME", shell_complete=accounts, help="Who gives it.")
@click.option("--parts", required=True, metavar="SHARE", help="Of the whole, like 12.5 %.")
@click.option("--having", metavar="SHARE", help="What the taker has before (default: what the node says).")
@FROM_SLOT_OR_SOON
@click.option("--yes", is_flag=True, help="Do not ask.")
@signing
def consent(
    invocation: Invocation, *, file: Path, number: int, taker: str, giver: str, parts: str, having: str | None,
    from_slot: int | Begins | None, yes: bool,
) -> None:  # fmt: skip
    """Agree to take a part of a share with one's key, and write FILE for who gives it (`group transfer FILE`)."""
    key, passwords, genesis = sender_key(invocation, taker), Passwords(), signing_genesis(invocation)
    given, slot = parse_share(parts), slot_to_come(invocation, from_slot, 4)
    held = _share_at(invocation, number, address_of(key), slot) if having is None else parse_share(having)
    terms = ShareTransferTerms(
        number, invocation.address(giver), address_of(key), given, held + given, slot,
        chain_time_ms(invocation.node.status()),
    )  # fmt: skip
    shown = _shown(invocation, terms)
    if not yes:
        click.echo(fields(list(shown.items())), err=True)
    confirm("Take this share?", yes=yes)
    made = signatures(invocation, taker, key, terms.message(genesis.hash), passwords)
    needed = key.threshold if isinstance(key, MultisigKey) else 1
    if len(made) < needed:
        raise UsageError(f"{len(made)} of {needed} signatures can be made here", code="too_few_signatures")
    transfer = TransferGroupShare(terms, key, tuple(made[:needed]))
    data = {"genesis_hash": genesis.hash.hex(), "transfer": encode(transfer).hex()}
    write_user_file(file, (json.dumps(data, indent=2) + "\n").encode())
    invocation.show(shown, f"Signed {file}; who gives the share sends it: group transfer.")


def _share_at(invocation: Invocation, number: int, account: bytes, slot: int) -> int:
    """What an account has of a group in a slot, as the node says; the ledger refuses a consent to anything else."""
    groups = invocation.node.groups.of_account(format_address(account))["groups"]
    changes = [change for each in groups if each["group"] == number for change in each["changes"]]
    return int(next((change["share"] for change in reversed(changes) if change["from_slot"] <= slot), 0))


def _shown(invocation: Invocation, terms: ShareTransferTerms) -> dict[str, object]:
    names = invocation.names()
    giver, taker = format_address(terms.sender), format_address(terms.recipient)
    return {
        "group": terms.group,
        "from": names.get(giver, giver),
        "to": names.get(taker, taker),
        "parts": format_share(terms.parts),
        "taker has then": format_share(terms.share_then),
        "from_slot": terms.from_slot,
    }


@click.command()
@_FILE
@sending
def transfer(invocation: Invocation, how: How, *, file: Path) -> None:
    """Give away a part of one's share, as FILE says, which the taker has signed (`group consent`)."""
    try:
        data = json.loads(read_user_file(file, MAX_SHARE_FILE_BYTES, "share file"))
        genesis, payload = bytes.fromhex(data["genesis_hash"]), _TRANSFER.decode(bytes.fromhex(data["transfer"]))
    except (ValueError, KeyError, TypeError, RecursionError, InvalidInput) as error:
        raise UsageError(f"{file} is no consent to a share: {error}", code="bad_terms_file") from None
    if genesis != signing_genesis(invocation).hash:
        raise UsageError(f"{file} was signed for another chain", code="wrong_chain")
    told = ", ".join(f"{name} {value}" for name, value in _shown(invocation, payload.terms).items())
    send(invocation, how, payload, done=f"Gave a share away: {told}.")
