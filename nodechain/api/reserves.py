"""What lies at the bank for each currency, as the banker and auditors attest, against what exists of it."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.bank.assets import SupplyRule
from ledger.bank.balances import supply
from ledger.bank.queries import ReserveFigures, attestations_of, is_banker, may_attest_now, outstanding, reserve_figures
from ledger.bank.schema import ReserveAttestation
from ledger.encoding.quantities import PerMillion, TimeMs
from ledger.keys.address import format_address
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right
from nodechain.api.http.route import AT, Route
from nodechain.api.reading import CommittedState, Work, ledger
from nodechain.node import Node

MAX_SHOWN: Final = 64
"""Attestations of a currency, the newest first."""


class ReserveView(ApiModel):
    """`amount` lay at the bank at `time_ms`, says an attester, by the document with this SHA-256.

    `attester_kind`: banker, auditor, or former, who was one of these when it said so. `existing_then` existed when it
    was taken in, at `taken_ms`. `coverage_ppm`: the amount in parts per 10^6 of what exists now, null where nothing
    does; `difference`: the amount less what exists now. `standing`: covered, or covered_without_marked (what is marked
    may have been paid already, and is burned next), or short.
    """

    attester: str
    attester_kind: str
    amount: Amount
    time_ms: TimeMs
    taken_ms: TimeMs
    document: str
    existing_then: Amount
    coverage_ppm: PerMillion | None
    difference: Amount
    standing: str


class CurrencyReserves(ApiModel):
    """A currency: what exists, what of it holders ask to be paid out, what of that the banker is paying, and who says
    what lies at the bank for it, the newest time first."""

    asset: str
    symbol: str
    existing: Amount
    asked: Amount
    marked: Amount
    attestations: list[ReserveView]


class Reserves(At):
    """Each currency of the chain; at the time of the last block."""

    time_ms: TimeMs
    currencies: list[CurrencyReserves]


def read_reserves(at: CommittedState) -> Reserves:
    """What is attested of each currency, against what exists."""
    numbers = [number for number, asset in enumerate(at.chain.assets, 1) if asset.supply == SupplyRule.BANKER]
    return Reserves(height=at.height, time_ms=at.view.time_ms, currencies=[_currency(at, each) for each in numbers])


def _currency(at: CommittedState, asset: int) -> CurrencyReserves:
    waiting, existing = outstanding(at.state, asset), supply(at.state, asset)
    entries = attestations_of(at.reader, asset)
    newest = sorted(entries, key=lambda entry: (-entry[1].time_ms, entry[0]))[:MAX_SHOWN]
    return CurrencyReserves(
        asset=at.chain.name(asset),
        symbol=at.chain.symbol(asset),
        existing=tokens(at.chain, asset, existing),
        asked=tokens(at.chain, asset, waiting.asked),
        marked=tokens(at.chain, asset, waiting.marked),
        attestations=[_view(at, asset, *each, reserve_figures(at.state, asset, each[1])) for each in newest],
    )


def _view(
    at: CommittedState, asset: int, attester: bytes, said: ReserveAttestation, figures: ReserveFigures
) -> ReserveView:
    return ReserveView(
        attester=format_address(attester),
        attester_kind=_kind(at, attester),
        amount=tokens(at.chain, asset, said.amount),
        time_ms=said.time_ms,
        taken_ms=said.taken_ms,
        document=said.document.hex(),
        existing_then=tokens(at.chain, asset, said.supply),
        coverage_ppm=figures.coverage_ppm,
        difference=tokens(at.chain, asset, figures.difference),
        standing=figures.standing.name.lower(),
    )


def _kind(at: CommittedState, attester: bytes) -> str:
    if is_banker(at.state, attester):
        return "banker"
    return "auditor" if may_attest_now(at.view, attester) else "former"


async def get_reserves(node: Node, request: web.Request) -> Work:
    """What lies at the bank."""
    return ledger(node, request, read_reserves)


ROUTES: Final = (
    Route(
        "GET",
        "/v1/bank/reserves",
        "What lies at the bank for each currency, as is attested, against what exists",
        Reserves,
        get_reserves,
        query=AT,
    ),
)

RIGHTS: Final[dict[str, Right]] = {"/v1/bank/reserves": MEMBERS}
