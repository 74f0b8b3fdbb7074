"""Every limit of all nodes: what is at it passes, what is one above it is refused, with the code that says so.

`TESTS` names a test for each limit; a limit without one fails the first test.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from harness.light_chain import LightChain
from ledger import limits
from ledger.bank.assets import CURRENCY_ASSET, THESIS_ASSETS, AssetTerms, SupplyRule, check_assets
from ledger.bank.balances import balance
from ledger.bank.genesis import BANK_SECTION, BankSection, GenesisBalance
from ledger.bank.payloads import MintCurrency, Transfer
from ledger.bank.schema import Balance
from ledger.billing import limits as billing_limits
from ledger.billing.genesis import BILLING_SECTION, BillingSection
from ledger.billing.payloads import FinaliseBills
from ledger.chain.blocks import check_block, propose_block
from ledger.chain.context import Context
from ledger.chain.envelope import Transaction, assemble, sign_message
from ledger.chain.genesis import GENESIS, Genesis, GenesisValidator, check_genesis
from ledger.chain.header import CERTIFICATE, HEADER, CommitSignature
from ledger.chain.parameters import HOUR_MS
from ledger.chain.section import check_sections
from ledger.chain.votes import VoteKind, vote_message
from ledger.encoding.codec import Codec, Value, encode
from ledger.energy import limits as energy_limits
from ledger.energy.genesis import GenesisUnit
from ledger.energy.payloads import EnergyActual, EnergyBatch, EnergyProduced, ProducedItem, RegisterUnit
from ledger.errors import (
    BrokenInvariant,
    GenesisError,
    InclusionError,
    InputTooLarge,
    InvalidBlock,
    InvalidInput,
    KeyfileError,
    MalformedInput,
)
from ledger.governance import limits as governance_limits
from ledger.governance.payloads import AddVoter, CastVote, SetParameter
from ledger.keys.address import MultisigKey
from ledger.keys.keyfile import read_keyfile
from ledger.light.claims import TransactionClaim
from ledger.light.headers import LIGHT_BLOCK, TRUSTING_MS
from ledger.light.proof_file import FORMAT, PROOF_FILE, ProofFile
from ledger.light.snapshot import SNAPSHOT_CHUNK
from ledger.metering.payloads import UnbindMeter
from ledger.privacy import limits as privacy_limits
from ledger.privacy.genesis import PRIVACY_SECTION, Detail, PrivacySection
from ledger.state.merkle import LIST_PROOF, ListProof
from ledger.state.proofs import STATE_PROOF
from ledger.state.tree import InMemoryTreeStorage, StateTree
from ledger.upgrades import limits as upgrades_limits
from ledger.upgrades.payloads import PlanUpgrade
from ledger.validators import limits as validators_limits
from ledger.validators.evidence import check_evidence
from ledger.validators.payloads import Evidence
from nodechain.modules import MODULES, REGISTRY
from tests.ledger.agent_limits import AGENT_LIMITS
from tests.ledger.attestation_limits import ATTESTATION_LIMITS
from tests.ledger.bank_limits import BANK_LIMITS
from tests.ledger.certificate_limits import CERTIFICATE_LIMITS
from tests.ledger.deal_limits import DEAL_LIMITS
from tests.ledger.energy_limits import cost_days, flow_minutes, max_flows, max_level_losses, max_summed_days
from tests.ledger.feed_limits import FEED_LIMITS
from tests.ledger.fund_limits import FUND_LIMITS
from tests.ledger.grid_limits import GRID_LIMITS
from tests.ledger.group_limits import GROUP_LIMITS
from tests.ledger.joining_limits import JOINING_LIMITS
from tests.ledger.market_limits import (
    batches,
    fixture,
    max_dropped_per_order,
    max_genesis_products,
    max_open_orders,
    max_trades_per_order,
)
from tests.ledger.memo_limits import MEMO_LIMITS
from tests.ledger.metering_limits import METERING_LIMITS, registers_stay_in_range
from tests.ledger.origin_limits import ORIGIN_LIMITS
from tests.ledger.resolution_limits import RESOLUTION_LIMITS
from tests.ledger.session_limits import (
    max_endings_per_transaction,
    max_open_sessions,
    max_waiting_sessions,
    sweep_share,
)
from tests.ledger.sharing_limits import SHARING_LIMITS
from tests.ledger.slot_limits import SLOT_LIMITS
from tests.ledger.test_rules_priority import max_priority_accounts
from tests.ledger.together_limits import TOGETHER_LIMITS
from tests.ledger.weight_limits import (
    expiry_share,
    heaviest_transactions_fit,
    max_expiries_per_block,
    min_block_weight,
    step_share,
    transaction_share,
)
from tests.makers import make_vectors as made
from tests.support.refusals import payload_codec, refused_above
from tests.support.world import Draft, World, sign_all, wide_genesis

ABOVE_ALL = 2**63
"""One above the largest stored number."""


def genesis_refuses(above: Genesis, at: Genesis) -> None:
    refused_above(GENESIS, at, above)


def section_refuses(above: Genesis, at: Genesis) -> None:
    check_sections(at, REGISTRY.sections)
    with pytest.raises(GenesisError):
        check_sections(above, REGISTRY.sections)


# --- numbers ---------------------------------------------------------------------------------------------------------


def max_integer() -> None:
    transfer = Transfer(1, address("B"), limits.MAX_INTEGER)
    refused_above(payload_codec(Transfer), transfer, msgspec.structs.replace(transfer, amount=ABOVE_ALL))
    chain = fixture()
    chain.do("bank", MintCurrency(CURRENCY_ASSET, address("B"), limits.MAX_INTEGER))
    assert chain.try_("bank", MintCurrency(CURRENCY_ASSET, address("C"), 1)).code == "out_of_range"


def backing_stays_in_range() -> None:
    """Energy whose backing does not fit a number is refused: no event could say how large D is."""
    most = limits.MAX_INTEGER // 10**6
    chain = fixture(parameters=(("max_report", 10**13),))
    assert chain.try_("U1", EnergyActual(1, most + 1)).code == "out_of_range"
    assert chain.try_("U1", EnergyProduced(1, address("A"), most + 1)).code == "out_of_range"
    chain.do("U1", EnergyActual(1, most))
    assert chain.gap == -most * 10**6
    assert chain.try_("U2", EnergyActual(1, 1)).code == "out_of_range"


# --- sizes -----------------------------------------------------------------------------------------------------------


def large_transaction(chain: ChainFixture, name: str, size: int) -> bytes:
    """Wire bytes of just this size; executed, it fails with unknown_meter."""
    spare = size - len(chain.tx(name, UnbindMeter(bytes(60_000)), nonce=1).raw)
    made_up = chain.tx(name, UnbindMeter(bytes(60_000 + spare)), nonce=1).raw
    assert len(made_up) == size
    return made_up


def max_transaction_bytes() -> None:
    chain = fixture()
    raw = large_transaction(chain, "A", limits.MAX_TRANSACTION_BYTES)
    transaction = chain.registry.decode(raw)
    assert chain.block([transaction]).executed.receipts[1].code == "unknown_meter"
    with pytest.raises(InputTooLarge):
        chain.registry.decode(raw + b"\x00")
    payload = encode(UnbindMeter(bytes(limits.MAX_TRANSACTION_BYTES)))
    envelope = msgspec.structs.replace(transaction.envelope, payload=payload)
    with pytest.raises(InvalidInput):
        assemble(envelope, sign_all("A", sign_message(envelope, chain.genesis.hash)))


def max_block_bytes() -> None:
    world = World(wide_genesis(), MODULES)
    names = ("A", "B", "C", "D", "E")
    candidates: list[Transaction] = []
    for nonce in range(1, 26):
        for name in names:
            draft = Draft(name, UnbindMeter(bytes(65_000)), nonce=nonce)
            candidates.append(_signed(world, draft))
    assert sum(len(entry.raw) for entry in candidates) > limits.MAX_BLOCK_BYTES
    block, left_out = propose_block(
        world.chain, world.parent, candidates, time_ms=world.time_ms + 1,
        proposer=world.parent.validators.members[0].address, verified=frozenset(),
    )  # fmt: skip
    assert left_out == []
    assert limits.MAX_BLOCK_BYTES - 66_000 < block.size <= limits.MAX_BLOCK_BYTES
    check_block(world.chain, world.parent, block.header, [e.raw for e in block.transactions], frozenset())
    for size, code in (
        (limits.MAX_BLOCK_BYTES, "invalid_transaction"),
        (limits.MAX_BLOCK_BYTES + 1, "block_too_large"),
    ):
        with pytest.raises(InvalidBlock) as refusal:
            check_block(world.chain, world.parent, block.header, [bytes(size)], frozenset())
        assert refusal.value.code == code


def _signed(world: World, draft: Draft) -> Transaction:
    envelope = world.envelope(draft)
    return world.registry.decode(assemble(envelope, sign_all(draft.sender, sign_message(envelope, world.genesis.hash))))


def max_block_transactions() -> None:
    world = World(wide_genesis(), MODULES)
    block, _ = propose_block(
        world.chain, world.parent, [], time_ms=world.time_ms + 1,
        proposer=world.parent.validators.members[0].address, verified=frozenset(),
    )  # fmt: skip
    most = limits.MAX_BLOCK_TRANSACTIONS
    for count, code in ((most, "invalid_transaction"), (most + 1, "block_too_large")):
        with pytest.raises(InvalidBlock) as refusal:
            check_block(world.chain, world.parent, block.header, [b""] * count, frozenset())
        assert refusal.value.code == code


def sizes_of(limit: int, *decoders: Callable[[bytes], object]) -> Callable[[], None]:
    """At the limit the bytes are looked at (0xc1 is no MessagePack), above it they are not."""

    def test() -> None:
        for decode in decoders:
            with pytest.raises((MalformedInput, KeyfileError)):
                decode(b"\xc1" * limit)
            with pytest.raises(InputTooLarge):
                decode(b"\xc1" * (limit + 1))

    return test


def max_chain_id_bytes() -> None:
    at = msgspec.structs.replace(made.header(), chain_id="c" * limits.MAX_CHAIN_ID_BYTES)
    refused_above(HEADER, at, msgspec.structs.replace(at, chain_id=at.chain_id + "c"))


def max_name_characters() -> None:
    """Counted in characters of any script."""
    at = SetParameter("é" * limits.MAX_NAME_CHARACTERS, 1)
    refused_above(REGISTRY.actions, at, SetParameter(at.name + "e", 1))
    refused_above(REGISTRY.actions, at, SetParameter("", 1))


def max_state_key_bytes() -> None:
    tree, storage = StateTree.load(4, ()), InMemoryTreeStorage()
    tree.plan({b"\x01" * limits.MAX_STATE_KEY_BYTES: b"value"}, storage)
    for key in (b"\x01" * (limits.MAX_STATE_KEY_BYTES + 1), b""):
        with pytest.raises(BrokenInvariant):
            tree.plan({key: b"value"}, storage)


def tree_bits() -> None:
    genesis = make_genesis()
    for at, above in (
        (limits.MIN_TREE_BITS, limits.MIN_TREE_BITS - 1),
        (limits.MAX_TREE_BITS, limits.MAX_TREE_BITS + 1),
    ):
        genesis_refuses(
            msgspec.structs.replace(genesis, tree_bits=above), msgspec.structs.replace(genesis, tree_bits=at)
        )
        with pytest.raises(BrokenInvariant):
            StateTree.load(above, ())


# --- counts within one transaction -----------------------------------------------------------------------------------


def max_multisig_keys() -> None:
    keys = sorted(secret(str(number)).public_key for number in range(limits.MAX_MULTISIG_KEYS + 1))
    codec: Codec[MultisigKey] = Codec(MultisigKey, 10_000)
    refused_above(codec, MultisigKey(1, tuple(keys[:-1])), MultisigKey(1, tuple(keys)))


def max_batch_items() -> None:
    item = ProducedItem(address("A"), 1)
    batch = EnergyBatch(1, (item,) * energy_limits.MAX_BATCH_ITEMS)
    refused_above(payload_codec(EnergyBatch), batch, EnergyBatch(1, (*batch.items, item)))
    chain = fixture()
    assert len(chain.do("U1", batch).events) == energy_limits.MAX_BATCH_ITEMS


# --- counts of an account --------------------------------------------------------------------------------------------


def max_transactions_per_sender() -> None:
    chain = fixture(balances=(GenesisBalance(address("A"), CURRENCY_ASSET, ENT),))
    payload = Transfer(CURRENCY_ASSET, address("B"), 1)
    most = limits.MAX_TRANSACTIONS_PER_SENDER
    waiting = [chain.tx("A", payload, nonce=nonce) for nonce in range(1, most + 2)]
    with pytest.raises(InclusionError) as refusal:
        chain.block(waiting)
    assert refusal.value.code == "too_many_of_sender"
    chain.block(waiting[:most])
    chain.block(waiting[most:])


def some_actions(count: int) -> list[Value]:
    return [SetParameter("H", HOUR_MS + number) for number in range(count)]


def max_all_open_votes() -> None:
    """Of 256 voters each may open two votes, not 16."""
    names = [f"voter {number}" for number in range(governance_limits.MAX_VOTERS)]
    chain = fixture(voters=tuple(sorted(address(name) for name in names)))
    share = governance_limits.MAX_ALL_OPEN_VOTES // governance_limits.MAX_VOTERS
    actions = some_actions(share + 1)
    batches(chain, [(names[0], CastVote(action, True)) for action in actions[:-1]])
    assert chain.try_(names[0], CastVote(actions[-1], True)).code == "too_many_votes"


def max_open_votes() -> None:
    chain = fixture(voters=(address("A"), address("B")))
    actions = some_actions(governance_limits.MAX_OPEN_VOTES + 1)
    batches(chain, [("A", CastVote(action, True)) for action in actions[:-1]])
    assert chain.try_("A", CastVote(actions[-1], True)).code == "too_many_votes"
    chain.do("B", CastVote(actions[-1], True))
    chain.do("A", CastVote(actions[-1], True))


# --- counts of a chain -----------------------------------------------------------------------------------------------


def max_voters() -> None:
    names = [f"voter {number}" for number in range(governance_limits.MAX_VOTERS + 1)]
    voters = tuple(address(name) for name in names)
    section_refuses(make_genesis(voters=voters), make_genesis(voters=voters[:-1]))
    chain = fixture(voters=voters[:-1])
    assert chain.try_(names[0], CastVote(AddVoter(voters[-1]), True)).code == "too_many_voters"


def max_voted_section_bytes() -> None:
    most = upgrades_limits.MAX_VOTED_SECTION_BYTES
    at = PlanUpgrade(9, 2, "fund", bytes(most), "n" * limits.MAX_NAME_CHARACTERS)
    refused_above(REGISTRY.actions, at, msgspec.structs.replace(at, section=bytes(most + 1)))


def max_readers() -> None:
    named = tuple(number.to_bytes(20, "big") for number in range(privacy_limits.MAX_READERS + 1))
    at, above = (PrivacySection(Detail.OWNER, (), named[:count]) for count in (len(named) - 1, len(named)))
    refused_above(PRIVACY_SECTION.codec, at, above)


def max_treasurers() -> None:
    named = tuple(address(f"treasurer {number}") for number in range(billing_limits.MAX_TREASURERS + 1))
    at, above = (BillingSection(named[:count], address("A"), "") for count in (len(named) - 1, len(named)))
    refused_above(BILLING_SECTION.codec, at, above)


def max_bills_per_run() -> None:
    at = FinaliseBills(1, billing_limits.MAX_BILLS_PER_RUN, bytes(32), 0, 1)
    refused_above(payload_codec(FinaliseBills), at, replace(at, count=at.count + 1))


def max_validators() -> None:
    most = limits.MAX_VALIDATORS
    found = tuple(GenesisValidator(secret(str(n)).public_key[1:], address("A"), "v") for n in range(most + 1))
    at = make_genesis(validators=found[:-1], max_validators=most)
    genesis_refuses(msgspec.structs.replace(at, max_validators=most + 1), at)
    genesis_refuses(msgspec.structs.replace(at, validators=found), at)
    signature = CommitSignature(most - 1, bytes(64))
    codec: Codec[CommitSignature] = Codec(CommitSignature, 1_000)
    refused_above(codec, signature, CommitSignature(most, bytes(64)))
    several = msgspec.structs.replace(made.certificate(), signatures=(signature,) * most)
    above = msgspec.structs.replace(several, signatures=(signature,) * (most + 1))
    refused_above(CERTIFICATE, several, above)


def max_time_ms() -> None:
    at = make_genesis(time_ms=limits.MAX_TIME_MS)
    genesis_refuses(msgspec.structs.replace(at, time_ms=limits.MAX_TIME_MS + 1), at)


def max_duration_ms() -> None:
    most = limits.MAX_DURATION_MS
    for name in ("min_interval_ms", "heartbeat_ms", "drift_ms"):
        at = msgspec.structs.replace(make_genesis(), **{name: most})
        genesis_refuses(msgspec.structs.replace(at, **{name: most + 1}), at)


def max_heartbeat_ms() -> None:
    assert 4 * limits.MAX_HEARTBEAT_MS == TRUSTING_MS
    check_genesis(make_genesis(heartbeat_ms=limits.MAX_HEARTBEAT_MS))
    with pytest.raises(GenesisError):
        check_genesis(make_genesis(heartbeat_ms=limits.MAX_HEARTBEAT_MS + 1))


def max_units() -> None:
    units = tuple(GenesisUnit(n.to_bytes(20, "big"), address("C"), 0, 0) for n in range(energy_limits.MAX_UNITS + 1))
    at = make_genesis(units=units[:-1])
    section_refuses(make_genesis(units=units), at)
    chain = ChainFixture(at, MODULES)
    action = RegisterUnit(units[-1].address, address("C"), 0, 0)
    assert chain.try_("A", CastVote(action, True)).code == "too_many_units"


def max_evidence_age() -> None:
    chain = ChainFixture()
    key = secret("V")
    values = (bytes(32), bytes([1]) * 32)
    first, second = (key.sign(vote_message(VoteKind.COMMIT, chain.genesis.hash, 1, 0, value)) for value in values)
    payload = Evidence(key.public_key[1:], int(VoteKind.COMMIT), 1, 0, values[0], first, values[1], second)

    def at(height: int) -> Context:
        return Context(chain.state, chain.genesis, chain.registry.hooks, height, chain.time_ms, b"")

    check_evidence(at(1 + validators_limits.MAX_EVIDENCE_AGE), payload)
    with pytest.raises(InclusionError, match="evidence_too_old"):
        check_evidence(at(2 + validators_limits.MAX_EVIDENCE_AGE), payload)


def max_proof_blocks() -> None:
    chain = LightChain()
    chain.grow(1)
    file = ProofFile(FORMAT, "light-01020304", (), (), b"", b"", b"")
    PROOF_FILE.decode(encode(replace(file, blocks=(chain.blocks[1],) * 16_384)))
    with pytest.raises(MalformedInput):
        PROOF_FILE.decode(encode(replace(file, blocks=(chain.blocks[1],) * 16_385)))


def max_proof_claims() -> None:
    claim = TransactionClaim(0, b"", ListProof(0, 1, b""))
    file = ProofFile(FORMAT, "light-01020304", (), (), b"", b"", b"")
    PROOF_FILE.decode(encode(replace(file, claims=(claim,) * 65_536)))
    with pytest.raises(MalformedInput):
        PROOF_FILE.decode(encode(replace(file, claims=(claim,) * 65_537)))


def max_assets() -> None:
    def section(count: int) -> bytes:
        others = tuple(AssetTerms(f"C{number}", f"c{number}", 2, "", SupplyRule.BANKER) for number in range(1, count))
        return encode(BankSection((THESIS_ASSETS[0], *others), 2, 0, address("bank"), ()))

    check_assets(BANK_SECTION.codec.decode(section(18)).assets)
    with pytest.raises(MalformedInput):
        BANK_SECTION.codec.decode(section(19))
    assert balance(fixture().state, address("A"), 18) == Balance(0)


TESTS: dict[str, tuple[Callable[[], None], ...]] = {
    "MAX_INTEGER": (max_integer, backing_stays_in_range, registers_stay_in_range),
    "MAX_TIME_MS": (max_time_ms,),
    "MAX_DURATION_MS": (max_duration_ms,),
    "MAX_HEARTBEAT_MS": (max_heartbeat_ms,),
    "MAX_TRANSACTION_BYTES": (max_transaction_bytes,),
    "MAX_BLOCK_BYTES": (max_block_bytes,),
    "MAX_BLOCK_TRANSACTIONS": (max_block_transactions,),
    "MAX_HEADER_BYTES": (sizes_of(4_096, HEADER.decode),),
    "MAX_CERTIFICATE_BYTES": (sizes_of(65_536, CERTIFICATE.decode),),
    "MAX_CHAIN_ID_BYTES": (max_chain_id_bytes,),
    "MAX_NAME_CHARACTERS": (max_name_characters,),
    "MAX_MULTISIG_KEYS": (max_multisig_keys,),
    "MAX_TRANSACTIONS_PER_SENDER": (max_transactions_per_sender,),
    "MAX_ASSETS": (max_assets,),
    "MAX_GENESIS_PRODUCTS": (max_genesis_products,),
    "MAX_OPEN_ORDERS": (max_open_orders,),
    "MAX_OPEN_SESSIONS": (max_open_sessions,),
    "MAX_WAITING_SESSIONS": (max_waiting_sessions,),
    "MAX_ENDINGS_PER_TRANSACTION": (max_endings_per_transaction,),
    "SWEEP_SHARE": (sweep_share,),
    "STEP_SHARE": (step_share,),
    "MAX_OPEN_VOTES": (max_open_votes,),
    "MAX_ALL_OPEN_VOTES": (max_all_open_votes,),
    "MIN_BLOCK_WEIGHT": (min_block_weight,),
    "TRANSACTION_SHARE": (transaction_share,),
    "MAX_BATCH_ITEMS": (max_batch_items,),
    "MAX_TRADES_PER_ORDER": (max_trades_per_order,),
    "MAX_DROPPED_PER_ORDER": (max_dropped_per_order,),
    "MAX_EXPIRIES_PER_BLOCK": (max_expiries_per_block,),
    "EXPIRY_SHARE": (expiry_share,),
    "MAX_SUMMED_DAYS": (max_summed_days,),
    "COST_HOURS": (cost_days,),
    "COST_DAYS": (cost_days,),
    "MAX_FLOWS": (max_flows,),
    "FLOW_MINUTES": (flow_minutes,),
    "MAX_VOTED_SECTION_BYTES": (max_voted_section_bytes,),
    "MAX_LEVEL_LOSSES": (max_level_losses,),
    "MAX_VOTERS": (max_voters,),
    "MAX_VALIDATORS": (max_validators,),
    "MAX_UNITS": (max_units,),
    "MAX_EVIDENCE_AGE": (max_evidence_age,),
    "MIN_TREE_BITS": (tree_bits,),
    "MAX_TREE_BITS": (tree_bits,),
    "MAX_STATE_KEY_BYTES": (max_state_key_bytes,),
    "MAX_PROOF_BYTES": (sizes_of(65_536, STATE_PROOF.decode, LIST_PROOF.decode),),
    "MAX_LIGHT_BLOCK_BYTES": (sizes_of(77_824, LIGHT_BLOCK.decode),),
    "MAX_PROOF_BLOCKS": (max_proof_blocks,),
    "MAX_PROOF_CLAIMS": (max_proof_claims,),
    "MAX_PROOF_FILE_BYTES": (sizes_of(67_108_864, PROOF_FILE.decode),),
    "MAX_SNAPSHOT_CHUNK_BYTES": (sizes_of(33_554_432, SNAPSHOT_CHUNK.decode),),
    "MAX_KEYFILE_BYTES": (sizes_of(16_384, read_keyfile),),
    "MAX_READERS": (max_readers,),
    "MAX_TREASURERS": (max_treasurers,),
    "MAX_BILLS_PER_RUN": (max_bills_per_run,),
    **(METERING_LIMITS | SLOT_LIMITS | SHARING_LIMITS | GRID_LIMITS | GROUP_LIMITS),
    **(RESOLUTION_LIMITS | DEAL_LIMITS | AGENT_LIMITS | MEMO_LIMITS),
    **CERTIFICATE_LIMITS,
    **BANK_LIMITS,
    **FEED_LIMITS,
    **ORIGIN_LIMITS,
    "MAX_PRIORITY_ACCOUNTS": (max_priority_accounts,),
    **FUND_LIMITS,
    **TOGETHER_LIMITS,
    **(ATTESTATION_LIMITS | JOINING_LIMITS),
    "MAX_GENESIS_BYTES": (sizes_of(8_388_608, GENESIS.decode),),
}
CASES = [pytest.param(test, id=f"{name}-{test.__name__}") for name, tests in TESTS.items() for test in tests]


def test_every_limit_has_a_test() -> None:
    assert sorted(REGISTRY.limits) == sorted(TESTS)


@pytest.mark.parametrize("test", CASES)
def test_limit(test: Callable[[], None]) -> None:
    test()


def test_limits_fit_each_other() -> None:
    """The relations that other files rely on."""
    assert limits.MAX_TRANSACTION_BYTES <= limits.MAX_BLOCK_BYTES
    heaviest_transactions_fit()
    assert governance_limits.MAX_VOTERS * 22 < limits.MAX_TRANSACTION_BYTES
    assert limits.MIN_TREE_BITS < limits.MAX_TREE_BITS <= 32
