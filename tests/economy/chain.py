"""A light chain for many short sequences: one `Execution` a block on a state in memory, signatures of transactions not
made nor verified (those of bindings are); what a transaction does is the ledger's own code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.chain import address, secret
from ledger.chain.blocks import Chain, genesis_block
from ledger.chain.envelope import Envelope, Signature, Transaction
from ledger.chain.execution import Execution
from ledger.chain.genesis import Genesis
from ledger.chain.header import Event
from ledger.chain.nonces import account
from ledger.encoding.codec import Value
from ledger.errors import InclusionError
from ledger.state.overlay import MemoryReader, State
from nodechain.modules import REGISTRY

_NUMBERS = {kind.payload: kind.number for kind in REGISTRY.types.values()}
_SIGNATURES = (Signature(0, bytes(64)),)


class _Everything(frozenset[bytes]):
    def __contains__(self, _item: object) -> bool:
        return True


VERIFIED = _Everything()


def transaction(genesis: Genesis, name: str, nonce: int, payload: Value, fee: int) -> Transaction:
    """A transaction of a named key as a node carries it about, decoded and verified before."""
    key = secret(name).public_key
    made = object.__new__(Transaction)
    made.envelope = Envelope(1, genesis.chain_id, _NUMBERS[type(payload)], key, nonce, 0, fee, b"")
    made.sender = address(name)
    made.id = made.full_hash = made.raw = made.signed_bytes = b""
    made.signatures = _SIGNATURES
    made.payload = payload
    return made


class LightChain:
    """Blocks one after the other: `begin`, `send` as often as wanted, `end`."""

    def __init__(self, genesis: Genesis, entries: dict[bytes, bytes] | None = None, time_ms: int = 0) -> None:
        self.genesis = genesis
        if entries is None:
            block = genesis_block(Chain(REGISTRY, genesis))
            self.reader = MemoryReader()
            self.reader.apply(block.executed.changes)
            self.time_ms = genesis.time_ms
        else:
            self.reader = MemoryReader(entries)
            self.time_ms = time_ms
        self.height = 1
        self.events: list[Event] = []
        self._execution: Execution | None = None

    @property
    def state(self) -> State:
        """The state as the next transaction finds it."""
        return State(self.reader) if self._execution is None else self._execution.context.state

    def begin(self, time_ms: int) -> None:
        """Begin the block of a time."""
        assert time_ms > self.time_ms
        self.time_ms, self.height = time_ms, self.height + 1
        self._execution = Execution(
            REGISTRY, self.genesis, self.reader, height=self.height, time_ms=time_ms,
            fee_account=address("V"), verified=VERIFIED,
        )  # fmt: skip
        self.events.extend(self._execution._receipts[0].events)

    def send(self, name: str, payload: Value, *, fee: int = 0, nonce: int | None = None) -> tuple[str, Iterator[Any]]:
        """Execute one transaction; its code (of a refusal to include it too) and its events."""
        assert self._execution is not None
        if nonce is None:
            nonce = account(self.state, address(name)).nonce + 1
        made = transaction(self.genesis, name, nonce, payload, fee)
        try:
            receipt = self._execution.apply(made)
        except InclusionError as error:
            return error.code, iter(())
        self.events.extend(receipt.events)
        return receipt.code, iter(receipt.events)

    def end(self) -> None:
        """Take over what the block changed."""
        assert self._execution is not None
        self.reader.apply(self._execution.context.state.changes())
        self._execution = None

    def check(self) -> None:
        """All invariants of the ledger and the market."""
        for check in REGISTRY.invariants:
            check(self.reader)
