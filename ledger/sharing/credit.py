"""Credit: what a consumer does not take of its part stays its claim for some months (rules SR10, CR3, CR4, CR7).

A claim is the scheme's bookkeeping of energy that the grid took in: never a token, never a certificate. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import MilliWattHours, Number
from ledger.sharing.pairing import Row
from ledger.sharing.slot_flows import Allocated, CreditClaim, SlotFlows


class ClaimLot(Value, frozen=True):
    """Energy that may be taken up to and with the month `until`."""

    until: Number
    energy_mwh: MilliWattHours


class Claims(Value, frozen=True):
    """A consumer's claims, in rising order of `until`; `owed_mwh`: what its next parts make good first (CR7)."""

    lots: tuple[ClaimLot, ...]
    owed_mwh: MilliWattHours

    @property
    def net_mwh(self) -> int:
        """What may be taken less what is owed."""
        return sum(lot.energy_mwh for lot in self.lots) - self.owed_mwh


NO_CLAIMS: Final = Claims((), 0)


class Taken(msgspec.Struct, frozen=True):
    """What a consumer comes to in a month: part + net claims before = share + net claims after + expired.

    `claimed_mwh`: the new claim among those after. `expired_mwh` is below 0 where what is owed lapses (CR5).
    """

    share_mwh: int
    claimed_mwh: int
    expired_mwh: int
    after: Claims


def take(offtake_mwh: int, part_mwh: int, before: Claims, month: int, lifetime: int, *, stays: bool = True) -> Taken:
    """Its part makes good what it owes; then it takes its oldest claims first, then its part, and claims the rest.

    `stays`: whether it may take anything in later months; else all that is left expires with this one (CR5).
    """
    made_good = min(part_mwh, before.owed_mwh)
    owed, part, left = before.owed_mwh - made_good, part_mwh - made_good, offtake_mwh
    kept: list[ClaimLot] = []
    expired = 0
    for lot in before.lots:
        used = min(left, lot.energy_mwh) if lot.until >= month else 0
        left -= used
        rest = lot.energy_mwh - used
        if rest and lot.until > month and stays:
            kept.append(ClaimLot(lot.until, rest))
        else:
            expired += rest
    used = min(left, part)
    left -= used
    claimed = part - used
    if claimed and stays:
        kept.append(ClaimLot(month + lifetime, claimed))
        kept.sort(key=_until)
    elif claimed:
        expired, claimed = expired + claimed, 0
    if not stays:
        expired, owed = expired - owed, 0
    return Taken(offtake_mwh - left, claimed, expired, Claims(_merged(kept), owed))


def _until(lot: ClaimLot) -> int:
    return lot.until


def _merged(lots: Sequence[ClaimLot]) -> tuple[ClaimLot, ...]:
    """Rising lots, those of one month together."""
    found: dict[int, int] = {}
    for lot in lots:
        found[lot.until] = found.get(lot.until, 0) + lot.energy_mwh
    return tuple(ClaimLot(until, energy) for until, energy in sorted(found.items()) if energy)


def corrected(now: Claims, before: Claims, after: Claims, last: int, until: int, *, stays: bool) -> Taken:
    """Claims as they stand, changed by what another run of an earlier month leaves: `before`, and now `after` (CR7).

    What is less is taken of the lots that it would have been, then of the newest ones, and is owed beyond that. What is
    more makes good what is owed; of the rest what may be taken after `last`, the last month that is settled, is added
    to its lots, and the rest expires. What was owed and is no more is a claim until the month `until`.
    """
    gained = {lot.until: lot.energy_mwh for lot in after.lots}
    for lot in before.lots:
        gained[lot.until] = gained.get(lot.until, 0) - lot.energy_mwh
    lots = {lot.until: lot.energy_mwh for lot in now.lots}
    deficit = now.owed_mwh + max(0, after.owed_mwh - before.owed_mwh)
    more = {place: energy for place, energy in sorted(gained.items()) if energy > 0}
    less_owed = max(0, before.owed_mwh - after.owed_mwh)
    if less_owed:
        more[until] = more.get(until, 0) + less_owed
    for place, energy in sorted(gained.items()):
        if energy < 0:
            used = min(-energy, lots.get(place, 0))
            lots[place] = lots.get(place, 0) - used
            deficit += -energy - used
    expired = 0
    for place in sorted(more, reverse=True):
        made_good = min(deficit, more[place])
        deficit -= made_good
        rest = more[place] - made_good
        if place > last and stays:
            lots[place] = lots.get(place, 0) + rest
        else:
            expired += rest
    for place in sorted(lots, reverse=True):
        used = min(deficit, lots[place])
        lots[place] -= used
        deficit -= used
    if not stays:
        expired, deficit = expired - deficit, 0
    left = _merged([ClaimLot(place, energy) for place, energy in lots.items()])
    return Taken(0, 0, expired, Claims(left, deficit))


def allocate_credit(
    flows: SlotFlows, received: Sequence[Row], claims: Sequence[CreditClaim], lifetime: int, slot: int
) -> Allocated:
    """Each consumer takes its oldest claims first, then its part of the slot; the rest of the part is a new claim.

    All that is offered counts as delivered. A claim may be used up to and with the slot `until`, and has expired
    after it: sum delivered + sum of earlier claims = sum of shares + sum of claims + sum of expired ones.
    """
    left = list(flows.offtakes)
    kept: list[CreditClaim] = []
    expired: list[CreditClaim] = []
    for claim in sorted(claims, key=lambda found: (found.until, found.consumer)):
        used = min(left[claim.consumer], claim.energy_mwh) if claim.until >= slot else 0
        left[claim.consumer] -= used
        rest = CreditClaim(claim.consumer, claim.until, claim.energy_mwh - used)
        if rest.energy_mwh:
            (kept if claim.until > slot else expired).append(rest)
    delivered = [0] * len(flows.injections)
    for consumer, row in enumerate(received):
        part = 0
        for producer, energy in row:
            delivered[producer] += energy
            part += energy
        used = min(left[consumer], part)
        left[consumer] -= used
        if part > used:
            kept.append(CreditClaim(consumer, slot + lifetime, part - used))
    shares = tuple(offtake - rest for offtake, rest in zip(flows.offtakes, left, strict=True))
    return Allocated(shares, tuple(delivered), (), tuple(kept), tuple(expired))
