"""The options that every command has, and what they amount to: an `Invocation`."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import click

from ledger.chain.validator_set import validator_address
from ledger.keys.address import format_address
from ledger.keys.keyfile import Keyfile, KeyKind
from ledger.limits import MAX_INTEGER
from nodechain.client.login import sign_in
from nodechain.client.node_client import RestClient
from nodechain.client.rest import NodeApi
from nodechain.client.visible_text import visible_lines
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.output import Format, Row, print_result
from nodechain.commands.terminal.passwords import Passwords
from nodechain.commands.terminal.signing_in import login_key
from nodechain.files.durable_file import PRIVATE_FILE
from nodechain.files.user_file import write_user_file
from nodechain.home.address_book import AddressBook, resolve_address
from nodechain.home.config import Config, Loaded, home_path, load_config
from nodechain.home.keystore import Keystore

Command = Callable[..., Any]


class Invocation:
    """One run of a command: its home, settings, node, and how it prints."""

    def __init__(self, home: Path, loaded: Loaded) -> None:
        self.home = home
        self.loaded = loaded
        self.form = Format(loaded.config.output)
        self.book = AddressBook(home / "addresses.json", taken=Keystore(home / "keys").names)
        self.keystore = Keystore(home / "keys", taken=self.book.names)
        self._stdout_taken = False
        self._node: RestClient | None = None
        self.genesis: str | None = None
        self.trust = False
        self.reader = ""
        self.passwords = Passwords()

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self.loaded.config

    @property
    def node(self) -> RestClient:
        """The node that --node names, or the home's own."""
        if self._node is None:
            self._node = RestClient(self.config.node, sign_in=self.sign_in)
        return self._node

    def sign_in(self, api: NodeApi) -> str:
        """A token for reading, when the node asks for one."""
        login = login_key(self.keystore, self.book, self.reader or self.config.sender, self.passwords)
        return sign_in(api, login, self.genesis or self.config.genesis_hash)

    def close(self) -> None:
        """Hang up, if a node was asked."""
        if self._node is not None:
            self._node.close()

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

    def write_file(self, path: Path, data: bytes, *, mode: int = PRIVATE_FILE) -> None:
        """Write a file that a person named; `-` is the standard output."""
        if str(path) != "-":
            write_user_file(path, data, mode=mode)
            return
        self._stdout_taken = True
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def show(
        self,
        data: Any,
        text: str,
        rows: Sequence[Row] | None = None,
        errors: Sequence[Row] = (),
        columns: Sequence[str] = (),
    ) -> None:
        """Print a result in the form that was asked for; where stdout holds a file (`-`), the text on stderr."""
        if self._stdout_taken:
            click.echo(visible_lines(text), err=True)
            return
        print_result(self.form, data, text=text, rows=rows, errors=errors, columns=columns)


def address_shown(key: Keyfile) -> bytes:
    """The address by which the chain knows a key: a validator's differs from that of an account."""
    return validator_address(key.public_key[1:]) if key.kind == KeyKind.VALIDATOR else key.address


HEIGHT: Final = click.IntRange(0, MAX_INTEGER)
_COMMON: Final = (
    click.option("--home", metavar="DIR", help="The home (NODECHAIN_HOME, else ~/.nodechain)."),
    click.option("--node", metavar="URL", help="The node to ask (NODECHAIN_NODE, else the home's configuration)."),
    click.option(
        "--as",
        "reader",
        metavar="ACCOUNT",
        shell_complete=accounts,
        help="Who reads, where the node asks (default: who sends).",
    ),
    click.option("--debug", is_flag=True, expose_value=False, hidden=True, help="Show the traceback of a bug."),
    click.option("--output", "-o", type=click.Choice([form.value for form in Format]), help="How to print."),
)
_CHAIN: Final = (
    click.option("--genesis", "chain_genesis", metavar="HASH",
                 help="The chain's genesis hash: what a home without a genesis is tied to."),
    click.option("--trust", "chain_trust", is_flag=True,
                 help="Tie a home without a genesis to the chain that is shown now."),
)  # fmt: skip
_SENDING: Final = (
    click.option(
        "--from", "sender", metavar="NAME", shell_complete=accounts, help="Key or multi-signature account that sends."
    ),
    click.option(
        "--for",
        "acting_for",
        metavar="OWNER",
        shell_complete=accounts,
        help="Act for OWNER, who lets the sender (`agent`).",
    ),
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
    def run(
        *arguments: Any, home: str | None, node: str | None, output: str | None, reader: str | None, **options: Any
    ) -> Any:
        before: dict[str, Any] = click.get_current_context().find_root().ensure_object(dict)
        path = home_path(home or before.get("home"))
        flags = {
            "node": node or before.get("node"),
            "output": output or before.get("output"),
            "sender": options.get("sender"),
            "timeout": options.get("timeout"),
        }
        invocation = Invocation(path, load_config(path, flags))
        invocation.genesis = options.pop("chain_genesis", None)
        invocation.trust = options.pop("chain_trust", False)
        invocation.reader = reader or ""
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
        acting_for: str | None,
        fee: str,
        no_wait: bool,
        timeout: int | None,
        valid_until: int,
        sign_only: Path | None,
        **options: Any,
    ) -> Any:
        del sender, timeout
        how = {
            "acting_for": acting_for,
            "fee": fee,
            "wait": not no_wait,
            "valid_until": valid_until,
            "sign_only": sign_only,
        }
        return function(invocation, how, *arguments, **options)

    return signing(_apply(run, _SENDING))


def signing(function: Command) -> Command:
    """`command` for one that signs something for a chain (`nodechain.commands.sending.chain`)."""
    return command(_apply(function, _CHAIN))
