"""One password prompt per command, hidden, on the terminal; NODECHAIN_PASSWORD_FILE for services."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import click

from ledger.keys.crypto import Ed25519SecretKey, P256SecretKey
from nodechain.errors import NodeError, NotFound, UsageError
from nodechain.files.user_file import read_user_file
from nodechain.home.keystore import Keystore

PASSWORD_FILE: Final = "NODECHAIN_PASSWORD_FILE"
NEW_PASSWORD_FILE: Final = "NODECHAIN_NEW_PASSWORD_FILE"
"""For `keys passwd` in scripts."""
MAX_PASSWORD_BYTES: Final = 4096
MNEMONIC_FILE: Final = "NODECHAIN_MNEMONIC_FILE"


class Passwords:
    """Asks at most once; every key of a home that was made with one password opens with it."""

    def __init__(self) -> None:
        self._known: str | None = None

    def ask(self, what: str) -> str:
        """The password, from the file or the person."""
        if self._known is None:
            self._known = _from_file() or prompt_secret(f"Password for {what}")
        return self._known

    def ask_new(self, what: str) -> str:
        """A new password, typed twice."""
        if self._known is None:
            self._known = _from_file() or prompt_secret(f"New password for {what}", twice=True)
        return self._known

    @staticmethod
    def ask_other(what: str) -> str:
        """The password that shall replace the present one, typed twice."""
        return _from_file(NEW_PASSWORD_FILE) or prompt_secret(f"New password for {what}", twice=True)

    @staticmethod
    def ask_mnemonic() -> str:
        """A recovery phrase, from NODECHAIN_MNEMONIC_FILE or the person, hidden."""
        return (_from_file(MNEMONIC_FILE) or prompt_secret("Recovery phrase (24 words)")).strip()

    def open(self, keystore: Keystore, name: str) -> Ed25519SecretKey | P256SecretKey:
        """The secret key of a name; raises `WrongSecret` for the wrong password."""
        keystore.get(name)
        return keystore.open(name, self.ask(name))


def prompt_secret(question: str, *, twice: bool = False) -> str:
    """Ask for a secret, hidden, on the terminal; raises `UsageError` (no_terminal) where there is none."""
    if not _terminal():
        raise UsageError(
            f"there is no terminal to ask on: {question}",
            code="no_terminal",
            advice=f"Name a file that holds the password with {PASSWORD_FILE}.",
        )
    return str(click.prompt(question, hide_input=True, confirmation_prompt=twice, err=True))


def _terminal() -> bool:
    """Whether a person can be asked: also when stdin is a pipe, the terminal itself can be."""
    if sys.stdin is not None and sys.stdin.isatty():
        return True
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _from_file(variable: str = PASSWORD_FILE) -> str | None:
    path = os.environ.get(variable)
    if not path:
        return None
    try:
        found = read_user_file(Path(path), MAX_PASSWORD_BYTES, "password file").decode().rstrip("\r\n")
    except (NotFound, UsageError, UnicodeDecodeError) as error:
        reason = error.detail if isinstance(error, NodeError) else "it is no text"
        raise UsageError(
            f"{variable} {path}: {reason}", code="no_password_file", advice="Correct or unset the variable."
        ) from None
    if not found:
        raise UsageError(f"{variable} {path} is empty", code="no_password_file", advice="Write the password into it.")
    return found


def confirm(question: str, *, yes: bool) -> None:
    """Ask on the terminal unless `yes`; raises `UsageError` where nobody can answer."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(question, code="not_confirmed", advice="Say --yes to do it without being asked.")
    click.confirm(question, abort=True, err=True)
