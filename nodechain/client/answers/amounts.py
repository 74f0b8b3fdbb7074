"""Amounts: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.models import Int


class Amount(TypedDict):
    """An amount, price or rate: exact base units, and whole tokens as text."""

    base: Int
    tokens: str
