"""Validators: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.models import At, Int


class ValidatorView(TypedDict):
    """A validator; `muted_until_ms`: it let its turns pass and proposes last, at least till then; else 0."""

    address: str
    key: str
    power: Int
    account: str
    name: str
    muted_until_ms: Int


class Validators(At):
    """The set that decides the next height."""

    validators: list[ValidatorView]
    hash: str


class ValidatorDeeds(TypedDict):
    """What a validator did in the last blocks: how many it `proposed`, how often a block's first turn was its own.

    `missed`: of these turns, those in which another one made the block. `signed`: blocks whose certificate, as the next
    block carries it, has its vote; a quorum is enough, so a late vote may be missing there.
    """

    address: str
    name: str
    signed: Int
    proposed: Int
    turns: Int
    missed: Int


class ValidatorRecord(At):
    """The validators of the next height, and those who were some in the last `blocks` blocks."""

    blocks: Int
    validators: list[ValidatorDeeds]


class OffenceView(TypedDict):
    """A validator signed two votes of a kind in one round; `removed`: the evidence cost it its place in the set."""

    validator: str
    kind: str
    height: Int
    round: Int
    removed: bool
    punished: Int
    transaction_id: str


class EvidenceView(At):
    """Punished equivocations, by the height they were committed at; the state forgets them after 100,000 heights."""

    evidence: list[OffenceView]
    next: str | None
