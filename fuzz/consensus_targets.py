"""What a validator reads from its peers and from its own journal; what decodes goes on into a running engine."""

from __future__ import annotations

from typing import Final, get_args

from consensus.bodies import BODY, Bodies, Body
from consensus.engine import Engine
from consensus.events import HeightStarted, MessageReceived, Now
from consensus.messages import (
    MESSAGE,
    BlocksRequest,
    BlocksResponse,
    BlockTransactions,
    Claim,
    Commit,
    ConsensusMessage,
    Decided,
    DecidedBlock,
    HashesPart,
    HashesRequest,
    HeardVote,
    Message,
    Prepare,
    Prepared,
    Proposal,
    ProvenRoundChange,
    RoundChange,
    Status,
    StatusRequest,
    TransactionsRequest,
)
from consensus.pacing import Intervals
from consensus.recovery import NOTHING_RECOVERED, recover
from consensus.signing import LOG_RECORD, NOTHING_SIGNED, LoggedBody, LoggedLock, LoggedVote
from consensus.state import Settings
from fuzz.target import Target
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, CommitSignature, Header
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet
from ledger.encoding.codec import encode
from ledger.keys.crypto import Ed25519SecretKey
from nodechain.chain.validator_key import ValidatorKey
from nodechain.journal.journal import ENTRY, JournalEntry

CHAIN: Final = "fuzz-00000000"
ROOT: Final = bytes(32)
NOW: Final = Now(1_000, 1_000)
CONSENSUS: Final = get_args(ConsensusMessage)


def _header(height: int) -> Header:
    return Header(1, 1, CHAIN, height, ROOT, 5, bytes(20), ROOT, ROOT, ROOT, ROOT, ROOT, ROOT, 9, ROOT, 1)


def _samples() -> tuple[Message, ...]:
    block = _header(5)
    block_hash, signature = block.hash(), bytes(64)
    signatures = tuple(CommitSignature(index, signature) for index in range(3))
    proof = Prepared(0, block, signatures)
    request = RoundChange(5, 1, 1, Claim(0, block_hash), signature)
    certificate = Certificate(5, 0, block_hash, signatures)
    return (
        Proposal(0, 1, block, signature, (), None),
        Proposal(1, 2, block, signature, (request,), proof),
        Prepare(5, 0, 1, block_hash, signature),
        Commit(5, 0, 1, block_hash, signature),
        ProvenRoundChange(request, proof),
        Decided(block, certificate),
        Status(0, ROOT, _header(4), certificate, ROOT, signature, (HeardVote(3, 0, ROOT, signature),), 1),
        StatusRequest(ROOT, ROOT),
        HashesRequest(block_hash, 0),
        HashesPart(block_hash, 0, 1, (ROOT,), certificate),
        TransactionsRequest(block_hash, (0, 1)),
        BlockTransactions(block_hash, 0, (b"raw",)),
        BlocksRequest(1, 64),
        BlocksResponse(5, certificate, (DecidedBlock(block, certificate, (b"raw",)),)),
    )


def _engine() -> Engine:
    keys = sorted((ValidatorKey(Ed25519SecretKey(bytes([n]) * 32)) for n in range(4)), key=lambda key: key.address)
    members = tuple(ValidatorInfo(key.address, key.key, 1, bytes(20), "") for key in keys)
    settings = Settings(bytes(32), ConsensusMode.PBFT, Intervals(0, 1_000), 2_000, 1_000)
    engine = Engine(settings, keys[2], NOTHING_RECOVERED, ROOT)
    engine.step(HeightStarted(_header(4), None, ValidatorSet(members), False), NOW)
    return engine


def consensus_targets() -> dict[str, Target]:
    """By name, as `fuzz.decoders.targets`."""
    engine, bodies = _engine(), Bodies()
    block = _header(5)

    def message(data: bytes) -> None:
        decoded = MESSAGE.decode(data)
        if isinstance(decoded, CONSENSUS):
            engine.step(MessageReceived(b"peer", decoded), NOW)
        elif isinstance(decoded, HashesPart | BlockTransactions):
            bodies.want(block, [b"peer"], 0)
            bodies.received(b"peer", decoded, [b"peer"], 0)

    def log(data: bytes) -> None:
        LOG_RECORD.decode(data)
        recover([data], NOTHING_SIGNED, 4)

    vote = LoggedVote(NOTHING_SIGNED, encode(_samples()[2]))
    records = (vote, LoggedLock(5, Prepared(0, block, ())), LoggedBody(block, 0, 1, b"\x90"))
    return {
        "consensus message": Target(message, tuple(encode(sample) for sample in _samples())),
        "log record": Target(log, tuple(encode(record) for record in records)),
        "journal entry": Target(ENTRY.decode, (encode(JournalEntry(NOTHING_SIGNED, 7, "", False)),)),
        "block body": Target(BODY.decode, (encode(Body(None, (b"one", b"two"))),)),
    }
