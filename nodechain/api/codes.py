"""The meaning of every code that a receipt or a refusal may carry, of all modules."""

from __future__ import annotations

from nodechain.modules import REGISTRY


def meaning_of(code: str) -> str:
    """One sentence for people; an unknown code is shown as it is."""
    return REGISTRY.codes.get(code) or code.replace("_", " ")
