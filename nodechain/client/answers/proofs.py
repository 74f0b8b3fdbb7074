"""Proofs: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from nodechain.client.answers.models import At


class ProofAnswer(At):
    """A proof of presence or absence of a state entry, in canonical bytes, against the header of `height`."""

    table: str
    key: str
    value: str | None
    state_root: str
    proof: str


class StateProofs(At):
    """Proofs of state entries after `height`, in the order of the keys, and its header; all in canonical bytes."""

    block: str
    proofs: list[str]


class ItemProof(At):
    """A transaction or receipt of the block of `height`, and the proof that it stands there; in canonical bytes."""

    item: str
    proof: str


class DecisionProof(At):
    """A decided transaction of the block of `height`, its receipt, the header, and the proofs; in canonical bytes."""

    block: str
    transaction: str
    transaction_proof: str
    receipt: str
    receipt_proof: str
