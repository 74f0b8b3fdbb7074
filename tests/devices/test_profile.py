"""Profiles as data: all that come with the project load and decode; whatever contradicts itself does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devices.errors import BadProfile, NotAReading
from devices.profile import (
    MAX_PROFILE_BYTES,
    PROFILE_DIRECTORY,
    decode_profile,
    load_profile,
    parse_obis,
    profile_ids,
    read_profile,
)
from devices.protocols.registers import in_wh

EXPECTED_IDS = (
    "abb-b23-b24",
    "cg-em111",
    "cg-em24-e1",
    "cg-em24-rs485",
    "cg-em340",
    "eastron-sdm120",
    "eastron-sdm230",
    "eastron-sdm630",
    "eastron-sdm72d-m",
    "inepro-pro380",
    "janitza-umg96rm-e",
    "schneider-iem3155",
)


def raw(name: str = "cg-em24-rs485") -> dict[str, Any]:
    document: dict[str, Any] = json.loads((PROFILE_DIRECTORY / f"{name}.json").read_bytes())
    return document


def test_the_twelve_profiles_are_there_with_their_149_registers() -> None:
    assert profile_ids() == EXPECTED_IDS
    assert sum(len(load_profile(name).registers) for name in EXPECTED_IDS) == 149


def test_all_24_decode_vectors_hold() -> None:
    checked = 0
    for name in profile_ids():
        profile = load_profile(name)
        assert profile.id == name
        for vector in profile.vectors:
            energy = profile.decode(profile.register(vector.register), vector.raw)
            assert in_wh(energy) == vector.expected_wh, (name, vector)
            checked += 1
    assert checked == 24


@pytest.mark.parametrize("name", EXPECTED_IDS)
def test_every_meter_has_import_and_export_under_their_obis_codes(name: str) -> None:
    profile = load_profile(name)
    assert profile.register("1-0:1.8.0").name == "energy_import"
    assert profile.register("1-0:2.8.0").obis_bytes == bytes((1, 0, 2, 8, 0, 255))
    assert all(register.kind == "counter" and register.unit == "Wh" for register in profile.billable)


@pytest.mark.parametrize("name", EXPECTED_IDS)
def test_every_declared_sentinel_is_refused(name: str) -> None:
    profile = load_profile(name)
    for register in profile.billable:
        for pattern in profile.no_values():
            if pattern.type is register.type:
                words = pattern.value.to_bytes(2 * register.type.words, "big")
                order = [int.from_bytes(words[place : place + 2], "big") for place in range(0, len(words), 2)]
                if profile.word_order.value == "little":
                    order.reverse()
                with pytest.raises(NotAReading):
                    profile.decode(register, tuple(order))


def test_totals_and_resettable_counters_are_not_billable() -> None:
    assert not load_profile("eastron-sdm72d-m").register("energy_total").billable
    assert not load_profile("eastron-sdm72d-m").register("energy_import_resettable").billable
    assert not load_profile("schneider-iem3155").register("reactive_energy_import").billable


def test_the_hash_covers_what_decides_a_value_and_nothing_else() -> None:
    def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
        document = raw()
        change(document)
        return decode_profile(json.dumps(document).encode()).hash()

    original = load_profile("cg-em24-rs485").hash()
    assert len({load_profile(name).hash() for name in EXPECTED_IDS}) == 12
    counter = next(place for place, register in enumerate(raw()["registers"]) if register["kind"] == "counter")
    for same in (
        lambda d: d.update(notes=["corrected"]),
        lambda d: d["link"].update(baudrate=19200),
        lambda d: d["registers"].pop(0),
        lambda d: d["registers"].reverse(),
    ):
        assert changed(same) == original
    for other in (
        lambda d: d["registers"][counter].update(address=200),
        lambda d: d["registers"][counter].update(type="uint32"),
        lambda d: d["counters"].update(rollover=10**9),
        lambda d: d.update(function_code=3),
        lambda d: d.update(sentinels=[]),
        lambda d: d.update(id="another"),
    ):
        assert changed(other) != original


def drop_field(document: dict[str, Any]) -> None:
    del document["registers"][0]["scale"]


CONTRADICTIONS: dict[str, Callable[[dict[str, Any]], object]] = {
    "unknown field": lambda d: d.update(extra=1),
    "missing field": drop_field,
    "schema": lambda d: d.update(schema="nodechain.meter-profile/2"),
    "a number as scale": lambda d: d["registers"][0].update(scale=0.1),
    "scale no power of ten": lambda d: d["registers"][0].update(scale="0.2"),
    "unknown type": lambda d: d["registers"][0].update(type="int24"),
    "unknown kind": lambda d: d["registers"][0].update(kind="total"),
    "function that writes": lambda d: d.update(function_code=6),
    "address too high": lambda d: d["registers"][0].update(address=65535),
    "overlap": lambda d: d["registers"][1].update(address=d["registers"][0]["address"] + 1),
    "same name": lambda d: d["registers"][1].update(name=d["registers"][0]["name"]),
    "obis of a gauge": lambda d: d["registers"][0].update(obis="1-0:32.7.0"),
    "obis out of range": lambda d: d["registers"][-1].update(obis="1-0:300.8.0"),
    "wrong vector": lambda d: d["vectors"][0].update(expected_wh=1),
    "vector of nothing": lambda d: d["vectors"][0].update(register="energy"),
    "short vector": lambda d: d["vectors"][0].update(raw=[1]),
    "no vectors": lambda d: d.update(vectors=[]),
    "wider than one read": lambda d: d.update(max_registers_per_read=1),
    "no registers": lambda d: d.update(registers=[]),
}


@pytest.mark.parametrize("fault", CONTRADICTIONS)
def test_a_profile_that_contradicts_itself_is_refused(fault: str) -> None:
    document = raw()
    CONTRADICTIONS[fault](document)
    with pytest.raises(BadProfile):
        decode_profile(json.dumps(document).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"null", b"[" * 5000, b" " * (MAX_PROFILE_BYTES + 1)])
def test_what_is_no_profile_is_refused(data: bytes) -> None:
    with pytest.raises(BadProfile):
        decode_profile(data)


def test_finding_profiles(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_bytes((PROFILE_DIRECTORY / "cg-em340.json").read_bytes())
    assert load_profile(str(own)) == load_profile("cg-em340") == read_profile(own)
    for unknown in ("cg-em999", "../profiles/cg-em340", str(tmp_path / "none.json")):
        with pytest.raises(BadProfile):
            load_profile(unknown)
    with pytest.raises(BadProfile):
        load_profile("cg-em340").register("energy_net")
    with pytest.raises(BadProfile):
        parse_obis("1-0")
