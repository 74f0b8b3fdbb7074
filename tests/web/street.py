"""The street whose measured day was played, for the tests of the page in browsers; and how they are driven.

Skipped where there is no Node, no Chromium or no `npm ci --prefix web/app`, unless NODECHAIN_REQUIRE_WEB is set.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from harness.forked import run_in
from harness.processes import until
from nodechain.client.node_client import RestClient
from tests.makers.page_types import APP
from tests.web.test_page_build import ROOT, ready
from tests.web.test_verifier import program

PLAYING_S = 480.0
LOOKING_S = 480.0
NODE = re.compile(r"The node runs at (http://[\d.:]+)\.")
KEPT = os.environ.get("NODECHAIN_PAGE_STREET", "")
"""A folder with `log` and `demo` of a demo that runs already, for who works on the page: playing takes minutes."""
PICTURES = os.environ.get("NODECHAIN_PAGE_PICTURES", "")
"""A folder for screenshots, where they are wanted: `docs/page`."""


@dataclass(frozen=True, slots=True)
class Street:
    """The node after its day: where it is asked, its process' environment, a household that gave and used energy."""

    url: str
    api: RestClient
    environment: dict[str, str]
    household: str


def nodechain(*arguments: str, environment: dict[str, str]) -> Any:
    """What a command answers; it must succeed."""
    return run_in(Path.cwd(), (*arguments, "--output", "json"), environment, deadline_s=120).data


def wait_for_day(log: Path, process: subprocess.Popen[bytes]) -> None:
    """Until the day is over and the node runs."""

    def is_over() -> bool:
        assert process.poll() is None, log.read_text()[-2_000:]
        return NODE.search(log.read_text()) is not None

    until(is_over, "the end of the day", PLAYING_S)


def street_in(folder: Path, opened: ExitStack) -> Street:
    """The node whose day was played in a folder, and the household that gave most."""
    url = found[1] if (found := NODE.search((folder / "log").read_text())) else ""
    environment = {
        **os.environ,
        "NODECHAIN_HOME": str(folder / "demo" / "home"),
        "NODECHAIN_PASSWORD_FILE": str(folder / "demo" / "password"),
        "NODECHAIN_NODE": url,
    }
    api = RestClient(url)
    opened.callback(api.close)
    accounts = [api.account(address) for address in api.chain.members()]
    fullest = max(accounts, key=lambda each: each["metered"]["produced_wh"])
    return Street(url, api, environment, fullest["address"])


@contextmanager
def played_street(folder: Path) -> Iterator[Street]:
    """A node of its own, after its day."""
    ready()
    program("chromium", "chromium-browser", "google-chrome")
    if KEPT:
        with ExitStack() as opened:
            yield street_in(Path(KEPT), opened)
        return
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), "demo", "--keep", "--directory", str(folder / "demo")],
            stdout=output,
            stderr=output,
        )
    try:
        wait_for_day(log, process)
        with ExitStack() as opened:
            yield street_in(folder, opened)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


class Served(Protocol):
    """Whatever serves the page at a URL."""

    @property
    def url(self) -> str: ...


def drive(served: Served, folder: Path, script: str, **plan: Any) -> Any:
    """What Chromium saw as a script of web/app/test drove it by a plan."""
    chromium = program("chromium", "chromium-browser", "google-chrome")
    file = folder / "plan.json"
    file.write_text(json.dumps({"base": served.url, "chromium": chromium, "pictures": PICTURES, **plan}))
    done = subprocess.run(
        [ready(), str(APP / "test" / script), str(file)],
        cwd=APP,
        capture_output=True,
        text=True,
        timeout=LOOKING_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    return json.loads(done.stdout)


def visit(street: Street, name: str, place: str, **more: Any) -> dict[str, Any]:
    watched = [{"address": street.household, "label": "Home"}]
    return {"name": name, "hash": place, "watched": watched, "picture": bool(PICTURES), **more}


def screens(street: Street) -> dict[str, str]:
    """Every screen's name and place."""
    unit = street.api.units()[0]["address"]
    head = street.api.status()["height"]
    block = next(each for height in range(head, 0, -1) if (each := street.api.chain.block(str(height)))["transactions"])
    return {
        "market": "market",
        "battery": "storage",
        "votes": "votes",
        "explorer": "explorer",
        "block": f"explorer/block/{block['header']['height']}",
        "transaction": f"explorer/transaction/{block['transactions'][0]}",
        "account-of-battery": f"explorer/account/{unit}",
        "operator": "operator",
        "bank": "bank",
        "account": "account",
    }
