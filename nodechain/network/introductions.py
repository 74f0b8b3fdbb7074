"""How validators make themselves known: each signs which certificate its node has and where it listens.

Whoever is in the validator set may so be found and trusted by every node of the chain, without cards; nobody else can
be introduced, so that a lying peer brings no stranger in. The newest of a validator counts: that is how a node's key
and certificate are replaced (L2).
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from consensus.signing import Signer
from ledger.chain.header import ChainId
from ledger.chain.identity import ChainIdentity
from ledger.chain.validator_set import ValidatorSet
from ledger.encoding.codec import Bytes32, Bytes64, Codec, Uint, Value, encode
from ledger.keys.crypto import DOMAIN_INTRODUCTION, signing_bytes, verify_ed25519
from nodechain.errors import UsageError
from nodechain.network.cards import check_address
from nodechain.network.identity import BadCertificate, node_id_of
from nodechain.network.limits import (
    INTRODUCTION_S,
    MAX_ADDRESS_BYTES,
    MAX_ADDRESSES,
    MAX_INTRODUCTIONS,
    MAX_INTRODUCTIONS_BYTES,
    MAX_NODE_CERTIFICATE_BYTES,
)

Address = Annotated[str, msgspec.Meta(max_length=MAX_ADDRESS_BYTES)]


class Introduction(Value, frozen=True):
    """`key`: the validator's, 32 bytes; `sequence` rises with every new one (ms since the epoch when it was signed)."""

    chain_id: ChainId
    key: Bytes32
    certificate: Annotated[bytes, msgspec.Meta(max_length=MAX_NODE_CERTIFICATE_BYTES)]
    addresses: Annotated[tuple[Address, ...], msgspec.Meta(max_length=MAX_ADDRESSES)]
    sequence: Uint
    signature: Bytes64

    @property
    def content(self) -> tuple[bytes, tuple[str, ...]]:
        """What it says: a later one that says the same is no news."""
        return self.certificate, self.addresses


Introductions = Annotated[tuple[Introduction, ...], msgspec.Meta(max_length=MAX_INTRODUCTIONS)]
INTRODUCTIONS: Final[Codec[tuple[Introduction, ...]]] = Codec(Introductions, MAX_INTRODUCTIONS_BYTES)


def introduce(
    signer: Signer, chain: ChainIdentity, certificate: bytes, addresses: tuple[str, ...], sequence: int
) -> Introduction:
    """A validator's own."""
    message = _message(chain, signer.key, certificate, addresses, sequence)
    return Introduction(chain.id, signer.key, certificate, addresses, sequence, signer.sign(message))


def _message(chain: ChainIdentity, key: bytes, certificate: bytes, addresses: tuple[str, ...], sequence: int) -> bytes:
    return signing_bytes(DOMAIN_INTRODUCTION, chain.genesis_hash, encode((key, certificate, addresses, sequence)))


def is_true(introduction: Introduction, chain: ChainIdentity) -> bool:
    """Whether the validator of this chain signed it, and it names a node's certificate and addresses."""
    try:
        node_id_of(introduction.certificate)
        for address in introduction.addresses:
            check_address(address)
    except (BadCertificate, UsageError):
        return False
    message = _message(chain, introduction.key, introduction.certificate, introduction.addresses, introduction.sequence)
    if introduction.chain_id != chain.id:
        return False
    return verify_ed25519(introduction.key, message, introduction.signature)


def contents(introductions: tuple[Introduction, ...]) -> dict[bytes, tuple[bytes, tuple[str, ...]]]:
    """What is said of each validator, by its key."""
    return {introduction.key: introduction.content for introduction in introductions}


class KnownIntroductions:
    """The newest introduction of each validator; only those of the set in force are kept.

    Of each validator one is taken in `INTRODUCTION_S`, however many come: every one that is taken costs a signature,
    and may cost a file and a TLS context. An honest node says its own again every few seconds.
    """

    def __init__(self, chain: ChainIdentity) -> None:
        self._chain = chain
        self._newest: dict[bytes, Introduction] = {}
        self._taken_ms: dict[bytes, int] = {}
        self._members: frozenset[bytes] = frozenset()

    def all(self) -> tuple[Introduction, ...]:
        """In a fixed order."""
        return tuple(self._newest[key] for key in sorted(self._newest))

    def set_members(self, validators: ValidatorSet) -> bool:
        """The set of the next height; whether an introduction lost its force."""
        self._members = frozenset(member.key for member in validators.members)
        gone = [key for key in self._newest if key not in self._members]
        for key in gone:
            del self._newest[key]
            self._taken_ms.pop(key, None)
        return bool(gone)

    def hear(self, introductions: tuple[Introduction, ...], now_ms: int) -> list[Introduction] | None:
        """What is newer of it; None where one is false, which no honest node hands on. Monotonic ms."""
        news: list[Introduction] = []
        for introduction in introductions:
            if introduction.key not in self._members:
                continue
            known = self._newest.get(introduction.key)
            if known is not None and known.sequence >= introduction.sequence:
                continue
            taken_ms = self._taken_ms.get(introduction.key)
            if taken_ms is not None and now_ms - taken_ms < 1000 * INTRODUCTION_S:
                continue
            if not is_true(introduction, self._chain):
                return None
            self._newest[introduction.key] = introduction
            self._taken_ms[introduction.key] = now_ms
            news.append(introduction)
        return news
