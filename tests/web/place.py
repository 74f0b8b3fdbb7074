"""A community's node and its page, as tests of screens visit them in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.forked import run
from harness.node import HomeFixture
from harness.processes import NodeProcess, password_file
from ledger.encoding.codec import Value
from ledger.keys.address import format_address
from nodechain.client.node_client import RestClient
from tests.web.test_page_build import ROOT, ready
from tests.web.test_verifier import program

DEV = (ROOT / "genesis" / "dev.toml").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Place:
    """A node that serves the page, its home, and what commands need to be of that home."""

    home: HomeFixture
    url: str
    environment: dict[str, str]

    def address(self, name: str) -> str:
        return format_address(self.home.address(name))

    def file(self, name: str) -> str:
        return str(self.home.path / "keys" / f"{name}.json")

    def does(self, *arguments: str) -> Any:
        """A command that succeeds."""
        return run(*arguments, "--node", self.url, "--output", "json", environment=self.environment).data

    def clock_ms(self) -> int:
        with closing(RestClient(self.url)) as api:
            return api.status()["clock_ms"]

    def sends(self, *sent: tuple[str, Value]) -> None:
        """What accounts send, one after another; each is applied."""
        with closing(RestClient(self.url)) as api:
            for name, payload in sent:
                answer = api.submit(self.home.raw(name, payload), wait_s=60)
                assert answer["code"] == "", answer


def home_in(folder: Path, genesis: str = DEV) -> HomeFixture:
    """The home of a chain of one; skipped where there is no page or no browser to visit it."""
    ready()
    program("chromium", "chromium-browser", "google-chrome")
    (folder / "template.toml").write_text(genesis, encoding="utf-8")
    return HomeFixture(folder / "home", str(folder / "template.toml"))


@contextmanager
def served(home: HomeFixture, read: str = "local") -> Iterator[Place]:
    """The home's node, with `api_read`; it has to end well."""
    environment = {
        "NODECHAIN_HOME": str(home.path),
        "NODECHAIN_PASSWORD_FILE": str(password_file(home.path.parent)),
        "NODECHAIN_API_READ": read,
    }
    node = NodeProcess(["validate", "--api-port", "0"], environment, forked=True)
    try:
        yield Place(home, node.url, environment)
    finally:
        assert node.stop() == 0
