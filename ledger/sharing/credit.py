"""Credit: what a consumer does not take of its part stays its claim for some slots (rule SR10).

A claim is the scheme's bookkeeping of energy that the grid took in: never a token, never a certificate.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.sharing.pairing import Row
from ledger.sharing.slot_flows import Allocated, CreditClaim, SlotFlows


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
