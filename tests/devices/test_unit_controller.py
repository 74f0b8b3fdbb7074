"""A storage unit's controller on real lines and a real node: what it measures is settled, what it must cut is cut."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from devices.errors import Misuse
from devices.simulators.faults import Fault
from devices.unit.reporter import ReportOutcome
from devices.unit.sessions import Verdict
from devices.unit.setup import MAX_SETUP_BYTES, read_setup
from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.payloads import Transfer
from ledger.energy.limits import MAX_BATCH_ITEMS
from ledger.energy.payloads import CloseSession, EnergyProduced, OpenSession
from ledger.energy.schema import HOUSEHOLDS, SESSIONS, UNITS, Household, Unit
from ledger.state.overlay import State
from nodechain.api.server import ApiOptions, serve_api
from tests.devices.unit_scene import UnitScene, unit_scene

ENT = 10**9
Body = Callable[[UnitScene], Awaitable[None]]


def play(folder: Path, body: Body) -> None:
    async def main() -> None:
        async with unit_scene(folder) as scene:
            await body(scene)

    asyncio.run(main())


def unit(scene: UnitScene) -> Unit:
    found = State(scene.node.app.store).get(UNITS, scene.home.address("battery"))
    assert found is not None
    return found


def household(scene: UnitScene, name: str) -> Household:
    return State(scene.node.app.store).get(HOUSEHOLDS, scene.home.address(name)) or Household(0, 0, 0, 0)


def contacts(scene: UnitScene) -> list[bool]:
    return list(scene.relays.closed)


async def filled(scene: UnitScene, wh: int = 5_000) -> None:
    """Alice's roof has put energy in, and bob has ENT to draw some of it."""
    await scene.round()
    scene.roof.advance(wh, "energy_export")
    scene.cells.set_energy("level", wh)
    await scene.round()
    await scene.say("alice", Transfer(ENERGY_ASSET, scene.home.address("bob"), 3 * ENT))


def test_what_is_measured_is_settled(tmp_path: Path) -> None:
    async def body(scene: UnitScene) -> None:
        first, outcome, why = await scene.round()
        assert (outcome, why) == (ReportOutcome.IDLE, "")
        assert first.relays == {"flat": Verdict.NO_SESSION}
        scene.roof.advance(5_000, "energy_export")
        scene.cells.set_energy("level", 4_900)
        round_, outcome, why = await scene.round()
        assert (round_.reported, outcome, why) == (2, ReportOutcome.IDLE, "")
        assert household(scene, "alice").produced_wh == 5_000
        assert unit(scene).available_wh == 4_900
        # Nothing new is no report.
        round_, outcome, why = await scene.round()
        assert (round_.reported, scene.reports.summary().decided) == (0, 3)
        values = {(value.channel, value.name) for value in scene.archive.values(0, 2**60)}
        assert {("roof", "voltage_l1"), ("flat", "counted_wh"), ("flat", "relay")} <= values

    play(tmp_path, body)


def test_a_session_closes_the_relay_until_it_is_used_up(tmp_path: Path) -> None:
    async def body(scene: UnitScene) -> None:
        await filled(scene)
        assert contacts(scene) == [False, False]
        await scene.say("bob", OpenSession(scene.home.address("battery"), 2 * ENT, 0))
        round_, _, _ = await scene.round()
        assert round_.relays == {"flat": Verdict.MAY_DRAW}
        assert contacts(scene) == [False, True]
        granted = State(scene.node.app.store).get(SESSIONS, scene.home.address("bob") + scene.home.address("battery"))
        assert granted is not None
        # Drawn and not reported yet counts as drawn.
        scene.flat.advance(granted.energy_wh - 1)
        scene.clock.set(scene.clock.now_ms() + 600_000)
        assert (await scene.controller.poll(report=False)).relays == {"flat": Verdict.MAY_DRAW}
        scene.flat.advance(1)
        scene.clock.set(scene.clock.now_ms() + 600_000)
        assert (await scene.controller.poll(report=False)).relays == {"flat": Verdict.USED_UP}
        assert contacts(scene) == [False, False]
        round_, outcome, why = await scene.round()
        assert (outcome, why) == (ReportOutcome.IDLE, "")
        assert household(scene, "bob").consumed_wh == granted.energy_wh
        assert (await scene.round())[0].relays == {"flat": Verdict.NO_SESSION}

    play(tmp_path, body)


def test_an_expired_session_is_cut_though_no_node_answers(tmp_path: Path) -> None:
    async def body(scene: UnitScene) -> None:
        await filled(scene)
        await scene.say("bob", OpenSession(scene.home.address("battery"), 2 * ENT, 0))
        await scene.round()
        assert contacts(scene) == [False, True]
        await scene.server.close()
        scene.flat.advance(100)
        round_, outcome, _ = await scene.round()
        # The session that was proven before goes on; the report waits.
        assert (round_.relays, outcome) == ({"flat": Verdict.MAY_DRAW}, ReportOutcome.UNREACHABLE)
        round_, _, _ = await scene.round(minutes=60 * 24 * 400)
        assert round_.relays == {"flat": Verdict.EXPIRED}
        assert contacts(scene) == [False, False]
        scene.server = await serve_api(scene.node, ApiOptions(port=int(scene.server.url.rpartition(":")[2])))
        _, outcome, why = await scene.round()
        assert (outcome, why) == (ReportOutcome.IDLE, "")
        assert household(scene, "bob").consumed_wh == 100

    play(tmp_path, body)


def test_a_meter_that_is_silent_or_a_relay_that_sticks_is_told(tmp_path: Path) -> None:
    async def body(scene: UnitScene) -> None:
        await filled(scene)
        await scene.say("bob", OpenSession(scene.home.address("battery"), 2 * ENT, 0))
        await scene.round()
        assert contacts(scene) == [False, True]
        del scene.bus.bus.meters[2]
        round_, _, _ = await scene.round(minutes=11)
        assert round_.relays == {"flat": Verdict.UNKNOWN}
        assert contacts(scene) == [False, False]
        assert [(alarm.kind.value, alarm.raised) for alarm in round_.alarms] == [("silence", True)]
        scene.bus.bus.meters[2] = scene.flat
        scene.relays.stuck.add(1)
        round_, _, _ = await scene.round()
        assert round_.relays == {"flat": Verdict.MAY_DRAW}
        assert "relay_stuck" in scene.told[-1]
        scene.relays.stuck.clear()
        await scene.round()
        assert contacts(scene) == [False, True]
        await scene.controller.open_all()
        assert contacts(scene) == [False, False]

    play(tmp_path, body)


def test_a_register_that_falls_is_never_reported(tmp_path: Path) -> None:
    async def body(scene: UnitScene) -> None:
        await filled(scene)
        scene.roof.set_energy("energy_export", 10)
        round_, outcome, _ = await scene.round()
        assert [(alarm.channel, alarm.kind.value, alarm.detail) for alarm in round_.alarms] == [
            ("roof", "refused", "register_fell")
        ]
        assert (round_.sensed["roof"].counted_wh, outcome) == (None, ReportOutcome.IDLE)
        assert household(scene, "alice").produced_wh == 5_000
        scene.roof.set_energy("energy_export", 5_001)
        assert (await scene.round())[0].reported == 1
        assert household(scene, "alice").produced_wh == 5_001

    play(tmp_path, body)


def test_gauges_ring(tmp_path: Path) -> None:
    async def body(scene: UnitScene) -> None:
        await scene.round()
        scene.flat.set_gauge("voltage_l1", 2_601, 10)
        round_, _, _ = await scene.round()
        (alarm,) = round_.alarms
        assert (alarm.channel, alarm.kind.value, alarm.subject) == ("flat", "range", "voltage_l1")
        assert [row[1:5] for row in scene.archive.alarms(0, 2**60)] == [("flat", "range", "voltage_l1", True)]

    play(tmp_path, body)


def test_a_controller_that_begins_again_counts_on(tmp_path: Path) -> None:
    async def body(scene: UnitScene) -> None:
        await scene.round()
        scene.roof.advance(700, "energy_export")
        await scene.round(push=False)
        assert scene.reports.summary().waiting == 1
        await scene.end()
        scene.roof.advance(300, "energy_export")
        scene.begin()
        await scene.round()
        assert household(scene, "alice").produced_wh == 1_000
        assert scene.reports.summary().waiting == 0

    play(tmp_path, body)


def test_a_number_that_somebody_else_used_stops_the_reports(tmp_path: Path) -> None:
    async def body(scene: UnitScene) -> None:
        await scene.round()
        scene.roof.advance(700, "energy_export")
        await scene.round(push=False)
        # Signed, and before it is sent the unit's key is used elsewhere.
        reporter = scene.controller._reporter
        report = await reporter._sign()
        assert report is not None
        scene.home._nonces["battery"] = report.nonce - 1
        await scene.say("battery", EnergyProduced(unit(scene).sequence + 1, scene.home.address("alice"), 1))
        outcome, why = await reporter.push()
        assert (outcome, scene.reports.summary().stuck) == (ReportOutcome.STUCK, True)
        assert "used twice" in why
        assert (await reporter.push())[0] is ReportOutcome.STUCK
        assert scene.reports.release(again=True)
        assert (await scene.controller.push_all())[0] is ReportOutcome.IDLE
        assert household(scene, "alice").produced_wh == 701

    play(tmp_path, body)


def test_relays_are_read_back_over_a_bad_line(tmp_path: Path) -> None:
    async def body(scene: UnitScene) -> None:
        await filled(scene)
        await scene.say("bob", OpenSession(scene.home.address("battery"), 2 * ENT, 0))
        scene.board.bus.faults.inject(Fault.RESET)
        await scene.round()
        assert scene.told
        await scene.round()
        assert contacts(scene) == [False, True]

    play(tmp_path, body)


GOOD: dict[str, Any] = {
    "name": "a", "kind": "storage", "profile": "sunspec-713", "at": "tcp:h:502", "register": "level", "max_power_w": 1,
}  # fmt: skip
RELAY = {"at": "tcp:h:502", "device_id": 1, "coil": 0}


@pytest.mark.parametrize(
    ("channels", "why"),
    [
        ([], "length"),
        ([GOOD, GOOD], "one name"),
        ([GOOD, {**GOOD, "name": "b"}], "one store"),
        ([{**GOOD, "account": "nrg1x"}], "storage has none"),
        ([{**GOOD, "kind": "production"}], "have an account"),
        ([{**GOOD, "relay": RELAY}], "only a consumer"),
        ([{**GOOD, "register": "energy_import"}], "counts no"),
        ([{**GOOD, "profile": "none"}], "no profile"),
        ([{**GOOD, "at": "nowhere"}], "no place"),
        ([{**GOOD, "ranges": {"V": ["low", None]}}], "decimal"),
        ([{**GOOD, "colour": "red"}], "unknown field"),
        ([{**GOOD, "kind": "thief"}], "Invalid enum"),
    ],
)
def test_a_bad_unit_file_is_refused(tmp_path: Path, channels: list[dict[str, Any]], why: str) -> None:
    path = tmp_path / "unit.json"
    path.write_text(json.dumps({"channels": channels}))
    with pytest.raises(Misuse) as refused:
        read_setup(path)
    assert refused.value.code == "bad_unit_file"
    assert why in refused.value.detail


def test_a_unit_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "unit.json"
    with pytest.raises(Misuse) as refused:
        read_setup(path)
    assert refused.value.code == "no_unit_file"
    for content in ("", "[]", " " * (MAX_SETUP_BYTES + 1)):
        path.write_text(content)
        with pytest.raises(Misuse) as refused:
            read_setup(path)
        assert refused.value.code == "bad_unit_file"


async def measured_offline(scene: UnitScene, items: int) -> int:
    """Rounds without a network until more than so many items wait; the Wh that they hold."""
    await scene.round()
    measured = 0
    while len(scene.reports.waiting()) < items:
        scene.roof.advance(10, "energy_export")
        measured += 10
        scene.cells.set_energy("level", measured)
        await scene.round(push=False)
    return measured


def test_break_3_after_a_long_outage_all_that_waits_is_reported(tmp_path: Path) -> None:
    async def body(scene: UnitScene) -> None:
        measured = await measured_offline(scene, MAX_BATCH_ITEMS)
        scene.roof.advance(10, "energy_export")
        outcome, why = (await scene.round(push=True))[1:]
        assert (outcome, why) == (ReportOutcome.IDLE, "")
        assert household(scene, "alice").produced_wh == measured + 10
        assert scene.reports.summary().waiting == scene.reports.summary().refused == 0

    play(tmp_path, body)


def test_break_3_a_report_that_the_ledger_takes_in_no_form_is_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a release with a larger limit has signed does not hold up the unit for ever."""

    async def body(scene: UnitScene) -> None:
        with monkeypatch.context() as older:
            older.setattr("devices.unit.reports.MAX_BATCH_ITEMS", 500)
            measured = await measured_offline(scene, MAX_BATCH_ITEMS + 1)
            await scene.controller.push_all(attempts=0)
            older.setattr("devices.unit.reporter.is_well_formed", lambda _body: True)
            outcome, why = await scene.controller.push_all(attempts=1)
            assert (outcome, why.partition(":")[0]) == (ReportOutcome.REFUSED, "malformed_input")
        assert (await scene.controller.push_all(attempts=1)) == (ReportOutcome.IDLE, "")
        assert household(scene, "alice").produced_wh == measured
        assert scene.reports.summary().waiting == scene.reports.summary().refused == 0

    play(tmp_path, body)


def test_break_16_an_older_state_closes_no_relay_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(scene: UnitScene) -> None:
        await filled(scene)
        await scene.say("bob", OpenSession(scene.home.address("battery"), 3 * ENT, 0))
        honest, shown = scene.client.state, dict[tuple[bytes, ...], tuple[bytes, list[bytes]]]()

        async def state(*keys: bytes) -> tuple[bytes, list[bytes]]:
            return shown.setdefault(keys, await honest(*keys)) if lies else await honest(*keys)

        lies = True
        monkeypatch.setattr(scene.client, "state", state)
        assert (await scene.round(minutes=1))[0].relays == {"flat": Verdict.MAY_DRAW}
        await scene.say("bob", CloseSession(scene.home.address("battery")))
        lies = False
        open_ = (await scene.round(minutes=1))[0].relays
        assert not contacts(scene)[1]
        lies = True
        assert (await scene.round(minutes=1))[0].relays == open_
        assert not contacts(scene)[1]
        assert any("after one of" in told for told in scene.told)

    play(tmp_path, body)
