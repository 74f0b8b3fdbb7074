"""Light: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from nodechain.client.answers.models import At, Int


class LightBlockAnswer(At):
    """A header with certificate and validators in canonical bytes (docs/proofs.md); `height` is the head's."""

    block: str


class FreshHeadAnswer(At):
    """A head, and what a quorum of validators said last of it, when; in canonical bytes (docs/proofs.md)."""

    block: str
    fresh: str


class SetChanges(At):
    """Heights whose block hands over to another set of validators, rising; `height` is the head's."""

    changes: list[Int]
