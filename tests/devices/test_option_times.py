"""Times on a command line mean what their offset says (C10), and a device signs for its home's chain only (C1)."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from devices.client import DeviceClient
from devices.commands.times import parse_time_ms
from devices.commands.unit_files import archive
from devices.errors import DeviceError, Misuse
from devices.follower import FIRST_USE, Anchor, Follower
from devices.outbox import Outbox
from devices.unit.archive import Archive, ArchivedValue
from harness.chain import make_genesis
from harness.fake_chain import GENESIS, TOWN
from harness.fake_node import FakeNode

NOON_MS = 1_795_262_400_000
"""2026-11-21T12:00:00Z"""


@pytest.mark.parametrize(
    ("text", "time_ms"),
    [
        ("2026-11-21T12:00:00", NOON_MS),
        ("2026-11-21T12:00:00Z", NOON_MS),
        ("2026-11-21T14:00:00+02:00", NOON_MS),
        ("2026-11-21T07:00:00-05:00", NOON_MS),
        ("2026-11-21T13:00:00.250+01:00", NOON_MS + 250),
        ("2026-11-21", NOON_MS - 12 * 3_600_000),
    ],
)
def test_c10_an_offset_is_converted(text: str, time_ms: int) -> None:
    assert parse_time_ms(text) == time_ms


@pytest.mark.parametrize("text", ["", "now", "2026-13-01", "1960-01-01", "9999-12-31T23:59:59-14:00", "٢٠٢٦"])
def test_c10_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Misuse):
        parse_time_ms(text)


def test_c10_the_archive_is_asked_in_any_offset(tmp_path: Path) -> None:
    file = tmp_path / "archive.db"
    with Archive(file) as kept:
        for hours in (0, 1, 2):
            kept.store([ArchivedValue(NOON_MS + hours * 3_600_000, "pv", "power", Decimal(hours))], ())
    span = ["--from", "2026-11-21T14:30:00+02:00", "--to", "2026-11-21T15:30:00+02:00"]
    done = CliRunner().invoke(archive, [str(file), *span, "--output", "json"])
    assert done.exit_code == 0, done.output
    assert [one["value"] for one in json.loads(done.stdout)["data"]["values"]] == ["1"]


def _start(folder: Path, anchor: Anchor) -> str:
    async def scene() -> str:
        async with FakeNode() as node:
            node.chain.grow()
            client = DeviceClient((node.url,))
            with Outbox(folder / "outbox.db") as outbox:
                try:
                    return (await Follower(client, outbox, lambda: 10**15, anchor).start()).id
                except DeviceError as error:
                    return error.code
                finally:
                    client.close()

    return asyncio.run(scene())


def test_c1_a_device_signs_for_the_chain_of_its_home_only(tmp_path: Path) -> None:
    other = replace(FIRST_USE, genesis=make_genesis(name="town"))
    assert _start(tmp_path, other) == "wrong_chain"
    # The refused node has left no trace: the right one is taken.
    assert _start(tmp_path, replace(FIRST_USE, genesis=GENESIS)) == TOWN.id
    assert _start(tmp_path, FIRST_USE) == TOWN.id
