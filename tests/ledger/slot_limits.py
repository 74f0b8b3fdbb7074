"""The limits of points and slots, for `tests/ledger/test_limits.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from harness.chain import START_MS, make_genesis
from harness.slots import (
    FIRST_SLOT,
    QUARTER_MS,
    SLOTS_A_DAY,
    TODAY,
    bring,
    context_of,
    file_hash,
    imported,
    register,
    row,
    signed,
    slots_chain,
    terms,
)
from ledger.chain.parameters import DAY_MS
from ledger.chain.section import check_sections, sections_of
from ledger.errors import BrokenInvariant, GenesisError, MalformedInput, Refused
from ledger.governance.payloads import CastVote
from ledger.slots.genesis import SLOTS_SECTION, SlotsSection
from ledger.slots.limits import (
    KEPT_DAYS,
    KEPT_FILE_DAYS,
    MAX_CONSENT_AGE_DAYS,
    MAX_CUSTODIANS,
    MAX_HOLIDAYS,
    MAX_OFFSETS,
    MAX_POINTS,
    MAX_POINTS_PER_OWNER,
    MAX_QUALITY,
    MAX_REGISTRARS,
    MAX_ROW_SLOTS,
    MAX_ROWS,
    MAX_SLOT_MWH,
    MAX_START_DAYS,
    MAX_ZONE_CHARACTERS,
)
from ledger.slots.packing import SlotValue, pack_day
from ledger.slots.payloads import ChangePoint, SetCustodian
from ledger.slots.registration import OPEN_POINTS, check_point, register_point
from ledger.slots.retention import is_kept
from ledger.slots.schema import SLOT_FILES, OffsetChange, SlotState
from nodechain.modules import REGISTRY

SECTION_OF_UTC = SlotsSection(QUARTER_MS, "UTC", (OffsetChange(0, 0),), (), (), ())


def checked(**changes: Any) -> None:
    """Raises what the check of a genesis with such a section raises."""
    section = SLOTS_SECTION.holding(msgspec.structs.replace(SECTION_OF_UTC, **changes))
    genesis = make_genesis()
    genesis = msgspec.structs.replace(genesis, sections=sections_of(*genesis.sections, section))
    check_sections(genesis, REGISTRY.sections)


def at_most(field: str, values: Callable[[int], tuple[Any, ...]], limit: int) -> Callable[[], None]:
    """The section takes so many of a field and no more."""

    def holds() -> None:
        checked(**{field: values(limit)})
        with pytest.raises(GenesisError):
            checked(**{field: values(limit + 1)})

    return holds


def accounts(count: int) -> tuple[bytes, ...]:
    """So many addresses."""
    return tuple(number.to_bytes(20, "big") for number in range(count))


def changes(count: int) -> tuple[OffsetChange, ...]:
    """So many changes of an offset."""
    return tuple(OffsetChange(number * QUARTER_MS, 60) for number in range(count))


def kept_days() -> None:
    """What lies 35 days back is kept, what lies 36 back is not."""
    today = START_MS // DAY_MS
    assert is_kept(START_MS, today - 35)
    assert not is_kept(START_MS, today - 36)


def max_slot_mwh() -> None:
    """The most that a slot holds."""
    pack_day([SlotValue(MAX_SLOT_MWH, SlotState.MEASURED)])
    with pytest.raises(BrokenInvariant):
        pack_day([SlotValue(MAX_SLOT_MWH + 1, SlotState.MEASURED)])


def max_custodians() -> None:
    """Voters name as many as there may be."""
    chain = slots_chain()
    for number in range(MAX_CUSTODIANS - 1):
        chain.vote(SetCustodian(bytes((number + 1,)) * 20, True))
    one_more = CastVote(SetCustodian(b"\xff" * 20, True), True)
    assert chain.try_("A", one_more).code == "too_many_custodians"


def max_points() -> None:
    """As many open points as there may be; `OPEN_POINTS` stands for those before."""
    context = context_of(slots_chain())
    context.change_count(OPEN_POINTS, MAX_POINTS - 1)
    context.time_ms += 1
    chain = slots_chain()
    point = signed(chain, terms(chain))
    register_point(context, point)
    other = signed(chain, terms(chain, direction=2))
    with pytest.raises(Refused) as refused:
        check_point(context, other)
    assert refused.value.code == "too_many_points"


def max_points_per_owner() -> None:
    """As many as one owner may have."""
    chain = slots_chain()
    for number in range(MAX_POINTS_PER_OWNER):
        register(chain, id_hash=file_hash(f"point {number}"))
    assert chain.try_("R", signed(chain, terms(chain, id_hash=file_hash("more")))).code == "too_many_points"


def max_zone_characters() -> None:
    """The longest name of a grid zone."""
    chain = slots_chain()
    register(chain, zone="z" * MAX_ZONE_CHARACTERS)
    with pytest.raises(MalformedInput):
        chain.tx("R", ChangePoint(1, "z" * (MAX_ZONE_CHARACTERS + 1), 0))


def kept_file_days() -> None:
    """A file is known until no value of it can be kept."""
    chain = slots_chain()
    register(chain)
    assert bring(chain, "one", row(1, FIRST_SLOT, [1])).code == ""
    chain.block(after_ms=KEPT_FILE_DAYS * DAY_MS - 1)
    assert chain.entries(SLOT_FILES)
    chain.block(after_ms=1)
    assert not chain.entries(SLOT_FILES)
    assert KEPT_FILE_DAYS > KEPT_DAYS + 1


def max_start_days() -> None:
    """The latest first slot."""
    chain = slots_chain()
    latest = (chain.time_ms + 1_000 + MAX_START_DAYS * DAY_MS) // QUARTER_MS
    assert chain.try_("R", signed(chain, terms(chain, from_slot=latest + 1))).code == "slot_too_far"
    register(chain, from_slot=latest)


def max_consent_age() -> None:
    """The oldest consent; the drift counts as well."""
    chain = slots_chain()
    oldest = chain.time_ms + 1_000 + chain.genesis.drift_ms - MAX_CONSENT_AGE_DAYS * DAY_MS
    late = signed(chain, terms(chain, signed_ms=oldest - 1))
    good = signed(chain, terms(chain, signed_ms=oldest))
    refused, passed = chain.block([chain.tx("R", late), chain.tx("R", good)]).executed.receipts[1:]
    assert (refused.code, passed.code) == ("stale_consent", "")


def max_rows() -> None:
    """As many rows as one part may have."""
    chain = slots_chain()
    register(chain)
    rows = tuple(row(1, FIRST_SLOT, [1]) for _ in range(MAX_ROWS))
    assert bring(chain, "one", *rows).code == ""
    with pytest.raises(MalformedInput):
        chain.tx("K", imported(chain, "two", *rows, rows[0]))


def max_row_slots() -> None:
    """As many slots as one row may have."""
    chain = slots_chain()
    first = (TODAY - 35) * SLOTS_A_DAY
    register(chain, from_slot=first)
    assert bring(chain, "one", row(1, first, [1] * MAX_ROW_SLOTS)).code == ""
    with pytest.raises(MalformedInput):
        chain.tx("K", imported(chain, "two", row(1, first, [1] * (MAX_ROW_SLOTS + 1))))


def max_quality() -> None:
    """The highest number of a quality."""
    chain = slots_chain()
    register(chain)
    assert bring(chain, "one", row(1, FIRST_SLOT, [1], MAX_QUALITY)).code == ""
    with pytest.raises(MalformedInput):
        chain.tx("K", imported(chain, "two", row(1, FIRST_SLOT, [1], MAX_QUALITY + 1)))


SLOT_LIMITS: dict[str, tuple[Callable[[], None], ...]] = {
    "MAX_OFFSETS": (at_most("offsets", changes, MAX_OFFSETS),),
    "MAX_HOLIDAYS": (at_most("holidays", lambda count: tuple(range(count)), MAX_HOLIDAYS),),
    "MAX_CUSTODIANS": (at_most("custodians", accounts, MAX_CUSTODIANS), max_custodians),
    "MAX_REGISTRARS": (at_most("registrars", accounts, MAX_REGISTRARS),),
    "KEPT_DAYS": (kept_days,),
    "MAX_SLOT_MWH": (max_slot_mwh,),
    "MAX_POINTS": (max_points,),
    "MAX_POINTS_PER_OWNER": (max_points_per_owner,),
    "MAX_ZONE_CHARACTERS": (max_zone_characters,),
    "KEPT_FILE_DAYS": (kept_file_days,),
    "MAX_START_DAYS": (max_start_days,),
    "MAX_CONSENT_AGE_DAYS": (max_consent_age,),
    "MAX_ROWS": (max_rows,),
    "MAX_ROW_SLOTS": (max_row_slots,),
    "MAX_QUALITY": (max_quality,),
}
