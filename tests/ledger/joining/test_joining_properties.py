"""Whatever strangers send, in whatever order: nothing changes but the bounded list, and nobody's transaction waits."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from harness.chain import address
from ledger.attestations.payloads import NO_DOCUMENT, AttestationKind, IssueAttestation, RevokeAttestation
from ledger.attestations.rules import salted_hash
from ledger.attestations.schema import ATTESTATIONS
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import Transfer
from ledger.chain.context import Context
from ledger.chain.expiries import kind_of
from ledger.chain.parameters import DAY_MS, HOUR_MS
from ledger.chain.pool import MAX_POOL_GUESTS, Pool
from ledger.chain.protocol import context_at
from ledger.chain.schema import COUNTERS, EXPIRIES
from ledger.errors import InclusionError, InvalidInput
from ledger.governance.payloads import CastVote
from ledger.joining.limits import MAX_APPLICATIONS, MAX_APPLICATIONS_PER_HOUR
from ledger.joining.payloads import AdmitApplication, DismissApplications, RequestMembership
from ledger.joining.queries import application_by_number
from ledger.joining.schema import (
    APPLICATION_COUNT,
    APPLICATION_DUE,
    APPLICATION_NUMBERS,
    APPLICATION_PACE,
    APPLICATION_SERIES,
    APPLICATIONS,
)
from ledger.metering.schema import MeterKind
from ledger.state.full_key import split_key
from nodechain.mempool.mempool import Mempool
from tests.support.joining_chain import NOTHING, JoiningChain, unit_of

STRANGERS = st.sampled_from([f"N{number}" for number in range(6)])
OF_JOINING = {table.number for table in (APPLICATIONS, APPLICATION_NUMBERS, APPLICATION_PACE)}
COUNTED = {COUNTERS.full_key(name) for name in (APPLICATION_SERIES, APPLICATION_COUNT)}


def is_of_joining(full_key: bytes) -> bool:
    table, key = split_key(full_key)
    if table == EXPIRIES.number:
        return kind_of(key) == APPLICATION_DUE.number
    return table in OF_JOINING or full_key in COUNTED


def others(changes: Mapping[bytes, bytes | None]) -> list[bytes]:
    """What a block changed beside the list of applications, and what every block notes of its proposer."""
    return [key for key in changes if not is_of_joining(key)]


def view_of(chain: JoiningChain) -> Context:
    return context_at(chain.registry, chain.state, chain.genesis, len(chain.blocks), chain.time_ms + 1_000)


class Strangers(RuleBasedStateMachine):
    """Strangers ask, ask again, for anything; voters admit and dismiss; time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = JoiningChain()
        self.quiet = set(others(self.chain.block().executed.changes))

    @rule(
        name=STRANGERS,
        back_ms=st.sampled_from([0, 0, 0, 5, HOUR_MS + 5_000]),
        voter=st.booleans(),
        unit=st.sampled_from([(), ("U1",), ("U8",), ("N1",)]),
        meter=st.sampled_from(["", "M", "M2"]),
        at=st.sampled_from(["U1", "U8", "B"]),
        referrer=st.sampled_from(["", "B", "N1"]),
    )
    def ask(
        self, name: str, back_ms: int, voter: bool, unit: tuple[str, ...], meter: str, at: str, referrer: str
    ) -> None:
        chain = self.chain
        meters = (chain.wished_meter(name, at, MeterKind.PRODUCTION, meter),) if meter else ()
        units = tuple(unit_of(each) for each in unit)
        asked = RequestMembership(
            address(referrer) if referrer else NOTHING.referrer, NOTHING.attestation_hash, meters, units, voter
        )
        made, before = chain.request(name, asked, at_ms=chain.time_ms + 1_000 - back_ms), chain.application(name)
        try:
            block = chain.block([made])
        except InclusionError:
            chain.time_ms -= 1_000
            assert chain.application(name) == before
            return
        assert block.executed.receipts[1].code == "", "what stands in a block applies"
        assert set(others(block.executed.changes)) <= self.quiet

    @rule(number=st.integers(1, 8))
    def admit(self, number: int) -> None:
        found = application_by_number(self.chain.state, number)
        members = {name for name in ("N0", "N1") if self.chain.is_member(name)}
        receipt = self.chain.try_("A", _yes(self.chain.admittance(number)))
        if not receipt.code:
            assert found is not None
            assert application_by_number(self.chain.state, number) is None
        elif found is not None:
            assert application_by_number(self.chain.state, number) == found
            assert members == {name for name in ("N0", "N1") if self.chain.is_member(name)}

    @rule(number=st.integers(1, 8))
    def dismiss(self, number: int) -> None:
        self.chain.try_("A", _yes(DismissApplications((number,))))

    @rule(hours=st.sampled_from([1, 25, 15 * 24]))
    def time_passes(self, hours: int) -> None:
        self.chain.block(after_ms=hours * HOUR_MS)

    @invariant()
    def the_list_is_bounded(self) -> None:
        assert len(self.chain.entries(APPLICATIONS)) <= MAX_APPLICATIONS


def _yes(action: AdmitApplication | DismissApplications) -> CastVote:
    return CastVote(action, True)


Strangers.TestCase.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
TestStrangers = Strangers.TestCase


def test_a_flood_of_strangers_pushes_no_members_transaction_out() -> None:
    """1,000 requests of 1,000 keys against a pool of 40: members' transactions stand in the next block, all of them."""
    rich = tuple(GenesisBalance(address(name), CURRENCY_ASSET, 10**9) for name in "ABCD")
    chain = JoiningChain(balances=rich)
    mempool = Mempool(chain.registry, Pool(max_transactions=40))
    refused: dict[str, int] = {}
    sent = [chain.tx(name, Transfer(CURRENCY_ASSET, address("A"), 1)) for _ in range(8) for name in "BCD"]
    flood = [chain.request(f"stranger {number}") for number in range(1_000)]
    for stranger in flood:
        try:
            mempool.admit(stranger.raw, view_of(chain))
        except InclusionError as error:
            refused[error.code] = refused.get(error.code, 0) + 1
    assert (len(mempool.pool.guests), refused) == (MAX_POOL_GUESTS, {"pool_full": 1_000 - MAX_POOL_GUESTS})
    for member in sent:
        mempool.admit(member.raw, view_of(chain))
    block = chain.block(mempool.pool.candidates())
    assert {member.id for member in sent} <= {transaction.id for transaction in block.transactions}
    mempool.settle(block.transactions)
    assert len(mempool) == 0
    late = chain.request("stranger 1001")
    mempool.admit(late.raw, view_of(chain))
    assert not mempool.has_ready(view_of(chain)), "a paused request makes no block due"
    chain.block(after_ms=2 * HOUR_MS)
    (gone, why), *more = mempool.unfit_guests(view_of(chain))
    assert (gone.id, why.code, more) == (late.id, "request_too_old", [])


def test_a_full_list_takes_no_more_and_empties_by_itself() -> None:
    chain = JoiningChain()
    for hour in range(MAX_APPLICATIONS // MAX_APPLICATIONS_PER_HOUR):
        names = [f"S{hour}-{number}" for number in range(MAX_APPLICATIONS_PER_HOUR)]
        chain.block([chain.request(name) for name in names])
        chain.block(after_ms=HOUR_MS)
    before = sum(1 for table in chain.registry.tables for _entry in chain.reader.scan(table, b"", None))
    mempool = Mempool(chain.registry)
    for number in range(50):
        with pytest.raises(InclusionError, match="applications are open"):
            mempool.admit(chain.request(f"T{number}").raw, view_of(chain))
    assert len(mempool) == 0
    chain.block(after_ms=15 * DAY_MS)
    chain.block()
    after = sum(1 for table in chain.registry.tables for _entry in chain.reader.scan(table, b"", None))
    assert before - after >= 3 * MAX_APPLICATIONS, "entry, number and expiry of each are gone"
    assert chain.entries(APPLICATIONS) == {}


@given(data=st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_bytes_that_are_no_request_get_nowhere(data: bytes) -> None:
    chain = _CHAIN
    kind = chain.registry.type_of("request_membership")
    try:
        payload = kind.codec.decode(data)
    except InvalidInput:
        return
    assert isinstance(payload, RequestMembership)


@given(salt=st.binary(min_size=32, max_size=32), data=st.binary(max_size=100), other=st.binary(max_size=100))
def test_a_salted_hash_tells_nothing_without_its_salt_and_all_with_it(salt: bytes, data: bytes, other: bytes) -> None:
    made = salted_hash(salt, data)
    assert len(made) == 32
    assert (salted_hash(salt, other) == made) == (other == data)
    assert salted_hash(bytes(32), data) != made or salt == bytes(32)


class Attested(RuleBasedStateMachine):
    """Registrar and auditor sign and revoke, time passes; what is kept is what was signed and has not expired."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = JoiningChain()
        self.kept: dict[int, int] = {}
        self.given = 0

    @rule(by=st.sampled_from("RDB"), name=STRANGERS, kind=st.sampled_from(AttestationKind), days=st.integers(1, 40))
    def issue(self, by: str, name: str, kind: AttestationKind, days: int) -> None:
        expires = self.chain.time_ms + days * DAY_MS
        asked = IssueAttestation(address(name), kind, bytes(32), NO_DOCUMENT, expires)
        if self.chain.try_(by, asked).code:
            return
        self.given += 1
        self.kept[self.given] = expires

    @rule(by=st.sampled_from("RDB"), number=st.integers(1, 9))
    def revoke(self, by: str, number: int) -> None:
        code = self.chain.try_(by, RevokeAttestation(number)).code
        assert (code == "unknown_attestation") == (number not in self.kept)

    @rule(days=st.integers(1, 15))
    def time_passes(self, days: int) -> None:
        self.chain.block(after_ms=days * DAY_MS)
        self.kept = {number: expires for number, expires in self.kept.items() if expires > self.chain.time_ms}

    @invariant()
    def what_is_kept_is_what_was_signed(self) -> None:

        found = {each.number: each.expires_ms for each in self.chain.entries(ATTESTATIONS).values()}
        assert found == self.kept


Attested.TestCase.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
TestAttested = Attested.TestCase

_CHAIN = JoiningChain()
