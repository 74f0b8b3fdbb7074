"""Metering points on a chain in memory: Vienna's time of 2023 and 2024, custodian K, registrar R, members A to D."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec

from harness.chain import START_MS, ChainFixture, address, make_genesis, secret
from ledger.chain.context import Context
from ledger.chain.envelope import Signature
from ledger.chain.genesis import Genesis
from ledger.chain.header import Receipt
from ledger.chain.parameters import DAY_MS
from ledger.chain.protocol import context_at
from ledger.chain.section import sections_of
from ledger.slots.clock import SlotClock
from ledger.slots.events import PointRegistered
from ledger.slots.genesis import SLOTS_SECTION, SlotsSection
from ledger.slots.packing import SlotValue
from ledger.slots.payloads import NO_ID, ImportRow, ImportSlots, PointTerms, RegisterPoint
from ledger.slots.schema import SLOT_VALUES, Direction, OffsetChange, ValueSource
from ledger.slots.values import day_values

QUARTER_MS = 900_000
SLOTS_A_DAY = DAY_MS // QUARTER_MS
TODAY = START_MS // DAY_MS
VIENNA = (
    OffsetChange(1_667_091_600_000, 60),
    OffsetChange(1_679_792_400_000, 120),
    OffsetChange(1_698_541_200_000, 60),
    OffsetChange(1_711_846_800_000, 120),
    OffsetChange(1_729_990_800_000, 60),
)
SECTION = SlotsSection(QUARTER_MS, "Europe/Vienna", VIENNA, (), (address("K"),), (address("R"),))
CLOCK = SlotClock(QUARTER_MS, VIENNA, ())
FIRST_SLOT = (TODAY - 2) * SLOTS_A_DAY
"""Where test points begin: two days before the genesis."""


def slots_genesis(section: SlotsSection = SECTION, **changes: Any) -> Genesis:
    """The test genesis with the module on, and room for K and R among the members."""
    people = tuple(sorted(address(name) for name in ("A", "B", "C", "D", "K", "R")))
    genesis = make_genesis(**{"members": people, **changes})
    return msgspec.structs.replace(genesis, sections=sections_of(*genesis.sections, SLOTS_SECTION.holding(section)))


def slots_chain(**changes: Any) -> ChainFixture:
    """A chain of that genesis."""
    return ChainFixture(slots_genesis(**changes))


def terms(chain: ChainFixture, owner: str = "A", **changes: Any) -> PointTerms:
    """Of an offtake point with an operator's id."""
    id_hash = hashlib.sha256(f"salt {owner}".encode()).digest()
    found = PointTerms(
        address(owner), int(Direction.OFFTAKE), "local", 0, id_hash, False, FIRST_SLOT, chain.time_ms
    )  # fmt: skip
    return msgspec.structs.replace(found, **changes)


def own_terms(chain: ChainFixture, owner: str = "A", **changes: Any) -> PointTerms:
    """Of an offtake point with the owner's meters."""
    return terms(chain, owner, **{"id_hash": NO_ID, "own_meter": True, **changes})


def signed(chain: ChainFixture, agreed: PointTerms, owner: str = "A") -> RegisterPoint:
    """The terms with their owner's signature."""
    message = agreed.message(chain.genesis.hash)
    return RegisterPoint(agreed, secret(owner).public_key, (Signature(0, secret(owner).sign(message)),))


def register(chain: ChainFixture, owner: str = "A", **changes: Any) -> int:
    """Register a point and say its number."""
    receipt = chain.do("R", signed(chain, terms(chain, owner, **changes), owner))
    return next(event.number for event in receipt.events if isinstance(event, PointRegistered))


def file_hash(name: str) -> bytes:
    """The SHA-256 of a file of that name's content."""
    return hashlib.sha256(name.encode()).digest()


def row(point: int, first_slot: int, energies: Sequence[int], quality: int = 0) -> ImportRow:
    """Energies as differences."""
    steps = tuple(later - earlier for earlier, later in pairwise(energies))
    return ImportRow(point, first_slot, quality, energies[0], steps)


def imported(chain: ChainFixture, name: str, *rows: ImportRow, issued_ms: int = START_MS, part: int = 0) -> ImportSlots:
    """A part of a file."""
    return ImportSlots(file_hash(name), issued_ms, part, rows)


def bring(chain: ChainFixture, name: str, *rows: ImportRow, **changes: Any) -> Receipt:
    """K imports a part of a file, whatever becomes of it."""
    return chain.try_("K", imported(chain, name, *rows, **changes))


def held(chain: ChainFixture, point: int, source: ValueSource, first_slot: int, count: int) -> list[SlotValue]:
    """What the state has of slots."""
    found: list[SlotValue] = []
    for slot in range(first_slot, first_slot + count):
        day, at = divmod(slot, SLOTS_A_DAY)
        found.append(day_values(chain.state, CLOCK, point, source, day)[at])
    return found


def energies(chain: ChainFixture, point: int, source: ValueSource, first_slot: int, count: int) -> list[int]:
    """Their energies in mWh."""
    return [value.energy_mwh for value in held(chain, point, source, first_slot, count)]


def context_of(chain: ChainFixture) -> Context:
    """A view of the committed state at the chain's time, for the ledger's own functions."""
    return context_at(chain.registry, chain.state, chain.genesis, 1, chain.time_ms)


def days_kept(chain: ChainFixture) -> int:
    """How many days of points the state has."""
    return len(chain.entries(SLOT_VALUES))
