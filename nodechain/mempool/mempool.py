"""Admission to the pool, in order of cost: size, form, chain, expiry, nonce window, fee, signature last (node.md).

A verified full hash is remembered and never verified again, also not inside a block.
"""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.chain.envelope import Transaction
from ledger.chain.inclusion import check_action, check_envelope, check_fee
from ledger.chain.nonces import next_nonce
from ledger.chain.pool import Pool
from ledger.chain.registry import Registry
from ledger.chain.sender import sender_rule
from ledger.errors import InclusionError
from ledger.limits import MAX_TRANSACTIONS_PER_SENDER

VERIFIED_MEMORY: Final = 65_536
READY_LOOKED_AT: Final = 64
"""Transactions whose turn is looked at; where so many wait for theirs, a block is made all the same."""


class Verified:
    """The full hashes whose signatures were verified, bounded: the oldest go first."""

    def __init__(self, limit: int = VERIFIED_MEMORY) -> None:
        self._limit = limit
        self._hashes: dict[bytes, None] = {}

    def __contains__(self, full_hash: object) -> bool:
        return full_hash in self._hashes

    def __len__(self) -> int:
        return len(self._hashes)

    def add(self, full_hash: bytes) -> None:
        """Remember one."""
        self._hashes[full_hash] = None
        if len(self._hashes) > self._limit:
            del self._hashes[next(iter(self._hashes))]


class Mempool:
    """The pool with its doorkeeper."""

    def __init__(self, registry: Registry, pool: Pool | None = None) -> None:
        self.pool = Pool() if pool is None else pool
        self.verified = Verified()
        self._registry = registry

    def __len__(self) -> int:
        return len(self.pool)

    def has_ready(self, view: Context) -> bool:
        """Whether a block could hold something of this: what waits for an earlier nonce or its turn makes none due."""
        for looked_at, transaction in enumerate(self.pool.ready()):
            if looked_at == READY_LOOKED_AT or _has_turn(view, transaction):
                return True
        return False

    def raw_of(self, full_hash: bytes) -> bytes | None:
        """The bytes of a waiting transaction by its full hash."""
        found = self.pool.by_full_hash(full_hash)
        return None if found is None else found.raw

    def admit(self, raw: bytes, view: Context) -> Transaction:
        """Check and take in; raises `InvalidInput` or `InclusionError`. `view`: the next block's place on the head."""
        transaction = self.examine(raw, view)
        if transaction.full_hash not in self.verified and not transaction.verify_signatures(view.genesis_hash):
            raise InclusionError("a signature is missing or wrong", code="bad_signature")
        self.take_in(transaction, view)
        return transaction

    def examine(self, raw: bytes, view: Context) -> Transaction:
        """All checks but that of the signature, which costs ten times as much; raises like `admit`."""
        transaction = self._registry.decode(raw)
        if self.pool.get(transaction.id) is not None:
            raise InclusionError("the transaction waits already", code="known")
        check_envelope(view, transaction.envelope)
        check_action(view, transaction)
        rule = sender_rule(view, transaction.envelope.type)
        if rule.is_guest:
            self.pool.check_guest(transaction.sender)
        rule.check_right(view, transaction)
        self._check_window(view, transaction)
        check_fee(view, transaction)
        rule.check_content(view, transaction)
        return transaction

    def take_in(self, transaction: Transaction, view: Context) -> None:
        """A transaction whose signatures are right; `view` may be of a later height than that of `examine`."""
        self.verified.add(transaction.full_hash)
        self._check_window(view, transaction)
        rule = sender_rule(view, transaction.envelope.type)
        others_wait = bool(self.pool.nonces_of(transaction.sender))
        privileged = rule.is_privileged(view, transaction, others_wait=others_wait)
        expected = next_nonce(view, transaction.sender) if rule.in_order else None
        self.pool.add(transaction, privileged=privileged, expected=expected, guest=rule.is_guest)

    @staticmethod
    def _check_window(view: Context, transaction: Transaction) -> None:
        """A nonce may wait for those before it, within a window; a used one never comes back."""
        distance = sender_rule(view, transaction.envelope.type).nonce_distance(view, transaction)
        if distance < 0:
            raise InclusionError("the nonce is used already", code="nonce_used")
        if distance >= MAX_TRANSACTIONS_PER_SENDER:
            raise InclusionError("the nonce is too far ahead of the sender's last one", code="nonce_too_far")

    def expected_nonce(self, view: Context, sender: bytes) -> int:
        """The nonce for a sender's next transaction, after those that wait without a gap."""
        expected = next_nonce(view, sender)
        for nonce in self.pool.nonces_of(sender):
            if nonce == expected:
                expected += 1
        return expected

    def settle(self, included: tuple[Transaction, ...]) -> None:
        """After a block: forget what is in it and what it made impossible."""
        for transaction in included:
            self.pool.remove(transaction.id)
            self.pool.forget_used(transaction.sender, transaction.envelope.nonce)

    def unfit_guests(self, view: Context) -> list[tuple[Transaction, InclusionError]]:
        """Requests of strangers that can stand in no block any more: nobody else's transaction makes them leave."""
        found = []
        for transaction in self.pool.guests:
            try:
                sender_rule(view, transaction.envelope.type).check_right(view, transaction)
            except InclusionError as error:
                found.append((transaction, error))
        return found


def _has_turn(view: Context, transaction: Transaction) -> bool:
    try:
        sender_rule(view, transaction.envelope.type).check_turn(view, transaction)
    except InclusionError:
        return False
    return True
