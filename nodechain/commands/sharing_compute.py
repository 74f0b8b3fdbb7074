"""`nodechain sharing compute`: shares and prices of any table of slots, by the ledger's own rules, without a chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import click

from ledger.errors import Refused
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import (
    AllocationMethod,
    AllocationRule,
    Cascade,
    Delivery,
    Dynamic,
    LevelMethod,
    Pairs,
    PairsEachSlot,
    PairShare,
    Static,
    StaticRedistributed,
    check_allocation_rule,
)
from ledger.sharing.limits import MAX_SHARING_RATE
from ledger.sharing.price_rules import (
    BillSharing,
    FixedByProducer,
    FixedPrice,
    MidMarket,
    PriceRule,
    ProducerPrice,
    SupplyDemandRatio,
    check_price_rule,
)
from ledger.sharing.prices import MWH_PER_KWH, Priced, priced
from ledger.sharing.rows_values import Rows, keys_with_rows
from ledger.sharing.slot_flows import Allocated, AllocationKeys, SlotFlows, summed
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import table
from nodechain.errors import UsageError
from nodechain.files.user_file import read_user_file
from nodechain.formats.limits import MAX_FILE_BYTES
from nodechain.formats.share_rows import numbered, read_shares
from nodechain.formats.slot_table import SlotTable, TablePoint, read_pair_shares, read_slot_table

METHODS: Final[dict[str, Callable[[tuple[PairShare, ...]], LevelMethod]]] = {
    "static": lambda _rows: Static(),
    "static-redistributed": lambda _rows: StaticRedistributed(),
    "dynamic": lambda _rows: Dynamic(),
    "pairs": Pairs,
    "pairs-each-slot": PairsEachSlot,
}
PRICES: Final = ("none", "fixed", "by-producer", "mid-market", "supply-demand-ratio", "bill-sharing")
_PATH: Final = click.Path(dir_okay=False, path_type=Path)
_RATE: Final = click.IntRange(0, MAX_SHARING_RATE)


@click.command()
@click.argument("file", type=_PATH)
@click.option(
    "--rule",
    "names",
    type=click.Choice(list(METHODS)),
    multiple=True,
    default=("dynamic",),
    show_default=True,
    help="How energy is allocated; given again, the next level of a cascade, with the keys of key2, key3, ...",
)
@click.option("--pairs", "pairs_file", type=_PATH, help="For pairs: a CSV with producer,consumer,share (at most 1).")
@click.option(
    "--rows",
    "rows_file",
    type=_PATH,
    help="For pairs-each-slot: a CSV with slot,producer,consumer,share; --pairs stand in for slots without rows.",
)
@click.option(
    "--by-age", is_flag=True, help="The oldest producers deliver first (column commissioned), not all in proportion."
)
@click.option("--no-self-share", is_flag=True, help="Nobody takes of its own points (column owner).")
@click.option("--hourly", type=click.IntRange(2, 12), help="Sum so many slots to an hour first, for example 4.")
@click.option(
    "--price-rule", type=click.Choice(PRICES), default="none", show_default=True, help="How what is shared is priced."
)
@click.option("--price", type=_RATE, help="The fixed price, in base units of the currency per kWh.")
@click.option("--retail", type=_RATE, help="What the grid takes, in base units per kWh.")
@click.option("--feed-in", type=_RATE, help="What the grid pays, in base units per kWh.")
@command
def compute(
    invocation: Invocation,
    *,
    file: Path,
    names: tuple[str, ...],
    pairs_file: Path | None,
    rows_file: Path | None,
    by_age: bool,
    no_self_share: bool,
    hourly: int | None,
    price_rule: str,
    price: int | None,
    retail: int | None,
    feed_in: int | None,
) -> None:
    """Allocate and price the slots of FILE, offline: the same arithmetic as every validator's, to the last unit.

    FILE is a CSV with a line a point: point,direction,key, then a column a slot, headed by the slot's number; energies
    in kWh with at most six decimals. Injections have no key. More columns: owner, commissioned, price, key2, key3.
    """
    read = read_slot_table(read_user_file(file, MAX_FILE_BYTES, "table of slots"))
    rows: tuple[PairShare, ...] = ()
    if pairs_file is not None:
        shares = read_pair_shares(read_user_file(pairs_file, MAX_FILE_BYTES, "list of pairs"))
        rows = tuple(PairShare(*pair) for pair in shares)
    each_slot = "pairs-each-slot" in names
    if ("pairs" in names) != (pairs_file is not None and not each_slot) or each_slot != (rows_file is not None):
        raise UsageError(
            "--rule pairs and --pairs FILE belong together, and --rule pairs-each-slot and --rows FILE", code="bad_rule"
        )
    if each_slot and (hourly is not None or names.count("pairs-each-slot") > 1):
        raise UsageError("rows that come with each slot are of one level, and not of hours", code="bad_rule")
    came: dict[int, Rows] | None = None if rows_file is None else _came(rows_file)
    levels = tuple(METHODS[name](rows) for name in names)
    method: AllocationMethod = levels[0] if len(levels) == 1 else Cascade(levels)
    delivery = Delivery.BY_AGE if by_age else Delivery.PROPORTIONAL
    rule = AllocationRule(method, delivery, no_self_share, hourly is not None)
    prices = _price_rule(price_rule, read, price, retail, feed_in)
    try:
        check_allocation_rule(rule)
        if prices is not None:
            check_price_rule(prices)
        shown = _computed(rule, prices, read, len(levels), hourly, came, rows)
    except Refused as error:
        raise UsageError(
            error.detail, code="bad_rule", advice="docs/protocol/sharing-rules.md has the rules."
        ) from error
    _show(invocation, shown, prices)


def _price_rule(
    name: str, read: SlotTable, price: int | None, retail: int | None, feed_in: int | None
) -> PriceRule | None:
    given = {"--price": price is not None, "--retail": retail is not None, "--feed-in": feed_in is not None}
    wanted = {"--price"} if name == "fixed" else set() if name in ("none", "by-producer") else {"--retail", "--feed-in"}
    if {option for option, there in given.items() if there} != wanted:
        needs = " and ".join(sorted(wanted)) or "neither --price, --retail nor --feed-in"
        raise UsageError(f"--price-rule {name} takes {needs}", code="bad_rule")
    low, high = feed_in or 0, retail or 0
    match name:
        case "fixed":
            return FixedPrice(price or 0)
        case "by-producer":
            found = [point for point in read.points if point.injects and point.price >= 0]
            if not found:
                raise UsageError("--price-rule by-producer needs the column price", code="bad_rule")
            return FixedByProducer(tuple(ProducerPrice(point.number, point.price) for point in found))
        case "mid-market":
            return MidMarket(high, low)
        case "supply-demand-ratio":
            return SupplyDemandRatio(high, low)
        case "bill-sharing":
            return BillSharing(high, low)
    return None


def _came(file: Path) -> dict[int, Rows]:
    """The rows of a file by slot."""
    found = read_shares(read_user_file(file, MAX_FILE_BYTES, "file of rows"))
    if any(begins.is_time for begins in found.slots):
        raise UsageError("the table of slots has numbers, the rows have times: write slots' numbers", code="bad_rule")
    slots = numbered(found, {}, 1)
    return {slot: [(*pair, share) for pair, share in sorted(shares.items())] for slot, shares in slots.items()}


def _computed(
    rule: AllocationRule,
    prices: PriceRule | None,
    read: SlotTable,
    levels: int,
    hourly: int | None,
    came: dict[int, Rows] | None,
    stand_ins: Sequence[PairShare],
) -> list[dict[str, Any]]:
    """A row a slot and point, in rising order of both; `came`: the rows of slots, where the rule asks for some."""
    fixed = [(row.producer, row.consumer, row.share) for row in stand_ins]
    producers = [point for point in read.points if point.injects]
    consumers = [point for point in read.points if not point.injects]
    keys = _keys(rule, producers, consumers, levels)
    found = []
    for slot, places in _spans(read.slots, hourly):
        parts = [
            SlotFlows([point.energies[place] for point in producers], [point.energies[place] for point in consumers])
            for place in places
        ]
        flows = summed(parts)
        in_slot = keys if came is None else keys_with_rows(keys, came.get(slot, fixed))
        allocated = allocate(rule, flows, in_slot, slot)
        paid = priced(prices, flows, in_slot, allocated, slot) if prices is not None else None
        found += _rows(slot, producers, consumers, flows, allocated, paid)
    return found


def _keys(
    rule: AllocationRule, producers: Sequence[TablePoint], consumers: Sequence[TablePoint], levels: int
) -> AllocationKeys:
    for point in consumers:
        if len(point.keys) != levels:
            raise UsageError(
                f"the file has {len(point.keys)} columns of keys, the rule {levels} levels",
                code="bad_rule",
                advice="Give --rule once for each of the columns key, key2, key3.",
            )
    if rule.no_self_share and not all(point.owner for point in (*producers, *consumers)):
        raise UsageError("--no-self-share needs an owner for every point", code="bad_rule")
    if rule.delivery == Delivery.BY_AGE and not all(point.commissioned for point in producers):
        raise UsageError("--by-age needs the column commissioned for every injection", code="bad_rule")
    by_level = tuple(tuple(point.keys[level] for point in consumers) for level in range(levels))
    return AllocationKeys(
        weights=by_level[0],
        levels=by_level,
        commissioned=[point.commissioned for point in producers],
        producers=[point.number for point in producers],
        consumers=[point.number for point in consumers],
        producer_owners=[point.owner.encode() for point in producers],
        consumer_owners=[point.owner.encode() for point in consumers],
    )


def _spans(slots: Sequence[int], hourly: int | None) -> list[tuple[int, list[int]]]:
    """The number of each span and the places of its slots: hours where slots are summed, whole ones only."""
    if hourly is None:
        return [(slot, [place]) for place, slot in enumerate(slots)]
    hours: dict[int, list[int]] = {}
    for place, slot in enumerate(slots):
        hours.setdefault(slot // hourly, []).append(place)
    for hour, places in hours.items():
        if len(places) != hourly:
            raise UsageError(
                f"of the {hourly} slots from {hour * hourly} on, which are an hour, the file has {len(places)}",
                code="incomplete_hour",
                advice="Leave the hour out, or bring all of its slots.",
            )
    return list(hours.items())


def _rows(
    slot: int,
    producers: Sequence[TablePoint],
    consumers: Sequence[TablePoint],
    flows: SlotFlows,
    allocated: Allocated,
    paid: Priced | None,
) -> list[dict[str, Any]]:
    sides = (
        (
            producers,
            flows.injections,
            allocated.delivered,
            paid.sold if paid else None,
            paid.rest_sold if paid else None,
        ),
        (
            consumers,
            flows.offtakes,
            allocated.shares,
            paid.bought if paid else None,
            paid.rest_bought if paid else None,
        ),
    )
    found = []
    for points, energies, shared, amounts, rests in sides:
        for place, point in enumerate(points):
            row: dict[str, Any] = {
                "slot": slot,
                "point": point.number,
                "direction": "injection" if point.injects else "offtake",
                "energy_mwh": energies[place],
                "shared_mwh": shared[place],
                "rest_mwh": energies[place] - shared[place],
            }
            if amounts is not None and rests is not None:
                row |= {"amount": amounts[place], "rest_amount": rests[place]}
            found.append(row)
    return sorted(found, key=lambda row: row["point"])


def _show(invocation: Invocation, rows: list[dict[str, Any]], prices: PriceRule | None) -> None:
    """For people the sums by point; for programs every slot."""
    counts = [name for name in ("energy_mwh", "shared_mwh", "rest_mwh", "amount", "rest_amount") if name in rows[0]]
    points: dict[int, dict[str, Any]] = {}
    for row in rows:
        known = points.setdefault(row["point"], {"point": row["point"], "direction": row["direction"]})
        for name in counts:
            known[name] = known.get(name, 0) + row[name]
    totals = [points[number] for number in sorted(points)]
    lines = [[str(row["point"]), row["direction"], *(_shown(name, row[name]) for name in counts)] for row in totals]
    heads = {"energy_mwh": "kWh", "shared_mwh": "SHARED kWh", "rest_mwh": "REST kWh", "amount": "AMOUNT",
             "rest_amount": "REST AMOUNT"}  # fmt: skip
    text = table(["POINT", "DIRECTION", *(heads[name] for name in counts)], lines)
    if isinstance(prices, BillSharing):
        text += (
            "\n\nBill sharing is for jointly owned plants only: while demand exceeds supply it pays producers nothing."
        )
    invocation.show({"points": totals, "slots": rows}, text, rows=rows)


def _shown(name: str, value: int) -> str:
    return f"{value // MWH_PER_KWH}.{value % MWH_PER_KWH:06}" if name.endswith("_mwh") else str(value)
