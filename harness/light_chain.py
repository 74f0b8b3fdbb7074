"""Headers with real certificates of made-up validators, without a ledger behind them: for what only follows headers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from harness.chain import START_MS, secret
from ledger.chain.certificate import commit_message
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import HEADER_FORMAT, Certificate, CommitSignature, Header
from ledger.chain.identity import ChainIdentity
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet, validator_address
from ledger.keys.crypto import tagged_hash
from ledger.light.freshness import FreshHead, HeadStatement, status_message
from ledger.light.headers import LightBlock, SetMember, Trusted, TrustTerms, members_of, set_of

CHAIN = ChainIdentity("light-01020304", bytes(range(1, 33)))
STEP_MS = 60_000
NAMES = ("V", "W", "X", "Y")


def key_of(name: str) -> bytes:
    """The consensus key of a made-up validator."""
    return secret(name).public_key[1:]


def set_named(*names: str) -> ValidatorSet:
    """The set of these validators, power 1 each."""
    members = [ValidatorInfo(validator_address(key_of(name)), key_of(name), 1, b"", "") for name in names]
    return ValidatorSet(tuple(sorted(members, key=lambda member: member.address)))


def header(height: int, parent: bytes, names: Iterable[str], following: Iterable[str]) -> Header:
    """A header that breaks no rule."""
    return Header(
        HEADER_FORMAT, 1, CHAIN.id, height, parent, START_MS + height * STEP_MS, bytes(20), bytes(32), bytes(32),
        tagged_hash(b"nodechain/test", height.to_bytes(8, "big")), set_named(*names).hash,
        set_named(*following).hash, bytes(32), 0, bytes(32), 1,
    )  # fmt: skip


def signed(made: Header, names: Iterable[str], signers: Iterable[str], round_: int = 0) -> Certificate:
    """The commits of some of a set."""
    validators = set_named(*names)
    message = commit_message(CHAIN.genesis_hash, made.height, round_, made.hash())
    entries = []
    for name in signers:
        place = validators.index_of(validator_address(key_of(name)))
        assert place is not None
        entries.append(CommitSignature(place, secret(name).sign(message)))
    return Certificate(made.height, round_, made.hash(), tuple(sorted(entries, key=lambda entry: entry.validator)))


def statement(made: Header, names: Iterable[str], name: str, time_ms: int, round_: int = 0) -> HeadStatement:
    """What one of the set that decides the next height says of a head."""
    place = set_named(*names).index_of(validator_address(key_of(name)))
    assert place is not None
    message = status_message(CHAIN.genesis_hash, b"", round_, made.hash(), time_ms)
    return HeadStatement(place, round_, time_ms, secret(name).sign(message))


def fresh_head(made: Header, names: Iterable[str], said: dict[str, int]) -> FreshHead:
    """What some of a set said of a head, and when."""
    names = tuple(names)
    listed = [statement(made, names, name, time_ms) for name, time_ms in said.items()]
    return FreshHead(made.height, made.hash(), tuple(sorted(listed, key=lambda entry: entry.validator)))


def entries(*names: str) -> tuple[SetMember, ...]:
    """A set as light blocks carry it."""
    return members_of(set_named(*names))


class LightChain:
    """`blocks[h]` is the light block of height h; block 0 has no certificate. `sets` change when `grow` says so."""

    def __init__(self, names: tuple[str, ...] = NAMES, mode: ConsensusMode = ConsensusMode.PBFT) -> None:
        self.terms = TrustTerms(CHAIN, mode)
        self.names = names
        genesis = header(0, bytes(32), names, names)
        self.blocks = [LightBlock(genesis, Certificate(0, 0, genesis.hash(), ()), entries(*names), ())]

    @property
    def head(self) -> Header:
        """The newest header."""
        return self.blocks[-1].header

    @property
    def now_ms(self) -> int:
        """A clock that is a little after the head."""
        return self.head.time_ms + 1_000

    def trusted(self, height: int = 0) -> Trusted:
        """A height as somebody trusts it."""
        block = self.blocks[height]
        return Trusted(block.header, block.header.hash(), set_of(block.next_members or block.members))

    def grow(self, count: int = 1, *, following: tuple[str, ...] | None = None) -> None:
        """More blocks; the last of them hands over to another set."""
        for number in range(count):
            new = following if following is not None and number == count - 1 else self.names
            made = header(self.head.height + 1, self.head.hash(), self.names, new)
            certificate = signed(made, self.names, self.names)
            changed = entries(*new) if new != self.names else ()
            self.blocks.append(LightBlock(made, certificate, entries(*self.names), changed))
            self.names = new

    def forged(
        self, height: int, names: Iterable[str], *, signers: Iterable[str] | None = None, **changes: Any
    ) -> LightBlock:
        """A block in the place of a real one, signed by anybody: what a node with stolen keys could send."""
        names = tuple(names)
        made = msgspec.structs.replace(header(height, self.blocks[height - 1].header.hash(), names, names), **changes)
        certificate = signed(made, names, names if signers is None else signers)
        return LightBlock(made, certificate, entries(*names), ())
