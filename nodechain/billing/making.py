"""A bill out of receipts: the one function that preview, final and verification share, so that they cannot differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.genesis import Genesis
from ledger.keys.address import format_address, parse_address
from market.denominations import Denominations
from nodechain.billing.document import (
    FORMAT,
    REMINDER,
    AssetAccount,
    Bill,
    BillLine,
    BillTerms,
    Due,
    Held,
    Period,
    PreviousBill,
    SharedLine,
    TaxRule,
)
from nodechain.billing.fold import PAYMENTS, Fold, Standing
from nodechain.billing.receipts import PlacedReceipt, within
from nodechain.billing.rounding import NO_TAX, CentSize, side_of

CHARGES: Final = "charges"
CREDITS: Final = "credits"
DUES: Final = "dues"
REMINDERS: Final = "reminders"
SHARING: Final = "sharing"


class Beginning(msgspec.Struct, frozen=True):
    """Where a bill begins: what the account had, what was below a cent, and the bill that says so."""

    standing: Standing
    carried_charges: int
    carried_credits: int
    previous: PreviousBill | None


NOTHING_BEFORE: Final = Beginning(Standing(), 0, 0, None)


class Heading(msgspec.Struct, frozen=True):
    """What a bill is beside its amounts."""

    number: int
    name: str
    corrects: int
    account: bytes
    period: Period
    issued_day: str


def make_bill(
    genesis: Genesis, heading: Heading, beginning: Beginning, terms: BillTerms, receipts: Iterable[PlacedReceipt]
) -> Bill:
    """The bill of an account; of `receipts` those count that lie in its period and name it."""
    chain, account = Denominations.of(genesis), heading.account
    fold = Fold(account, chain, Standing(Counter(beginning.standing.held)))
    fold.add(within(receipts, heading.period.from_ms, heading.period.to_ms))
    lines = fold.lines()
    currency = chain.assets[CURRENCY_ASSET - 1]
    size = CentSize.of(currency.decimals)
    dues_cents = sum(due.cents * due.count for due in terms.dues)
    amounts: dict[str, Counter[tuple[str, int, str]]] = {CHARGES: Counter(), CREDITS: Counter()}
    for line in taxed_lines(lines, currency.name):
        side = CHARGES if int(line.amount) < 0 else CREDITS
        amounts[side][_tax_key(tax_rule(terms, line.section, side))] += abs(int(line.amount))
    waiting = {CHARGES: 0, CREDITS: 0}
    shared = fold.shared()
    for _part, _scheme, side, amount in waiting_amounts(shared, currency.name):
        amounts[side][_tax_key(tax_rule(terms, SHARING, side))] += amount
        waiting[side] += amount
    for section, amount in due_amounts(terms, size):
        amounts[CHARGES][_tax_key(tax_rule(terms, section, CHARGES))] += amount
    pays = side_of(amounts[CHARGES], dues_cents, beginning.carried_charges, size, waiting[CHARGES])
    is_paid = side_of(amounts[CREDITS], 0, beginning.carried_credits, size, waiting[CREDITS])
    return Bill(
        format=FORMAT,
        chain_id=genesis.chain_id,
        genesis_hash=genesis.hash.hex(),
        number=heading.number,
        name=heading.name,
        corrects=heading.corrects,
        issued_day=heading.issued_day,
        account=format_address(account),
        period=heading.period,
        last_height=fold.last_height,
        previous=beginning.previous,
        currency=currency.name,
        assets=_assets(chain, beginning.standing, fold.standing),
        energy=fold.energy(),
        shared=shared,
        grid=fold.grid(),
        lines=lines,
        charges=pays,
        credits=is_paid,
        due_cents=pays.cents - pays.settled_cents,
        payout_cents=is_paid.cents - is_paid.settled_cents,
        terms=terms,
    )


def taxed_lines(lines: Iterable[BillLine], currency: str) -> tuple[BillLine, ...]:
    """The lines of supplies in the community's currency: all but payments."""
    return tuple(line for line in lines if line.asset == currency and line.section != PAYMENTS)


WAITING_PARTS: Final = (
    ("cost", CHARGES, CREDITS),
    ("fee", CHARGES, CREDITS),
    ("revenue", CREDITS, CHARGES),
    ("expired_cost", CHARGES, CREDITS),
    ("expired_revenue", CREDITS, CHARGES),
)
"""Amounts of a scheme: on which side of the bill they stand, and on which one where a correction gives back."""


def waiting_amounts(shared: Iterable[SharedLine], currency: str) -> tuple[tuple[str, int, str, int], ...]:
    """What schemes that settle by period ask for and bring: which part, the scheme, the side, positive base units. What
    a correction gives back stands on the other side.
    """
    found = []
    for line in shared:
        if not line.by_period or line.asset != currency:
            continue
        for part, side, other in WAITING_PARTS:
            amount = int(getattr(line, part))
            if amount:
                found.append((part, line.scheme, side if amount > 0 else other, abs(amount)))
    return tuple(found)


def due_amounts(terms: BillTerms, size: CentSize) -> tuple[tuple[str, int], ...]:
    """What the terms ask for beside what moved, by the section that taxes it: dues, then fees of reminders."""
    cents = Counter({DUES: 0, REMINDERS: 0})
    for due in terms.dues:
        cents[section_of(due)] += due.cents * due.count
    fees = size.base(cents[REMINDERS])
    bases = {DUES: size.base(cents.total()) - fees, REMINDERS: fees}
    return tuple((section, bases[section]) for section in (DUES, REMINDERS) if cents[section])


def section_of(due: Due) -> str:
    """Under which heading a due is taxed: what a reminder costs is no supply."""
    return REMINDERS if due.name == REMINDER else DUES


def find_tax_rule(terms: BillTerms, section: str, side: str) -> TaxRule | None:
    """The first rule for a section and side; None where the terms say nothing of them."""
    for rule in terms.taxes:
        if rule.section in (section, "*") and rule.side in (side, "*"):
            return rule
    return None


def tax_rule(terms: BillTerms, section: str, side: str) -> TaxRule:
    """The same; where the terms say nothing, outside the scope of tax."""
    return find_tax_rule(terms, section, side) or NO_TAX


def _tax_key(rule: TaxRule) -> tuple[str, int, str]:
    return rule.category, rule.rate, rule.reason


def _assets(chain: Denominations, before: Standing, after: Standing) -> tuple[AssetAccount, ...]:
    """Every asset of the chain that the account ever had, or has."""
    found = []
    for number, terms in enumerate(chain.assets, 1):
        opening, closing = _held(before, number), _held(after, number)
        if opening or closing or number == CURRENCY_ASSET or before.total(number) != after.total(number):
            change = after.total(number) - before.total(number)
            found.append(AssetAccount(terms.name, terms.symbol, terms.decimals, opening, str(change), closing))
    return tuple(found)


def _held(standing: Standing, asset: int) -> tuple[Held, ...]:
    places = sorted((place, amount) for (number, place), amount in standing.held.items() if number == asset and amount)
    return tuple(Held(place, str(amount)) for place, amount in places)


def standing_before(genesis: Genesis, account: bytes, from_ms: int, receipts: Iterable[PlacedReceipt]) -> Standing:
    """What an account had at a moment, by all its receipts since the genesis."""
    fold = Fold(account, Denominations.of(genesis))
    fold.add(within(receipts, 0, from_ms))
    return fold.standing


def heading_of(bill: Bill) -> Heading:
    """What a bill says of itself."""
    return Heading(bill.number, bill.name, bill.corrects, parse_address(bill.account), bill.period, bill.issued_day)


def beginning_of(bill: Bill, chain: Denominations) -> Beginning:
    """Where a bill says that it begins."""
    return Beginning(
        _standing(bill, chain, closing=False), int(bill.charges.carried_in), int(bill.credits.carried_in), bill.previous
    )


def beginning_after(bill: Bill, hashed: bytes, chain: Denominations) -> Beginning:
    """Where the bill after this one begins; `hashed` is this one's hash."""
    return Beginning(
        _standing(bill, chain, closing=True),
        int(bill.charges.carried_out),
        int(bill.credits.carried_out),
        PreviousBill(bill.number, hashed.hex()),
    )


def _standing(bill: Bill, chain: Denominations, *, closing: bool) -> Standing:
    numbers = {terms.name: number for number, terms in enumerate(chain.assets, 1)}
    held: Counter[tuple[int, str]] = Counter()
    for account in bill.assets:
        for entry in account.closing if closing else account.opening:
            held[numbers.get(account.asset, 0), entry.place] += int(entry.amount)
    return Standing(held)
