"""What a key signs to read from a node: for one chain, one node, one moment, one account (rule E4).

The signature gives nothing but reading: its domain is no transaction's. `origin` is the node that is asked, so that a
node cannot pass the challenge of another one on and read there in its visitor's name.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from ledger.encoding.codec import Bytes20, Bytes32, Value, encode
from ledger.keys.crypto import DOMAIN_LOGIN, signing_bytes


class Login(Value, frozen=True):
    """`origin` is `scheme://host[:port]` as a browser writes it; `nonce` is the node's, good once."""

    origin: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    nonce: Bytes32
    address: Bytes20


def login_message(genesis_hash: bytes, login: Login) -> bytes:
    """The bytes that are signed."""
    return signing_bytes(DOMAIN_LOGIN, genesis_hash, encode(login))
