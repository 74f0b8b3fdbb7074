"""What an account drew by month and source (rule OR6)."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.chain.context import Context, saturated
from ledger.chain.parameters import DAY_MS
from ledger.chain.schema import Counter
from ledger.origin.events import OriginPart
from ledger.origin.limits import KEPT_ORIGIN_MONTHS
from ledger.origin.schema import ORIGIN_SUMS
from ledger.slots.clock import month_of_day
from ledger.state.table import big_endian


def sum_draw(context: Context, account: bytes, parts: Iterable[OriginPart]) -> None:
    """Add a draw to the account's sums of the block's month; with a new month what is kept no longer goes."""
    month = month_of_day(context.time_ms // DAY_MS)
    by_source: dict[int, int] = {}
    for part in parts:
        by_source[part.source] = by_source.get(part.source, 0) + part.energy_wh
    for source, energy_wh in sorted(by_source.items()):
        key = sum_key(account, month, source)
        known = context.state.get(ORIGIN_SUMS, key)
        if known is None:
            _forget(context, account, month)
        context.state.put(ORIGIN_SUMS, key, Counter(saturated(energy_wh + (0 if known is None else known.value))))


def sum_key(account: bytes, month: int, source: int) -> bytes:
    """The key of an account's sum; a month is 12 x year + (0 to 11)."""
    return account + big_endian(month) + bytes((source,))


def _forget(context: Context, account: bytes, month: int) -> None:
    """Of as many months as went by without a draw; each was made once."""
    first = context.state.first(ORIGIN_SUMS, account)
    while first is not None and int.from_bytes(first[20:28], "big") <= month - KEPT_ORIGIN_MONTHS:
        context.state.delete(ORIGIN_SUMS, first)
        first = context.state.first(ORIGIN_SUMS, account)
