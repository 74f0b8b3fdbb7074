"""Bank: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ledger.encoding.quantities import TimeMs, WattHours
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int

Holding = dict[str, Any]
"""One asset of an account: available, locked under the name of each purpose that a module brings, in all.

`symbol` is how people call the asset."""


class AssetView(TypedDict):
    """An asset: `name` in interfaces, `symbol` for people; `code` in ISO 4217 of a currency; `supply`: who makes it."""

    number: Int
    name: str
    symbol: str
    decimals: Int
    code: str
    supply: str
    existing: Amount


class AssetsAnswer(At):
    """The assets of the chain by number: energy, the community's currency, others."""

    assets: list[AssetView]
    fee_asset: str


class Metered(TypedDict):
    """An account's metered energy since genesis, in Wh."""

    produced_wh: WattHours
    exported_wh: WattHours
    consumed_wh: WattHours
    imported_wh: WattHours


class AccountView(At):
    """An account: balances, roles, and the nonce that its next transaction must carry."""

    address: str
    member: bool
    roles: list[str]
    nonce: Int
    next_nonce: Int
    open_sessions: Int
    open_votes: Int
    open_orders: Int
    balances: list[Holding]
    metered: Metered


class AssetChange(TypedDict):
    """What a receipt changed of an account's balance of an asset, with its sign: of what is available, and in all."""

    asset: str
    symbol: str
    available: Amount
    total: Amount


class Movement(TypedDict):
    """One receipt that concerns an account; `changes`: of the assets whose balance it changed."""

    height: Int
    index: Int
    time_ms: TimeMs
    transaction_id: str
    code: str
    events: list[dict[str, Any]]
    changes: list[AssetChange]


class StatementView(At):
    """An account's movements in the order that was asked for, a page."""

    address: str
    movements: list[Movement]
    next: str | None
