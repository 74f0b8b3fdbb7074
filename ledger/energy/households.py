"""What was metered of accounts' energy, in sums since genesis (rule M11)."""

from __future__ import annotations

from ledger.chain.context import Context, saturated
from ledger.energy.schema import HOUSEHOLDS, Household

NO_HOUSEHOLD = Household(0, 0, 0, 0)


def count_energy(
    context: Context, address: bytes, *, produced: int = 0, exported: int = 0, consumed: int = 0, imported: int = 0
) -> None:
    """Add to an account's metered energy, each figure of which stops at the end of the range of numbers."""
    before = context.state.get(HOUSEHOLDS, address) or NO_HOUSEHOLD
    after = Household(
        saturated(before.produced_wh + produced),
        saturated(before.exported_wh + exported),
        saturated(before.consumed_wh + consumed),
        saturated(before.imported_wh + imported),
    )
    context.state.put(HOUSEHOLDS, address, after)


def is_household(context: Context, address: bytes) -> bool:
    """Whether energy was metered for the address (M11)."""
    return context.state.get(HOUSEHOLDS, address) is not None
