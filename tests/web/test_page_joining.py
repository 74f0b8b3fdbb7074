"""Joining on the page: who has a key and no membership asks with its meter, a voter admits with one yes.

The node shows members' figures to who has signed in only.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.chain import secret
from harness.node import PASSWORD
from ledger.chain.identity import ChainIdentity
from ledger.metering.consent import BindingTerms, encode_terms_file
from ledger.metering.payloads import MeterTerms
from ledger.metering.schema import MeterKind
from nodechain.client.node_client import RestClient
from tests.web.place import DEV, Place, home_in, served
from tests.web.test_page import browse, plain
from tests.web.test_page_login import require_refused, unlocking, visit

pytestmark = pytest.mark.xdist_group("page")

METER = "A meter that is to be bound"
DONE = {"wait": ".notice.good:has-text('Done.')"}
UNLOCK = {"click": "Unlock", "wait": ".notice.good"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Alice alone votes, and is the registrar."""
    folder = tmp_path_factory.mktemp("joining")
    dev = DEV.replace('voters = ["alice", "bob"]', 'voters = ["alice"]')
    home = home_in(folder, f'{dev}\n[joining]\n[attestations]\nregistrars = ["alice"]\n')
    with served(home, "members") as made:
        made.does("keys", "new", "nora", "--light", "--mnemonic-file", str(folder / "nora.words"))
        yield made


def read_meter(place: Place, folder: Path) -> Path:
    """What `nodechain meter opening` writes of Nora's meter at the battery, read now."""
    with closing(RestClient(place.url)) as api:
        now_ms = api.status()["clock_ms"]
    key, home = secret("Nora's meter"), place.home
    terms = MeterTerms(
        home.address("battery"), home.address("nora"), int(MeterKind.CONSUMPTION), key.public_key,
        hashlib.sha256(b"serial").digest(), hashlib.sha256(b"profile").digest(), bytes((1, 0, 1, 8, 0, 255)), 0, 1, 0,
        11_000, now_ms, 1_500, 0,
    )  # fmt: skip
    chain = ChainIdentity(home.genesis.chain_id, home.genesis.hash)
    file = folder / "nora.meter"
    file.write_bytes(encode_terms_file(BindingTerms(chain, terms, key.sign(terms.message(chain.genesis_hash)))))
    return file


def test_from_the_page_to_an_admitted_member_with_a_bound_meter_by_one_vote(place: Place, tmp_path: Path) -> None:
    """The newcomer's path of docs/newcomer.md, timed: a request on the page, one yes on the page."""
    nora, broken = place.address("nora"), tmp_path / "broken.meter"
    broken.write_text("{}")
    meter = read_meter(place, tmp_path)
    began = time.monotonic()
    (asked,) = browse(
        place,
        tmp_path,
        visit(
            "join", "account", picture=False, narrow=320,
            steps=[
                *unlocking(place, "nora"), UNLOCK,
                {"wait": "h2:has-text('Ask to join')"},
                {"choose": METER, "file": str(broken), "wait": "text=This is no file of a meter"},
                {"choose": METER, "file": str(meter), "wait": "text=1 meter is read."},
                {"click": "Sign and ask", **DONE},
                {"wait": "text=Your request 1 is with the voters"},
            ],
        ),
    )  # fmt: skip
    after_asking = time.monotonic()
    require_refused(asked)
    assert "a meter (consumption) at" in plain(asked["text"])
    assert "it showed 1.50 kWh" in plain(asked["text"])
    place.does(
        "attestation", "issue", nora, str(meter), "--kind", "identity", "--until", _next_year(), "--from", "alice"
    )
    before_voting = time.monotonic()
    (voted,) = browse(
        place,
        tmp_path,
        visit(
            "applications", "account", picture=False, width=390, scheme="dark", language="de",
            steps=[
                {"click": "Aus einer Datei"},
                {"choose": "Schlüsseldatei", "file": place.file("alice")},
                {"fill": "Passwort", "text": PASSWORD},
                {"click": "Öffnen", "wait": ".notice.good"},
                {"go": "votes", "wait": "h3:has-text('Antrag 1')"},
                {"wait": "text=Identität, unterschrieben von"},
                {"click": "Ja unterschreiben", "wait": "text=Niemand möchte beitreten."},
            ],
        ),
    )  # fmt: skip
    took = (after_asking - began, time.monotonic() - before_voting)
    require_refused(voted)
    assert "Nach Antrag 1 aufnehmen" in plain(voted["text"])
    with closing(RestClient(place.url)) as api:
        bound = api.meter(secret("Nora's meter").public_key)
    assert (bound["account"], bound["unit"]) == (nora, place.address("battery"))
    print(f"asked in {took[0]:.1f} s, admitted in {took[1]:.1f} s, load {os.getloadavg()[0]:.0f}")


def _next_year() -> str:
    return f"{time.gmtime().tm_year + 1}-01-01T00:00Z"
