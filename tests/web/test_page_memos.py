"""Memos and the household on the page: one is written and read with keys in a browser, accounts stand as one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.node import PASSWORD
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.governance.payloads import AdmitMember, CastVote
from ledger.keys.address import format_address, parse_address
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from ledger.keys.mnemonic import mnemonic_of
from ledger.memos.payloads import SetMemoKey
from ledger.memos.sealing import memo_public_key, memo_secret
from nodechain.home.keystore import Keystore
from tests.web.place import DEV, Place, home_in, served
from tests.web.test_page import browse, plain, require_clean
from tests.web.test_page_deals import unlocked
from tests.web.test_page_login import visit

pytestmark = pytest.mark.xdist_group("page")

SIGNED = ".notice.good:has-text('Done.')"
WORDS = mnemonic_of(bytes(range(32)))
MEMO = "Miete für März, danke"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Bob takes memos."""
    with served(home_in(tmp_path_factory.mktemp("memos"), f"{DEV}\n[memos]\n")) as made:
        made.sends(("bob", SetMemoKey(memo_public_key(memo_secret(made.home.key("bob").secret_bytes)))))
        yield made


def test_a_memo_is_written_and_a_household_has_its_accounts_as_one(place: Place, tmp_path: Path) -> None:
    alice, bob = place.address("alice"), place.address("bob")
    store = Keystore(tmp_path / "keys", cost=COST_LIGHT)
    emma = format_address(store.import_mnemonic("emma", KeyKind.ACCOUNT, PASSWORD, WORDS).address)
    (tmp_path / "emma.json").write_bytes(store.export("emma"))
    admitting = CastVote(AdmitMember(parse_address(emma)), approve=True)
    paying = Transfer(CURRENCY_ASSET, parse_address(emma), 7 * 10**9)
    place.sends(("alice", admitting), ("bob", admitting), ("alice", paying))
    writing = [
        *unlocked(place, "alice"),
        {"card": "Send", "fill": "To (address)", "text": bob},
        {"card": "Send", "fill": "How much", "text": "3"},
        {"card": "Send", "fill": "Memo, if you like", "text": MEMO},
        {"wait": "text=The memo goes with it, sealed for"},
        {"card": "Send", "click": "Sign and send", "wait": SIGNED},
        {"go": "household", "wait": f"text={MEMO}"},
        {"card": "Memos", "click": "Sign and take memos", "wait": "text=This account takes memos."},
    ]
    card = "Next account"
    joining = [
        {"click": "From a file"},
        {"choose": "Key file", "file": str(tmp_path / "emma.json")},
        {"fill": "Password", "text": PASSWORD},
        {"click": "Unlock", "wait": ".foot:has-text('key unlocked')"},
        {"go": "household", "wait": "h1:has-text('One account is here.')"},
        {"card": card, "fill": "The 24 words on paper", "text": mnemonic_of(bytes(32))},
        {"card": card, "fill": "What you call it", "text": "heat"},
        {"card": card, "fill": "Password for it, at least 8 characters", "text": PASSWORD},
        {"card": card, "click": "Make the next account", "wait": "text=No key here is of these words."},
        {"card": card, "fill": "The 24 words on paper", "text": WORDS},
        {"card": card, "click": "Make the next account", "wait": "text=heat is here."},
        {"wait": "h1:has-text('2 accounts of your household are here.')"},
        {"wait": "td:has-text('7')"},
    ]
    found = browse(
        place,
        tmp_path,
        visit("memo", "account", alice, steps=writing, picture=False),
        visit("memos-dark", "household", bob, width=390, scheme="dark", language="de"),
        visit("household", "account", steps=joining, narrow=320),
    )
    for seen in found:
        require_clean(seen)
    told = plain(found[1]["text"])
    assert MEMO not in told, "bob's key is not here"
    assert "(verschlossen)" in told
    assert "together" in plain(found[2]["text"])
    (row,) = place.does("memo", "list", "bob")["memos"]
    assert row["memo"] == MEMO, "the command line opens what the page sealed"
