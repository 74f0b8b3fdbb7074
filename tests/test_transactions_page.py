"""docs/transactions.md says what the ledger does: tables made from its structs, domains, the example's bytes."""

from __future__ import annotations

import json
import re
from typing import Any, get_args

import pytest

from ledger.bank import payloads as bank
from ledger.keys import crypto
from ledger.sharing.allocation_rules import AllocationMethod
from ledger.sharing.price_rules import PriceRule
from nodechain.modules import REGISTRY
from tests.makers.make_transactions_page import MARK, PAGE, tables, text
from tests.makers.make_vectors import FILE, samples

VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
TEXT = PAGE.read_text(encoding="utf-8")
HEX = re.compile(r"\b[0-9a-f]{2}\b")


def test_the_tables_are_up_to_date() -> None:
    assert text() == TEXT, "run `python -m tests.makers.make_transactions_page`"


def test_every_table_stands_in_the_page_once() -> None:
    assert sorted(found[1] for found in MARK.findall(TEXT)) == sorted(tables())


def test_every_type_action_and_parameter_is_there() -> None:
    for kind in REGISTRY.types.values():
        assert f"\n### {int(kind.number)} `{kind.name}`\n" in TEXT
    rules = len(get_args(AllocationMethod)) + len(get_args(PriceRule))
    kinds = len(REGISTRY.hooks.decisions) + rules + 3
    assert TEXT.count("| says which kind it is |") == kinds, "actions, rules of sharing, and items of a batch"
    for name in REGISTRY.parameters:
        assert f"\n| `{name}` | " in TEXT


@pytest.mark.parametrize(
    "domain",
    [
        crypto.DOMAIN_TRANSACTION,
        crypto.DOMAIN_BIND_METER,
        crypto.DOMAIN_CLOSE_METER,
        crypto.DOMAIN_REGISTER_POINT,
        crypto.DOMAIN_POSSESSION,
        crypto.DOMAIN_LOGIN,
        crypto.DOMAIN_PROPOSAL,
        crypto.DOMAIN_PREPARE,
        crypto.DOMAIN_COMMIT,
        crypto.DOMAIN_ROUND_CHANGE,
    ],
)
def test_every_domain_of_a_payload_is_there(domain: bytes) -> None:
    assert f"`{domain.decode()}`" in TEXT


def test_the_example_is_the_vector() -> None:
    example = TEXT.partition("### An example")[2].partition("```\n")[2].partition("```")[0]
    found = "".join("".join(HEX.findall(line[:28])) for line in example.splitlines())
    vector = VECTORS["transactions"][0]
    assert vector["name"] == "transfer"
    assert isinstance(samples()["transfer"][1], bank.Transfer)
    assert found == vector["raw"]
    assert f"`{vector['id']}`" in TEXT
    assert f"`{VECTORS['keys']['A']['secrets'][0]}`" in TEXT
    assert f"`{VECTORS['genesis']['hash']}`" in TEXT
