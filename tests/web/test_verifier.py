"""The JavaScript verifier answers every published vector as Python does: in Node, with its fallback, and in Chromium.

Skipped where there is no Node or no Chromium, unless NODECHAIN_REQUIRE_WEB says that they must be there (CI does).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any, ClassVar

import pytest

from tests.makers.make_light_vectors import VECTORS

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
TWEETNACL = WEB / "verifier" / "node_modules" / "tweetnacl" / "nacl-fast.js"
DEADLINE_S = 120.0
KINDS = {".js": "text/javascript", ".html": "text/html; charset=utf-8", ".json": "application/json"}


def program(*names: str) -> str:
    """The path of an installed program; skips, or fails where it must be there."""
    found = [path for path in map(shutil.which, names) if path]
    if not found:
        missing(f"{' or '.join(names)} is not installed")
    return found[0]


def missing(reason: str) -> None:
    if os.environ.get("NODECHAIN_REQUIRE_WEB"):
        pytest.fail(reason)
    pytest.skip(reason)


def compare(answers: dict[str, Any]) -> None:
    vectors = json.loads(VECTORS.read_text())
    assert len(answers["steps"]) == len(vectors["steps"])
    assert len(answers["proofs"]) == len(vectors["proofs"]["files"])
    for expected, answer in zip(vectors["steps"], answers["steps"], strict=True):
        assert (answer["code"], answer.get("hash", "")) == (expected["code"], expected["hash"]), expected["name"]
    assert len(answers["freshness"]) == len(vectors["freshness"])
    for expected, answer in zip(vectors["freshness"], answers["freshness"], strict=True):
        assert (answer["code"], answer.get("as_of_ms", 0)) == (expected["code"], expected["as_of_ms"]), expected["name"]
    for expected, answer in zip(vectors["proofs"]["files"], answers["proofs"], strict=True):
        found = answer["code"], answer.get("head", ""), answer.get("shown", [])
        assert found == (expected["code"], expected["head"], expected["shown"]), expected["name"]
    assert answers["ed25519"] == [case["valid"] for case in vectors["ed25519"]]


@pytest.mark.parametrize("fallback", [False, True], ids=["WebCrypto", "tweetnacl"])
def test_node_answers_as_python_does(fallback: bool) -> None:
    if fallback and not TWEETNACL.is_file():
        missing("tweetnacl is not installed: npm ci --prefix web/verifier")
    arguments = [str(WEB / "test" / "node.mjs"), str(VECTORS), *([str(TWEETNACL)] if fallback else [])]
    done = subprocess.run(
        [program("node"), *arguments], capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    compare(json.loads(done.stdout))


class Pages(BaseHTTPRequestHandler):
    """Serves web/ and `files`; what the page posts goes into `answers`."""

    answers: ClassVar[Queue[Any]]
    files: ClassVar[dict[str, bytes]]

    def do_GET(self) -> None:
        path = (WEB / self.path.lstrip("/")).resolve()
        data = self.files.get(self.path)
        if data is None:
            if not path.is_file() or not path.is_relative_to(ROOT):
                self.send_error(404)
                return
            data = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", KINDS.get(path.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        self.answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Quiet."""


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[tuple[str, Queue[Any]]]:
    answers: Queue[Any] = Queue()
    handler = type("Handler", (Pages,), {"answers": answers, "files": files})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", answers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def browse(page: str, files: dict[str, bytes], folder: Path) -> dict[str, Any]:
    """What a page of web/test posts from Chromium; `files` are served beside web/, by their paths."""
    chromium = program("chromium", "chromium-browser", "google-chrome")
    with serving(files) as (url, answers):
        browser = subprocess.Popen(
            [
                chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                f"--user-data-dir={folder / 'profile'}", "--remote-debugging-port=0", f"{url}/test/{page}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            found: dict[str, Any] = answers.get(timeout=DEADLINE_S)
        except Empty:
            pytest.fail("the page did not answer")
        finally:
            browser.terminate()
            browser.wait(DEADLINE_S)
    assert "error" not in found, found["error"]
    return found


def test_chromium_answers_as_python_does(tmp_path: Path) -> None:
    found = browse("page.html", {"/vectors.json": VECTORS.read_bytes()}, tmp_path)
    assert found["webcrypto"], found["browser"]
    compare(found)
