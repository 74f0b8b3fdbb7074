"""A meter's light client: what a node says is believed when a quorum of the validators has signed it.

It begins at a header that its operator named (`--trust HEIGHT:HASH`); or else, where its home holds the genesis, at the
first block that the validators of that genesis signed; or else at the genesis block that the first node shows. It
remembers in the outbox what it trusts. So a node can be silent, or refuse; it cannot make a meter forget a
reading that no block has, nor take a number for used that is not.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Final, NamedTuple, TypeVar

import msgspec

from devices.client import DeviceClient, bytes_of_hex
from devices.durable_database import DurableDatabase
from devices.errors import BadNodeAnswer, Misuse, NodeRefusal
from devices.outbox import UNKNOWN, KnownMeter
from devices.time_bound import TimeBound, pace_of
from ledger.chain.certificate import check_certificate
from ledger.chain.envelope import Transaction
from ledger.chain.genesis import GENESIS, ConsensusMode, Genesis
from ledger.chain.header import Header
from ledger.chain.identity import ChainIdentity
from ledger.chain.schema import ACCOUNTS
from ledger.chain.validator_set import ValidatorSet
from ledger.encoding.codec import Codec
from ledger.energy.schema import SESSIONS, UNITS, Session
from ledger.errors import InvalidInput, LightError
from ledger.light.claims import RECEIPT_HEAD, ProvenState, ReceiptClaim, StateClaim, TransactionClaim, check_claim
from ledger.light.freshness import FRESH_HEAD, NOT_FRESH, fresh_as_of
from ledger.light.headers import LIGHT_BLOCK, LightBlock, Trusted, TrustTerms, first_set, members_of, set_of
from ledger.light.kept import KeptHeaders
from ledger.light.path import MOST_CHANGES, Answer, FetchBlock, FetchChanges, HeaderTrusted, reach
from ledger.metering.events import ReadingQuarantined
from ledger.metering.schema import METERS, Meter
from ledger.state.merkle import LIST_PROOF
from ledger.state.proofs import STATE_PROOF

T = TypeVar("T")

KEPT: Final = "trusted"
BEGAN: Final = "began"
MODE: Final = "mode"
PACE: Final = "pace"
QUARANTINED: Final[Codec[ReadingQuarantined]] = Codec(ReadingQuarantined, 256)
_TRUST: Final = re.compile(r"(?P<height>0|[1-9][0-9]{0,18}):(?P<hash>[0-9a-f]{64})(:(?P<mode>pbft|poa))?")


class Anchor(msgspec.Struct, frozen=True):
    """A header that somebody vouches for: its height, its hash (empty: whatever the first node shows), the mode.

    `genesis`: the one that the device's home holds; None where it holds none.
    """

    height: int
    hash: bytes
    mode: str
    genesis: Genesis | None = None

    @property
    def name(self) -> bytes:
        """What a file remembers of where it began; empty: nobody vouched for it."""
        if self.hash:
            return f"{self.height}:{self.hash.hex()}".encode()
        return b"" if self.genesis is None else b"genesis"


class DecidedTransaction(NamedTuple):
    """What a block made of a transaction: its receipt's `code` (empty: applied), and the readings that bill nothing."""

    code: str
    quarantined: tuple[ReadingQuarantined, ...]


FIRST_USE: Final = Anchor(0, b"", "")


def parse_anchor(text: str) -> Anchor:
    """`HEIGHT:HASH` or `HEIGHT:HASH:poa`, as `nodechain light status` shows it; raises `Misuse`."""
    found = _TRUST.fullmatch(text)
    if found is None:
        raise Misuse(f"{text!r} is no HEIGHT:HASH of a block, with :poa where authorities decide", code="bad_trust")
    return Anchor(int(found["height"]), bytes.fromhex(found["hash"]), found["mode"] or "pbft")


class _AskedOnce:
    """What the meters of a street need at the same time: one asks, and all have what it brings or raises."""

    def __init__(self, question: Callable[[], Coroutine[None, None, None]]) -> None:
        self._question = question
        self._asking: asyncio.Future[None] | None = None

    async def ask(self) -> None:
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._question())
            self._asking.add_done_callback(self._answered)
        await asyncio.shield(self._asking)

    def _answered(self, answer: asyncio.Future[None]) -> None:
        self._asking = None
        if not answer.cancelled():
            # Nobody may be left who would hear of it.
            answer.exception()


class Follower:
    """The chain that a file belongs to, followed through a client. `now_ms`: the device's clock.

    Raises `BadNodeAnswer` for what is not proven (the node that said so is asked last from then on), and what clients
    raise.
    """

    def __init__(
        self, client: DeviceClient, memory: DurableDatabase, now_ms: Callable[[], int], anchor: Anchor = FIRST_USE
    ) -> None:
        self._client = client
        self._memory = memory
        self._now_ms = now_ms
        self._anchor = anchor
        self._kept: KeptHeaders | None = None
        self._terms: TrustTerms | None = None
        self._fresh_ms = 0
        self._freshness = _AskedOnce(self._ask_freshness)

    async def start(self) -> ChainIdentity:
        """Tie the file to the node's chain and begin where it trusts; the chain's identity."""
        status = await self._client.status()
        chain = self._decoded(lambda: ChainIdentity(status.chain_id, bytes_of_hex(status.genesis_hash)))
        genesis = self._anchor.genesis
        if genesis is not None and genesis.hash != chain.genesis_hash:
            raise Misuse(
                f"the home belongs to the genesis {genesis.hash.hex()}, the node is on {chain.id} with"
                f" the genesis {chain.genesis_hash.hex()}",
                code="wrong_chain",
            )
        stored = self._memory.fact(KEPT)
        if stored is not None:
            self._memory.pin_chain(chain)
        if self._kept is None:
            # What a file believed without anybody's word, or by another one, does not stand beside this one.
            if self._anchor.name not in (b"", self._memory.fact(BEGAN)):
                stored = None
            self._terms = terms = TrustTerms(chain, self._mode(status.mode, again=stored is not None))
            if stored is not None:
                self._kept = self._decoded(lambda: KeptHeaders.from_bytes(stored, chain.id))
            else:
                # Not before the first block is the one that is trusted: a liar must not decide for good.
                kept = KeptHeaders(await self._begin(terms))
                self._memory.pin_chain(chain)
                mode = terms.mode.name.lower().encode()
                self._memory.remember({BEGAN: self._anchor.name, MODE: mode, KEPT: kept.to_bytes()})
                self._kept = kept
        return chain

    async def _started(self) -> tuple[TrustTerms, KeptHeaders]:
        """What headers are checked by and what was followed to; begins where nothing was yet."""
        if self._kept is None:
            await self.start()
        assert self._terms is not None, "start sets both"
        assert self._kept is not None, "start sets both"
        return self._terms, self._kept

    def _mode(self, said: str, *, again: bool) -> ConsensusMode:
        """As the home's genesis says it; else as it was when the file began, as the operator named it, or as `said`."""
        if self._anchor.genesis is not None:
            return ConsensusMode(self._anchor.genesis.mode)
        kept = self._memory.fact(MODE) if again else None
        return _mode_of(kept or (self._anchor.mode or said).encode())

    @property
    def trusted(self) -> Trusted:
        """The newest header that was followed to."""
        assert self._kept is not None, "start comes first"
        return self._kept.head

    async def time_bound(self, needed_ms: int) -> TimeBound:
        """How late a reading may be; what the validators say now is asked for where what is known is not enough."""
        terms, _kept = await self._started()
        pace_ms = await self._pace_ms(terms.chain)
        if needed_ms > self._proven_ms + pace_ms:
            await self._freshness.ask()
        return TimeBound(self._proven_ms, pace_ms, self._now_ms())

    @property
    def _proven_ms(self) -> int:
        """The latest time that the chain is proven to have been at."""
        return max(self.trusted.header.time_ms, self._fresh_ms)

    async def _ask_freshness(self) -> None:
        """The node's head, and when a quorum said that it is the newest; a head that is new is fresh by itself."""
        block, said = await self._client.fresh_head()
        head = await self._reach(block)
        terms, _kept = await self._started()
        shown = self._decoded(FRESH_HEAD.decode, said)
        try:
            self._fresh_ms = max(self._fresh_ms, fresh_as_of(terms, head, shown))
        except LightError as error:
            # A node that has just started has not heard a quorum yet: its head's own time counts.
            if error.code != NOT_FRESH:
                raise self._deceived(f"{error.code}: {error.detail}") from error

    async def _pace_ms(self, chain: ChainIdentity) -> int:
        """From the chain's genesis, which has the hash that is signed for."""
        stored = self._memory.fact(PACE)
        if stored is None:
            data = await self._client.genesis()
            genesis = self._decoded(lambda: GENESIS.decode(data))
            if genesis.hash != chain.genesis_hash:
                raise self._deceived(f"the node shows the genesis {genesis.hash.hex()}, not that of {chain.id}")
            stored = str(pace_of(genesis)).encode()
            self._memory.remember({PACE: stored})
        return int(stored)

    async def decided(self, transaction: bytes, height: int, index: int) -> DecidedTransaction:
        """What a block of a height made of a transaction, proven to stand in it."""
        said = await self._client.decision(height, index, Transaction(transaction).id)
        header = (await self._reach(said.block)).header
        if header.height != height or said.transaction != transaction:
            raise self._deceived(f"the node says that a batch stands in block {height}, where something else does")

        def check() -> DecidedTransaction:
            check_claim(header, TransactionClaim(0, transaction, LIST_PROOF.decode(said.transaction_proof)))
            check_claim(header, ReceiptClaim(0, said.receipt, LIST_PROOF.decode(said.receipt_proof)))
            shown = RECEIPT_HEAD.decode(said.receipt)
            if shown.transaction_id != Transaction(transaction).id:
                raise LightError("the receipt is not that of the transaction")
            return DecidedTransaction(shown.code, _quarantined(shown.events))

        return self._decoded(check)

    async def meter(self, public_key: bytes) -> tuple[Meter | None, int]:
        """What the chain knows of a meter's key (None: nothing), and the height at which that was proven."""
        (value,), height = await self._entries(METERS.full_key(public_key))
        return (None if value is None else self._decoded(lambda: METERS.codec.decode(value))), height

    async def unit(self, address: bytes) -> tuple[int, int, int]:
        """A unit's last nonce and report number, and the height at which both were proven."""
        values, height = await self._entries(ACCOUNTS.full_key(address), UNITS.full_key(address))

        def check() -> tuple[int, int]:
            account, unit = values
            nonce = 0 if account is None else ACCOUNTS.codec.decode(account).nonce
            return nonce, 0 if unit is None else UNITS.codec.decode(unit).sequence

        return (*self._decoded(check), height)

    async def session(self, consumer: bytes, unit: bytes) -> tuple[Session | None, int]:
        """A consumer's session at a unit (None: none), and the height at which that was proven."""
        (value,), height = await self._entries(SESSIONS.full_key(consumer + unit))
        return (None if value is None else self._decoded(lambda: SESSIONS.codec.decode(value))), height

    async def _entries(self, *full_keys: bytes) -> tuple[list[bytes | None], int]:
        """Entries of the state at the node's head, proven, and its height: not below what was followed to before."""
        _terms, kept = await self._started()
        known = kept.head.header.height
        block, proofs = await self._client.state(*full_keys)
        header = (await self._reach(block)).header
        if header.height < known:
            raise self._deceived(f"the node shows the state of height {header.height}, after one of {known}")
        shown: list[bytes | None] = []
        for full_key, proof in zip(full_keys, proofs, strict=True):
            shown.append(self._decoded(lambda key=full_key, data=proof: _proven(header, key, data)))
        return shown, header.height

    async def _begin(self, terms: TrustTerms) -> Trusted:
        genesis = self._anchor.genesis
        if genesis is not None and not self._anchor.hash:
            return await self._begin_with(first_set(genesis), terms)
        block = self._decoded(LIGHT_BLOCK.decode, await self._client.light_block(self._anchor.height))
        following = set_of(block.next_members or block.members)
        header = block.header
        fits = (
            (header.chain_id, header.height) == (terms.chain.id, self._anchor.height)
            and self._anchor.hash in (b"", header.hash())
            and following.hash == header.next_validators_hash
        )
        if not fits:
            raise self._deceived(f"the node's block {self._anchor.height} is not the one that is trusted")
        if header.height:
            self._decoded(lambda: _check_signed_for(terms, block))
        return Trusted(header, header.hash(), following)

    async def _begin_with(self, validators: ValidatorSet, terms: TrustTerms) -> Trusted:
        """Block 1, signed by the genesis' set: a device has no modules to compute the state of block 0 itself."""
        try:
            block = self._decoded(LIGHT_BLOCK.decode, await self._client.light_block(1))
        except NodeRefusal as refusal:
            if refusal.status != 404:
                raise
            raise self._deceived("the node has no block yet that the genesis' validators signed") from None
        header, following = block.header, set_of(block.next_members or members_of(validators))
        if (header.chain_id, header.height, header.validators_hash) != (terms.chain.id, 1, validators.hash):
            raise self._deceived("the node's block 1 is not one of the home's genesis and its validators")
        if following.hash != header.next_validators_hash:
            raise self._deceived("the node's block 1 names another set than it shows")
        self._decoded(lambda: _check_certificate(terms, block, validators))
        return Trusted(header, header.hash(), following)

    async def _reach(self, data: bytes) -> Trusted:
        terms, kept = await self._started()
        offered = self._decoded(LIGHT_BLOCK.decode, data)
        try:
            path = reach(terms, kept.nearest(offered.header.height), offered, self._now_ms())
            answer: Answer = None
            while True:
                answer = await self._step(path.send(answer), kept)
        except StopIteration as done:
            trusted: Trusted = done.value
            return trusted
        except LightError as error:
            raise self._deceived(f"{error.code}: {error.detail}") from error

    async def _step(self, effect: FetchBlock | FetchChanges | HeaderTrusted, kept: KeptHeaders) -> Answer:
        match effect:
            case FetchBlock(height):
                block: LightBlock = self._decoded(LIGHT_BLOCK.decode, await self._client.light_block(height))
                return block
            case FetchChanges(first):
                return sorted(set(await self._client.set_changes(first, MOST_CHANGES)))
            case HeaderTrusted(trusted):
                if kept.add(trusted):
                    self._memory.remember({KEPT: kept.to_bytes()})
                return None

    def _decoded(self, read: Callable[..., T], *data: bytes) -> T:
        try:
            return read(*data)
        except InvalidInput as error:
            raise self._deceived(error.detail) from error

    def _deceived(self, detail: str) -> BadNodeAnswer:
        self._client.try_last()
        return BadNodeAnswer(detail, code="not_proven")


def _check_signed_for(terms: TrustTerms, block: LightBlock) -> None:
    """An anchor's own certificate shows which genesis its validators sign for: a header names the hash's start only."""
    validators = set_of(block.members)
    if validators.hash != block.header.validators_hash:
        raise LightError("the validators are not those of the header", code="bad_set")
    _check_certificate(terms, block, validators)


def _check_certificate(terms: TrustTerms, block: LightBlock, validators: ValidatorSet) -> None:
    header = block.header
    check_certificate(block.certificate, terms.chain.genesis_hash, terms.mode, validators, header.height, header.hash())


def _proven(header: Header, full_key: bytes, proof: bytes) -> bytes | None:
    shown = check_claim(header, StateClaim(0, full_key, STATE_PROOF.decode(proof)))
    assert isinstance(shown, ProvenState)
    return shown.value


def _quarantined(events: tuple[msgspec.Raw, ...]) -> tuple[ReadingQuarantined, ...]:
    tag = ReadingQuarantined.__struct_config__.tag
    return tuple(QUARANTINED.decode(bytes(event)) for event in events if msgspec.msgpack.decode(event)[0] == tag)


def known_of(meter: Meter | None) -> KnownMeter:
    """What an outbox goes on from: of a jump that waits for a vote, only the rise above it counts (M6)."""
    if meter is None:
        return UNKNOWN
    time_ms, register = meter.time_ms, meter.register
    if meter.quarantined_register:
        time_ms, register = meter.quarantined_ms, meter.quarantined_register
    return KnownMeter(meter.sequence, meter.boot, time_ms, register, meter.scale, meter.profile, meter.obis)


def _mode_of(text: bytes) -> ConsensusMode:
    try:
        return ConsensusMode[text.decode().upper()]
    except (KeyError, UnicodeDecodeError):
        raise BadNodeAnswer(f"the chain's mode is said to be {text!r}") from None
