"""What is signed for one chain counts on no other, also where two genesis files give one chain id (C1)."""

from __future__ import annotations

from functools import cache

import pytest

from harness.chain import START_MS, ChainFixture, address, make_genesis, secret
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import Transfer
from ledger.chain.certificate import check_certificate, commit_message
from ledger.chain.genesis import ConsensusMode, Genesis
from ledger.chain.header import Certificate, CommitSignature
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import encode
from ledger.errors import CertificateError, InclusionError, MalformedInput
from ledger.keys.crypto import tagged_hash
from nodechain.modules import MODULES

TRIES = 1_000_000
"""Of 2^32 chain ids, 80,000 genesis files hold a pair more often than not."""


def genesis_at(time_ms: int) -> Genesis:
    return make_genesis(time_ms=time_ms, balances=(GenesisBalance(address("A"), CURRENCY_ASSET, 1_000),))


@cache
def colliding() -> tuple[Genesis, Genesis]:
    """Two genesis files with the same chain id: found by trying times, in the encoded bytes, for that is quick."""
    before, after = encode(genesis_at(START_MS)).split(START_MS.to_bytes(8, "big"))
    seen: dict[bytes, int] = {}
    for time_ms in range(START_MS, START_MS + TRIES):
        start = tagged_hash(b"nodechain/genesis", before, time_ms.to_bytes(8, "big"), after)[:4]
        if start in seen:
            return genesis_at(seen[start]), genesis_at(time_ms)
        seen[start] = time_ms
    raise AssertionError(f"no pair among {TRIES}")


def test_c1_a_transfer_of_one_chain_is_refused_on_another_with_the_same_chain_id() -> None:
    ours, theirs = (ChainFixture(genesis, MODULES) for genesis in colliding())
    assert ours.genesis.chain_id == theirs.genesis.chain_id
    signed = ours.tx("A", Transfer(CURRENCY_ASSET, address("B"), 7))
    with pytest.raises(InclusionError) as caught:
        theirs.block([signed])
    assert caught.value.code == "bad_signature"
    assert ours.block([signed]).executed.receipts[1].code == ""


def test_c1_commits_of_one_chain_decide_nothing_on_another_with_the_same_chain_id() -> None:
    ours, theirs = (ChainFixture(genesis, MODULES) for genesis in colliding())
    block = ours.block([])
    message = commit_message(ours.genesis.hash, 1, 0, block.hash)
    certificate = Certificate(1, 0, block.hash, (CommitSignature(0, secret("V").sign(message)),))
    validators = ours.blocks[0].executed.validators
    check_certificate(certificate, ours.genesis.hash, ConsensusMode.PBFT, validators, 1, block.hash)
    with pytest.raises(CertificateError):
        check_certificate(certificate, theirs.genesis.hash, ConsensusMode.PBFT, validators, 1, block.hash)


def test_c1_an_identity_holds_a_hash_that_its_id_belongs_to() -> None:
    genesis = make_genesis()
    assert genesis.identity == ChainIdentity(genesis.chain_id, genesis.hash) == ChainIdentity.of("test", genesis.hash)
    for chain_id, genesis_hash in (("test-00000000", genesis.hash), ("test", genesis.hash), (genesis.chain_id, b"")):
        with pytest.raises(MalformedInput):
            ChainIdentity(chain_id, genesis_hash)
