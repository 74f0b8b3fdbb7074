"""What lines of a bank's statement mean for currency: money in, which is minted, and money out, whose mark is burned.

A line means something only by a reference with check digits: the address of an account (Bech32m) or its pay-in
reference for money in, a mark's for money out. What has none, a broken one, two of them, or another amount than its
mark is shown with the reason, and nothing is proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

import msgspec

from ledger.errors import InvalidInput
from ledger.keys.address import format_address, parse_address
from ledger.keys.crypto import tagged_hash
from nodechain.billing.bank_statement import BankEntry
from nodechain.billing.iban import is_creditor_reference, with_check_digits
from nodechain.billing.pay_outs import MARK_PREFIX, OpenMark
from nodechain.billing.rounding import CentSize

PAY_IN_PREFIX: Final = "NCP"
_BODY: Final = 18
"""Characters of a pay-in reference after its prefix: 93 bits, so that no two accounts of a chain share one."""
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OWN: Final = re.compile(rf"RF\d{{2}}(?:{PAY_IN_PREFIX}[A-Z0-9]{{0,{_BODY}}}|{MARK_PREFIX}\d{{0,8}})")
"""What is one of ours, or began as one; in a text whose spaces are gone other words may follow."""
_MARK: Final = re.compile(rf"RF\d{{2}}{MARK_PREFIX}(\d{{8}})")
_PAY_IN_LENGTH: Final = 4 + len(PAY_IN_PREFIX) + _BODY
_PLAIN: Final = re.compile(r"[^A-Z0-9]")
_ADDRESS: Final = re.compile(r"NRG1[02-9AC-HJ-NP-Z]{4,38}")
"""An address, or what began as one."""


def pay_in_reference(genesis_hash: bytes, address: bytes) -> str:
    """The creditor reference with which an account of a chain is paid money in (RF and check digits, 25 characters)."""
    number = int.from_bytes(tagged_hash(b"nodechain/pay-in", genesis_hash, address), "big")
    body = ""
    for _ in range(_BODY):
        number, digit = divmod(number, len(_DIGITS))
        body += _DIGITS[digit]
    return with_check_digits(f"{PAY_IN_PREFIX}{body}")


class Meaning(Enum):
    """What is proposed for a line."""

    MINT = "mint"
    BURN = "burn"
    NOTHING = ""


class ProposedLine(msgspec.Struct, frozen=True):
    """A line, what it means, for which account, of which mark (0: none), and why nothing is proposed where that is so.

    Reasons: other_currency, part_of_a_unit, no_reference, wrong_reference, ambiguous, unknown_account,
    payment_returned, unknown_mark, mark_lapsed, partial, above_mark, repeated.
    """

    entry: BankEntry
    meaning: Meaning
    account: str = ""
    mark: int = 0
    base: int = 0
    reason: str = ""


class Known(msgspec.Struct, frozen=True):
    """What lines are held against: accounts by pay-in reference, open marks by number, the currency's code."""

    accounts: Mapping[str, str]
    marks: Mapping[int, OpenMark]
    code: str
    size: CentSize


def propose(entries: Iterable[BankEntry], repeated: Iterable[BankEntry], known: Known) -> tuple[ProposedLine, ...]:
    """What each line means, in their order; then those that the file has twice, for which nothing is proposed.

    A mark is burned once: of a second line for it nothing is left to burn.
    """
    found, left = [], {number: mark.base for number, mark in known.marks.items()}
    for entry in entries:
        line = _money_in(entry, known) if entry.cents > 0 else _money_out(entry, known, left)
        if line.meaning is Meaning.BURN:
            left[line.mark] -= line.base
        found.append(line)
    return (*found, *(ProposedLine(entry, Meaning.NOTHING, reason="repeated") for entry in repeated))


def _money_in(entry: BankEntry, known: Known) -> ProposedLine:
    reason, base = _amount(entry, known)
    if reason:
        return ProposedLine(entry, Meaning.NOTHING, reason=reason)
    text = _plain(entry)
    if _marks_in(entry):
        return ProposedLine(entry, Meaning.NOTHING, mark=min(_marks_in(entry)), reason="payment_returned")
    accounts, broken = _addresses_in(text)
    unknown = False
    for reference in _own_references(entry):
        if not (is_creditor_reference(reference) and len(reference) == _PAY_IN_LENGTH):
            broken = True
        elif reference in known.accounts:
            accounts.add(known.accounts[reference])
        else:
            unknown = True
    if len(accounts) > 1:
        return ProposedLine(entry, Meaning.NOTHING, reason="ambiguous")
    if broken or unknown:
        return ProposedLine(entry, Meaning.NOTHING, reason="wrong_reference" if broken else "unknown_account")
    if not accounts:
        return ProposedLine(entry, Meaning.NOTHING, reason="no_reference")
    return ProposedLine(entry, Meaning.MINT, accounts.pop(), 0, base)


def _money_out(entry: BankEntry, known: Known, left: Mapping[int, int]) -> ProposedLine:
    reason, base = _amount(entry, known)
    if reason:
        return ProposedLine(entry, Meaning.NOTHING, reason=reason)
    numbers = _marks_in(entry)
    if len(numbers) != 1:
        broken = any(_OWN.fullmatch(each) for each in _own_references(entry))
        reason = "ambiguous" if numbers else "wrong_reference" if broken else "no_reference"
        return ProposedLine(entry, Meaning.NOTHING, reason=reason)
    number = numbers.pop()
    mark = known.marks.get(number)
    if mark is None:
        return ProposedLine(entry, Meaning.NOTHING, mark=number, reason="unknown_mark")
    if mark.lapsed:
        reason = "mark_lapsed"
    elif base > left[number]:
        reason = "above_mark"
    else:
        reason = "partial" if base < mark.base else ""
    meaning = Meaning.NOTHING if reason else Meaning.BURN
    return ProposedLine(entry, meaning, mark.account, number, base, reason)


def _amount(entry: BankEntry, known: Known) -> tuple[str, int]:
    """Why a line cannot be of this currency, and its base units."""
    if entry.currency != known.code:
        return "other_currency", 0
    cents = abs(entry.cents)
    if not cents or cents * known.size.base_per_cent % known.size.cents_per_base:
        return "part_of_a_unit", 0
    return "", known.size.base(cents)


def _plain(entry: BankEntry) -> str:
    return _PLAIN.sub("", " ".join((*entry.references, entry.text)).upper())


def _own_references(entry: BankEntry) -> set[str]:
    """Whatever begins like a reference of ours, also in a text, broken or not."""
    found = set()
    for text in (*entry.references, entry.text):
        plain = _PLAIN.sub("", text.upper())
        found |= set(_OWN.findall(plain))
    return found


def _marks_in(entry: BankEntry) -> set[int]:
    """The numbers of marks whose references, with right check digits, stand in a line."""
    found = set()
    for reference in _own_references(entry):
        match = _MARK.fullmatch(reference)
        if match is not None and is_creditor_reference(reference):
            found.add(int(match[1]))
    return found


def _addresses_in(text: str) -> tuple[set[str], bool]:
    """Addresses whose checksum is right, and whether one stands there that is cut off or mistyped."""
    found, broken = set(), False
    for written in _ADDRESS.findall(text):
        try:
            found.add(format_address(parse_address(written.lower())))
        except InvalidInput:
            broken = True
    return found, broken
