"""A grid tariff in words, from how a node renders its terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger.encoding.amounts import format_amount

QUARTERS_AN_HOUR: Final = 4
FACTOR_DECIMALS: Final = 9
_DAYS: Final = (("workday", ""), ("saturday", "Saturdays "), ("sunday", "Sundays and holidays "))


def rates_text(table: Mapping[str, Any]) -> str:
    """Rates of a kWh: one, or from which time of the day on which, and on which days others."""
    parts = [f"{day}{_steps_text(table[name])}" for name, day in _DAYS if table[name]]
    plain = "; ".join(parts)
    return "".join(f"{_feed_text(by_feed)}, else " for by_feed in table["by_feed"]) + plain


def _feed_text(by_feed: Mapping[str, Any]) -> str:
    """By which feed, times what, plus what, within which bounds."""
    factor, addend = format_amount(by_feed["factor"], FACTOR_DECIMALS), by_feed["addend"]["tokens"]
    by = f"feed {by_feed['feed']}" + (f" x {factor}" if factor != "1" else "")
    plus = "" if addend == "0" else f" - {addend[1:]}" if addend.startswith("-") else f" + {addend}"
    return f"{by}{plus} within {by_feed['least']['tokens']} to {by_feed['most']['tokens']}"


def _steps_text(steps: Sequence[Mapping[str, Any]]) -> str:
    if len(steps) == 1:
        return str(steps[0]["rate"]["tokens"])
    return ", ".join(f"{_time(step['from_quarter'])} {step['rate']['tokens']}" for step in steps)


def _time(quarter: int) -> str:
    return f"{quarter // QUARTERS_AN_HOUR:02}:{quarter % QUARTERS_AN_HOUR * 15:02}"


def tariff_lines(terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands in a tariff, a line each."""
    return [
        ("name", str(terms["name"])),
        ("retail", rates_text(terms["retail"])),
        ("feed-in", rates_text(terms["feed_in"])),
        *(
            (f"grid fee {fee['from_zone'] or 'none'} to {fee['to_zone'] or 'none'}", rates_text(fee["rate"]))
            for fee in terms["zone_fees"]
        ),
        *(
            (
                f"levy {levy['name']}",
                f"{rates_text(levy['rate'])}{', on shared energy too' if levy['on_shared'] else ''}",
            )
            for levy in terms["levies"]
        ),
    ]
