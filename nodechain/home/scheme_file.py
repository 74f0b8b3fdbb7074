"""Terms of a sharing scheme as a TOML file: what a founder or a manager writes, as the ledger has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from ledger.encoding.amounts import parse_amount, parse_duration_ms, parse_share
from ledger.sharing.allocation_rules import (
    AllocationMethod,
    AllocationRule,
    Credit,
    Delivery,
    Dynamic,
    Pairs,
    PairsEachSlot,
    PairShare,
    Static,
    StaticRedistributed,
)
from ledger.sharing.limits import MAX_CREDIT_SLOTS, MAX_SCHEME_ROWS
from ledger.sharing.price_rules import BillSharing, FixedPrice, MidMarket, PriceRule, SupplyDemandRatio
from ledger.sharing.scheme_terms import Participant, SchemeTerms, Settlement, SourceOrder
from nodechain.home.file_tables import FileTable, by_text
from nodechain.home.terms_file import TermsFile

DEFAULT_LIFETIME: Final = 12
"""Months; many tariffs settle credits that are left once a year."""

MAX_SCHEME_FILE_BYTES: Final = 1024 * 1024
_FILE: Final = TermsFile("scheme file", MAX_SCHEME_FILE_BYTES, "bad_scheme_file", "docs/sharing.md")


Share = Annotated[int, by_text(parse_share)]


class PointRow(FileTable):
    """A point with its keys (a producer has none), and the share of its energy that counts."""

    point: int
    keys: tuple[int, ...] = ()
    share: Share = 10**9


class PairRow(FileTable):
    """What a consumer may take of a producer's injection, both by their points."""

    producer: int
    consumer: int
    share: Share


class PriceTable(FileTable):
    """`fixed` has a price; the others have reference prices, all in the currency per kWh."""

    kind: Literal["fixed", "mid-market", "supply-demand-ratio", "bill-sharing"] = "fixed"
    price: str = "0"
    retail: str = "0"
    feed_in: str = "0"


class SchemeFile(FileTable):
    """A scheme; `bound_mwh` and `cut_off` as in rules SC1, SC7 and SC10.

    `pairs`: the rows of the rule by pairs, or those that stand in where none came with a slot (SC19). `lifetime`: for
    how many months after its own a claim may be used, by `credit` (CR4).
    """

    name: str
    rule: Literal["static", "static-redistributed", "dynamic", "pairs", "pairs-each-slot", "credit"]
    delivery: Literal["proportional", "by-age"] = "proportional"
    no_self_share: bool = False
    hourly: bool = False
    price: PriceTable = PriceTable()
    fee: str = "0"
    fee_account: str = ""
    sources: Literal["own", "operator", "own-then-operator"] = "own"
    bound_mwh: int = 1_000
    cut_off: Annotated[int, by_text(parse_duration_ms)] = 3 * 86_400_000
    settlement: Literal["slot", "period"] = "slot"
    lifetime: int = DEFAULT_LIFETIME
    points: tuple[PointRow, ...]
    pairs: tuple[PairRow, ...] = ()


def read_scheme_file(
    path: Path,
    asset: int,
    decimals: int,
    address_of: Callable[[str], bytes],
    usual: Mapping[str, Any] = MappingProxyType({}),
) -> SchemeTerms:
    """The terms that a file says, in a currency of so many decimals; what it leaves out is as `usual`.

    Raises `UsageError` (bad_scheme_file).
    """
    return _FILE.read(path, lambda said: _terms(SchemeFile(**{**usual, **said}), asset, decimals, address_of))


def _terms(file: SchemeFile, asset: int, decimals: int, address_of: Callable[[str], bytes]) -> SchemeTerms:
    pairs = tuple(PairShare(row.producer, row.consumer, row.share) for row in file.pairs)
    methods: dict[str, AllocationMethod] = {
        "static": Static(),
        "static-redistributed": StaticRedistributed(),
        "dynamic": Dynamic(),
        "pairs": Pairs(pairs),
        "pairs-each-slot": PairsEachSlot(pairs),
        "credit": Credit(pairs, file.lifetime),
    }
    if not 1 <= file.lifetime <= MAX_CREDIT_SLOTS:
        raise _FILE.wrong(f"lifetime: claims live for 1 to {MAX_CREDIT_SLOTS} months")
    if len(file.points) > MAX_SCHEME_ROWS:
        raise _FILE.wrong(
            f"one file brings at most {MAX_SCHEME_ROWS} points; more come by several, `sharing change --others-stay`"
        )
    delivery = Delivery[file.delivery.upper().replace("-", "_")]
    return SchemeTerms(
        file.name,
        asset,
        tuple(Participant(row.point, row.keys, row.share) for row in sorted(file.points, key=lambda row: row.point)),
        AllocationRule(methods[file.rule], delivery, file.no_self_share, file.hourly),
        _prices(file.price, decimals),
        parse_amount(file.fee, decimals),
        address_of(file.fee_account) if file.fee_account else b"",
        SourceOrder[file.sources.upper().replace("-", "_")],
        file.bound_mwh,
        file.cut_off,
        Settlement[file.settlement.upper()],
    )


def _prices(table: PriceTable, decimals: int) -> PriceRule:
    retail, feed_in = parse_amount(table.retail, decimals), parse_amount(table.feed_in, decimals)
    match table.kind:
        case "fixed":
            return FixedPrice(parse_amount(table.price, decimals))
        case "mid-market":
            return MidMarket(retail, feed_in)
        case "supply-demand-ratio":
            return SupplyDemandRatio(retail, feed_in)
        case "bill-sharing":
            return BillSharing(retail, feed_in)
