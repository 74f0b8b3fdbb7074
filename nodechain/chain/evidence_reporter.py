"""Brings evidence of equivocation into a block: a transaction of the validator's own key, free of charge (rule V9)."""

from __future__ import annotations

from typing import Final

from consensus.signing import Signer
from ledger.chain.context import Context
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.chain.identity import ChainIdentity
from ledger.chain.nonces import next_nonce
from ledger.errors import InclusionError, InvalidInput
from ledger.keys.address import address_of
from ledger.keys.crypto import Algorithm
from ledger.validators.payloads import Evidence, ValidatorsTypeNumber
from nodechain.mempool.mempool import Mempool

MOST_WAITING: Final = 64
_MAY_COME_BACK: Final = frozenset({"evidence_waits", "known", "nonce_taken", "pool_full", "too_many_of_sender"})


class EvidenceReporter:
    """Keeps what was seen until it stands in a block or never can."""

    def __init__(self, signer: Signer, chain: ChainIdentity) -> None:
        self._signer = signer
        self._chain = chain
        self._seen: dict[Evidence, None] = {}

    @property
    def has_seen(self) -> bool:
        """Whether something waits to be told."""
        return bool(self._seen)

    def note(self, evidence: Evidence) -> None:
        """Take note; of too much the oldest is given up."""
        self._seen[evidence] = None
        if len(self._seen) > MOST_WAITING:
            del self._seen[next(iter(self._seen))]

    def report(self, mempool: Mempool, view: Context) -> None:
        """Put one proof that waits into the pool, if none is there; called at the start of every height."""
        key = bytes((Algorithm.ED25519,)) + self._signer.key
        sender = address_of(key)
        for evidence in list(self._seen):
            if any(True for _nonce in mempool.pool.nonces_of(sender)):
                return
            nonce = next_nonce(view, sender)
            envelope = unsigned(self._chain.id, ValidatorsTypeNumber.EVIDENCE, key, nonce, evidence)
            raw = assemble(
                envelope, (Signature(0, self._signer.sign(sign_message(envelope, self._chain.genesis_hash))),)
            )
            try:
                mempool.admit(raw, view)
            except (InvalidInput, InclusionError) as error:
                if error.code not in _MAY_COME_BACK:
                    del self._seen[evidence]
