"""The genesis (rules G1 to G4): what contradicts itself is refused, and what the first state holds."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.chain import ChainFixture, address, make_genesis, rules_of, secret
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import supply
from ledger.bank.genesis import BANK_SECTION, GenesisBalance
from ledger.bank.schema import BANKER, Banker
from ledger.chain.blocks import Chain, genesis_block
from ledger.chain.genesis import Genesis, GenesisValidator
from ledger.chain.origin import first_state
from ledger.chain.schema import PARAMETERS
from ledger.energy.genesis import GenesisUnit
from ledger.energy.schema import UnitStatus
from ledger.errors import GenesisError
from ledger.governance.genesis import Access
from ledger.governance.payloads import AdmitMember, CastVote
from ledger.governance.schema import MEMBERS, VOTERS
from ledger.keys.crypto import tagged_hash
from ledger.modules import LEDGER_MODULES
from market.genesis import MARKET_SECTION, GenesisProduct, MarketSection
from nodechain.modules import REGISTRY

LEDGER_PARAMETERS = rules_of(LEDGER_MODULES)

MADE = make_genesis()
A_VALIDATOR = GenesisValidator(secret("V").public_key[1:], address("V"), "v")


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"min_interval_ms": 2_000, "heartbeat_ms": 1_999},
        {"access": int(Access.OPEN), "minimum_fee": 0},
        {"validators": (A_VALIDATOR, A_VALIDATOR)},
        {"max_validators": 1, "validators": (A_VALIDATOR, GenesisValidator(bytes(32), address("V"), "w"))},
        {"voters": (address("A"), address("A"))},
        {"members": (address("A"), address("A"))},
        {"units": (GenesisUnit(address("U1"), address("C"), 0, 0),) * 2},
        {"units": (GenesisUnit(address("U1"), address("U1"), 0, 0),)},
        {"balances": (GenesisBalance(address("A"), CURRENCY_ASSET, 1),) * 2},
        {
            "balances": (
                GenesisBalance(address("A"), CURRENCY_ASSET, 2**63 - 1),
                GenesisBalance(address("B"), CURRENCY_ASSET, 1),
            )
        },
        {"parameters": (("M", 1), ("M", 1))},
    ],
)
def test_a_genesis_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(GenesisError):
        first_state(REGISTRY, make_genesis(**changes))


@pytest.mark.parametrize(
    "sections",
    [
        (),
        MADE.sections[1:],
        (*MADE.sections, ("zoo", b"\x90")),
        MADE.sections[::-1],
        (*MADE.sections, MADE.sections[-1]),
        (*MADE.sections[:-1], (MADE.sections[-1][0], b"\x90")),
        (*MADE.sections[:-1], MARKET_SECTION.holding(MarketSection((GenesisProduct("none", 1, 2),)))),
    ],
    ids=["none", "one is missing", "unknown", "not in order", "twice", "malformed", "unknown mechanism"],
)
def test_a_genesis_has_just_the_sections_of_the_modules(sections: tuple[tuple[str, bytes], ...]) -> None:
    with pytest.raises(GenesisError):
        first_state(REGISTRY, msgspec.structs.replace(MADE, sections=sections))


def test_a_section_is_decoded_once() -> None:
    genesis = make_genesis()
    assert BANK_SECTION.of(genesis) is BANK_SECTION.of(genesis)
    assert genesis == make_genesis(), "what was decoded is no part of it"


@pytest.mark.parametrize("parameters", [(("nothing", 1),), (("M", 10**9),), (("C", 0),)])
def test_parameters_that_could_not_be_voted_cannot_be_given(parameters: tuple[tuple[str, int], ...]) -> None:
    with pytest.raises(GenesisError):
        ChainFixture(make_genesis(parameters=parameters))


def test_l15c_the_genesis_is_hashed_once_and_not_in_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 10^5 members that took 8 ms a block, and as much again for each question of the mempool."""
    hashed: list[bytes] = []

    def counted(domain: bytes, data: bytes) -> bytes:
        hashed.append(domain)
        return tagged_hash(domain, data)

    monkeypatch.setattr("ledger.chain.genesis.tagged_hash", counted)
    chain = ChainFixture(make_genesis())
    for _ in range(3):
        chain.block([chain.tx("A", CastVote(AdmitMember(address("X")), True))])
    assert hashed == [b"nodechain/genesis"]


def test_a_changed_genesis_has_a_hash_of_its_own() -> None:
    genesis = make_genesis()
    first = genesis.hash
    changed = msgspec.structs.replace(genesis, name="other")
    assert changed.hash != first
    assert changed.chain_id == f"other-{changed.hash[:4].hex()}"


def test_the_first_state() -> None:
    chain = ChainFixture(
        make_genesis(balances=(GenesisBalance(address("A"), CURRENCY_ASSET, 5),), parameters=(("M", 3),))
    )
    state = chain.state
    assert state.get(VOTERS, address("A")) is not None
    assert state.get(BANKER, b"") == Banker(address("bank"))
    assert list(state.scan(MEMBERS)) == sorted(address(name) for name in ("A", "B", "C", "D"))
    assert chain.unit("U1").status == UnitStatus.ACTIVE
    assert [member.name for member in chain.parent.validators.members] == ["v"]
    assert (supply(state, CURRENCY_ASSET), supply(state, ENERGY_ASSET)) == (5, 0)
    values = {rule.name: state.get(PARAMETERS, rule.name.encode()) for rule in LEDGER_PARAMETERS}
    assert {name: entry.value for name, entry in values.items() if entry is not None} == {
        rule.name: 3 if rule.name == "M" else rule.default for rule in LEDGER_PARAMETERS
    }
    assert (chain.gap, chain.rate) == (0, 0)


def test_block_0_follows_from_the_genesis_alone() -> None:
    chain = ChainFixture()
    header = chain.blocks[0].header
    again = genesis_block(Chain(chain.registry, chain.genesis))
    assert again.header == header
    assert (header.height, header.parent, header.proposer) == (0, bytes(32), bytes(20))
    assert header.time_ms == chain.genesis.time_ms
    assert header.validators_hash == header.next_validators_hash


def test_the_chain_is_named_by_its_name_and_the_hash_of_its_genesis() -> None:
    first, second = make_genesis(), make_genesis(time_ms=make_genesis().time_ms + 1)
    assert first.chain_id == f"test-{first.hash.hex()[:8]}"
    assert first.chain_id != second.chain_id
    seen: set[Genesis] = {first, make_genesis()}
    assert len(seen) == 1
