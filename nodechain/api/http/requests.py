"""What requests say, parsed: addresses, hashes, cursors, numbers; each error names its parameter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import web

from ledger.errors import InvalidInput
from ledger.keys.address import KEY_PREFIX, parse_address, parse_key
from market.types import FIRST_PRODUCT, MAX_PRODUCT
from nodechain.errors import UsageError
from nodechain.store.layout import Location

T = TypeVar("T")

DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1_000
HIGHEST: Final = 2**63 - 1
REPEATABLE: Final = frozenset({"key", "kind"})
"""Parameters of a query that may be given more than once."""
PLACE_FORM: Final = "[0-9]{1,18}-[0-9]{1,9}"
"""A height and a place in its block: neither grows so far."""
_is_place: Final = re.compile(PLACE_FORM, re.ASCII).fullmatch
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def bad(name: str, why: str) -> UsageError:
    """A parameter that is wrong."""
    return UsageError(f"{name}: {why}", code="bad_parameter", advice="See /openapi.json.")


def check_query(request: web.Request, known: Iterable[str]) -> None:
    """Raises `UsageError` for a parameter that the route does not have, or one that is there twice."""
    names = sorted(known)
    for name in request.query:
        if name not in names:
            offered = f"it takes {', '.join(names)}" if names else "it takes none"
            raise bad(name, f"{request.path} has no such parameter; {offered}")
        if name not in REPEATABLE and len(request.query.getall(name)) > 1:
            raise bad(name, "it is given more than once")


def address(request: web.Request, name: str) -> bytes | None:
    """An optional address of the query."""
    text = request.query.get(name)
    return None if text is None else _address(name, text)


def path_address(request: web.Request) -> bytes:
    """The address of the path."""
    return _address("address", request.match_info["address"])


def path_number(request: web.Request, *, least: int = 0, most: int = HIGHEST) -> int:
    """The number of the path."""
    return whole("number", request.match_info["number"], least=least, most=most)


def _address(name: str, text: str) -> bytes:
    try:
        return parse_address(text)
    except InvalidInput as error:
        raise bad(name, error.detail) from None


def path_hex(request: web.Request, name: str, size: int | None = None) -> bytes:
    """Bytes of the path in hex."""
    return hexadecimal(name, request.match_info[name], size)


def hexadecimal(name: str, text: str, size: int | None = None) -> bytes:
    """Bytes in hex, of a size if one is given."""
    try:
        data = bytes.fromhex(text) if text.isascii() and " " not in text else None
    except ValueError:
        data = None
    if data is None or (size is not None and len(data) != size):
        expected = "hexadecimal digits" if size is None else f"{2 * size} hexadecimal digits"
        raise bad(name, f"{expected} are expected")
    return data


def key(request: web.Request) -> bytes:
    """A public key of the path, in Bech32m or hex with the byte of its algorithm."""
    text = request.match_info["key"]
    if text.startswith(KEY_PREFIX):
        try:
            return parse_key(text)
        except InvalidInput as error:
            raise bad("key", error.detail) from None
    return hexadecimal("key", text)


def number(request: web.Request, name: str, default: int, *, least: int = 0, most: int = HIGHEST) -> int:
    """A whole number of the query."""
    text = request.query.get(name)
    return default if text is None else whole(name, text, least=least, most=most)


def optional_number(request: web.Request, name: str, *, least: int = 0, most: int = HIGHEST) -> int | None:
    """A whole number of the query; None where it is not given."""
    text = request.query.get(name)
    return None if text is None else whole(name, text, least=least, most=most)


def moment(request: web.Request, name: str) -> int | None:
    """A time of the query in ms since 1970: such a number, a date (its midnight UTC) or an ISO time with its zone."""
    text = request.query.get(name)
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return whole(name, text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise bad(name, "a date, a time with its zone, or milliseconds since 1970 are expected") from None
    if found.tzinfo is None:
        if len(text) > len("2026-11-28"):
            raise bad(name, "the time needs its zone, like 2026-11-28T12:00Z")
        found = found.replace(tzinfo=UTC)
    return max((found - EPOCH) // timedelta(milliseconds=1), 0)


def product(request: web.Request) -> int:
    """The product of the query, by default the first."""
    return number(request, "product", FIRST_PRODUCT, least=1, most=MAX_PRODUCT)


def whole(name: str, text: str, *, least: int = 0, most: int = HIGHEST) -> int:
    """A whole number within bounds."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or not least <= int(text) <= most:
        raise bad(name, f"a whole number from {least} to {most} is expected")
    return int(text)


def limit(request: web.Request) -> int:
    """How many entries a page holds."""
    return number(request, "limit", DEFAULT_LIMIT, least=1, most=MAX_LIMIT)


def cursor(request: web.Request) -> bytes | None:
    """Where a page of a table goes on; opaque to callers."""
    text = request.query.get("cursor")
    if text == "":
        raise bad("cursor", "it is empty; the first page has none")
    return None if text is None else hexadecimal("cursor", text)


def place_cursor(request: web.Request) -> Location | None:
    """Where a page of places goes on."""
    text = request.query.get("cursor")
    if text is None:
        return None
    if not _is_place(text):
        raise bad("cursor", "a height and a place in its block are expected, like 12-0")
    height, index = text.split("-")
    return Location(int(height), int(index))


def json_body(body: bytes, kind: type[T]) -> T:
    """What a body in JSON says; `1.0` is a whole number there as `1` is. Raises `UsageError`."""
    try:
        return msgspec.convert(_whole_numbers(msgspec.json.decode(body)), kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise bad("body", str(error)) from None


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole_numbers(each) for name, each in value.items()}
    return [_whole_numbers(each) for each in value] if isinstance(value, list) else value


def flag(request: web.Request, name: str, value: str) -> bool:
    """Whether the query says `name=value`; another value is an error."""
    text = request.query.get(name)
    if text is not None and text != value:
        raise bad(name, f"only {value} is known")
    return text is not None
