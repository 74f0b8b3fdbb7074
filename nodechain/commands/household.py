"""Several accounts of a household: the next one of a recovery phrase, all brought back, and all summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

import click

from ledger.bank.assets import number_of
from ledger.errors import InvalidInput
from ledger.keys.address import format_address
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.derivation import COIN_TYPE, PURPOSE, derive, key_path, parse_path
from ledger.keys.keyfile import Keyfile, KeyKind
from ledger.keys.mnemonic import seed_of
from market.denominations import Denominations
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.bank import AccountView, AssetChange, Metered, Movement
from nodechain.client.login import sign_in
from nodechain.client.node_client import RestClient
from nodechain.client.rest import NodeApi
from nodechain.commands.bank import show_statement
from nodechain.commands.sending.chain import shown_denominations
from nodechain.commands.sending.send import sender_name
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields, table
from nodechain.commands.terminal.passwords import Passwords
from nodechain.commands.terminal.signing_in import login_key
from nodechain.commands.terminal.words import Words
from nodechain.errors import UsageError, WrongSecret
from nodechain.home.households import Households

MOST_ACCOUNTS: Final = 64
"""Of one household: as many are brought back or summed at once."""
_ACCOUNT: Final = KeyKind.ACCOUNT.branch


class OtherPhrase(WrongSecret):
    """The words are those of another account."""

    code = "other_phrase"
    advice = "Type the words that were shown when this account was made."


@click.group()
def account() -> None:
    """Further accounts of one recovery phrase: a household may use several in turn."""


@account.command("next")
@click.argument("name", required=False, shell_complete=completing.keys)
@click.option("--named", metavar="NEW", help="What to call it; default: NAME with its number.")
@command
def next_(invocation: Invocation, *, name: str | None, named: str | None) -> None:
    """The next account of the recovery phrase that NAME is of; the words are asked for, hidden."""
    name = name or sender_name(invocation)
    entry = invocation.keystore.get(name)
    place = _place_of(entry)
    words = Passwords.ask_mnemonic()
    seed = seed_of(words)
    if _secret(seed, place).public_key != entry.public_key:
        raise OtherPhrase(f"account {place + 1} of these words is not {name}")
    members = {each.address: each for each in invocation.keystore.entries()}
    households = Households(invocation.home)
    places = [_place_of(members[each]) for each in households.of(entry.address) if each in members]
    index = max(places) + 1
    new = named or f"{name}-{index + 1}"
    made = _bring(invocation, new, words, index)
    households.join(entry.address, made.address)
    data = {"name": made.name, "address": format_address(made.address), "path": made.path, "number": index + 1}
    invocation.show(data, f"Made account {index + 1} of the household of {name}.\n{fields(list(data.items()))}")


@account.command()
@click.argument("name")
@click.argument("count", type=click.IntRange(1, MOST_ACCOUNTS))
@command
def restore(invocation: Invocation, *, name: str, count: int) -> None:
    """Bring back the first COUNT accounts of a recovery phrase, as NAME, NAME-2 and so on; what is here stays."""
    words = Passwords.ask_mnemonic()
    seed = seed_of(words)
    here = {each.public_key: each for each in invocation.keystore.entries()}
    found, new = [], 0
    for index in range(count):
        known = here.get(_secret(seed, index).public_key)
        if known is None:
            new += 1
            known = _bring(invocation, name if index == 0 else f"{name}-{index + 1}", words, index)
        found.append(known)
    Households(invocation.home).join(*(each.address for each in found))
    rows = [{"name": each.name, "address": format_address(each.address), "path": each.path} for each in found]
    text = table(("NAME", "ADDRESS"), [(row["name"], row["address"]) for row in rows])
    invocation.show({"accounts": rows, "brought_back": new}, f"Brought back {new} of {count}.\n\n{text}", rows)


def _place_of(entry: Keyfile) -> int:
    """Which account of its phrase a key is, counted from 0; raises `UsageError` (no_phrase)."""
    try:
        found = parse_path(entry.path)
    except InvalidInput:
        found = ()
    if len(found) != 4 or found[:3] != (PURPOSE, COIN_TYPE, _ACCOUNT):
        raise UsageError(
            f"{entry.name} is no account of a recovery phrase",
            code="no_phrase",
            advice="Only accounts that were made with 24 words have a next one; make another key instead.",
        )
    return found[3]


def _secret(seed: bytes, index: int) -> Ed25519SecretKey:
    return Ed25519SecretKey(derive(seed, key_path(_ACCOUNT, index)).secret)


def _bring(invocation: Invocation, name: str, words: str, index: int) -> Keyfile:
    password = invocation.passwords.ask_new(name)
    return invocation.keystore.import_mnemonic(name, KeyKind.ACCOUNT, password, words, index=index)


@click.command()
@click.argument("name", required=False, shell_complete=completing.keys)
@click.option("--statement", "movements", is_flag=True, help="All movements of all its accounts, as one.")
@click.option("--since", metavar="DATE", help="With --statement: from this day or time on (UTC).")
@click.option("--until", metavar="DATE", help="With --statement: up to the beginning of this day, or this time.")
@command
def household(
    invocation: Invocation, *, name: str | None, movements: bool, since: str | None, until: str | None
) -> None:
    """All accounts of the household of NAME (default: of this home's only one) with their balances, and the sums."""
    accounts = _members(invocation, name)
    if movements:
        told = [_asked_as(invocation, each).statement(each[1], from_time=since, to_time=until) for each in accounts]
        one = as_one(told, shown_denominations(invocation))
        show_statement(invocation, ", ".join(address for _name, address in accounts), one)
        return
    views = [_asked_as(invocation, each).account(each[1]) for each in accounts]
    _show(invocation, accounts, views)


def _members(invocation: Invocation, name: str | None) -> list[tuple[str, str]]:
    """Names and addresses of a household's accounts whose keys are here."""
    households = Households(invocation.home)
    if name is None and len(households.all()) == 1:
        chosen = households.all()[0]
    else:
        chosen = households.of(invocation.address(name or sender_name(invocation)))
    names = invocation.names()
    texts = [format_address(each) for each in chosen]
    return [(names.get(text, text), text) for text in texts]


class _Asked:
    """One node, asked for one account after the other: each signs in for itself where the node wants that."""

    def __init__(self, invocation: Invocation, name: str) -> None:
        self._invocation, self._name = invocation, name

    def _sign_in(self, api: NodeApi) -> str:
        invocation = self._invocation
        login = login_key(invocation.keystore, invocation.book, self._name, invocation.passwords)
        return sign_in(api, login, invocation.genesis or invocation.config.genesis_hash)

    def account(self, address: str) -> AccountView:
        with closing(RestClient(self._invocation.config.node, sign_in=self._sign_in)) as node:
            return node.account(address)

    def statement(self, address: str, *, from_time: str | None, to_time: str | None) -> list[Movement]:
        with closing(RestClient(self._invocation.config.node, sign_in=self._sign_in)) as node:
            return node.statement(address, from_time=from_time, to_time=to_time)


def _asked_as(invocation: Invocation, account: tuple[str, str]) -> _Asked:
    return _Asked(invocation, account[0])


def _show(invocation: Invocation, accounts: Sequence[tuple[str, str]], views: Sequence[AccountView]) -> None:
    chain = shown_denominations(invocation)
    held = [{each["asset"]: each["total"] for each in view["balances"]} for view in views]
    assets = [(number, asset.name, asset.symbol) for number, asset in enumerate(chain.assets, 1)]
    sums = {
        name: amount_of(chain, number, sum(int(each[name]["base"]) for each in held))
        for number, name, _symbol in assets
    }
    metered = summed_energy([view["metered"] for view in views])
    rows = [
        {"account": name, "address": address, "roles": ", ".join(view["roles"]),
         **{asset: amounts[asset]["tokens"] for _number, asset, _symbol in assets}}
        for (name, address), view, amounts in zip(accounts, views, held, strict=True)
    ]  # fmt: skip
    lines = [
        *((row["account"], row["roles"] or "-", *(row[asset] for _number, asset, _symbol in assets)) for row in rows),
        ("together", "", *(sums[asset]["tokens"] for _number, asset, _symbol in assets)),
    ]
    text = table(("ACCOUNT", "ROLES", *(symbol for _number, _asset, symbol in assets)), lines)
    data = {
        "accounts": [
            {"name": name, "address": address, "roles": view["roles"], "balances": view["balances"]}
            for (name, address), view in zip(accounts, views, strict=True)
        ],
        "together": {"balances": [{"asset": name, "total": sums[name]} for _number, name, _symbol in assets],
                     "metered": metered},
    }  # fmt: skip
    invocation.show(data, f"{text}\n\n{fields(Words({}).lines(Metered, metered))}", rows)


def summed_energy(metered: Sequence[Metered]) -> Metered:
    """What accounts metered, together."""
    return Metered(
        produced_wh=sum(each["produced_wh"] for each in metered),
        exported_wh=sum(each["exported_wh"] for each in metered),
        consumed_wh=sum(each["consumed_wh"] for each in metered),
        imported_wh=sum(each["imported_wh"] for each in metered),
    )


def as_one(statements: Sequence[Sequence[Movement]], chain: Denominations) -> list[Movement]:
    """Statements of several accounts as one, oldest first: a receipt that concerns several stands there once.

    Its changes are summed, so what went from one of them to another changes nothing.
    """
    places: dict[tuple[int, int], list[Movement]] = {}
    for movements in statements:
        for movement in movements:
            places.setdefault((movement["height"], movement["index"]), []).append(movement)
    return [_joined(places[place], chain) for place in sorted(places)]


def _joined(same: Sequence[Movement], chain: Denominations) -> Movement:
    if len(same) == 1:
        return same[0]
    events: list[dict[str, Any]] = []
    available, total = Counter[str](), Counter[str]()
    for movement in same:
        for event in movement["events"]:
            # What names several of them was told to each.
            if events.count(event) < movement["events"].count(event):
                events.append(event)
        for change in movement["changes"]:
            available[change["asset"]] += int(change["available"]["base"])
            total[change["asset"]] += int(change["total"]["base"])
    changes = [_change(chain, name, available[name], total[name]) for name in total if available[name] or total[name]]
    return {**same[0], "events": events, "changes": changes}


def _change(chain: Denominations, name: str, available: int, total: int) -> AssetChange:
    number = number_of(chain.assets, name)
    return AssetChange(
        asset=name,
        symbol=chain.symbol(number),
        available=amount_of(chain, number, available),
        total=amount_of(chain, number, total),
    )


def amount_of(chain: Denominations, asset: int, base: int) -> Amount:
    """An amount of an asset as a node would show it."""
    return Amount(base=base, tokens=chain.text(asset, base))
