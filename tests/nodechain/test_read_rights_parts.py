"""The parts that reading rights are made of: what a node has given out, modes, origins, rights by names."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from nodechain.api.access import ReadMode, mode_of
from nodechain.api.http import logins
from nodechain.api.http.request_checks import HOST_NAMES, HostNames, is_own_origin
from nodechain.api.http.rights import EVERYTHING_READER, Open, Right, Visitor, own
from nodechain.client.login import origin_of
from nodechain.errors import LoginNeeded, NotYours


def test_what_was_given_out_ends() -> None:
    given = logins.Logins()
    nonce, token, ticket = given.nonce(0), given.token(b"a", 0, known=True), given.ticket(b"b", 0, known=True)
    assert given.holder(token, logins.TOKEN_S * 1_000 - 1) == b"a"
    assert given.holder(token, logins.TOKEN_S * 1_000) is None
    assert given.is_nonce(nonce, logins.NONCE_S * 1_000 - 1)
    assert not given.is_nonce(nonce, logins.NONCE_S * 1_000)
    given.use_nonce(nonce, b"a", 0, known=True)
    assert not given.is_nonce(nonce, 0)
    assert given.take_ticket(ticket, logins.TICKET_S * 1_000 - 1) == b"b"
    assert given.take_ticket(ticket, 0) is None
    first = given.token(b"a", 0, known=True)
    for number in range(logins.MAX_KEPT):
        given.token(b"%d" % number, 0, known=True)
    assert given.holder(first, 0) is None


def test_strangers_who_sign_in_push_no_member_out_and_no_account_another() -> None:
    given = logins.Logins()
    member, stranger = given.token(b"member", 0, known=True), given.token(b"stranger", 0, known=False)
    tickets = given.ticket(b"member", 0, known=True), given.ticket(b"stranger", 0, known=False)
    for number in range(logins.MAX_KEPT):
        given.token(b"%d" % number, 0, known=False)
        given.ticket(b"%d" % number, 0, known=False)
    assert (given.holder(member, 0), given.holder(stranger, 0)) == (b"member", None)
    assert [given.take_ticket(ticket, 0) for ticket in tickets] == [b"member", None]


def test_strangers_push_no_nonce_out_and_make_no_used_one_good_again() -> None:
    given = logins.Logins()
    waiting, used = given.nonce(0), given.nonce(0)
    given.use_nonce(used, b"member", 0, known=True)
    for number in range(logins.MAX_KEPT + 1):
        given.use_nonce(given.nonce(0), b"%d" % number, 0, known=False)
    assert given.is_nonce(waiting, 0)
    assert not given.is_nonce(used, 0)


@pytest.mark.parametrize("place", [0, 8, 15, 16, 31])
def test_a_nonce_that_was_changed_or_made_up_is_none(place: int) -> None:
    given = logins.Logins()
    nonce = bytearray(given.nonce(1_000))
    nonce[place] ^= 1
    assert not given.is_nonce(bytes(nonce), 1_500)
    assert not given.is_nonce(logins.Logins().nonce(1_000), 1_500)
    assert not given.is_nonce(b"", 1_500)
    assert not given.is_nonce(given.nonce(1_000) + b"x", 1_500)


def test_of_one_account_so_many_tokens_hold_the_newest() -> None:
    given = logins.Logins()
    other = given.token(b"other", 0, known=True)
    made = [given.token(b"a", 0, known=True) for _ in range(logins.MAX_PER_ACCOUNT + 2)]
    assert [given.holder(token, 0) for token in made] == [None, None, *[b"a"] * logins.MAX_PER_ACCOUNT]
    assert given.holder(other, 0) == b"other"
    given.forget(made[-1])
    assert given.holder(made[-1], 0) is None


@pytest.mark.parametrize(
    ("setting", "host", "mode"),
    [
        ("", "127.0.0.1", ReadMode.LOCAL), ("", "::1", ReadMode.LOCAL), ("", "localhost", ReadMode.LOCAL),
        ("", "0.0.0.0", ReadMode.MEMBERS), ("", "192.0.2.1", ReadMode.MEMBERS), ("public", "0.0.0.0", ReadMode.PUBLIC),
        ("local", "0.0.0.0", ReadMode.LOCAL), ("members", "127.0.0.1", ReadMode.MEMBERS),
    ],
)  # fmt: skip
def test_where_nothing_is_said_the_mode_follows_from_where_the_node_listens(
    setting: str, host: str, mode: ReadMode
) -> None:
    assert mode_of(setting, host) is mode


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://127.0.0.1:8545", "http://127.0.0.1:8545"), ("https://node.example:443/x", "https://node.example"),
        ("http://node.example:80", "http://node.example"), ("http://[::1]:8545", "http://[::1]:8545"),
        ("https://Node.example", "https://node.example"),
    ],
)  # fmt: skip
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_a_right_of_accounts_looks_at_the_names_that_it_has() -> None:
    right, visitor = own("owner"), Visitor(b"a", frozenset([b"a"]), is_member=True)
    right.check(visitor, {"owner": b"a"})
    for given in ({}, {"owner": b"b"}, {"other": b"a"}):
        with pytest.raises(NotYours):
            right.check(visitor, given)
    right.check(EVERYTHING_READER, {})
    with pytest.raises(LoginNeeded):
        Right(Open.MEMBERS).check(Visitor(), {})


@pytest.mark.parametrize(
    ("name", "dialled", "allowed", "is_ours"),
    [
        ("localhost", "127.0.0.1", (), True),
        ("localhost", "::ffff:127.0.0.1", (), True),
        ("127.0.0.1", "127.0.0.1", (), True),
        ("[::1]", "::1", (), True),
        ("localhost", "192.0.2.7", (), False),
        ("127.0.0.1", "192.0.2.7", (), False),
        ("127.1.2.3", "192.0.2.7", (), False),
        ("::1", "2001:db8::7", (), False),
        ("localhost", "", (), False),
        ("localhost", "192.0.2.7", ("localhost",), True),
        ("192.0.2.7", "192.0.2.7", (), True),
        ("192.0.2.8", "192.0.2.7", (), False),
        ("node.example", "192.0.2.7", ("node.example",), True),
        ("other.example", "192.0.2.7", ("node.example",), False),
    ],
)
def test_what_was_signed_for_localhost_is_a_login_at_ones_own_machine_only(
    name: str, dialled: str, allowed: tuple[str, ...], is_ours: bool
) -> None:
    """A program on somebody's machine asks a node as `localhost` and passes on the nonce: its user signs in at both."""
    names = HostNames("0.0.0.0", allowed)
    assert names.means_this_node(name, dialled) == is_ours


@pytest.mark.parametrize(("dialled", "is_own"), [("127.0.0.1", True), ("192.0.2.7", False)])
def test_a_request_that_says_it_asks_localhost_is_no_proof_of_it(dialled: str, is_own: bool) -> None:
    app = web.Application()
    app[HOST_NAMES] = HostNames("0.0.0.0")
    transport = Mock()
    transport.get_extra_info = {"sockname": (dialled, 8545)}.get
    request = make_mocked_request("POST", "/v1/login", headers={"Host": "localhost:9999"}, app=app, transport=transport)
    assert is_own_origin("http://localhost:9999", request) == is_own
