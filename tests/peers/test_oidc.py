"""A single sign-on before a node, as docs/operate-oidc.md configures it: Apache with mod_auth_openidc, run as it is."""

from __future__ import annotations

import base64
import http.cookiejar
import json
import re
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.node import PASSWORD, HomeFixture
from harness.processes import NodeProcess, password_file, until
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.keys.address import format_address
from ledger.keys.login import Login, login_message
from nodechain.home.testnet import free_ports
from tests.peers.oidc_provider import Provider, serving
from tests.support import peers
from tests.web.test_page import browse
from tests.web.test_page_build import ROOT

pytestmark = pytest.mark.xdist_group("oidc")

PAGE = ROOT / "docs" / "operate-oidc.md"
MODULES = (
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "alias",
    "headers",
    "proxy",
    "proxy_http",
    "auth_openidc",
)
ANSWER_S = 60
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
OF_THE_PAGE = {"Accept": "*/*", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: Any) -> None:
        return None


@dataclass(slots=True)
class Person:
    """Somebody's browser: its cookies, and the node's token once a key has signed in."""

    url: str
    token: str = ""
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def asks(
        self,
        path: str,
        body: bytes | None = None,
        *,
        kind: str = "application/json",
        follow: bool = False,
        says: Mapping[str, str] = OF_THE_PAGE,
    ) -> Answer:
        headers = dict(says)
        if body is not None:
            headers |= {"Content-Type": kind, "Origin": self.url}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        opened = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), *([] if follow else [_Stays()])
        )
        try:
            with opened.open(urllib.request.Request(self.url + path, body, headers), timeout=ANSWER_S) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.headers, refused.read())

    def signs_on(self) -> Answer:
        """Opens the way in that the page names, and follows wherever it is sent."""
        return self.asks("/enter", follow=True, says=NAVIGATION)

    def signs_in(self, home: HomeFixture, name: str) -> None:
        """With the key of an account, at the node."""
        given = self.asks("/v1/login/nonce", b"{}").json
        key, address = home.key(name), home.address(name)
        signed = login_message(home.genesis.hash, Login(self.url, bytes.fromhex(given["nonce"]), address))
        body = {
            "origin": self.url, "nonce": given["nonce"], "address": format_address(address),
            "signature": key.sign(signed).hex(), "key": key.public_key.hex(),
        }  # fmt: skip
        self.token = self.asks("/v1/login", json.dumps(body).encode()).json["token"]


@dataclass(frozen=True, slots=True)
class Front:
    """The proxy with its provider, and the home of the node behind it."""

    url: str
    provider: Provider
    home: HomeFixture

    def account(self, name: str) -> str:
        return format_address(self.home.address(name))


def configuration(folder: Path, port: int, provider: Provider, node: str) -> Path:
    """What the page shows, with addresses of this machine, under a server that has nothing but the modules."""
    found = re.search(r"^```apache\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert found is not None
    shown = found[1]
    for before, after in (
        ("https://provider.example", provider.url),
        ("https://node.example", f"http://localhost:{port}"),
        ("http://127.0.0.1:8545", node),
        ("what the provider gave", provider.secret),
    ):
        assert before in shown, before
        shown = shown.replace(before, after)
    library = peers.file(["/usr/lib/apache2/modules/mod_auth_openidc.so"]).parent
    loaded = "\n".join(f"LoadModule {name}_module {library}/mod_{name}.so" for name in MODULES)
    file = folder / "apache.conf"
    file.write_text(
        f"{loaded}\nServerName localhost\nListen 127.0.0.1:{port}\nUser www-data\nGroup www-data\n"
        f"DefaultRuntimeDir {folder}\nPidFile {folder}/pid\nErrorLog {folder}/error.log\n"
        f"<VirtualHost *:{port}>\n{shown}\n</VirtualHost>\n"
    )
    return file


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    apache = str(peers.file(["/usr/sbin/apache2"]))
    folder = tmp_path_factory.mktemp("front")
    (port,) = free_ports(1)
    home = HomeFixture(folder / "home")
    environment = {
        "NODECHAIN_HOME": str(home.path), "NODECHAIN_PASSWORD_FILE": str(password_file(folder, PASSWORD)),
        "NODECHAIN_API_READ": "members", "NODECHAIN_API_HOSTS": "localhost",
    }  # fmt: skip
    known = Provider("nodechain", "of-the-client", f"http://localhost:{port}/oidc/callback")
    node = NodeProcess(["validate", "--api-port", "0"], environment, forked=True)
    try:
        with serving(known) as provider:
            file = configuration(folder, port, provider, node.url)
            process = subprocess.Popen([apache, "-DFOREGROUND", "-f", str(file)], stderr=subprocess.PIPE, text=True)
            try:
                until(lambda: listens(process, port), "the proxy")
                yield Front(f"http://localhost:{port}", provider, home)
            finally:
                process.terminate()
                process.communicate(timeout=ANSWER_S)
    finally:
        assert node.stop() == 0, node.errors


def listens(process: subprocess.Popen[str], port: int) -> bool:
    assert process.poll() is None, process.communicate()
    with closing(socket.socket()) as dialled:
        return dialled.connect_ex(("127.0.0.1", port)) == 0


def test_a_stranger_is_sent_to_the_provider_and_the_page_is_told_where_to_go(front: Front) -> None:
    stranger = Person(front.url)
    sent = stranger.asks("/", says=NAVIGATION)
    assert sent.status == 302
    assert sent.headers["Location"].startswith(f"{front.provider.url}/authorize?")
    told = stranger.asks("/v1/status")
    assert (told.status, told.json["code"]) == (401, "proxy_login")
    assert f"{front.url}/enter" in told.json["advice"]
    assert stranger.asks("/v1/login/nonce", b"{}").json["code"] == "proxy_login"
    assert stranger.asks("/manifest.webmanifest").json["name"]


def test_the_key_and_not_the_sign_on_says_what_is_read_and_signed(front: Front) -> None:
    alice = Person(front.url)
    page = alice.signs_on()
    assert (page.status, b'<div id="app">' in page.body) == (200, True)
    assert alice.asks("/v1/status").json["genesis_hash"] == front.home.genesis.hash.hex()
    own, others = f"/v1/accounts/{front.account('alice')}", f"/v1/accounts/{front.account('bob')}"
    refused = alice.asks(own)
    assert (refused.status, refused.json["code"]) == (401, "login_needed")
    alice.signs_in(front.home, "alice")
    assert alice.asks(own).json["address"] == front.account("alice")
    assert (alice.asks(others).status, alice.asks(others).json["code"]) == (403, "not_yours")
    raw = front.home.raw("alice", Transfer(CURRENCY_ASSET, front.home.address("bob"), 5))
    sent = alice.asks("/v1/transactions?wait=decided", raw, kind="application/octet-stream").json
    assert (sent["status"], sent["code"]) == ("decided", "")


def test_the_nodes_token_opens_nothing_without_the_sign_on(front: Front) -> None:
    alice = Person(front.url)
    alice.signs_on()
    alice.signs_in(front.home, "alice")
    own = f"/v1/accounts/{front.account('alice')}"
    assert alice.asks(own).status == 200
    alice.cookies.clear()
    over = alice.asks(own)
    assert (over.status, over.json["code"]) == (401, "proxy_login")
    alice.signs_on()
    assert alice.asks(own).status == 200


def test_events_come_through_the_proxy(front: Front) -> None:
    alice = Person(front.url)
    alice.signs_on()
    alice.signs_in(front.home, "alice")
    ticket = alice.asks("/v1/login/ticket", b"{}").json["ticket"]
    said = upgraded(front.url, f"/v1/events?from=1&ticket={ticket}", alice)
    assert said.startswith(b"HTTP/1.1 101 ")
    assert upgraded(front.url, "/v1/events", Person(front.url)).startswith(b"HTTP/1.1 401 ")


def upgraded(url: str, path: str, person: Person) -> bytes:
    """How a request for a WebSocket is answered."""
    request = urllib.request.Request(url + path)
    person.cookies.add_cookie_header(request)
    host = url.removeprefix("http://")
    lines = {
        "Host": host, "Upgrade": "websocket", "Connection": "Upgrade", "Origin": url, "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(), "Cookie": request.get_header("Cookie", ""),
        **{name: value for name, value in OF_THE_PAGE.items() if name != "Accept"},
    }  # fmt: skip
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])), ANSWER_S) as dialled:
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        dialled.sendall(f"GET {path} HTTP/1.1\r\n{text}\r\n".encode())
        with dialled.makefile("rb") as answer:
            return answer.readline()


def test_the_page_signs_in_behind_the_proxy_and_verifies_the_balance(front: Front, tmp_path: Path) -> None:
    alice = front.account("alice")
    (seen,) = browse(
        front, tmp_path,
        {
            "name": "behind-sign-on", "hash": "today", "watched": [{"address": alice, "label": ""}],
            "steps": [
                {"click": "From a file"},
                {"choose": "Key file", "file": str(front.home.path / "keys" / "alice.json")},
                {"fill": "Password", "text": PASSWORD},
                {"click": "Unlock", "wait": ".mark.verified"},
            ],
        },
    )  # fmt: skip
    assert seen["outside"], "it went to the provider"
    assert all(place.startswith(f"{front.provider.url}/authorize?") for place in seen["outside"])
    assert [line for line in seen["errors"] if "status of 401" not in line and "status of 403" not in line] == []
    assert "verified at block" in " ".join(seen["marks"])
    assert front.provider.signed_on > 0
