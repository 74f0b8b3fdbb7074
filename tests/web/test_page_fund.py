"""The fund on the page: a gift and a vote on a payment, signed in the browser; what is there, small and dark, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.payloads import SetFundBudget, SpendFund
from ledger.fund.terms import BudgetPeriod
from ledger.governance.payloads import CastVote
from tests.web.place import DEV, Place, home_in, served
from tests.web.test_page import browse, plain, require_clean
from tests.web.test_page_login import unlocking, visit

pytestmark = pytest.mark.xdist_group("page")

EURO = 10**9
TABLE = '\n[fund]\nfees_to_fund = "25%"\ncommission = "0.5%"\nadmission_fee = "10"\n'
SIGNED = ".notice.good:has-text('Done.')"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Carol gave 100; 40 of the month's 60 for repairs were paid to dave."""
    with served(home_in(tmp_path_factory.mktemp("fund"), f"{DEV}{TABLE}")) as made:
        budget = SetFundBudget("repairs", CURRENCY_ASSET, 60 * EURO, BudgetPeriod.MONTH)
        spending = SpendFund(made.home.address("dave"), CURRENCY_ASSET, 40 * EURO, "repairs", "invoice 117")
        made.sends(
            ("carol", Transfer(CURRENCY_ASSET, FUND_ACCOUNT, 100 * EURO)),
            *((name, CastVote(action, True)) for action in (budget, spending) for name in ("alice", "bob")),
        )
        yield made


def test_a_voter_gives_and_opens_a_vote_on_a_payment(place: Place, tmp_path: Path) -> None:
    steps = [
        *unlocking(place, "alice"),
        {"click": "Unlock", "wait": ".foot:has-text('key unlocked')"},
        {"go": "fund", "wait": "h1:has-text('The fund has 60 eEuro.')"},
        {"card": "Give to the fund", "fill": "How much", "text": "5"},
        {"card": "Give to the fund", "click": "Sign and give", "wait": SIGNED},
        {"wait": "h1:has-text('The fund has 65 eEuro.')"},
        {"go": "votes", "wait": "text=About what"},
        {"pick": "About what", "option": "spend_fund"},
        {"card": "Open a vote", "fill": "To whom (address)", "text": place.address("dave")},
        {"card": "Open a vote", "fill": "How much", "text": "7.5"},
        {"card": "Open a vote", "fill": "What for, a word as repairs", "text": "repairs"},
        {"card": "Open a vote", "fill": "Number on the paper; each counts once", "text": "invoice 118"},
        {"wait": "text=Pay 7.5 eEuro out of the fund"},
        {"card": "Open a vote", "click": "Sign and open", "wait": "h1:has-text('One vote is open')"},
    ]
    found = browse(
        place,
        tmp_path,
        visit("gives", "account", place.address("alice"), picture=False, steps=steps),
        visit("fund", "fund", place.address("bob"), narrow=320),
        visit("fund-dark", "fund", place.address("bob"), width=390, scheme="dark", language="de"),
    )
    for seen in found:
        require_clean(seen)
    shown = plain(found[1]["text"])
    assert "invoice 117" in shown
    assert "repairs: 40 of 60 eEuro, this month" in shown
    assert "75 % to who makes it, 0 % to the validators who agreed, 25 % to the fund" in shown
    (vote,) = place.does("vote", "list")["votes"]
    assert (vote["action"]["kind"], vote["action"]["amount"]["tokens"]) == ("spend_fund", "7.5")
    assert place.does("fund", "show")["books"][1]["gifts"]["tokens"] == "105"
