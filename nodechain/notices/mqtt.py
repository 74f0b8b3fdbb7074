"""MQTT 3.1.1, as far as telling needs: connect, publish with acknowledgement (quality 1), disconnect.

Source: MQTT Version 3.1.1, OASIS Standard, sections 2.2 (fixed header), 3.1 to 3.4, 3.14. Nothing is subscribed to.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final

from nodechain.client.visible_text import visible
from nodechain.notices.journal import Undelivered, Waiting
from nodechain.notices.limits import MAX_MESSAGE_BYTES
from nodechain.notices.settings import Broker
from nodechain.notices.wording import words_of

TIMEOUT_S: Final = 30.0
KEEP_ALIVE_S: Final = 60
CONNACK, PUBACK = b"\x20\x02", b"\x40\x02"
DISCONNECT: Final = b"\xe0\x00"
PACKET: Final = b"\x00\x01"
"""The identifier of the one message of a connection."""

_REFUSALS: Final = {
    1: "does not speak MQTT 3.1.1",
    2: "refuses the client's name",
    3: "is not available",
    4: "refuses the user or the password",
    5: "does not let this client in",
}
_CLEAN_SESSION, _HAS_PASSWORD, _HAS_USER = 0x02, 0x40, 0x80


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


def _packet(kind: int, body: bytes) -> bytes:
    """A packet with its fixed header: kind, and the length in seven bits a byte."""
    length, left = bytearray(), len(body)
    while True:
        left, part = divmod(left, 128)
        length.append(part | (0x80 if left else 0))
        if not left:
            return bytes((kind, *length)) + body


def connect_packet(client: str, user: str, password: str) -> bytes:
    """CONNECT with a clean session; a password goes with a user only."""
    flags = _CLEAN_SESSION | (_HAS_USER if user else 0) | (_HAS_PASSWORD if user and password else 0)
    body = _text("MQTT") + bytes((4, flags)) + KEEP_ALIVE_S.to_bytes(2, "big") + _text(client)
    if user:
        body += _text(user)
        body += _text(password) if password else b""
    return _packet(0x10, body)


def publish_packet(topic: str, data: bytes) -> bytes:
    """PUBLISH of quality 1, not retained."""
    return _packet(0x32, _text(topic) + PACKET + data)


def notice_message(waiting: Waiting, identity: str) -> bytes:
    """The JSON of a notice: `id` is the same when it is sent again."""
    words, notice = words_of(waiting.notice, waiting.language), waiting.notice
    said: dict[str, Any] = {
        "id": identity,
        "kind": notice.kind.value,
        "account": notice.account,
        "time_ms": notice.time_ms,
        "subject": words.subject,
        "text": words.text,
        "facts": notice.facts,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


class Publisher:
    """Hands messages to a broker, each on a connection of its own."""

    def __init__(self, broker: Broker, password: str, context: ssl.SSLContext | None = None) -> None:
        self._broker = broker
        self._password = password
        self._context = context or ssl.create_default_context()

    def deliver(self, waiting: Waiting, identity: str) -> None:
        """Returns when the broker has acknowledged it; raises `Undelivered`."""
        data = publish_packet(waiting.to, notice_message(waiting, identity))
        if len(data) > MAX_MESSAGE_BYTES:
            raise Undelivered("the message is too large", final=True)
        place = f"{self._broker.host}:{self._broker.port}"
        try:
            with self._connect() as line:
                line.sendall(connect_packet(f"nc{identity[:20]}", self._broker.user, self._password))
                code = _received(line.recv, CONNACK)[1]
                if code:
                    raise Undelivered(f"the broker {place} {_REFUSALS.get(code, f'answers {code}')}")
                line.sendall(data)
                if _received(line.recv, PUBACK) != PACKET:
                    raise Undelivered(f"the broker {place} acknowledges another message")
                line.sendall(DISCONNECT)
        except OSError as error:
            raise Undelivered(f"{place}: {visible(str(error))[:200]}") from None

    def _connect(self) -> socket.socket:
        line = socket.create_connection((self._broker.host, self._broker.port), TIMEOUT_S)
        if self._broker.security == "none":
            return line
        try:
            return self._context.wrap_socket(line, server_hostname=self._broker.host)
        except BaseException:
            line.close()
            raise


def _received(receive: Callable[[int], bytes], expected: bytes) -> bytes:
    """The two bytes of a packet that begins as expected; raises `Undelivered`."""
    data = b""
    while len(data) < 4:
        piece = receive(4 - len(data))
        if not piece:
            raise Undelivered("the broker hangs up")
        data += piece
    if data[:2] != expected:
        raise Undelivered("the broker answers with what is no MQTT 3.1.1")
    return data[2:]
