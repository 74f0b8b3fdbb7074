"""Reminders: levels by the terms of the bill, written and noted once, fees on the next bill where the terms say so."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from harness.node import PASSWORD, HomeFixture
from ledger.billing.payloads import FinaliseBills
from nodechain.billing.canonical import read_canonical
from nodechain.billing.document import Bill, Due, ReminderRule, TaxRule
from nodechain.billing.einvoice import einvoice_terms
from nodechain.billing.html_form import embedded_in_html
from nodechain.billing.making import CHARGES
from nodechain.billing.reminders import Reminder, ReminderLog, due_level, fees_of
from nodechain.billing.settings import MAX_REMINDERS, parse_settings
from nodechain.billing.wording import LANGUAGES
from nodechain.clock import PlayedClock
from nodechain.errors import DataDamaged, NotFound, UsageError
from nodechain.node import Node
from tests.nodechain.test_bill_commands import DAY, HOUR_MS, SETTINGS, members, play, treasury
from tests.nodechain.test_billing_desk import paid, post, run_of, send, with_book
from tests.support.api import serving
from tests.support.live_commands import LiveCommands
from tests.support.sample_bill import MEMBER, TERMS, sample_bill
from tests.support.sample_bill import SETTINGS as SAMPLE

LEVELS = """
[[reminders]]
days = 7
[[reminders]]
days = 21
fee = "5.00"
"""
DAY_MS = 24 * HOUR_MS
TWO = (ReminderRule(7, 0), ReminderRule(21, 500))


def with_levels(bill: Bill) -> Bill:
    return replace(bill, terms=replace(bill.terms, reminders=TWO))


def sent(level: int, day: str) -> Reminder:
    return Reminder(1, "EG-1", "nrg1", level, day, 250, 0)


def test_levels_follow_each_other_after_their_days() -> None:
    bill = with_levels(sample_bill())
    assert due_level(sample_bill(), [], 400, "2026-06-30") == 0, "terms that say nothing of reminders have none"
    assert [due_level(bill, [], late, "2026-06-30") for late in (0, 6, 7, 400)] == [0, 0, 1, 1]
    first = [sent(1, "2026-06-30")]
    assert due_level(bill, first, 400, "2026-07-13") == 0, "13 days after the first: the terms have 14 between"
    assert due_level(bill, first, 400, "2026-07-14") == 2
    assert due_level(bill, first, 20, "2026-07-14") == 0, "20 days after the due day: the terms have 21"
    assert due_level(bill, [*first, sent(2, "2026-07-14")], 400, "2027-07-14") == 0, "there are no more levels"


def test_a_fee_is_a_due_of_the_bill_of_the_period_in_which_the_reminder_was_sent() -> None:
    period = sample_bill().period
    noted = [
        Reminder(1, "EG-1", account, level, day, 250, cents)
        for account, level, day, cents in (
            ("a", 1, period.first_day, 0), ("a", 2, period.last_day, 500), ("a", 3, "2000-01-01", 900),
            ("b", 2, period.last_day, 700),
        )
    ]  # fmt: skip
    assert fees_of(noted, "a", period, "en") == (Due("reminder", "Reminder 2 of bill EG-1", 500, 1),)
    assert fees_of(noted, "c", period, "en") == ()


def test_a_fee_is_taxed_as_a_reminder_and_not_as_dues() -> None:
    """Dunning is no supply: its tax has a rule of its own, also in the invoice; the sums stay whole."""
    taxes = (TaxRule("reminders", "*", "E", 0, "no supply"), TaxRule("*", "*", "S", 2000, ""))
    terms = replace(TERMS, taxes=taxes)
    plain = sample_bill(terms)
    fee = Due("reminder", "Reminder 2 of bill EG-1", 500, 1)
    bill = sample_bill(replace(terms, dues=(*terms.dues, fee)))
    by_category = {tax.category: tax.gross_cents for tax in bill.charges.taxes}
    assert by_category["E"] == 500
    assert bill.charges.cents - plain.charges.cents == bill.due_cents - plain.due_cents == 500
    invoice = einvoice_terms(bill, CHARGES, SAMPLE.seller, MEMBER, "EUR")
    assert "Reminder 2 of bill EG-1" in str(invoice)


def test_settings_of_reminders_are_checked() -> None:
    found = parse_settings((SETTINGS + LEVELS).encode(), "x").terms_for("private", 0, self_billing=False)
    assert found.reminders == TWO
    most = "".join(f"[[reminders]]\ndays = {each}\n" for each in range(1, MAX_REMINDERS + 1))
    assert len(parse_settings((SETTINGS + most).encode(), "x").reminders) == MAX_REMINDERS
    for wrong in (
        LEVELS.replace("21", "7"),
        LEVELS.replace("21", "366"),
        LEVELS.replace("5.00", "5,00"),
        f"{most}[[reminders]]\ndays = 99\n",
        '[[dues]]\nname = "reminder"\ntext = "x"\namount = "1"\n',
    ):
        with pytest.raises(UsageError) as refused:
            parse_settings((SETTINGS + wrong).encode(), "x")
        assert refused.value.code == "bad_billing_settings"


def test_every_language_of_bills_has_the_words_of_reminders() -> None:
    words = {name for name in LANGUAGES["en"] if name.startswith("reminder")} | {"due_day"}
    assert len(words) == 8
    for language, known in LANGUAGES.items():
        assert words <= set(known), language
        assert "{name}" in known["reminder_fee"]
        assert "{level}" in known["reminder_fee"]


def test_what_was_sent_is_kept_as_it_was_and_withdrawn_from_the_last(tmp_path: Path) -> None:
    log = ReminderLog(tmp_path)
    assert list(log.all()) == []
    for level, day in ((1, "2026-06-01"), (2, "2026-06-20"), (1, "2026-07-01")):
        log.note(sent(level, day))
    assert [each.day for each in log.all()] == ["2026-06-01", "2026-06-20"]
    with pytest.raises(UsageError) as refused:
        log.withdraw(1, 1)
    assert refused.value.code == "not_the_last"
    log.withdraw(1, 2)
    log.withdraw(1, 1)
    with pytest.raises(NotFound):
        log.withdraw(1, 1)
    for name, text in (("1-1", "{}"), ("x", "{}")):
        (log.path / f"{name}.json").write_text(text)
        with pytest.raises(DataDamaged):
            list(log.all())
        (log.path / f"{name}.json").unlink()


def test_a_member_is_reminded_and_pays_the_fee_with_the_next_bill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = treasury(tmp_path)
    settings = home.path / "billing" / "billing.toml"
    settings.write_text(SETTINGS + LEVELS)

    def months(run: LiveCommands, clock: Any) -> None:
        members(run)
        clock.move_to(clock.wall_ms() + 2 * HOUR_MS)
        run("transfer", "eeuro", "bob", "1", "--from", "alice")
        run("bill", "final", "--period", DAY, "--from", "alice")
        numbers = {each["account"]: each["number"] for each in run("bill", "list")["bills"]}
        run("bill", "pay", str(numbers["carol"]), "--from", "carol")
        assert {each["level"] for each in run("bill", "remind")["bills"]} == {0}, "nothing is overdue yet"
        reminded(run, clock, tmp_path, numbers["bob"])
        billed(run, clock, numbers["bob"])

    play(home, monkeypatch, capsys, months)


def reminded(run: LiveCommands, clock: Any, folder: Path, bob: int) -> None:
    clock.move_to(clock.wall_ms() + (14 + 21) * DAY_MS)
    run("transfer", "eeuro", "bob", "1", "--from", "alice")
    listed = run("bill", "remind")["bills"]
    assert len(listed) == 3, "carol has paid"
    assert {(each["level"], each["sent"], each["overdue_days"]) for each in listed} == {(1, 0, 21)}
    assert run("bill", "remind", "--bill", str(bob))["bills"][0]["number"] == bob
    assert run.refused("bill", "remind", "--bill", "99") == "not_open"
    (written,) = run("bill", "remind", "--bill", str(bob), "--out", str(folder / "letters"))["bills"]
    page = Path(written["file"]).read_text()
    for part in ("Reminder 1", "Bob Muster", "2.50", "AT611904300234573201"):
        assert part in page
    assert "Fee of this reminder" not in page, "the first level costs nothing"
    assert run("bill", "verify", written["file"])["due_cents"] == 250, "the bill and its proof are in the letter"
    again = run("bill", "remind", "--bill", str(bob), "--out", str(folder / "letters"))["bills"][0]
    assert (again["level"], again["file"], again["sent"]) == (0, "", 1), "a level is sent once"
    clock.move_to(clock.wall_ms() + 14 * DAY_MS)
    run("transfer", "eeuro", "bob", "1", "--from", "alice")
    second = run("bill", "remind", "--bill", str(bob), "--out", str(folder / "letters"))["bills"][0]
    assert (second["level"], second["fee_cents"]) == (2, 500)
    assert "5.00" in Path(second["file"]).read_text()
    assert run.refused("bill", "remind", "--withdraw", str(bob), "1") == "not_the_last"
    assert run.refused("bill", "remind", "--withdraw", str(bob), "1", "--bill", "1") == "bad_usage"


def billed(run: LiveCommands, clock: Any, bob: int) -> None:
    """The fee stands on bob's next bill, and on nobody else's; a correction drops one that was withdrawn."""
    clock.move_to(clock.wall_ms() + 2 * DAY_MS)
    run("transfer", "eeuro", "bob", "1", "--from", "alice")
    preview = run("bill", "preview", "--period", "2023-11-15..2024-01-03")
    due = sorted(each["due_cents"] for each in preview["bills"])
    assert preview["problems"] == []
    assert due == [250, 250, 250, 750]
    run("bill", "final", "--period", "2023-11-15..2024-01-03", "--from", "alice")
    (number,) = [each["number"] for each in run("bill", "list")["bills"] if each["due"] == "7.50"]
    assert "Reminder 2 of bill" in run.text("bill", "show", str(number))
    run("bill", "remind", "--withdraw", str(bob), "2")
    run("bill", "correct", str(number), "--from", "alice")
    assert run("bill", "list")["bills"][-1]["due"] == "2.50"


async def final_day(home: HomeFixture, node: Node, client: aiohttp.ClientSession) -> None:
    """Everybody's bills of the first day."""
    with_book(home)
    assert isinstance(node.clock, PlayedClock)
    node.clock.move_to(node.clock.wall_ms() + 2 * HOUR_MS)
    await send(client, home.raw("carol", paid(home)))
    made = (await run_of(client, period=DAY, password=PASSWORD, final=True))["finalising"]
    root = bytes.fromhex(made["root"])
    final = FinaliseBills(made["first"], made["count"], root, made["from_ms"], made["to_ms"])
    await send(client, home.raw("alice", final))
    assert (await post(client, "/v1/billing/desk/settle"))[1]["settled"] == 4


def move(node: Node, days: int) -> None:
    assert isinstance(node.clock, PlayedClock)
    node.clock.move_to(node.clock.wall_ms() + days * DAY_MS)


def test_the_desk_says_who_is_to_be_reminded_and_writes_it(tmp_path: Path) -> None:
    home = treasury(tmp_path)
    (home.path / "billing" / "billing.toml").write_text(SETTINGS + LEVELS)
    path = "/v1/billing/desk/reminders"

    async def month() -> None:
        async with serving(home) as (node, client):
            await final_day(home, node, client)
            asked: dict[str, Any] = {"number": 1, "level": 1, "password": PASSWORD}
            assert (await post(client, path, **asked))[1]["code"] == "not_due"
            move(node, 14 + 7)
            listed = (await post(client, "/v1/billing/desk/debtors"))[1]["bills"]
            assert {(each["next_level"], each["next_fee_cents"], each["reminded"]) for each in listed} == {(1, 0, 0)}
            assert (await post(client, path, **{**asked, "password": "wrong"}))[1]["code"] == "wrong_password_or_key"
            assert (await post(client, path, **{**asked, "number": 99}))[1]["code"] == "not_open"
            assert (await post(client, path, **{**asked, "level": 2}))[1]["code"] == "not_due"
            status, file = await post(client, path, **asked)
            assert status == 200, file
            content = base64.b64decode(file["data"])
            assert read_canonical(embedded_in_html(content)[0], Bill).number == 1
            assert (await post(client, path, **asked))[1]["data"] == file["data"], "given out again as it was"
            after = (await post(client, "/v1/billing/desk/debtors"))[1]
            told = {each["bill"]["number"]: (each["reminded"], each["reminded_day"]) for each in after["bills"]}
            assert told[1] == (1, after["day"])
            assert {number: level for number, (level, _day) in told.items() if number != 1} == {2: 0, 3: 0, 4: 0}

    asyncio.run(month())
