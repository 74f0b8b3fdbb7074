"""The demo's accounts: keys in memory, nonces counted here, payloads signed; and the node they are sent to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Value, encode
from ledger.keys.address import format_address
from ledger.keys.crypto import Ed25519SecretKey, P256SecretKey
from nodechain.client.answers.bank import AccountView
from nodechain.client.answers.transactions import BatchItem
from nodechain.client.node_client import RestClient
from nodechain.errors import LedgerRefused
from nodechain.home.keystore import Keystore
from nodechain.modules import MODULES

NUMBERS = {kind.payload: kind.number for module in MODULES for kind in module.types}


@dataclass(frozen=True, slots=True)
class NamedPayload:
    """A payload and the name of the account that signs it; `nonce`: a meter's is the number of its last reading."""

    name: str
    payload: Value
    nonce: int | None = None


class Wallet:
    """Signs for named accounts of one key store; counts their nonces from what the node says at first.

    `others`: further nodes of the chain, whose clocks move with the node's.
    """

    def __init__(
        self,
        keystore: Keystore,
        password: str,
        names: Iterable[str],
        api: RestClient,
        others: Sequence[RestClient] = (),
    ) -> None:
        self._secrets: dict[str, Ed25519SecretKey | P256SecretKey] = {
            name: keystore.open(name, password) for name in names
        }
        self._addresses = {name: keystore.get(name).address for name in self._secrets}
        self._nonces: dict[str, int] = {}
        self.api = api
        self._others = others
        status = api.status()
        self.chain = ChainIdentity(status["chain_id"], bytes.fromhex(status["genesis_hash"]))

    def address(self, name: str) -> bytes:
        """A named account's address."""
        return self._addresses[name]

    def secret(self, name: str) -> Ed25519SecretKey | P256SecretKey:
        """A named account's key."""
        return self._secrets[name]

    def account(self, name: str) -> AccountView:
        """What the node says of a named account."""
        return self.api.account(format_address(self._addresses[name]))

    def next_nonce(self, name: str) -> int:
        """The nonce of the account's next transaction."""
        if name not in self._nonces:
            self._nonces[name] = int(self.account(name)["next_nonce"])
        return self._nonces[name]

    def sign(self, named: NamedPayload) -> bytes:
        """The signed transaction, with the account's next nonce."""
        nonce = self.next_nonce(named.name) if named.nonce is None else named.nonce
        self._nonces[named.name] = nonce + 1
        secret = self._secrets[named.name]
        envelope = unsigned(self.chain.id, NUMBERS[type(named.payload)], secret.public_key, nonce, named.payload)
        return assemble(envelope, (Signature(0, secret.sign(sign_message(envelope, self.chain.genesis_hash))),))

    def submit(self, batch: Sequence[NamedPayload], *, may_fail: bool = False) -> list[BatchItem]:
        """Send a batch and wait for its decision; raises `LedgerRefused` unless all were applied or `may_fail`."""
        if not batch:
            return []
        body = encode([self.sign(named) for named in batch])
        results = self.api.submit_batch(body, wait_s=60)["results"]
        for named, result in zip(batch, results, strict=True):
            undecided = result["status"] != "decided"
            if undecided or (result["code"] and not may_fail):
                what = f"{named.name}: {type(named.payload).__name__} was not applied ({result['code'] or 'undecided'})"
                raise LedgerRefused(what, code=result["code"] or "undecided")
        return results

    def move_clock(self, time_ms: int) -> None:
        """Move the clock of every node."""
        for api in (*self._others, self.api):
            api.move_clock(time_ms)
