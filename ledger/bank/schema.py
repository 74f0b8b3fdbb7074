"""Tables of tokens: accounts, balances, locks, counts of accounts, supplies, the banker, withdrawals."""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import Counter
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, Amount, FieldUnit, Of, Quantity
from ledger.state.table import Table


class Balance(Value, frozen=True):
    """What an account may spend of an asset, in base units; what is locked stands in `LOCKS`."""

    available: Amount


class Supply(Value, frozen=True):
    """Base units of an asset in existence."""

    amount: Amount


class Banker(Value, frozen=True):
    """The account that moves currency in and out."""

    address: Address


BALANCES: Final = Table(16, "balances", "address asset", Balance, group=20)


SUPPLY: Final = Table(17, "supply", "asset", Supply)


BANKER: Final = Table(18, "banker", "", Banker)


WITHDRAWALS: Final = Table(
    19, "withdrawals", "address asset", Counter, group=20, counts=FieldUnit(Quantity.AMOUNT, Of.FIELD)
)


BANK_TABLES: Final[tuple[Table[Any], ...]] = (BALANCES, SUPPLY, BANKER, WITHDRAWALS)
