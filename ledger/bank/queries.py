"""What people ask of tokens: what an account holds, who moves currency in and out. Reads only; no rule stands here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

import msgspec

from ledger.bank.balances import ASSET_KEYS, balance, locked, supply
from ledger.bank.limits import MAX_ASSETS, MAX_OPEN_MARKS
from ledger.bank.reserves import may_attest
from ledger.bank.schema import (
    BANK_LINES,
    BANKER,
    OUTSTANDING,
    RESERVES,
    WITHDRAWAL_MARKS,
    WITHDRAWALS,
    BankLine,
    Outstanding,
    ReserveAttestation,
    Withdrawal,
    WithdrawalMark,
)
from ledger.bank.withdrawals import NOTHING_OUTSTANDING
from ledger.chain.context import Context, saturated
from ledger.chain.schema import Purpose
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


def withdrawals(reader: Reader, cursor: bytes | None, limit: int) -> Page[Withdrawal]:
    """A page of what waits to be paid out, in base units, by account and asset (the key: 20 bytes, then one)."""
    return page_of(reader, WITHDRAWALS, b"", cursor, limit)


def withdrawals_of(reader: Reader, holder: bytes) -> list[tuple[int, Withdrawal]]:
    """What an account asks to be paid out, by number of the asset."""
    return [(key[20], found) for key, found in page_of(reader, WITHDRAWALS, holder, None, MAX_ASSETS).entries]


def marks_of(reader: Reader, holder: bytes, asset: int) -> list[tuple[int, WithdrawalMark]]:
    """The open marks of an account and asset by their number, those that lapsed among them."""
    page = page_of(reader, WITHDRAWAL_MARKS, holder + ASSET_KEYS[asset], None, MAX_OPEN_MARKS)
    return [(int.from_bytes(key[21:], "big"), mark) for key, mark in page.entries]


def bank_line(state: State, reference: bytes) -> BankLine | None:
    """What was minted or burned for a line of a bank's statement, by its hash."""
    return state.get(BANK_LINES, reference)


def attestations_of(reader: Reader, asset: int) -> list[tuple[bytes, ReserveAttestation]]:
    """Each attester's latest word on the reserves of an asset, by its address: as many as there were ever bankers and
    auditors who attested, which votes bound.
    """
    prefix = ASSET_KEYS[asset]
    return [
        (key[1:], RESERVES.codec.decode_trusted(value))
        for key, value in reader.scan(RESERVES.number, prefix, bytes((asset + 1,)))
    ]


def may_attest_now(context: Context, address: bytes) -> bool:
    """Whether an account may attest reserves (BK6)."""
    return may_attest(context, address)


class ReserveStanding(Enum):
    """What an attested amount says of what exists now."""

    COVERED = 1
    COVERED_WITHOUT_MARKED = 2
    """What the banker has marked may have been paid already: less that, all that exists is covered."""
    SHORT = 3


class ReserveFigures(msgspec.Struct, frozen=True):
    """An attested amount in parts per 10^6 of what exists now, rounded down (None: nothing does), and less that."""

    coverage_ppm: int | None
    difference: int
    standing: ReserveStanding


def reserve_figures(state: State, asset: int, said: ReserveAttestation) -> ReserveFigures:
    """What an attestation says of what exists now."""
    existing, marked = supply(state, asset), outstanding(state, asset).marked
    coverage = saturated(said.amount * 10**6 // existing) if existing else None
    if said.amount >= existing:
        standing = ReserveStanding.COVERED
    elif said.amount >= existing - marked:
        standing = ReserveStanding.COVERED_WITHOUT_MARKED
    else:
        standing = ReserveStanding.SHORT
    return ReserveFigures(coverage, said.amount - existing, standing)


def outstanding(state: State, asset: int) -> Outstanding:
    """What all holders of an asset ask to be paid out, and what is marked of it."""
    return state.get(OUTSTANDING, ASSET_KEYS[asset]) or NOTHING_OUTSTANDING
