"""Which numbers are whose: they follow from a module's place, so that no two subjects take the same one (rule X7).

What stands in keys of the state, in two bytes (`ledger.state.full_key`), has `IN_KEYS` numbers a place: tables,
purposes of locks, counters of accounts, kinds of what falls due, kinds of sweeps. What stands in values has
`IN_VALUES`: transaction types, events, actions. Numbers up to 127 take one byte in a value: the places of what is sent
most often are low.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.errors import require

IN_KEYS: Final = 8
IN_VALUES: Final = 24
MAX_PLACES: Final = 256
"""So many subjects will hardly come; the two bytes hold 8,192 (decision 0024)."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one module: `count` of them from `first` on; who may need more numbers takes several."""

    first: int
    count: int = 1

    def __post_init__(self) -> None:
        require(0 <= self.first < self.first + self.count <= MAX_PLACES, f"there are places 0 to {MAX_PLACES - 1}")

    @property
    def in_keys(self) -> range:
        """Its numbers of what stands in keys."""
        return range(self.first * IN_KEYS, (self.first + self.count) * IN_KEYS)

    @property
    def in_values(self) -> range:
        """Its numbers of what stands in values."""
        return range(self.first * IN_VALUES, (self.first + self.count) * IN_VALUES)

    @property
    def taken(self) -> range:
        """The places themselves."""
        return range(self.first, self.first + self.count)
