"""Tables of tokens: balances, supplies, the banker, withdrawals with their marks, lines of banks, reserves."""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import DueKind
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Amount, AssetId, Count, Number, TimeMs
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


class Withdrawal(Value, frozen=True):
    """What an account asks to be paid out of an asset: `asked` in all, `marked` of it in so many open `marks`."""

    asked: Amount
    marked: Amount
    marks: Count

    @property
    def waiting(self) -> int:
        """Base units that nobody has marked."""
        return self.asked - self.marked


class Outstanding(Value, frozen=True):
    """What all holders of an asset ask to be paid out, and what is marked of it."""

    asked: Amount
    marked: Amount


class WithdrawalMark(Value, frozen=True):
    """What the banker is paying, since when; from `lapses_ms` on voters decide."""

    amount: Amount
    marked_ms: TimeMs
    lapses_ms: TimeMs


class BankLine(Value, frozen=True):
    """What a line of a bank's statement was for: `amount` minted to `account` (`mark` 0), or burned of its mark."""

    account: Address
    asset: AssetId
    amount: Amount
    mark: Number


class ReserveAttestation(Value, frozen=True):
    """An attester's latest word on what lay at the bank at `time_ms`; `supply` existed when it was taken in."""

    amount: Amount
    time_ms: TimeMs
    document: Bytes32
    taken_ms: TimeMs
    supply: Amount


BALANCES: Final = Table(16, "balances", "address asset", Balance, group=20)
SUPPLY: Final = Table(17, "supply", "asset", Supply)
BANKER: Final = Table(18, "banker", "", Banker)
WITHDRAWALS: Final = Table(19, "withdrawals", "address asset", Withdrawal, group=20)
WITHDRAWAL_MARKS: Final = Table(20, "withdrawal_marks", "address asset number", WithdrawalMark, group=20)
BANK_LINES: Final = Table(21, "bank_lines", "hash", BankLine)
RESERVES: Final = Table(22, "reserves", "asset address", ReserveAttestation, group=1)
OUTSTANDING: Final = Table(23, "outstanding", "asset", Outstanding)

BANK_TABLES: Final[tuple[Table[Any], ...]] = (
    BALANCES, SUPPLY, BANKER, WITHDRAWALS, WITHDRAWAL_MARKS, BANK_LINES, RESERVES,
    OUTSTANDING,
)  # fmt: skip

MARK_DUE: Final = DueKind(16, "withdrawal_mark")
MARK_NUMBERS: Final = b"withdrawal_mark"
