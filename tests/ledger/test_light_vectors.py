"""The published vectors of light clients and proofs are what this program makes and answers."""

from __future__ import annotations

import json

from tests.makers.make_light_vectors import MUTATIONS, VECTORS, edge_cases, make


def test_the_file_is_up_to_date() -> None:
    assert json.loads(VECTORS.read_text()) == make()


def test_they_cover_every_answer() -> None:
    vectors = make()
    assert {step["code"] for step in vectors["steps"]} >= {
        "", "wrong_chain", "not_later", "bad_set", "bad_certificate", "does_not_continue", "skipped_too_far",
        "from_the_future",
    }  # fmt: skip
    assert {found["code"] for found in vectors["freshness"]} == {"", "bad_statement", "not_fresh", "stale_head"}
    answers = [proof["code"] for proof in vectors["proofs"]["files"]]
    assert {"", "bad_proof", "bad_signature", "unknown_format", "wrong_chain", "malformed_input"} <= set(answers)
    assert len(answers) > MUTATIONS


def test_no_mutation_shows_what_is_not_so() -> None:
    files = make()["proofs"]["files"]
    true = files[0]["shown"]
    for mutation in files:
        if mutation["name"].startswith("mutated") and not mutation["code"]:
            assert all(shown in true for shown in mutation["shown"])


def test_the_edge_cases_are_those_that_split_verifiers() -> None:
    valid = [number for number, case in enumerate(edge_cases()) if case["valid"]]
    assert (len(edge_cases()), valid) == (12, [3])
