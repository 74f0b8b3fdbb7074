"""What a rule sees while a block is executed: the state, the block's place and time, and where events go.

One `Context` lives for one block. Rules change the state only through it and report every change as an event.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from ledger.chain.genesis import Genesis
from ledger.chain.header import Event
from ledger.chain.hooks import Hooks
from ledger.chain.schema import COUNTERS, PARAMETERS, Counter
from ledger.errors import BrokenInvariant, InclusionError, Refused, require
from ledger.keys.address import SenderKey
from ledger.limits import MAX_ENDINGS_PER_TRANSACTION, MAX_INTEGER, SWEEP_SHARE, TRANSACTION_SHARE
from ledger.state.overlay import State
from ledger.state.table import Table

T = TypeVar("T")


class Mark(NamedTuple):
    """How far a block was: a checkpoint of the state, and the number of events."""

    state: int
    events: int


class Context:
    """One block in execution.

    `height` and `time_ms` are the block's, `fee_account` its proposer's account, `proposer_key` its key (empty where
    nobody proposed it), `known_version` the highest protocol version that its program knows, `committed` the addresses
    of those whose COMMITs for its parent it carries (B8). `hooks` are the rules in force, `genesis` has the sections of
    modules that votes switched on too. `sender` and `nonce` are those of the transaction in turn; `agent` is who
    sent it where it acts for `sender`, else empty. A proposer may set a lower `weight_limit` than the genesis'.
    """

    __slots__ = (
        "_room_until", "_transaction_until", "agent", "chain_id", "committed", "endings", "events", "fee_account",
        "genesis", "genesis_hash", "height", "hooks", "known_version", "nonce", "proposer_key", "sender", "sender_key",
        "state", "time_ms", "weight", "weight_limit",
    )  # fmt: skip

    def __init__(
        self, state: State, genesis: Genesis, hooks: Hooks, height: int, time_ms: int, fee_account: bytes,
        proposer_key: bytes = b"", known_version: int = 0, committed: frozenset[bytes] = frozenset(),
    ) -> None:  # fmt: skip
        self.state = state
        self.genesis = genesis
        self.genesis_hash = genesis.hash
        self.chain_id = genesis.chain_id
        self.hooks = hooks
        self.height = height
        self.time_ms = time_ms
        self.fee_account = fee_account
        self.proposer_key = proposer_key
        self.known_version = known_version
        self.committed = committed
        self.sender = b""
        self.agent = b""
        self.sender_key: SenderKey = b""
        self.nonce = 0
        self.endings = 0
        self._room_until = genesis.block_weight // SWEEP_SHARE
        self.weight = 0
        self._transaction_until = genesis.block_weight
        self.weight_limit = genesis.block_weight
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        """Report a change; the event becomes part of the receipt."""
        self.events.append(event)

    def charge(self, weight: int) -> None:
        """Count work against the block's limit; a transaction that does not fit waits for another block, and fails
        where it would fit into none (W2)."""
        self.weight += weight
        if self.weight > self.weight_limit:
            raise InclusionError("the block's weight is used up", code="block_full")
        if self.weight > self._transaction_until:
            most = self.genesis.block_weight // TRANSACTION_SHARE
            raise Refused(f"one transaction may weigh at most {most}; divide it into several", code="too_heavy")

    def may_end(self) -> bool:
        """Whether the transaction may end one more of what it ends itself; the others are swept (D2)."""
        self.endings += 1
        return self.endings <= MAX_ENDINGS_PER_TRANSACTION

    def has_room(self) -> bool:
        """Whether the transaction has used less than its share for work that may be swept as well (D2)."""
        return self.weight < self._room_until

    def mark(self) -> Mark:
        """The state and the events as they are now, for `undo`."""
        return Mark(self.state.checkpoint(), len(self.events))

    def undo(self, mark: Mark) -> None:
        """What was done since leaves no trace: in the state, and in the events; its weight stays counted."""
        self.state.rollback(mark.state)
        del self.events[mark.events :]

    def begin_transaction(self) -> None:
        """What one transaction may weigh, and do of work that can be swept, counts anew."""
        self.endings = 0
        self._transaction_until = self.weight + self.genesis.block_weight // TRANSACTION_SHARE
        self._room_until = self.weight + self.genesis.block_weight // SWEEP_SHARE

    def end_transactions(self) -> None:
        """What comes after the last transaction is counted, but bounded by its steps: it cannot wait (D3)."""
        self._transaction_until = self._room_until = self.weight_limit = MAX_INTEGER

    def parameter(self, name: str) -> int:
        """The value in force of a parameter."""
        entry = self.state.get(PARAMETERS, name.encode())
        if entry is None:
            raise Refused(f"no parameter is named {name}", code="unknown_parameter")
        return entry.value

    def get(self, table: Table[T], key: bytes) -> T:
        """An entry that the rules say must be there."""
        value = self.state.get(table, key)
        if value is None:
            raise BrokenInvariant(f"an entry is missing in {table.name}")
        return value

    def next_number(self, name: bytes) -> int:
        """The next number of a counter, from 1."""
        return self.change_count(name, 1)

    def count(self, name: bytes) -> int:
        """The value of a counter, 0 if it was never set."""
        counter = self.state.get(COUNTERS, name)
        return 0 if counter is None else counter.value

    def change_count(self, name: bytes, change: int) -> int:
        """Count a counter up or down; its new value. One that comes to nothing has no entry."""
        value = self.count(name) + change
        require(value >= 0, "a counter falls below zero")
        if value:
            self.state.put(COUNTERS, name, Counter(value))
        else:
            self.state.delete(COUNTERS, name)
        return value


def saturated(value: int) -> int:
    """`value`, or 2^63 - 1 where it is more: for figures that nobody is paid or charged by, which refuse nothing."""
    return min(value, MAX_INTEGER)


def in_range(value: int) -> int:
    """`value`, or `Refused` where it would leave [0, 2^63 - 1]."""
    if not 0 <= value <= MAX_INTEGER:
        raise Refused("the result would leave the range of stored numbers", code="out_of_range")
    return value


def in_signed_range(value: int) -> int:
    """`value`, or `Refused` where it would leave [-(2^63 - 1), 2^63 - 1]: a sum that may also lie below 0."""
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise Refused("the result would leave the range of stored numbers", code="out_of_range")
    return value
