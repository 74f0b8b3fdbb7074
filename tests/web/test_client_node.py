"""The JavaScript client and a real node over a real socket: transactions, pages, events with resume, refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from harness.processes import NodeProcess
from ledger.keys.address import format_address
from nodechain.commands.dev import DEV_PASSWORD
from nodechain.home.keystore import Keystore
from tests.makers import make_client_api
from tests.web.test_client import CLIENT, run
from tests.web.test_verifier import WEB, missing, program

READ_BACK: Final = 3
"""Transactions of the sender that are decided when its statement is read."""


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    node = program("node")
    if not (CLIENT / "node_modules").is_dir():
        missing("the client's packages are not installed: npm ci --prefix web/client")
    home = tmp_path_factory.mktemp("client") / "home"
    chain = NodeProcess(["dev", "--port", "0", "--state", str(home)], {}, forked=True)
    try:
        chain.ready()
        keys = Keystore(home / "keys")
        recipient = format_address(keys.get("bob").address)
        script = str(WEB / "test" / "node_client.mjs")
        found = run(
            node, "--experimental-websocket", script, chain.url, str(keys.path("alice")), DEV_PASSWORD, recipient
        )
        yield json.loads(found)
    finally:
        assert chain.stop() == 0


def test_the_types_are_those_of_the_nodes_document() -> None:
    """If the interface changed: `python -m tests.makers.make_client_api`."""
    assert make_client_api.FILE.read_text(encoding="utf-8") == make_client_api.text()


def test_a_transaction_is_decided_and_moves_what_it_says(answer: dict[str, Any]) -> None:
    assert answer["sent"] == {"id": answer["id"], "code": ""}
    assert answer["again"] == "decided"
    assert answer["gained"] == "1250000001"


def test_what_the_ledger_refuses_has_its_code_and_advice(answer: dict[str, Any]) -> None:
    assert answer["refused"]["code"] == "insufficient_balance"
    assert answer["refused"]["advice"]


def test_pages_follow_one_another(answer: dict[str, Any]) -> None:
    ids = [entry for page in answer["pages"] for entry in page]
    assert all(len(page) <= 1 for page in answer["pages"])
    assert answer["id"] in ids
    assert len(set(ids)) == len(ids) >= READ_BACK - 1


def test_events_break_off_and_go_on_without_gap_or_repetition(answer: dict[str, Any]) -> None:
    assert "transferred" in [kind for *_place, kind in answer["whole"]]
    assert answer["broken"] == answer["whole"]
    assert answer["connections"] > 1


def test_events_are_heard_as_they_are_decided_and_end_when_told(answer: dict[str, Any]) -> None:
    assert (answer["live"], answer["ended"]) == ("transferred", True)


def test_keys_sign_in_to_read_also_one_of_several_owners(answer: dict[str, Any]) -> None:
    """The streams above were heard with a ticket of that login; who has no right token gets none."""
    assert answer["login"] == [True, True, "wrong_chain"]
    assert answer["strange"]["status"] == 401


def test_problems_say_code_cause_and_advice(answer: dict[str, Any]) -> None:
    assert (answer["problem"]["code"], answer["problem"]["status"]) == ("bad_parameter", 400)
    assert answer["nobody"]["code"] == "unreachable"
    assert answer["noEvents"]["code"] == "no_events"
    assert all(answer[name]["advice"] for name in ("problem", "nobody", "noEvents"))
