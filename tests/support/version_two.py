"""A protocol version 2 as a later release could bring it, for tests: one changed rule, and one new module.

From version 2 on a transfer below `LEAST_TRANSFER` is refused (a part of `bank`), and a community may switch on a
chest: donations of eEuro to one account, counted. No chain of the program itself has either.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import move
from ledger.bank.module import BANK
from ledger.bank.payloads import Transfer
from ledger.bank.rules import do_transfer
from ledger.chain.context import Context
from ledger.chain.genesis import Genesis
from ledger.chain.header import Event
from ledger.chain.invariants import entries
from ledger.chain.numbers import Places
from ledger.chain.parameters import ParameterRule, ParameterUnit
from ledger.chain.points import FIRST_STATE
from ledger.chain.postings import AVAILABLE, TokenMeasure, transfer
from ledger.chain.registry import Module, Registry, TransactionType
from ledger.chain.section import Section
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, FeeAmount, FieldUnit, Of, Quantity
from ledger.errors import GenesisError, Refused, require
from ledger.governance.admission import MEMBER
from ledger.governance.members import require_member
from ledger.limits import MAX_INTEGER
from ledger.state.overlay import Reader
from ledger.state.table import Table
from nodechain.modules import MODULES

LEAST_TRANSFER: Final = 1_000
LEAST_DONATION: Final = "least_donation"
DONATE: Final = 5280


class ChestSection(Value, frozen=True):
    """Where donations go, and what the chest counts as given before."""

    account: Address
    counted: FeeAmount


class Donate(Value, frozen=True):
    """Give eEuro to the chest."""

    amount: Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER), FieldUnit(Quantity.AMOUNT, Of.FEES)]


class Chest(Value, frozen=True):
    """What was given so far."""

    donated: FeeAmount


class Donated(Event, frozen=True, tag=5280):
    """`donor` gave `amount` to the chest's account."""

    donor: Address
    account: Address
    amount: FeeAmount


def _check(_genesis: Genesis, section: ChestSection) -> None:
    if section.account == bytes(20):
        raise GenesisError("the chest has no account")


CHEST_SECTION: Final = Section("chest", ChestSection, _check, optional=True)
CHESTS: Final = Table(1760, "chest", "", Chest)


def do_transfer_2(context: Context, payload: Transfer) -> None:
    """The form of K1 from version 2 on; `do_transfer` is the one before."""
    if payload.amount < LEAST_TRANSFER:
        raise Refused(f"a transfer has at least {LEAST_TRANSFER} base units", code="refused")
    do_transfer(context, payload)


def do_donate(context: Context, payload: Donate) -> None:
    """eEuro to the chest, counted."""
    if payload.amount < context.parameter(LEAST_DONATION):
        raise Refused("the donation is too small", code="refused")
    account = CHEST_SECTION.of(context.genesis).account
    move(context.state, context.sender, account, CURRENCY_ASSET, payload.amount)
    context.state.put(CHESTS, b"", Chest(context.get(CHESTS, b"").donated + payload.amount))
    context.emit(Donated(context.sender, account, payload.amount))


def begin_chest(context: Context) -> None:
    """The chest's account must be a member's when it begins."""
    section = CHEST_SECTION.of(context.genesis)
    require_member(context, section.account)
    context.state.put(CHESTS, b"", Chest(section.counted))


def check_chest(state: Reader) -> None:
    """There is one count."""
    require(len(list(entries(state, CHESTS))) == 1, "the chest has not just one count")


BANK_2: Final = Module(name="bank", places=BANK.places, since=2, changes=((do_transfer, do_transfer_2),))

CHEST: Final = Module(
    name="chest",
    places=Places(220),
    since=2,
    section=CHEST_SECTION,
    types=(TransactionType(DONATE, "donate", Donate, do_donate, MEMBER),),
    tables=(CHESTS,),
    events=(Donated,),
    postings=MappingProxyType(
        {
            Donated: lambda event, _fee_asset: transfer(
                TokenMeasure(CURRENCY_ASSET), (event.donor, AVAILABLE), (event.account, AVAILABLE), event.amount
            )
        }
    ),
    parameters=(ParameterRule(LEAST_DONATION, 5, 1, 10**9, ParameterUnit.ENT, "least donation to the chest"),),
    hooks=(FIRST_STATE.by(begin_chest),),
    invariants=(check_chest,),
)

MODULES_2: Final[tuple[Module, ...]] = (*MODULES, BANK_2, CHEST)
REGISTRY_2: Final = Registry(MODULES_2, 2)
