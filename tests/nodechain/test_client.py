"""The command line's client: every way in which a node may not answer has its error, and a kept connection may end."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import Any

import pytest

from nodechain.client import rest
from nodechain.client.rest import NodeApi
from nodechain.errors import LedgerRefused, NodeError, NotFound, TimedOut, Unreachable, UsageError
from tests.support.fake_node import HANG_UP, SILENCE, fake_node


def test_answers() -> None:
    with fake_node({"GET /v1/status": {"height": 3}}) as fake:
        api = NodeApi(fake.url)
        assert api.get("/v1/status", dict, unused=None) == {"height": 3}
        api.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, NotFound), (409, LedgerRefused), (422, LedgerRefused), (400, UsageError), (413, UsageError), (504, TimedOut),
     (429, Unreachable), (503, Unreachable), (500, NodeError)],
)  # fmt: skip
def test_problems_keep_their_code(status: int, kind: type[NodeError]) -> None:
    problem = {"code": "its_code", "detail": "what happened", "advice": "do this"}
    answers = {"GET /x": (status, problem)}
    with fake_node(answers) as fake, closing(NodeApi(fake.url)) as api, pytest.raises(kind) as caught:
        api.get("/x", object)
    assert (caught.value.code, caught.value.detail, caught.value.advice) == ("its_code", "what happened", "do this")


def test_a_node_that_says_nothing_times_out() -> None:
    silent = {"GET /x": SILENCE}
    with fake_node(silent) as fake, closing(NodeApi(fake.url, timeout_s=0.2)) as api, pytest.raises(TimedOut):
        api.get("/x", object)


def test_a_node_that_hangs_up_is_unreachable_and_asked_once() -> None:
    with fake_node({"GET /x": HANG_UP}) as fake:
        with pytest.raises(Unreachable):
            NodeApi(fake.url).get("/x", object)
        assert fake.asked == ["GET /x"]


def test_a_kept_connection_that_the_node_has_closed_is_made_anew() -> None:
    with fake_node({"GET /x": 1, "POST /y": 2}) as fake:
        fake.close_after_answer = True
        with closing(NodeApi(fake.url)) as api:
            assert api.get("/x", object) == 1
            assert api.post("/y", b"transaction", int).data == 2
        assert fake.asked == ["GET /x", "POST /y"]


def test_no_node_no_url_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="refused"):
            NodeApi(f"http://127.0.0.1:{nobody.getsockname()[1]}").get("/x", object)
    for url in ("ftp://x", "127.0.0.1:8545", "http://"):
        with pytest.raises(UsageError):
            NodeApi(url)
    with fake_node({"GET /x": b"<html>", "GET /y": "a" * 100}) as fake:
        with closing(NodeApi(fake.url)) as api, pytest.raises(Unreachable, match="like a node"):
            api.get("/x", object)
        monkeypatch.setattr(rest, "MAX_ANSWER_BYTES", 50)
        with pytest.raises(Unreachable, match="too large"):
            NodeApi(fake.url).get("/y", object)


def test_a_problem_that_is_no_object() -> None:
    answers: dict[str, Any] = {"GET /x": (500, ["no", "problem"])}
    failed = pytest.raises(NodeError, match="HTTP status 500")
    with fake_node(answers) as fake, closing(NodeApi(fake.url)) as api, failed:
        api.get("/x", object)
