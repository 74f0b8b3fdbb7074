"""Signing in to read: a nonce, a signature over it, a token for an hour. It gives the right to read, and no other."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from aiohttp import web

from ledger.errors import InvalidInput
from ledger.keys.address import MultisigKey, SenderKey, address_of, check_sender_key, format_address, parse_address
from ledger.keys.crypto import verify
from ledger.keys.login import Login, login_message
from ledger.limits import MAX_MULTISIG_KEYS
from nodechain.api.access import ACCESS
from nodechain.api.http import requests
from nodechain.api.http.logins import NONCE_S, TICKET_S, TOKEN_S
from nodechain.api.http.models import ApiModel
from nodechain.api.http.request_checks import is_own_origin
from nodechain.api.http.rights import EVERYBODY, Right
from nodechain.api.http.route import Route, Write
from nodechain.client.rest import JSON
from nodechain.errors import LoginNeeded
from nodechain.node import Node

MAX_LOGIN_BYTES: Final = 8 * 1024


class NonceAnswer(ApiModel):
    """What is to be signed with: `nonce` in hex, good once within `expires_s`; the chain by its genesis hash."""

    nonce: str
    genesis_hash: str
    expires_s: int


class TokenAnswer(ApiModel):
    """`token` for the header `Authorization: Bearer`; `address`: whose it is."""

    token: str
    address: str
    expires_s: int


class TicketAnswer(ApiModel):
    """`ticket` for the query of one WebSocket."""

    ticket: str
    expires_s: int


class _Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """A body without content: `{}`."""


class _Multisig(msgspec.Struct, forbid_unknown_fields=True):
    threshold: int
    keys: Annotated[list[str], msgspec.Meta(max_length=MAX_MULTISIG_KEYS)]


class _LoginRequest(msgspec.Struct, forbid_unknown_fields=True):
    origin: str
    nonce: str
    address: str
    signature: str
    key: str = ""
    multisig: _Multisig | None = None
    index: Annotated[int, msgspec.Meta(ge=0, lt=MAX_MULTISIG_KEYS)] = 0


async def post_nonce(node: Node, request: web.Request, body: bytes) -> tuple[int, NonceAnswer]:
    """A new nonce."""
    requests.json_body(body, _Nothing)
    access = request.app[ACCESS]
    nonce = access.logins.nonce(access.now_ms)
    return 200, NonceAnswer(nonce=nonce.hex(), genesis_hash=node.genesis.hash.hex(), expires_s=NONCE_S)


async def post_login(node: Node, request: web.Request, body: bytes) -> tuple[int, TokenAnswer]:
    """A token for who has signed; raises `LoginNeeded` where the nonce, the origin or the signature is not right."""
    access, asked = request.app[ACCESS], requests.json_body(body, _LoginRequest)
    try:
        address = parse_address(asked.address)
    except InvalidInput as error:
        raise requests.bad("body", error.detail) from None
    nonce, signature = (
        requests.hexadecimal("nonce", asked.nonce, 32),
        requests.hexadecimal("signature", asked.signature, 64),
    )
    if not access.logins.is_nonce(nonce, access.now_ms):
        raise LoginNeeded("the nonce is over, used, or was never this node's", advice="Ask for another and sign again.")
    try:
        key, single = _keys(asked)
    except InvalidInput as error:
        raise requests.bad("body", error.detail) from None
    if not is_own_origin(asked.origin, request):
        raise LoginNeeded(
            f"signed for {asked.origin!r}, which is not how this node was asked",
            advice="Sign for the origin of the URL by which the node is asked.",
        )
    message = login_message(node.genesis.hash, Login(asked.origin, nonce, address))
    if address_of(key) != address or not verify(single, message, signature):
        raise LoginNeeded("the signature is not one of that account's keys for this node and nonce")
    known = access.is_known(address)
    access.logins.use_nonce(nonce, address, access.now_ms, known=known)
    token = access.logins.token(address, access.now_ms, known=known)
    return 200, TokenAnswer(token=token, address=format_address(address), expires_s=TOKEN_S)


def _keys(asked: _LoginRequest) -> tuple[SenderKey, bytes]:
    """The account's key, and the single one that has signed: any of a multi-signature account's, to read."""
    if asked.multisig is None:
        single = requests.hexadecimal("key", asked.key)
        check_sender_key(single)
        return single, single
    keys = tuple(requests.hexadecimal("multisig", key) for key in asked.multisig.keys)
    shared = MultisigKey(asked.multisig.threshold, keys)
    check_sender_key(shared)
    if asked.index >= len(keys):
        raise requests.bad("index", f"the account has {len(keys)} keys")
    return shared, keys[asked.index]


async def post_ticket(_node: Node, request: web.Request, body: bytes) -> tuple[int, TicketAnswer]:
    """A ticket for who shows a token."""
    requests.json_body(body, _Nothing)
    access = request.app[ACCESS]
    address = access.address(request)
    if address is None:
        raise LoginNeeded("a ticket is for who shows a token")
    ticket = access.logins.ticket(address, access.now_ms, known=access.is_known(address))
    return 200, TicketAnswer(ticket=ticket, expires_s=TICKET_S)


def _post(path: str, summary: str, answer: type[ApiModel], write: Write) -> Route:
    return Route("POST", path, summary, answer, write=write, body=JSON, most_bytes=MAX_LOGIN_BYTES)


ROUTES: Final = (
    _post("/v1/login/nonce", "A nonce to sign in with", NonceAnswer, post_nonce),
    _post("/v1/login", "A token for who signs a nonce", TokenAnswer, post_login),
    _post("/v1/login/ticket", "A ticket for one WebSocket, for who shows a token", TicketAnswer, post_ticket),
)

RIGHTS: Final[dict[str, Right]] = {route.path: EVERYBODY for route in ROUTES}
