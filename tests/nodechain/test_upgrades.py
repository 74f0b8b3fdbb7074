"""Modules that are off, and upgrades that are planned, as a node shows them; sections as files."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from harness.chain import address
from harness.node import HomeFixture
from ledger.chain.schema import Upgrade
from ledger.chain.validator_set import ValidatorSet
from ledger.encoding.codec import encode
from ledger.energy.genesis import ENERGY_SECTION, EnergySection, GenesisUnit
from ledger.errors import InclusionError
from ledger.governance.payloads import CastVote
from ledger.keys.address import format_address
from ledger.upgrades.payloads import PlanUpgrade
from market.genesis import MARKET_SECTION, GenesisProduct, MarketSection
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from nodechain.api.server import ApiOptions
from nodechain.clock import SystemClock
from nodechain.commands.running.start_checks import START_CHECKS, Finding, Start, StoredChain
from nodechain.commands.terminal.section_file import read_section
from nodechain.errors import NotFound, UpgradeRequired, UsageError
from nodechain.home.genesis_file import build_genesis, parse_template
from nodechain.home.home import Home
from nodechain.node import Node, NodeOptions
from tests.support.api import get, serving
from tests.support.version_two import CHEST_SECTION, ChestSection

TEMPLATE = """
name = "plain"
modules = []
voters = ["alice", "bob"]
banker = "bank"
members = ["alice", "bob"]

[consensus]
min_interval = "0s"
heartbeat = "1h"
max_validators = 1
simulated_clock = true

[[validators]]
key = "validator"
account = "operator"
name = "one"
"""
CDA_MARKET = MarketSection((GenesisProduct("cda", 1, 2),))
BUY = PlaceOrder(1, Side.BUY, OrderKind.LIMIT, 10**9, 10**9, 0)


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    """A chain on which neither energy nor the market is on."""
    (tmp_path / "plain.toml").write_text(TEMPLATE)
    return HomeFixture(tmp_path / "home", str(tmp_path / "plain.toml"))


async def next_block(node: Node) -> None:
    """One block more."""
    decided = asyncio.ensure_future(node.decisions.next_block())
    await asyncio.sleep(0)
    node.make_block_now()
    await asyncio.wait_for(decided, 30)


def test_routes_of_a_module_that_is_off_say_so(home: HomeFixture) -> None:
    asyncio.run(_routes_of_a_module_that_is_off_say_so(home))


async def _routes_of_a_module_that_is_off_say_so(home: HomeFixture) -> None:
    async with serving(home) as (_node, client):
        for path in ("/v1/energy", "/v1/units", "/v1/sessions", "/v1/market/book", "/v1/market/orders/1"):
            problem = await get(client, path, 404)
            assert problem["code"] == "module_off", path
            assert "vote upgrade" in problem["advice"]
        found = await get(client, "/v1/status")
        assert found["modules"] == ["bank", "chain", "debts", "governance", "upgrades", "validators"]
        found = await get(client, "/v1/parameters")
        assert [entry["name"] for entry in found["parameters"]] == ["vote_lifetime"]
        alice = format_address(home.address("alice"))
        for path in ("/v1/votes", "/v1/validators", f"/v1/accounts/{alice}", "/readyz"):
            await get(client, path)
        figures = await (await client.get("/metrics")).text()
        assert "nodechain_protocol_version 1\n" in figures
        assert "nodechain_known_version 1\n" in figures
        assert "nodechain_upgrade_height 0\n" in figures


def test_a_vote_switches_on_the_market(home: HomeFixture) -> None:
    asyncio.run(_a_vote_switches_on_the_market(home))


async def _a_vote_switches_on_the_market(home: HomeFixture) -> None:
    async with serving(home) as (node, client):
        with pytest.raises(InclusionError) as off:
            await node.submit(home.raw("alice", BUY, nonce=1))
        assert off.value.code == "module_off"
        action = PlanUpgrade(node.app.height + 4, 1, "market", encode(CDA_MARKET), "")
        for voter in ("alice", "bob"):
            await node.submit_and_wait(home.raw(voter, CastVote(action, True), nonce=1), 30.0)
        found = await get(client, "/v1/status")
        assert found["upgrade"] == {
            "height": action.height, "version": 1, "module": "market", "release": "", "ready_power": 1,
            "total_power": 1, "enough": True, "known_here": True,
        }  # fmt: skip
        figures = await (await client.get("/metrics")).text()
        assert f"nodechain_upgrade_height {action.height}\n" in figures
        assert "nodechain_upgrade_ready_ratio 1\n" in figures
        while node.app.height < action.height:
            await next_block(node)
        found = await get(client, "/v1/status")
        assert found["upgrade"] is None
        assert "market" in found["modules"]
        assert (await get(client, "/v1/market/book"))["bids"] == []
    # After a restart as well: it stands in the state.
    async with home.running() as node:
        _transaction, decision = await node.submit_and_wait(home.raw("alice", BUY, nonce=2), 30.0)
        assert decision is not None
        assert decision.receipt is not None
        # The market's own rule answers: nobody has eEuro here.
        assert decision.receipt.code == "insufficient_balance"


def test_a_template_says_which_modules_are_on() -> None:
    def genesis(text: str) -> list[str]:
        made = build_genesis(
            parse_template(text), time_ms=1, address_of=address, validator_key_of=lambda name: address(name) + bytes(12)
        )
        return [name for name, _section in made.sections]

    assert genesis(TEMPLATE) == ["bank", "governance"]
    assert genesis(TEMPLATE.replace("modules = []", "")) == ["bank", "energy", "governance", "market"]
    assert genesis(TEMPLATE.replace("[]", '["market"]', 1)) == ["bank", "governance", "market"]
    unit = '\n[[units]]\naddress = "U"\nowner = "A"\n'
    with pytest.raises(UsageError, match="the module energy is off"):
        genesis(TEMPLATE + unit)
    with pytest.raises(UsageError, match="unknown parameter M"):
        genesis(TEMPLATE + '\n[parameters]\nM = "0.1"\n')


# --- before a start --------------------------------------------------------------------------------------------------


def checked(tmp_path: Path, next_version: int, plan: Upgrade | None) -> Finding:
    """What the check of the protocol says of a stored chain that goes on so."""
    start = Start(Home(tmp_path), NodeOptions(), ApiOptions(), None, SystemClock())
    start.__dict__["chain"] = StoredChain(9, 0, ValidatorSet(()), next_version, plan)
    (check,) = [check for check in START_CHECKS if check.name == "protocol"]
    return check.check(start)


def test_the_checks_before_a_start_tell_of_an_upgrade(tmp_path: Path) -> None:
    plan = Upgrade(20, 2, "chest", b"", "nodechain 2.0")
    assert checked(tmp_path, 1, None).trouble is None
    assert checked(tmp_path, 1, Upgrade(20, 1, "market", b"", "")).trouble is None
    ahead = checked(tmp_path, 1, plan).trouble
    assert ahead is not None
    assert ahead.code == "upgrade_required"
    assert ahead.advice == "Install nodechain 2.0 before height 20."
    with pytest.raises(UpgradeRequired) as now:
        checked(tmp_path, 2, plan)
    assert (now.value.exit_code, now.value.height, now.value.version) == (9, 10, 2)
    assert "nodechain 2.0" in now.value.advice


# --- sections as files -----------------------------------------------------------------------------------------------

ENERGY = """
surplus = 1
rate_rule = 2
gain_parts = 20000000

[[units]]
address = "U1"
owner = "C"
capacity_wh = 10000
max_power_w = 0
"""


def test_a_section_file_has_the_fields_of_the_modules_section(tmp_path: Path) -> None:
    file = tmp_path / "section.toml"
    file.write_text('account = "B"\ncounted = 7\n')
    assert read_section(CHEST_SECTION, file, address) == encode(ChestSection(address("B"), 7))
    file.write_text(ENERGY)
    unit = GenesisUnit(address("U1"), address("C"), 10_000, 0)
    assert read_section(ENERGY_SECTION, file, address) == encode(EnergySection(1, 2, 20_000_000, (unit,)))
    file.write_text('[[products]]\nmechanism = "cda"\nbase = 1\nquote = 2\n')
    assert read_section(MARKET_SECTION, file, address) == encode(CDA_MARKET)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("account", "no TOML"),
        ('account = "B"', "must be a field counted"),
        ('account = "B"\ncounted = 7\nmore = 1', "no field more"),
        ('account = 5\ncounted = 7', "chest.account: 5 is not what stands there"),
        ('account = "B"\ncounted = "7"', "chest.counted"),
        ('account = "B"\ncounted = true', "chest.counted"),
        ('account = "B"\ncounted = -1', "ChestSection"),
    ],
)  # fmt: skip
def test_a_section_file_that_is_wrong_names_the_field(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "section.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as wrong:
        read_section(CHEST_SECTION, file, address)
    assert wrong.value.code == "bad_section"
    assert said in wrong.value.detail
    with pytest.raises(NotFound):
        read_section(CHEST_SECTION, tmp_path / "missing.toml", address)
