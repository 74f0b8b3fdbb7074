"""A node in this process, on a home in a temporary folder, for tests of the shell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.chain.genesis import Genesis
from ledger.encoding.codec import Value
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import ScryptCost
from nodechain.chain.validator_key import ValidatorKey
from nodechain.home.genesis_file import read_template
from nodechain.home.initialise import initialise
from nodechain.home.keystore import Keystore
from nodechain.modules import REGISTRY
from nodechain.node import DEFAULT_OPTIONS, Node, NodeOptions

PASSWORD = "correct horse"
COST = ScryptCost(2**4)
"""Nobody guesses the password of a test; eight keys of `COST_LIGHT` were most of what a home costs."""
START_MS = 1_700_000_000_000


class HomeFixture:
    """A home of the development chain, with its keys open."""

    def __init__(self, path: Path, template: str = "dev", *, time_ms: int = START_MS) -> None:
        self.path = path
        made = initialise(path, read_template(template), password=PASSWORD, time_ms=time_ms, cost=COST)
        self.genesis: Genesis = made.genesis
        self._keystore = Keystore(path / "keys")
        self.key = cache(self._key)
        self._nonces: dict[str, int] = {}

    def _key(self, name: str) -> Ed25519SecretKey:
        key = self._keystore.open(name, PASSWORD)
        assert isinstance(key, Ed25519SecretKey)
        return key

    def address(self, name: str) -> bytes:
        """The address of a named key."""
        return self._keystore.get(name).address

    def validator(self) -> ValidatorKey:
        """The validator's key."""
        return ValidatorKey(self.key("validator"))

    def raw(self, name: str, payload: Value, *, nonce: int | None = None, fee: int = 0, valid_until: int = 0) -> bytes:
        """A signed transaction of a named account, with its next nonce unless one is given."""
        if nonce is None:
            nonce = self._nonces[name] = self._nonces.get(name, 0) + 1
        number = next(kind.number for kind in REGISTRY.types.values() if kind.payload is type(payload))
        key = self.key(name)
        envelope = unsigned(
            self.genesis.chain_id, number, key.public_key, nonce, payload, valid_until=valid_until, fee=fee
        )
        return assemble(envelope, (Signature(0, key.sign(sign_message(envelope, self.genesis.hash))),))

    def open(self, options: NodeOptions = DEFAULT_OPTIONS) -> Node:
        """The node on this home, not running yet."""
        return Node.open(self.path, self.validator(), options)

    @asynccontextmanager
    async def running(self, options: NodeOptions = DEFAULT_OPTIONS) -> AsyncIterator[Node]:
        """The node, running; stopped and closed at the end."""
        node = self.open(options)
        task = asyncio.create_task(node.run())
        try:
            yield node
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            node.close()
