"""A custodian brings rows of slots by a file, is killed half-way, goes on, and corrects them; members see why."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from harness.forked_process import ForkedProcess
from harness.processes import clean_environment, until
from ledger.chain.parameters import DAY_MS
from nodechain.formats.local_time import text_of
from nodechain.formats.values import GridFlow
from tests.process.test_late_corrections import POINTS, LateChain, values
from tests.process.test_operator_files import POINT, QUARTER_MS, SALT

SLOTS = 8
SCHEME = f"""
name = "keys"
rule = "pairs-each-slot"
sources = "operator"
settlement = "period"
{{head}}
[price]
kind = "fixed"
price = "0.1"
{POINTS}
[[pairs]]
producer = 2
consumer = 1
share = "10%"
"""


def test_rows_of_slots_are_brought_shown_corrected_and_go_on_after_a_kill(tmp_path: Path) -> None:
    chain = LateChain(tmp_path)
    first = ((chain.client.status()["time_ms"] or 0) // DAY_MS + 2) * DAY_MS // QUARTER_MS
    chain.register(GridFlow.OFFTAKE, 1, first)
    chain.register(GridFlow.INJECTION, 2, first)
    book = chain.file(
        "points.csv",
        f"operator_id;direction;number;salt\n{POINT};offtake;1;{SALT.hex()}\n{POINT};injection;2;{SALT.hex()}\n",
    )
    chain.done("sharing", "open", chain.file("scheme.toml", SCHEME.format(head="")), "--from-slot", str(first))
    chain.move_to((first + SLOTS) * QUARTER_MS + 60_000)

    def rows(name: str, shares: dict[int, str], start: int = first) -> str:
        lines = [f"{text_of((start + at) * QUARTER_MS)},2,1,{share}" for at, share in shares.items()]
        return chain.file(name, "\n".join(["slot,producer,consumer,share", *lines]) + "\n")

    missing = chain.done("sharing", "slot-rows", "--missing")["slots"]
    assert [each["slot"] for each in missing] == list(range(first, first + SLOTS))
    keys = rows("keys.csv", dict.fromkeys(range(SLOTS + 1), "0.5"))
    told = chain.done("sharing", "rows", keys, "--dry-run")
    assert (told["slots"], told["to_send"], told["sent"]) == (SLOTS + 1, SLOTS, None)
    assert sum(told["left_out"].values()) == 1
    bad = chain.file("bad.csv", f"slot,producer,consumer,share\n{first},2,9,1\n")
    assert chain.run("sharing", "rows", bad, "--dry-run").error["code"] == "unknown_point"
    turned = chain.file("turned.csv", f"slot,producer,consumer,share\n{first},1,2,1\n")
    assert chain.run("sharing", "rows", turned, "--dry-run").error["code"] == "point_not_in_scheme"

    apart = rows("apart.csv", dict.fromkeys(range(0, SLOTS, 2), "0.5"))
    command = ["sharing", "rows", apart, "--yes", "--node", chain.node.url]
    environment = {**clean_environment(), **chain.environment}
    killed = ForkedProcess(command, environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: _there(chain, first) > 0, "the first transaction")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    there = _there(chain, first)
    told = chain.done("sharing", "rows", apart, "--yes")
    assert told["to_send"] in range(SLOTS // 2 - there - 1, SLOTS // 2 - there + 1)
    assert _there(chain, first) == SLOTS // 2
    sent = chain.done("sharing", "rows", keys, "--yes")["sent"]
    assert (sent["slots"], sent["transactions"], sent["before"]) == (SLOTS // 2, SLOTS // 2, SLOTS // 2)
    assert chain.done("sharing", "slot-rows", "--missing")["slots"] == []
    height = chain.client.status()["height"]
    assert chain.done("sharing", "rows", keys, "--yes")["to_send"] == 0
    assert chain.client.status()["height"] == height, "nothing was sent"

    options = ("--points", book, "--yes", "--created", "first.csv=2000-01-01T00:00Z")
    chain.done("sharing", "import", chain.file("first.csv", values(first, 200)), *options)
    until(lambda: len(list(chain.client.sharing.runs(1))) == SLOTS, "the run")
    why = chain.run("sharing", "why", str(first))
    consumer = next(row for row in why.data["rows"] if row["point"] == 1)
    assert (why.data["run"]["slot_rows"], consumer["shared_mwh"]) == ("imported", 50_000)
    assert consumer["sides"] == [{"other": 2, "share": 500_000_000}]
    assert chain.run("sharing", "replay", str(first)).code == 0

    other = rows("other.csv", {0: "100%"})
    assert chain.done("sharing", "rows", other, "--yes")["sent"]["slots"] == 1
    until(lambda: chain.client.sharing.slot(1, first)["run"]["run"] == 2, "the correction")
    assert chain.client.sharing.slot(1, first)["shared_mwh"] == 100_000
    assert chain.run("sharing", "replay", str(first)).code == 0
    shown = chain.done("sharing", "slot-rows", str(first))
    assert shown["shares"][0]["share"] == 10**9
    assert chain.run("sharing", "archive").code == 0, "nothing is final yet"
    closed = chain.file("closed.toml", SCHEME.replace(POINTS, "").format(head="points = []"))
    chain.done("sharing", "change", "1", closed, "--from-slot", str(first + SLOTS + 1))
    chain.move_to(first * QUARTER_MS + 5 * DAY_MS)
    assert chain.run("sharing", "archive").error["code"] == "settled_by_rows"
    chain.client.close()
    assert chain.node.stop() == 0


def _there(chain: LateChain, first: int) -> int:
    """Of how many slots the rows are there."""
    (answer,) = chain.client.sharing.rows(1, first, first + SLOTS)
    return sum(each["state"] == "imported" for each in answer["slots"])
