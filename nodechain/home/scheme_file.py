"""Terms of a sharing scheme as a TOML file: what a founder or a manager writes, as the ledger has it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ledger.encoding.amounts import parse_amount, parse_duration_ms, parse_share
from ledger.errors import InvalidInput
from ledger.sharing.allocation_rules import (
    AllocationMethod,
    AllocationRule,
    Delivery,
    Dynamic,
    Pairs,
    PairShare,
    Static,
    StaticRedistributed,
)
from ledger.sharing.limits import MAX_SCHEME_ROWS
from ledger.sharing.price_rules import BillSharing, FixedPrice, MidMarket, PriceRule, SupplyDemandRatio
from ledger.sharing.scheme_terms import Participant, SchemeTerms, Settlement, SourceOrder
from nodechain.errors import UsageError
from nodechain.files.user_file import read_user_file
from nodechain.home.typed_text import by_text

MAX_SCHEME_FILE_BYTES: Final = 1024 * 1024


Share = Annotated[int, by_text(parse_share)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PointRow(_Table):
    """A point with its keys (a producer has none), and the share of its energy that counts."""

    point: int
    keys: tuple[int, ...] = ()
    share: Share = 10**9


class PairRow(_Table):
    """What a consumer may take of a producer's injection, both by their points."""

    producer: int
    consumer: int
    share: Share


class PriceTable(_Table):
    """`fixed` has a price; the others have reference prices, all in the currency per kWh."""

    kind: Literal["fixed", "mid-market", "supply-demand-ratio", "bill-sharing"] = "fixed"
    price: str = "0"
    retail: str = "0"
    feed_in: str = "0"


class SchemeFile(_Table):
    """A scheme; `bound_mwh` and `cut_off` as in rules SC1, SC7 and SC10."""

    name: str
    rule: Literal["static", "static-redistributed", "dynamic", "pairs"]
    delivery: Literal["proportional", "by-age"] = "proportional"
    no_self_share: bool = False
    price: PriceTable = PriceTable()
    fee: str = "0"
    fee_account: str = ""
    sources: Literal["own", "operator", "own-then-operator"] = "own"
    bound_mwh: int = 1_000
    cut_off: Annotated[int, by_text(parse_duration_ms)] = 3 * 86_400_000
    settlement: Literal["slot", "period"] = "slot"
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
    try:
        said = tomllib.loads(read_user_file(path, MAX_SCHEME_FILE_BYTES, "scheme file").decode())
        file = SchemeFile(**{**usual, **said})
        return _terms(file, asset, decimals, address_of)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except InvalidInput as error:
        raise _wrong(f"{path}: {error.detail}") from error


def _terms(file: SchemeFile, asset: int, decimals: int, address_of: Callable[[str], bytes]) -> SchemeTerms:
    pairs = tuple(PairShare(row.producer, row.consumer, row.share) for row in file.pairs)
    methods: dict[str, AllocationMethod] = {
        "static": Static(),
        "static-redistributed": StaticRedistributed(),
        "dynamic": Dynamic(),
        "pairs": Pairs(pairs),
    }
    if len(file.points) > MAX_SCHEME_ROWS:
        raise _wrong(
            f"one file brings at most {MAX_SCHEME_ROWS} points; more come by several, `sharing change --others-stay`"
        )
    delivery = Delivery[file.delivery.upper().replace("-", "_")]
    return SchemeTerms(
        file.name,
        asset,
        tuple(Participant(row.point, row.keys, row.share) for row in sorted(file.points, key=lambda row: row.point)),
        AllocationRule(methods[file.rule], delivery, file.no_self_share),
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


def _wrong(detail: str) -> UsageError:
    return UsageError(detail, code="bad_scheme_file", advice="See docs/sharing.md for what stands in the file.")
