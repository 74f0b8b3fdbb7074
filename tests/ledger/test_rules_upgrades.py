"""Upgrades of the protocol by vote: O9 to O13, G5, X16, Z9, with the version 2 of `tests.support.version_two`."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import Transfer
from ledger.chain.blocks import Block, Chain, Parent, check_block, genesis_block, propose_block
from ledger.chain.header import Event
from ledger.chain.protocol import planned_upgrade, protocol_in_force, readiness, rules_after, version_at
from ledger.chain.registry import Registry
from ledger.chain.schema import KNOWN_VERSIONS, PROTOCOL, VALIDATORS, Validator
from ledger.chain.section import sections_of
from ledger.chain.upgrade_events import UpgradeActivated, UpgradeLapsed
from ledger.chain.validator_set import validator_address
from ledger.encoding.codec import Value, encode
from ledger.energy.payloads import OpenSession
from ledger.errors import BrokenInvariant, GenesisError, InclusionError, InvalidBlock, UnknownVersion
from ledger.governance.events import VoteClosed
from ledger.governance.payloads import CastVote, SetParameter
from ledger.state.overlay import MemoryReader, State
from ledger.state.tree import InMemoryTreeStorage, StateTree
from ledger.upgrades.events import UpgradeCancelled, UpgradePlanned, VersionKnown
from ledger.upgrades.invariants import check_upgrades
from ledger.upgrades.payloads import CancelUpgrade, PlanUpgrade
from market.genesis import MARKET_SECTION, GenesisProduct, MarketSection
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from nodechain.modules import MODULES, REGISTRY
from tests.support.version_two import (
    BANK_2,
    CHEST_SECTION,
    CHESTS,
    LEAST_DONATION,
    LEAST_TRANSFER,
    MODULES_2,
    REGISTRY_2,
    ChestSection,
    Donate,
)

V = validator_address(secret("V").public_key[1:])
CHEST = encode(ChestSection(address("B"), 7))
CDA = encode(MarketSection((GenesisProduct("cda", ENERGY_ASSET, CURRENCY_ASSET),)))
BUY = PlaceOrder(1, Side.BUY, OrderKind.LIMIT, 10**9, ENT, 0)
FUNDED = tuple(GenesisBalance(address(name), CURRENCY_ASSET, 1_000 * ENT) for name in ("A", "B", "C"))


def without(*names: str, **changes: Any) -> Any:
    """A genesis without some sections."""
    made = make_genesis(balances=FUNDED, **changes)
    return msgspec.structs.replace(made, sections=tuple(part for part in made.sections if part[0] not in names))


def next_release(**changes: Any) -> ChainFixture:
    """A chain of version 1, made by the program that knows version 2."""
    return ChainFixture(genesis=without(**changes), modules=MODULES_2, newest=2)


def this_release(**changes: Any) -> ChainFixture:
    """A chain made by the program as it is."""
    return ChainFixture(genesis=without(**changes), modules=MODULES)


def height(chain: ChainFixture) -> int:
    return chain.blocks[-1].header.height


def until(chain: ChainFixture, target: int) -> Block:
    """Empty blocks up to a height; its block."""
    while height(chain) < target:
        chain.block()
    return chain.blocks[target]


def own_events(block: Block) -> list[Event]:
    """What the block's own receipt says of upgrades."""
    mine = (UpgradeActivated, UpgradeLapsed, UpgradeCancelled, UpgradePlanned)
    return [event for event in block.executed.receipts[0].events if isinstance(event, mine)]


def plan(chain: ChainFixture, ahead: int = 5, version: int = 2, module: str = "chest", section: bytes = CHEST) -> int:
    """Vote an upgrade; its height."""
    at = height(chain) + ahead
    receipt = chain.try_("A", CastVote(PlanUpgrade(at, version, module, section, "nodechain 2.0"), True))
    assert receipt.code == "", receipt.code
    return at


def refused(chain: ChainFixture, action: Value) -> str:
    """Why a vote on an action cannot be opened."""
    return chain.try_("A", CastVote(action, True)).code


# --- what is in force (O9) -------------------------------------------------------------------------------------------


def test_a_chain_begins_with_the_version_and_the_modules_of_its_genesis() -> None:
    chain = this_release()
    found = protocol_in_force(chain.state, chain.genesis)
    assert (found.version, found.since, found.sections) == (1, 0, ("bank", "energy", "governance", "market"))
    assert chain.blocks[0].header.version == chain.blocks[0].header.known_version == 1
    assert chain.block().header.version == 1


def test_a_program_that_knows_more_makes_the_same_genesis_and_the_same_blocks() -> None:
    one, two = this_release(), next_release()
    assert one.blocks[0].hash == two.blocks[0].hash
    payment = Transfer(CURRENCY_ASSET, address("B"), 5)
    ours, theirs = one.block([one.tx("A", payment)]), two.block([two.tx("A", payment)])
    assert (ours.header.known_version, theirs.header.known_version) == (1, 2)
    assert theirs.executed.receipts[1].applied
    assert ours.executed.receipts[1] == theirs.executed.receipts[1]
    # And each takes the other's.
    fresh = this_release()
    raw = [transaction.raw for transaction in theirs.transactions]
    assert check_block(fresh.chain, fresh.parent, theirs.header, raw, frozenset()).hash == theirs.hash


def test_a_genesis_may_begin_with_a_later_version_that_the_program_knows() -> None:
    genesis = without(version=2)
    chain = ChainFixture(genesis=genesis, modules=MODULES_2, newest=2)
    assert chain.blocks[0].header.version == 2
    assert chain.try_("A", Transfer(CURRENCY_ASSET, address("B"), LEAST_TRANSFER - 1)).code == "refused"
    with pytest.raises(GenesisError, match="this program knows 1"):
        ChainFixture(genesis=genesis, modules=MODULES)


def test_rules_of_a_version_or_module_that_is_not_known_are_never_made_up() -> None:
    with pytest.raises(UnknownVersion, match="version 2 is in force"):
        REGISTRY.in_force(2, ("bank", "governance"))
    with pytest.raises(UnknownVersion, match="no module with a section chest"):
        REGISTRY_2.in_force(1, ("bank", "chest", "governance"))
    with pytest.raises(BrokenInvariant, match="unknown protocol version"):
        Registry((*MODULES, BANK_2), 1)


def test_a_header_says_the_version_of_its_rules_and_no_other() -> None:
    chain = next_release()
    block = chain.block()
    fresh = next_release()
    for field, value in (("version", 2), ("format", 2), ("known_version", 0)):
        forged = msgspec.structs.replace(block.header, **{field: value})
        with pytest.raises(InvalidBlock):
            check_block(fresh.chain, fresh.parent, forged, [], frozenset())


# --- modules that are off (G5, X16) ----------------------------------------------------------------------------------


def test_what_belongs_to_a_module_that_is_off_is_left_out_and_says_how_to_switch_it_on() -> None:

    off = ChainFixture(genesis=without("market", "energy"), modules=MODULES)
    on = this_release()
    for payload in (BUY, OpenSession(address("U1"), ENT, 0)):
        number = next(kind.number for kind in on.registry.types.values() if kind.payload is type(payload))
        with pytest.raises(InclusionError) as error:
            off.block([off.sign("A", number, payload)])
        assert error.value.code == "module_off"
        assert "vote" in error.value.detail
    assert off.do("A", Transfer(CURRENCY_ASSET, address("B"), 5)).applied
    assert rules_after(off.registry, off.state, off.genesis).others == {
        "agents",
        "attestations",
        "billing",
        "certificates",
        "deals",
        "feeds",
        "fund",
        "grid",
        "groups",
        "joining",
        "origin",
        "memos",
        "resolutions",
        "energy",
        "market",
        "cda",
        "metering",
        "privacy",
        "sharing",
        "sharing_runs",
        "late_corrections",
        "credit",
        "slot_rows",
        "together",
        "slots",
    }


def test_parameters_of_a_module_that_is_off_are_unknown() -> None:
    chain = ChainFixture(genesis=without("market", "energy"), modules=MODULES)
    assert refused(chain, SetParameter("M", 1)) == "unknown_parameter"
    assert refused(chain, SetParameter("tick", 1)) == "unknown_parameter"
    with pytest.raises(GenesisError, match="unknown parameter M"):
        ChainFixture(genesis=without("energy", parameters=(("M", 1),)), modules=MODULES)


@pytest.mark.parametrize("name", ["bank", "governance"])
def test_the_core_is_never_off(name: str) -> None:
    with pytest.raises(GenesisError, match=f"no section {name}"):
        genesis_block(Chain(REGISTRY, without(name)))


def test_an_action_of_a_module_that_is_off_stands_in_no_block() -> None:
    """A program without the module cannot decode it: so no block may hold it, whatever other programs can read."""
    chain = ChainFixture(genesis=without("energy"), modules=MODULES)
    from_energy = next(kind for kind in REGISTRY.hooks.decisions if kind.__name__ == "RemoveUnit")
    with pytest.raises(InclusionError) as error:
        chain.block([chain.tx("A", CastVote(from_energy(address("U1")), True))])
    assert error.value.code == "module_off"


# --- planning (O11) --------------------------------------------------------------------------------------------------


def test_a_plan_is_refused_that_cannot_come_or_changes_nothing() -> None:
    chain = next_release()
    at = height(chain) + 10
    assert refused(chain, PlanUpgrade(height(chain) + 1, 2, "", b"", "")) == "upgrade_too_late"
    assert refused(chain, PlanUpgrade(at, 0, "", b"", "")) == "version_in_force"
    assert refused(chain, PlanUpgrade(at, 1, "", b"", "")) == "unchanged"
    assert refused(chain, PlanUpgrade(at, 2, "", b"x", "")) == "unchanged"
    assert refused(chain, PlanUpgrade(at, 1, "market", CDA, "")) == "module_on"
    assert refused(chain, PlanUpgrade(at, 1, "chest", CHEST, "")) == "unknown_module"
    assert refused(chain, PlanUpgrade(at, 1, "metering", b"", "")) == "module_on"
    assert refused(chain, CancelUpgrade(at)) == "no_upgrade"
    assert planned_upgrade(chain.state) is None


def test_a_section_that_its_module_refuses_opens_no_vote() -> None:
    chain = ChainFixture(genesis=without("market"), modules=MODULES)
    at = height(chain) + 10
    assert (
        refused(
            chain,
            PlanUpgrade(
                at, 1, "market", encode(MarketSection((GenesisProduct("bazaar", ENERGY_ASSET, CURRENCY_ASSET),))), ""
            ),
        )
        == "bad_section"
    )
    assert refused(chain, PlanUpgrade(at, 1, "market", b"\xff", "")) == "bad_section"
    assert refused(chain, PlanUpgrade(at, 1, "metering", b"", "")) == "module_on"


def test_there_is_one_plan_at_a_time_and_a_vote_cancels_it() -> None:
    chain = next_release()
    at = plan(chain, 20)
    found = planned_upgrade(chain.state)
    assert found is not None
    assert (found.height, found.version, found.module, found.release) == (at, 2, "chest", "nodechain 2.0")
    assert refused(chain, PlanUpgrade(at + 1, 2, "", b"", "")) == "upgrade_planned"
    assert refused(chain, CancelUpgrade(at + 1)) == "no_upgrade"
    receipt = chain.do("A", CastVote(CancelUpgrade(at), True))
    assert UpgradeCancelled(at, 2, "chest") in receipt.events
    assert planned_upgrade(chain.state) is None
    assert own_events(until(chain, at)) == []
    assert chain.blocks[-1].header.version == 1


def test_a_vote_that_passes_after_its_height_fails() -> None:
    chain = ChainFixture(genesis=without(voters=(address("A"), address("B"))), modules=MODULES_2, newest=2)
    at = height(chain) + 3
    chain.do("A", CastVote(PlanUpgrade(at, 2, "", b"", ""), True))
    until(chain, at + 1)
    receipt = chain.do("B", CastVote(PlanUpgrade(at, 2, "", b"", ""), True))
    assert [event.code for event in receipt.events if isinstance(event, VoteClosed)] == ["upgrade_too_late"]


# --- who is ready (O10) ----------------------------------------------------------------------------------------------


def test_headers_say_what_their_proposers_know_and_the_state_remembers_the_last() -> None:
    chain = next_release()
    assert readiness(chain.state, 1).power == 0
    block = chain.block()
    assert VersionKnown(V, 2) in block.executed.receipts[0].events
    assert readiness(chain.state, 2).is_enough
    assert not readiness(chain.state, 3).is_enough
    assert VersionKnown(V, 2) not in chain.block().executed.receipts[0].events
    # Who goes back to the earlier release is ready no more.
    chain.chain = Chain(Registry(MODULES, 1), chain.genesis)
    chain.block()
    assert not readiness(chain.state, 2).is_enough


@pytest.mark.parametrize(("ready", "enough"), [(0, False), (1, False), (2, False), (3, True), (4, True)])
def test_more_than_two_thirds_of_the_power_must_know_the_version(ready: int, enough: bool) -> None:
    state = State(MemoryReader())
    for number in range(4):
        who = bytes([number]) * 20
        state.put(VALIDATORS, who, Validator(bytes(32), 1, bytes(20), "", 1))
        state.put(KNOWN_VERSIONS, who, KNOWN_VERSIONS.kind(2 if number < ready else 1, 1))
    assert readiness(state, 2).is_enough is enough


def test_exactly_two_thirds_are_too_few() -> None:
    state = State(MemoryReader())
    for number in range(3):
        who = bytes([number]) * 20
        state.put(VALIDATORS, who, Validator(bytes(32), 1, bytes(20), "", 1))
        state.put(KNOWN_VERSIONS, who, KNOWN_VERSIONS.kind(2 if number < 2 else 1, 1))
    assert not readiness(state, 2).is_enough


# --- at the height (O12) ---------------------------------------------------------------------------------------------


def test_an_upgrade_changes_a_rule_and_switches_on_a_module_at_its_height() -> None:
    chain = next_release()
    at = plan(chain)
    small = Transfer(CURRENCY_ASSET, address("B"), LEAST_TRANSFER - 1)
    until(chain, at - 2)
    assert chain.try_("A", small).applied
    assert version_at(chain.state, chain.genesis, at) == 2
    assert version_at(chain.state, chain.genesis, at + 1) == 1
    other = next_release()
    early = other.tx("A", Donate(10))
    with pytest.raises(InclusionError, match="off"):
        other.block([early])
    block = chain.block([chain.tx("A", small), chain.tx("A", Donate(10))])
    assert own_events(block) == [UpgradeActivated(2, "chest")]
    assert [receipt.code for receipt in block.executed.receipts] == ["", "refused", ""]
    assert block.header.version == 2
    assert block.header.parameters_hash != chain.blocks[at - 1].header.parameters_hash
    assert chain.entries(CHESTS)[b""].donated == 17
    assert planned_upgrade(chain.state) is None
    found = protocol_in_force(chain.state, chain.genesis)
    assert (found.version, found.since) == (2, at)
    assert "chest" in found.sections
    # A voted section counts like one of the genesis, whose identity stays.
    assert rules_after(chain.registry, chain.state, chain.genesis).parameters[LEAST_DONATION].default == 5
    assert chain.try_("A", Donate(4)).code == "refused"
    assert chain.vote(SetParameter(LEAST_DONATION, 3)).applied
    assert chain.do("A", Donate(4)).applied
    assert refused(chain, PlanUpgrade(height(chain) + 5, 2, "chest", CHEST, "")) == "module_on"


def test_where_too_few_know_the_version_the_upgrade_lapses() -> None:
    chain = this_release()
    at = plan(chain)
    block = until(chain, at)
    assert own_events(block) == [UpgradeLapsed(2, "chest", 0, 1, "not_ready")]
    assert block.header.version == 1
    assert planned_upgrade(chain.state) is None
    # And may be voted anew.
    assert plan(chain) > at


def test_a_module_that_cannot_begin_lapses_and_leaves_nothing() -> None:
    """Its section names an account that is no member: known only to programs of the later version, at the height."""
    chain = next_release()
    at = plan(chain, section=encode(ChestSection(address("stranger"), 0)))
    before = until(chain, at - 1)
    block = chain.block()
    assert own_events(block) == [UpgradeLapsed(2, "chest", 1, 1, "not_a_member")]
    assert block.header.version == before.header.version == 1
    assert block.header.parameters_hash == before.header.parameters_hash
    assert protocol_in_force(chain.state, chain.genesis).sections == ("bank", "energy", "governance", "market")
    assert chain.entries(CHESTS) == {}


@pytest.mark.parametrize(
    ("module", "section", "code"),
    [("chest", b"\xff", "bad_genesis"), ("chest", encode(ChestSection(bytes(20), 0)), "bad_genesis"),
     ("fnud", CHEST, "unknown_module")],
)  # fmt: skip
def test_what_only_the_later_version_can_check_lapses_at_the_height(module: str, section: bytes, code: str) -> None:
    chain = next_release()
    at = plan(chain, module=module, section=section)
    assert own_events(until(chain, at)) == [UpgradeLapsed(2, module, 1, 1, code)]
    assert chain.blocks[-1].header.version == 1


def test_a_module_of_the_version_in_force_is_switched_on_without_another_version() -> None:
    chain = ChainFixture(genesis=without("market"), modules=MODULES)
    at = plan(chain, version=1, module="market", section=CDA)
    block = until(chain, at)
    assert own_events(block) == [UpgradeActivated(1, "market")]
    assert block.header.version == 1
    assert chain.do("A", BUY).applied


def test_a_module_takes_along_what_is_part_of_it() -> None:
    chain = ChainFixture(genesis=without("energy"), modules=MODULES)
    section = dict(make_genesis().sections)["energy"]
    until(chain, plan(chain, version=1, module="energy", section=section))
    assert rules_after(chain.registry, chain.state, chain.genesis).modules >= {"energy", "metering"}
    assert chain.unit("U1").owner == address("C")


def test_a_program_that_does_not_know_the_version_makes_and_takes_no_block_of_that_height() -> None:
    chain = next_release()
    at = plan(chain)
    until(chain, at - 1)
    old = Chain(REGISTRY, chain.genesis)
    with pytest.raises(UnknownVersion):
        propose_block(old, chain.parent, [], time_ms=chain.time_ms + 1, proposer=V, verified=frozenset())
    header = chain.block().header
    parent = replayed(REGISTRY, chain.genesis, chain.blocks[:at])
    with pytest.raises(UnknownVersion):
        check_block(old, parent, header, [], frozenset())


# --- replay over it (O9) ---------------------------------------------------------------------------------------------


def replayed(registry: Registry, genesis: Any, blocks: list[Block]) -> Parent:
    """Executed again from raw bytes, by whichever program."""
    chain = Chain(registry, genesis)
    reader, storage = MemoryReader(), InMemoryTreeStorage()
    tree = StateTree.load(genesis.tree_bits, ())

    def parent_of(block: Block) -> Parent:
        return Parent(block.header, reader, tree, storage, block.executed.validators)

    again = genesis_block(chain)
    for block in blocks:
        raw = [transaction.raw for transaction in block.transactions]
        if block.header.height:
            again = check_block(chain, parent_of(again), block.header, raw, frozenset())
        assert (again.hash, again.executed.receipts) == (block.hash, block.executed.receipts)
        reader.apply(again.executed.changes)
        tree.apply(again.update)
        storage.write(again.update)
    return parent_of(again)


OPERATIONS = st.sampled_from(["small", "large", "donate", "order", "parameter", "nothing"])


def perform(chain: ChainFixture, what: str) -> None:
    """One block with what is named, or an empty one where it may not stand there."""
    payload: dict[str, Value] = {
        "small": Transfer(CURRENCY_ASSET, address("B"), LEAST_TRANSFER - 1),
        "large": Transfer(CURRENCY_ASSET, address("B"), LEAST_TRANSFER),
        "donate": Donate(9),
        "order": BUY,
        "parameter": CastVote(SetParameter("vote_lifetime", 3_600_000 + height(chain)), True),
    }
    try:
        chain.block([] if what == "nothing" else [chain.tx("A", payload[what])])
    except InclusionError:
        chain.block()


@settings(max_examples=25, deadline=None)
@given(st.lists(OPERATIONS, max_size=8), st.integers(1, 6), st.lists(OPERATIONS, max_size=8), st.booleans())
def test_a_chain_over_an_upgrade_replays_to_the_same_blocks(
    before: list[str], ahead: int, after: list[str], ready: bool
) -> None:
    chain = next_release()
    if not ready:
        chain.chain = Chain(Registry(MODULES, 1), chain.genesis)
    for what in before:
        perform(chain, what)
    at = plan(chain, ahead + 1)
    for what in after:
        perform(chain, what)
    until(chain, at + 1)
    parent = replayed(REGISTRY_2, chain.genesis, chain.blocks)
    assert parent.header == chain.blocks[-1].header
    versions = [2 if ready and block.header.height >= at else 1 for block in chain.blocks]
    assert [block.header.version for block in chain.blocks] == versions
    # The old program goes as far as its rules do.
    known = chain.blocks[:at] if ready else chain.blocks
    assert replayed(REGISTRY, chain.genesis, known).header == known[-1].header


# --- invariants (Z9) -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["two versions", "off", "stranger", "below"])
def test_the_invariant_sees_what_cannot_be(damage: str) -> None:
    chain = next_release()
    until(chain, plan(chain))
    plan(chain, version=3, module="", section=b"")
    check_upgrades(chain.reader)
    protocol = protocol_in_force(chain.state, chain.genesis)
    planned = planned_upgrade(chain.state)
    assert planned is not None
    changes: dict[str, tuple[bytes, Value]] = {
        "two versions": (PROTOCOL.full_key(b"x"), protocol),
        "off": (PROTOCOL.full_key(b""), msgspec.structs.replace(protocol, sections=("bank",))),
        "stranger": (KNOWN_VERSIONS.full_key(bytes(20)), KNOWN_VERSIONS.kind(1, 1)),
        "below": (PROTOCOL.full_key(b""), msgspec.structs.replace(protocol, version=4)),
    }
    key, value = changes[damage]
    chain.reader.apply({key: encode(value)})
    with pytest.raises(BrokenInvariant):
        check_upgrades(chain.reader)


def test_sections_of_votes_are_found_beside_those_of_the_genesis() -> None:
    genesis = without("market")
    joined = genesis.joined((("chest", CHEST),))
    assert joined.sections == sections_of(*genesis.sections, ("chest", CHEST))
    assert (joined.hash, joined.chain_id, joined.identity) == (genesis.hash, genesis.chain_id, genesis.identity)
    assert CHEST_SECTION.of(joined) == ChestSection(address("B"), 7)
    assert genesis.joined((("chest", CHEST),)) is joined
    assert genesis.joined(()) is genesis
    with pytest.raises(GenesisError):
        MARKET_SECTION.of(joined)
