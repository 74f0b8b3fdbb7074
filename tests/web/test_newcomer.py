"""docs/newcomer.md and docs/community.md keep their word: their commands in their order, then the page as they say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.makers.cli_docs import COMMUNITY_FILES, PASSWORD, Player
from tests.makers.community_files import write
from tests.makers.newcomer_docs import COMMUNITY, NEWCOMER, CommunityPlayer, played
from tests.web.street import drive

pytestmark = pytest.mark.xdist_group("newcomer")


@dataclass(frozen=True, slots=True)
class Node:
    """Where the page is."""

    url: str


def press(role: str, name: str, wait: str = "") -> dict[str, Any]:
    return {"to": [role, name], "key": "Enter"} | ({"wait": wait} if wait else {})


def unlocking(key: Path) -> list[dict[str, Any]]:
    return [
        press("link", "Account", "text=From a file"),
        press("button", "From a file"),
        {"to": ["textbox", "Key file"], "file": str(key), "wait": "input[type=password]"},
        {"to": ["textbox", "Password"], "type": PASSWORD},
        {"key": "Enter", "wait": ".notice.good"},
    ]


def walked(player: Player, steps: list[dict[str, Any]]) -> str:
    """What stands on the page after these steps."""
    visit = {"name": "newcomer", "hash": "", "steps": steps, "quick": True}
    (walk,) = drive(Node(player.url), player.folder, "access.mjs", walks=[visit])["walks"]
    assert walk["errors"] == walk["outside"] == []
    return str(walk["text"])


def test_a_newcomer_trades_on_the_page(tmp_path: Path) -> None:
    player = Player(tmp_path)
    try:
        played(NEWCOMER, player)
        text = walked(
            player,
            [
                press("link", "Market", "text=1 kWh costs 0.50 eEuro now."),
                *unlocking(tmp_path / "bob.json"),
                press("link", "Market", "text=What signing does will stand here."),
                {"to": ["textbox", "How much, in kWh"], "type": "1"},
                {"to": ["textbox", "At most, in eEuro per kWh"], "type": "0.5", "wait": "text=Buys 1 kWh now at 0.50"},
                press("button", "Sign and buy", "text=You bought 1 kWh"),
            ],
        )
        assert "for 0.5 eEuro (0.50 eEuro per kWh)" in text.replace("\u00a0", " ")
        code, trades = player.play("nodechain market trades")
        assert (code, len(trades)) == (0, 2)
        assert trades[1].split()[-3:] == ["1", "0.5", "0.5"]
    finally:
        player.close()


def test_a_community_comes_to_a_paid_bill(tmp_path: Path) -> None:
    player = CommunityPlayer(tmp_path)
    try:
        said = played(COMMUNITY, player)
        assert said["nodechain bill verify anna.html --genesis anna/genesis"][0] == "The bill is what the chain proves."
        due = {row.split()[1]: row.split()[6] for row in said["nodechain bill list"][1:]}
        assert due == {"anna": "3.30", "bert": "3.71", "founder": "2.50"}
        assert said["nodechain group mine --home bert"][-1].split()[-2:] == ["40%", "0"]
        text = walked(
            player,
            [
                *unlocking(tmp_path / "bert-key.json"),
                press("link", "Bills", "text=One bill is open: 3.71 to pay."),
                press("link", "June 2 \u2013 3, 2026", "text=no digit was changed since"),
                press("button", "Sign and pay", "text=was paid: 3.71 EUR."),
            ],
        )
        assert "What was paid is what the signed state holds." in text
        assert any(" bill_paid " in line for line in player.play("nodechain statement bert")[1])
    finally:
        player.close()


def test_the_operators_messages_are_as_their_maker_writes_them(tmp_path: Path) -> None:
    write(tmp_path)
    for message in sorted(tmp_path.iterdir()):
        assert message.read_text() == (COMMUNITY_FILES / message.name).read_text(), message.name
