"""Shares beside openenergyid's, to 10^-9 where both define the rule, and where they differ, by how much and why.

Its `Fixed` is `static`, its `Optimal` `static-redistributed`, its `Relative` `static` without self-share. It computes
in floats, so its sums are close to ours and not equal. Differences that stay:

- nobody shares with itself there; here that is an option. One producer that takes nothing makes both the same;
- what is not taken goes back to all who injected in proportion, here by pairs to whose offer it was: so with several
  producers who may not share with themselves shares agree and deliveries do not;
- `Optimal` goes on in rounds when nobody shares with itself, and passes surplus from one producer to another between
  them; here what is not taken stays with whose offer it was, and is offered again by pairs (SR11).
"""

from __future__ import annotations

import json
import random
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import AllocationRule, Static, StaticRedistributed
from ledger.sharing.slot_flows import Allocated, AllocationKeys, SlotFlows
from tests.support import peers

ROOT = Path(__file__).resolve().parents[2]
CASES = 25
CLOSE = Fraction(1, 10**9)
KWH = 10**6


def asked(cases: list[dict[str, Any]]) -> list[dict[str, list[float]]]:
    python = peers.file([str(ROOT / ".venvs" / "peers" / "bin" / "python")])
    known = subprocess.run([python, "-c", "import openenergyid"], capture_output=True, check=False)
    if known.returncode:
        peers.missing("openenergyid is not in the environment of the peers (make peers)")
    program = ROOT / "tests" / "peers" / "openenergyid_shares.py"
    done = subprocess.run([python, str(program)], input=json.dumps(cases), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, list[float]]] = json.loads(done.stdout)
    return found


def close(ours: int, theirs: float, scale: int) -> bool:
    """To a billionth of the slot's energy, beside one unit by which whole numbers differ from fractions."""
    return abs(ours - Fraction(theirs)) <= CLOSE * scale + 1


def community(chance: random.Random, producers: int, consumers: int) -> tuple[SlotFlows, list[int]]:
    """Energies of up to a hundred MWh, so that one unit is far below a billionth."""
    injections = [chance.randint(0, 10**11) for _ in range(producers)]
    offtakes = [chance.choice([0, chance.randint(0, 4 * 10**10)]) for _ in range(consumers)]
    keys = [chance.choice([0, 1, 2, 5, 9]) for _ in range(consumers)]
    return SlotFlows(injections, offtakes), keys if any(keys) else [1] * consumers


@pytest.mark.parametrize(("method", "ours"), [("Fixed", Static()), ("Optimal", StaticRedistributed())])
def test_one_producer_gives_what_openenergyid_does(method: str, ours: Static | StaticRedistributed) -> None:
    chance = random.Random(41)
    made = [community(chance, 1, chance.randint(1, 8)) for _ in range(CASES)]
    cases = [
        {
            "injections": [*flows.injections, *([0] * len(keys))],
            "offtakes": [0, *flows.offtakes],
            "keys": [0.0, *(key / sum(keys) for key in keys)],
            "method": method,
        }
        for flows, keys in made
    ]
    for (flows, keys), theirs in zip(made, asked(cases), strict=True):
        found = allocate(AllocationRule(ours), flows, AllocationKeys(weights=keys), 0)
        scale = sum(flows.injections)
        assert all(close(a, b, scale) for a, b in zip(found.shares, theirs["shares"][1:], strict=True)), (flows, keys)
        assert close(flows.injections[0] - found.delivered[0], theirs["surplus"][0], scale), (flows, keys)


def prosumers(flows: SlotFlows, keys: list[int]) -> tuple[AllocationRule, AllocationKeys]:
    owners = [b"%d" % place for place in range(len(keys))]
    rule = AllocationRule(Static(), no_self_share=True)
    return rule, AllocationKeys(weights=keys, producer_owners=owners, consumer_owners=owners)


def prosumer_cases(method: str) -> tuple[list[tuple[SlotFlows, list[int]]], list[dict[str, Any]]]:
    chance = random.Random(43)
    made: list[tuple[SlotFlows, list[int]]] = []
    while len(made) < CASES:
        count = chance.randint(2, 6)
        flows, keys = community(chance, count, count)
        made.append((flows, keys))
    cases = [
        {
            "injections": list(flows.injections), "offtakes": list(flows.offtakes),
            "keys": [key / sum(keys) for key in keys], "method": method,
        }
        for flows, keys in made
    ]  # fmt: skip
    return made, cases


def test_relative_is_static_without_self_share() -> None:
    made, cases = prosumer_cases("Relative")
    elsewhere = 0
    for (flows, keys), theirs in zip(made, asked(cases), strict=True):
        rule, beside = prosumers(flows, keys)
        found = allocate(rule, flows, beside, 0)
        scale = sum(flows.injections)
        assert all(close(a, b, scale) for a, b in zip(found.shares, theirs["shares"], strict=True)), (flows, keys)
        surplus = [g - given for g, given in zip(flows.injections, found.delivered, strict=True)]
        assert close(sum(surplus), sum(theirs["surplus"]), scale)
        elsewhere += any(not close(a, b, scale) for a, b in zip(surplus, theirs["surplus"], strict=True))
    assert elsewhere, (
        "who delivered differs somewhere: theirs in proportion to injections, ours by whose offer was taken"
    )


def test_optimal_among_prosumers_shares_at_least_what_one_round_of_pairs_does_there_as_here() -> None:
    made, cases = prosumer_cases("Optimal")
    more = 0
    for (flows, keys), theirs in zip(made, asked(cases), strict=True):
        rule, beside = prosumers(flows, keys)
        found = allocate(rule, flows, beside, 0)
        ours = allocate(AllocationRule(StaticRedistributed(), no_self_share=True), flows, beside, 0)
        assert all(a <= b + len(keys) for a, b in zip(found.shares, ours.shares, strict=True))
        scale = sum(flows.injections)
        assert all(Fraction(b) - a >= -CLOSE * scale - 1 for a, b in zip(found.shares, theirs["shares"], strict=True))
        more += not close(sum(found.shares), sum(theirs["shares"]), scale)
    assert more, "further rounds pass on what the first left"


def test_a_plain_case_in_kilowatthours() -> None:
    """Worked by hand: 10 kWh by keys of a half, three tenths and a fifth on offtakes of 2, 9 and 1."""
    case = {"injections": [10.0, 0, 0, 0], "offtakes": [0, 2.0, 9.0, 1.0], "keys": [0, 0.5, 0.3, 0.2]}
    fixed, optimal = asked([{**case, "method": "Fixed"}, {**case, "method": "Optimal"}])
    flows, keys = SlotFlows([10 * KWH], [2 * KWH, 9 * KWH, KWH]), AllocationKeys(weights=[5, 3, 2])
    assert allocate(AllocationRule(Static()), flows, keys, 0) == Allocated((2 * KWH, 3 * KWH, KWH), (6 * KWH,))
    assert allocate(AllocationRule(StaticRedistributed()), flows, keys, 0).shares == (2 * KWH, 7 * KWH, KWH)
    assert fixed["shares"] == pytest.approx([0, 2, 3, 1], abs=1e-9)
    assert optimal["shares"] == pytest.approx([0, 2, 7, 1], abs=1e-9)
