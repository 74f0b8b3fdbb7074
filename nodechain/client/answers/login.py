"""Login: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.models import Int


class NonceAnswer(TypedDict):
    """What is to be signed with: `nonce` in hex, good once within `expires_s`; the chain by its genesis hash."""

    nonce: str
    genesis_hash: str
    expires_s: Int


class TokenAnswer(TypedDict):
    """`token` for the header `Authorization: Bearer`; `address`: whose it is."""

    token: str
    address: str
    expires_s: Int


class TicketAnswer(TypedDict):
    """`ticket` for the query of one WebSocket."""

    ticket: str
    expires_s: Int
