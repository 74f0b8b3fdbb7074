"""What voters decide, in words; and a yes by number, for every action that some module lets them decide (C15)."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

import cli
from harness.chain import make_genesis
from ledger.attestations.payloads import AttesterRole, OfficeStanding, SetAttester
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import SetBanker, SettleWithdrawal
from ledger.billing.payloads import SetTreasurer
from ledger.certificates.payloads import DescribeGenerator, HoldBackEnergy
from ledger.certificates.terms import EnergySource
from ledger.chain.envelope import Signature
from ledger.encoding.codec import Value, encode
from ledger.energy.payloads import Annul, ChangeUnit, RegisterUnit, ReinstateUnit, RemoveUnit, SetPriority
from ledger.energy.storage_terms import IDEAL, StorageTerms, Technology
from ledger.feeds.payloads import ChangeFeed, EndFeed, FeedKind, FeedTerms, RegisterFeed
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.payloads import (
    AdmitSponsored,
    BurnByVote,
    MintByVote,
    RemoveBanker,
    ReturnByVote,
    SetFeeSplit,
    SetFundBudget,
    SetMarketCommission,
    SetNewcomerTerms,
    SpendFund,
)
from ledger.fund.terms import BudgetPeriod, FeeSplit, NewcomerTerms
from ledger.governance.payloads import (
    AddVoter,
    AdmitMember,
    CastVote,
    ExpelMember,
    RemoveVoter,
    SetParameter,
)
from ledger.grid.payloads import SetGridTerms, SetPointTariff, SetTariff
from ledger.grid.tariffs import FeedRate, RateStep, TimeRate
from ledger.groups.payloads import (
    AdmitGroup,
    AdmitGroupPoint,
    AssignShares,
    ChangeGroup,
    DissolveGroup,
    OpenGroup,
    PayFromGroup,
    SetGroupShares,
    SpendFromGroup,
)
from ledger.groups.terms import GroupRow
from ledger.joining.payloads import AdmitApplication, DismissApplications
from ledger.keys.address import format_address
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from ledger.metering.payloads import ReleaseMeter, SettleJump
from ledger.sharing.payloads import SetScheme
from ledger.slots.payloads import (
    NO_ID,
    AdmitPoint,
    AlterPoint,
    ChangePoint,
    ClosePoint,
    ExtendZone,
    PointTerms,
    RegisterPoint,
    RemovePoint,
    SetCustodian,
)
from ledger.slots.schema import Direction, OffsetChange
from ledger.together.payloads import SetTogetherTerms
from ledger.together.terms import Prize, TogetherTerms
from ledger.upgrades.payloads import CancelUpgrade, PlanUpgrade
from ledger.validators.payloads import AddValidator, RemoveValidator
from market.denominations import Denominations
from nodechain.api.render import action as render_action
from nodechain.client.answers.bank import AccountView
from nodechain.client.answers.blocks import GenesisAnswer
from nodechain.client.answers.governance import Votes, VoteView
from nodechain.commands.sending.offline import read_offline
from nodechain.commands.terminal.action_text import action_text
from nodechain.commands.terminal.errors import run
from nodechain.commands.terminal.words import ACTIONS, Words
from nodechain.home.keystore import Keystore
from nodechain.modules import REGISTRY
from tests.makers.agreement_samples import group_opening
from tests.makers.make_vectors import scheme_terms
from tests.support.answers import sample, status_of
from tests.support.fake_node import fake_node
from tests.support.grid_tariffs import tariff

GENESIS = make_genesis()
CHAIN = Denominations.of(GENESIS)
BOB, CAROL = bytes([1]) * 20, bytes([2]) * 20
NAMES = {format_address(BOB): "bob", format_address(CAROL): "carol"}
METER = Ed25519SecretKey(bytes(range(32))).public_key
SCHEME = scheme_terms(BOB)
POINT = RegisterPoint(
    PointTerms(BOB, int(Direction.INJECTION), "zürich-3", 0, NO_ID, True, 1_888_888, 0),
    METER,
    (Signature(0, bytes(64)),),
)
GROUP, ROWS = group_opening().terms, (GroupRow(BOB, 500_000_000, 7, ()), GroupRow(CAROL, 0, 0, ()))
GROUP_SAID = (
    f"name dách, operator {format_address(GROUP.operator)}, rights shares, pay, asset eEuro, monthly_limit 100 eEuro,"
    " reserve 0.000065536 eEuro, division use, rhythm month, wait 3d, transfers members"
)
ROWS_SAID = "bob 50% (key 7), carol 0% (key 0)"
TERMS = StorageTerms(int(Technology.LITHIUM_ION), 22_000, 4_000, 900_000_000, 200, 1_500)
NIGHT = TimeRate(
    (RateStep(0, 220_000_000), RateStep(24, 340_000_000), RateStep(89, 220_000_000)), (), (RateStep(0, 220_000_000),)
)

BY_SPOT = TimeRate((RateStep(0, 300_000_000),), by_feed=(FeedRate(300, 1_190_000_000, -(10**7), 0, 10**10),))
SPOT = FeedTerms("spot", FeedKind.PRICE, CURRENCY_ASSET, "€/kWh", 0, (BOB, CAROL), 2, 5_400_000, -(10**9), 10**9)
SPOT_SAID = "spot, price in €/kWh from -1 to 1, reported by bob, carol; 2 reports make a value, each counts 1h 30m"

FUND = SpendFund | SetFundBudget | SetNewcomerTerms | MintByVote | BurnByVote | ReturnByVote

SAID: list[tuple[Value, str]] = [
    (SetPriority(BOB, True), "let sessions of bob end last where energy is short"),
    (SetPriority(BOB, False), "let sessions of bob end like all others"),
    (SetParameter("C", 60_000_000), "set the parameter C (share of the imbalance recovered per kWh) to 6%"),
    (SetParameter("H", 5_400_000), "set the parameter H (session lifetime) to 1h 30m"),
    (SetParameter("tick", 10**7), "set the parameter tick (prices are multiples of this) to 0.01 eEuro/ENT"),
    (SetParameter("B", 250_000_000), "set the parameter B (highest burning cost) to 0.25 ENT/kWh"),
    (SetParameter("unheard", 5), "set the parameter unheard to 5"),
    (AddVoter(BOB), "make bob a voter"),
    (RemoveVoter(BOB), "take the voter role from bob"),
    (AdmitMember(BOB), "admit bob as a member"),
    (ExpelMember(BOB), "expel bob"),
    (SetBanker(BOB), "make bob the banker"),
    (AdmitApplication(7, BOB),
     ("admit who made application 7, with the meters and roles that it asks for; bob stands in for it"
      " (the account itself: nobody does)")),
    (DismissApplications((1, 7)), "take applications 1, 7 off the list"),
    (SetAttester(BOB, AttesterRole.AUDITOR, OfficeStanding.APPOINTED), "make bob an auditor"),
    (SetAttester(BOB, AttesterRole.REGISTRAR, OfficeStanding.APPOINTED), "make bob a registrar"),
    (SetAttester(BOB, AttesterRole.REGISTRAR, OfficeStanding.RETIRED),
     "end the office of bob as registrar: what it signed goes on counting"),
    (SetAttester(BOB, AttesterRole.AUDITOR, OfficeStanding.BARRED),
     "end the office of bob as auditor: what it signed counts no more"),
    (SetTreasurer(BOB, True), "let bob number the bills"),
    (SetTreasurer(BOB, False), "let bob not number the bills any more"),
    (AdmitGroup(OpenGroup(GROUP, 1_888_888, ROWS)), f"open a group from slot 1888888 on: {GROUP_SAID}; {ROWS_SAID}"),
    (AdmitGroup(OpenGroup(GROUP, 1_888_888, ())),
     f"open a group from slot 1888888 on: {GROUP_SAID}; nobody has a share yet"),
    (ChangeGroup(7, GROUP), f"change group 7: {GROUP_SAID}"),
    (AssignShares(SetGroupShares(7, 1_888_889, ROWS * 7)),
     f"set shares of group 7 from slot 1888889 on: {', '.join([ROWS_SAID] * 6)}, and 2 more"),
    (SpendFromGroup(PayFromGroup(7, BOB, CURRENCY_ASSET, 10**9, 0, "inverter")),
     "pay 1 eEuro of group 7 to bob (inverter)"),
    (SpendFromGroup(PayFromGroup(7, BOB, CURRENCY_ASSET, 10**9, 18, "")), "pay 1 eEuro of group 7 to bob for bill 18"),
    (SpendFund(BOB, CURRENCY_ASSET, 10**9, "repairs", "invoice 7"),
     "pay 1 eEuro out of the fund to bob for repairs (invoice 7)"),
    (SetFundBudget("repairs", CURRENCY_ASSET, 10**9, BudgetPeriod.QUARTER),
     "let the fund pay at most 1 eEuro for repairs a quarter"),
    (SetFundBudget("repairs", CURRENCY_ASSET, 0, BudgetPeriod.NONE),
     "bound what the fund pays for repairs in eEuro no longer"),
    (SetFeeSplit(FeeSplit(500_000, 0, 500_000)), "divide the fees of blocks: proposer 50%, fund 50%"),
    (SetMarketCommission(5_000), "keep 0.5% of what sellers get in the market for the fund"),
    (SetNewcomerTerms(NewcomerTerms(CURRENCY_ASSET, 10**9, 2 * 10**9, 0)),
     "let an admission cost 1 eEuro, and the fund pay 2 eEuro for a referral and 0 eEuro to a newcomer"),
    (SetTogetherTerms(TogetherTerms(10, 5, 3, 20, 1_000, 3_600_000, 3, (Prize(CURRENCY_ASSET, 25 * 10**9),))),
     "from the next month on give points: 10 a kWh used, 5 given, 3 a day on time, 20 a ballot; prizes: 25 eEuro"),
    (SetTogetherTerms(TogetherTerms(0, 0, 0, 0, 1, 3_600_000, 3, ())),
     "from the next month on give points: 0 a kWh used, 0 given, 0 a day on time, 0 a ballot; prizes: none"),
    (AdmitSponsored(BOB, FUND_ACCOUNT, BOB), "admit bob as a member; the fund pays the admission fee"),
    (AdmitSponsored(BOB, BOB, FUND_ACCOUNT), "admit bob as a member; the fund brought it"),
    (MintByVote(BOB, CURRENCY_ASSET, 10**9, "7"), "issue 1 eEuro to bob (7)"),
    (BurnByVote(BOB, CURRENCY_ASSET, 10**9, "7"), "destroy 1 eEuro of bob that was paid out (7)"),
    (ReturnByVote(BOB, CURRENCY_ASSET, 10**9), "give 1 eEuro back to bob, which it locked to be paid out"),
    (SettleWithdrawal(CURRENCY_ASSET, BOB, 3, True),
     "take mark 3 of what bob asked to be paid out as paid, and destroy it"),
    (SettleWithdrawal(CURRENCY_ASSET, BOB, 4, False),
     "take mark 4 of what bob asked to be paid out as not paid, and give it back"),
    (RemoveBanker(BOB), "let bob be the banker no longer, and nobody"),
    (DissolveGroup(7), "dissolve group 7, and divide what it has among its members"),
    (AdmitGroupPoint(POINT.terms),
     "register a metering point of bob, a group's account: injection in the zone zürich-3, from slot 1888888 on"),
    (SetScheme(0, 1_888_888, SCHEME),
     ("open a sharing scheme from slot 1888888 on, with 3 points: name stréet, asset eEuro"
     ", rule (method=(static_redistributed ) delivery=by_age no_self_share=yes hourly=no)"
     ", prices (mid_market retail=0.3 eEuro/kWh feed_in=0.000065535 eEuro/kWh), fee 0."
     "01 eEuro/kWh, fee_account bob, sources own_then_operator, bound 1000 mWh, cut_off 3d, settlement period")),
    (SetScheme(7, 1_888_888, msgspec.structs.replace(SCHEME, participants=())),
     "close the sharing scheme 7 from slot 1888888 on"),
    (SetTariff(0, 1_888_888, tariff(retail=NIGHT)),
     ("bring a grid tariff from slot 1888888 on, in the currency per kWh: name house; retail 00:00 0.22, 06:00 0.34,"
      " 22:15 0.22; Sundays and holidays 0.22; feed-in 0.08; grid fee grid to * 0.07; levy green 0.01")),
    (SetTariff(3, 1_888_888, tariff(zone_fees=(), levies=())),
     ("change the grid tariff 3 from slot 1888888 on, in the currency per kWh: name house; retail 0.3; feed-in 0.08")),
    (SetTariff(3, 1_888_888, tariff(retail=BY_SPOT, zone_fees=(), levies=())),
     ("change the grid tariff 3 from slot 1888888 on, in the currency per kWh: name house; retail feed 300 x 1.19"
      " - 0.01 within 0 to 10, else 0.3; feed-in 0.08")),
    (RegisterFeed(SPOT), f"register a feed: {SPOT_SAID}"),
    (ChangeFeed(7, msgspec.structs.replace(SPOT, kind=FeedKind.CO2, asset=0, unit="g", decimals=3, quorum=1)),
     ("change feed 7: spot, co2 in g from -1000000 to 1000000, reported by bob, carol; 1 reports make a value, each"
      " counts 1h 30m")),
    (DescribeGenerator(CAROL, BOB, EnergySource.WIND, 9_800, 1_700_000_000_000),
     "describe the generator of bob at carol: wind, 9800 W, commissioned 2023-11-14"),
    (HoldBackEnergy(CAROL, BOB, 1_250, bytes(range(32))),
     ("hold 1.25 kWh back of the next certificates of bob at carol; what shows it: "
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")),
    (EndFeed(7), "end feed 7; who goes by it uses what it states for that"),
    (SetPointTariff(3, 1_888_888, (1, 7)), "give the metering points 1, 7 the grid tariff 3 from slot 1888888 on"),
    (SetPointTariff(0, 1_888_888, (1,)),
     "give the metering point 1 the default tariff of the grid from slot 1888888 on"),
    (SetGridTerms(BOB, CURRENCY_ASSET, 50 * 10**9, True),
     ("make bob the grid operator, with 50 of the currency from which debt on nothing is bound; prices of the market"
      " are bound to feed-in and retail")),
    (SetGridTerms(BOB, CURRENCY_ASSET, 0, False),
     ("make bob the grid operator, with no mark from which debt on nothing is bound; prices of the market are not bound"
      " to feed-in and retail")),
    (AdmitPoint(POINT),
     ("register a metering point of bob: injection in the zone zürich-3, measured by its owner's meters,"
      " from slot 1888888 on")),
    (AlterPoint(ChangePoint(2, "", 1_700_000_000_000)),
     "change the metering point 2: zone none, commissioned 2023-11-14 22:13:20 UTC"),
    (RemovePoint(ClosePoint(2, 1_888_900)), "close the metering point 2 at slot 1888900"),
    (SetCustodian(BOB, True), "let bob import operators' files"),
    (SetCustodian(BOB, False), "let bob import operators' files no more"),
    (ExtendZone((OffsetChange(1_711_846_800_000, 120),), (19_716, 19_717)),
     "add 1 change of the clock and 2 holidays to the community's time zone"),
    (RegisterUnit(BOB, CAROL, 20_500, 5_000, TERMS),
     ("register the storage unit bob of carol: capacity 20.5 kWh, power 5000 W, technology lithium_ion, nominal 22 kWh,"
     " discharge 4000 W, efficiency 90%, standing loss a day 200 Wh, reserve 1.5 kWh")),
    (RegisterUnit(BOB, CAROL, 0, 0, IDEAL),
     ("register the storage unit bob of carol: capacity unlimited, power unlimited, technology unknown,"
     " efficiency 100%, standing loss a day 0 Wh, reserve 0 Wh")),
    (ChangeUnit(BOB, 20_000, 0, IDEAL),
     ("change the storage unit bob to: capacity 20 kWh, power unlimited, technology unknown,"
     " efficiency 100%, standing loss a day 0 Wh, reserve 0 Wh")),
    (RemoveUnit(BOB), "remove the storage unit bob with all its energy"),
    (ReinstateUnit(BOB, 1_250), "let the storage unit bob work again, and book 1.25 kWh of its quarantined gain"),
    (Annul(BOB, CAROL, 1_500_000_000), "destroy 1.5 ENT of the expelled bob, which the unit carol minted"),
    (SettleJump(METER, 500, True), "count the jump of 500 steps of the register of meter"),
    (SettleJump(METER, 500, False), "drop the jump of 500 steps of the register of meter"),
    (ReleaseMeter(METER), "let the meter nrgpub1"),
    (AddValidator(METER[1:], BOB, "second", bytes(64)), "add the validator second (key nrgpub1"),
    (RemoveValidator(BOB), "remove the validator bob"),
    (PlanUpgrade(900, 2, "", b"", "nodechain 2"),
     "from height 900 on protocol version 2 is in force; to install: nodechain 2"),
    (CancelUpgrade(900), "what is planned for height 900 is not done"),
]  # fmt: skip


def test_c15_no_action_of_the_registry_is_missing_here() -> None:
    assert {type(action) for action, _said in SAID} == set(ACTIONS.values())


@pytest.mark.parametrize(("action", "said"), SAID)
def test_c15_an_action_is_a_sentence(action: Value, said: str) -> None:
    shown = action_text(render_action(CHAIN, encode(action)), Words(NAMES, CHAIN))
    assert shown.startswith(said)
    if type(action) in (SettleJump, ReleaseMeter):
        assert "nrgpub1" in shown
    elif not isinstance(action, AddValidator):
        assert shown == said


@pytest.fixture
def alice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the only account of a home that belongs to the chain and knows bob and carol."""
    home = tmp_path / "home"
    address = format_address(Keystore(home / "keys", cost=COST_LIGHT).create("alice", KeyKind.ACCOUNT, "word").address)
    entries = {name: {"address": text} for text, name in NAMES.items()}
    (home / "addresses.json").write_text(json.dumps({"version": 1, "entries": entries}))
    (home / "config.toml").write_text(f'genesis_hash = "{GENESIS.hash.hex()}"\n')
    (tmp_path / "password").write_text("word\n")
    monkeypatch.setenv("NODECHAIN_HOME", str(home))
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(tmp_path / "password"))
    return address


@pytest.mark.parametrize("place", range(len(SAID)))
def test_c15_yes_by_number_signs_what_is_shown(
    tmp_path: Path, alice: str, capsys: pytest.CaptureFixture[str], place: int
) -> None:
    action, said = SAID[place]
    # What the node says of the action is not what is signed: the bytes are, and they are shown.
    vote = sample(VoteView, number=place + 1, action={"kind": "expel_member", "address": alice},
                  action_bytes=encode(action).hex())  # fmt: skip
    answers = {
        "GET /v1/status": status_of(GENESIS.chain_id, GENESIS.hash.hex()),
        "GET /v1/genesis": sample(GenesisAnswer, chain_id=GENESIS.chain_id, hash=GENESIS.hash.hex(),
                                  genesis=encode(GENESIS).hex()),
        f"GET /v1/accounts/{alice}": sample(AccountView, address=alice, next_nonce=1),
        "GET /v1/votes": sample(Votes, votes=[vote]),
    }  # fmt: skip
    file = tmp_path / "vote.json"
    with fake_node(answers) as fake:
        yes = ("vote", "yes", str(place + 1), "--sign-only", str(file), "--node", fake.url)
        assert run(cli.nodechain, [*yes]) == 2
        err = capsys.readouterr().err
        assert f"Say yes to: {said}" in err, err
        assert not file.exists()
        assert run(cli.nodechain, [*yes, "--yes"]) == 0, capsys.readouterr().err
    signed = REGISTRY.types[read_offline(file).decoded.type].codec.decode(read_offline(file).decoded.payload)
    assert isinstance(signed, CastVote)
    assert (signed.action, signed.approve) == (action, True)
    capsys.readouterr()
    assert run(cli.nodechain, ["tx", "show", str(file)]) == 0
    shown = capsys.readouterr().out
    # A home without a genesis, asked without a node, does not know how the currency is written.
    assert (
        said in shown
        or isinstance(
            action,
            SetScheme
            | SetTariff
            | SetGridTerms
            | AdmitGroup
            | ChangeGroup
            | SpendFromGroup
            | RegisterFeed
            | FUND
            | SetTogetherTerms,
        )
        or (isinstance(action, SetParameter) and action.name == "tick")
    )
