"""The options that every command has, and what they amount to: an `Invocation`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import click

from ledger.address import format_address
from ledger.keyfile import Keyfile, KeyKind
from ledger.limits import MAX_INTEGER
from ledger.validators import validator_address
from nodechain.address_book import AddressBook, resolve_address
from nodechain.client.rest import NodeApi
from nodechain.commands.output import Format, Row, print_result
from nodechain.config import Config, Loaded, home_path, load_config
from nodechain.keystore import Keystore

Command = Callable[..., Any]


class Invocation:
    """One run of a command: its home, settings, node, and how it prints."""

    def __init__(self, home: Path, loaded: Loaded) -> None:
        self.home = home
        self.loaded = loaded
        self.form = Format(loaded.config.output)
        self.keystore = Keystore(home / "keys")
        self.book = AddressBook(home / "addresses.json")
        self._api: NodeApi | None = None

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self.loaded.config

    @property
    def api(self) -> NodeApi:
        """The node that --node names."""
        if self._api is None:
            self._api = NodeApi(self.config.node)
        return self._api

    def close(self) -> None:
        """Hang up, if a node was asked."""
        if self._api is not None:
            self._api.close()

    def address(self, text: str) -> bytes:
        """An address, or a name of the key store or address book."""
        return resolve_address(text, self.keystore, self.book)

    def address_text(self, text: str) -> str:
        """The same in Bech32m."""
        return format_address(self.address(text))

    def names(self) -> dict[str, str]:
        """What people call the addresses of this home."""
        known = {format_address(address_shown(key)): key.name for key in self.keystore.entries()}
        return known | {format_address(address): name for name, address in self.book.entries().items()}

    def show(self, data: Any, text: str, rows: Sequence[Row] | None = None, errors: Sequence[Row] = ()) -> None:
        """Print a result in the form that was asked for."""
        print_result(self.form, data, text=text, rows=rows, errors=errors)


def address_shown(key: Keyfile) -> bytes:
    """The address by which the chain knows a key: a validator's differs from that of an account."""
    return validator_address(key.public_key[1:]) if key.kind == KeyKind.VALIDATOR else key.address


HEIGHT: Final = click.IntRange(0, MAX_INTEGER)
_COMMON: Final = (
    click.option("--home", metavar="DIR", help="The home (NODECHAIN_HOME, else ~/.nodechain)."),
    click.option("--node", metavar="URL", help="The node to ask (NODECHAIN_NODE, else the home's configuration)."),
    click.option("--output", "-o", type=click.Choice([form.value for form in Format]), help="How to print."),
)
_SENDING: Final = (
    click.option("--from", "sender", metavar="NAME", help="Key or multi-signature account that sends."),
    click.option("--fee", default="0", metavar="AMOUNT", help="Fee in the chain's fee asset."),
    click.option("--no-wait", is_flag=True, help="Do not wait for the decision."),
    click.option("--timeout", type=click.IntRange(1, 300), help="Seconds to wait for the decision."),
    click.option("--valid-until", type=HEIGHT, default=0, metavar="HEIGHT", help="0: no limit."),
    click.option("--sign-only", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file, unsent."),
)


def _apply(function: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    for option in reversed(options):
        function = option(function)
    return function


def command(function: Command) -> Command:
    """Give a command the common options and an `Invocation` as its first argument."""

    @functools.wraps(function)
    def run(*arguments: Any, home: str | None, node: str | None, output: str | None, **options: Any) -> Any:
        before: dict[str, Any] = click.get_current_context().find_root().ensure_object(dict)
        path = home_path(home or before.get("home"))
        flags = {
            "node": node or before.get("node"),
            "output": output or before.get("output"),
            "sender": options.get("sender"),
            "timeout": options.get("timeout"),
        }
        invocation = Invocation(path, load_config(path, flags))
        before["form"] = invocation.form
        with closing(invocation):
            return function(invocation, *arguments, **options)

    return _apply(run, _COMMON)


def sending(function: Command) -> Command:
    """The same for a command that sends a transaction: it gets `how` for `nodechain.commands.sending.send`."""

    @functools.wraps(function)
    def run(
        invocation: Invocation,
        *arguments: Any,
        sender: str | None,
        fee: str,
        no_wait: bool,
        timeout: int | None,
        valid_until: int,
        sign_only: Path | None,
        **options: Any,
    ) -> Any:
        del sender, timeout
        how = {"fee": fee, "wait": not no_wait, "valid_until": valid_until, "sign_only": sign_only}
        return function(invocation, how, *arguments, **options)

    return command(_apply(run, _SENDING))
