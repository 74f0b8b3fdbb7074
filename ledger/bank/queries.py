"""What people ask of tokens: what an account holds, who moves currency in and out. Reads only; no rule stands here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ledger.bank.balances import balance, locked
from ledger.bank.schema import BANKER, WITHDRAWALS
from ledger.chain.schema import Counter, Purpose
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of


class AssetHolding(msgspec.Struct, frozen=True):
    """What an account has of an asset in base units: available, and locked by the name of the purpose."""

    asset: int
    available: int
    locked: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of it."""
        return self.available + sum(self.locked.values())


def holdings_of(state: State, address: bytes, assets: int, purposes: Iterable[Purpose]) -> tuple[AssetHolding, ...]:
    """What an account has of each of the chain's `assets`, also of one that it never had."""
    asked = tuple(purposes)
    return tuple(
        AssetHolding(
            asset,
            balance(state, address, asset).available,
            {purpose.name: locked(state, address, asset, purpose) for purpose in asked},
        )
        for asset in range(1, assets + 1)
    )


def is_banker(state: State, address: bytes) -> bool:
    """Whether the account moves currency in and out."""
    banker = state.get(BANKER, b"")
    return banker is not None and banker.address == address


def withdrawals(reader: Reader, cursor: bytes | None, limit: int) -> Page[Counter]:
    """A page of what waits to be paid out, in base units, by account and asset (the key: 20 bytes, then one)."""
    return page_of(reader, WITHDRAWALS, b"", cursor, limit)
