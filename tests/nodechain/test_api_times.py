"""Times and numbers from outside are bounded where they come in, and whatever comes out can be shown (N11)."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from consensus.pacing import Timeouts
from harness.node import START_MS, HomeFixture
from harness.processes import run
from ledger.encoding.times import format_day, format_time
from ledger.keys.address import format_address
from ledger.light.freshness import FRESH_HEAD
from ledger.limits import MAX_TIME_MS
from nodechain.api.routes import ROUTES
from nodechain.clock import LATEST_MS, MAX_STEP_MS
from nodechain.commands.status import shown
from nodechain.home.genesis_file import parse_template
from nodechain.node import settings_of
from tests.support.api import get, serving

DAY_MS = 86_400_000
DEADLINE_S = 60


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return HomeFixture(tmp_path / "home")


async def move(client: Any, body: Any) -> tuple[int, Any]:
    async with client.post("/v1/clock", json=body) as answer:
        return answer.status, await answer.json(content_type=None)


@pytest.mark.parametrize(
    ("time_ms", "code"),
    [
        (2**63 - 1, "bad_parameter"),
        (2**63, "bad_parameter"),
        (10**30, "bad_parameter"),
        (-1, "bad_parameter"),
        (MAX_TIME_MS + 1, "bad_parameter"),
        (MAX_TIME_MS, "clock_step"),
        (START_MS + MAX_STEP_MS + DAY_MS, "clock_step"),
    ],
)
def test_n11_the_clock_of_a_dev_chain_is_moved_in_bounds(home: HomeFixture, time_ms: int, code: str) -> None:
    async def ask() -> None:
        async with serving(home) as (node, client):
            status, problem = await move(client, {"time_ms": time_ms, "block": True})
            assert (status, problem["code"]) == (400, code)
            assert (node.clock.wall_ms(), node.app.height) == (START_MS, 0)
            status, _moved = await move(client, {"time_ms": START_MS + MAX_STEP_MS, "block": True})
            assert status == 200
            assert (await get(client, "/v1/status"))["time_ms"] == START_MS + MAX_STEP_MS

    asyncio.run(ask())


def test_n11_the_clock_stays_in_years_that_can_be_shown(tmp_path: Path) -> None:
    home = HomeFixture(tmp_path / "late", time_ms=LATEST_MS - DAY_MS)

    async def ask() -> None:
        async with serving(home) as (node, client):
            status, _moved = await move(client, {"time_ms": LATEST_MS, "block": True})
            assert (status, node.app.parent.header.time_ms) == (200, LATEST_MS)
            status, problem = await move(client, {"time_ms": LATEST_MS + 1})
            assert (status, problem["code"]) == (400, "clock_at_its_end")
            status_now = await get(client, "/v1/status")
            energy = await get(client, "/v1/energy")
            assert "9998-12-30" in str(dict(shown(status_now, energy))["block time"])
            for path in ("/v1/blocks", "/v1/votes", "/v1/energy", "/metrics", "/v1/sessions"):
                async with client.get(path) as answer:
                    assert answer.status == 200

    asyncio.run(ask())


def test_h12_a_clock_that_was_moved_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices sign no reading that is later than the chain is proven to be: a played day would wait for each turn."""
    home = HomeFixture(tmp_path / "moved")
    patient = Timeouts(resend_ms=DAY_MS)
    monkeypatch.setattr("nodechain.node.settings_of", lambda genesis: replace(settings_of(genesis), timeouts=patient))

    async def ask() -> None:
        async with serving(home) as (running, client):
            await move(client, {"time_ms": START_MS + 60_000, "block": True})
            await move(client, {"time_ms": START_MS + DAY_MS})
            assert running.app.parent.header.time_ms == START_MS + 60_000
            async with asyncio.timeout(DEADLINE_S):
                while await said_last(client) != START_MS + DAY_MS:
                    continue

    asyncio.run(ask())


async def said_last(client: aiohttp.ClientSession) -> int:
    answer = await get(client, "/v1/light/freshness")
    return max(said.time_ms for said in FRESH_HEAD.decode(bytes.fromhex(answer["fresh"])).statements)


@pytest.mark.parametrize("time_ms", [-1, 0, MAX_TIME_MS, MAX_TIME_MS + 1, 2**63 - 1, -(2**63), 10**40])
def test_n11_status_shows_any_time(time_ms: int) -> None:
    status: Any = {
        "chain_id": "c", "genesis_hash": "", "height": 1,
        "time_ms": time_ms, "mode": "pbft", "validators": 1, "validator": "",
        "safe_mode": "", "behind": 0, "signing": False, "round": 0, "peers": 0, "validators_connected": 0,
        "pool": {"transactions": 0, "bytes": 0}, "version": "1", "simulated_clock": False, "clock_ahead_ms": None,
        "protocol_version": 1, "known_version": 1, "upgrade": None,
    }  # fmt: skip
    energy: Any = {"difference": {"tokens": "0"}, "rate": {"tokens": "0"}}
    assert str(dict(shown(status, energy))["block time"]).startswith(format_time(time_ms))
    assert format_day(time_ms)


def test_n11_times_are_written_as_the_calendar_has_them() -> None:
    chosen = random.Random(11)
    print("seed 11")
    times = [chosen.randrange(MAX_TIME_MS) for _ in range(2_000)] + [0, MAX_TIME_MS]
    times += [
        int(dt.datetime(year, month, day, tzinfo=dt.UTC).timestamp()) * 1000 - back
        for year in (1972, 1999, 2000, 2100, 2400, 9999)
        for month, day in ((1, 1), (2, 28), (3, 1), (12, 31))
        for back in (0, 1)
    ]
    for time_ms in times:
        expected = dt.datetime.fromtimestamp(time_ms // 1000, dt.UTC)
        assert format_time(time_ms) == expected.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")
        assert format_day(time_ms) == expected.strftime("%Y-%m-%d").rjust(10, "0")


EXTREMES = ("0", "1", "9223372036854775807", "9223372036854775808", "4294967296", "-1", "", "x", "1" * 400, "٣")


def test_n11_no_number_of_a_query_breaks_an_answer(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home) as (_node, client):
            values = {
                "address": format_address(home.address("alice")), "key": "01" + "00" * 32, "id": "00" * 32,
                "table": "supply", "number": "1", "block": "1", "height": "1", "index": "0", "slot": "1",
                "month": "2026-11",
            }  # fmt: skip
            for route in (route for route in ROUTES if route.method == "GET"):
                parts = [name for name in ("number", "block", "height", "index", "slot") if f"{{{name}}}" in route.path]
                names = [name for name, _meaning in route.query]
                for extreme in EXTREMES:
                    places: list[tuple[str, dict[str, str]]] = [
                        (route.path.format(**{**values, part: extreme or "0"}), {}) for part in parts
                    ]
                    asked = places + [(route.path.format(**values), {name: extreme}) for name in names]
                    for path, query in asked:
                        async with client.get(path, params=query) as answer:
                            assert answer.status < 500, (path, query, await answer.text())

    asyncio.run(ask())


def test_n11_a_template_with_endless_intervals_is_refused() -> None:
    text = (Path(__file__).parents[2] / "genesis" / "dev.toml").read_text()
    parse_template(text)
    for name in ("min_interval", "heartbeat", "drift"):
        line = next(line for line in text.splitlines() if line.startswith(name))
        with pytest.raises(Exception, match=name):
            parse_template(text.replace(line, f'{name} = "40000d"'))


@pytest.mark.parametrize(
    "arguments",
    [
        ("transfer", "eeuro", "bob", "1", "--valid-until", str(2**63)),
        ("transfer", "eeuro", "bob", "1", "--valid-until", str(10**30)),
        ("market", "buy", "1", "1", "--expires-in", "99999999999999999999d"),
        ("market", "sell", "1", "1", "--expires-in", "106751991167d"),
    ],
)
def test_n11_the_command_line_bounds_what_it_is_told(arguments: tuple[str, ...], tmp_path: Path) -> None:
    outcome = run(*arguments, "--output", "json", "--node", "http://127.0.0.1:9",
                  environment={"NODECHAIN_HOME": str(tmp_path)})  # fmt: skip
    assert outcome.error["exit_code"] == 2, outcome
    assert "Traceback" not in outcome.err


def test_n11_times_are_written_in_one_place() -> None:
    """`ledger.encoding.times` never fails; the standard library's calendar ends at the year 9999, and raises."""
    root = Path(__file__).parents[2]
    own = {"devices/simulators/telegram_text.py", "nodechain/notices/mail.py", "nodechain/commands/advice.py"}
    """A simulated meter writes its own clock, in the form of its telegrams; a mail has the date of its notice, as mails
    have it, and hours of a day in a zone are the calendar's: both bound the time first."""
    found = {
        path.relative_to(root).as_posix()
        for room in ("nodechain", "devices", "ledger", "market", "consensus")
        for path in (root / room).rglob("*.py")
        if re.search(r"fromtimestamp\(", path.read_text())
    }
    assert found == own
