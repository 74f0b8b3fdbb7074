"""A bill as an invoice of EN 16931: the terms (BT-1, BG-25, ...) that writers of CII and UBL take.

What the account pays is the community's invoice (380; 384 where it corrects one). What it is paid is the member's own,
written by the community as agreed (389, self-billed): seller and buyer change places. The lines are net, and sum to
the cents of the bill.
"""

from __future__ import annotations

from typing import Any, Final

from nodechain.billing.document import Bill, BillSide, TaxLine
from nodechain.billing.iban import compact
from nodechain.billing.making import CHARGES, CREDITS, SHARING, section_of, tax_rule, taxed_lines, waiting_amounts
from nodechain.billing.member_book import MemberEntry
from nodechain.billing.periods import days_after
from nodechain.billing.rounding import CentSize, in_parts
from nodechain.billing.settings import Postal, Seller
from nodechain.billing.sheet import line_text, reference_of
from nodechain.billing.wording import word
from nodechain.errors import UsageError

INVOICE: Final = "380"
CORRECTED: Final = "384"
SELF_BILLED: Final = "389"
SEPA_TRANSFER: Final = "58"
ONE: Final = "C62"
TermDict = dict[str, Any]


def einvoice_terms(bill: Bill, side_name: str, seller: Seller, member: MemberEntry, code: str) -> TermDict:
    """The terms of one side of a final bill; `code`: its currency in ISO 4217. Raises `UsageError` (no_einvoice)."""
    side: BillSide = getattr(bill, side_name)
    _check(bill, side, side_name, code)
    outside = any(tax.category == "O" for tax in side.taxes)
    ours = _party(seller.name, seller.address, "" if outside else seller.vat_id, seller.tax_number)
    theirs = _party(member.name, member.address, "" if outside else member.vat_id, member.tax_number)
    if outside:
        ours["legal_identifier"] = seller.tax_number or seller.name
        theirs["legal_identifier"] = member.tax_number or bill.account
    net = sum(tax.net_cents for tax in side.taxes)
    tax = sum(line.tax_cents for line in side.taxes)
    due = side.cents - side.settled_cents
    terms: TermDict = {
        "BT-1": bill.name if side_name == CHARGES else f"{bill.name}-C",
        "BT-2": bill.issued_day,
        "BT-3": SELF_BILLED if side_name == CREDITS else CORRECTED if bill.corrects else INVOICE,
        "BT-5": code,
        "BT-10": bill.account,
        "BT-72": bill.period.last_day,
        "BT-73": bill.period.first_day,
        "BT-74": bill.period.last_day,
        "BG-4": ours if side_name == CHARGES else theirs,
        "BG-7": theirs if side_name == CHARGES else ours,
        "BT-106": _money(net),
        "BT-109": _money(net),
        "BT-110": _money(tax),
        "BT-112": _money(side.cents),
        "BT-113": _money(side.settled_cents),
        "BT-115": _money(due),
        "BG-23": [_tax(line) for line in side.taxes],
        "BG-25": _lines(bill, side, side_name),
    }
    if bill.corrects:
        original = bill.name.removesuffix(str(bill.number)) + str(bill.corrects)
        terms["BG-3"] = [{"BT-25": original}]
    if due > 0:
        terms["BT-9"] = days_after(bill.issued_day, bill.terms.due_days)
        terms |= {"BT-81": SEPA_TRANSFER, "BT-83": reference_of(bill), "BT-84": compact(seller.iban)}
    return terms


def _check(bill: Bill, side: BillSide, side_name: str, code: str) -> None:
    problem = ""
    categories = {tax.category for tax in side.taxes}
    if not bill.number:
        problem = "a preview is no invoice"
    elif not code:
        problem = f"{bill.currency} has no code in ISO 4217"
    elif not side.taxes or not side.cents:
        problem = f"the bill has no {side_name}"
    elif "O" in categories and len(categories) > 1:
        problem = "EN 16931 allows category O alone; give supplies that are exempt category E"
    elif side_name == CREDITS and not bill.terms.self_billing:
        problem = "the member has not agreed to self-billing"
    if problem:
        raise UsageError(problem, code="no_einvoice", advice="HTML and PDF can be written of every bill.")


def _party(name: str, address: Postal, vat_id: str, tax_number: str) -> TermDict:
    party = {
        "name": name,
        "addr_l1": address.street,
        "postcode": address.postcode,
        "city": address.city,
        "country_code": address.country,
        "vat_identifier": vat_id,
        "tax_identifier": tax_number,
    }
    return {field: value for field, value in party.items() if value}


def _tax(line: TaxLine) -> TermDict:
    found: TermDict = {
        "BT-116": _money(line.net_cents),
        "BT-117": _money(line.tax_cents),
        "BT-118": line.category,
        "BT-119": _rate(line),
    }
    if line.category not in {"S", "Z"}:
        found["BT-120"] = line.reason or _REASONS[line.category]
    return found


_REASONS: Final = {"E": "Exempt from tax", "AE": "Reverse charge", "O": "Not subject to tax"}


def _rate(line: TaxLine) -> str:
    return f"{line.rate // 100}.{line.rate % 100:02d}" if line.category == "S" else "0.00"


def _lines(bill: Bill, side: BillSide, side_name: str) -> list[TermDict]:
    """One for each line of the bill and each due; the net cents of a tax are divided among its lines, exactly."""
    found: list[TermDict] = []
    for tax in side.taxes:
        named = _amounts(bill, side_name, tax)
        shares = in_parts(tax.net_cents, tuple(amount for _name, amount in named))
        for (name, _amount), cents in zip(named, shares, strict=True):
            line: TermDict = {
                "BT-126": str(len(found) + 1),
                "BT-129": "1",
                "BT-130": ONE,
                "BT-131": _money(cents),
                "BT-146": _money(cents),
                "BT-151": tax.category,
                "BT-153": name,
            }
            if tax.category != "O":
                line["BT-152"] = _rate(tax)
            found.append(line)
    return found


def _amounts(bill: Bill, side_name: str, tax: TaxLine) -> list[tuple[str, int]]:
    """What a tax is on: names and base units."""
    language = bill.terms.language
    named = []
    for line in taxed_lines(bill.lines, bill.currency):
        here = CHARGES if int(line.amount) < 0 else CREDITS
        if here == side_name and _is(tax, tax_rule(bill.terms, line.section, here)):
            named.append((line_text(line, language), abs(int(line.amount))))
    for part, scheme, here, amount in waiting_amounts(bill.shared, bill.currency):
        if here == side_name and _is(tax, tax_rule(bill.terms, SHARING, here)):
            named.append((f"{word(language, 'sharing')} {scheme}: {word(language, part)}", amount))
    if side_name == CHARGES:
        decimals = next(account.decimals for account in bill.assets if account.asset == bill.currency)
        size = CentSize.of(decimals)
        named += [
            (due.text, size.base(due.cents * due.count))
            for due in bill.terms.dues
            if due.cents and _is(tax, tax_rule(bill.terms, section_of(due), CHARGES))
        ]
    return named


def _is(tax: TaxLine, rule: object) -> bool:
    return all(getattr(rule, name) == getattr(tax, name) for name in ("category", "rate", "reason"))


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
