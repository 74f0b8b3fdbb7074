"""The imbalance cost: what keeps the ENT in circulation equal to the energy behind it (rules I1-I9).

D = ENT supply - backing. Source: PowerChain thesis, section 4.2.3, equations 4.1 to 4.4, with the corrections that
the protocol states: M and B are highest costs, equilibrium is reached exactly, a surplus is shared.
"""

from __future__ import annotations

import msgspec

from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.balances import supply
from ledger.chain.context import Context, in_range
from ledger.chain.parameters import PARTS
from ledger.energy.deficits import note_deficit, pay_late
from ledger.energy.events import RateChanged
from ledger.energy.genesis import ENERGY_SECTION, RateRule, SurplusRule
from ledger.energy.parameters import BURNING_COST, LATE, MINTING_COST, RECOVERY_SHARE
from ledger.energy.past_costs import highest_cost, note_cost
from ledger.energy.schema import IMBALANCE, Gap, Imbalance
from ledger.limits import MAX_INTEGER
from ledger.metering.registers import Interval
from ledger.state.overlay import State

BASE_PER_WH = 10**6
"""1 Wh backs exactly this many base units of ENT."""


def imbalance(state: State) -> Imbalance:
    """Network energy and rate."""
    return state.get(IMBALANCE, b"") or Imbalance(0, 0, 0)


def difference(state: State) -> int:
    """D in base units of ENT: above 0, tokens without energy behind them (I1)."""
    return supply(state, ENERGY_ASSET) - imbalance(state).network_wh * BASE_PER_WH


def open_gap(state: State) -> int:
    """D less what locked tokens are presumed to have paid for already: what rates and costs go by (I9)."""
    entry = imbalance(state)
    return supply(state, ENERGY_ASSET) - (entry.network_wh + entry.presumed_wh) * BASE_PER_WH


def gap_of(value: int) -> Gap:
    """The sign of a difference."""
    if value > 0:
        return Gap.DEFICIT
    return Gap.SURPLUS if value < 0 else Gap.NONE


def minting_rate(context: Context) -> int:
    """r_m: base units of ENT per kWh produced, at most M (I3)."""
    return min(imbalance(context.state).rate, context.parameter(MINTING_COST))


def burning_rate(context: Context) -> int:
    """r_b: base units of ENT per kWh consumed, at most B (I3)."""
    return min(imbalance(context.state).rate, context.parameter(BURNING_COST))


def _charges_surplus(context: Context) -> bool:
    """Whether consumers pay in a surplus, as the thesis' literal formula says, instead of sharing it."""
    return ENERGY_SECTION.of(context.genesis).surplus == SurplusRule.CHARGE


def minting_cost(context: Context, energy_wh: int, gap: int) -> int:
    """What producing costs at an open gap, in base units of ENT (I4, equation 4.1)."""
    if not gap:
        return 0
    cost = _per_kwh_up(energy_wh, _minting_cost_rate_at(context, gap))
    return min(cost, gap) if gap > 0 else cost


def minting_cost_rate(context: Context) -> int:
    """What producing costs now in base units of ENT per kWh: r_m, or 0 in balance and in a shared surplus (I4)."""
    return _minting_cost_rate_at(context, open_gap(context.state))


def _minting_cost_rate_at(context: Context, gap: int) -> int:
    charged = gap > 0 or (gap < 0 and _charges_surplus(context))
    return minting_rate(context) if charged else 0


def burning_cost_rate(context: Context) -> int:
    """What consuming costs now in base units of ENT per kWh: r_b, 0 in balance, a relief in a shared surplus (I5)."""
    gap = open_gap(context.state)
    if gap < 0 and not _charges_surplus(context):
        return -burning_rate(context)
    return burning_rate(context) if gap else 0


def late_minting_cost(context: Context, energy_wh: int, interval: Interval, gap: int) -> int | None:
    """What a reading pays whose interval began more than `late` ago: the highest cost within it, whatever D is (I7).

    In a deficit no more than is left of that (I8), and what it pays is taken off there. None for one that is not late.
    """
    if not _is_late(context, interval):
        return None
    cost = _per_kwh_up(energy_wh, highest_cost(context, interval.start_ms, interval.end_ms))
    if not cost or _charges_surplus(context):
        return cost
    return pay_late(context, cost, interval, gap)


def late_burning_cost(
    context: Context, energy_wh: int, rate: int, gap: Gap, *, most: int, interval: Interval
) -> int | None:
    """What a draw pays that was measured in such an interval, at a rate that was fixed in a deficit (I8), at most
    `most`; taken off likewise. None for one that is not late, or whose rate is no charge for a deficit."""
    if gap is not Gap.DEFICIT or not _is_late(context, interval):
        return None
    return pay_late(context, min(_per_kwh_up(energy_wh, rate), most), interval, open_gap(context.state))


def _is_late(context: Context, interval: Interval) -> bool:
    return interval.start_ms < context.time_ms - context.parameter(LATE)


def burning_cost(context: Context, energy_wh: int, rate: int, gap: Gap) -> int:
    """What consuming costs at a rate that was fixed at `gap`, while the gap still has that sign (I5, equation 4.2)."""
    now = open_gap(context.state)
    if gap is not gap_of(now):
        return 0
    match gap:
        case Gap.NONE:
            return 0
        case Gap.DEFICIT:
            return min(_per_kwh_up(energy_wh, rate), now)
        case Gap.SURPLUS:
            if _charges_surplus(context):
                return _per_kwh_up(energy_wh, rate)
            return -min(energy_wh * rate // 1000, -now)


def energy_for(context: Context, amount: int, rate: int, gap: Gap) -> int:
    """The Wh that `amount` base units of ENT pay for, rounded down; in a shared surplus at par (I5)."""
    charged = gap is Gap.DEFICIT or (gap is Gap.SURPLUS and _charges_surplus(context))
    return amount * 1000 // (PARTS + (rate if charged else 0))


def network_room(state: State) -> int:
    """The Wh that the network may still take in before its backing would leave the range of stored numbers."""
    return MAX_INTEGER // BASE_PER_WH - imbalance(state).network_wh


def change_network_energy(context: Context, change_wh: int) -> None:
    """Book energy into or out of the network; the unit's own books are the caller's.

    Refused (out_of_range) where the backing in base units would leave the range of stored numbers: then D does not
    fit an event, and no ENT could ever be minted for that energy.
    """
    entry = imbalance(context.state)
    network_wh = entry.network_wh + change_wh
    in_range(network_wh * BASE_PER_WH)
    context.state.put(IMBALANCE, b"", msgspec.structs.replace(entry, network_wh=network_wh))


def settle_rate(context: Context, before: int, cost: int = 0) -> None:
    """Set R after an operation that found the difference at `before` (I2, equation 4.3), and note what it paid."""
    after = open_gap(context.state)
    note_deficit(context, before, after, cost)
    if not moves_rate(before, after):
        return
    if after == 0:
        _set_rate(context, 0, after)
    elif gap_of(after) is not gap_of(before):
        _set_rate(context, _rate_for(context, after), after, turned=True)
    else:
        monotone = ENERGY_SECTION.of(context.genesis).rate_rule == RateRule.MONOTONE
        least = imbalance(context.state).rate if monotone else 0
        _set_rate(context, max(_rate_for(context, after), least), after)


def moves_rate(before: int, after: int) -> bool:
    """Whether R is set after an operation: the difference has come to nothing, turned or grown (I2)."""
    if after == before:
        return False
    return after == 0 or gap_of(after) is not gap_of(before) or abs(after) > abs(before)


def reset_rate(context: Context) -> None:
    """R from the present difference alone, after a change of C, M or B (I6)."""
    gap = open_gap(context.state)
    _set_rate(context, _rate_for(context, gap), gap)


def _rate_for(context: Context, gap: int) -> int:
    return -(-abs(gap) * context.parameter(RECOVERY_SHARE) // PARTS)


def _set_rate(context: Context, rate: int, gap: int, *, turned: bool = False) -> None:
    """Told where it is another, or others pay it: the same rate of a deficit and of a surplus are two things."""
    entry = imbalance(context.state)
    if rate != entry.rate:
        context.state.put(IMBALANCE, b"", msgspec.structs.replace(entry, rate=in_range(rate)))
    if rate != entry.rate or (turned and rate):
        context.emit(RateChanged(rate, gap))
    note_cost(context, _minting_cost_rate_at(context, gap))


def _per_kwh_up(energy_wh: int, rate: int) -> int:
    return -(-energy_wh * rate // 1000)


def follow_parameter(context: Context, name: str) -> None:
    """C, M and B reset the rate from the present difference (I6)."""
    if name in (RECOVERY_SHARE, MINTING_COST, BURNING_COST):
        reset_rate(context)
