"""Fault A9: what a value looks like follows from the types of its fields, also for a struct that nobody has seen."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import pytest

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET, THESIS_ASSETS, AssetTerms, SupplyRule
from ledger.bank.events import FeePaid, Transferred
from ledger.bank.schema import BALANCES, SUPPLY, WITHDRAWALS, Balance, Supply, Withdrawal
from ledger.chain.header import Event
from ledger.chain.schema import Counter
from ledger.encoding.codec import Bytes32, Codec, Uint, Value, encode
from ledger.encoding.quantities import (
    Address,
    AddressOrNone,
    Amount,
    AssetId,
    EnergyAmount,
    MilliWattHours,
    Number,
    Price,
    QuoteAmount,
    Rate,
    SignedEnergyAmount,
    TimeMs,
    WattHours,
    fields_without_unit,
)
from ledger.energy.events import SessionClosed
from ledger.energy.schema import OWNERS, UNIT_LOSSES, UNIT_MINTED, SessionEnd
from ledger.governance.schema import Member, MemberStatus
from ledger.keys.address import format_address
from ledger.validators.events import ValidatorPunished
from market.denominations import UNKNOWN, Denominations
from market.events import OrderPlaced, Traded
from market.schema import LAST_TRADE, LastTrade, product_key
from nodechain.api.render import entry, event, struct

ALICE = bytes(range(20))
CHAIN = Denominations(THESIS_ASSETS, CURRENCY_ASSET, ((ENERGY_ASSET, CURRENCY_ASSET),))
GREEN = 1


class Colour(IntEnum):
    RED = 0
    GREEN = GREEN


class Item(Value, frozen=True, tag=1):
    kind: Annotated[Uint, Colour]
    delivered_wh: WattHours


class Tariff(Event, frozen=True, tag=9_999):
    """An event of a subject that this project has not: every quantity, an enum, addresses, values in values."""

    kind: Annotated[int, Colour]
    whom: Address
    nobody: AddressOrNone
    mark: Bytes32
    asset: AssetId
    owed: Amount
    deposit: QuoteAmount
    bonus: EnergyAmount
    relief: SignedEnergyAmount
    ceiling: Price
    levy: Rate
    drawn_wh: WattHours
    standby_mwh: MilliWattHours
    starts_ms: TimeMs
    number: Number
    shared: bool
    items: tuple[Item, ...]
    payers: tuple[Address, ...]


def tariff(kind: int = GREEN) -> Tariff:
    item = Item(Colour.RED, 7)
    return Tariff(kind, ALICE, b"", bytes(32), 1, 1, 2, 3, -4, 5, 6, 7, 8, 9, 10, True, (item,), (ALICE,))


def test_a9_a_value_of_a_new_subject_is_shown_by_its_types() -> None:
    def tokens(base: int) -> dict[str, object]:
        return {"base": base, "tokens": f"{'-' if base < 0 else ''}0.00000000{abs(base)}"}

    alice = format_address(ALICE)
    assert event(CHAIN, tariff()) == {
        "kind": "tariff",
        "colour": "green",
        "whom": alice,
        "nobody": "",
        "mark": "00" * 32,
        "asset": "ent",
        "owed": tokens(1),
        "deposit": tokens(2),
        "bonus": tokens(3),
        "relief": tokens(-4),
        "ceiling": tokens(5),
        "levy": tokens(6),
        "drawn_wh": 7,
        "standby_mwh": 8,
        "starts_ms": 9,
        "number": 10,
        "shared": True,
        "items": [{"kind": "item", "colour": "red", "delivered_wh": 7}],
        "payers": [alice],
    }


def test_a9_a_number_that_an_enum_does_not_know_is_shown_as_it_is() -> None:
    assert event(CHAIN, tariff(77))["colour"] == "77"


def test_a9_annotations_change_no_bytes() -> None:
    value = Item(1, 7)
    assert encode(value) == encode([1, 1, 7])
    assert Codec(Item, 100).decode(encode(value)) == value


def test_a9_names_of_fields_that_mean_something_else_elsewhere() -> None:
    """What lists of names had wrong: a vote's kind was an order's, a member's status a unit's."""
    shown = event(CHAIN, ValidatorPunished(ALICE, 2, 5, 0, False))
    assert shown["vote_kind"] == "prepare"
    assert "order_kind" not in shown
    assert struct(CHAIN, Member(MemberStatus.EXPELLED, 3))["status"] == "expelled"
    closed = SessionClosed(ALICE, ALICE, 1, 2, 3, SessionEnd.RELEASED, False)
    assert event(CHAIN, closed)["reason"] == "released"


def test_a9_a_count_is_shown_as_what_its_table_counts() -> None:
    assert entry(CHAIN, UNIT_MINTED, b"", Counter(5)) == {"value": {"base": 5, "tokens": "0.000000005"}}
    assert entry(CHAIN, OWNERS, b"", Counter(5)) == entry(CHAIN, UNIT_LOSSES, b"", Counter(5)) == {"value": 5}


class Forgetful(Value, frozen=True):
    number: Number
    parts: tuple[int, ...]
    missing: Uint
    colour: Annotated[Uint, Colour]


@pytest.mark.parametrize(("kind", "fields"), [(Tariff, ()), (Forgetful, ("Forgetful.parts", "Forgetful.missing"))])
def test_a9_integers_without_a_unit_are_found(kind: type, fields: tuple[str, ...]) -> None:
    assert fields_without_unit(kind) == fields


FRANCS = AssetTerms("CHF", "Fr.", 2, "CHF", SupplyRule.BANKER)
ABROAD = Denominations((*THESIS_ASSETS, FRANCS), 3, ((ENERGY_ASSET, CURRENCY_ASSET), (3, CURRENCY_ASSET)))


def test_amounts_are_of_the_asset_or_product_beside_them() -> None:
    assert event(ABROAD, FeePaid(ALICE, ALICE, 5))["amount"]["tokens"] == "0.05"
    moved = event(ABROAD, Transferred(3, ALICE, ALICE, 150))
    assert (moved["asset"], moved["amount"]) == ("chf", {"base": 150, "tokens": "1.5"})
    placed = event(ABROAD, OrderPlaced(2, 1, ALICE, 1, 0, 5 * 10**8, 70, 0, 3, 70))
    shown = [placed[name]["tokens"] for name in ("price", "quantity", "locked")]
    assert (shown, placed["asset"], placed["product"]) == (["0.5", "0.7", "0.7"], "chf", 2)
    traded = event(ABROAD, Traded(2, 3, 2, 1, 2, ALICE, ALICE, 5 * 10**8, 70, 35 * 10**7, 0))
    assert [traded[name]["tokens"] for name in ("price", "quantity", "payment")] == ["0.5", "0.7", "0.35"]
    assert (traded["base"], traded["quote"]) == ("chf", "eeuro")


def test_the_key_of_an_entry_says_the_asset_or_product() -> None:
    assert entry(ABROAD, BALANCES, ALICE + b"\x03", Balance(5))["available"]["tokens"] == "0.05"
    assert entry(ABROAD, SUPPLY, b"\x03", Supply(5))["amount"]["tokens"] == "0.05"
    asked = entry(ABROAD, WITHDRAWALS, ALICE + b"\x03", Withdrawal(5, 2, 1))
    assert asked == {"asked": {"base": 5, "tokens": "0.05"}, "marked": {"base": 2, "tokens": "0.02"}, "marks": 1}
    last = LastTrade(10**9, 5, 0, 1)
    for product, quantity in ((1, "0.000000005"), (2, "0.05")):
        assert entry(ABROAD, LAST_TRADE, product_key(product), last)["quantity"]["tokens"] == quantity


def test_without_a_genesis_only_energy_is_in_whole_tokens() -> None:
    assert event(UNKNOWN, Transferred(1, ALICE, ALICE, 5))["amount"]["tokens"] == "0.000000005"
    assert event(UNKNOWN, Transferred(2, ALICE, ALICE, 5))["amount"]["tokens"] == "5 base units"
