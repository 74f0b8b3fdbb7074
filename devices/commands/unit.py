"""`unit run`: a storage unit's controller."""

from __future__ import annotations

import asyncio
import random
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
from msgspec.structs import replace

from devices.client import DeviceClient
from devices.clock import DeviceClock, PlayedDeviceClock, SystemDeviceClock, judging_ms
from devices.commands.output import Result, Trouble, print_result, prints
from devices.commands.steps import steps
from devices.commands.targets import HOME_OPTION, anchor_of, ask_password, node_option, nodes_of, trust_option
from devices.drivers.driver import Confirmation
from devices.drivers.opening import Lines
from devices.errors import Misuse
from devices.follower import Follower
from devices.readings import ReadingSigner
from devices.signers.opening import open_signer
from devices.stopping import stop_on_signals
from devices.unit.archive import Archive
from devices.unit.controller import Listeners, UnitController, UnitRound
from devices.unit.reporter import Reporter, ReportOutcome
from devices.unit.reports import Reports
from devices.unit.sensing import SensedChannel
from devices.unit.setup import UnitSetup, read_setup
from ledger.keys.keyfile import KeyKind

MIB: Final = 1024 * 1024

_FILE = click.Path(dir_okay=False, path_type=Path)
_REPORTS = click.option("--reports", "reports_file", type=_FILE, required=True, help="What waits for the chain.")
_ARCHIVE = click.option("--archive", "archive_file", type=_FILE, required=True, help="What was measured, for people.")


@click.command()
@click.argument("file", type=_FILE)
@click.option("--key", required=True, help="The unit's key: a name in HOME/keys, a file, pkcs11:... or tpm:...")
@HOME_OPTION
@_REPORTS
@_ARCHIVE
@click.option("--archive-mib", type=click.IntRange(min=1), default=256, show_default=True, help="Of the archive.")
@node_option
@trust_option
@click.option("--fee", type=click.IntRange(min=0), default=0, show_default=True, help="Base units of the fee asset.")
@click.option("--once", is_flag=True, help="One round, reported; then end.")
@click.option("--step", is_flag=True, help="A reported round for each line on stdin, which is the time in ms.")
@prints
def run(file: Path, key: str, home: str, once: bool, step: bool, **options: Any) -> Result | None:
    """Control the storage unit that FILE describes: read its meters, report, enforce sessions, ring, archive."""
    setup = read_setup(file)
    signer = open_signer(key, home, ask_password, KeyKind.ACCOUNT)
    options["nodes"] = nodes_of(options["nodes"], home)
    with ExitStack() as files:
        reports = files.enter_context(Reports(options["reports_file"]))
        archive = files.enter_context(Archive(options["archive_file"], quota_bytes=options["archive_mib"] * MIB))
        reports.hold()
        archive.hold()
        options = {**options, "home": home}
        return asyncio.run(_run(setup, signer, reports, archive, once=once, step=step, options=options))


async def _run(
    setup: UnitSetup, signer: ReadingSigner, reports: Reports, archive: Archive, *, once: bool, step: bool,
    options: dict[str, Any],
) -> Result | None:  # fmt: skip
    clock: DeviceClock = PlayedDeviceClock(0) if step else SystemDeviceClock()
    client = DeviceClient(options["nodes"])
    follower = Follower(client, reports, partial(judging_ms, clock), anchor_of(options["trust"], options["home"]))
    reporter = Reporter(reports, client, follower, signer, fee=options["fee"])
    lines = Lines(switches=frozenset(channel.relay for channel in setup.channels if channel.relay is not None))
    controller = _controller(setup, lines, clock, reports, archive, reporter, follower)
    try:
        if once:
            round_ = await controller.poll(report=True)
            before = reports.summary().refused
            outcome, why = await controller.push_all(attempts=3)
            return replace(
                _result(round_, outcome, why), troubles=_troubles(outcome, why, reports.summary().refused - before)
            )
        stop = stop_on_signals()
        if isinstance(clock, PlayedDeviceClock):
            await _step(controller, clock, stop)
        else:
            await controller.run(stop)
        return None
    finally:
        client.close()
        await lines.close()


def _controller(
    setup: UnitSetup, lines: Lines, clock: DeviceClock, reports: Reports, archive: Archive, reporter: Reporter,
    follower: Follower,
) -> UnitController:  # fmt: skip
    sensed, relays = [], {}
    for channel in setup.channels:
        entry = channel.entry
        driver = lines.open_driver(
            channel.profile,
            channel.place,
            Confirmation(clock.now_ms, entry.max_power_w),
            counters=(entry.register,),
            device_id=entry.device_id,
            meter_id=entry.meter_id,
            pulse_file=None if entry.pulse_file is None else Path(entry.pulse_file),
            reply_timeout_s=entry.reply_timeout_s,
        )
        sensed.append(SensedChannel(channel, driver, reports, clock.now_ms()))
        if entry.relay is not None and channel.relay is not None:
            relays[channel.name] = lines.open_relay(channel.relay, entry.relay.device_id, entry.relay.coil)
    listeners = Listeners(_say_round, _say_pushed, lambda text: print(f"trouble {text}", file=sys.stderr))
    return UnitController(
        tuple(sensed), relays, reports, archive, reporter, follower, clock, listeners,
        poll_ms=setup.poll_ms, report_ms=setup.report_ms, draw=random.Random(),
    )  # fmt: skip


async def _step(controller: UnitController, clock: PlayedDeviceClock, stop: asyncio.Event) -> None:
    """A round a line, until stdin ends; then every relay is opened."""
    print_result(Result({"started": True}, "started"))
    try:
        async for line in steps(stop):
            if not line.isdigit():
                raise Misuse(f"{line!r} is no time in ms")
            clock.set(int(line))
            round_ = await controller.poll(report=True)
            print_result(_result(round_, *await controller.push_all()))
    finally:
        await controller.open_all()


def _result(round_: UnitRound, outcome: ReportOutcome, why: str) -> Result:
    data = {
        "time_ms": round_.time_ms,
        "channels": {
            name: {
                "counted_wh": sensed.counted_wh,
                "gauges": {gauge: f"{value:f}" for gauge, value in sensed.gauges.items()},
            }
            for name, sensed in round_.sensed.items()
        },
        "alarms": [
            {"channel": alarm.channel, "kind": alarm.kind.value, "subject": alarm.subject, "raised": alarm.raised,
             "detail": alarm.detail}
            for alarm in round_.alarms
        ],
        "relays": {name: verdict.value for name, verdict in round_.relays.items()},
        "reported": round_.reported,
        "outcome": outcome.value,
        "reason": why,
    }  # fmt: skip
    return Result(data, f"{_round_line(round_)}; {outcome.value} {why}".rstrip())


_EXIT: Final = {
    ReportOutcome.REFUSED: 4,
    ReportOutcome.STUCK: 4,
    ReportOutcome.UNREACHABLE: 5,
    ReportOutcome.WAITING: 6,
}
_ADVICE: Final = {
    ReportOutcome.REFUSED: "The same bytes are sent again; the node gives the reason.",
    ReportOutcome.STUCK: "`nodechain unit reports FILE` with --again or --count decides about it.",
    ReportOutcome.UNREACHABLE: "Is the node running? Name others with --node. The reports wait.",
    ReportOutcome.WAITING: "It is sent again by the next run; `nodechain unit reports FILE` shows what waits.",
}


def _troubles(outcome: ReportOutcome, why: str, refused: int) -> tuple[Trouble, ...]:
    """What is to be told of a run: items that the ledger refused, and a report that is not decided."""
    found = []
    if refused:
        advice = "`nodechain unit reports FILE` counts them; they are not sent again."
        found.append(Trouble("rejected", f"the ledger refused {refused} items of this unit", advice, 4))
    if outcome in _EXIT:
        found.append(Trouble(outcome.value, why, _ADVICE[outcome], _EXIT[outcome]))
    return tuple(found)


def _round_line(round_: UnitRound) -> str:
    read = sum(sensed.counted_wh is not None for sensed in round_.sensed.values())
    closed = sum(verdict.closed for verdict in round_.relays.values())
    text = (
        f"{read} of {len(round_.sensed)} read, {round_.reported} to report, {closed} of {len(round_.relays)} may draw"
    )
    alarms = [f"{'ALARM' if alarm.raised else 'over'} {alarm.channel} {alarm.kind.value}: {alarm.detail}"
              for alarm in round_.alarms]  # fmt: skip
    return "; ".join([text, *alarms])


def _say_round(round_: UnitRound) -> None:
    if round_.alarms or round_.reported:
        print(_round_line(round_), file=sys.stderr)


def _say_pushed(outcome: ReportOutcome, why: str) -> None:
    print(f"report  {outcome.value} {why}".rstrip(), file=sys.stderr)
