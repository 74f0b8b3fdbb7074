"""A bill as people see it: headings, tables and sums in words, before it becomes text, HTML or PDF.

The member's and the community's data are joined here, and in no form that is hashed.
"""

from __future__ import annotations

import msgspec

from ledger.encoding.amounts import format_amount
from nodechain.billing.document import AssetAccount, Bill, BillLine, BillSide, SharedLine
from nodechain.billing.iban import creditor_reference
from nodechain.billing.member_book import MemberEntry
from nodechain.billing.settings import Postal, Seller
from nodechain.billing.wording import word

MINUS = "\N{MINUS SIGN}"


class SheetTable(msgspec.Struct, frozen=True):
    """A table with a title; of `right` columns the cells stand to the right. The last rows may be sums."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int]
    sums: int = 0


class Sheet(msgspec.Struct, frozen=True):
    """All that a form shows, in its order."""

    title: str
    seller: tuple[str, ...]
    member: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    tables: tuple[SheetTable, ...]
    due: str
    payment: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def sheet_of(bill: Bill, hashed: bytes, seller: Seller | None, member: MemberEntry | None) -> Sheet:
    """The sheet of a bill; without `seller` or `member` only what the bill itself says of them."""
    language = bill.terms.language

    def say(name: str) -> str:
        return word(language, name)

    title = f"{say('correction')} {bill.corrects}" if bill.corrects else say("bill")
    facts = [
        (say("number"), bill.name or say("preview")),
        (say("period"), f"{bill.period.first_day} \N{EN DASH} {bill.period.last_day} ({bill.period.zone})"),
        (say("day"), bill.issued_day),
        (say("account"), bill.account),
        (say("chain"), bill.chain_id),
    ]
    tables = [_energy(bill), _shared(bill), _grid(bill), *(_asset(bill, account) for account in bill.assets)]
    tables += [table for side in ("charges", "credits") if (table := _side(bill, side)) is not None]
    open_cents = (("due", bill.due_cents), ("payout", bill.payout_cents))
    asked = [f"{say(name)}: {cents_text(cents)} {symbol_of(bill)}" for name, cents in open_cents if cents]
    notes = [f"{say('hash')}: {hashed.hex()}", say("check")] if bill.number else [say("preview")]
    if bill.terms.self_billing and bill.credits.cents:
        notes.insert(0, say("self_billed"))
    reasons = {tax.reason for side in (bill.charges, bill.credits) for tax in side.taxes if tax.reason}
    return Sheet(
        title=title,
        seller=(bill.terms.seller,) if seller is None else seller_lines(seller, language),
        member=() if member is None else member_lines(member, language),
        facts=tuple(fact for fact in facts if fact[1]),
        tables=tuple(table for table in tables if table.rows),
        due="; ".join(asked) or say("nothing_due"),
        payment=_payment(bill, seller),
        notes=(*sorted(reasons), *notes),
    )


def symbol_of(bill: Bill) -> str:
    """The currency's sign."""
    return next(account.symbol for account in bill.assets if account.asset == bill.currency)


def cents_text(cents: int) -> str:
    """An amount of cents with two digits after the point."""
    sign = MINUS if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def base_text(base: int, decimals: int) -> str:
    """Base units as whole tokens, all digits, with a sign that is no hyphen."""
    text = format_amount(abs(base), decimals)
    return f"{MINUS}{text}" if base < 0 else text


def kwh_text(energy_wh: int) -> str:
    """KWh with all digits."""
    sign = MINUS if energy_wh < 0 else ""
    return f"{sign}{abs(energy_wh) // 1000}.{abs(energy_wh) % 1000:03d}"


def mwh_text(energy_mwh: int) -> str:
    """The same of mWh, of which a million are a kWh."""
    sign = MINUS if energy_mwh < 0 else ""
    return f"{sign}{abs(energy_mwh) // 10**6}.{abs(energy_mwh) % 10**6:06d}"


def rate_text(rate: int) -> str:
    """A rate of tax in per cent."""
    return f"{rate // 100}.{rate % 100:02d} %" if rate % 100 else f"{rate // 100} %"


def _energy(bill: Bill) -> SheetTable:
    language = bill.terms.language
    rows = tuple(
        (word(language, line.measure), kwh_text(int(line.energy_wh)), str(len(line.sources))) for line in bill.energy
    )
    headings = (word(language, "measure"), word(language, "kwh"), word(language, "receipts"))
    return SheetTable(word(language, "energy"), headings, rows, frozenset({1, 2}))


def _brings(line: SharedLine) -> int:
    """What a scheme gave the account, less what it costs."""
    return int(line.revenue) + int(line.expired_revenue) - int(line.cost) - int(line.fee) - int(line.expired_cost)


def _credit_text(line: SharedLine, language: str) -> str:
    """Of a month: claims carried in, the part of the month, claims after it, and what expired."""
    if not line.month:
        return ""
    after = int(line.carried_mwh) + int(line.claims_mwh)
    figures = (
        ("carried", int(line.carried_mwh)),
        ("credited", int(line.credited_mwh)),
        ("claims_after", after),
        ("expired", int(line.expired_mwh)),
    )
    told = ", ".join(f"{word(language, name)} {mwh_text(energy)}" for name, energy in figures if energy)
    return f"; {line.month}: {told}" if told else f"; {line.month}"


def _shared(bill: Bill) -> SheetTable:
    """What schemes shared, and whether it is paid with the bill."""
    language = bill.terms.language
    decimals = {account.asset: account.decimals for account in bill.assets}
    rows = tuple(
        (
            f"{word(language, 'scheme')} {line.scheme}, {word(language, 'by_period' if line.by_period else 'at_once')}"
            + _credit_text(line, language),
            mwh_text(int(line.bought_mwh)),
            mwh_text(int(line.sold_mwh)),
            str(len(line.sources)),
            base_text(_brings(line), decimals[line.asset]),
        )
        for line in bill.shared
    )
    headings = tuple(word(language, name) for name in ("what", "bought", "sold", "receipts", "amount"))
    return SheetTable(word(language, "shared"), headings, rows, frozenset({1, 2, 3, 4}))


def _grid(bill: Bill) -> SheetTable:
    """What came from the grid and went into it, and whether it moves on the chain."""
    language = bill.terms.language
    decimals = {account.asset: account.decimals for account in bill.assets}
    rows = tuple(
        (
            kind_text(f"{line.kind}:{line.name}", language)
            + (f", {word(language, 'external')}" if line.external else ""),
            mwh_text(int(line.energy_mwh)),
            str(len(line.sources)),
            base_text(-int(line.amount), decimals[line.asset]),
        )
        for line in bill.grid
    )
    headings = tuple(word(language, name) for name in ("what", "kwh", "receipts", "amount"))
    return SheetTable(word(language, "grid"), headings, rows, frozenset({1, 2, 3}))


def _asset(bill: Bill, account: AssetAccount) -> SheetTable:
    """Opening, every line, closing: they add up."""
    language, decimals = bill.terms.language, account.decimals
    opening, closing = (sum(int(held.amount) for held in side) for side in (account.opening, account.closing))
    by_name = {each.asset: each for each in bill.assets}
    rows = [
        (
            line_text(line, language),
            _quantity(line, by_name),
            base_text(int(line.price), by_name[bill.currency].decimals) if int(line.price) else "",
            str(len(line.sources)),
            base_text(int(line.amount), decimals),
        )
        for line in bill.lines
        if line.asset == account.asset
    ]
    headings = tuple(word(language, name) for name in ("what", "quantity", "price", "receipts", "amount"))
    first = (word(language, "opening"), "", "", "", base_text(opening, decimals))
    last = (word(language, "closing"), "", "", "", base_text(closing, decimals))
    return SheetTable(account.symbol, headings, (first, *rows, last), frozenset({1, 2, 3, 4}), sums=1)


def line_text(line: BillLine, language: str) -> str:
    """A line in words: its heading, what happened, and in which direction."""
    direction = word(language, "out" if int(line.amount) < 0 else "in")
    return f"{word(language, line.section)}: {kind_text(line.kind, language)} ({direction})"


def kind_text(kind: str, language: str) -> str:
    """What happened, in words; what a kind names for itself stands behind a colon."""
    kind, _, name = kind.partition(":")
    return f"{word(language, kind)} {name}" if name else word(language, kind)


def _quantity(line: BillLine, accounts: dict[str, AssetAccount]) -> str:
    if int(line.energy_wh):
        return f"{kwh_text(int(line.energy_wh))} kWh"
    other = accounts.get(line.quantity_asset)
    if other is None or not int(line.quantity):
        return ""
    return f"{base_text(abs(int(line.quantity)), other.decimals)} {other.symbol}"


def _side(bill: Bill, name: str) -> SheetTable | None:
    side: BillSide = getattr(bill, name)
    if not (side.taxes or side.cents):
        return None
    language = bill.terms.language
    decimals = next(account.decimals for account in bill.assets if account.asset == bill.currency)

    def say(text: str) -> str:
        return word(language, text)

    dues = [
        (f"{due.text} \N{MULTIPLICATION SIGN} {due.count}", "", "", cents_text(due.cents * due.count))
        for due in (bill.terms.dues if name == "charges" else ())
    ]
    sums = [(say("base"), "", "", base_text(int(side.base), decimals))]
    sums += [
        (say(part), "", "", base_text(int(getattr(side, part)), decimals))
        for part in ("carried_in", "carried_out")
        if int(getattr(side, part))
    ]
    taxes = [
        (
            f"{say('tax')} {tax.category} {rate_text(tax.rate)}",
            f"{say('net')} {cents_text(tax.net_cents)}",
            f"{say('tax')} {cents_text(tax.tax_cents)}",
            cents_text(tax.gross_cents),
        )
        for tax in side.taxes
    ]
    total = (say("total"), "", "", cents_text(side.cents))
    settled = (say("settled"), "", "", cents_text(side.settled_cents))
    rows = (*dues, *sums, *taxes, total, settled)
    return SheetTable(say(name), (say("what"), "", "", symbol_of(bill)), rows, frozenset({1, 2, 3}), sums=2)


def _postal_lines(address: Postal) -> tuple[str, ...]:
    lines = (address.street, f"{address.postcode} {address.city}".strip(), address.country)
    return tuple(line for line in lines if line)


def seller_lines(seller: Seller, language: str) -> tuple[str, ...]:
    """Who bills: name, address, numbers for taxes."""
    numbers = [
        f"{word(language, name)} {value}"
        for name, value in (("vat_id", seller.vat_id), ("tax_number", seller.tax_number))
        if value
    ]
    return (seller.name, *_postal_lines(seller.address), *numbers)


def member_lines(member: MemberEntry, language: str) -> tuple[str, ...]:
    """Who is billed."""
    number = (f"{word(language, 'vat_id')} {member.vat_id}",) if member.vat_id else ()
    return (member.name, *_postal_lines(member.address), *number)


def _payment(bill: Bill, seller: Seller | None) -> tuple[tuple[str, str], ...]:
    if bill.due_cents <= 0 or not bill.number or seller is None or not seller.iban:
        return ()
    language = bill.terms.language
    return (
        (word(language, "pay_to"), f"{seller.name}, {seller.iban}"),
        (word(language, "reference"), reference_of(bill)),
        ("", word(language, "within").format(days=bill.terms.due_days)),
    )


def reference_of(bill: Bill) -> str:
    """The structured reference by which a payment of the bill is found again."""
    return creditor_reference(bill.number, bill.name.removesuffix(str(bill.number)))
