"""E-mail by SMTP: one message for a notice, with an identity by which a mail program knows it again."""

from __future__ import annotations

import smtplib
import ssl
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from ledger.limits import MAX_TIME_MS
from nodechain.client.visible_text import visible
from nodechain.notices.journal import Undelivered, Waiting
from nodechain.notices.settings import MailServer, mail_of
from nodechain.notices.wording import words_of

TIMEOUT_S: Final = 30.0
_PERMANENT: Final = range(500, 600)


class Mail:
    """Hands messages in to a server, each on a connection of its own."""

    def __init__(self, server: MailServer, password: str, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._password = password
        self._context = context or ssl.create_default_context()

    def deliver(self, waiting: Waiting, identity: str) -> None:
        """Returns when the server has taken it; raises `Undelivered`."""
        message = mail_message(self._server, waiting, identity)
        try:
            smtp = self._connect()
            try:
                self._hand_in(smtp, message, waiting.to)
            finally:
                # What is said at parting changes nothing of what the server has taken.
                smtp.close()
        except smtplib.SMTPAuthenticationError as error:
            raise Undelivered(f"the mail server refuses the login of {self._server.user} ({error.smtp_code})") from None
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[waiting.to]
            raise Undelivered(_answer(code, said), final=code in _PERMANENT) from None
        except smtplib.SMTPResponseException as error:
            # Of the message itself, refused for good; whatever else is refused, a person may set right.
            final = isinstance(error, smtplib.SMTPDataError) and error.smtp_code in _PERMANENT
            raise Undelivered(_answer(error.smtp_code, error.smtp_error), final=final) from None
        except UnicodeError:
            raise Undelivered("the mail server takes a user and a password of ASCII characters only") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(f"{self._server.host}:{self._server.port}: {visible(str(error))[:200]}") from None

    def _hand_in(self, smtp: smtplib.SMTP, message: EmailMessage, to: str) -> None:
        if self._server.security == "starttls":
            smtp.starttls(context=self._context)
        if self._server.user:
            smtp.login(self._server.user, self._password)
        smtp.send_message(message, mail_of(self._server.sender), [to])

    def _connect(self) -> smtplib.SMTP:
        host, port = self._server.host, self._server.port
        if self._server.security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=self._context)
        return smtplib.SMTP(host, port, timeout=TIMEOUT_S)


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"the mail server answers {code} {visible(text)[:200]}"


def mail_message(server: MailServer, waiting: Waiting, identity: str) -> EmailMessage:
    """The message; no header holds anything that begins another one."""
    words = words_of(waiting.notice, waiting.language)
    message = EmailMessage(policy=SMTP)
    address = mail_of(server.sender)
    name = server.sender.rpartition("<")[0].strip() if address != server.sender else ""
    user, _at, domain = address.rpartition("@")
    message["From"] = Address(visible(name), user, domain)
    message["To"] = waiting.to
    message["Subject"] = words.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(min(waiting.notice.time_ms, MAX_TIME_MS) / 1_000, UTC))
    message["Message-ID"] = f"<{identity}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{words.text}\n\n-- \n{words.foot}\n")
    return message
