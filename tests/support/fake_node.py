"""Something that listens like a node and answers what a test wants, or hangs up, or says nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SILENCE = object()
"""An answer that does not come before the test ends."""
HANG_UP = object()
"""The connection is closed without an answer."""


class FakeNode:
    """`answers`: for 'METHOD /path' (no query) a JSON value, (status, value), SILENCE or HANG_UP; `asked` keeps all.

    `otherwise` answers all that stands in no answer; without it 404."""

    def __init__(self, answers: dict[str, Any], *, port: int = 0) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.closed = threading.Event()
        self.close_after_answer = False
        self.otherwise: Any = None
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # the name is the library's
                fake.handle(self)

            def do_POST(self) -> None:  # the name is the library's
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                fake.handle(self)

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                del code, size

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        what = f"{request.command} {request.path.partition('?')[0]}"
        self.asked.append(what)
        answer = self.answers.get(what, self.otherwise or (404, {"code": "not_found", "detail": what}))
        if answer is SILENCE:
            self.closed.wait(60)
        if answer is SILENCE or answer is HANG_UP:
            request.close_connection = True
            return
        status, value = answer if isinstance(answer, tuple) else (200, answer)
        body = json.dumps(value).encode() if not isinstance(value, bytes) else value
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
        # Without a word, as when the keep-alive time of a real node is over.
        request.close_connection = self.close_after_answer

    @contextmanager
    def serving(self) -> Iterator[FakeNode]:
        """Listen until the block ends."""
        self._thread.start()
        try:
            yield self
        finally:
            self.closed.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


@contextmanager
def fake_node(answers: dict[str, Any]) -> Iterator[FakeNode]:
    """A fake node that serves."""
    with FakeNode(answers).serving() as fake:
        yield fake
