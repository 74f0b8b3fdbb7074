"""Telegram profiles as data: those of the project hold, and whatever contradicts itself is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devices.catalogue import load_meter_profile, meter_profile_ids, read_meter_profile
from devices.errors import BadProfile
from devices.profile import MAX_PROFILE_BYTES, RegisterProfile
from devices.protocols.registers import in_wh
from devices.telegram_profile import TELEGRAM_DIRECTORY, decode_telegram_profile, telegram_profile_ids
from tests.devices.telegram_samples import IEC, P1, PROFILES, SML, telegram_profile


def raw(name: str = P1) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((TELEGRAM_DIRECTORY / f"{name}.json").read_bytes())
    return document


def test_all_kinds_of_profiles_stand_in_one_catalogue() -> None:
    assert telegram_profile_ids() == PROFILES
    assert len(meter_profile_ids()) == 24
    assert isinstance(load_meter_profile("cg-em340"), RegisterProfile)
    assert len({load_meter_profile(name).hash() for name in meter_profile_ids()}) == 24
    for name in meter_profile_ids():
        profile = load_meter_profile(name)
        assert profile.id == name
        first = profile.billable[0]
        assert profile.register(first.name) is first
        assert len(first.obis_bytes) == 6


@pytest.mark.parametrize("name", PROFILES)
def test_every_decode_vector_holds(name: str) -> None:
    profile = telegram_profile(name)
    assert len(profile.vectors) == 3
    for vector in profile.vectors:
        data = bytes.fromhex(vector.telegram) if name == SML else vector.telegram.encode()
        energy = profile.energy(profile.register(vector.register), profile.protocol.decode(data))
        assert in_wh(energy) == vector.expected_wh


def test_the_hash_covers_what_decides_a_value_and_nothing_else() -> None:
    def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
        document = raw(IEC)
        change(document)
        document["vectors"] = [entry for entry in document["vectors"] if "1.8.1" not in entry["telegram"]]
        return decode_telegram_profile(json.dumps(document).encode()).hash()

    original = telegram_profile(IEC).hash()
    for same in (
        lambda d: d.update(notes=["corrected"]),
        lambda d: d["line"].update(baudrate=9600),
        lambda d: d["gauges"].clear(),
        lambda d: d["registers"].reverse(),
        lambda d: d["registers"][0]["tariffs"].reverse(),
    ):
        assert changed(same) == original
    for other in (
        lambda d: d["registers"][0].update(tariffs=["1.8.1", "1.8.2", "1.8.3"]),
        lambda d: d["registers"][0].update(tariffs=[]),
        lambda d: d["registers"][0].update(obis="1-1:1.8.0"),
        lambda d: d["counters"].update(rollover=10**9),
        lambda d: d.update(id="another"),
    ):
        assert changed(other) != original


CONTRADICTIONS: dict[str, Callable[[dict[str, Any]], object]] = {
    "unknown field": lambda d: d.update(extra=1),
    "missing field": lambda d: d["registers"][0].pop("total"),
    "schema": lambda d: d.update(schema="nodechain.telegram-profile/2"),
    "protocol": lambda d: d.update(protocol="m-bus"),
    "nine bits": lambda d: d["line"].update(bits=9),
    "same name": lambda d: d["gauges"][0].update(name="energy_import"),
    "same obis": lambda d: d["registers"][1].update(obis="1-0:1.8.0"),
    "obis out of range": lambda d: d["registers"][0].update(obis="1-0:300.8.0"),
    "a code that is none": lambda d: d["registers"][0].update(total="1.8"),
    "one value billed twice": lambda d: d["registers"][1].update(total="1-0:1.8.0"),
    "a tariff billed twice": lambda d: d["registers"][0].update(tariffs=["1-0:1.8.1", "1-0:1.8.1"]),
    "a tariff of another value": lambda d: d["registers"][0].update(tariffs=["1-0:3.8.1"]),
    "a total that is a tariff": lambda d: d["registers"][0].update(total="1-0:1.8.5"),
    "a gauge in thousands": lambda d: d["gauges"][0].update(unit="kW"),
    "wrong vector": lambda d: d["vectors"][0].update(expected_wh=1),
    "vector of nothing": lambda d: d["vectors"][0].update(register="energy"),
    "vector with a wrong checksum": lambda d: d["vectors"][0].update(telegram=d["vectors"][0]["telegram"] + "x"),
    "vector that is no ascii": lambda d: d["vectors"][0].update(telegram="\u00e9"),
    "no vectors": lambda d: d.update(vectors=[]),
    "no registers": lambda d: d.update(registers=[]),
}


@pytest.mark.parametrize("fault", CONTRADICTIONS)
def test_a_profile_that_contradicts_itself_is_refused(fault: str) -> None:
    document = raw()
    CONTRADICTIONS[fault](document)
    with pytest.raises(BadProfile):
        decode_telegram_profile(json.dumps(document).encode())


def test_a_vector_of_bytes_is_written_in_digits() -> None:
    document = raw(SML)
    document["vectors"][0]["telegram"] = "1b1b1b1b0"
    with pytest.raises(BadProfile, match="no telegram of sml"):
        decode_telegram_profile(json.dumps(document).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"null", b"[" * 5000, b" " * (MAX_PROFILE_BYTES + 1)])
def test_what_is_no_profile_is_refused(data: bytes, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_bytes(data)
    with pytest.raises(BadProfile):
        read_meter_profile(own)
    with pytest.raises(BadProfile):
        decode_telegram_profile(data)


def test_finding_profiles(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    for name in (P1, "cg-em340"):
        own.write_text(json.dumps(raw(P1)) if name == P1 else (TELEGRAM_DIRECTORY.parent / f"{name}.json").read_text())
        assert load_meter_profile(str(own)) == load_meter_profile(name) == read_meter_profile(own)
    for unknown in ("dsmr-p2", "../telegrams/dsmr-p1", str(tmp_path / "none.json")):
        with pytest.raises(BadProfile):
            load_meter_profile(unknown)
    with pytest.raises(BadProfile):
        load_meter_profile(P1).register("energy_net")
