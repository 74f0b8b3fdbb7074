"""Errors as problem details (RFC 9457): a stable code, what happened, what to do; nothing of our insides."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ledger.errors import InclusionError, InputTooLarge, InvalidInput
from nodechain.api.codes import meaning_of
from nodechain.api.http.bodies import BodyTooSlow
from nodechain.api.http.models import Problem
from nodechain.api.http.turns import TooBusy
from nodechain.errors import (
    BeforeSnapshot,
    DataDamaged,
    LoginNeeded,
    NodeError,
    NotFound,
    NotYours,
    StorageFailed,
    TimedOut,
    UsageError,
    WrongSecret,
)
from nodechain.mempool.admission import Busy
from nodechain.modules import REGISTRY

log = logging.getLogger("nodechain.api")

CONTENT_TYPE: Final = "application/problem+json"

_ADVICE: Final = {
    "bad_nonce": "Read next_nonce of GET /v1/accounts/ADDRESS and sign again.",
    "nonce_used": "Read next_nonce of GET /v1/accounts/ADDRESS and sign again.",
    "known": "Wait for it: GET /v1/transactions/ID.",
    "pool_full": "Try again later, or with a higher fee.",
    "sender_not_a_member": "Ask the voters: nodechain vote admit.",
    "too_many_applications": "Ask again when voters have decided some, or let one run nodechain vote admit.",
    "attestation_missing": "Let a registrar or auditor attest it first: nodechain attestation issue.",
    "request_too_old": "Sign anew; a meter is read anew within the hour, too.",
}


def problem(
    status: int,
    code: str,
    detail: str,
    advice: str = "",
    *,
    first_height: int | None = None,
    retry_after_s: int = 0,
    more: Mapping[str, str] | None = None,
) -> web.Response:
    """An answer that is an error; `more`: headers that belong to it."""
    body = Problem(
        type=f"urn:nodechain:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        advice=advice or _ADVICE.get(code, ""),
        first_height=first_height,
    )
    headers = dict(more or {})
    if retry_after_s:
        headers[hdrs.RETRY_AFTER] = str(retry_after_s)
    if status == HTTPStatus.UNAUTHORIZED:
        headers[hdrs.WWW_AUTHENTICATE] = 'Bearer realm="nodechain"'
    shown = body.model_dump(exclude_none=True)
    return web.json_response(shown, status=status, content_type=CONTENT_TYPE, headers=headers)


def status_of(error: NodeError | InvalidInput | InclusionError) -> int:
    """The HTTP status of an error."""
    match error:
        case InputTooLarge():
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        case InvalidInput() | UsageError():
            return HTTPStatus.BAD_REQUEST
        case InclusionError():
            return HTTPStatus.CONFLICT if error.code in {"known", "nonce_used"} else HTTPStatus.UNPROCESSABLE_ENTITY
        case LoginNeeded():
            return HTTPStatus.UNAUTHORIZED
        case NotYours() | WrongSecret():
            return HTTPStatus.FORBIDDEN
        case NotFound():
            return HTTPStatus.NOT_FOUND
        case TooBusy():
            return HTTPStatus.TOO_MANY_REQUESTS
        case BodyTooSlow():
            return HTTPStatus.REQUEST_TIMEOUT
        case TimedOut():
            return HTTPStatus.GATEWAY_TIMEOUT
        case StorageFailed() | DataDamaged() | Busy():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR


def problem_of(error: NodeError | InvalidInput | InclusionError) -> web.Response:
    """An error of ours as an answer."""
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("a request failed", extra={"code": error.code, "detail": error.detail})
    advice = error.advice if isinstance(error, NodeError) else ""
    detail = error.detail or (meaning_of(error.code) if error.code in REGISTRY.codes else error.code)
    first_height = error.first_height if isinstance(error, BeforeSnapshot) else None
    retry_after_s = error.retry_after_s if isinstance(error, TooBusy) else 0
    return problem(status, error.code, detail, advice, first_height=first_height, retry_after_s=retry_after_s)
