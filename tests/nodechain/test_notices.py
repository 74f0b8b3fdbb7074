"""What there is to tell, and that it is told once: of events, of figures, over crashes, refusals and other chains."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, Final, TypeVar, cast

import pytest
from msgspec.structs import replace

from harness.chain import address, make_genesis
from harness.node import PASSWORD, HomeFixture
from harness.processes import clean_environment
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.billing.events import BillsFinalised
from ledger.chain.header import Event
from ledger.encoding.codec import encode
from ledger.governance.events import VoteOpened
from ledger.governance.payloads import AdmitMember, CastVote
from ledger.grid.events import GridUnpaid
from ledger.keys.address import format_address
from ledger.resolutions.events import ResolutionOpened
from market.denominations import Denominations
from nodechain.api import render
from nodechain.api.server import ApiOptions
from nodechain.clock import SystemClock
from nodechain.errors import DataDamaged, LoginNeeded, UsageError, WrongChain
from nodechain.notices.journal import NoticeEntry, NoticeJournal, Seen, Waiting
from nodechain.notices.limits import (
    FIRST_WAIT_MS,
    MAX_AGE_MS,
    MAX_FAILED,
    MAX_JOURNAL_BYTES,
    MAX_TRIES,
    MAX_WAIT_MS,
    MAX_WAITING,
)
from nodechain.notices.look import FollowedChain
from nodechain.notices.notice import Notice, NoticeKind
from nodechain.notices.service import NotifyService
from nodechain.notices.settings import parse_notify_settings
from nodechain.notices.watch import Currency, Figures, Wishes, is_shown, of_event, of_figures
from nodechain.notices.wording import NOTICE_WORDS, words_of
from tests.nodechain.test_read_rights import template
from tests.support.api import port_of, serving
from tests.support.notice_servers import MqttBroker, SmtpServer

T = TypeVar("T")
EURO: Final = Currency("eeuro", "eEuro", 9)
ONE: Final = 10**9
ALL: Final = Wishes(frozenset(NoticeKind), 5 * ONE, 3_600_000)
NOW_MS: Final = 1_767_225_600_000
DAY_MS: Final = 86_400_000
CHAIN: Final = Denominations.of(make_genesis())
ALICE, BOB, CAROL = (format_address(address(name)) for name in "ABC")


def figures(available: int = 10 * ONE, *, heard_ms: int = NOW_MS, bills: list[dict[str, Any]] | None = None) -> Figures:
    account = {"balances": [{"asset": "eeuro", "available": {"base": available}}]}
    meter = {"key": "ab" * 32, "time_ms": 0, "sent_ms": heard_ms, "account": "a", "unit": None}
    documents = None if bills is None else {"cent": 10**7, "documents": bills}
    return Figures(cast(Any, account), (cast(Any, meter),), cast(Any, documents))


def bill(number: int, *, paid: int = 0, corrected_by: int = 0) -> dict[str, Any]:
    none = {"base": 0}
    return {
        "number": number, "name": f"EG-{number}", "due_cents": 1_250, "issued_day": "2025-12-01", "due_days": 14,
        "corrected_by": corrected_by, "paid_on_chain": {"base": paid}, "paid_by_bank": none, "paid_before": none,
    }  # fmt: skip


def told(found: Figures, seen: Seen, *, at_ms: int = NOW_MS, wishes: Wishes = ALL) -> tuple[list[str], Seen]:
    notices, after = of_figures("a", wishes, found, EURO, seen, at_ms)
    return [each.text for each in notices], after


def test_a_balance_is_low_once_until_it_was_enough() -> None:
    said, seen = told(figures(5 * ONE - 1), Seen())
    assert said == ["low_balance"]
    said, seen = told(figures(0), seen, at_ms=NOW_MS + 1)
    assert said == []
    said, seen = told(figures(5 * ONE), seen)
    assert said == []
    assert told(figures(0), seen)[0] == ["low_balance"]
    notice = of_figures("a", ALL, figures(4_205 * ONE // 1_000), EURO, Seen(), NOW_MS)[0][0]
    assert notice.facts == {"amount": "4.205", "least": "5.00", "currency": "eEuro"}
    assert told(figures(0), Seen(), wishes=replace_kinds(NoticeKind.UNPAID))[0] == []


def replace_kinds(*kinds: NoticeKind) -> Wishes:
    return Wishes(frozenset(kinds), ALL.least, ALL.silent_after_ms)


def test_each_silence_of_a_meter_is_told_once() -> None:
    said, seen = told(figures(heard_ms=NOW_MS - 3_600_000), Seen())
    assert said == ["silent_meter"]
    said, seen = told(figures(heard_ms=NOW_MS - 3_600_000), seen, at_ms=NOW_MS + DAY_MS)
    assert said == []
    said, seen = told(figures(heard_ms=NOW_MS), seen, at_ms=NOW_MS + 1)
    assert said == []
    assert told(figures(heard_ms=NOW_MS), seen, at_ms=NOW_MS + DAY_MS)[0] == ["silent_meter"]


def test_new_bills_and_overdue_ones_are_told_once_each() -> None:
    owed, paid = bill(7), bill(7, paid=12_500_000_000)
    said, seen = told(figures(bills=[owed]), Seen())
    assert said == ["unpaid_bill"], "the first look only learns which bills there are"
    late = [bill(9), bill(8, corrected_by=9), owed]
    said, seen = told(figures(bills=late), seen, at_ms=NOW_MS)
    assert said == ["bill_ready", "bill_ready", "unpaid_bill"], "what another takes the place of is not overdue"
    assert told(figures(bills=late), seen)[0] == []
    said, seen = told(figures(bills=[paid]), seen)
    assert (said, seen.overdue["a"], seen.bills["a"]) == ([], [], 9)
    due_day_ms = 1_765_756_800_000
    assert told(figures(bills=[owed]), Seen(), at_ms=due_day_ms)[0] == [], "on the day itself nobody is late"
    assert told(figures(bills=[owed]), Seen(), at_ms=due_day_ms + DAY_MS)[0] == ["unpaid_bill"]
    notices, _seen = of_figures("a", ALL, figures(bills=[bill(7, paid=ONE)]), EURO, Seen(), NOW_MS)
    assert notices[0].facts == {"bill": "EG-7", "currency": "eEuro", "due_day": "2025-12-15", "amount": "11.50"}


def heard(event: Event) -> list[Notice]:
    """As a node's socket tells it."""
    message = {"height": 4, "receipt": 1, "place": 2, "event": render.event(CHAIN, event)}
    wishes = {
        ALICE: ALL, BOB: replace_kinds(NoticeKind.LOW_BALANCE), CAROL: replace_kinds(NoticeKind.VOTE_OPEN),
    }  # fmt: skip
    return list(of_event(message, wishes, EURO, NOW_MS))


def test_events_tell_who_follows_them() -> None:
    action = encode(AdmitMember(address("X")))
    told_to = {each.account for each in heard(VoteOpened(3, address("X"), action, NOW_MS))}
    assert told_to == {ALICE, CAROL}
    (notice,) = heard(VoteOpened(3, address("A"), action, NOW_MS))
    assert (notice.account, notice.facts["what"], notice.name) == (CAROL, "admit member", "vote_open/3")
    asked = heard(ResolutionOpened(2, address("C"), "Roof?", bytes(32), NOW_MS))
    assert [(each.account, each.name, each.facts["title"]) for each in asked] == [(ALICE, "resolution_open/2", "Roof?")]
    owed = GridUnpaid(address("A"), CURRENCY_ASSET, 12_500_000_000, ONE, True)
    (unpaid,) = heard(owed)
    assert (unpaid.name, unpaid.facts) == ("unpaid_grid/4.1.2", {"amount": "12.5", "currency": "eEuro"})
    assert heard(replace(owed, blocked=False)) == []
    assert heard(replace(owed, account=address("C"))) == []
    (run,) = heard(BillsFinalised(address("X"), 5, 8, 2, bytes(32), NOW_MS - 31 * DAY_MS, NOW_MS))
    assert (run.facts["first"], run.facts["last"]) == ("2025-12-01", "2025-12-31")
    assert not is_shown(run, None)
    assert not is_shown(run, figures(bills=[bill(7), bill(10)]).documents)
    assert is_shown(run, figures(bills=[bill(9)]).documents), "the bill itself is told of by its number"
    for notice in (*asked, unpaid, run):
        assert all(words_of(notice, language).text for language in NOTICE_WORDS)


def opened(folder: Path) -> tuple[NoticeJournal, Waiting]:
    journal = NoticeJournal(folder)
    journal.open("cc", 7)
    notice = Notice("vote_open/1", NoticeKind.VOTE_OPEN, "a", "vote_open", 0, {})
    return journal, Waiting(notice, "email", "a@example.org", "en", NOW_MS)


def entry_of(folder: Path) -> NoticeEntry:
    entry = NoticeJournal(folder).read()
    assert entry is not None
    return entry


def test_the_journal_gives_up_in_the_end_and_remembers_the_newest(tmp_path: Path) -> None:
    journal, waiting = opened(tmp_path)
    journal.found(9, [waiting], Seen())
    now_ms, pauses = NOW_MS, []
    for _ in range(MAX_TRIES):
        (due,) = journal.due(now_ms)
        journal.failed(due, "away", now_ms, final=False)
        entry = entry_of(tmp_path)
        if entry.waiting:
            pauses.append(entry.waiting[0].next_ms - now_ms)
            assert journal.due(now_ms) == []
            now_ms = entry.waiting[0].next_ms
    assert pauses[:2] == [FIRST_WAIT_MS, 2 * FIRST_WAIT_MS]
    assert max(pauses) == MAX_WAIT_MS
    assert [(each.name, each.reason) for each in entry_of(tmp_path).failed] == [("vote_open/1", "away")]
    assert journal.entry is not None
    (gone,) = journal.entry.failed
    journal.entry.failed = [gone] * MAX_FAILED
    journal.found(9, [waiting], Seen())
    journal.failed(waiting, "no", NOW_MS, final=True)
    assert len(journal.entry.failed) == MAX_FAILED
    assert journal.entry.failed[-1].reason == "no"
    journal.found(9, [waiting], Seen())
    journal.failed(waiting, "away", NOW_MS + MAX_AGE_MS + 1, final=False)
    assert not journal.entry.waiting, "it is not news any more"


def test_a_full_journal_a_damaged_one_and_one_of_another_chain(tmp_path: Path) -> None:
    journal, waiting = opened(tmp_path)
    full = []
    for more in (MAX_WAITING - 1, 1):
        journal.found(9, [waiting] * more, Seen())
        full.append(journal.is_full)
    assert full == [False, True]
    with pytest.raises(WrongChain):
        NoticeJournal(tmp_path).open("dd", 0)
    assert NoticeJournal(tmp_path).open("cc", 0).next_height == 9
    assert len({waiting.identity("cc"), waiting.identity("dd"), replace(waiting, to="x").identity("cc")}) == 3
    journal.path.write_text("{}")
    with pytest.raises(DataDamaged):
        NoticeJournal(tmp_path).read()
    journal.path.write_bytes(b" " * (MAX_JOURNAL_BYTES + 1))
    with pytest.raises(UsageError, match=str(MAX_JOURNAL_BYTES)):
        NoticeJournal(tmp_path).read()


def vote_on(name: str) -> CastVote:
    return CastVote(AdmitMember(name.encode().ljust(20, b"\1")), approve=True)


async def settled(home: Path, told: int) -> None:
    """Until the journal says that so much was told."""
    journal = NoticeJournal(home)
    for _ in range(600):
        entry = journal.read()
        if entry is not None and entry.told >= told:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(told)


SETTINGS = """
every = "1s"
[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "Sonnenhof <post@example.org>"
user = "coop"
password_file = "smtp-password"
[mqtt]
host = "127.0.0.1"
port = {mqtt}
security = "none"
[[members]]
account = "alice"
email = "alice@example.org"
mqtt = true
notices = ["vote_open", "low_balance"]
least = "900"
[[members]]
account = "bob"
email = "bob@example.org"
notices = ["low_balance", "silent_meter", "unpaid", "bill_ready"]
language = "de"
least = "10"
"""


class Service:
    """`nodechain notify run` as a process; `url`: the node."""

    def __init__(self, home: Path, url: str, *more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "notify", "run", "--as", "bank", *more, "--home", str(home), "--node", url,
             "--output", "json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**clean_environment(), "NODECHAIN_PASSWORD_FILE": str(home / "password")},
        )  # fmt: skip
        self.log = ""

    async def ready(self) -> int:
        """The height from which on it tells. The node lives on this loop, so that nobody may block it."""
        line = await aside(cast(IO[str], self.process.stdout).readline)
        assert line, self.process.communicate()
        return int(json.loads(line)["data"]["next_height"])

    async def end(self, number: int) -> int:
        """Its exit code, or the signal's."""
        self.process.send_signal(number)
        self.log = (await aside(partial(self.process.communicate, timeout=60)))[1]
        return self.process.returncode


async def aside(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(None, work)


@contextmanager
def ended(service: Service) -> Iterator[Service]:
    """A process that is gone when the test is, whatever happened."""
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.process.kill()
            service.process.communicate()


class Told:
    """The servers of the test and what they got, by whom and what."""

    def __init__(self) -> None:
        self.smtp = SmtpServer(login=("coop", "pass-word"))
        self.mqtt = MqttBroker()

    def mails(self) -> list[tuple[str, str]]:
        """Receiver and subject, in order."""
        return [(str(mail["To"]).partition("@")[0], str(mail["Subject"])) for mail in self.smtp.mails]


@pytest.mark.xdist_group("process")
def test_nothing_is_lost_or_told_twice_over_a_kill(tmp_path: Path) -> None:
    home, got = HomeFixture(tmp_path / "home", template(tmp_path, 'roles = ["banker"]')), Told()
    (home.path / "password").write_text(PASSWORD)
    secret = home.path / "smtp-password"
    secret.write_text("pass-word\n")
    secret.chmod(0o600)

    async def live() -> None:
        async with serving(home, ApiOptions(port=0, read="members")) as (node, client):
            url = f"http://127.0.0.1:{port_of(client)}"

            async def sent(name: str, payload: Any) -> None:
                answer = await client.post("/v1/transactions?wait=decided&timeout=30", data=home.raw(name, payload))
                assert answer.status == 200, await answer.text()

            async def until(count: int) -> None:
                await aside(lambda: got.smtp.wait_for(lambda: len(got.smtp.mails) >= count))

            # A vote from before the service is no news; the first service is killed after what it told.
            await sent("bob", vote_on("erin"))
            with ended(Service(home.path, url)) as first:
                assert await first.ready() == node.app.height + 1
                await sent("bob", vote_on("frank"))
                await until(1)
                await sent("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 200 * ONE))
                await until(2)
                await settled(home.path, 4)
                await first.end(signal.SIGKILL)
                assert "pass-word" not in first.log
            # What happens while nobody looks is told by the next one, all before not again.
            await sent("bob", vote_on("grace"))
            with ended(Service(home.path, url)) as second:
                await second.ready()
                await until(3)
                await settled(home.path, 6)
                assert await second.end(signal.SIGTERM) == 0
            await sent("bob", vote_on("heidi"))
            with ended(Service(home.path, url, "--from-now")) as third:
                assert await third.ready() == node.app.height + 1
                await sent("bob", vote_on("ivan"))
                await until(4)
                await settled(home.path, 8)
                assert await third.end(signal.SIGINT) == 0

    with got.smtp.running(), got.mqtt.running():
        (home.path / "notify.toml").write_text(SETTINGS.format(smtp=got.smtp.port, mqtt=got.mqtt.port))
        asyncio.run(live())
    assert got.mails() == [
        ("alice", "Vote 2 is open"), ("alice", "The balance is low"), ("alice", "Vote 3 is open"),
        ("alice", "Vote 5 is open"),
    ]  # fmt: skip
    topics = [message.topic for message in got.mqtt.messages]
    alice = format_address(home.address("alice"))
    assert topics[:2] == [f"nodechain/notices/{alice}/vote_open", f"nodechain/notices/{alice}/low_balance"]
    assert len(topics) == len({json.loads(message.data)["id"] for message in got.mqtt.messages}) == 4


def test_a_login_whose_hour_is_over_is_made_again_and_a_wrong_one_ends_the_service(tmp_path: Path) -> None:
    class Forgetful:
        """A node that asks for a login at the first look, or at every second one."""

        token = ""

        def __init__(self, *, at_once: bool) -> None:
            self.looks, self.at_once = 0, at_once

        def renew(self) -> None:
            """Nothing is kept."""

        def close(self) -> None:
            """Nothing is open."""

        def chain(self) -> FollowedChain:
            return FollowedChain("cc", 7, NOW_MS, EURO)

        def figures(self, _account: str, _kinds: object) -> Figures:
            self.looks += 1
            if self.at_once or self.looks == 2:
                raise LoginNeeded("the token is over")
            if self.looks == 4:
                stop.set()
            return figures()

    def service(looking: Forgetful) -> NotifyService:
        settings = parse_notify_settings(
            b'every = "1s"\n[mqtt]\nhost = "b"\n[[members]]\naccount = "a"\nmqtt = true\nnotices = ["unpaid"]\n', "x"
        )
        return NotifyService(
            settings, {"a": "a"}, cast(Any, looking), NoticeJournal(tmp_path), {}, "http://127.0.0.1:9", SystemClock(),
            retry_s=0,
        )  # fmt: skip

    async def run(looking: Forgetful) -> int:
        await asyncio.wait_for(service(looking).run(stop), 60)
        return looking.looks

    stop = asyncio.Event()
    with pytest.raises(LoginNeeded):
        asyncio.run(run(Forgetful(at_once=True)))
    assert asyncio.run(run(Forgetful(at_once=False))) == 4
