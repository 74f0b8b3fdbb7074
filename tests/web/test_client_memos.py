"""Memos in JavaScript: sealed byte for byte as the command line does, opened by both sides, refused with its codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.makers.make_memo_vectors import FILE
from tests.web.test_client import node


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(node("memos.mjs", str(FILE)))
    return found


def test_memos_are_sealed_and_opened_as_the_vectors_say(answers: dict[str, Any]) -> None:
    vectors = json.loads(FILE.read_text(encoding="utf-8"))
    assert answers["keys"] == {name: key["memo_key"] for name, key in vectors["keys"].items()}
    for expected, made in zip(vectors["memos"], answers["memos"], strict=True):
        assert made["filled"] == expected["filled"], expected["name"]
        assert made["sealed"] == expected["memo"], expected["name"]
        assert made["opened"] == [{"done": expected["text"]}] * 2, expected["name"]
    assert len(answers["fresh"]) == 64
    assert answers["fresh"] not in {vector["memo"]["salt"] for vector in vectors["memos"]}


def test_what_is_no_memo_is_refused_with_the_ledgers_codes(answers: dict[str, Any]) -> None:
    vectors = json.loads(FILE.read_text(encoding="utf-8"))
    assert answers["refused"] == [vector["code"] for vector in vectors["refused"]]
    assert answers["unfilled"] == ["bad_memo"] * len(vectors["unfilled"])
    assert answers["texts"] == ["memo_too_long", "memo_too_long", "bad_memo", "bad_memo"]
