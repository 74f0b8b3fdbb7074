"""Who is told what, and how: `notify.toml` in the home, checked field by field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from ledger.encoding.amounts import parse_duration_ms
from ledger.errors import InvalidInput
from nodechain.errors import NotFound, UsageError
from nodechain.files.toml_text import BadToml, parse_toml
from nodechain.files.user_file import read_user_file
from nodechain.notices.limits import MAX_FOLLOWED, MAX_SETTINGS_BYTES
from nodechain.notices.notice import NoticeKind

Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Host = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{1,253}\Z")]
Topic = Annotated[str, msgspec.Meta(pattern=r"^[^#+\x00-\x1f]{1,200}\Z")]
Security = Literal["tls", "starttls", "none"]
LOOPBACK: Final = frozenset(["127.0.0.1", "::1", "localhost"])
LEAST_CHECK_MS: Final = 1_000
LEAST_SILENCE_MS: Final = 60_000
_MAIL: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}")


class NotifyPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the tables of the file."""


class MailServer(NotifyPart, frozen=True, kw_only=True):
    """Where mail is handed in. `password_file`: relative to the file of settings; or NODECHAIN_SMTP_PASSWORD."""

    host: Host
    port: Port = 587
    security: Security = "starttls"
    sender: str
    user: str = ""
    password_file: str = ""


class Broker(NotifyPart, frozen=True, kw_only=True):
    """An MQTT broker; messages go to TOPIC/ACCOUNT/KIND. The password as for mail, or NODECHAIN_MQTT_PASSWORD."""

    host: Host
    port: Port = 8883
    security: Literal["tls", "none"] = "tls"
    topic: Topic = "nodechain/notices"
    user: str = ""
    password_file: str = ""


class Followed(NotifyPart, frozen=True, kw_only=True):
    """An account and what it wants to be told. `least`: below so much of the currency the balance is low."""

    account: str
    notices: Annotated[tuple[NoticeKind, ...], msgspec.Meta(min_length=1)]
    email: str = ""
    mqtt: bool = False
    language: Literal["en", "de", "fr", "it", "es", "el"] = "en"
    least: str = "5"
    silent_after: str = "2h"

    @property
    def silent_after_ms(self) -> int:
        """How long a meter may say nothing."""
        return parse_duration_ms(self.silent_after)


class NotifySettings(NotifyPart, frozen=True, kw_only=True):
    """The whole file. `every`: how often balances, meters and bills are looked at; events come at once."""

    every: str = "1m"
    smtp: MailServer | None = None
    mqtt: Broker | None = None
    members: Annotated[tuple[Followed, ...], msgspec.Meta(min_length=1, max_length=MAX_FOLLOWED)]

    @property
    def every_ms(self) -> int:
        """Between two looks."""
        return parse_duration_ms(self.every)


def read_notify_settings(path: Path) -> NotifySettings:
    """Raises `NotFound` (no_notify_settings) and `UsageError` (bad_notify_settings)."""
    if not path.exists():
        raise NotFound(
            f"there is no {path}",
            code="no_notify_settings",
            advice="Write who is told what into it; docs/notifications.md has an example.",
        )
    return parse_notify_settings(read_user_file(path, MAX_SETTINGS_BYTES, "file of notices"), str(path))


def parse_notify_settings(data: bytes, name: str) -> NotifySettings:
    """The settings of a file's bytes; raises `UsageError` (bad_notify_settings), which says where and why."""
    try:
        settings = msgspec.convert(parse_toml(data), NotifySettings)
        fault = _fault(settings)
    except (BadToml, msgspec.ValidationError, InvalidInput) as error:
        fault = str(error)
    else:
        if not fault:
            return settings
    raise UsageError(f"{name}: {fault}", code="bad_notify_settings", advice="Correct the file.") from None


def _fault(settings: NotifySettings) -> str:
    if settings.every_ms < LEAST_CHECK_MS:
        return "every: a second or more"
    for name, place in (("smtp", settings.smtp), ("mqtt", settings.mqtt)):
        if place is not None and place.security == "none" and place.host not in LOOPBACK:
            return f"{name}: without TLS only to this machine; `security` says which TLS"
    if settings.smtp is not None and not is_mail_address(mail_of(settings.smtp.sender)):
        return "smtp: sender is no e-mail address, like Community <post@example.org>"
    for followed in settings.members:
        fault = _member_fault(settings, followed)
        if fault:
            return f"members: {followed.account}: {fault}"
    names = [each.account for each in settings.members]
    twice = next((name for name in names if names.count(name) > 1), "")
    return f"members: {twice} is listed twice" if twice else ""


def _member_fault(settings: NotifySettings, followed: Followed) -> str:
    if not followed.email and not followed.mqtt:
        return "email or mqtt says how it is told"
    if followed.email and not is_mail_address(followed.email):
        return "email is no e-mail address"
    if followed.email and settings.smtp is None:
        return "the table [smtp] says through which server e-mail goes"
    if followed.mqtt and settings.mqtt is None:
        return "the table [mqtt] says to which broker messages go"
    if followed.silent_after_ms < LEAST_SILENCE_MS:
        return "silent_after: a minute or more"
    return ""


def mail_of(text: str) -> str:
    """The address of `Name <address>`, or the text."""
    return text.rpartition("<")[2].removesuffix(">").strip() if text.endswith(">") else text


def is_mail_address(text: str) -> bool:
    """Whether a text is one address, by the characters that every server takes."""
    return bool(_MAIL.fullmatch(text))
