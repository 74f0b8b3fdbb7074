"""What a decoder takes, and what is one above it."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.encoding.codec import Codec, Value, encode
from ledger.errors import MalformedInput
from nodechain.modules import REGISTRY


def refused_above(codec: Codec[Any], at: Value, above: Value) -> None:
    """The limit is part of the type: nothing above it is ever decoded."""
    assert codec.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        codec.decode(encode(above))


def payload_codec(kind: type[Value]) -> Codec[Any]:
    """Of the transaction type whose payload this is."""
    return next(each.codec for each in REGISTRY.types.values() if each.payload is kind)
