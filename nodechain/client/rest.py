"""Requests to a node, and its problems as the errors (and exit codes) of the command line."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, Generic, TypeVar
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import msgspec

from nodechain.client.untrusted import read_answer
from nodechain.client.visible_text import visible
from nodechain.errors import (
    LedgerRefused,
    LoginNeeded,
    NodeError,
    NotFound,
    NotYours,
    TimedOut,
    Unreachable,
    UsageError,
)

T = TypeVar("T")

MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
CONNECT_TIMEOUT_S: Final = 10.0
CANONICAL: Final = "application/octet-stream"
JSON: Final = "application/json"


class RestAnswer(msgspec.Struct, Generic[T], frozen=True):
    """A good answer: HTTP status and decoded JSON."""

    status: int
    data: T


class NodeApi:
    """One node by its URL; every call is one request on one kept connection."""

    def __init__(
        self, url: str, *, timeout_s: float = CONNECT_TIMEOUT_S, sign_in: Callable[[NodeApi], str] | None = None
    ) -> None:
        """`sign_in` gives a token when the node asks who reads (`nodechain.client.login`); it is asked once.

        Raises `UsageError` for what is no URL.
        """
        parts = _parts(url)
        self.url = url
        self._parts = parts
        self._timeout_s = timeout_s
        self._connection: http.client.HTTPConnection | None = None
        self._sign_in = sign_in
        self._token = ""

    @property
    def token(self) -> str:
        """Of the account that has signed in, for a socket beside; empty while nobody has."""
        return self._token

    def get(self, path: str, kind: type[T], **query: object) -> T:
        """The JSON of a GET, of that shape; raises `BadAnswer`, `NotFound`, `Unreachable`, `UsageError`, ..."""
        asked = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", path + ("?" + urlencode(asked) if asked else ""), b"", kind, self._timeout_s).data

    def get_bytes(self, path: str) -> bytes:
        """The bytes of a GET that is answered in canonical form; its errors are JSON as everywhere."""
        status, data = self._exchange_safely("GET", path, b"", self._timeout_s)
        if status >= 400:
            raise problem_error(status, read_answer(data, object, self.url))
        return data

    def post(self, path: str, body: bytes, kind: type[T], *, timeout_s: float = 0) -> RestAnswer[T]:
        """The answer to a POST of canonical bytes; `timeout_s` more than the usual may pass."""
        return self._ask("POST", path, body, kind, self._timeout_s + timeout_s)

    def post_json(self, path: str, body: object, kind: type[T], *, timeout_s: float = 0) -> RestAnswer[T]:
        """The answer to a POST of JSON; `timeout_s` more than the usual may pass."""
        return self._ask("POST", path, json.dumps(body).encode(), kind, self._timeout_s + timeout_s, JSON)

    def close(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(
        self, method: str, path: str, body: bytes, kind: type[T], timeout_s: float, content: str = CANONICAL
    ) -> RestAnswer[T]:
        status, data = self._exchange_safely(method, path, body, timeout_s, content)
        if status >= 400:
            raise problem_error(status, read_answer(data, object, self.url))
        return RestAnswer(status, read_answer(data, kind, self.url))

    def _exchange_safely(
        self, method: str, path: str, body: bytes, timeout_s: float, kind: str = CANONICAL
    ) -> tuple[int, bytes]:
        try:
            status, data = self._exchange_kept(method, path, body, timeout_s, kind)
            if status == HTTPStatus.UNAUTHORIZED and self._sign_in is not None:
                asked, self._sign_in = self._sign_in, None
                self._token = asked(self)
                return self._exchange_kept(method, path, body, timeout_s, kind)
            return status, data
        except TimeoutError as error:
            self.close()
            raise TimedOut(f"{self.url} did not answer within {timeout_s:g} s") from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise Unreachable(f"{self.url}: {reason}") from error

    def _exchange_kept(self, method: str, path: str, body: bytes, timeout_s: float, kind: str) -> tuple[int, bytes]:
        """On the kept connection; once more on a new one if the node has closed that meanwhile.

        A person may take minutes to type a password. Repeating harms nothing: the node answers a transaction that it
        knows with what became of it.
        """
        kept = self._connection is not None
        try:
            return self._exchange(method, path, body, timeout_s, kind)
        except (ConnectionError, http.client.BadStatusLine):
            if not kept:
                raise
            self.close()
            return self._exchange(method, path, body, timeout_s, kind)

    def _exchange(self, method: str, path: str, body: bytes, timeout_s: float, kind: str) -> tuple[int, bytes]:
        connection = self._connect(timeout_s)
        headers = {"Content-Type": kind} if body else {}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        connection.request(method, self._parts.path.rstrip("/") + path, body or None, headers)
        answer = connection.getresponse()
        data = answer.read(MAX_ANSWER_BYTES + 1)
        if len(data) > MAX_ANSWER_BYTES:
            raise http.client.HTTPException("the answer is too large")
        return answer.status, data

    def _connect(self, timeout_s: float) -> http.client.HTTPConnection:
        if self._connection is None:
            host, port = self._parts.hostname or "", self._parts.port
            if self._parts.scheme == "https":
                self._connection = http.client.HTTPSConnection(host, port, context=ssl.create_default_context())
            else:
                self._connection = http.client.HTTPConnection(host, port)
        self._connection.timeout = timeout_s
        if self._connection.sock is not None:
            self._connection.sock.settimeout(timeout_s)
        return self._connection


def _parts(url: str) -> SplitResult:
    fault = UsageError(
        f"{visible(url)} is no node's URL", code="bad_url", advice="Like http://127.0.0.1:8545 or http://[::1]:8545."
    )
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        # A port that is none, or a bracket that is not closed.
        raise fault from None
    raise fault


def problem_error(status: int, data: Any) -> NodeError:
    """A node's problem as an error with the right exit code."""
    known = data if isinstance(data, dict) else {}
    code, detail = str(known.get("code", "failed")), str(known.get("detail", f"HTTP status {status}"))
    advice = str(known.get("advice", "")) or None
    if status == 404:
        return NotFound(detail, code=code, advice=advice)
    if status == HTTPStatus.UNAUTHORIZED:
        return LoginNeeded(detail, code=code, advice=advice)
    if code == NotYours.code:
        return NotYours(detail, advice=advice)
    if status in (409, 422):
        return LedgerRefused(detail, code=code, advice=advice or "Correct the transaction and send it again.")
    if status in (400, 403, 405, 413, 415, 421):
        return UsageError(detail, code=code, advice=advice)
    if status in (408, 504):
        return TimedOut(detail, code=code, advice=advice)
    if status in (429, 503):
        return Unreachable(detail, code=code, advice=advice)
    return NodeError(detail, code=code, advice=advice)


def escaped(text: str) -> str:
    """A text as one part of a path."""
    return quote(text, safe="")
