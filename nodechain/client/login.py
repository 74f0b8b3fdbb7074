"""Signing in to a node to read what is not open to everybody (docs/privacy.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ledger.errors import InvalidInput
from ledger.keys.address import MultisigKey, SenderKey, address_of, format_address
from ledger.keys.login import Login, login_message
from nodechain.client.answers.login import NonceAnswer, TokenAnswer
from nodechain.client.rest import NodeApi
from nodechain.errors import BadAnswer, WrongChain


class LoginKey(msgspec.Struct, frozen=True):
    """An account and one of its keys: `index` says which, of a multi-signature account; `sign` signs with it."""

    key: SenderKey
    index: int
    sign: Callable[[bytes], bytes]


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of a URL as a browser writes it, without the scheme's own port."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{shown}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def sign_in(api: NodeApi, login: LoginKey, genesis_hash: str = "") -> str:
    """A token for reading, good for an hour. `genesis_hash`: of the chain that the caller knows, if it knows one.

    Raises `WrongChain` where the node is of another, and what `NodeApi.post_json` raises.
    """
    given = api.post_json("/v1/login/nonce", {}, NonceAnswer).data
    if genesis_hash and given["genesis_hash"] != genesis_hash:
        raise WrongChain(f"{api.url} is of the chain {given['genesis_hash']}, not {genesis_hash}")
    origin, address = origin_of(api.url), address_of(login.key)
    try:
        asked = Login(origin, bytes.fromhex(given["nonce"]), address)
        message = login_message(bytes.fromhex(given["genesis_hash"]), asked)
    except (ValueError, InvalidInput) as error:
        raise BadAnswer(f"{api.url} gives no nonce to sign") from error
    body: dict[str, Any] = {
        "origin": origin,
        "nonce": given["nonce"],
        "address": format_address(address),
        "signature": login.sign(message).hex(),
    }
    if isinstance(login.key, MultisigKey):
        keys = [key.hex() for key in login.key.keys]
        body |= {"multisig": {"threshold": login.key.threshold, "keys": keys}, "index": login.index}
    else:
        body["key"] = login.key.hex()
    return api.post_json("/v1/login", body, TokenAnswer).data["token"]
