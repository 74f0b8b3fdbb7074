"""Taking back what a rogue unit minted (rule N6).

A unit without registered limits could fill the range of numbers, and nothing recovered: the voters remove it, expel who
took part, and annul what it minted, as far as these still have it.
"""

from __future__ import annotations

from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.balances import balance, burn
from ledger.chain.context import Context
from ledger.energy.daily import sum_of, take_newest
from ledger.energy.events import Annulled
from ledger.energy.imbalance import open_gap, settle_rate
from ledger.energy.limits import MAX_SUMMED_DAYS
from ledger.energy.schema import UNIT_MINTED, UNITS, UnitStatus
from ledger.errors import Refused
from ledger.governance.members import is_expelled


def check_annulment(context: Context, address: bytes, unit_address: bytes, amount: int) -> None:
    """Refuse to annul what is not an expelled account's, or no removed unit's, or more than that minted."""
    if not is_expelled(context, address):
        raise Refused("only an expelled account's tokens can be annulled", code="not_expelled")
    unit = context.state.get(UNITS, unit_address)
    if unit is None or unit.status != UnitStatus.REMOVED:
        raise Refused("only what a unit minted that voters have removed can be annulled", code="not_its_unit")
    if amount == 0:
        raise Refused("nothing would be annulled", code="unchanged")
    minted = sum_of(context, UNIT_MINTED, unit_address, MAX_SUMMED_DAYS)
    if amount > minted:
        raise Refused(f"the unit minted {minted} base units in the last {MAX_SUMMED_DAYS} days", code="above_minted")
    if amount > balance(context.state, address, ENERGY_ASSET).available:
        raise Refused("the account has less available", code="insufficient_balance")


def annul(context: Context, address: bytes, unit_address: bytes, amount: int) -> None:
    """Carry out a vote: the tokens are gone; their energy left the books when the unit was removed."""
    check_annulment(context, address, unit_address, amount)
    before = open_gap(context.state)
    burn(context.state, address, ENERGY_ASSET, amount)
    take_newest(context, UNIT_MINTED, unit_address, amount)
    context.emit(Annulled(address, unit_address, amount))
    settle_rate(context, before)
