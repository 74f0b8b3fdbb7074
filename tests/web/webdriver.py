"""Firefox and WebKit as their makers ship them, driven by what each speaks itself: Marionette, and WebDriver over HTTP.

Both take the commands of the W3C's WebDriver. Playwright drives builds of its own only (its BiDi asks Debian's Firefox
for a command that it does not know), puppeteer-core wants a newer Node than ours, and Debian has no geckodriver.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import pytest

from harness.processes import until
from nodechain.home.testnet import free_ports

REQUIRED: Final = "NODECHAIN_REQUIRE_BROWSERS"
STARTING_S: Final = 60.0
ANSWER_S: Final = 60.0
ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
"""The name under which WebDriver hands out elements."""

COMMANDS: Final = {
    "Navigate": "url",
    "ExecuteScript": "execute/sync",
    "FindElement": "element",
    "ElementClick": "element/{id}/click",
    "ElementSendKeys": "element/{id}/value",
}
"""Marionette's names of commands, and their places below a session over HTTP."""


class Channel(Protocol):
    """How a browser is told a command; its answer. An error of the browser raises `AssertionError`."""

    def tell(self, command: str, **values: Any) -> Any: ...


class Browser:
    """What a reader does in a browser."""

    def __init__(self, channel: Channel) -> None:
        self._tell = channel.tell

    def open(self, url: str) -> None:
        self._tell("Navigate", url=url)

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script returns."""
        answer = self._tell("ExecuteScript", script=script, args=list(arguments))
        return answer["value"] if isinstance(answer, dict) and set(answer) == {"value"} else answer

    def _find(self, xpath: str) -> str:
        found = self._tell("FindElement", using="xpath", value=xpath)
        element: str = found.get("value", found)[ELEMENT]
        return element

    def click(self, xpath: str) -> None:
        self.wait_for(xpath)
        self._tell("ElementClick", id=self._find(xpath))

    def write(self, xpath: str, text: str) -> None:
        self.wait_for(xpath)
        self._tell("ElementSendKeys", id=self._find(xpath), text=text, value=list(text))

    def wait_for(self, xpath: str) -> None:
        """Until an element is there that is not disabled."""
        script = """const found = document.evaluate(arguments[0], document, null, 9, null).singleNodeValue;
        return found !== null && !found.disabled;"""
        try:
            until(lambda: bool(self.run(script, xpath)), xpath, ANSWER_S)
        except AssertionError as error:
            shown = self.run("return document.body.innerText")
            raise AssertionError(f"{error}; the page shows:\n{shown}") from None


class Marionette:
    """Firefox's own protocol: a number of bytes, a colon, `[0, number, command, values]`."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), ANSWER_S)
        self._file = self._socket.makefile("rb")
        self._number = 0
        self._read()
        self.tell("NewSession")

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while (byte := self._file.read(1)) != b":":
            assert byte, "Firefox hung up"
            length += byte
        return json.loads(self._file.read(int(length)))

    def tell(self, command: str, **values: Any) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, f"WebDriver:{command}", values]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _kind, _number, error, answer = self._read()
        assert error is None, (command, error)
        return answer


class Classic:
    """WebDriver over HTTP."""

    def __init__(self, url: str, capabilities: dict[str, Any]) -> None:
        self._url = f"{url}/session"
        session = self._ask("", {"capabilities": {"alwaysMatch": capabilities}})
        self._url += f"/{session['sessionId']}"

    def _ask(self, place: str, values: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            self._url + place, json.dumps(values).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:
            return json.load(answer)["value"]

    def tell(self, command: str, **values: Any) -> Any:
        place = COMMANDS[command].format(**values)
        return self._ask(f"/{place}", {name: each for name, each in values.items() if name != "id"})


def installed(*names: str) -> str:
    """A program's path; fails where it is not there."""
    for name in names:
        if path := shutil.which(name):
            return path
    pytest.fail(f"{' or '.join(names)} is not installed, and {REQUIRED} is set")


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program and what it started, ended together."""
    environment = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "NO_AT_BRIDGE": "1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(STARTING_S)


@contextmanager
def firefox(folder: Path) -> Iterator[Browser]:
    binary, profile = installed("firefox-esr", "firefox"), folder / "profile"
    profile.mkdir()
    (profile / "user.js").write_text('user_pref("marionette.port", 0);\nuser_pref("intl.accept_languages", "en");\n')
    listening = profile / "MarionetteActivePort"
    with running([binary, "--headless", "--no-remote", "--profile", str(profile), "--marionette"], folder):
        until(lambda: listening.is_file() and listening.read_text() != "", "Firefox's port", STARTING_S)
        with closing(Marionette(int(listening.read_text()))) as channel:
            yield Browser(channel)


@contextmanager
def webkit(folder: Path) -> Iterator[Browser]:
    binary, screen, port = installed("WebKitWebDriver"), installed("xvfb-run"), free_ports(1)[0]
    command = [screen, "--auto-servernum", "--server-args=-screen 0 1280x1024x24", binary, f"--port={port}"]
    with running(command, folder):
        until(lambda: _listens(port), "WebKit's driver", STARTING_S)
        # As root, in containers, WebKit's sandbox of its own processes cannot be made.
        browser = shutil.which("MiniBrowser") or next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
        options = {"binary": str(browser), "args": ["--automation"]}
        yield Browser(Classic(f"http://127.0.0.1:{port}", {"webkitgtk:browserOptions": options}))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
