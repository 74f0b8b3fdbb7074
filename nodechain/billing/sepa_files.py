"""What a bank is asked for: debits of what bills ask for, transfers of what members withdraw; before they are XML.

Names and texts in the character set of SEPA; ids that a bank gives back, so that its statement finds the bill again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

import msgspec

from nodechain.billing.document import Bill
from nodechain.billing.iban import check_iban
from nodechain.billing.member_book import MemberEntry
from nodechain.billing.sheet import reference_of
from nodechain.errors import UsageError

_OUTSIDE: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_LETTERS: Final[Mapping[str, str]] = {
    "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": "+", "_": "-",
}  # fmt: skip
MAX_NAME: Final = 70
MAX_TEXT: Final = 140


class Debit(msgspec.Struct, frozen=True):
    """To be collected: cents of a bill, by a mandate."""

    name: str
    iban: str
    cents: int
    reference: str
    text: str
    mandate: str
    signed: str
    scheme: str


class CreditTransfer(msgspec.Struct, frozen=True):
    """To be paid out: cents to a member's account."""

    name: str
    iban: str
    cents: int
    reference: str
    text: str


def sepa_text(text: str, most: int) -> str:
    """A text in SEPA's characters, German letters written out; what is left of others is a point."""
    written = "".join(_LETTERS.get(character, character) for character in text)
    return _OUTSIDE.sub(".", written)[:most].strip()


def debits_of(
    bills: Iterable[Bill], entries: Mapping[str, MemberEntry], open_cents: Mapping[int, int]
) -> tuple[tuple[Debit, ...], tuple[str, ...]]:
    """Debits of what is open of bills (cents by number), and the names of bills whose member has no mandate or account.

    What was paid already, on the chain or over the bank, is not collected a second time.
    """
    found, without = [], []
    for bill in bills:
        entry, cents = entries.get(bill.account), min(bill.due_cents, open_cents.get(bill.number, 0))
        if cents <= 0:
            continue
        if entry is None or entry.mandate is None or not entry.iban:
            without.append(bill.name)
            continue
        mandate = entry.mandate
        found.append(
            Debit(
                sepa_text(entry.name, MAX_NAME),
                check_iban(entry.iban),
                cents,
                reference_of(bill),
                sepa_text(f"{bill.name} {bill.period.first_day} - {bill.period.last_day}", MAX_TEXT),
                sepa_text(mandate.reference, 35),
                mandate.signed,
                mandate.scheme,
            )
        )
    return tuple(found), tuple(without)


def payouts_of(
    bills: Iterable[Bill], entries: Mapping[str, MemberEntry]
) -> tuple[tuple[CreditTransfer, ...], tuple[str, ...]]:
    """Transfers of what bills bring beside what moved on the chain, and the names of bills without an IBAN."""
    found, without = [], []
    for bill in bills:
        entry = entries.get(bill.account)
        if bill.payout_cents <= 0:
            continue
        if entry is None or not entry.iban:
            without.append(bill.name)
            continue
        name, text = sepa_text(entry.name, MAX_NAME), sepa_text(bill.name, MAX_TEXT)
        found.append(
            CreditTransfer(name, check_iban(entry.iban), bill.payout_cents, sepa_text(f"{bill.name}-C", 35), text)
        )
    return tuple(found), tuple(without)


def message_id(kind: str, day: str, orders: Iterable[Debit | CreditTransfer]) -> str:
    """The id of a file, at most 35 characters: the same orders for the same day have the same.

    Banks refuse a second message of one id, so a file that was written twice is not executed twice.
    """
    parts = "\n".join(f"{each.iban} {each.cents} {each.reference} {each.text}" for each in orders)
    return f"NC-{sha256(f'{kind} {day}{chr(10)}{parts}'.encode()).hexdigest()[:32]}"


def transfers_id(iban: str, day: str, transfers: Iterable[CreditTransfer]) -> str:
    """The id of a file of transfers from an account."""
    return message_id(f"transfers {iban}", day, transfers)


def check_total(orders: Iterable[Debit | CreditTransfer]) -> int:
    """Cents of all; raises `UsageError` (nothing_to_write) where there are none."""
    total = sum(order.cents for order in orders)
    if not total:
        raise UsageError("there is nothing to ask the bank for", code="nothing_to_write")
    return total
