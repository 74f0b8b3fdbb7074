"""What a run of a month comes to: from the terms and the points' inputs to a row for each (rules CR3 to CR7).

Pure: whoever has the terms and the inputs gets the same rows and roots.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from ledger.sharing.allocation import credited
from ledger.sharing.apportion import apportion
from ledger.sharing.credit import NO_CLAIMS, Claims, Taken, corrected, take
from ledger.sharing.credit_schema import MonthEntry, MonthInput, MonthRow
from ledger.sharing.credit_terms import credit_method
from ledger.sharing.outcome import Roster, keys_in_slot, roster_of
from ledger.sharing.price_rules import MidMarket, PriceRule, SupplyDemandRatio
from ledger.sharing.prices import charged, priced
from ledger.sharing.schema import RunSums, SchemeMember
from ledger.sharing.scheme_terms import SchemeTerms
from ledger.sharing.slot_flows import Allocated, SlotFlows, check_flows
from ledger.slots.schema import Direction


class MonthPrices(msgspec.Struct, frozen=True):
    """By the places of the members: what producers are paid for and consumers took, the amounts and fees; what expired
    and its amounts; and the sums.
    """

    shared: Sequence[int]
    amounts: Sequence[int]
    fees: Sequence[int]
    expired: Sequence[int]
    expired_amounts: Sequence[int]
    sums: RunSums
    expired_amount: int


def month_parts(
    terms: SchemeTerms, roster: Roster, month: int, energies: Sequence[int], absent: Collection[int]
) -> list[int]:
    """By the places of the members a consumer's part, and what a producer delivered (CR3). Raises `Refused`."""
    flows = SlotFlows([energies[place] for place in roster.producing], [energies[place] for place in roster.consuming])
    check_flows(flows)
    keys = keys_in_slot(roster, absent)
    found = [0] * len(energies)
    for place, row in zip(
        roster.consuming, credited(terms.rule, credit_method(terms), flows, keys, month), strict=True
    ):
        for producer, energy in row:
            found[place] += energy
            found[roster.producing[producer]] += energy
    return found


class ConsumerMonth(msgspec.Struct, frozen=True):
    """What a consumer comes to in a run: by the month alone (`taken`), and its claims as they stand after it.

    `late_mwh`: what expired by differences of later runs so far (CR7).
    """

    taken: Taken
    standing: Claims
    late_mwh: int

    @property
    def expired_mwh(self) -> int:
        """What expired with the month, in all its runs."""
        return self.taken.expired_mwh + self.late_mwh


def consumer_month(terms: SchemeTerms, month: int, run: int, part_mwh: int, found: MonthInput) -> ConsumerMonth:
    """A consumer's month from its part and what it brought (CR4, CR5, CR7)."""
    lifetime = credit_method(terms).lifetime
    fresh = take(found.energy_mwh, part_mwh, found.before, month, lifetime, stays=found.stays)
    if run == 1:
        return ConsumerMonth(fresh, fresh.after, 0)
    change = corrected(found.now, found.left, fresh.after, found.last, month + lifetime, stays=found.stays_now)
    return ConsumerMonth(fresh, change.after, found.late_mwh + change.expired_mwh)


def month_prices(
    terms: SchemeTerms,
    roster: Roster,
    month: int,
    energies: Sequence[int],
    parts: Sequence[int],
    shares: Sequence[int],
    expired: Sequence[int],
) -> MonthPrices:
    """Price what consumers took, and at feed-in what expired (both by place, 0 of producers). Raises `Refused` (CR6).

    Who delivered in the month is paid for both, in proportion; where nobody did, all producers in equal parts.
    """
    delivered = [parts[place] for place in roster.producing]
    weights = delivered if any(delivered) else [1] * len(delivered)
    taken = [shares[place] for place in roster.consuming]
    gone = [expired[place] for place in roster.consuming]
    sold, sold_gone = apportion(sum(taken), weights, month), apportion(sum(gone), weights, month)
    flows = SlotFlows(sold, [energies[place] for place in roster.consuming])
    prices = priced(terms.prices, flows, roster.keys, Allocated(tuple(taken), sold), month)
    fees, gone_costs = charged(taken, terms.fee, month), charged(gone, feed_in_of(terms.prices), month)
    gone_revenues = apportion(sum(gone_costs), sold_gone, month)
    shared, amounts, all_fees, all_expired, all_gone = ([0] * len(energies) for _ in range(5))
    for place, *found in zip(roster.producing, sold, prices.sold, sold_gone, gone_revenues, strict=True):
        shared[place], amounts[place], all_expired[place], all_gone[place] = found
    for place, *found in zip(roster.consuming, taken, prices.bought, fees, gone, gone_costs, strict=True):
        shared[place], amounts[place], all_fees[place], all_expired[place], all_gone[place] = found
    sums = RunSums(
        sum(energies[place] for place in roster.producing),
        sum(flows.offtakes),
        sum(taken),
        sum(prices.bought),
        sum(fees),
    )
    return MonthPrices(shared, amounts, all_fees, all_expired, all_gone, sums, sum(gone_costs))


def feed_in_of(rule: PriceRule) -> int:
    """What an expired claim costs a kWh: the reference price of feed-in, 0 where the rule moves none (CR6)."""
    return rule.feed_in if isinstance(rule, MidMarket | SupplyDemandRatio) else 0


def entry_of(
    member: SchemeMember, found: MonthInput, part_mwh: int, month: ConsumerMonth | None, figures: Sequence[int]
) -> MonthEntry:
    """A point's row with what a later run needs; `month`: None of a producer. `figures`: shared, amount, fee, expired
    and its amount.
    """
    shared, amount, fee, expired, expired_amount = figures
    claims = (0, 0, 0, expired)
    if month is not None:
        taken = month.taken
        claims = (found.before.net_mwh, taken.claimed_mwh, taken.after.net_mwh, month.expired_mwh)
    row = MonthRow(
        member.point, member.account, found.energy_mwh, part_mwh, shared, amount, fee, *claims, expired_amount
    )
    left = NO_CLAIMS if month is None else month.taken.after
    return MonthEntry(row, found, left, 0 if month is None else month.late_mwh)


def month_outcome(
    terms: SchemeTerms, members: Sequence[SchemeMember], month: int, run: int, inputs: Sequence[MonthInput]
) -> list[MonthEntry]:
    """All rows of a run from its inputs, at once: what anyone computes anew. Raises `Refused`."""
    roster = roster_of(terms, members)
    energies = [found.energy_mwh for found in inputs]
    absent = {place for place, found in enumerate(inputs) if not found.open_slots}
    parts = month_parts(terms, roster, month, energies, absent)
    consumers = [
        consumer_month(terms, month, run, part, found) if consumes(member) else None
        for member, part, found in zip(members, parts, inputs, strict=True)
    ]
    shares = [0 if one is None else one.taken.share_mwh for one in consumers]
    expired = [0 if one is None else max(0, one.expired_mwh) for one in consumers]
    found = month_prices(terms, roster, month, energies, parts, shares, expired)
    figures = zip(found.shared, found.amounts, found.fees, found.expired, found.expired_amounts, strict=True)
    return [
        entry_of(member, one, part, consumer, some)
        for member, one, part, consumer, some in zip(members, inputs, parts, consumers, figures, strict=True)
    ]


def consumes(member: SchemeMember) -> bool:
    """Whether a member takes energy."""
    return member.direction != Direction.INJECTION
