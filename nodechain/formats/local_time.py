"""Time labels without an offset: which instant each one means, in the meters' time zone.

A label is what a clock on the wall shows, carried as a `datetime` whose zone says UTC and means nothing.

When clocks go back an hour of labels comes twice. The rule: the n-th repetition of a label in the order of the file is
the n-th real occurrence; of a label that a file has once, the neighbours decide; what is still unclear is rejected, and
so is a label that the spring's change skips.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nodechain.formats.errors import BadFile

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
MIN_YEAR, MAX_YEAR = 2000, 2100
KNOWN_LABELS: Final = 50_000
"""Texts of labels that are remembered: every point of a file has the same."""


class LocalClock:
    """The clocks of a time zone."""

    def __init__(self, zone: str) -> None:
        try:
            self._zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadFile(
                f"{zone!r} is no time zone of this system",
                code="unknown_zone",
                advice="Name one like Europe/Vienna; a system without zones needs the package tzdata.",
            ) from None
        self._known: dict[datetime, tuple[int, ...]] = {}

    def instants(self, label: datetime) -> tuple[int, ...]:
        """The instants at which clocks show a label, in ms since 1970 UTC: one, two in autumn, none in spring."""
        found = self._known.get(label)
        if found is None:
            aware = [label.replace(tzinfo=self._zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
            shown = [at for at in aware if at.astimezone(self._zone).replace(tzinfo=UTC, fold=0) == label]
            found = self._known[label] = tuple(sorted({(at - EPOCH) // _MS for at in shown}))
        return found

    def midnight(self, day: datetime) -> int:
        """The instant at which a local day begins."""
        found = self.instants(day.replace(hour=0, minute=0, second=0, microsecond=0))
        if not found:
            raise BadFile(f"the day {day:%Y-%m-%d} has no midnight in this zone", code="bad_time")
        return found[0]


def resolve(labels: Sequence[datetime], step_ms: Sequence[int], clock: LocalClock) -> list[int | None]:
    """The instants of one series' labels in the order of the file; None: rejected (skipped hour, or unclear)."""
    possible = [clock.instants(label) for label in labels]
    seen: dict[datetime, int] = {}
    found: list[int | None] = []
    for label, instants in zip(labels, possible, strict=True):
        times = seen.get(label, 0)
        seen[label] = times + 1
        found.append(instants[times % 2] if len(instants) == 2 else instants[0] if instants else None)
    if not any(len(instants) == 2 and seen[label] == 1 for label, instants in zip(labels, possible, strict=True)):
        return found
    fixed = [len(instants) == 1 or seen[label] > 1 for label, instants in zip(labels, possible, strict=True)]
    before = _chained(found, possible, fixed, step_ms, range(len(labels)), -1)
    after = _chained(found, possible, fixed, step_ms, range(len(labels) - 1, -1, -1), 1)
    for place, sure in enumerate(fixed):
        if not sure:
            said = {at for at in (before[place], after[place]) if at is not None}
            found[place] = said.pop() if len(said) == 1 else None
    return found


def _chained(
    found: Sequence[int | None],
    possible: Sequence[tuple[int, ...]],
    fixed: Sequence[bool],
    step_ms: Sequence[int],
    places: range,
    towards: int,
) -> list[int | None]:
    """Unsure labels by the neighbour on one side: the instant that is one step away from it."""
    result: list[int | None] = [at if sure else None for at, sure in zip(found, fixed, strict=True)]
    for place in places:
        neighbour = place + towards
        if fixed[place] or not 0 <= neighbour < len(found):
            continue
        beside = result[neighbour]
        if beside is not None:
            wanted = beside - towards * step_ms[place]
            result[place] = wanted if wanted in possible[place] else None
    return result


def paired(starts: Sequence[int], ends: Sequence[int], length_ms: int | None = None) -> tuple[int, int | None] | None:
    """Length and start of the interval between two labels by their possible instants; the start is None where two fit.

    Without a length the shortest that is positive. None: the labels bound no interval.
    """
    pairs = [(end - start, start) for start in starts for end in ends if end > start]
    shortest = min((length for length, _start in pairs if length_ms in (None, length)), default=None)
    if shortest is None:
        return None
    fitting = [start for length, start in pairs if length == shortest]
    return shortest, fitting[0] if len(fitting) == 1 else None


def iso_instant(text: str) -> int | datetime:
    """Milliseconds since 1970 UTC of an ISO time with an offset; the label itself where it has none.

    Raises `ValueError`, also for years out of 2000 to 2100.
    """
    found = datetime.fromisoformat(_six_fraction_digits(text.strip()))
    return in_range(found).replace(tzinfo=UTC) if found.tzinfo is None else (in_range(found) - EPOCH) // _MS


def offset_instant(text: str) -> int | None:
    """The same of a time with an offset; None for other texts: without one it would be a guess."""
    try:
        found = iso_instant(text)
    except ValueError:
        return None
    return found if isinstance(found, int) else None


def in_range(found: datetime) -> datetime:
    """The same time. Raises `ValueError` where its year is none of a meter's."""
    if not MIN_YEAR <= found.year <= MAX_YEAR:
        raise ValueError(f"the year {found.year} is out of {MIN_YEAR} to {MAX_YEAR}")
    return found


def _six_fraction_digits(text: str) -> str:
    """Without the seventh and later digits of a second: some senders write them, ISO readers refuse them."""
    head, dot, tail = text.partition(".")
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return head + dot + tail[: min(digits, 6)] + tail[digits:] if dot else text


def text_of(at_ms: int) -> str:
    """An instant as people read it, in UTC."""
    return (EPOCH + at_ms * _MS).strftime("%Y-%m-%dT%H:%M:%SZ")


def label_parser(pattern: str) -> Callable[[str], datetime]:
    """A reader of labels like `strptime`'s; raises `ValueError` for other texts."""

    @lru_cache(KNOWN_LABELS)
    def parse(text: str) -> datetime:
        return in_range(datetime.strptime(text.strip(), pattern).replace(tzinfo=UTC))

    return parse
