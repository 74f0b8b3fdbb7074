"""Passwords of servers: from the environment, or a file that only its owner can read. Never logged, never shown."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from nodechain.errors import UsageError
from nodechain.files.user_file import read_user_file
from nodechain.notices.limits import MAX_SECRET_BYTES

SMTP_PASSWORD: Final = "NODECHAIN_SMTP_PASSWORD"
MQTT_PASSWORD: Final = "NODECHAIN_MQTT_PASSWORD"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def server_password(variable: str, file: str, folder: Path) -> str:
    """The first line of the file (relative to a folder), else the variable's value, else empty.

    Raises `NotFound` (file_not_found), `UsageError` (secret_readable, bad_secret).
    """
    if not file:
        return os.environ.get(variable, "")
    path = folder / file
    data = read_user_file(path, MAX_SECRET_BYTES, "file of a password")
    if path.stat().st_mode & _OTHERS:
        raise UsageError(f"{path} can be read by others", code="secret_readable", advice=f"Run: chmod 600 {path}")
    try:
        return data.decode().partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        raise UsageError(f"{path} holds no text", code="bad_secret", advice="Write the password into it.") from None
