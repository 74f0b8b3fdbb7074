"""The limits of points and slots, for `tests/ledger/test_limits.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from harness.chain import START_MS, make_genesis
from ledger.chain.parameters import DAY_MS
from ledger.chain.section import check_sections, sections_of
from ledger.errors import BrokenInvariant, GenesisError
from ledger.slots.genesis import SLOTS_SECTION, SlotsSection
from ledger.slots.limits import MAX_CUSTODIANS, MAX_HOLIDAYS, MAX_OFFSETS, MAX_REGISTRARS, MAX_SLOT_MWH
from ledger.slots.packing import SlotValue, pack_day
from ledger.slots.retention import is_kept
from ledger.slots.schema import OffsetChange, SlotState
from nodechain.modules import REGISTRY

QUARTER_MS = 900_000
SECTION = SlotsSection(QUARTER_MS, "UTC", (OffsetChange(0, 0),), (), (), ())


def checked(**changes: Any) -> None:
    """Raises what the check of a genesis with such a section raises."""
    section = SLOTS_SECTION.holding(msgspec.structs.replace(SECTION, **changes))
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


SLOT_LIMITS: dict[str, tuple[Callable[[], None], ...]] = {
    "MAX_OFFSETS": (at_most("offsets", changes, MAX_OFFSETS),),
    "MAX_HOLIDAYS": (at_most("holidays", lambda count: tuple(range(count)), MAX_HOLIDAYS),),
    "MAX_CUSTODIANS": (at_most("custodians", accounts, MAX_CUSTODIANS),),
    "MAX_REGISTRARS": (at_most("registrars", accounts, MAX_REGISTRARS),),
    "KEPT_DAYS": (kept_days,),
    "MAX_SLOT_MWH": (max_slot_mwh,),
}
