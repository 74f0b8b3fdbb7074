"""Upgrades: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.models import Int


class PlannedUpgrade(TypedDict):
    """What is planned for a height, and how much of the validators' power knows the version as yet."""

    height: Int
    version: Int
    module: str
    release: str
    ready_power: Int
    total_power: Int
    enough: bool
    known_here: bool
