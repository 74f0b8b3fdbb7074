"""A custodian keeps settled days and corrects one that is folded, by the commands of a running chain."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from harness.forked import run
from harness.processes import NodeProcess, Outcome, password_file, until
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.chain.identity import ChainIdentity
from ledger.chain.parameters import DAY_MS
from ledger.encoding.codec import Value
from ledger.keys.address import address_of, format_address
from ledger.sharing.late_archive import payloads_of
from ledger.slots.payloads import PointTerms, RegisterPoint
from nodechain.client.answers.status import ClockView
from nodechain.client.node_client import RestClient
from nodechain.commands.sending.send import TYPES
from nodechain.formats.slot_rows import BookedPoint
from nodechain.formats.values import GridFlow
from nodechain.home.keystore import Keystore
from nodechain.home.sharing_archive import read_day
from tests.process.test_operator_files import HEAD, POINT, QUARTER_MS, SALT, TEMPLATE, bkw

SHARED = TEMPLATE.replace('min_interval = "50ms"', 'min_interval = "50ms"\nsimulated_clock = true').replace(
    "[[validators]]", '[sharing]\nmanagers = ["founder"]\n[[validators]]'
)
SCHEME = """
name = "late"
rule = "dynamic"
sources = "operator"
cut_off = "1d"
hourly = {hourly}
settlement = "period"
{head}
[price]
kind = "fixed"
price = "0.1"
{points}
"""
POINTS = "[[points]]\npoint = 1\nkeys = [1]\n[[points]]\npoint = 2\n"
SLOTS = 8


class LateChain:
    """A lone validator on a simulated clock; its founder has a point that takes, and one that injects."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        self.environment = {"NODECHAIN_HOME": str(self.home), "NODECHAIN_PASSWORD_FILE": str(password_file(folder))}
        (folder / "template.toml").write_text(SHARED)
        made = ("--template", str(folder / "template.toml"), "--light", "--mnemonic-file", str(folder / "phrase"))
        done = run("init", *made, environment=self.environment)
        assert done.code == 0, done.out + done.err
        ports = {"NODECHAIN_API_PORT": "0", "NODECHAIN_P2P_PORT": "0"}
        self.node = NodeProcess(["validate"], {**self.environment, **ports}, forked=True)
        self.client = RestClient(self.node.url)

    def run(self, *arguments: str) -> Outcome:
        return run(*arguments, "--node", self.node.url, "-o", "json", environment=self.environment)

    def done(self, *arguments: str) -> Any:
        outcome = self.run(*arguments)
        assert outcome.code == 0, outcome.out + outcome.err
        return outcome.data

    def scheme(self, name: str, *, hourly: str, head: str = "", points: str = POINTS) -> str:
        return self.file(f"{name}.toml", SCHEME.format(head=head, points=points, hourly=hourly))

    def register(self, direction: GridFlow, number: int, first_slot: int) -> None:
        status = self.client.status()
        chain = ChainIdentity(status["chain_id"], bytes.fromhex(status["genesis_hash"]))
        key = Keystore(self.home / "keys").open("founder", password_file(self.folder).read_text().strip())
        id_hash = BookedPoint(number, SALT).id_hash(POINT)
        address, flow = address_of(key.public_key), 1 if direction is GridFlow.OFFTAKE else 2
        terms = PointTerms(address, flow, "local", 0, id_hash, False, first_slot, status["time_ms"])
        consent = Signature(0, key.sign(terms.message(chain.genesis_hash)))
        self.send(RegisterPoint(terms, key.public_key, (consent,)))

    def send(self, payload: Value) -> None:
        """As the founder; it is applied."""
        status = self.client.status()
        chain = ChainIdentity(status["chain_id"], bytes.fromhex(status["genesis_hash"]))
        key = Keystore(self.home / "keys").open("founder", password_file(self.folder).read_text().strip())
        nonce = self.client.account(format_address(address_of(key.public_key)))["next_nonce"]
        envelope = unsigned(chain.id, TYPES[type(payload)].number, key.public_key, nonce, payload)
        raw = assemble(envelope, (Signature(0, key.sign(sign_message(envelope, chain.genesis_hash))),))
        assert self.client.submit(raw, wait_s=20)["code"] == ""

    def move_to(self, time_ms: int) -> None:
        self.client.api.post_json("/v1/clock", {"time_ms": time_ms, "block": True}, ClockView)
        until(lambda: (self.client.status()["time_ms"] or 0) >= time_ms, "a block of that time")

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)


def values(first_slot: int, energy_wh: int) -> str:
    """The operator's file with what the founder took and injected."""
    taken = bkw(first_slot, SLOTS, energy_wh).splitlines()[1:]
    lines = []
    for line in taken:
        point, day, energy, _fed, quality = line.split(";")
        lines.append(f"{point};{day};{energy};0.100;{quality}")
    return "\n".join([HEAD, *lines])


def fold_a_day(chain: LateChain) -> tuple[int, int, list[str]]:
    """A day that the chain has folded and the home archived, its first slot, and how its points are named to commands.

    Its first hour is settled slot by slot, its second one as one.
    """
    time_ms = chain.client.status()["time_ms"] or 0
    day = time_ms // DAY_MS + 2
    first = day * DAY_MS // QUARTER_MS
    chain.register(GridFlow.OFFTAKE, 1, first)
    chain.register(GridFlow.INJECTION, 2, first)
    book = chain.file(
        "points.csv",
        f"operator_id;direction;number;salt\n{POINT};offtake;1;{SALT.hex()}\n{POINT};injection;2;{SALT.hex()}\n",
    )
    chain.done("sharing", "open", chain.scheme("scheme", hourly="false"), "--from-slot", str(first))
    chain.done("sharing", "change", "1", chain.scheme("hours", hourly="true"), "--from-slot", str(first + 4))
    closed = chain.scheme("closed", hourly="false", head="points = []", points="")
    chain.done("sharing", "change", "1", closed, "--from-slot", str(first + SLOTS))
    chain.move_to((first + SLOTS) * QUARTER_MS + 60_000)
    options = ["--points", book, "--yes"]
    made = "2000-01-01T00:00Z"
    first_file = chain.file("first.csv", values(first, 200))
    chain.done("sharing", "import", first_file, *options, "--created", f"first.csv={made}")
    until(lambda: len(list(chain.client.sharing.runs(1))) == SLOTS, "the run")
    assert chain.done("sharing", "archive")["days"] == [], "not final yet"
    chain.move_to((day + 3) * DAY_MS)
    (kept,) = chain.done("sharing", "archive")["days"]
    assert (kept["slots"], kept["fetched"]) == (SLOTS, SLOTS)
    assert chain.done("sharing", "archive")["days"] == []
    early = chain.run("sharing", "correct", chain.file("same.csv", values(first, 200)), *options)
    assert early.error["code"] == "undated_file", "what the chain keeps is imported"
    for days in range(8, 44, 6):
        chain.move_to((day + days) * DAY_MS)
    until(lambda: not list(chain.client.sharing.runs(1)), "the day is folded")
    return day, first, options


def test_a_folded_day_is_corrected_out_of_the_archive(tmp_path: Path) -> None:
    chain = LateChain(tmp_path)
    day, first, options = fold_a_day(chain)
    before = chain.client.sharing.account(_founder(chain))["months"][0]
    (path,) = (chain.home / "sharing-archive" / "scheme-1").glob("*.inputs")
    data = path.read_bytes()
    why = chain.done("sharing", "why", str(first + 5), "--point", "1")
    assert (why["folded"], why["run"]["run"]) == (True, 1)
    assert [(row["energy_mwh"], row["shared_mwh"], row["hour_shared_mwh"]) for row in why["rows"]] == [
        (200_000, 100_000, 400_000)
    ]

    changed = chain.file("late.csv", values(first, 50))
    told = chain.done("sharing", "correct", changed, *options, "--dry-run")["late"]
    lone, hour = (1, 1, 1, 1, 1), (4, 4, 4, 4, 4)
    names = ("slots", "values", "pieces", "missing", "transactions")
    assert [tuple(each[name] for name in names) for each in told] == [lone] * 4 + [hour]
    # What a command that was killed has sent is there when the next one asks.
    archived = read_day(chain.home / "sharing-archive", 1, day)
    assert archived is not None
    digest = sha256((tmp_path / "late.csv").read_bytes()).digest()
    chain.send(payloads_of(archived, digest, {slot: {1: 50_000} for slot in range(first + 4, first + 8)})[0])
    assert chain.done("sharing", "correct", changed, *options, "--dry-run")["late"][4]["missing"] == 3
    other = chain.file("other.csv", values(first, 70))
    assert chain.run("sharing", "correct", other, *options).error["code"] == "correction_open"
    assert len(chain.done("sharing", "correct", changed, *options)["late"]) == 5
    after = chain.client.sharing.account(_founder(chain))["months"][0]
    assert (before["bought_mwh"], after["bought_mwh"]) == (SLOTS * 100_000, SLOTS * 50_000)
    assert chain.client.sharing.slot(1, first + 5)["run"]["run"] == 2, "the node has what a correction came to"
    late = path.read_bytes()
    path.write_bytes(data)
    assert chain.run("sharing", "why", str(first + 5), "--archive", str(path.parents[1])).error["code"] == (
        "archive_behind"
    )
    assert chain.done("sharing", "correct", changed, *options)["late"] == [], "it was killed before the archive knew"
    assert path.read_bytes() == late
    why = chain.done("sharing", "why", str(first + 5), "--point", "1")
    assert (why["run"]["run"], why["rows"][0]["state"], why["rows"][0]["shared_mwh"]) == (2, "corrected", 50_000)
    chain.done("sharing", "correct", chain.file("back.csv", values(first, 200)), *options)
    assert chain.client.sharing.account(_founder(chain))["months"][0] == before

    data = path.read_bytes()
    path.write_bytes(data[:-5] + bytes((data[-5] ^ 1,)) + data[-4:])
    assert chain.run("sharing", "correct", changed, *options).error["code"] == "bad_archive"
    path.unlink()
    assert chain.run("sharing", "correct", changed, *options).error["code"] == "not_archived"
    assert chain.done("sharing", "why", str(first + 5))["rows"] == [], "of its run the node has the sums"
    chain.client.close()
    assert chain.node.stop() == 0


def _founder(chain: LateChain) -> str:
    return format_address(Keystore(chain.home / "keys").get("founder").address)
