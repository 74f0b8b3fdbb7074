"""Terms as they held from slot to slot, for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ledger.encoding.times import format_time
from nodechain.commands.terminal.output import fields


def versions_text(
    versions: Sequence[Mapping[str, Any]], lines: Callable[[Mapping[str, Any]], Sequence[tuple[str, object]]]
) -> str:
    """Versions of terms that hold from slots on, one below the other; `lines`: of the terms."""
    return "\n\n".join(
        fields(
            [
                ("version", f"{each['version']}, from slot {each['from_slot']} ({format_time(each['from_ms'])})"),
                *lines(each["terms"]),
            ]
        )
        for each in versions
    )
