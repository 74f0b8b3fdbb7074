"""Origins, the choice of a unit and priority on the command line, as docs/origin.md shows them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest

from harness.node import PASSWORD, HomeFixture
from nodechain.client.answers.energy import UnitView
from nodechain.client.answers.origin import UnitOriginAnswer
from nodechain.client.node_client import RestClient
from nodechain.commands.terminal.unit_choice import choose_unit
from nodechain.errors import NotFound
from tests.support.live_commands import LiveCommands, console_of, on_a_standing_clock
from tests.support.plant import Plant

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "origin.md").read_text()
(TABLE,) = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
NOVEMBER_MS = 1_793_491_200_000
HOUR_MS = 3_600_000


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    (tmp_path / "template.toml").write_text(f"{text}{TABLE}")
    return HomeFixture(tmp_path / "home", str(tmp_path / "template.toml"), time_ms=NOVEMBER_MS)


def _send(run: LiveCommands, clock: Any, *raws: bytes) -> None:
    clock.move_to(clock.wall_ms() + 1_000)
    client = RestClient(run.here[-1])
    answers = [client.submit(raw, wait_s=30) for raw in raws]
    client.close()
    assert [answer["code"] for answer in answers] == [""] * len(raws)


def _play(run: LiveCommands, number: int) -> list[str]:
    return [run.text(*words) for words in console_of(DOCS, number)]


def test_whose_sun_is_in_the_battery(home: HomeFixture, capsys: pytest.CaptureFixture[str]) -> None:
    def lived(run: LiveCommands, clock: Any) -> None:
        plant = Plant(home, NOVEMBER_MS)
        _send(run, clock, plant.binding(), *plant.descriptions())
        clock.move_to(NOVEMBER_MS + 12 * HOUR_MS)
        _send(run, clock, plant.reads((NOVEMBER_MS + 12 * HOUR_MS, 4_200)))
        for name in ("bob", "carol"):
            run("transfer", "ent", name, "1", "--from", "alice")
        held, drawn = _play(run, 1)
        assert re.search(r"renewable: +4\.2 kWh\nother sources: +0 Wh\nunknown origin: +0 Wh", held)
        assert re.search(r"1 +pv +2026-11-01 +4\.2 kWh +no", held)
        assert "Nothing was drawn" in drawn
        _play(run, 2)
        assert run.refused("session", "open", "--any", "0.1", "--source", "wind", "--from", "dave") == "no_unit"
        assert run.refused("session", "open", "battery", "--from", "dave") == "bad_arguments"
        assert run.refused("session", "open", "battery", "0.1", "--source", "pv", "--from", "dave") == "bad_arguments"
        assert run.refused("session", "open", "battery", "0.1", "--any", "--from", "dave") == "bad_arguments"
        _play(run, 3)
        assert run.refused(*console_of(DOCS, 3)[0]) == "origin_reserved"
        assert run("origin", "unit", "battery")["reserved_wh"] == 500
        run("unit", "consumed", "bob", "0.2 kWh", "--from", "battery")
        assert re.search(
            r"2026-11 +pv +200 Wh\n\n200 Wh of 200 Wh were renewable \(100 %\)", run.text(*console_of(DOCS, 1)[1])
        )
        _play(run, 4)
        client = RestClient(run.here[-1])
        (first,) = client.origins.priority()
        client.close()
        assert first["account"] == run("keys", "show", "carol")["address"]

    on_a_standing_clock(home, capsys, lived)


def _unit(address: str, available_wh: int, **changes: Any) -> UnitView:
    made = {"address": address, "owner": "owner", "status": "active", "available_wh": available_wh, "reserve_wh": 0}
    return cast(UnitView, {**made, **changes})


def _chosen(*units: UnitView, source: str | None = None, consumer: str = "me") -> tuple[str, ...]:
    def origin_of(address: str) -> UnitOriginAnswer:
        held = [("pv", 700)] if address == "sunny" else []
        lots = [{"source": source, "energy_wh": wh} for source, wh in held]
        return cast(UnitOriginAnswer, {"renewable_wh": sum(wh for _source, wh in held), "lots": lots})

    return choose_unit(units, origin_of, str, consumer=consumer, energy_wh=500, source=source).reasons


def test_the_unit_with_most_is_chosen_and_all_are_told() -> None:
    full, sunny = _unit("full", 9_000), _unit("sunny", 2_000)
    short, off = _unit("short", 400), _unit("off", 9_999, status="suspended")
    kept = _unit("kept", 9_999, reserve_wh=9_600)
    said = _chosen(short, sunny, full, off, kept)
    assert said[0] == "full: 9 kWh free, the most"
    assert set(said[1:]) == {"sunny: 2 kWh free", "short: 400 Wh free", "off: suspended", "kept: 399 Wh free"}
    assert _chosen(kept, consumer="owner")[0] == "kept: 9.999 kWh free, the most"
    for source in ("pv", "renewable"):
        assert _chosen(full, sunny, source=source)[0] == f"sunny: 700 Wh of {source}, the most"
    with pytest.raises(NotFound, match="full: holds nothing of wind") as none:
        _chosen(full, source="wind")
    assert none.value.code == "no_unit"
    with pytest.raises(NotFound, match="there is none"):
        _chosen()
