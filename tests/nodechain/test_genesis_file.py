"""Genesis templates: what comes with the program, and what is refused with the field's name."""

from __future__ import annotations

import pytest

from harness.chain import address, secret
from ledger.chain.genesis import Genesis
from ledger.chain.parameters import HOUR_MS
from ledger.governance.genesis import GOVERNANCE_SECTION, Access
from ledger.keys.address import format_address
from nodechain.errors import NotFound, UsageError
from nodechain.home.genesis_file import build_genesis, parse_template, read_template, template_names

MINIMAL = """
name = "small"
voters = ["A"]
banker = "A"
[[validators]]
key = "V"
account = "A"
name = "v"
"""


def build(text: str) -> Genesis:
    return build_genesis(
        parse_template(text),
        time_ms=1,
        address_of=address,
        validator_key_of=lambda name: secret(name).public_key[1:],
    )


def test_every_template_of_the_program_can_be_built() -> None:
    assert {"dev", "powerchain"} <= set(template_names())
    for name in template_names():
        genesis = build_genesis(
            read_template(name),
            time_ms=1,
            address_of=address,
            validator_key_of=lambda key: secret(key).public_key[1:],
        )
        assert genesis.chain_id.startswith(genesis.name)


def test_the_thesis_parameters() -> None:
    genesis = build(MINIMAL + '[parameters]\nC = "5 %"\nH = "2h"\nM = "0.5"\n')
    assert dict(genesis.parameters) == {"C": 50_000_000, "H": 2 * HOUR_MS, "M": 500_000_000}
    assert GOVERNANCE_SECTION.of(genesis).access == Access.MEMBERS


def test_another_value_is_another_chain() -> None:
    assert build(MINIMAL).chain_id != build(MINIMAL + '[parameters]\nC = "6 %"\n').chain_id


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("name = ", "no TOML"),
        (MINIMAL.replace('"small"', "7"), "name"),
        (MINIMAL + "surprise = 1\n", "surprise"),
        (MINIMAL + "[consensus]\nheartbeat = 5\n", "consensus.heartbeat"),
        (MINIMAL + '[consensus]\nheartbeat = "1ms"\n', "heartbeat"),
        (MINIMAL + '[ledger]\naccess = "open"\n', "minimum fee"),
        (MINIMAL + '[ledger]\nminimum_fee = "-1"\n', "ledger.minimum_fee"),
        (MINIMAL + '[ledger]\nminimum_fee = "1"\n', "nobody could pay"),
        (MINIMAL + '[parameters]\nC = "100 %"\n', "C must lie"),
        (MINIMAL + '[parameters]\nX = "1"\n', "unknown parameter X"),
        (MINIMAL.replace('voters = ["A"]', 'voters = ["A", "A"]'), "voter is listed twice"),
        (MINIMAL + '[[units]]\naddress = "A"\nowner = "A"\n', "cannot own itself"),
    ],
)
def test_a_bad_template_is_refused_by_name(text: str, part: str) -> None:
    with pytest.raises(UsageError) as refused:
        build(text)
    assert refused.value.code == "bad_genesis"
    assert part in refused.value.detail


def test_an_unknown_template_names_the_known_ones() -> None:
    with pytest.raises(NotFound) as refused:
        read_template("no-such-template")
    assert "powerchain" in refused.value.advice


def test_addresses_are_shown_as_people_read_them() -> None:
    assert format_address(address("A")).startswith("nrg1")
