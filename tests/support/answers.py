"""A node's answers for tests: of the right shape, with nothing in them, unless a test says what."""

from __future__ import annotations

import types
from typing import Any, Union, get_origin, get_type_hints, is_typeddict

from nodechain.client.answers.status import StatusView


def sample(kind: Any, **fields: Any) -> Any:
    """An answer of a shape of `nodechain.client.answers`: numbers 0, texts and lists empty, None where allowed."""
    if is_typeddict(kind):
        return {name: sample(part) for name, part in get_type_hints(kind).items()} | fields
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None
    if origin is list:
        return []
    if origin is dict:
        return {}
    return kind()


def status_of(chain_id: str, genesis_hash: str, **fields: Any) -> Any:
    """The status of a node of that chain."""
    return sample(StatusView, chain_id=chain_id, genesis_hash=genesis_hash, **fields)
