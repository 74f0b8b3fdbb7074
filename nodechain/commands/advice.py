"""`nodechain advice`: when the community will have energy left over, from settled slots that the account may read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from ledger.encoding.amounts import parse_duration_ms, parse_energy
from ledger.limits import MAX_TIME_MS
from nodechain.advice.choosing import TESTED_DAYS, Advice, SlotFigures, Way, advise
from nodechain.client.answers.sharing_days import AccountSlots, SchemeSums
from nodechain.client.answers.slots import SlotsView
from nodechain.client.rest import escaped
from nodechain.commands.sending.chain import chain_time_ms
from nodechain.commands.sending.send import account_asked
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import NotFound, UsageError

MWH_A_WH: Final = 1_000
MINUTE_MS: Final = 60_000
LATEST_MS: Final = MAX_TIME_MS - 86_400_000
"""No calendar goes further, in whatever zone."""
KNOWN_DAYS: Final = TESTED_DAYS + max(way.value for way in Way)
"""So many days before are read."""

_WAYS: Final = {Way.YESTERDAY: "the day before", Way.LAST_WEEK: "the same day of the week before"}


class _Place:
    """The member's side: whose points, in which scheme, by which clock."""

    def __init__(self, invocation: Invocation, account: str, scheme: int | None) -> None:
        self._api = invocation.node.api
        slots = self._api.get("/v1/slots", SlotsView)
        self.slot_ms: int = slots["slot_ms"]
        try:
            self.zone: ZoneInfo | Any = ZoneInfo(slots["zone"])
        except ZoneInfoNotFoundError:
            self.zone = UTC
        self.account = account
        self.scheme = self._scheme(invocation) if scheme is None else scheme

    def _scheme(self, invocation: Invocation) -> int:
        """The one in which the account shares, if it is one."""
        found = sorted({share["scheme"] for share in invocation.node.sharing.account(self.account)["months"]})
        if not found:
            raise NotFound("the account shares in no scheme yet", code="no_shares", advice="See `nodechain sharing`.")
        if len(found) > 1:
            raise UsageError(f"the account shares in schemes {', '.join(map(str, found))}", code="which_scheme",
                             advice="Say which with --scheme.")  # fmt: skip
        return found[0]

    def today(self, now_ms: int) -> date:
        """The local day."""
        return datetime.fromtimestamp(min(now_ms, LATEST_MS) / 1_000, self.zone).date()

    def day(self, day: date) -> dict[int, SlotFigures]:
        """The settled slots of a local day."""
        begin, end = (self._slot(each) for each in (day, day + timedelta(days=1)))
        path, query = f"/v1/sharing/schemes/{self.scheme}/sums", {"from": begin, "to": end}
        sums = self._api.get(path, SchemeSums, **query)["slots"]
        own = self._api.get(f"/v1/sharing/accounts/{escaped(self.account)}/slots", AccountSlots, **query)["slots"]
        rests = {
            slot["slot"]: sum(
                point["energy_mwh"] - point["shared_mwh"] for point in slot["points"] if point["direction"] == "offtake"
            )
            for slot in own
            if slot["scheme"] == self.scheme
        }
        return {
            self._minute(each["start_ms"]): SlotFigures(
                each["injected_mwh"] - each["shared_mwh"], rests.get(each["slot"], 0)
            )
            for each in sums
        }

    def _slot(self, day: date) -> int:
        start = datetime.combine(day, time(), self.zone)
        return round(start.timestamp() * 1_000) // self.slot_ms

    def _minute(self, start_ms: int) -> int:
        at = datetime.fromtimestamp(min(start_ms, LATEST_MS) / 1_000, self.zone)
        return at.hour * 60 + at.minute


@click.command()
@click.argument("account", required=False, shell_complete=accounts)
@click.option("--for", "length", default="3h", show_default=True, metavar="DURATION", help="How long it runs.")
@click.option("--energy", default="1 kWh", show_default=True, metavar="ENERGY", help="What it needs.")
@click.option("--day", metavar="DATE", help="For which day (default: today, by the community's clock).")
@click.option("--scheme", type=click.IntRange(min=1), help="Which scheme, where the account shares in several.")
@command
def advice(
    invocation: Invocation, *, account: str | None, length: str, energy: str, day: str | None, scheme: int | None
) -> None:
    """The hours in which ACCOUNT best uses energy: when the community had most left over, and how often that was right.

    A day is said to be as the day before, or as the same day of the week before, whichever was right more often on the
    last seven days. Nothing leaves this machine but questions that the account may ask.
    """
    address = account_asked(invocation, account, "`nodechain advice NAME`")
    place = _Place(invocation, address, scheme)
    wanted = _date(day) if day else place.today(chain_time_ms(invocation.node.status()))
    slot, minutes = place.slot_ms // MINUTE_MS, parse_duration_ms(length) // MINUTE_MS
    if minutes < slot or minutes % slot or minutes > 24 * 60:
        raise UsageError(f"--for is a multiple of {slot} minutes, at most a day", code="bad_duration")
    days = {}
    with Progress("day", KNOWN_DAYS) as progress:
        for back in range(KNOWN_DAYS, 0, -1):
            days[wanted.toordinal() - back] = place.day(wanted - timedelta(days=back))
            progress.at(KNOWN_DAYS - back + 1)
    found = advise(days, wanted.toordinal(), minutes, slot, parse_energy(energy) * MWH_A_WH)
    data = {"account": address, "scheme": place.scheme, "day": wanted.isoformat(), "advice": _data(found)}
    invocation.show(data, _text(found, wanted))


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not 1970 < found.year < 9999:
        raise UsageError(f"{text} is no day", code="bad_day", advice="Like 2026-11-29.")
    return found


def _data(found: Advice | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "begin": _clock(found.window.begin),
        "end": _clock(found.window.end),
        "surplus_mwh": found.window.surplus_mwh,
        "like": date.fromordinal(found.like).isoformat(),
        "way": found.way.name.lower(),
        "movable_mwh": found.movable_mwh,
        "right": found.record.right,
        "tested_days": found.record.days,
    }


def _text(found: Advice | None, day: date) -> str:
    if found is None:
        return f"No advice for {day}: on the days that it could be like, the community had not so much left over."
    record = f"on {found.record.right} of {found.record.days} days before that had as much left as is needed"
    return (
        f"{day}: run it {_clock(found.window.begin)} to {_clock(found.window.end)}. "
        f"On {date.fromordinal(found.like)} ({_WAYS[found.way]}) the community had {_kwh(found.window.surplus_mwh)} "
        f"left over then, and you drew {_kwh(found.movable_mwh)} from the grid at other hours.\n"
        f"How sure: {record if found.record.days else 'this could not be tested on days before yet'}."
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _kwh(energy_mwh: int) -> str:
    return f"{energy_mwh / 10**6:.2f} kWh"
