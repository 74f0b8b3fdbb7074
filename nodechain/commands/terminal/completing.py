"""What a shell offers for an argument: accounts, units, meters, keys, parameters, assets, open votes, validators.

Names of this home come from its files. What only the chain knows is asked of the node, for a second at most; whatever
goes wrong, nothing is offered and nothing is said: a shell must neither hang nor show an error where a person presses
Tab. Nobody is signed in for that, so a node that shows its readings to members only offers none of them.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

import click
from click.shell_completion import CompletionItem

from ledger.errors import LedgerError
from ledger.keys.address import format_address
from ledger.keys.keyfile import KeyKind
from nodechain.client.node_client import RestClient
from nodechain.client.visible_text import visible
from nodechain.errors import NodeError
from nodechain.home.address_book import AddressBook
from nodechain.home.config import home_path, load_config
from nodechain.home.keystore import Keystore

DEADLINE_S: Final = 1.0
"""For everything that a node is asked, the connection included."""
MOST: Final = 200
"""Items that are offered at once."""

FAILURES: Final = (NodeError, LedgerError, OSError, ValueError, LookupError, TypeError)
"""Of a home's files and of a node: none of them is a person's business who presses Tab."""

_PLAIN_WORD: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*").fullmatch
"""A shell puts what is offered onto its line as it is: a name from a node must be no command, option or pattern."""

Offer = tuple[str, str]
"""What may be typed, and what it is."""
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def completer(find: Callable[[click.Context], Iterable[Offer]]) -> Completer:
    """Of what `find` gives, that which begins as typed; nothing where anything at all goes wrong."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        del parameter
        try:
            found = [offer for offer in find(context) if offer[0].startswith(incomplete)]
        except FAILURES:
            return []
        safe = [(name, text) for name, text in found if _PLAIN_WORD(name)]
        return [CompletionItem(name, help=visible(text)) for name, text in safe[:MOST]]

    return complete


def _home(context: click.Context) -> Path:
    """The home of the command that is being typed."""
    return home_path(context.params.get("home") or context.find_root().params.get("home"))


def _keys(context: click.Context, *kinds: KeyKind) -> Iterable[Offer]:
    return [(key.name, f"{key.kind} key") for key in Keystore(_home(context) / "keys").entries() if key.kind in kinds]


def _book(context: click.Context) -> Iterable[Offer]:
    return [
        (name, format_address(found))
        for name, found in AddressBook(_home(context) / "addresses.json").entries().items()
    ]


def _names(context: click.Context) -> dict[str, str]:
    """What people call addresses here."""
    keys = Keystore(_home(context) / "keys").entries()
    return {format_address(key.address): key.name for key in keys} | {address: name for name, address in _book(context)}


def _asked(context: click.Context, ask: Callable[[RestClient], list[Offer]]) -> list[Offer]:
    """What the node answers in time; a name that its resolver seeks for minutes, or a slow drip, are late as well."""
    home = _home(context)
    url = context.params.get("node") or context.find_root().params.get("node")
    node = load_config(home, {"node": url}).config.node
    answers: queue.SimpleQueue[list[Offer]] = queue.SimpleQueue()

    def work() -> None:
        try:
            with closing(RestClient(node, timeout_s=DEADLINE_S)) as client:
                answers.put(ask(client))
        except FAILURES:
            answers.put([])

    threading.Thread(target=work, name="completion", daemon=True).start()
    try:
        return answers.get(timeout=DEADLINE_S)
    except queue.Empty:
        return []


def _accounts(context: click.Context) -> Iterable[Offer]:
    return [*_keys(context, KeyKind.ACCOUNT), *_book(context)]


def _units(context: click.Context) -> Iterable[Offer]:
    names = _names(context)

    def ask(node: RestClient) -> list[Offer]:
        return [(names.get(unit["address"], unit["address"]), f"unit, {unit['status']}") for unit in node.units()]

    return _asked(context, ask)


def _meters(context: click.Context) -> Iterable[Offer]:
    own = list(_keys(context, KeyKind.METER))

    def ask(node: RestClient) -> list[Offer]:
        return [(meter["key"], "bound meter") for meter in node.meters()]

    return [*own, *_asked(context, ask)]


def _assets(context: click.Context) -> Iterable[Offer]:
    def ask(node: RestClient) -> list[Offer]:
        return [(asset["name"].lower(), asset["symbol"]) for asset in node.assets()["assets"]]

    return _asked(context, ask)


def _votes(context: click.Context) -> Iterable[Offer]:
    def ask(node: RestClient) -> list[Offer]:
        return [(str(vote["number"]), str(vote["action"]["kind"]).replace("_", " ")) for vote in node.votes()["votes"]]

    return _asked(context, ask)


def _validators(context: click.Context) -> Iterable[Offer]:
    def ask(node: RestClient) -> list[Offer]:
        return [(entry["name"], entry["address"]) for entry in node.chain.validators()["validators"]]

    return _asked(context, ask)


accounts: Final = completer(_accounts)
units: Final = completer(_units)
meters: Final = completer(_meters)
assets: Final = completer(_assets)
votes: Final = completer(_votes)
validators: Final = completer(_validators)
keys: Final = completer(lambda context: _keys(context, *KeyKind))
validator_keys: Final = completer(lambda context: _keys(context, KeyKind.VALIDATOR))
book: Final = completer(_book)
