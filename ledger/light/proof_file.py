"""Headers and claims in one file, which anybody checks without a network (rules F1 to F3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import msgspec
from msgspec.structs import replace

from ledger.chain.header import ChainId
from ledger.encoding.codec import Codec, Value, encode
from ledger.errors import LightError
from ledger.keys.crypto import DOMAIN_PROOF, SecretKey, signing_bytes, verify
from ledger.light.claims import AnyClaim, Shown, check_claim
from ledger.light.headers import LightBlock, Trusted, TrustTerms, follow
from ledger.limits import MAX_PROOF_BLOCKS, MAX_PROOF_CLAIMS, MAX_PROOF_FILE_BYTES

FORMAT: Final = "nodechain/proof/1"


class ProofFile(Value, frozen=True):
    """`blocks` rise in height, each follows from the one before and the first one from the verifier's anchor (F1).

    `account`: whose statement this is, or empty. `signer` is the public key of who made the file and stands for it
    with `signature`; both empty where nobody does (F2).
    """

    format: Annotated[str, msgspec.Meta(max_length=32)]
    chain_id: ChainId
    blocks: Annotated[tuple[LightBlock, ...], msgspec.Meta(max_length=MAX_PROOF_BLOCKS)]
    claims: Annotated[tuple[AnyClaim, ...], msgspec.Meta(max_length=MAX_PROOF_CLAIMS)]
    account: Annotated[bytes, msgspec.Meta(max_length=20)]
    signer: Annotated[bytes, msgspec.Meta(max_length=34)]
    signature: Annotated[bytes, msgspec.Meta(max_length=64)]


PROOF_FILE: Final[Codec[ProofFile]] = Codec(ProofFile, MAX_PROOF_FILE_BYTES)


class Proven(msgspec.Struct, frozen=True):
    """What a file proves: the last header of it, and what each claim shows, in their order."""

    head: Trusted
    shown: tuple[Shown, ...]


def sign_proof(file: ProofFile, key: SecretKey, genesis_hash: bytes) -> ProofFile:
    """The same file with somebody's signature (F2)."""
    named = replace(file, signer=key.public_key, signature=b"")
    return replace(named, signature=key.sign(_signed(named, genesis_hash)))


def _signed(file: ProofFile, genesis_hash: bytes) -> bytes:
    return signing_bytes(DOMAIN_PROOF, genesis_hash, encode(replace(file, signature=b"")))


def form_is_known(terms: TrustTerms, file: ProofFile) -> None:
    """The format is this one and the chain the verifier's (F1)."""
    if file.format != FORMAT:
        raise LightError(f"proofs of the format {file.format!r} are unknown", code="unknown_format")
    if file.chain_id != terms.chain.id:
        raise LightError(f"a proof about {file.chain_id}", code="wrong_chain")


def signer_stands_for_it(terms: TrustTerms, file: ProofFile) -> None:
    """Where a signer is named, the signature is the signer's over all the rest (F2)."""
    if (file.signer or file.signature) and not verify(
        file.signer, _signed(file, terms.chain.genesis_hash), file.signature
    ):
        raise LightError("the signature of the file is wrong", code="bad_signature")


def claims_name_headers(_terms: TrustTerms, file: ProofFile) -> None:
    """Each claim is about a header of the file (F3)."""
    if any(claim.block >= len(file.blocks) for claim in file.claims):
        raise LightError("a claim is about a block that is not in the file", code="no_such_block")


RULES: Final[tuple[Callable[[TrustTerms, ProofFile], None], ...]] = (
    form_is_known, signer_stands_for_it, claims_name_headers,
)  # fmt: skip


def check_proof(terms: TrustTerms, anchor: Trusted, file: ProofFile, now_ms: int) -> Proven:
    """Follow the file's headers from the anchor and check every claim; raises `LightError` or `ProofError`.

    The anchor itself may stand in the file. Nothing is said of how old the last header is: `require_fresh` does.
    """
    for rule in RULES:
        rule(terms, file)
    trusted, headers = anchor, []
    for block in file.blocks:
        if block.header.hash() != trusted.hash:
            trusted = follow(terms, trusted, block, now_ms)
        headers.append(trusted.header)
    return Proven(trusted, tuple(check_claim(headers[claim.block], claim) for claim in file.claims))
