"""Blocks: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class HeaderView(TypedDict):
    """A block's header with its hash; `next_due_ms`: when the state has work next, 0 if nothing waits."""

    hash: str
    format: Int
    version: Int
    chain_id: str
    height: Int
    parent: str
    time_ms: TimeMs
    proposer: str
    transactions_root: str
    receipts_root: str
    state_root: str
    validators_hash: str
    next_validators_hash: str
    parameters_hash: str
    next_due_ms: TimeMs
    commits_hash: str
    known_version: Int


class BlockView(TypedDict):
    """A block: header, certificate in canonical bytes, ids of its transactions."""

    header: HeaderView
    certificate: str
    transactions: list[str]


class BlockViews(At):
    """Headers, newest first, a page."""

    blocks: list[HeaderView]
    next: str | None


class GenesisAnswer(TypedDict):
    """The chain's genesis in canonical bytes."""

    chain_id: str
    hash: str
    genesis: str
