"""An independent client under load: sends transfers to a node that dies again and again, and logs what it was told.

Its log is what the node is held to: `decided` lines say that the node answered with a height and a code.
"""

from __future__ import annotations

import http.client
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.envelope import Transaction

AMOUNT = 1_000


@dataclass(frozen=True, slots=True)
class Told:
    """What the node answered for a transaction: a height and a code (decided), or only that it will keep it."""

    identity: str
    sender: str
    height: int | None
    code: str


class Signs(Protocol):
    """Whose keys a client uses."""

    def address(self, name: str) -> bytes:
        """Of a named account."""
        ...

    def raw(self, name: str, payload: Transfer, *, nonce: int) -> bytes:
        """A signed transaction."""
        ...


class Client:
    """Sends for one account until it is told to stop; `point_at` gives it the nodes' present addresses.

    Where one does not answer, the next one is asked, with the very same bytes.
    """

    def __init__(self, home: Signs, sender: str, recipient: str, log: Path) -> None:
        self._home = home
        self._sender = sender
        self._recipient = home.address(recipient)
        self._log = log.open("w")
        self._addresses: tuple[str, ...] = ("",)
        self._turn = 0
        self._stop = threading.Event()
        self._moved = threading.Event()
        self._thread = threading.Thread(target=self._run, name=sender, daemon=True)
        self.told: list[Told] = []
        self.hashes: dict[int, set[str]] = {}

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def point_at(self, *urls: str) -> None:
        """The nodes are at these addresses now."""
        self._addresses = urls
        self._moved.set()

    def stop(self) -> None:
        """End, and wait for it."""
        self._stop.set()
        self._moved.set()
        self._thread.join(60)
        self._log.close()

    def _run(self) -> None:
        nonce, raw = 1, b""
        while not self._stop.is_set():
            raw = raw or self._sign(nonce)
            try:
                told = self._post(raw, wait=nonce % 4 != 0)
            except (OSError, http.client.HTTPException, ValueError):
                self._turn += 1
                self._moved.clear()
                self._moved.wait(0.05)
                continue
            if told is not None:
                self._write(told)
                nonce, raw = nonce + 1, b""

    def _sign(self, nonce: int) -> bytes:
        return self._home.raw(self._sender, Transfer(CURRENCY_ASSET, self._recipient, AMOUNT), nonce=nonce)

    def _post(self, raw: bytes, *, wait: bool) -> Told | None:
        parts = urlsplit(self._addresses[self._turn % len(self._addresses)])
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        try:
            path = "/v1/transactions?wait=decided&timeout=5" if wait else "/v1/transactions"
            connection.request("POST", path, raw, {"Content-Type": "application/octet-stream"})
            answer = connection.getresponse()
            data = json.loads(answer.read())
            if answer.status not in (200, 202):
                return None
            connection.request("GET", "/v1/blocks/latest")
            header = json.loads(connection.getresponse().read())["header"]
        finally:
            connection.close()
        self.hashes.setdefault(header["height"], set()).add(header["hash"])
        return Told(Transaction(raw).id.hex(), self._sender, data["height"], data["code"])

    def _write(self, told: Told) -> None:
        """The client believes only what is in its own log."""
        self._log.write(f"{told.identity} {told.height} {told.code}\n")
        self._log.flush()
        self.told.append(told)
