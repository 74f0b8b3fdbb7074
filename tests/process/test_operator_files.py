"""A custodian imports an operator's file into a running chain, is interrupted, goes on, and is never taken twice."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from harness.forked import run
from harness.forked_process import ForkedProcess
from harness.processes import NodeProcess, Outcome, clean_environment, password_file, until
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.chain.identity import ChainIdentity
from ledger.keys.address import address_of, format_address
from ledger.slots.payloads import PointTerms, RegisterPoint, SlotsTypeNumber
from nodechain.client.node_client import RestClient
from nodechain.formats.local_time import EPOCH
from nodechain.formats.slot_rows import BookedPoint
from nodechain.home.keystore import Keystore

TEMPLATE = """
name = "files"
modules = ["energy"]
voters = ["founder"]
banker = "founder"
members = ["founder"]
[consensus]
min_interval = "50ms"
[slots]
zone = "Europe/Vienna"
custodians = ["founder"]
registrars = ["founder"]
[[validators]]
key = "validator"
account = "founder"
name = "v"
"""
QUARTER_MS = 900_000
POINT = "CH9900000000000000000000000000017"
SALT = bytes(range(16))
HEAD = "Messpunkt;Datum;Strombezug [kWh];Stromeinspeisung [kWh];Messdatengüte"
DAYS = 25
"""More slots than one transaction takes."""

pytestmark = pytest.mark.xdist_group("operator-files")
"""They share a chain, and each goes on where the one before ended."""


class Community:
    """A lone validator's chain with slots, and its founder's commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.environment = {"NODECHAIN_HOME": str(self.home), "NODECHAIN_PASSWORD_FILE": str(password_file(folder))}
        (folder / "template.toml").write_text(TEMPLATE)
        made = ("--template", str(folder / "template.toml"), "--light", "--mnemonic-file", str(folder / "phrase"))
        assert run("init", *made, environment=self.environment).code == 0
        ports = {"NODECHAIN_API_PORT": "0", "NODECHAIN_P2P_PORT": "0"}
        self.node = NodeProcess(["validate"], {**self.environment, **ports}, forked=True)
        self.client = RestClient(self.node.url)
        self.time_ms = self.client.status()["time_ms"] or 0

    def run(self, *arguments: str) -> Outcome:
        return run(*arguments, "--node", self.node.url, "-o", "json", environment=self.environment)

    def register(self, first_slot: int) -> int:
        """Register the founder's point with the founder's consent."""
        status = self.client.status()
        chain = ChainIdentity(status["chain_id"], bytes.fromhex(status["genesis_hash"]))
        key = Keystore(self.home / "keys").open("founder", password_file(self.folder).read_text().strip())
        id_hash = BookedPoint(1, SALT).id_hash(POINT)
        address = address_of(key.public_key)
        terms = PointTerms(address, 1, "local", 0, id_hash, False, first_slot, status["time_ms"])
        consent = Signature(0, key.sign(terms.message(chain.genesis_hash)))
        nonce = self.client.account(format_address(address))["next_nonce"]
        payload = RegisterPoint(terms, key.public_key, (consent,))
        envelope = unsigned(chain.id, SlotsTypeNumber.REGISTER_POINT, key.public_key, nonce, payload)
        raw = assemble(envelope, (Signature(0, key.sign(sign_message(envelope, chain.genesis_hash))),))
        answer = self.client.submit(raw, wait_s=20)
        assert answer["code"] == "", answer
        assert answer["receipt"] is not None
        return int(answer["receipt"]["events"][0]["number"])


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Community]:
    found = Community(tmp_path_factory.mktemp("files"))
    yield found
    found.client.close()
    assert found.node.stop() == 0


def bkw(first_slot: int, count: int, energy_wh: int) -> str:
    zone = ZoneInfo("Europe/Vienna")
    times = [EPOCH + timedelta(milliseconds=(first_slot + n) * QUARTER_MS) for n in range(count)]
    rows = [f"{POINT};{time.astimezone(zone):%d.%m.%Y %H:%M};0.{energy_wh:03};;W" for time in times]
    return "\n".join([HEAD, *rows])


def test_a_file_is_sent_once_and_goes_on_where_it_stopped(community: Community) -> None:
    now_slot = community.client.status()["time_ms"] // QUARTER_MS
    first = (now_slot // 96 - DAYS - 1) * 96
    number = community.register(first)
    files = {name: community.folder / name for name in ("operator.csv", "points.csv")}
    files["operator.csv"].write_text(bkw(first - 4, DAYS * 96 + 4, 250), encoding="utf-8")
    book = ["operator_id;direction;number;salt", f"{POINT};offtake;{number};{SALT.hex()}", f"{POINT};injection;0;"]
    files["points.csv"].write_text("\n".join(book))
    options = ("--points", str(files["points.csv"]), "--yes")
    made = f"operator.csv={datetime.now(tz=UTC) - timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"

    undated = community.run("sharing", "import", str(files["operator.csv"]), *options)
    assert undated.error["code"] == "undated_file"
    asked = ("sharing", "import", str(files["operator.csv"]), *options, "--created", made)
    done = community.run(*asked)
    assert done.code == 0, done.out
    (sent,) = done.data["sent"]
    assert (sent["parts"], sent["before"], sent["slots"]) == (2, 0, DAYS * 96)
    assert sent["left_out"] == {"slots before a point began or after it ended": 4}
    assert "Gaps" in done.err or "values" in done.err, "the report comes before anything is sent"

    again = community.run(*asked)
    (sent,) = again.data["sent"]
    assert (sent["parts"], sent["before"]) == (2, 2)
    height = community.client.status()["height"]
    assert community.run(*asked).code == 0
    assert community.client.status()["height"] == height, "nothing was sent"

    other = community.run(*asked, "--label", "end")
    assert other.error["code"] == "other_settings"
    note = community.home / "imports" / f"{sent['sha256']}.json"
    kept = note.read_text()
    note.unlink()
    assert community.run(*asked).error["code"] == "file_begun_elsewhere"
    note.write_text(kept)


def test_a_list_that_names_another_point_sends_nothing(community: Community) -> None:
    operator = community.folder / "second.csv"
    first = community.client.status()["time_ms"] // QUARTER_MS // 96 * 96 - 96
    operator.write_text(bkw(first, 96, 100), encoding="utf-8")
    asked = ["sharing", "import", str(operator), "--yes", "--created", "second.csv=2026-01-01T00:00Z"]
    for line, code in (
        (f"{POINT};offtake;1;{'00' * 16}", "wrong_point"),
        (f"{POINT};injection;1;{SALT.hex()}", "wrong_point"),
        (f"{POINT};offtake;999;{SALT.hex()}", "wrong_point"),
        (f"OTHER;offtake;0;\n{POINT};injection;0;", "unknown_point"),
    ):
        points = community.folder / "other.csv"
        points.write_text(f"operator_id;direction;number;salt\n{line}\n")
        refused = community.run(*asked, "--points", str(points))
        assert refused.error["code"] == code, (line, refused.out)


def test_an_import_that_is_killed_goes_on(community: Community) -> None:
    """By SIGKILL after its first block: the next one sends what is missing, and the chain has every part once."""
    first = (community.client.status()["time_ms"] // QUARTER_MS // 96 - DAYS - 1) * 96
    operator, points = community.folder / "third.csv", community.folder / "points.csv"
    operator.write_text(bkw(first, DAYS * 96, 251), encoding="utf-8")
    asked = ["sharing", "import", str(operator), "--points", str(points), "--yes", "--node", community.node.url,
             "--created", f"third.csv={datetime.now(tz=UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"]  # fmt: skip
    height = community.client.status()["height"]
    environment = {**clean_environment(), **community.environment}
    process = ForkedProcess(asked, environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: community.client.status()["height"] > height, "the first part")
    finally:
        process.kill()
        process.wait()
    (sent,) = community.run(*asked).data["sent"]
    assert (sent["parts"], sent["slots"]) == (2, DAYS * 96)
    assert sent["before"] >= 1
    (again,) = community.run(*asked).data["sent"]
    assert again["before"] == again["parts"] == 2


def test_what_the_chain_refuses_from_the_beginning_may_be_sent_anew(community: Community) -> None:
    """Nobody but a custodian imports; what is not over yet is left out, and counted."""
    assert run("keys", "new", "stranger", environment=community.environment).code == 0
    now = int(time.time_ns() // 1_000_000 // QUARTER_MS)
    operator, points = community.folder / "fourth.csv", community.folder / "points.csv"
    operator.write_text(bkw(now - 10, 30, 252), encoding="utf-8")
    made = f"fourth.csv={datetime.now(tz=UTC) - timedelta(seconds=30):%Y-%m-%dT%H:%M:%SZ}"
    asked = ("sharing", "import", str(operator), "--points", str(points), "--yes", "--created", made)
    refused = community.run(*asked, "--from", "stranger")
    assert refused.code == 4, refused.out
    assert "part 1 of 1" in refused.error["detail"]
    (sent,) = community.run(*asked, "--from", "founder").data["sent"]
    over = int(time.time_ns() // 1_000_000 // QUARTER_MS)
    assert 10 <= sent["slots"] <= over - now + 10
    assert sent["left_out"]["slots that are not over"] == 30 - sent["slots"]
