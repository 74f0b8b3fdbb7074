"""`unit reports` and `unit archive`: what a storage unit's controller left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from msgspec.structs import asdict

from devices.clock import SystemDeviceClock
from devices.commands.output import Result, prints, table
from devices.commands.times import parse_time_ms
from devices.errors import Misuse
from devices.unit.archive import Archive
from devices.unit.reports import Reports
from ledger.encoding.times import format_time

DAY_MS: Final = 86_400_000
_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--again", is_flag=True, help="A stuck report: sign what it holds anew (its number was somebody else's).")
@click.option("--count", is_flag=True, help="A stuck report: count it as decided (the chain has it).")
@prints
def reports(file: Path, again: bool, count: bool) -> Result:
    """What of a unit's measurements waits in the reports FILE, and what became of the rest."""
    if not file.exists():
        raise Misuse(f"there is no file {file}", code="file_not_found")
    if again and count:
        raise Misuse("a stuck report is either sent again or counted")
    with Reports(file) as stored:
        released = stored.release(again=again) if again or count else False
        summary, waiting = stored.summary(), stored.waiting()
    rows = [(item.channel, item.kind.value, item.energy_wh, _time_text(item.time_ms)) for item in waiting]
    shown = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in asdict(summary).items() if name != "stuck")
    text = f"{shown}{'; STUCK: --again or --count' if summary.stuck else ''}"
    listing = table(("CHANNEL", "KIND", "Wh", "AT"), rows)
    items = [{"channel": item.channel, "kind": item.kind.value, "energy_wh": item.energy_wh, "time_ms": item.time_ms}
             for item in waiting]  # fmt: skip
    return Result({**asdict(summary), "released": released, "next": items}, f"{text}\n\n{listing}" if rows else text)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--from", "first", metavar="TIME", help="ISO 8601, UTC or with an offset; default: a day before.")
@click.option("--to", "last", metavar="TIME", help="ISO 8601, in UTC or with an offset; default: now.")
@prints
def archive(file: Path, first: str | None, last: str | None) -> Result:
    """What a unit measured in a span of time, and its alarms, from the archive FILE."""
    if not file.exists():
        raise Misuse(f"{file} does not exist", code="no_archive")
    to_ms = SystemDeviceClock().now_ms() if last is None else parse_time_ms(last)
    from_ms = to_ms - DAY_MS if first is None else parse_time_ms(first)
    with Archive(file) as stored:
        values, alarms = list(stored.values(from_ms, to_ms)), stored.alarms(from_ms, to_ms)
    data = {
        "values": [
            {"time_ms": one.time_ms, "channel": one.channel, "name": one.name, "value": f"{one.value:f}"}
            for one in values
        ],
        "alarms": [
            {
                "time_ms": time_ms,
                "channel": channel,
                "kind": kind,
                "subject": subject,
                "raised": raised,
                "detail": detail,
            }
            for time_ms, channel, kind, subject, raised, detail in alarms
        ],
    }
    rows = [(_time_text(one.time_ms), one.channel, one.name, f"{one.value:f}") for one in values]
    rung = [(_time_text(row[0]), row[1], f"{row[2]} {row[3]}".strip(), "begins" if row[4] else "ends", row[5])
            for row in alarms]  # fmt: skip
    text = f"{table(('AT', 'CHANNEL', 'VALUE', ''), rows)}\n\n{table(('AT', 'CHANNEL', 'ALARM', '', 'DETAIL'), rung)}"
    return Result(data, text)


def _time_text(time_ms: int) -> str:
    return f"{format_time(time_ms)}Z".replace(" ", "T", 1)
