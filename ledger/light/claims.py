"""What the roots of one header prove: entries of the state, transactions, receipts and events (rules F4 to F7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from ledger.chain.envelope import full_hash_of
from ledger.chain.header import Header
from ledger.encoding.codec import Codec, Uint, Value
from ledger.errors import LightError
from ledger.limits import MAX_BLOCK_BYTES, MAX_STATE_KEY_BYTES
from ledger.state.full_key import NUMBER_BYTES
from ledger.state.merkle import ListProof, verify_item
from ledger.state.proofs import StateProof, verify_state_proof


class ProofClaim(Value, frozen=True):
    """Base of all claims; `block` is the place of its header in the proof's list."""

    block: Uint


class StateClaim(ProofClaim, frozen=True, tag=1):
    """The state after the block has this value for the key, or none: `proof` says which (F4)."""

    full_key: Annotated[bytes, msgspec.Meta(min_length=NUMBER_BYTES, max_length=MAX_STATE_KEY_BYTES)]
    proof: StateProof


class TransactionClaim(ProofClaim, frozen=True, tag=2):
    """The block holds this transaction, signatures included, at the proof's position (F5)."""

    transaction: bytes
    proof: ListProof


class ReceiptClaim(ProofClaim, frozen=True, tag=3):
    """The block has this receipt at the proof's position; 0 is the block's own (F6)."""

    receipt: bytes
    proof: ListProof


class EventClaim(ProofClaim, frozen=True, tag=4):
    """An event of a receipt that the block has (F7)."""

    receipt: bytes
    proof: ListProof
    event: Uint


AnyClaim = StateClaim | TransactionClaim | ReceiptClaim | EventClaim


class ReceiptHead(Value, frozen=True):
    """A receipt whose events stay bytes: what they mean is the registry's business."""

    transaction_id: bytes
    code: str
    fee: Uint
    weight: Uint
    events: tuple[msgspec.Raw, ...]


RECEIPT_HEAD: Final[Codec[ReceiptHead]] = Codec(ReceiptHead, MAX_BLOCK_BYTES)


@dataclass(frozen=True, slots=True)
class ProvenState:
    """The state after `height` has `value` under a key; None: it has none."""

    height: int
    full_key: bytes
    value: bytes | None


@dataclass(frozen=True, slots=True)
class ProvenTransaction:
    """A transaction of a block in canonical bytes, and its place from 0."""

    height: int
    position: int
    transaction: bytes


@dataclass(frozen=True, slots=True)
class ProvenReceipt:
    """A receipt of a block in canonical bytes, and its place: 0 is the block's own."""

    height: int
    position: int
    receipt: bytes


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """An event in canonical bytes, its place in its receipt, and that of the receipt in its block."""

    height: int
    position: int
    place: int
    event: bytes


Shown = ProvenState | ProvenTransaction | ProvenReceipt | ProvenEvent


def check_claim(header: Header, claim: AnyClaim) -> Shown:
    """What the claim shows of the header's block; raises `ProofError` or `LightError` where it shows nothing."""
    match claim:
        case StateClaim(full_key=full_key, proof=proof):
            return ProvenState(header.height, full_key, verify_state_proof(header.state_root, full_key, proof))
        case TransactionClaim(transaction=raw, proof=listed):
            verify_item(header.transactions_root, full_hash_of(raw), listed)
            return ProvenTransaction(header.height, listed.position, raw)
        case ReceiptClaim(receipt=receipt, proof=listed):
            verify_item(header.receipts_root, receipt, listed)
            return ProvenReceipt(header.height, listed.position, receipt)
        case EventClaim(receipt=receipt, proof=listed, event=place):
            verify_item(header.receipts_root, receipt, listed)
            events = RECEIPT_HEAD.decode(receipt).events
            if place >= len(events):
                raise LightError(
                    f"the receipt has {len(events)} events, not one at place {place}", code="no_such_event"
                )
            return ProvenEvent(header.height, listed.position, place, bytes(events[place]))
