"""From base units to cents, once a side; taxes held in the amounts, by (category, rate). All integers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from ledger.sharing.apportion import apportion
from nodechain.billing.document import BillSide, TaxLine, TaxRule

CENT_DECIMALS: Final = 2
WHOLE_RATE: Final = 10_000
NO_TAX: Final = TaxRule("*", "*", "O", 0, "")


class CentSize(msgspec.Struct, frozen=True):
    """How many base units a cent is, or how many cents a base unit is: one of the two is 1."""

    base_per_cent: int
    cents_per_base: int

    @classmethod
    def of(cls, decimals: int) -> CentSize:
        """Of a currency with so many decimals."""
        return cls(10 ** max(0, decimals - CENT_DECIMALS), 10 ** max(0, CENT_DECIMALS - decimals))

    def rounded(self, base: int) -> int:
        """Cents of base units: half a cent away from zero."""
        return half_away(base * self.cents_per_base, self.base_per_cent)

    def base(self, cents: int) -> int:
        """Base units of cents; of a currency that divides into fewer than cents, rounded down to whole ones."""
        return cents * self.base_per_cent // self.cents_per_base


def half_away(numerator: int, denominator: int) -> int:
    """The nearest integer of a quotient; halves go away from zero."""
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def in_parts(total: int, weights: tuple[int, ...]) -> tuple[int, ...]:
    """`total` by weights (not negative), exact, by largest remainders; all to the first where all weights are 0."""
    if weights and not any(weights):
        return (total, *weights[1:])
    return apportion(total, weights)


def tax_of(gross_cents: int, rule: TaxRule) -> int:
    """The tax that a gross amount holds."""
    rate = rule.rate if rule.category == "S" else 0
    return half_away(gross_cents * rate, WHOLE_RATE + rate)


def side_of(
    amounts: Mapping[tuple[str, int, str], int], dues_cents: int, carried_in: int, size: CentSize, waiting: int = 0
) -> BillSide:
    """One side from its amounts (positive base units, dues among them) by category, rate and reason.

    `waiting`: what of them, beside the dues, has not moved on the chain; rounded once, or where nothing else is on the
    side with all of it.
    """
    base = sum(amounts.values())
    total = base + carried_in
    cents = size.rounded(total) if amounts else 0
    groups = sorted(amounts)
    shares = in_parts(cents, tuple(amounts[group] for group in groups))
    taxes = []
    for (category, rate, reason), gross in zip(groups, shares, strict=True):
        tax = tax_of(gross, TaxRule("*", "*", category, rate, reason))
        taxes.append(TaxLine(category, rate, gross - tax, tax, gross, reason))
    open_cents = dues_cents + size.rounded(waiting)
    if waiting and base == waiting + size.base(dues_cents):
        open_cents = cents
    return BillSide(
        base=str(base),
        carried_in=str(carried_in),
        cents=cents,
        carried_out=str(total - size.base(cents)),
        settled_cents=cents - open_cents,
        taxes=tuple(taxes),
    )
