"""Tables of debts. Money in base units of the asset that the pool is of."""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import AccountCounter, SweepKind
from ledger.debts.pools import POOL_BYTES
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Amount, AssetId
from ledger.state.table import Table


class OpenAmount(Value, frozen=True):
    """Base units that an account owes a pool, or is owed by it."""

    asset: AssetId
    amount: Amount


class PoolSum(Value, frozen=True):
    """All that a pool owes, and how far its division is.

    `there`: what debtors paid and nobody got yet; a gift to the pool's account is not in it. `left` of that goes to
    those claims behind the key `after` that come to `claims_left`; 0: none goes on.
    """

    asset: AssetId
    claims: Amount
    there: Amount
    left: Amount
    claims_left: Amount
    after: bytes


DEBTS: Final = Table(144, "debts", "account pool", OpenAmount, group=20)
CLAIMS: Final = Table(145, "claims", "pool account", OpenAmount, group=POOL_BYTES)
POOL_SUMS: Final = Table(146, "pool_sums", "pool", PoolSum)

DEBTS_TABLES: Final[tuple[Table[Any], ...]] = (DEBTS, CLAIMS, POOL_SUMS)

DEBT_COUNT: Final = AccountCounter(144, "debts")
"""In how many pools an account owes."""

DIVISION_SWEEP: Final = SweepKind(144, "division")
