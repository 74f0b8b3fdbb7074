"""Resolutions: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class OptionView(TypedDict):
    """An option, counted from 1, and its ballots."""

    option: Int
    text: str
    ballots: Int


class ResolutionView(TypedDict):
    """A resolution. `outcome`: `open`, `decided` (then `decided` is the option's number, else 0), `no_quorum`,
    `no_majority`. `text_hash`: SHA-256 of the document, in hex.
    """

    number: Int
    title: str
    text_hash: str
    opened_by: str
    opened_ms: TimeMs
    deadline_ms: TimeMs
    majority: str
    quorum: Int
    options: list[OptionView]
    abstentions: Int
    outcome: str
    decided: Int


class Resolutions(At):
    """A page of resolutions by number."""

    resolutions: list[ResolutionView]
    next: str | None


class ResolutionAnswer(At):
    """One resolution."""

    resolution: ResolutionView


class BallotView(At):
    """What an account has said of a resolution that is open; `option` is 0 for an abstention, null for nothing yet."""

    resolution: Int
    account: str
    option: Int | None
