"""Tests of the limits of debts and of the grid account; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from harness.chain import ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance, mint
from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.chain.protocol import context_at
from ledger.chain.schema import COUNTERS, Counter
from ledger.chain.sweeps import process_sweeps
from ledger.debts import limits as debt_limits
from ledger.debts.pools import DebtPool
from ledger.debts.rules import claim, division_step, pay_debts, pay_in
from ledger.encoding.codec import Codec, Value, encode
from ledger.errors import MalformedInput, Refused
from ledger.grid import limits as grid_limits
from ledger.grid.genesis import GridSection
from ledger.grid.payloads import AssignTariff, SetPointTariff, SetTariff
from ledger.grid.tariffs import Levy, RateStep, TariffTerms, TimeRate, ZoneFee, constant
from ledger.grid.terms import remember_zone, set_point_tariff, set_tariff
from ledger.grid.versions import TARIFF_NUMBERS, tariff_versions
from ledger.limits import MAX_GENESIS_BYTES
from ledger.slots.values import known_point
from tests.support.grid_chain import GridChain
from tests.support.grid_tariffs import tariff
from tests.support.sharing_chain import FIRST_SLOT

POOL: Final = DebtPool(150, 1)


def max_claims_at_once() -> None:
    for count, more in ((debt_limits.MAX_CLAIMS_AT_ONCE, False), (debt_limits.MAX_CLAIMS_AT_ONCE + 1, True)):
        chain = ChainFixture(make_genesis())
        context = context_at(chain.registry, chain.state, chain.genesis, 10, chain.time_ms)
        for number in range(count):
            claim(context, POOL, address(f"claimant {number}"), CURRENCY_ASSET, 10)
        mint(context.state, address("payer"), CURRENCY_ASSET, count)
        assert pay_in(context, POOL, address("payer"), CURRENCY_ASSET, count) == count
        assert division_step(context, POOL.key) == more


def least_division() -> None:
    """What is one part in so many is divided, a unit less waits for more."""
    claims = 4 * debt_limits.LEAST_DIVISION
    for amount, divided in ((4, 4), (3, 0)):
        chain = ChainFixture(make_genesis())
        context = context_at(chain.registry, chain.state, chain.genesis, 10, chain.time_ms)
        claim(context, POOL, address("lender"), CURRENCY_ASSET, claims)
        pay_in(context, POOL, address("payer"), CURRENCY_ASSET, claims)
        for part, got in ((amount, divided), (claims - amount, claims)):
            mint(context.state, address("payer"), CURRENCY_ASSET, part)
            pay_debts(context, address("payer"), CURRENCY_ASSET)
            process_sweeps(context, 0)
            assert balance(context.state, address("lender"), CURRENCY_ASSET).available == got


def _code(context: Context, action: SetTariff | SetPointTariff) -> str:
    try:
        if isinstance(action, SetTariff):
            set_tariff(context, action)
        else:
            set_point_tariff(context, action)
    except Refused as refusal:
        return refusal.code
    return ""


def _context() -> Context:
    chain = GridChain()
    return context_at(chain.registry, chain.state, chain.genesis, 10, chain.time_ms)


def _decodes(kind: type[Value], at: Value, above: Value) -> None:
    codec: Codec[Value] = Codec(kind, MAX_GENESIS_BYTES)
    assert codec.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        codec.decode(encode(above))


def quarters_per_day() -> None:
    steps = tuple(RateStep(quarter, 1) for quarter in range(grid_limits.QUARTERS_PER_DAY))
    _decodes(TimeRate, TimeRate(steps), TimeRate((*steps, RateStep(95, 1))))
    _decodes(RateStep, RateStep(95, 1), RateStep(96, 1))


def max_tariffs() -> None:
    context = _context()
    context.state.put(COUNTERS, TARIFF_NUMBERS, Counter(grid_limits.MAX_TARIFFS - 1))
    assert _code(context, SetTariff(0, FIRST_SLOT, tariff())) == ""
    assert _code(context, SetTariff(0, FIRST_SLOT, tariff())) == "too_many_tariffs"


def max_genesis_tariffs() -> None:
    many = (tariff(),) * (grid_limits.MAX_GENESIS_TARIFFS + 1)
    at, above = (GridSection(1, CURRENCY_ASSET, address("O"), 1, tariffs, 0) for tariffs in (many[1:], many))
    _decodes(GridSection, at, above)


def max_tariff_versions() -> None:
    """The section's is the first; what nobody corrects any more is forgotten with the next one."""
    context = _context()
    for number in range(1, grid_limits.MAX_TARIFF_VERSIONS):
        assert _code(context, SetTariff(1, FIRST_SLOT + number, tariff())) == ""
    latest = FIRST_SLOT + grid_limits.MAX_TARIFF_VERSIONS
    assert _code(context, SetTariff(1, latest, tariff())) == "too_many_tariff_versions"
    assert _code(context, SetTariff(1, latest - 1, tariff())) == ""


def kept_tariff_days() -> None:
    second_ms = (FIRST_SLOT + 1) * 900_000
    for later_ms, kept in ((900_000 - 1, ["third", "second", "house"]), (900_000, ["third", "second"])):
        found = _context()
        assert _code(found, SetTariff(1, FIRST_SLOT + 1, tariff(name="second"))) == ""
        found.time_ms = second_ms - 900_000 + grid_limits.KEPT_TARIFF_DAYS * DAY_MS + later_ms
        slot = found.time_ms // 900_000 + 1
        assert _code(found, SetTariff(1, slot, tariff(name="third"))) == ""
        assert [version.terms.name for version in tariff_versions(found.state, 1)] == kept


def max_levies() -> None:
    many = tuple(Levy(f"levy {number}", constant(1), False) for number in range(grid_limits.MAX_LEVIES + 1))
    _decodes(TariffTerms, tariff(levies=many[1:]), tariff(levies=many))


def max_zone_fees() -> None:
    many = tuple(ZoneFee(str(number), "*", constant(1)) for number in range(grid_limits.MAX_ZONE_FEES + 1))
    _decodes(TariffTerms, tariff(zone_fees=many[1:]), tariff(zone_fees=many))


def max_assigned_points() -> None:
    points = tuple(range(1, grid_limits.MAX_ASSIGNED_POINTS + 2))
    _decodes(AssignTariff, AssignTariff(1, 1, points[1:]), AssignTariff(1, 1, points))


def max_point_tariffs() -> None:
    context = _context()
    for number in range(grid_limits.MAX_POINT_TARIFFS):
        assert _code(context, SetPointTariff(1, FIRST_SLOT + number, (1,))) == ""
    latest = FIRST_SLOT + grid_limits.MAX_POINT_TARIFFS
    assert _code(context, SetPointTariff(1, latest, (1,))) == "too_many_point_tariffs"
    assert _code(context, SetPointTariff(1, latest - 1, (1,))) == ""


def max_point_zones() -> None:
    context = _context()
    for number in range(grid_limits.MAX_POINT_ZONES - 1):
        context.time_ms = (FIRST_SLOT + number) * 900_000
        remember_zone(context, known_point(context, 1), f"zone {number}")
    context.time_ms += 900_000
    with pytest.raises(Refused) as refused:
        remember_zone(context, known_point(context, 1), "one more")
    assert refused.value.code == "too_many_point_zones"


def max_grid_rate() -> None:
    _decodes(RateStep, RateStep(0, grid_limits.MAX_GRID_RATE), RateStep(0, grid_limits.MAX_GRID_RATE + 1))


GRID_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "LEAST_DIVISION": (least_division,),
    "MAX_CLAIMS_AT_ONCE": (max_claims_at_once,),
    "QUARTERS_PER_DAY": (quarters_per_day,),
    "MAX_TARIFFS": (max_tariffs,),
    "MAX_GENESIS_TARIFFS": (max_genesis_tariffs,),
    "MAX_TARIFF_VERSIONS": (max_tariff_versions,),
    "KEPT_TARIFF_DAYS": (kept_tariff_days,),
    "MAX_LEVIES": (max_levies,),
    "MAX_ZONE_FEES": (max_zone_fees,),
    "MAX_ASSIGNED_POINTS": (max_assigned_points,),
    "MAX_POINT_TARIFFS": (max_point_tariffs,),
    "MAX_POINT_ZONES": (max_point_zones,),
    "MAX_GRID_RATE": (max_grid_rate,),
}
