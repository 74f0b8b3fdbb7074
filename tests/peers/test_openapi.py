"""Another program asks a real node by its own description: no server error, and no answer that is not described."""

from __future__ import annotations

from pathlib import Path

from nodechain.api.openapi import description
from tests.peers.openapi import ask, schemathesis, served

AT_LEAST = 2_000
"""Requests of all visitors together."""
LOADED = {"GET /openapi.json"}
"""What each run begins with, uncounted."""
DEADLINE_S = 600.0
WITHOUT_HEAD = ("--exclude-method", "HEAD")
"""HEAD answers as GET does, and the long run (`make openapi`) asks it too."""


def test_schemathesis_finds_nothing_as_a_stranger_as_a_member_and_as_the_operator(tmp_path: Path) -> None:
    schemathesis()
    asked = {}
    with served(tmp_path) as node:
        for visitor, headers in node.visitors().items():
            # Every boundary of every parameter once, by who sees neither nothing nor all; the others at random.
            phase, more = ("coverage", WITHOUT_HEAD) if visitor == "member" else ("fuzzing", ())
            found = ask(node, headers, phase, examples=4, seed=1, deadline_s=DEADLINE_S, more=more)
            assert found.code == 0, f"{visitor}\n{found.said}"
            asked[visitor] = found.answers
    assert sum(sum(answers.values()) for answers in asked.values()) >= AT_LEAST
    described = {f"{method.upper()} {path}" for path, kinds in description("0")["paths"].items() for method in kinds}
    assert {answer.rsplit(" ", 1)[0] for answers in asked.values() for answer in answers} >= described - LOADED
    statuses = {
        visitor: {path.rsplit(" ", 1)[0] for path in answers if path.endswith(" 200")}
        for visitor, answers in asked.items()
    }
    # What is asked is there, and who may not see it does not: else nothing was tried.
    assert "GET /v1/accounts/{address}/statement" in statuses["member"]
    assert "GET /v1/accounts/{address}" in statuses["operator"]
    assert "GET /v1/blocks/{block}" in statuses["operator"] - statuses["member"] - statuses["stranger"]
    assert "GET /v1/units" in statuses["member"] - statuses["stranger"]
    taken = {path.rsplit(" ", 1)[0] for paths in asked.values() for path in paths if path.endswith((" 200", " 202"))}
    assert "POST /v1/transactions" in taken
