"""`nodechain notify`: tell members what they chose to be told, by e-mail or MQTT."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import click

from ledger.encoding.times import format_time
from nodechain.client.login import LoginKey, sign_in
from nodechain.client.rest import NodeApi
from nodechain.clock import SystemClock
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields, table
from nodechain.commands.terminal.signing_in import login_key
from nodechain.errors import NodeError, NotFound, UsageError
from nodechain.files.durable_file import make_directory
from nodechain.home.lock import HomeLock
from nodechain.log import set_up_logging
from nodechain.notices.journal import NoticeJournal, Undelivered
from nodechain.notices.look import Looking, wishes_of
from nodechain.notices.mail import Mail
from nodechain.notices.mqtt import Publisher
from nodechain.notices.notice import Notice, NoticeKind
from nodechain.notices.secrets import MQTT_PASSWORD, SMTP_PASSWORD, server_password
from nodechain.notices.service import Deliver, NotifyService, receivers_of
from nodechain.notices.settings import NotifySettings, read_notify_settings

SETTINGS: Final = "notify.toml"


class NotDelivered(NodeError):
    """A server did not take a test."""

    code = "not_delivered"
    advice = "Correct the server's table in the file of settings, or ask who runs it."


@click.group()
def notify() -> None:
    """Tell members of low balances, unpaid bills, silent meters, open votes and new bills, by e-mail or MQTT."""


_FILE: Final = click.option(
    "--file", "path", type=click.Path(dir_okay=False, path_type=Path), help="The settings (default: HOME/notify.toml)."
)


def _read(invocation: Invocation, path: Path | None) -> tuple[NotifySettings, dict[str, str], dict[str, Deliver]]:
    """The settings, the address of each account in them, and how each channel delivers."""
    file = path or invocation.home / SETTINGS
    settings = read_notify_settings(file)
    accounts = {each.account: invocation.address_text(each.account) for each in settings.members}
    twice = next((name for name in accounts if list(accounts.values()).count(accounts[name]) > 1), "")
    if twice:
        raise UsageError(f"{file}: {twice} is listed under two names", code="bad_notify_settings")
    channels: dict[str, Deliver] = {}
    if settings.smtp is not None:
        password = server_password(SMTP_PASSWORD, settings.smtp.password_file, file.parent)
        channels["email"] = Mail(settings.smtp, password).deliver
    if settings.mqtt is not None:
        password = server_password(MQTT_PASSWORD, settings.mqtt.password_file, file.parent)
        channels["mqtt"] = Publisher(settings.mqtt, password).deliver
    return settings, accounts, channels


def _looking(invocation: Invocation) -> Looking:
    """Signs in with a key that is opened once, so that nobody has to be there an hour later."""

    @cache
    def key() -> LoginKey:
        return login_key(
            invocation.keystore, invocation.book, invocation.reader or invocation.config.sender, invocation.passwords
        )

    def token(api: NodeApi) -> str:
        return sign_in(api, key(), invocation.genesis or invocation.config.genesis_hash)

    return Looking(invocation.config.node, token)


@notify.command()
@_FILE
@click.option("--from-now", is_flag=True, help="Leave out what happened since the service ran last.")
@command
def run(invocation: Invocation, *, path: Path | None, from_now: bool) -> None:
    """Tell, until SIGINT or SIGTERM. The password of the key that reads: NODECHAIN_PASSWORD_FILE, or asked for once."""
    settings, accounts, channels = _read(invocation, path)
    set_up_logging(invocation.config.log_level, invocation.config.log_format)
    journal = NoticeJournal(invocation.home)
    make_directory(journal.path.parent)

    def started(height: int) -> None:
        shown = {"accounts": len(accounts), "next_height": height, "journal": str(journal.path)}
        invocation.show(shown, f"Telling {len(accounts)} accounts what happens from block {height} on.")

    with HomeLock(journal.path.parent / "lock"):
        looking = _looking(invocation)
        if from_now:
            chain = looking.chain()
            journal.open(chain.genesis_hash, chain.height)
            journal.begin_at(chain.height + 1)
            journal.entry = None
        service = NotifyService(
            settings, accounts, looking, journal, channels, invocation.config.node, SystemClock(), started
        )
        asyncio.run(_until_told(service))


async def _until_told(service: NotifyService) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await service.run(stop)


@notify.command()
@_FILE
@command
def check(invocation: Invocation, *, path: Path | None) -> None:
    """Read the settings and what the node shows of each account; nothing is sent."""
    settings, accounts, _channels = _read(invocation, path)
    looking = _looking(invocation)
    try:
        wishes = wishes_of(settings, accounts, looking.chain().currency)
        rows = [
            {
                "account": each.account,
                "address": accounts[each.account],
                "notices": [kind.value for kind in each.notices],
                "email": each.email,
                "mqtt": each.mqtt,
                "language": each.language,
                "shown": looking.figures(accounts[each.account], wishes[accounts[each.account]].kinds) is not None,
            }
            for each in settings.members
        ]
    finally:
        looking.close()
    text = table(("ACCOUNT", "TOLD OF", "BY", "READABLE"), [_check_row(row) for row in rows])
    invocation.show({"every_ms": settings.every_ms, "members": rows}, text, rows)


def _check_row(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    ways = ", ".join(way for way in (row["email"], "MQTT" if row["mqtt"] else "") if way)
    shown = "yes" if row["shown"] else "no: sign in as one who may (--as)"
    return row["account"], ", ".join(row["notices"]).replace("_", " "), ways, shown


@notify.command()
@click.argument("account", shell_complete=accounts)
@_FILE
@command
def test(invocation: Invocation, *, account: str, path: Path | None) -> None:
    """Send ACCOUNT a test on each of its ways; fails where a server does not take it."""
    settings, accounts, channels = _read(invocation, path)
    followed = next((each for each in settings.members if each.account == account), None)
    if followed is None:
        raise NotFound(f"{account} is not in the settings", advice="Name an account as it stands there.")
    now_ms = SystemClock().wall_ms()
    notice = Notice(f"test/{now_ms}", NoticeKind.VOTE_OPEN, accounts[account], "test", now_ms, {})
    sent = []
    for waiting in receivers_of(followed, settings, notice, now_ms):
        try:
            channels[waiting.channel](waiting, waiting.identity(""))
        except Undelivered as error:
            raise NotDelivered(error.reason) from None
        sent.append({"channel": waiting.channel, "to": waiting.to})
    invocation.show(sent, "\n".join(f"Sent by {each['channel']} to {each['to']}." for each in sent), sent)


@notify.command()
@command
def status(invocation: Invocation) -> None:
    """What the service has told, what waits, and what could not be delivered."""
    entry = NoticeJournal(invocation.home).read()
    if entry is None:
        raise NotFound(
            "no notice was ever looked for in this home", code="no_notices", advice="Run `nodechain notify run`."
        )
    waiting = [
        {
            **_of_notice(each.notice.name, each.notice.account, each.channel),
            "tries": each.tries,
            "next_ms": each.next_ms,
        }
        for each in entry.waiting
    ]
    failed = [
        _of_notice(each.name, each.account, each.channel) | {"time_ms": each.time_ms, "reason": each.reason}
        for each in entry.failed
    ]
    data = {"next_height": entry.next_height, "told": entry.told, "waiting": waiting, "failed": failed}
    counts = [("events read", f"to block {entry.next_height - 1}"), ("told", str(entry.told)),
              ("waiting", str(len(waiting))), ("given up", str(len(failed)))]  # fmt: skip
    lines = [fields(counts)]
    if waiting:
        rows = [(each.notice.name, each.notice.account, each.channel, str(each.tries)) for each in entry.waiting]
        lines.append(table(("WAITING", "ACCOUNT", "BY", "TRIES"), rows))
    if failed:
        rows = [(f"{format_time(each.time_ms)} UTC", each.name, each.channel, each.reason) for each in entry.failed]
        lines.append(table(("GIVEN UP", "NOTICE", "BY", "WHY"), rows))
    invocation.show(data, "\n\n".join(lines))


def _of_notice(name: str, account: str, channel: str) -> dict[str, Any]:
    return {"name": name, "account": account, "channel": channel}
