"""Real programs in the place of hardware: SoftHSM2 for a PKCS#11 token, swtpm for a TPM."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
from pathlib import Path
from typing import Final
from urllib.parse import quote

from nodechain.home.testnet import free_ports
from tests.support import peers

PIN: Final = "123456"
SO_PIN: Final = "87654321"
SOFTHSM_LIBRARIES: Final = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
DEADLINE_S: Final = 30


def run(*arguments: str | Path) -> None:
    """Run a program that must succeed."""
    done = subprocess.run(
        [str(argument) for argument in arguments], capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)


class SoftHsm:
    """Tokens in a folder; SOFTHSM2_CONF must name `conf` before the library is loaded."""

    def __init__(self, folder: Path) -> None:
        self._util = peers.program("softhsm2-util")
        self.library = peers.file(SOFTHSM_LIBRARIES)
        self._count = 0
        self.tokens = folder / "tokens"
        self.tokens.mkdir()
        self.conf = folder / "softhsm2.conf"
        self.conf.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")

    def add_token(self) -> str:
        """A new, empty token; its label."""
        self._count += 1
        label = f"meters {self._count}"
        run(self._util, "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", SO_PIN)
        return label

    def place(self, token: str, key: str = "meter1") -> str:
        """The URI of a key."""
        return f"pkcs11:token={quote(token)};object={key}?module-path={self.library}"

    def take_out(self) -> None:
        """All tokens are gone."""
        self.tokens.rename(self.tokens.with_name("away"))
        self.tokens.mkdir()

    def put_back(self) -> None:
        """All tokens are there again."""
        self.tokens.rmdir()
        self.tokens.with_name("away").rename(self.tokens)


class SoftTpm:
    """One TPM with its state in a folder, on two ports of this machine (the TSS expects them side by side)."""

    def __init__(self, folder: Path) -> None:
        self._swtpm = peers.program("swtpm")
        self._folder = folder
        self.port = _pair_of_ports()
        self._pid = 0

    @property
    def tcti(self) -> str:
        """The TSS's way to it."""
        return f"swtpm:host=127.0.0.1,port={self.port}"

    def place(self, handle: int = 0x81000001) -> str:
        """The URI of a key."""
        return f"tpm:{handle:#x}?tcti={self.tcti}"

    def start(self) -> None:
        """Power on; it listens when this returns."""
        run(
            self._swtpm, "socket", "--tpm2", "--tpmstate", f"dir={self._folder}",
            "--flags", "not-need-init,startup-clear",
            "--server", f"type=tcp,port={self.port}", "--ctrl", f"type=tcp,port={self.port + 1}",
            "--pid", f"file={self._folder / 'pid'}", "--daemon",
        )  # fmt: skip
        self._pid = int((self._folder / "pid").read_text())

    def stop(self) -> None:
        """Power off; it has ended when this returns."""
        if not self._pid:
            return
        process = os.pidfd_open(self._pid)
        signal.pidfd_send_signal(process, signal.SIGTERM)
        ended, _, _ = select.select([process], [], [], DEADLINE_S)
        os.close(process)
        assert ended
        self._pid = 0


def _pair_of_ports() -> int:
    while True:
        (port,) = free_ports(1)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port + 1)) != 0:
                return port
