"""`meter opening`: the register that is bound measures what the binding says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from devices.binding import REGISTER_OF, register_for
from devices.catalogue import load_meter_profile
from devices.commands.opening import opening
from devices.errors import Misuse
from devices.profile import load_profile
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from harness.chain import address, secret
from harness.fake_node import FakeNode
from ledger.encoding.obis import format_obis
from ledger.keys.address import format_address
from ledger.metering.consent import decode_terms_file
from ledger.metering.schema import MeterKind

PROFILE = "schneider-iem3155"


def sign(file: Path, kind: str, *more: str) -> Result:
    """`meter opening` of a meter that shows 7 Wh drawn and 5 Wh fed in."""

    async def scene() -> Result:
        meter = SimulatedMeter(load_profile(PROFILE))
        meter.advance(7, "energy_import")
        meter.advance(5, "energy_export")
        async with ModbusMeterServer({1: meter}) as server, FakeNode() as node:
            arguments = [
                PROFILE, str(file), "--at", str(server.place), "--device-id", "1", "--kind", kind,
                "--max-power", "10000",
                "--unit", format_address(address("U1")), "--account", format_address(address("A")), "--key", "any",
                "--home", str(file.parent), "--node", node.url, *more,
            ]  # fmt: skip
            return await asyncio.to_thread(CliRunner().invoke, opening, arguments)

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("kind", "register", "shown"), [("production", "1-0:2.8.0", 5), ("consumption", "1-0:1.8.0", 7)]
)
def test_break_20_the_register_follows_the_kind(
    kind: str, register: str, shown: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.commands.opening.open_meter_key", lambda _key, _home: secret("M"))
    file = tmp_path / "opening.json"
    done = sign(file, kind)
    assert done.exit_code == 0, done.output
    terms = decode_terms_file(file.read_bytes()).terms
    assert (format_obis(terms.obis), terms.opening_register) == (register, shown)


@pytest.mark.parametrize(
    ("kind", "register"),
    [("production", "energy_import"), ("consumption", "energy_export"), ("storage", "energy_import")],
)
def test_break_20_a_register_of_the_other_direction_is_not_signed(
    kind: str, register: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.commands.opening.open_meter_key", lambda _key, _home: secret("M"))
    file = tmp_path / "opening.json"
    done = sign(file, kind, "--register", register)
    assert done.exit_code == 2
    assert "wrong_register" in done.output
    assert not file.exists()


@pytest.mark.parametrize("name", ["schneider-iem3155", "dsmr-p1", "sunspec-203", "s0-1000"])
def test_break_20_registers_of_all_kinds_of_meters(name: str) -> None:
    profile = load_meter_profile(name)
    for kind in (MeterKind.PRODUCTION, MeterKind.CONSUMPTION):
        assert register_for(profile, kind, None).name == REGISTER_OF[kind]
    with pytest.raises(Misuse):
        register_for(profile, MeterKind.STORAGE, None)


def test_break_20_a_storages_level_is_no_direction() -> None:
    profile = load_meter_profile("sunspec-713")
    assert register_for(profile, MeterKind.STORAGE, None).name == "level"
    with pytest.raises(Misuse):
        register_for(profile, MeterKind.CONSUMPTION, "level")
