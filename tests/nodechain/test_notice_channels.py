"""Notices by e-mail and MQTT, against servers on loopback; what the settings and their secrets may be."""

from __future__ import annotations

import json
import re
import shlex
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

from nodechain.commands.notify import notify
from nodechain.errors import NotFound, UsageError
from nodechain.notices.journal import Undelivered, Waiting
from nodechain.notices.limits import MAX_FOLLOWED, MAX_MESSAGE_BYTES, MAX_SECRET_BYTES, MAX_SETTINGS_BYTES
from nodechain.notices.mail import Mail
from nodechain.notices.mqtt import Publisher
from nodechain.notices.notice import Notice, NoticeKind
from nodechain.notices.secrets import SMTP_PASSWORD, server_password
from nodechain.notices.settings import Broker, MailServer, parse_notify_settings, read_notify_settings
from nodechain.notices.wording import NOTICE_WORDS, words_of
from tests.nodechain.test_tls import Files
from tests.support.notice_servers import MqttBroker, SmtpServer

TIME_MS = 1_700_000_000_000
FACTS = {
    "amount": "1.00", "bill": "EG-7", "currency": "EUR", "due_day": "2026-06-30", "first": "2026-06-01",
    "least": "5.00", "last": "2026-06-30", "meter": "ab12", "number": "3", "since": "12:00", "title": "Roof?",
    "until": "18:00", "what": "admit member",
}  # fmt: skip
BALANCE = Notice("low_balance/1", NoticeKind.LOW_BALANCE, "nrg1alice", "low_balance", TIME_MS, FACTS)


def waiting(
    notice: Notice = BALANCE, *, channel: str = "email", to: str = "a@example.org", language: str = "en"
) -> Waiting:
    return Waiting(notice, channel, to, language, TIME_MS)


def mail_server(server: SmtpServer, **more: Any) -> MailServer:
    made: dict[str, Any] = {"security": "none", "sender": "Sonnenhof <post@example.org>", **more}
    return MailServer(host="127.0.0.1", port=server.port, **made)


def test_a_mail_says_it_in_the_member_s_language_and_is_known_again() -> None:
    server = SmtpServer(login=("coop", "se cret"))
    with server.running():
        mail = Mail(mail_server(server, user="coop"), "se cret")
        mail.deliver(waiting(language="de"), "id1")
        mail.deliver(waiting(language="el"), "id1")
        with pytest.raises(Undelivered, match="refuses the login") as refused:
            Mail(mail_server(server, user="coop"), "other").deliver(waiting(), "id2")
        assert not refused.value.final, "who runs it may set the password right"
        assert "other" not in str(refused.value)
    german, greek = server.mails
    assert german["Subject"] == "Das Guthaben ist niedrig"
    assert greek["Subject"] == NOTICE_WORDS["el"]["low_balance"][0]
    assert german["Message-ID"] == greek["Message-ID"] == "<id1@example.org>"
    assert (german["From"], german["To"]) == ("Sonnenhof <post@example.org>", "a@example.org")
    assert german["Date"].datetime == datetime.fromtimestamp(TIME_MS // 1_000, UTC)
    text = german.get_content()
    assert "1.00 EUR" in text
    assert text.rstrip().endswith("Konto: nrg1alice")


@pytest.mark.parametrize(
    ("answer", "final"), [("550 no such mailbox", True), ("450 try later", False), ("421 going down", False)]
)
def test_what_a_server_refuses_for_good_is_given_up(answer: str, final: bool) -> None:
    server = SmtpServer(refuse={"a@example.org": answer})
    with server.running(), pytest.raises(Undelivered, match=answer[:3]) as refused:
        Mail(mail_server(server), "").deliver(waiting(), "id")
    assert refused.value.final is final
    assert not server.mails


def test_a_title_of_somebody_else_begins_no_header_and_no_line() -> None:
    facts = {**FACTS, "title": "Roof?\r\nBcc: all@example.org\r\n\r\nPay here"}
    asked = Notice("resolution_open/1", NoticeKind.VOTE_OPEN, "nrg1alice", "resolution_open", TIME_MS, facts)
    server = SmtpServer()
    with server.running():
        Mail(mail_server(server), "").deliver(waiting(asked), "id")
    (mail,) = server.mails
    assert "Bcc" not in mail
    assert "Roof?\\x0d\\x0aBcc" in mail["Subject"]


def test_a_server_without_tls_gets_neither_password_nor_mail() -> None:
    server = SmtpServer(login=("coop", "se cret"))
    with server.running(), pytest.raises(Undelivered):
        Mail(mail_server(server, security="starttls", user="coop"), "se cret").deliver(waiting(), "id")
    assert not any("AUTH" in line or "MAIL" in line for line in server.lines)


def test_mail_and_messages_by_tls_go_to_who_is_meant(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.issue("localhost", "127.0.0.1")
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(files.certificate, files.key)
    trusting = ssl.create_default_context(cafile=files.authority)
    server, broker = SmtpServer(), MqttBroker()
    with server.running(served), broker.running(served):
        Mail(mail_server(server, security="tls"), "", trusting).deliver(waiting(), "id")
        Publisher(Broker(host="127.0.0.1", port=broker.port), "", trusting).deliver(waiting(to="t"), "id")
        with pytest.raises(Undelivered, match="certificate verify failed"):
            Mail(mail_server(server, security="tls"), "").deliver(waiting(), "id")
        with pytest.raises(Undelivered, match="certificate verify failed"):
            Publisher(Broker(host="127.0.0.1", port=broker.port), "").deliver(waiting(to="t"), "id")
    assert (len(server.mails), len(broker.messages)) == (1, 1)


def test_a_message_to_a_broker_is_acknowledged() -> None:
    broker = MqttBroker()
    with broker.running():
        place = Broker(host="127.0.0.1", port=broker.port, security="none", user="coop")
        Publisher(place, "se cret").deliver(waiting(channel="mqtt", to="home/nrg1alice/low_balance"), "id" * 16)
        broker.wait_for(lambda: bool(broker.lines))
        long = Notice(
            "low_balance/2", NoticeKind.LOW_BALANCE, "nrg1alice", "low_balance", TIME_MS, {**FACTS, "x": "y" * 300}
        )
        Publisher(place, "se cret").deliver(waiting(long, to="t"), "id")
        broker.confused = True
        with pytest.raises(Undelivered, match="another message"):
            Publisher(place, "se cret").deliver(waiting(to="t"), "id")
        broker.code = 4
        with pytest.raises(Undelivered, match="refuses the user or the password") as refused:
            Publisher(place, "se cret").deliver(waiting(to="t"), "id")
    assert "se cret" not in str(refused.value)
    first = broker.messages[0]
    assert (first.topic, first.user, first.password) == ("home/nrg1alice/low_balance", "coop", "se cret")
    assert len(first.client) <= 23
    said = json.loads(first.data)
    assert (said["id"], said["kind"], said["facts"]["amount"]) == ("id" * 16, "low_balance", "1.00")
    assert len(broker.messages[1].data) > 127 + 300, "a length of two bytes"


def test_a_server_that_is_away_or_no_broker_is_tried_again() -> None:
    smtp, closed = SmtpServer(), MqttBroker()
    with closed.running():
        port = closed.port
    with smtp.running(), pytest.raises(Undelivered) as error:
        Publisher(Broker(host="127.0.0.1", port=smtp.port, security="none"), "").deliver(waiting(to="t"), "id")
    assert not error.value.final
    with pytest.raises(Undelivered, match=str(port)):
        Publisher(Broker(host="127.0.0.1", port=port, security="none"), "").deliver(waiting(to="t"), "id")
    with pytest.raises(Undelivered, match="too large") as large:
        Publisher(Broker(host="127.0.0.1", port=port, security="none"), "").deliver(
            waiting(Notice("x", NoticeKind.VOTE_OPEN, "a", "test", 0, {"x": "y" * MAX_MESSAGE_BYTES}), to="t"), "id"
        )
    assert large.value.final


def test_every_language_has_every_notice_and_shows_the_same_facts() -> None:
    texts = set(NOTICE_WORDS["en"]) - {"foot"}
    for text in texts:
        notice = Notice("n", NoticeKind.VOTE_OPEN, "nrg1alice", text, 0, FACTS)
        shown = {language: words_of(notice, language) for language in NOTICE_WORDS}
        facts = {name for name, value in FACTS.items() if value in shown["en"].text}
        for language, words in shown.items():
            assert set(NOTICE_WORDS[language]) == set(NOTICE_WORDS["en"])
            assert all(FACTS[name] in words.text for name in facts), (language, text)
            assert words.subject
            assert "nrg1alice" in words.foot
    assert len(NOTICE_WORDS) == 6


GOOD = """
[smtp]
host = "mail.example.org"
sender = "post@example.org"
[[members]]
account = "alice"
email = "a@example.org"
notices = ["low_balance"]
"""


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('"low_balance"', '"weather"', "weather"),
        ('["low_balance"]', "[]", "notices"),
        ('email = "a@example.org"', "", "how it is told"),
        ('"a@example.org"', '"a@example.org, b@example.org"', "no e-mail address"),
        ('"a@example.org"', '"a@example.org\\nBcc: b@example.org"', "no e-mail address"),
        ('email = "a@example.org"', "mqtt = true", "the table \\[mqtt\\]"),
        ("[smtp]", 'every = "0s"\n[smtp]', "a second or more"),
        ("[smtp]", 'every = "soon"\n[smtp]', "soon"),
        ('"post@example.org"', '"Post"', "sender"),
        ('sender', 'security = "none"\nsender', "without TLS"),
        ('"mail.example.org"', '"mail example"', "host"),
        ("[[members]]", '[[members]]\nsilent_after = "1s"', "a minute or more"),
        ("[[members]]", '[[members]]\nlanguage = "xx"', "xx"),
        ("[[members]]", '[[members]]\npassword = "x"', "password"),
        ("[[members]]", "[[members", "line 5"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_with_their_place(before: str, after: str, why: str) -> None:
    assert parse_notify_settings(GOOD.encode(), "notify.toml").members[0].language == "en"
    with pytest.raises(UsageError, match=why) as refused:
        parse_notify_settings(GOOD.replace(before, after, 1).encode(), "notify.toml")
    assert refused.value.code == "bad_notify_settings"


def test_limits_of_the_settings(tmp_path: Path) -> None:
    member = '[[members]]\naccount = "a{}"\nemail = "a@example.org"\nnotices = ["unpaid"]\n'
    head = GOOD.partition("[[members]]")[0]
    many = [member.format(number) for number in range(MAX_FOLLOWED + 1)]
    assert len(parse_notify_settings((head + "".join(many[1:])).encode(), "x").members) == MAX_FOLLOWED
    with pytest.raises(UsageError, match=str(MAX_FOLLOWED)):
        parse_notify_settings((head + "".join(many)).encode(), "x")
    with pytest.raises(UsageError, match="listed twice"):
        parse_notify_settings((head + many[0] * 2).encode(), "x")
    with pytest.raises(NotFound) as missing:
        read_notify_settings(tmp_path / "notify.toml")
    assert missing.value.code == "no_notify_settings"
    (tmp_path / "notify.toml").write_bytes(b"#" * (MAX_SETTINGS_BYTES + 1))
    with pytest.raises(UsageError) as large:
        read_notify_settings(tmp_path / "notify.toml")
    assert large.value.code == "file_too_large"


def test_a_password_stands_in_a_file_of_its_owner_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SMTP_PASSWORD, "of the environment")
    assert server_password(SMTP_PASSWORD, "", tmp_path) == "of the environment"
    file = tmp_path / "secret"
    file.write_text("of the file\nmore")
    file.chmod(0o640)
    with pytest.raises(UsageError) as refused:
        server_password(SMTP_PASSWORD, "secret", tmp_path)
    assert refused.value.code == "secret_readable"
    assert "of the file" not in str(refused.value)
    file.chmod(0o600)
    assert server_password(SMTP_PASSWORD, "secret", tmp_path) == "of the file"
    file.write_bytes(b"\xff")
    with pytest.raises(UsageError) as bad:
        server_password(SMTP_PASSWORD, "secret", tmp_path)
    assert bad.value.code == "bad_secret"
    file.write_bytes(b"x" * (MAX_SECRET_BYTES + 1))
    with pytest.raises(UsageError, match=str(MAX_SECRET_BYTES)):
        server_password(SMTP_PASSWORD, "secret", tmp_path)


DOCS = (Path(__file__).resolve().parents[2] / "docs" / "notifications.md").read_text()


def test_the_page_of_the_docs_shows_what_is_read_and_typed() -> None:
    (table,) = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
    settings = parse_notify_settings(table.encode(), "docs/notifications.md")
    assert {kind for each in settings.members for kind in each.notices} == set(NoticeKind)
    for kind in NoticeKind:
        assert f"| `{kind.value}` |" in DOCS
    lines = [line for block in re.findall(r"```console\n(.*?)```", DOCS, re.DOTALL) for line in block.splitlines()]
    for line in lines:
        words = shlex.split(line, comments=True)[3:]
        command: click.Command | None = notify
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None, line
        command.make_context("page", words)
    assert len(lines) == len(notify.commands)
