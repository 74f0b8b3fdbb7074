"""A community whose money is another one, from its genesis to its statements, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from harness.forked import run
from harness.processes import NodeProcess, Outcome, password_file
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import BANK_SECTION
from market.genesis import MARKET_SECTION
from nodechain.commands.dev import DEV_PASSWORD
from nodechain.home.home_genesis import read_genesis
from nodechain.home.testnet import make_testnet, places

pytestmark = pytest.mark.xdist_group("cli-currencies")

FRANCS = """
[[assets]]
name = "ENT"
supply = "meters"

[[assets]]
name = "CHF"
symbol = "Fr."
decimals = 2
code = "CHF"

[[assets]]
name = "HUF"
symbol = "Ft"
decimals = 0
code = "HUF"

[[products]]
base = "ENT"
quote = "CHF"

[[products]]
base = "ENT"
quote = "HUF"

[[balances]]
address = "bob"
asset = "HUF"
amount = "70000"

[parameters]
lot = "1"
tick = "0.01"
minimum_order = "1"
"""


class Valley:
    """A community that pays in francs of two decimals, and knows forints of none."""

    def __init__(self, folder: Path) -> None:
        self.home, self.elsewhere = folder / "home", folder / "elsewhere"
        template = folder / "valley.toml"
        template.write_text((resources.files("genesis") / "dev.toml").read_text() + FRANCS)
        self.environment = {
            "NODECHAIN_HOME": str(self.home),
            "NODECHAIN_PASSWORD_FILE": str(password_file(folder, DEV_PASSWORD)),
        }
        phrase = str(folder / "phrase")
        made = self.run("init", "--template", str(template), "--mnemonic-file", phrase, "--light")
        assert made.code == 0, made
        self.node = NodeProcess(["dev", "--port", "0", "--state", str(self.home)], {}, forked=True)
        self.welcome = self.node.ready()["data"]

    def run(self, *arguments: str) -> Outcome:
        """A command with JSON output, in the founder's home."""
        return run(*arguments, "-o", "json", environment=self.environment)

    def text(self, *arguments: str) -> str:
        """What a command prints for people."""
        outcome = run(*arguments, environment=self.environment)
        assert outcome.code == 0, outcome
        return outcome.out

    def held(self, name: str, asset: str, part: str = "available") -> tuple[int, str]:
        """Base units, and whole tokens as text."""
        balances = self.run("balance", name).data["balances"]
        amount = next(held[part] for held in balances if held["asset"] == asset)
        return amount["base"], amount["tokens"]


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valley]:
    valley = Valley(tmp_path_factory.mktemp("valley"))
    yield valley
    assert valley.node.stop() == 0


def test_the_chain_tells_its_assets_and_products(valley: Valley) -> None:
    answer = valley.run("assets").data
    assert [(each["name"], each["symbol"], each["decimals"], each["code"]) for each in answer["assets"]] == [
        ("ENT", "ENT", 9, ""),
        ("CHF", "Fr.", 2, "CHF"),
        ("HUF", "Ft", 0, "HUF"),
    ]
    assert answer["fee_asset"] == "CHF"
    assert [(each["base"], each["quote"]) for each in valley.run("market", "products").data["products"]] == [
        ("ENT", "CHF"),
        ("ENT", "HUF"),
    ]
    assert {entry["name"]: entry["funds"] for entry in valley.welcome["accounts"]}["alice"] == "1000 Fr."


def test_transfers_fees_and_statements_are_in_francs(valley: Valley) -> None:
    assert valley.held("alice", "CHF") == (100_000, "1000")
    said = valley.text("transfer", "chf", "carol", "12.5", "--from", "alice", "--fee", "0.05")
    assert "Transferred 12.5 Fr. to carol." in said
    assert "fee:" in said
    assert valley.held("alice", "CHF") == (98_745, "987.45")
    assert valley.held("operator", "CHF") == (5, "0.05")
    movements = valley.run("statement", "carol").data["movements"]
    events = [event for movement in movements for event in movement["events"] if "asset" in event]
    assert [(event["kind"], event["asset"], event["amount"]["tokens"]) for event in events] == [
        ("currency_minted", "chf", "1000"),
        ("transferred", "chf", "12.5"),
    ]
    paid = [event for event in _events(valley, "operator") if event["kind"] == "fee_paid"]
    assert [event["amount"] for event in paid] == [{"base": 5, "tokens": "0.05"}]
    refused = valley.run("transfer", "Fr.", "carol", "0.001", "--from", "alice")
    assert refused.error["code"] == "bad_amount"
    assert valley.run("transfer", "eeuro", "carol", "1", "--from", "alice").error["code"] == "bad_asset"
    assert "Fr." in valley.text("balance", "carol", "--verify")


def _events(valley: Valley, name: str) -> list[dict[str, object]]:
    return [event for movement in valley.run("statement", name).data["movements"] for event in movement["events"]]


def test_the_banker_moves_both_currencies(valley: Valley) -> None:
    said = valley.text("bank", "mint", "dave", "5000", "--asset", "huf", "--from", "bank")
    assert "Minted 5000 Ft to dave." in said
    assert valley.held("dave", "HUF") == (5_000, "5000")
    assert valley.run("bank", "mint", "dave", "0.5", "--asset", "huf", "--from", "bank").error["code"] == "bad_amount"
    assert "Locked 7.35 Fr. for withdrawal." in valley.text("bank", "lock", "7.35", "--from", "dave")
    assert valley.held("dave", "CHF", "withdrawal") == (735, "7.35")
    assert "Marked 7 Fr. of dave." in valley.text("bank", "mark", "dave", "7", "--from", "bank")
    assert "Burned 7 Fr. of dave." in valley.text("bank", "burn", "dave", "7", "--from", "bank")
    assert valley.held("dave", "CHF", "total") == (99_300, "993")


def test_energy_is_traded_for_francs(valley: Valley) -> None:
    assert valley.run("unit", "produced", "bob", "10 kWh", "--from", "battery").code == 0
    earned, spent = valley.held("bob", "CHF")[0], valley.held("alice", "CHF")[0]
    assert "order to sell 3 ENT at 0.35 Fr." in valley.text("market", "sell", "3", "0.35", "--from", "bob")
    (ask,) = valley.run("market", "book").data["asks"]
    assert (ask["price"], ask["quantity"]["tokens"], ask["quote"]) == ({"base": 35, "tokens": "0.35"}, "3", "CHF")
    assert valley.run("market", "buy", "2", "0.4", "--from", "alice").code == 0
    (trade,) = valley.run("market", "trades").data["trades"]
    assert (trade["payment"], trade["base"]) == ({"base": 70, "tokens": "0.7"}, "ENT")
    assert valley.held("bob", "CHF")[0] == earned + 70
    assert valley.held("alice", "CHF")[0] == spent - 70
    assert valley.run("market", "sell", "1", "0.355", "--from", "bob").error["code"] == "bad_amount"
    tick = next(each for each in valley.run("params").data["parameters"] if each["name"] == "tick")
    assert (tick["text"], tick["unit"]) == ("0.01", "Fr./ENT")


def test_another_product_has_a_book_of_its_own(valley: Valley) -> None:
    assert valley.run("market", "sell", "1", "120", "--product", "2", "--from", "bob").code == 0
    (ask,) = valley.run("market", "book", "--product", "2").data["asks"]
    assert (ask["price"]["tokens"], ask["quote"], ask["product"]) == ("120", "HUF", 2)
    assert "2: ENT/Ft" in valley.text("market", "orders", "--owner", "bob")
    assert valley.run("market", "cancel", str(ask["number"]), "--from", "bob").error["code"] == "unknown_order"
    assert valley.run("market", "buy", "1", "130", "--product", "2", "--from", "dave").code == 0
    assert valley.held("dave", "HUF") == (4_880, "4880")
    assert valley.held("bob", "HUF") == (70_120, "70120")
    assert [trade["product"] for trade in valley.run("market", "trades").data["trades"]] == [2, 1]
    assert len(valley.run("market", "trades", "--product", "1").data["trades"]) == 1
    unknown = valley.run("market", "buy", "1", "1", "--product", "3", "--from", "alice")
    assert unknown.error["code"] == "unknown_product"


def test_a_new_chain_takes_its_currency_from_an_option(tmp_path: Path) -> None:
    environment = {
        "NODECHAIN_HOME": str(tmp_path / "home"), "NODECHAIN_PASSWORD_FILE": str(password_file(tmp_path, "word")),
    }  # fmt: skip
    phrase = str(tmp_path / "phrase")
    chosen = ("--template", "powerchain", "--currency", "HUF", "--decimals", "6", "--mnemonic-file", phrase, "--light")
    assert run("init", *chosen, environment=environment).code == 0
    assets = BANK_SECTION.of(read_genesis(tmp_path / "home" / "genesis")).assets
    assert [(asset.name, asset.symbol, asset.decimals, asset.code) for asset in assets] == [
        ("ENT", "ENT", 9, ""),
        ("HUF", "HUF", 6, "HUF"),
    ]
    wrong = ("--home", str(tmp_path / "other"), "--currency", "Forint", "--mnemonic-file", phrase + "2", "--light")
    assert run("init", *wrong, "-o", "json", environment=environment).error["code"] == "bad_genesis"


def test_a_network_takes_one_too(tmp_path: Path) -> None:
    made = make_testnet(
        tmp_path / "net", places(1, ("127.0.0.1",), 0), mode="pbft", accounts=0, time_ms=1, currency=("CHF", 2)
    )
    bank = BANK_SECTION.of(made.genesis)
    assert made.currency == "chf"
    assert bank.assets[CURRENCY_ASSET - 1].decimals == 2
    assert {balance.amount for balance in bank.balances} == {100_000}
    assert dict(made.genesis.parameters) == {"lot": 10**9, "tick": 1}
    assert [product.quote for product in MARKET_SECTION.of(made.genesis).products] == [CURRENCY_ASSET]
