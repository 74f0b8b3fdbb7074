"""The signed envelope around every transaction, its two hashes, and its signatures (rules X1-X6).

Wire form: `[envelope bytes, [[index, signature], ...]]`. The id covers the envelope alone, the full hash everything.
A node decodes a transaction once, into `Transaction`, and carries that about.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from ledger.chain.header import ChainId
from ledger.encoding.codec import Bytes64, Codec, Value, encode
from ledger.encoding.quantities import FeeAmount, FieldUnit, Height, Number, Plain, Quantity
from ledger.errors import InvalidInput, MalformedInput
from ledger.keys.address import MultisigKey, SenderKey, address_of, check_sender_key
from ledger.keys.crypto import DOMAIN_TRANSACTION, signing_bytes, tagged_hash, verify
from ledger.limits import MAX_MULTISIG_KEYS, MAX_TRANSACTION_BYTES

ENVELOPE_VERSION: Final = 1
"""The number of the envelope's form: no upgrade of the protocol changes it, so devices sign on as they did (X1)."""


class Envelope(Value, frozen=True):
    """What the sender signs, with the genesis' hash. `payload` is the canonical encoding of the payload of type `type`.

    `nonce` is the sender's last one plus 1, where its rule asks for no other. `valid_until_height` 0:
    no limit. `fee`: base units of the chain's fee asset.
    """

    version: Plain
    chain_id: ChainId
    type: Plain
    sender_key: SenderKey
    nonce: Number
    valid_until_height: Height
    fee: FeeAmount
    payload: bytes


class Signature(Value, frozen=True):
    """`index` is 0, or the signer's place among the keys of a multi-signature account."""

    index: Annotated[int, msgspec.Meta(ge=0, lt=MAX_MULTISIG_KEYS), FieldUnit(Quantity.NUMBER)]
    signature: Bytes64


Signatures = Annotated[tuple[Signature, ...], msgspec.Meta(min_length=1, max_length=MAX_MULTISIG_KEYS)]


class SignedEnvelope(Value, frozen=True):
    """The wire form."""

    envelope: bytes
    signatures: Signatures


_ENVELOPE: Final[Codec[Envelope]] = Codec(Envelope, MAX_TRANSACTION_BYTES)
_SIGNED: Final[Codec[SignedEnvelope]] = Codec(SignedEnvelope, MAX_TRANSACTION_BYTES)


def full_hash_of(raw: bytes) -> bytes:
    """The hash of a transaction with its signatures (T5)."""
    return tagged_hash(b"nodechain/full", raw)


class Transaction:
    """A decoded transaction: form and size are right, signatures are not checked yet.

    `raw` its wire bytes, `id` and `full_hash` its hashes, `sender` the address of its key, `payload` its decoded
    payload (None until a registry has decoded it).
    """

    __slots__ = ("envelope", "full_hash", "id", "payload", "raw", "sender", "signatures", "signed_bytes")

    def __init__(self, raw: bytes) -> None:
        """Raises an `InvalidInput`."""
        signed = _SIGNED.decode(raw)
        envelope = _ENVELOPE.decode(signed.envelope)
        check_sender_key(envelope.sender_key)
        self.raw = raw
        self.envelope = envelope
        self.signed_bytes = signed.envelope
        self.signatures = signed.signatures
        self.sender = address_of(envelope.sender_key)
        self.id = transaction_id(signed.envelope)
        self.full_hash = full_hash_of(raw)
        self.payload: Any = None

    def verify_signatures(self, genesis_hash: bytes) -> bool:
        """Whether exactly the required signatures for that chain stand there, all right: the dear part of a check."""
        message = signing_bytes(DOMAIN_TRANSACTION, genesis_hash, self.signed_bytes)
        return check_signatures(self.envelope.sender_key, message, self.signatures)


def check_signatures(key: SenderKey, message: bytes, signatures: tuple[Signature, ...]) -> bool:
    """Whether `signatures` are those of `key` on `message`: one of index 0, or exactly k with rising indexes (X4)."""
    if isinstance(key, MultisigKey):
        if len(signatures) != key.threshold:
            return False
        last = -1
        for entry in signatures:
            if entry.index <= last or entry.index >= len(key.keys):
                return False
            last = entry.index
        return all(verify(key.keys[entry.index], message, entry.signature) for entry in signatures)
    return len(signatures) == 1 and signatures[0].index == 0 and verify(key, message, signatures[0].signature)


def transaction_id(envelope: bytes) -> bytes:
    """The id: a hash of the envelope without signatures, for receipts, replay and people (X2)."""
    return tagged_hash(b"nodechain/id", envelope)


def sign_message(envelope: Envelope, genesis_hash: bytes) -> bytes:
    """The bytes that the sender's keys sign: the envelope, for the chain of that genesis (X5)."""
    return signing_bytes(DOMAIN_TRANSACTION, genesis_hash, encode(envelope))


def assemble(envelope: Envelope, signatures: tuple[Signature, ...]) -> bytes:
    """The wire bytes of a signed transaction; raises `InvalidInput` if it is too large or has no signature."""
    raw = encode(SignedEnvelope(encode(envelope), signatures))
    if len(raw) > MAX_TRANSACTION_BYTES:
        raise InvalidInput(f"the transaction has {len(raw)} bytes, at most {MAX_TRANSACTION_BYTES} are allowed")
    if not signatures:
        raise MalformedInput("a transaction needs a signature")
    return raw


def unsigned(
    chain_id: str, number: int, key: SenderKey, nonce: int, payload: Value, *, valid_until: int = 0, fee: int = 0
) -> Envelope:
    """An envelope of type `number` around `payload`."""
    return Envelope(ENVELOPE_VERSION, chain_id, number, key, nonce, valid_until, fee, encode(payload))
