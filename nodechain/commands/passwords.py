"""One password prompt per command, hidden, on the terminal; NODECHAIN_PASSWORD_FILE for services."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import click

from ledger.crypto import Ed25519SecretKey, P256SecretKey
from nodechain.errors import UsageError
from nodechain.keystore import Keystore

PASSWORD_FILE: Final = "NODECHAIN_PASSWORD_FILE"


class Passwords:
    """Asks at most once; every key of a home that was made with one password opens with it."""

    def __init__(self) -> None:
        self._known: str | None = None

    def ask(self, what: str) -> str:
        """The password, from the file or the person."""
        if self._known is None:
            self._known = _from_file() or str(click.prompt(f"Password for {what}", hide_input=True, err=True))
        return self._known

    def ask_new(self, what: str) -> str:
        """A new password, typed twice."""
        if self._known is None:
            self._known = _from_file() or str(
                click.prompt(f"New password for {what}", hide_input=True, confirmation_prompt=True, err=True)
            )
        return self._known

    def open(self, keystore: Keystore, name: str) -> Ed25519SecretKey | P256SecretKey:
        """The secret key of a name; raises `WrongSecret` for the wrong password."""
        keystore.get(name)
        return keystore.open(name, self.ask(name))


def _from_file() -> str | None:
    path = os.environ.get(PASSWORD_FILE)
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{PASSWORD_FILE} {path}: {error}", code="no_password_file", advice="Correct or unset the variable."
        ) from None


def confirm(question: str, *, yes: bool) -> None:
    """Ask on the terminal unless `yes`; raises `UsageError` where nobody can answer."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(question, code="not_confirmed", advice="Say --yes to do it without being asked.")
    click.confirm(question, abort=True, err=True)
