"""Golden vectors of signed readings, for meters without Python: docs/meter-format.md says what the bytes mean.

`python -m tests.makers.make_meter_vectors` writes `tests/vectors/meter_readings.json` anew. Ed25519: the whole
transaction. P-256: what is signed, and one of the signatures that verify; a secure element makes others.
`tests/devices/test_meter_vectors.py` compares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from devices.readings import Reading, ReadingHeader, SignedBatch, build_batch
from ledger.chain.envelope import Transaction, sign_message
from ledger.chain.identity import ChainIdentity
from ledger.keys.address import address_of
from ledger.keys.crypto import Algorithm, Ed25519SecretKey, P256SecretKey, secret_key_from_bytes

FILE: Final = Path(__file__).resolve().parents[1] / "vectors" / "meter_readings.json"
MAX: Final = 2**63 - 1
START_MS: Final = 1_700_000_000_000
QUARTER_MS: Final = 900_000
FIRST: Final = Reading(1, START_MS, 123_456)
CHAIN_ID: Final = "town-01234567"
HEADER: Final = ReadingHeader(
    profile=hashlib.sha256(b"profile").digest(), boot=3, clock=2, flags=0, obis=bytes((1, 0, 1, 8, 0, 255)), scale=1
)

BOUNDARIES: Final = (0, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, MAX)
"""Where an integer of the format gets longer."""

FALLS: Final = (-1, -32, -33, -128, -129, -(2**15), -(2**15) - 1, -(2**31), -(2**31) - 1, -MAX)
"""The same below zero."""


class Case(NamedTuple):
    """What is given to `build_batch`; the key's secret is the hash of the name."""

    name: str
    readings: tuple[Reading, ...]
    header: ReadingHeader = HEADER
    chain_id: str = CHAIN_ID
    valid_until_height: int = 0
    algorithm: Algorithm = Algorithm.ED25519

    @property
    def chain(self) -> ChainIdentity:
        """The chain of that id; the rest of its genesis' hash is the hash of the id."""
        return ChainIdentity(
            self.chain_id, bytes.fromhex(self.chain_id[-8:]) + hashlib.sha256(self.chain_id.encode()).digest()[4:]
        )

    @property
    def key(self) -> Ed25519SecretKey | P256SecretKey:
        """The meter's key."""
        return secret_key_from_bytes(self.algorithm, hashlib.sha256(self.name.encode()).digest())

    def build(self) -> SignedBatch:
        """The batch, by the code that meters in Python run."""
        return build_batch(
            self.key,
            self.chain,
            self.header,
            self.readings,
            valid_until_height=self.valid_until_height,
        )


def chain_id_of(size: int) -> str:
    """A chain id of this many characters, 10 at least."""
    return "c" * (size - 9) + "-89abcdef"


def quarter_hours(count: int, *, first: int = 1) -> tuple[Reading, ...]:
    """Readings of a register in tens of Wh, as a household's: one each quarter hour, up to 2.5 kWh apart."""
    register, made = FIRST.register, []
    for place in range(count):
        made.append(Reading(first + place, START_MS + place * QUARTER_MS, register))
        register += place * 37 % 251
    return tuple(made)


def walk(*steps: tuple[int, int, int], start: Reading = FIRST) -> tuple[Reading, ...]:
    """A first reading, and the steps from each to the next."""
    made = [start]
    for sequence, time_ms, register in steps:
        last = made[-1]
        made.append(Reading(last.sequence + sequence, last.time_ms + time_ms, last.register + register))
    return tuple(made)


def integers() -> Iterator[Case]:
    """Every length of an integer, in every field that takes it."""
    for number in BOUNDARIES:
        header = replace(HEADER, boot=number, flags=min(number, 2**32 - 1))
        reading = Reading(max(number, 1), number, number)
        yield Case(f"integers of {number}", (reading,), header, valid_until_height=number)
    rises = walk(*((min(max(n, 1), 2**20), n, n) for n in BOUNDARIES[:-1]), start=Reading(1, 0, 0))
    yield Case("steps that rise", rises)
    yield Case("the longest step", (Reading(1, 0, 0), Reading(1 + 2**20, MAX, MAX)))
    for fall in FALLS:
        yield Case(f"a fall by {-fall}", (Reading(1, MAX, MAX), Reading(2, MAX + fall, MAX + fall)))


def fields() -> Iterator[Case]:
    """Header and envelope, one field at a time."""
    yield Case("example", walk((1, QUARTER_MS, 250), (2, 2 * QUARTER_MS, -1)), valid_until_height=900)
    yield Case("clock unset, tamper flag", quarter_hours(1), replace(HEADER, clock=0, flags=1))
    yield Case("clock in holdover, smallest scale", quarter_hours(1), replace(HEADER, clock=1, scale=-9))
    yield Case(
        "largest scale, another register", quarter_hours(1), replace(HEADER, scale=9, obis=bytes(range(250, 256)))
    )
    yield Case("a level that stands still", walk((1, QUARTER_MS, 0), (1, QUARTER_MS, 0)))
    for size in (10, 31, 32, 64):
        yield Case(f"a chain id of {size}", quarter_hours(1), chain_id=chain_id_of(size))


def lengths() -> Iterator[Case]:
    """Arrays and byte strings at the lengths where their heads change."""
    for count in (2, 16, 17, 96):
        yield Case(f"{count} readings", quarter_hours(count))
    small = walk(*((1, 1, 1),) * 47)
    yield Case("a payload of 255", small, replace(HEADER, boot=1_000, flags=200))
    yield Case("a payload of 256", small, replace(HEADER, boot=70_000))
    for length, size in ((19, 255), (20, 256)):
        yield Case(f"an envelope of {size}", walk(*((1, 1, 1),) * 32), chain_id=chain_id_of(length))


def secure_elements() -> Iterator[Case]:
    """P-256."""
    for case in (
        Case("P-256, one reading", quarter_hours(1)),
        Case("P-256, smallest integers", (Reading(1, 0, 0),), replace(HEADER, boot=0, clock=0)),
        Case(
            "P-256, largest integers",
            (Reading(MAX, MAX, MAX),),
            valid_until_height=MAX,
            chain_id=chain_id_of(64),
        ),
        Case("P-256, a fall", walk((1, -1, -300))),
        Case("P-256, tamper flag", quarter_hours(2), replace(HEADER, flags=1)),
        Case("P-256, 96 readings", quarter_hours(96, first=97), valid_until_height=100_000),
    ):
        yield case._replace(algorithm=Algorithm.P256)


def cases() -> tuple[Case, ...]:
    """All of them."""
    return (*fields(), *integers(), *lengths(), *secure_elements())


def vector(case: Case) -> dict[str, Any]:
    """What goes in, and the bytes that come out."""
    key, batch = case.key, case.build()
    transaction = Transaction(batch.body)
    made = {
        "name": case.name,
        "algorithm": "ed25519" if case.algorithm is Algorithm.ED25519 else "p256",
        "secret": key.secret_bytes.hex(),
        "public_key": key.public_key.hex(),
        "address": address_of(key.public_key).hex(),
        "chain_id": case.chain_id,
        "genesis_hash": case.chain.genesis_hash.hex(),
        "valid_until_height": case.valid_until_height,
        "profile": case.header.profile.hex(),
        "boot": case.header.boot,
        "clock": case.header.clock,
        "flags": case.header.flags,
        "obis": case.header.obis.hex(),
        "scale": case.header.scale,
        "readings": case.readings,
        "signing_bytes": sign_message(transaction.envelope, case.chain.genesis_hash).hex(),
        "transaction_id": batch.transaction_id.hex(),
    }
    if case.algorithm is Algorithm.ED25519:
        return {**made, "transaction": batch.body.hex()}
    return {**made, "a_signature": transaction.signatures[0].signature.hex()}


def text() -> str:
    """The file, a vector a line."""
    lines = ",\n".join(json.dumps(vector(case)) for case in cases())
    return f'{{"schema": "nodechain/meter-readings/1", "rules": "docs/meter-format.md", "vectors": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
