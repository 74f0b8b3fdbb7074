"""What was metered by slots of time, statements by time, meters, closed votes, the validators' record, the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from harness.node import START_MS, HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.encoding.codec import Value
from ledger.energy.payloads import EnergyConsumed, EnergyProduced, OpenSession
from ledger.governance.payloads import AdmitMember, CastVote
from ledger.keys.address import format_address, format_key
from ledger.keys.crypto import Ed25519SecretKey
from ledger.metering.payloads import BindMeter, MeteringTypeNumber, MeterTerms, ReadingStep, SubmitReadings
from ledger.metering.schema import MeterKind
from nodechain.api import series
from nodechain.api.http.requests import EPOCH
from nodechain.api.series_steps import MAX_SLOTS, QUARTER_MS, SlotStep, bounds
from nodechain.errors import UsageError
from nodechain.node import Node
from tests.support.api import get, serving

ENT = 10**9
START = START_MS - START_MS % QUARTER_MS + QUARTER_MS
PROFILE = bytes(32)
OBIS = bytes((1, 0, 1, 8, 0, 255))
WH = ("drawn_wh", "imported_wh", "stored_wh", "exported_wh")

Play = Callable[[Node, aiohttp.ClientSession], Coroutine[Any, Any, None]]


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return HomeFixture(tmp_path / "home")


def play(home: HomeFixture, story: Play) -> None:
    async def served() -> None:
        async with serving(home) as (node, client):
            await story(node, client)

    asyncio.run(served())


async def decide(client: aiohttp.ClientSession, raw: bytes) -> Any:
    headers = {"Content-Type": "application/octet-stream"}
    async with client.post("/v1/transactions?wait=decided", data=raw, headers=headers) as answer:
        decided = await answer.json()
        assert (answer.status, decided["code"]) == (200, ""), decided
        return decided


async def at(client: aiohttp.ClientSession, minutes: int) -> None:
    """So long after the start, in a block of its own."""
    async with client.post("/v1/clock", json={"time_ms": START + minutes * 60_000, "block": True}) as answer:
        assert answer.status == 200


class MeterOfAlice:
    """A meter of alice at the battery, whose register counts Wh from 0."""

    def __init__(self, home: HomeFixture, seed: int, kind: MeterKind) -> None:
        self._home = home
        self._key = Ed25519SecretKey(bytes((seed,)) * 32)
        self._kind = kind
        self._sequence = 0
        self.key = self._key.public_key

    def binding(self) -> bytes:
        """The battery binds it, from the start on."""
        home = self._home
        terms = MeterTerms(
            home.address("battery"), home.address("alice"), int(self._kind), self.key, bytes((len(self.key),)) * 31
            + self.key[-1:], PROFILE, OBIS, 0, 1, 0, 10_000, START, 0, 0,
        )  # fmt: skip
        message, owner = terms.message(home.genesis.hash), home.key("alice")
        consent = (Signature(0, owner.sign(message)),)
        return home.raw("battery", BindMeter(terms, self._key.sign(message), owner.public_key, consent))

    def reads(self, *readings: tuple[int, int]) -> bytes:
        """A transaction of readings (minutes after the start, Wh)."""
        self._sequence += len(readings)
        (first, register), home = readings[0], self._home
        steps = tuple(ReadingStep(1, (b[0] - a[0]) * 60_000, b[1] - a[1]) for a, b in pairwise(readings))
        payload = SubmitReadings(PROFILE, 0, 2, 0, OBIS, 0, START + first * 60_000, register, steps)
        envelope = unsigned(
            home.genesis.chain_id, MeteringTypeNumber.SUBMIT_READINGS, self.key, self._sequence, payload
        )
        return assemble(envelope, (Signature(0, self._key.sign(sign_message(envelope, home.genesis.hash))),))


async def an_hour(home: HomeFixture, client: aiohttp.ClientSession) -> tuple[MeterOfAlice, MeterOfAlice]:
    """Alice's meters: the one of consumption misses a quarter and sends the next two at once, from a session partly."""
    used, made = MeterOfAlice(home, 1, MeterKind.CONSUMPTION), MeterOfAlice(home, 2, MeterKind.PRODUCTION)
    await at(client, 0)
    await decide(client, used.binding())
    await decide(client, made.binding())
    await at(client, 15)
    await decide(client, made.reads((15, 1_000)))
    await decide(client, used.reads((15, 500)))
    await decide(client, home.raw("alice", OpenSession(home.address("battery"), ENT // 5, 0)))
    await at(client, 30)
    await decide(client, made.reads((30, 1_500)))
    await at(client, 60)
    await decide(client, used.reads((45, 800), (60, 1_000)))
    await decide(client, made.reads((45, 1_500), (60, 2_500)))
    await at(client, 61)
    return used, made


def series_of(home: HomeFixture, query: str = "") -> str:
    return f"/v1/accounts/{format_address(home.address('alice'))}/series?from_time={START}{query}"


def test_a_slot_has_what_ended_in_it_and_a_gap_is_not_zero(home: HomeFixture) -> None:
    async def story(_node: Node, client: aiohttp.ClientSession) -> None:
        await an_hour(home, client)
        answer = await get(client, series_of(home))
        shown = [tuple(slot[name] for name in WH) for slot in answer["slots"]]
        assert shown == [
            (0, 500, 1_000, 0),
            (None, None, 500, 0),
            (200, 100, 0, 0),
            (0, 200, 1_000, 0),
            (None, None, None, None),
        ]
        assert [slot["missing"] for slot in answer["slots"]] == [False, True, False, False, False]
        assert [slot["since_ms"] for slot in answer["slots"]] == [None, None, START + QUARTER_MS, None, None]
        assert [slot["start_ms"] for slot in answer["slots"]] == [START + n * QUARTER_MS for n in range(5)]
        assert not any(slot["reported"] for slot in answer["slots"])
        assert answer["next"] is None

    play(home, story)


def test_the_sum_of_the_slots_is_what_the_ledger_counted(home: HomeFixture) -> None:
    async def story(_node: Node, client: aiohttp.ClientSession) -> None:
        await an_hour(home, client)
        alice = format_address(home.address("alice"))
        counted = (await get(client, f"/v1/accounts/{alice}"))["metered"]
        expected = [counted[f"{name}_wh"] for name in ("consumed", "imported", "produced", "exported")]
        for step in ("", "&step=day", "&step=month&zone=Europe/Berlin"):
            found = (await get(client, series_of(home, step)))["slots"]
            assert [sum(slot[name] or 0 for slot in found) for name in WH] == expected, step
        # A range that begins in the middle knows when its first interval began, from the readings before.
        later = await get(client, f"/v1/accounts/{alice}/series?from_time={START + 2 * QUARTER_MS}")
        assert [slot["since_ms"] for slot in later["slots"]][:2] == [START + QUARTER_MS, None]

    play(home, story)


def test_what_one_answer_cannot_read_comes_in_the_next(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(_node: Node, client: aiohttp.ClientSession) -> None:
        await an_hour(home, client)
        whole = (await get(client, series_of(home)))["slots"]
        monkeypatch.setattr(series, "MAX_PAGE_RECEIPTS", 4)
        found: list[Any] = []
        path: str = series_of(home)
        answers = 0
        while path:
            answer = await get(client, path)
            found += answer["slots"]
            path = "" if answer["next"] is None else series_of(home).replace(str(START), str(answer["next"]))
            answers += 1
        assert answers > 1
        assert [slot["start_ms"] for slot in found] == [slot["start_ms"] for slot in whole]

    play(home, story)


def test_what_was_reported_by_hand_counts_at_its_block(home: HomeFixture) -> None:
    async def story(_node: Node, client: aiohttp.ClientSession) -> None:
        await at(client, 20)
        await decide(client, home.raw("battery", EnergyProduced(1, home.address("alice"), 3_000)))
        await decide(client, home.raw("alice", OpenSession(home.address("battery"), ENT, 0)))
        await decide(client, home.raw("battery", EnergyConsumed(2, home.address("alice"), 400)))
        await at(client, 31)
        found = (await get(client, series_of(home)))["slots"]
        assert [tuple(slot[name] for name in WH) for slot in found][:2] == [(None,) * 4, (400, 0, 3_000, 0)]
        assert [slot["reported"] for slot in found] == [False, True, False]
        # No meter is bound, so none is missing.
        assert not any(slot["missing"] for slot in found)

    play(home, story)


@pytest.mark.parametrize(
    "query",
    ["from_time=2026-13-01", "from_time=2026-11-28T12:00", "to_time=0", "from_time=5&to_time=5", "step=hour",
     "zone=Mars/Olympus", "zone=../x", "from_time=0&to_time=99999999999999", "to_time=9999999999999999999"],
)  # fmt: skip
def test_what_is_no_range_is_refused(home: HomeFixture, query: str) -> None:
    async def story(_node: Node, client: aiohttp.ClientSession) -> None:
        alice = format_address(home.address("alice"))
        assert (await get(client, f"/v1/accounts/{alice}/series?{query}", 400))["code"] == "bad_parameter"

    play(home, story)


def test_days_and_months_are_those_of_the_zone() -> None:
    berlin, hour = ZoneInfo("Europe/Berlin"), 3_600_000
    spring = EPOCH.replace(year=2026, month=3, day=28, hour=23)
    first = int(spring.timestamp()) * 1_000
    found = bounds(first, first + 49 * hour, SlotStep.DAY, berlin)
    assert [later - earlier for earlier, later in pairwise(found)] == [23 * hour, 24 * hour, 24 * hour]
    assert found[0] == first
    months = bounds(first, first + 40 * 24 * hour, SlotStep.MONTH, berlin)
    assert [(later - earlier) // hour for earlier, later in pairwise(months)] == [31 * 24 - 1, 30 * 24, 31 * 24]
    assert len(bounds(0, MAX_SLOTS * QUARTER_MS, SlotStep.QUARTER, berlin)) == MAX_SLOTS + 1
    with pytest.raises(UsageError):
        bounds(0, MAX_SLOTS * QUARTER_MS + 1, SlotStep.QUARTER, berlin)


def test_a_statement_goes_by_time_and_from_either_end(home: HomeFixture) -> None:
    async def story(_node: Node, client: aiohttp.ClientSession) -> None:
        await an_hour(home, client)
        path = f"/v1/accounts/{format_address(home.address('alice'))}/statement"
        everything = (await get(client, path))["movements"]
        newest = (await get(client, f"{path}?order=newest"))["movements"]
        assert newest == everything[::-1]
        pages: list[Any] = []
        cursor = ""
        while True:
            page = await get(client, f"{path}?order=newest&limit=2{cursor}")
            pages += page["movements"]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert pages == newest
        begin, end = START + QUARTER_MS, START + 2 * QUARTER_MS
        expected = [entry for entry in everything if begin <= entry["time_ms"] < end]
        assert expected
        for order in ("", "&order=newest"):
            found = (await get(client, f"{path}?from_time={begin}&to_time={end}{order}"))["movements"]
            assert sorted(found, key=lambda entry: (entry["height"], entry["index"])) == expected
        heights = {entry["height"] for entry in expected}
        found = (await get(client, f"{path}?from={min(heights)}&to={max(heights)}&order=newest"))["movements"]
        assert found == expected[::-1]
        assert (await get(client, f"{path}?to_time=2020-01-01"))["movements"] == []
        assert (await get(client, f"{path}?from_time=2020-01-01T00:00Z"))["movements"] == everything
        assert (await get(client, f"{path}?order=oldest", 400))["code"] == "bad_parameter"

    play(home, story)


def test_c12_the_changes_of_all_movements_sum_to_the_balance(home: HomeFixture) -> None:
    async def story(_node: Node, client: aiohttp.ClientSession) -> None:
        await an_hour(home, client)
        await decide(client, home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 5)))
        alice = format_address(home.address("alice"))
        movements = (await get(client, f"/v1/accounts/{alice}/statement"))["movements"]
        for held in (await get(client, f"/v1/accounts/{alice}"))["balances"]:
            mine = [each for move in movements for each in move["changes"] if each["asset"] == held["asset"]]
            assert sum(each["available"]["base"] for each in mine) == held["available"]["base"], held
            assert sum(each["total"]["base"] for each in mine) == held["total"]["base"], held
        paid = movements[-1]["changes"]
        assert [(each["symbol"], each["available"]["base"], each["total"]["base"]) for each in paid] == [
            ("eEuro", -5, -5)
        ]

    play(home, story)


def test_all_meters_are_listed_with_what_was_heard_last(home: HomeFixture) -> None:
    async def story(_node: Node, client: aiohttp.ClientSession) -> None:
        used, made = await an_hour(home, client)
        listed = {meter["key"]: meter for meter in (await get(client, "/v1/meters"))["meters"]}
        assert set(listed) == {format_key(used.key), format_key(made.key)}
        shown = listed[format_key(used.key)]
        alone = await get(client, f"/v1/meters/{format_key(used.key)}")
        assert {name: alone[name] for name in ("unit", "account", "kind", "time_ms", "sent_ms")} == {
            name: shown[name] for name in ("unit", "account", "kind", "time_ms", "sent_ms")
        }
        assert (shown["kind"], shown["time_ms"], shown["quarantined"]) == ("consumption", START + 60 * 60_000, False)
        page = await get(client, "/v1/meters?limit=1")
        rest = await get(client, f"/v1/meters?limit=1&cursor={page['next']}")
        assert [meter["key"] for meter in page["meters"] + rest["meters"]] == sorted(
            listed, key=lambda key: {format_key(used.key): used.key, format_key(made.key): made.key}[key]
        )

    play(home, story)


def test_closed_votes_are_listed_with_everybodys_choice(home: HomeFixture) -> None:
    async def story(_node: Node, client: aiohttp.ClientSession) -> None:
        def vote(name: str, action: Value, *, approve: bool = True) -> bytes:
            return home.raw(name, CastVote(action, approve))

        admit = AdmitMember(home.address("operator"))
        alice, bob = format_address(home.address("alice")), format_address(home.address("bob"))
        assert (await get(client, "/v1/votes/closed"))["votes"] == []
        await decide(client, vote("alice", admit))
        assert (await get(client, "/v1/votes/closed"))["votes"] == []
        passed = await decide(client, vote("bob", admit))
        await decide(client, vote("alice", AdmitMember(home.address("bank"))))
        await decide(client, vote("alice", AdmitMember(home.address("bank")), approve=False))
        withdrawn, first = (await get(client, "/v1/votes/closed"))["votes"]
        assert (first["result"], first["code"], first["height"]) == ("passed", "", passed["height"])
        assert first["opened_by"] == alice
        assert sorted((each["voter"], each["choice"]) for each in first["choices"]) == sorted(
            [(alice, "yes"), (bob, "yes")]
        )
        assert first["action"]["address"] == format_address(home.address("operator"))
        assert first["time_ms"] == (await get(client, f"/v1/blocks/{passed['height']}"))["header"]["time_ms"]
        assert (withdrawn["result"], withdrawn["choices"]) == ("withdrawn", [{"voter": alice, "choice": "withdrawn"}])
        assert withdrawn["number"] > first["number"]
        page = await get(client, "/v1/votes/closed?limit=1")
        assert page["votes"] == [withdrawn]
        assert (await get(client, f"/v1/votes/closed?limit=1&cursor={page['next']}"))["votes"] == [first]

    play(home, story)


def test_the_record_counts_turns_and_votes(home: HomeFixture) -> None:
    async def story(node: Node, client: aiohttp.ClientSession) -> None:
        for minute in range(4):
            await at(client, minute)
        record = await get(client, "/v1/validators/record?blocks=3")
        (validator,) = (await get(client, "/v1/validators"))["validators"]
        assert (record["height"], record["blocks"]) == (node.app.height, 3)
        assert record["validators"] == [
            {"address": validator["address"], "name": "dev-1", "signed": 3, "proposed": 3, "turns": 3, "missed": 0}
        ]
        assert (await get(client, "/v1/validators/record"))["blocks"] == node.app.height
        assert (await get(client, "/v1/validators/record?blocks=0", 400))["code"] == "bad_parameter"

    play(home, story)


def test_the_status_says_how_full_the_disk_is(home: HomeFixture) -> None:
    async def story(_node: Node, client: aiohttp.ClientSession) -> None:
        disk = (await get(client, "/v1/status"))["disk"]
        assert 0 < disk["store_bytes"] <= disk["total_bytes"]
        assert 0 < disk["free_bytes"] <= disk["total_bytes"]

    play(home, story)
