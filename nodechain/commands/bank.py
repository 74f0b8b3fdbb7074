"""Accounts on the command line: balances, statements, transfers, assets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

from ledger.bank.assets import ENERGY_ALIAS, number_of
from ledger.bank.payloads import Transfer
from ledger.encoding.times import format_time
from ledger.energy.schema import HOUSEHOLDS, Household
from ledger.errors import InvalidInput
from ledger.keys.address import parse_address
from ledger.light.claims import ProvenState, check_claim
from market.denominations import UNKNOWN, Denominations
from nodechain.api.render import amount, struct
from nodechain.client.answers.bank import AssetChange, Metered, Movement
from nodechain.commands.light import client_of, newest_state, shown
from nodechain.commands.memo import MemoAsked, beside, carrying, opened_of
from nodechain.commands.sending.chain import denominations, words_of
from nodechain.commands.sending.send import How, account_asked, send
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.event_text import event_parts
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, table
from nodechain.commands.terminal.words import Words
from nodechain.errors import UsageError
from nodechain.light.bundle import account_keys, places_of
from nodechain.light.client import UnprovenAnswer


@click.command()
@click.argument("account", required=False, shell_complete=completing.accounts)
@click.option("--height", type=click.IntRange(min=0), help="After that block, if the node still keeps its state.")
@click.option("--verify", is_flag=True, help="Believe no node: check the answer against the validators' signatures.")
@command
def balance(invocation: Invocation, *, account: str | None, height: int | None, verify: bool) -> None:
    """Balances, roles and metered energy of ACCOUNT (a name or address; default: the home's own)."""
    address = account_asked(invocation, account, "`nodechain balance NAME`")
    if verify:
        if height is not None:
            raise UsageError("states are proven at the head only", advice="Leave out --height or --verify.")
        verified_balance(invocation, address)
        return
    data = invocation.node.account(address, height=height)
    metered = data["metered"]
    text = "\n\n".join(
        [
            fields([("address", address), ("roles", ", ".join(data["roles"]) or "none"), ("nonce", data["nonce"])]),
            _balance_table(data["balances"]),
            fields(Words({}).lines(Metered, metered)),
        ]
    )
    invocation.show(data, text, _balance_rows(data["balances"], "total"))


_HEADINGS: Final = {
    "available": "AVAILABLE",
    "session": "IN SESSIONS",
    "waiting": "WAITING",
    "reservation": "RESERVED",
    "order": "IN ORDERS",
    "withdrawal": "WITHDRAWING",
}
"""The columns in their order; what other modules lock tokens for follows under its own name."""


def _parts(held: Mapping[str, Any]) -> list[str]:
    others = [name for name in held if name not in {*_HEADINGS, "asset", "symbol", "total"}]
    return [*_HEADINGS, *others]


def _balance_table(balances: Sequence[Mapping[str, Any]]) -> str:
    parts = _parts(balances[0])
    headings = ("ASSET", *(_HEADINGS.get(part, part.upper()) for part in parts))
    return table(
        headings,
        [(held["symbol"], *(held[part]["tokens"] for part in parts)) for held in balances],
    )


def _balance_rows(balances: Sequence[Mapping[str, Any]], *last: str) -> list[dict[str, str]]:
    parts = [*_parts(balances[0]), *last]
    return [{"asset": held["asset"], **{part: held[part]["tokens"] for part in parts}} for held in balances]


@click.command()
@click.argument("account", required=False, shell_complete=completing.accounts)
@click.option("--from-height", type=click.IntRange(min=0), help="Lowest height.")
@click.option("--to-height", type=click.IntRange(min=0), help="Highest height.")
@click.option("--since", metavar="DATE", help="From this day or time on (2026-11-28, 2026-11-28T12:00Z; UTC).")
@click.option("--until", metavar="DATE", help="Up to the beginning of this day, or this time.")
@click.option("--memos", is_flag=True, help="Open memos with the keys of this home.")
@command
def statement(
    invocation: Invocation,
    *,
    account: str | None,
    from_height: int | None,
    to_height: int | None,
    since: str | None,
    until: str | None,
    memos: bool,
) -> None:
    """All movements of ACCOUNT, oldest first, from the ledger's events."""
    address = account_asked(invocation, account, "`nodechain statement NAME`")
    movements = invocation.node.statement(address, first=from_height, last=to_height, from_time=since, to_time=until)
    if memos:
        for _movement, event, text in opened_of(invocation, movements):
            event["memo"] = text
    show_statement(invocation, address, movements)


def show_statement(invocation: Invocation, address: str, movements: Sequence[Movement]) -> None:
    """An account's movements as a table."""
    words = words_of(invocation)
    happened = [(movement, entry) for movement in movements for entry in movement["events"]]
    text = table(
        ("TIME (UTC)", "HEIGHT", "EVENT", "CHANGE", "WHAT"), [_movement_text(*each, words) for each in happened]
    )
    rows = [_movement_row(*each) for each in happened]
    data = {"address": address, "movements": movements}
    invocation.show(data, text if rows else "No movements.", rows, columns=_MOVEMENT_COLUMNS)


_MOVEMENT_COLUMNS: Final = ("time", "height", "transaction_id", "event")


def _movement_text(movement: Movement, entry: dict[str, Any], words: Words) -> tuple[str, ...]:
    """What all events of a receipt together changed stands beside the last one."""
    kind = str(entry.get("kind", "event"))
    changes = movement["changes"] if entry is movement["events"][-1] else []
    change = ", ".join(_signed(each) for each in changes if each["total"]["base"]) or "-"
    return format_time(movement["time_ms"]), str(movement["height"]), kind, change, event_parts(entry, words)


def _signed(change: AssetChange) -> str:
    text = change["total"]["tokens"]
    return f"{text if text.startswith('-') else f'+{text}'} {change['symbol']}"


def _movement_row(movement: Movement, entry: dict[str, Any]) -> dict[str, Any]:
    """When, where, what; then each field of the event in a column of its own."""
    told = (format_time(movement["time_ms"]), movement["height"], movement["transaction_id"], entry.get("kind", ""))
    return {
        **dict(zip(_MOVEMENT_COLUMNS, told, strict=True)),
        **{name: value for name, value in entry.items() if name != "kind"},
    }


@click.command()
@click.argument("asset", shell_complete=completing.assets)
@click.argument("to", shell_complete=completing.accounts)
@click.argument("amount")
@sending
@carrying
def transfer(invocation: Invocation, how: How, *, asset: str, to: str, amount: str, memo: MemoAsked) -> None:
    """Send AMOUNT of ASSET (like ent or the currency's name) to TO (a name or address)."""
    # Energy is written alike on every chain, so nobody need be asked.
    chain = UNKNOWN if asset.casefold() == ENERGY_ALIAS else denominations(invocation)
    number = number_of(chain.assets, asset)
    base = chain.parse(number, amount)
    done = f"Transferred {chain.text(number, base)} {chain.symbol(number)} to {to}."
    recipient = invocation.address(to)
    payload = beside(invocation, how, Transfer(number, recipient, base), memo, recipient)
    send(invocation, how, payload, done=done)


@click.command()
@command
def assets(invocation: Invocation) -> None:
    """The chain's assets: energy, the community's currency, others."""
    data = invocation.node.assets()
    rows = [
        (asset["name"], asset["symbol"], str(asset["decimals"]), asset["code"], asset["supply"],
         asset["existing"]["tokens"])
        for asset in data["assets"]
    ]  # fmt: skip
    head = ("NAME", "SYMBOL", "DECIMALS", "CODE", "MADE BY", "EXISTING")
    fees = next(asset["symbol"] for asset in data["assets"] if asset["name"] == data["fee_asset"])
    invocation.show(data, f"{table(head, rows)}\n\nfees in {fees}", data["assets"])


def verified_balance(invocation: Invocation, address: str) -> None:
    """`nodechain balance --verify`: what the account holds in a state that a quorum of the validators signed."""
    client, genesis = client_of(invocation)
    chain = Denominations.of(genesis)
    count = len(chain.assets)
    keys = account_keys(parse_address(address), count)
    found: dict[bytes, bytes | None] = {}
    head = client.store.head
    for fetched in newest_state(client, genesis, keys, None):
        head = client.reach(fetched.block)
        try:
            proven = check_claim(head.header, fetched.claim)
        except InvalidInput as error:
            raise UnprovenAnswer(error.detail, code=error.code) from error
        assert isinstance(proven, ProvenState)
        found[proven.full_key] = proven.value
    balances: list[dict[str, Any]] = [{"asset": asset.name, "symbol": asset.symbol} for asset in chain.assets]
    for place in places_of(parse_address(address), count):
        held = balances[place.asset - 1]
        held[place.name] = amount(chain, place.asset, place.amount(found[place.full_key]))
    stored = found[keys[-1]]
    household = HOUSEHOLDS.codec.decode(stored) if stored is not None else Household(0, 0, 0, 0)
    data = {"address": address, "verified": shown(head), "balances": balances, "metered": struct(chain, household)}
    text = "\n\n".join(
        [
            fields([("address", address), ("verified at height", head.header.height), ("block", head.hash.hex())]),
            _balance_table(balances),
            fields(Words({}).lines(Household, struct(chain, household))),
        ]
    )
    invocation.show(data, text, _balance_rows(balances))
