"""The state transition: a block's transactions on the state before it (rules B5, X7-X14).

Proposer, validator, replay and audit run this same code. A proposer leaves out what may not be included; for everyone
else a transaction that may not be included makes the block invalid.
"""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Container, Sequence
from functools import partial

import msgspec

from ledger.chain.block_steps import reserved_for, take_steps
from ledger.chain.context import Context
from ledger.chain.envelope import Transaction
from ledger.chain.expiries import first_due_ms, process_expiries
from ledger.chain.genesis import Genesis
from ledger.chain.header import Receipt
from ledger.chain.inclusion import check_action, check_envelope, check_sender, take_fee_and_nonce
from ledger.chain.own_work import do_whole
from ledger.chain.points import BEGIN_BLOCK, BLOCK_PROPOSED, END_BLOCK
from ledger.chain.protocol import context_at
from ledger.chain.registry import Registry
from ledger.chain.schema import PARAMETERS, OwnWork
from ledger.chain.sweeps import process_sweeps, sweeps_wait
from ledger.chain.validator_set import ValidatorSet, load_validators
from ledger.chain.weights import SIGNATURE, TRANSACTION
from ledger.encoding.codec import encode
from ledger.errors import InclusionError, Refused
from ledger.keys.crypto import tagged_hash
from ledger.limits import MAX_TRANSACTIONS_PER_SENDER
from ledger.state.overlay import Reader, State


class Executed(msgspec.Struct, frozen=True):
    """What a block does: its receipts (0 is the block's own), changes by full key, and the sets that follow.

    `next_due_ms`: when the state after it has work next (B7). `version`: the protocol version of the rules that did it.
    """

    receipts: tuple[Receipt, ...]
    changes: dict[bytes, bytes | None]
    validators: ValidatorSet
    parameters_hash: bytes
    next_due_ms: int
    version: int


class Execution:
    """One block in execution: `apply` each transaction, then `finish`.

    `proposer_key`: the validator whose block this is; None outside of a chain (benchmarks). `known_version`: the
    highest protocol version that its program knows. `committed`: who committed to the block before it, by address.
    `verified`: full hashes whose signatures were verified before; nothing is verified twice.
    """

    def __init__(
        self,
        registry: Registry,
        genesis: Genesis,
        base: Reader,
        *,
        height: int,
        time_ms: int,
        fee_account: bytes,
        proposer_key: bytes | None = None,
        known_version: int = 0,
        committed: frozenset[bytes] = frozenset(),
        verified: Container[bytes] = frozenset(),
    ) -> None:
        self._verified = verified
        self._receipts: list[Receipt] = []
        self._of_sender: Count[bytes] = Count()
        self.context = context_at(
            registry, State(base), genesis, height, time_ms, fee_account=fee_account, proposer_key=proposer_key or b"",
            known_version=known_version, committed=committed,
        )  # fmt: skip
        if proposer_key is not None:
            for number, note in enumerate(self.context.hooks.at(BLOCK_PROPOSED)):
                do_whole(self.context, (OwnWork.PROPOSED, number, b""), partial(note, self.context))
        kept = reserved_for(self.context, END_BLOCK)
        self._begun = take_steps(self.context, BEGIN_BLOCK)
        process_expiries(self.context)
        process_sweeps(self.context, self._begun.weight + kept)
        self.context.weight_limit -= kept
        self._receipts.append(self._receipt(b"", "", 0, self.context.weight))
        self.context.state.release(0)

    def apply(self, transaction: Transaction) -> Receipt:
        """Execute one transaction; raises `InclusionError` and changes nothing if it may not stand here."""
        context = self.context
        weight_before = context.weight
        try:
            receipt = self._apply(transaction)
        except InclusionError:
            context.state.rollback(0)
            context.weight = weight_before
            context.events = []
            raise
        context.state.release(0)
        self._of_sender[transaction.sender] += 1
        self._receipts.append(receipt)
        return receipt

    def _apply(self, transaction: Transaction) -> Receipt:
        context = self.context
        envelope = transaction.envelope
        check_envelope(context, envelope)
        check_action(context, transaction)
        if self._of_sender[transaction.sender] >= MAX_TRANSACTIONS_PER_SENDER:
            raise InclusionError("the sender has its share of this block", code="too_many_of_sender")
        check_sender(context, transaction)
        if transaction.full_hash not in self._verified and not transaction.verify_signatures(context.genesis_hash):
            raise InclusionError("a signature is missing or wrong", code="bad_signature")
        weight_before = context.weight
        context.begin_transaction()
        context.charge(TRANSACTION + SIGNATURE * (len(transaction.signatures) - 1))
        take_fee_and_nonce(context, transaction)
        context.sender, context.sender_key = transaction.sender, envelope.sender_key
        context.nonce = envelope.nonce
        mark, code = context.mark(), ""
        try:
            context.hooks.handlers[envelope.type](context, transaction.payload)
        except Refused as refusal:
            context.undo(mark)
            code = refusal.code
        return self._receipt(transaction.id, code, envelope.fee, context.weight - weight_before)

    def _receipt(self, transaction_id: bytes, code: str, fee: int, weight: int) -> Receipt:
        events, self.context.events = tuple(self.context.events), []
        return Receipt(transaction_id, code, fee, weight, events)

    def finish(self) -> Executed:
        """The steps at the block's end, which its own receipt has too; then all receipts and changes."""
        self.context.end_transactions()
        ended = take_steps(self.context, END_BLOCK)
        start, end = self._receipts[0], self._receipt(b"", "", 0, ended.weight)
        self._receipts[0] = Receipt(b"", "", 0, start.weight + end.weight, start.events + end.events)
        return executed_of(self.context, tuple(self._receipts), steps_wait=self._begun.more or ended.more)


def executed_of(context: Context, receipts: tuple[Receipt, ...], *, steps_wait: bool = False) -> Executed:
    """What a block has done; `steps_wait`: some steps of modules go on in the next one."""
    state = context.state
    return Executed(
        receipts,
        state.changes(),
        load_validators(state),
        parameters_hash(context),
        context.time_ms if steps_wait else next_due_ms(state, context.time_ms),
        context.hooks.version,
    )


def next_due_ms(state: State, time_ms: int) -> int:
    """When the state has work next, 0 if nothing waits; what goes on over blocks is due at once (B7)."""
    return time_ms if sweeps_wait(state) else first_due_ms(state)


def parameters_hash(context: Context) -> bytes:
    """The hash of all parameters in force, sorted by name (P3)."""
    values = []
    for name in sorted(context.hooks.parameters):
        entry = context.state.get(PARAMETERS, name.encode())
        values.append((name, 0 if entry is None else entry.value))
    return tagged_hash(b"nodechain/parameters", encode(values))


def execute_all(execution: Execution, transactions: Sequence[Transaction]) -> Executed:
    """Execute a block's transactions in order; an `InclusionError` makes the block invalid."""
    for transaction in transactions:
        execution.apply(transaction)
    return execution.finish()
