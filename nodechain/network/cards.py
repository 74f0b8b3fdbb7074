"""Peer cards: what one operator gives another so that their nodes may talk. One JSON file a peer in HOME/peers.

A card names the chain, the node's certificate (which is what is trusted), where it listens, and the validator whose
node it is, if it is one's. Putting a file there admits the peer, removing it expels it; a running node looks again
every two seconds.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import msgspec

from ledger.errors import InvalidInput
from ledger.keys.address import format_key, parse_key
from ledger.keys.crypto import Algorithm
from nodechain.errors import NotFound, UsageError, storage_failed
from nodechain.files.durable_file import make_directory, replace_file
from nodechain.network.identity import BadCertificate, node_id_of
from nodechain.network.limits import MAX_ADDRESS_BYTES, MAX_ADDRESSES, MAX_CARD_BYTES, MAX_KNOWN_PEERS

SUFFIX: Final = ".card"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Card(msgspec.Struct, frozen=True):
    """`certificate` in DER; `addresses` as host:port; `validator`: the bare key of the validator, or empty."""

    name: str
    chain_id: str
    node_id: bytes
    certificate: bytes
    addresses: tuple[str, ...]
    validator: bytes


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    chain: str
    certificate: str
    addresses: Annotated[tuple[str, ...], msgspec.Meta(max_length=MAX_ADDRESSES)]
    validator: str = ""


def check_address(text: str) -> tuple[str, int]:
    """Host and port of `host:port` or `[v6]:port`; raises `UsageError` (bad_address)."""
    host, _colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if len(text) > MAX_ADDRESS_BYTES or not port.isdigit() or not 0 < int(port) < 65_536 or not _is_host(host):
        raise UsageError(f"{text!r} is no address", code="bad_address", advice="Write host:port or [IPv6]:port.")
    return host, int(port)


def _is_host(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,120}[A-Za-z0-9])?", text) is not None
    return True


def format_card(card: Card) -> str:
    """The file's content."""
    validator = format_key(bytes((Algorithm.ED25519,)) + card.validator) if card.validator else ""
    form = _Form(card.name, card.chain_id, base64.b64encode(card.certificate).decode(), card.addresses, validator)
    return msgspec.json.format(msgspec.json.encode(form), indent=2).decode() + "\n"


def parse_card(text: str, chain_id: str) -> Card:
    """Raises `UsageError` (bad_card, wrong_chain, bad_address) or `BadCertificate`."""
    try:
        if len(text) > MAX_CARD_BYTES:
            raise UsageError(f"a card has at most {MAX_CARD_BYTES} bytes", code="bad_card")
        form = msgspec.json.decode(text, type=_Form)
        certificate = base64.b64decode(form.certificate, validate=True)
        validator = parse_key(form.validator)[1:] if form.validator else b""
    except (msgspec.DecodeError, UnicodeError, binascii.Error, InvalidInput) as error:
        raise UsageError(f"this is no peer's card: {error}", code="bad_card") from None
    if form.chain != chain_id:
        raise UsageError(f"the card is for chain {form.chain}, this node is on {chain_id}", code="wrong_chain")
    if NAME.fullmatch(form.name) is None:
        raise UsageError("a peer's name has 1 to 64 letters, digits, dots, dashes", code="bad_card")
    for address in form.addresses:
        check_address(address)
    return Card(form.name, form.chain, node_id_of(certificate), certificate, form.addresses, validator)


class Cards:
    """The directory of cards."""

    def __init__(self, directory: Path, chain_id: str) -> None:
        self._directory = directory
        self._chain_id = chain_id
        self._stamp: object = None
        self.unreadable: dict[str, str] = {}

    def load(self) -> list[Card]:
        """All cards that can be read, sorted by name; `unreadable` says which could not and why."""
        cards: list[Card] = []
        self.unreadable = {}
        for path in self._paths():
            try:
                cards.append(parse_card(path.read_text(), self._chain_id))
            except (UsageError, BadCertificate) as error:
                self.unreadable[path.name] = error.detail
            except (OSError, UnicodeDecodeError) as error:
                self.unreadable[path.name] = str(error)
        return cards

    def _paths(self) -> list[Path]:
        try:
            return sorted(self._directory.glob(f"*{SUFFIX}"))[:MAX_KNOWN_PEERS]
        except OSError:
            return []

    def have_changed(self) -> bool:
        """Whether files came, went or changed since the last call."""
        stamp: list[tuple[str, int, int]] = []
        for path in self._paths():
            with suppress(FileNotFoundError):
                status = path.stat()
                stamp.append((path.name, status.st_mtime_ns, status.st_size))
        changed = stamp != self._stamp
        self._stamp = stamp
        return changed

    def add(self, card: Card) -> None:
        """Write a card; one of the same name is replaced. Raises `UsageError` (too_many_peers), `StorageFailed`."""
        make_directory(self._directory)
        path = self._directory / (card.name + SUFFIX)
        if not path.exists() and len(self._paths()) >= MAX_KNOWN_PEERS:
            raise UsageError(f"a node knows at most {MAX_KNOWN_PEERS} peers", code="too_many_peers")
        replace_file(path, format_card(card).encode())

    def remove(self, name: str) -> None:
        """Forget a peer; raises `NotFound`."""
        path = self._directory / (name + SUFFIX)
        try:
            if NAME.fullmatch(name) is None:
                raise FileNotFoundError
            path.unlink()
        except FileNotFoundError:
            raise NotFound(f"there is no peer {name}", advice="See `nodechain peers cards`.") from None
        except OSError as error:
            raise storage_failed(f"removing {path}", error) from error
