"""Governance: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class VoteView(TypedDict):
    """An open vote."""

    number: Int
    action: dict[str, Any]
    action_bytes: str
    opened_by: str
    expires_ms: TimeMs
    yes: list[str]
    needed: Int


class Votes(At):
    """Open votes."""

    votes: list[VoteView]
    voters: Int


class Choice(TypedDict):
    """What a voter said last in a vote: `yes`, or `withdrawn` where it took its yes back."""

    voter: str
    choice: str


class ClosedVote(TypedDict):
    """A vote that has ended. `result`: passed, failed, expired or withdrawn; `code`: why it could not be carried out.

    Who said nothing is not among the `choices`.
    """

    number: Int
    action: dict[str, Any]
    result: str
    code: str
    height: Int
    time_ms: TimeMs
    opened_by: str
    choices: list[Choice]


class ClosedVotes(At):
    """Votes that have ended, newest first, a page."""

    votes: list[ClosedVote]
    next: str | None


class Addresses(At):
    """Accounts with a role, a page."""

    addresses: list[str]
    next: str | None


class ParameterView(TypedDict):
    """A parameter: value as stored and as typed, bounds and meaning."""

    name: str
    value: Int
    text: str
    default: str
    minimum: str
    maximum: str
    unit: str
    meaning: str
    choices: list[str]


class Parameters(At):
    """All parameters in force."""

    parameters: list[ParameterView]
