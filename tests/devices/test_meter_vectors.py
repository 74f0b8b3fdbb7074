"""The published vectors of signed readings: what `build_batch` makes, what the ledger takes, and that they cover it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest

from ledger.chain.envelope import ENVELOPE_VERSION, Signature, SignedEnvelope
from ledger.chain.registry import Registry
from ledger.encoding.codec import encode
from ledger.keys.crypto import Algorithm, verify
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.metering.readings import absolute_readings
from ledger.modules import LEDGER_MODULES
from tests.makers.make_meter_vectors import FILE, text
from tests.support.msgpack_forms import tokens

PACK: Callable[[Any], bytes] = import_module("msgpack").packb  # brings no types
REGISTRY = Registry(LEDGER_MODULES)
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["vectors"]
NAMES = [vector["name"] for vector in VECTORS]
INTEGER_MARKERS = {0xCC, 0xCD, 0xCE, 0xCF, 0xD0, 0xD1, 0xD2, 0xD3}
OTHER_MARKERS = {0xC4, 0xC5, 0xD9, 0xDC}


def test_the_file_is_what_build_batch_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "python -m tests.makers.make_meter_vectors"
    assert len(set(NAMES)) == len(NAMES) >= 40


def by_hand(vector: dict[str, Any]) -> bytes:
    """The signed bytes as the page says, by another MessagePack and nothing of the ledger's."""
    readings = vector["readings"]
    steps = [[now - then for then, now in zip(*pair, strict=True)] for pair in pairwise(readings)]
    payload = [
        bytes.fromhex(vector["profile"]), vector["boot"], vector["clock"], vector["flags"],
        bytes.fromhex(vector["obis"]), vector["scale"], *readings[0][1:], steps,
    ]  # fmt: skip
    envelope = [
        1, vector["chain_id"], 99, bytes.fromhex(vector["public_key"]), readings[-1][0],
        vector["valid_until_height"], 0, PACK(payload),
    ]  # fmt: skip
    return b"\x0cnodechain/tx" + bytes.fromhex(vector["genesis_hash"]) + PACK(envelope)


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_the_page_and_another_messagepack_lead_to_the_same_bytes(vector: dict[str, Any]) -> None:
    signed, key = bytes.fromhex(vector["signing_bytes"]), bytes.fromhex(vector["public_key"])
    assert by_hand(vector) == signed
    assert hashlib.sha256(b"\x0cnodechain/id" + envelope_of(vector)).hexdigest() == vector["transaction_id"]
    assert hashlib.sha256(b"\x11nodechain/address" + key).digest()[:20].hex() == vector["address"]


def envelope_of(vector: dict[str, Any]) -> bytes:
    """What is signed, without what stands before it."""
    return bytes.fromhex(vector["signing_bytes"])[13 + 32 :]


def transaction_of(vector: dict[str, Any]) -> bytes:
    """The bytes of an Ed25519 vector; of a P-256 one with its signature."""
    if "transaction" in vector:
        return bytes.fromhex(vector["transaction"])
    return encode(SignedEnvelope(envelope_of(vector), (Signature(0, bytes.fromhex(vector["a_signature"])),)))


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_the_ledger_reads_what_was_measured(vector: dict[str, Any]) -> None:
    raw = transaction_of(vector)
    assert len(raw) <= MAX_TRANSACTION_BYTES
    transaction = REGISTRY.decode(raw)
    assert transaction.verify_signatures(bytes.fromhex(vector["genesis_hash"]))
    assert transaction.id.hex() == vector["transaction_id"]
    assert transaction.envelope.version == ENVELOPE_VERSION
    readings = absolute_readings(transaction.payload, transaction.envelope.nonce)
    assert [list(reading) for reading in readings] == vector["readings"]


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["algorithm"] == "p256"], ids=lambda vector: vector["name"])
def test_a_secure_elements_high_s_must_be_lowered(vector: dict[str, Any]) -> None:
    key, signed = bytes.fromhex(vector["public_key"]), bytes.fromhex(vector["signing_bytes"])
    signature = bytes.fromhex(vector["a_signature"])
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    high = order - int.from_bytes(signature[32:], "big")
    assert key[0] == Algorithm.P256
    assert verify(key, signed, signature)
    assert not verify(key, signed, signature[:32] + high.to_bytes(32, "big"))


def test_every_form_of_the_format_occurs() -> None:
    """Each width of an integer, of an array's, a byte string's and a text's head."""
    markers, integers = set(), set()
    for vector in VECTORS:
        transaction = REGISTRY.decode(transaction_of(vector))
        for data in (transaction.raw, transaction.signed_bytes, transaction.envelope.payload):
            found = list(tokens(data))
            markers |= {data[token.start] for token in found}
            integers |= {token.number for token in found if token.kind == "int"}
    assert markers >= INTEGER_MARKERS | OTHER_MARKERS
    assert integers >= {0, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**63 - 1}
    assert integers >= {-1, -32, -33, -128, -129, -(2**15), -(2**15) - 1, -(2**31), -(2**31) - 1, -(2**63) + 1}
