"""A treasurer's month on the command line: the book, preview, final, export, check, corrections, payments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from cli import nodechain as root
from harness.chain import secret
from harness.node import PASSWORD, HomeFixture
from ledger.keys.address import format_key
from tests.support.live_commands import LiveCommands, on_a_standing_clock

DAY = "2023-11-14"
HOUR_MS = 3_600_000
"""The genesis' day (22:13 UTC)."""

SETTINGS = """
zone = "UTC"
language = "en"
due_days = 14

[seller]
name = "Energiegemeinschaft Sonnenhang e.G."
vat_id = "ATU99999999"
iban = "AT611904300234573201"
bic = "BKAUATWW"
[seller.address]
street = "Hauptplatz 1"
postcode = "4020"
city = "Linz"
country = "AT"

[[taxes]]
section = "trades"
side = "charges"
category = "S"
rate = "20"
[[taxes]]
section = "dues"
category = "S"
rate = "20"
[[taxes]]
category = "O"
reason = "not subject to tax"

[[dues]]
name = "member"
text = "Member fee"
amount = "2.50"
"""


def treasury(tmp_path: Path) -> HomeFixture:
    """The development chain with alice as treasurer, its settings in the home."""
    text = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    template = tmp_path / "template.toml"
    template.write_text(f'{text}\n[billing]\ntreasurers = ["alice"]\naccount = "operator"\nprefix = "EG-"\n')
    home = HomeFixture(tmp_path / "home", str(template))
    (home.path / "billing").mkdir()
    (home.path / "billing" / "billing.toml").write_text(SETTINGS)
    return home


Run = Callable[..., Any]


def test_the_page_shows_every_command() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "bills.md").read_text()
    group = root.get_command(click.Context(root), "bill")
    assert isinstance(group, click.Group)
    for name, command in group.commands.items():
        inner = command.commands if isinstance(command, click.Group) else {"": command}
        for part in inner:
            assert f"nodechain bill {name} {part}".rstrip() in page, (name, part)


def play(home: HomeFixture, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], play_: Run) -> None:
    password = home.path.parent / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))

    on_a_standing_clock(home, capsys, play_)


def members(run: LiveCommands) -> None:
    """All four members in the book."""
    for name in ("alice", "bob", "carol", "dave"):
        run("bill", "member", "set", name, "--name", f"{name.title()} Muster", "--street", "Weg 3",
            "--postcode", "4020", "--city", "Linz", "--country", "AT")  # fmt: skip


def test_a_period_from_preview_to_payment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = treasury(tmp_path)

    def month(run: LiveCommands, clock: Any) -> None:
        run("transfer", "eeuro", "bob", "5", "--from", "alice")
        assert [each["code"] for each in run("bill", "preview", "--period", DAY)["problems"]].count(
            "no_member_entry"
        ) == 4
        members(run)
        final = ("bill", "final", "--period", DAY, "--from", "alice")
        assert run.refused(*final) == "incomplete"
        clock.move_to(clock.wall_ms() + 2 * HOUR_MS)
        run("transfer", "eeuro", "alice", "1", "--from", "bob")
        preview = run("bill", "preview", "--period", DAY)
        assert preview["problems"] == []
        assert [each["due_cents"] for each in preview["bills"]] == [250] * 4
        assert run.refused("bill", "final", "--period", DAY, "--from", "bob") == "not_a_treasurer"
        run(*final)
        listed = run("bill", "list")["bills"]
        assert [each["number"] for each in listed] == [1, 2, 3, 4]
        check_forms(run, tmp_path, listed)
        assert run.refused(*final) == "incomplete"
        corrections_and_payments(run, home, tmp_path)
        over_the_bank(run, tmp_path)
        next_day(run, tmp_path, clock)
        forget(run, tmp_path)

    play(home, monkeypatch, capsys, month)


def check_forms(run: LiveCommands, tmp_path: Path, listed: list[dict[str, Any]]) -> None:
    number = next(each["number"] for each in listed if each["account"] == "bob")
    genesis = ("--genesis", str(Path(run.here[1]) / "genesis"))
    for form in ("json", "html"):
        file = tmp_path / f"bob.{form}"
        run("bill", "export", str(number), "--out", str(file))
        checked = run("bill", "verify", str(file), *genesis)
        assert checked["due_cents"] == 250
        assert checked["opening"] == "from the genesis"
    text = run.text("bill", "show", str(tmp_path / "bob.html"))
    assert "Bob Muster" in text
    assert "1005" in text
    data = (tmp_path / "bob.json").read_bytes()
    assert b"Muster" not in data
    changed = tmp_path / "changed.json"
    (tmp_path / "changed.proof").write_bytes((tmp_path / "bob.proof").read_bytes())
    changed.write_bytes(data.replace(b'"1005000000000"', b'"1006000000000"'))
    assert run.refused("bill", "verify", str(changed), *genesis) in ("proof_mismatch", "bad_proof", "root_mismatch")
    both = (str(tmp_path / "bob.json"), str(tmp_path / "bob.html"))
    assert [each["due_cents"] for each in run("bill", "verify", *both, *genesis)["bills"]] == [250, 250]
    false = run.refused("bill", "verify", *both, str(changed), *genesis)
    assert false in ("proof_mismatch", "bad_proof", "root_mismatch"), (
        "one false bill among true ones is not passed over"
    )
    assert run.refused("bill", "verify", *both, "--previous", both[0], *genesis) == "bad_usage"


def corrections_and_payments(run: LiveCommands, home: HomeFixture, tmp_path: Path) -> None:
    settings = home.path / "billing" / "billing.toml"
    settings.write_text(SETTINGS.replace('"2.50"', '"3.00"'))
    file = tmp_path / "correction.tx"
    run("bill", "correct", "2", "--from", "alice", "--sign-only", str(file))
    assert len(run("bill", "list")["bills"]) == 4
    run("tx", "send", str(file))
    assert run("bill", "correct", "2", "--from", "alice")["final"] == [5]
    assert [each["corrects"] for each in run("bill", "list")["bills"]] == ["", "", "", "", 2]
    file = tmp_path / "correction.html"
    run("bill", "export", "5", "--out", str(file))
    assert run("bill", "verify", str(file))["due_cents"] == 300
    owner = next(each["account"] for each in run("bill", "list")["bills"] if each["corrects"] == 2)
    run("bill", "pay", str(file), "--from", owner)
    assert run.refused("bill", "pay", str(file), "--from", owner) == "nothing_due"
    assert run.refused("bill", "pay", "5", "--from", owner) == "nothing_due"
    assert run.refused("bill", "pay", "99", "--from", owner) == "unknown_bill"


def over_the_bank(run: LiveCommands, tmp_path: Path) -> None:
    """The same statement twice counts once; parts of an amount come as they come."""
    file = tmp_path / "statement.csv"
    file.write_text(
        "account;reference;date;amount;currency;text\n"
        "AT611904300234573201;B1;2023-11-20;1,00;EUR;EG-1 Anzahlung\n"
        "AT611904300234573201;B2;2023-11-21;1,50;EUR;EG-1 Rest\n"
        "AT611904300234573201;B3;2023-11-21;9,99;EUR;Spende\n"
    )
    dry = run("bill", "bank", "import", str(file), "--dry-run")["entries"]
    assert [each["result"] for each in dry] == ["would be noted", "would be noted", "no_reference"]
    results = [each["result"] for each in run("bill", "bank", "import", str(file), "--from", "alice")["entries"]]
    assert results == ["noted", "noted", "no_reference"]
    again = [each["result"] for each in run("bill", "bank", "import", str(file), "--from", "alice")["entries"]]
    assert again == ["noted before", "noted before", "no_reference"]
    assert run.refused("bill", "bank", "import", str(file), "--from", "bob") == "not_a_treasurer"
    nothing_half_done(run, tmp_path)
    owner = next(each["account"] for each in run("bill", "list")["bills"] if each["number"] == 1)
    run("bill", "export", "1", "--out", str(tmp_path / "first.html"))
    assert run.refused("bill", "pay", str(tmp_path / "first.html"), "--from", owner) == "nothing_due"


def nothing_half_done(run: LiveCommands, tmp_path: Path) -> None:
    """A treasurer of several keys, of which this home has too few, sends nothing; where all are here, it does."""
    file = tmp_path / "second.csv"
    file.write_text(
        "account;reference;date;amount;currency;text\n"
        "AT611904300234573201;C1;2023-11-22;0,10;EUR;EG-2\n"
        "AT611904300234573201;C2;2023-11-22;0,20;EUR;EG-3\n"
    )
    imported = ("bill", "bank", "import", str(file), "--from")
    run("keys", "multisig", "both", "2", "alice", "bob")
    run("keys", "multisig", "lacking", "2", "alice", format_key(secret("elsewhere").public_key))
    for name in ("both", "lacking"):
        assert run.refused(*imported, name) == "not_a_treasurer"
        for voter in ("alice", "bob"):
            run("vote", "set-treasurer", name, "--from", voter)
    assert run.refused(*imported, "lacking") == "too_few_signatures"
    assert run.refused(*imported, "alice", "--sign-only", str(tmp_path / "x.tx")) == "bad_usage"
    assert [each["result"] for each in run(*imported, "alice", "--dry-run")["entries"]] == ["would be noted"] * 2
    assert [each["result"] for each in run(*imported, "both")["entries"]] == ["noted", "noted"]


def next_day(run: LiveCommands, tmp_path: Path, clock: Any) -> None:
    """The next run begins where the last one ended: at the correction, where there is one."""
    clock.move_to(clock.wall_ms() + 24 * HOUR_MS)
    run("transfer", "eeuro", "bob", "2", "--from", "alice")
    assert run.refused("bill", "final", "--period", "2023-11-16", "--from", "alice") == "incomplete"
    run("bill", "final", "--period", "2023-11-15", "--from", "alice")
    listed = run("bill", "list")["bills"]
    assert [each["number"] for each in listed] == list(range(1, 10))
    corrected = next(each["account"] for each in listed if each["corrects"] == 2)
    number = next(each["number"] for each in listed if each["account"] == corrected and each["number"] > 5)
    file = tmp_path / "next.html"
    run("bill", "export", str(number), "--out", str(file))
    before = ("--previous", str(tmp_path / "correction.html"))
    assert run("bill", "verify", str(file), *before)["opening"] == "as bill 5 ended"
    run("bill", "export", "2", "--out", str(tmp_path / "original.html"))
    assert run.refused("bill", "verify", str(file), "--previous", str(tmp_path / "original.html")) == "other_opening"


def forget(run: LiveCommands, tmp_path: Path) -> None:
    known = tmp_path / "carol.json"
    run("bill", "member", "export", "carol", "--out", str(known))
    assert json.loads(known.read_text())["entry"]["name"] == "Carol Muster"
    run("bill", "member", "set", "dave", "--left", "2013-11-16")
    assert run("bill", "member", "expire", "--yes")["accounts"] == []
    run("bill", "member", "set", "dave", "--left", "2013-11-14")
    expired = run("bill", "member", "expire", "--dry-run")
    assert (len(expired["accounts"]), expired["forgotten"]) == (1, False)
    assert len(run("bill", "member", "list")["members"]) == 4
    run("bill", "member", "set", "dave", "--left", "")
    run("bill", "member", "delete", "carol", "--yes")
    assert run.refused("bill", "member", "export", "carol", "--out", str(known)) == "no_member_entry"
    run("bill", "member", "set", "dave", "--left", "2013-11-14")
    assert run("bill", "member", "expire", "--yes")["forgotten"]
    assert len(run("bill", "member", "list")["members"]) == 2
    book = (Path(run.here[1]) / "billing" / "members.book").read_bytes()
    assert b"Muster" not in book
