"""From accepted readings to a signed transaction: what a meter signs, byte for byte.

A batch holds readings of one register that share profile, boot counter, clock quality and flags; the nonce is the
sequence of the last one. The bytes depend on nothing but the arguments, so a batch can be built and compared anywhere.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Final, NamedTuple, Protocol

import msgspec

from ledger.chain.envelope import Signature, assemble, sign_message, transaction_id, unsigned
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Bytes32, Codec, Uint, Value, encode
from ledger.errors import require
from ledger.metering.limits import MAX_READINGS, MAX_SEQUENCE_STEP
from ledger.metering.payloads import MeteringTypeNumber, Obis, ReadingStep, Scale, SubmitReadings


class ReadingSigner(Protocol):
    """A meter's key; `ledger.keys.crypto` has two in memory, a secure element offers the same."""

    @property
    def public_key(self) -> bytes:
        """The public key with the byte of its algorithm."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message."""


class ReadingHeader(Value, frozen=True):
    """What readings of one batch share; the fields are those of `SubmitReadings`."""

    profile: Bytes32
    boot: Uint
    clock: Annotated[int, msgspec.Meta(ge=0, le=2)]
    flags: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
    obis: Obis
    scale: Scale


HEADER: Final[Codec[ReadingHeader]] = Codec(ReadingHeader, 128)


class Reading(NamedTuple):
    """A reading with its number: raw register at a time."""

    sequence: int
    time_ms: int
    register: int


class SignedBatch(msgspec.Struct, frozen=True):
    """A signed transaction of the first `count` readings that were offered; `nonce` is the last one's sequence."""

    body: bytes
    transaction_id: bytes
    nonce: int
    count: int
    valid_until_height: int


def steps_that_fit(readings: tuple[Reading, ...]) -> tuple[ReadingStep, ...]:
    """The steps from reading to reading, as many as one transaction may hold; so many fit its bytes however wide."""
    steps: list[ReadingStep] = []
    for last, new in pairwise(readings):
        step = ReadingStep(new.sequence - last.sequence, new.time_ms - last.time_ms, new.register - last.register)
        if len(steps) + 2 > MAX_READINGS or step.sequence > MAX_SEQUENCE_STEP:
            break
        steps.append(step)
    return tuple(steps)


def build_batch(
    signer: ReadingSigner,
    chain: ChainIdentity,
    header: ReadingHeader,
    readings: tuple[Reading, ...],
    *,
    valid_until_height: int = 0,
) -> SignedBatch:
    """Sign as many of `readings` (rising sequences, at least one) as fit; a meter's transaction carries no fee."""
    require(bool(readings), "a batch holds at least one reading")
    steps = steps_that_fit(readings)
    first, last = readings[0], readings[len(steps)]
    payload = SubmitReadings(
        profile=header.profile,
        boot=header.boot,
        clock=header.clock,
        flags=header.flags,
        obis=header.obis,
        scale=header.scale,
        first_ms=first.time_ms,
        first_register=first.register,
        steps=steps,
    )
    envelope = unsigned(
        chain.id,
        MeteringTypeNumber.SUBMIT_READINGS,
        signer.public_key,
        last.sequence,
        payload,
        valid_until=valid_until_height,
    )
    signature = Signature(0, signer.sign(sign_message(envelope, chain.genesis_hash)))
    body = assemble(envelope, (signature,))
    return SignedBatch(body, transaction_id(encode(envelope)), last.sequence, len(steps) + 1, valid_until_height)
