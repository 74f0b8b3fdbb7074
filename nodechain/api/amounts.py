"""Amounts of tokens in answers."""

from __future__ import annotations

from nodechain.api.http.models import Model
from nodechain.api.render import amount


class Amount(Model):
    """An amount, price or rate: exact base units, and whole tokens as text."""

    base: int
    tokens: str


def tokens(base: int) -> Amount:
    """An amount in base units as it is shown."""
    return Amount(**amount(base))
