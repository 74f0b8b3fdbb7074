"""What `docs/meter-format.md` shows is what the code makes: the example byte for byte, keys, ids, and every size."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devices.meter import StatusFlag
from ledger.chain.envelope import Transaction, sign_message
from ledger.keys.address import address_of
from ledger.keys.crypto import DOMAIN_BIND_METER, DOMAIN_TRANSACTION, Algorithm
from ledger.keys.p256 import ORDER
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.metering.limits import MAX_READINGS
from ledger.metering.payloads import MeteringTypeNumber
from tests.makers.make_meter_vectors import Case, cases, quarter_hours
from tests.support.msgpack_forms import tokens

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "meter-format.md").read_text(encoding="utf-8")
EXAMPLE = cases()[0]
LINE = re.compile(r"(?P<bytes> *[0-9a-f]{2}(?: [0-9a-f]{2})*)(?: {2,}(?P<note>\S.*))?")
NUMBER = re.compile(r"(?:^| )([+-]? ?\d[\d,]*)(?: ms)?(?:$|[,:])")
"""At the end of a note, or before a comma or a colon."""
SIZES = [tuple(map(int, row)) for row in re.findall(r"^\| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)]


def dump() -> list[tuple[bytes, str]]:
    """The lines of the example: bytes, and what is said of them."""
    (block,) = re.findall(r"## An example\n.*?```\n(.*?)```", PAGE, re.DOTALL)
    lines = []
    for line in block.splitlines():
        match = LINE.fullmatch(line)
        assert match is not None, line
        lines.append((bytes.fromhex(match["bytes"]), match["note"] or ""))
    return lines


def test_the_example_is_the_first_vector_byte_for_byte() -> None:
    batch = EXAMPLE.build()
    assert b"".join(shown for shown, _ in dump()) == batch.body
    assert f"{len(batch.body)} bytes:" in PAGE
    for shown in (EXAMPLE.key.secret_bytes, batch.transaction_id, address_of(EXAMPLE.key.public_key)):
        assert f"`{shown.hex()}`" in PAGE


def test_what_is_said_beside_an_integer_is_the_integer() -> None:
    checked = 0
    for shown, note in dump():
        said = NUMBER.search(note)
        if said is not None and (shown[0] <= 0x7F or shown[0] >= 0xCC) and shown[0] != 0xDC:
            (token,) = tokens(shown)
            assert int(re.sub(r"[ ,+]", "", said[1])) == token.number, note
            checked += 1
    assert checked == 16


def test_the_signing_bytes_of_the_example() -> None:
    transaction = Transaction(EXAMPLE.build().body)
    genesis_hash = EXAMPLE.chain.genesis_hash
    signed = sign_message(transaction.envelope, genesis_hash)
    assert signed == b"\x0cnodechain/tx" + genesis_hash + transaction.signed_bytes
    assert len(transaction.signed_bytes) == 138
    assert f"`0c`, `nodechain/tx`, the genesis hash `{genesis_hash.hex()}` and the 138 bytes" in PAGE


@pytest.mark.parametrize(("count", "ed25519", "p256"), SIZES)
def test_sizes(count: int, ed25519: int, p256: int) -> None:
    readings = quarter_hours(count)
    assert len(Case("sizes", readings).build().body) == ed25519
    assert len(Case("sizes", readings, algorithm=Algorithm.P256).build().body) == p256


def test_the_sizes_that_are_shown() -> None:
    assert [count for count, _, _ in SIZES] == [1, 10, 96, 800]


def test_numbers_that_the_page_repeats() -> None:
    assert f"at most {MAX_TRANSACTION_BYTES:,} bytes and {MAX_READINGS:,} readings" in PAGE
    assert f"type {MeteringTypeNumber.SUBMIT_READINGS:d}, SubmitReadings" in PAGE
    assert f"`{ORDER:064x}`" in PAGE
    for domain in (DOMAIN_TRANSACTION, DOMAIN_BIND_METER, b"nodechain/id", b"nodechain/address"):
        assert f'{len(domain):02x} || "{domain.decode()}" ||' in PAGE
    bits = {flag.bit_length() - 1: str(flag.name).lower().replace("_", " ") for flag in StatusFlag}
    others = ", ".join(f"{bit} {name}" for bit, name in sorted(bits.items()) if bit)
    assert f"bit 0: {bits[0]}. The others are the device's: {others} |" in PAGE
