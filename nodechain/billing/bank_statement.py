"""A bank's statement (camt.053, or CSV) as entries, and which bill each entry pays.

Amounts are integer cents, out of the account negative. Only booked entries count; a statement whose booked entries do
not lead from its opening to its closing balance is refused. The layout is ISO 20022's camt.053.001.02 and .08.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from nodechain.billing.canonical import bank_entry_hash
from nodechain.billing.iban import compact, is_creditor_reference
from nodechain.errors import UsageError
from nodechain.formats.errors import BadFile
from nodechain.formats.text import lines_of
from nodechain.formats.xml_reading import XmlElement, read_xml

MAX_STATEMENT_BYTES: Final = 32 * 1024 * 1024
MAX_STATEMENT_ENTRIES: Final = 20_000
"""Booked entries of one file: a month of a community of ten thousand."""
CAMT: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d{2})")
KNOWN_VERSIONS: Final = ("02", "08")
CSV_COLUMNS: Final = ("account", "reference", "date", "amount", "currency", "text")
_AMOUNT: Final = re.compile(r"([+-]?)(\d{1,12})(?:[.,](\d{1,2})0{0,3})?")
_PLAIN: Final = re.compile(r"[^A-Z0-9]")
NOT_PROVIDED: Final = "NOTPROVIDED"
_REFERENCES: Final = (
    ("RmtInf", "Strd", "CdtrRefInf", "Ref"), ("Refs", "EndToEndId"), ("Refs", "MndtId"), ("Refs", "InstrId"),
)  # fmt: skip


class BankEntry(msgspec.Struct, frozen=True):
    """One booked movement: `cents` below 0 went out. `references`: structured ones, in the order in which they count.

    `bank_reference` is the bank's own; `place` counts entries that look the same where it gives none.
    """

    account: str
    bank_reference: str
    date: str
    cents: int
    currency: str
    references: tuple[str, ...]
    text: str
    place: int = 0

    @property
    def hash(self) -> bytes:
        """By which the chain knows the entry (BL9)."""
        told = "\n".join((*self.references, self.text))
        last = ("", "0") if self.bank_reference else (told, str(self.place))
        return bank_entry_hash((self.account, self.bank_reference, self.date, str(self.cents), *last))


def read_statement(data: bytes) -> tuple[BankEntry, ...]:
    """The booked entries of a file, each once; raises `UsageError` (bad_statement)."""
    return read_all_entries(data)[0]


def read_all_entries(data: bytes) -> tuple[tuple[BankEntry, ...], tuple[BankEntry, ...]]:
    """The booked entries of a file, each once, and those that the file repeats; raises `UsageError` (bad_statement).

    Entries that look the same are told apart by their order; a bank's reference that comes twice is one entry.
    """
    text = data.removeprefix(b"\xef\xbb\xbf")
    seen: Counter[bytes] = Counter()
    found: dict[bytes, BankEntry] = {}
    repeated = []
    for count, entry in enumerate(_camt(text) if text.lstrip().startswith(b"<") else _csv(text), 1):
        if count > MAX_STATEMENT_ENTRIES:
            raise _fault(f"it has more than {MAX_STATEMENT_ENTRIES} booked entries; ask the bank for a shorter time")
        placed = entry
        if not entry.bank_reference:
            placed = replace(entry, place=seen[entry.hash])
            seen[entry.hash] += 1
        if found.setdefault(placed.hash, placed) is not placed:
            repeated.append(placed)
    return tuple(found.values()), tuple(repeated)


def _camt(data: bytes) -> Iterator[BankEntry]:
    try:
        root = read_xml(data, lambda _around, _found: False)
    except BadFile as error:
        raise _fault(error.detail) from None
    version = CAMT.fullmatch(root.namespace) if root.name == "Document" else None
    if version is None or version[1] not in KNOWN_VERSIONS:
        raise _fault(f"{root.name[:40]} of {root.namespace[:60]!r} is no camt.053.001.{' or .'.join(KNOWN_VERSIONS)}")
    for body in root.all("BkToCstmrStmt"):
        for statement in body.all("Stmt"):
            yield from _statement(statement)


def _statement(statement: XmlElement) -> Iterator[BankEntry]:
    account = compact(statement.value("Acct", "Id", "IBAN") or statement.value("Acct", "Id", "Othr", "Id"))
    booked = [entry for entry in statement.all("Ntry") if _status(entry) == "BOOK"]
    balances = {
        balance.value("Tp", "CdOrPrtry", "Cd"): _signed(balance, balance.value("Amt"))
        for balance in statement.all("Bal")
    }
    opening = balances.get("OPBD", balances.get("PRCD"))
    moved = sum(_signed(entry, entry.value("Amt")) for entry in booked)
    if opening is not None and "CLBD" in balances and opening + moved != balances["CLBD"]:
        raise _fault(f"the entries move {moved} cents, the balances {balances['CLBD'] - opening}")
    for entry in booked:
        yield from _entries(account, entry)


def _status(entry: XmlElement) -> str:
    return entry.value("Sts", "Cd") or entry.value("Sts")


def _entries(account: str, entry: XmlElement) -> Iterator[BankEntry]:
    """An entry as its single transactions, where their amounts make it up; as a whole otherwise.

    A whole of several transactions has the references of none: no bill and no member can be told by it.
    """
    date = entry.value("BookgDt", "Dt") or entry.value("BookgDt", "DtTm")[:10]
    reference = entry.value("AcctSvcrRef")
    details = [each for about in entry.all("NtryDtls") for each in about.all("TxDtls")]
    several = len(details) > 1 and _make_up(entry, details)
    for number, detail in enumerate(details if several or _is_single(entry, details) else [entry], 1):
        own = detail.value("Refs", "AcctSvcrRef")
        amount = _amount(detail) if several else entry.child("Amt")
        references = [_first(detail, path) for path in _REFERENCES]
        yield BankEntry(
            account,
            own or (f"{reference}#{number}" if reference and several else reference),
            date,
            _signed(_marked(entry, detail) if several else entry, "" if amount is None else amount.text),
            _currency(amount),
            tuple(each for each in references if each and each != NOT_PROVIDED),
            "".join(each.text for each in _unstructured(detail)) or entry.value("AddtlNtryInf"),
        )


def _make_up(entry: XmlElement, details: list[XmlElement]) -> bool:
    """Whether single transactions of an entry are its sum, in its currency."""
    amounts = [_amount(each) for each in details]
    currency = _currency(entry.child("Amt"))
    found = [each for each in amounts if each is not None and _currency(each) == currency]
    if len(found) < len(details):
        return False
    signed = (_signed(_marked(entry, each), amount.text) for each, amount in zip(details, found, strict=True))
    return sum(signed) == _signed(entry, entry.value("Amt"))


def _is_single(entry: XmlElement, details: list[XmlElement]) -> bool:
    """Whether an entry is of one transaction, and a credit is no more than that: else others paid a part of it."""
    batches = (batch.value("NbOfTxs") for about in entry.all("NtryDtls") for batch in about.all("Btch"))
    if len(details) != 1 or any(count not in ("", "1") for count in batches):
        return False
    own = _amount(details[0])
    if own is None or _currency(own) != _currency(entry.child("Amt")) or entry.value("CdtDbtInd") != "CRDT":
        return True
    return cents_in(entry.value("Amt")) <= cents_in(own.text)


def _amount(detail: XmlElement) -> XmlElement | None:
    """A transaction's own amount; many banks give it only among the details of the amount."""
    own = detail.child("Amt")
    return detail.child("AmtDtls", "TxAmt", "Amt") if own is None else own


def _marked(entry: XmlElement, detail: XmlElement) -> XmlElement:
    """Which of both says whether it is credit or debit."""
    return detail if detail.value("CdtDbtInd") else entry


def _currency(amount: XmlElement | None) -> str:
    return "" if amount is None else amount.attributes.get("Ccy", "")


def _first(element: XmlElement, path: tuple[str, ...]) -> str:
    """The text of the first element at a path, whichever of its parents has it: a reference may stand in a second part
    of the remittance information.
    """
    if not path:
        return element.text.strip()
    return next((text for child in element.all(path[0]) if (text := _first(child, path[1:]))), "")


def _unstructured(detail: XmlElement) -> list[XmlElement]:
    return [each for about in detail.all("RmtInf") for each in about.all("Ustrd")]


def _signed(element: XmlElement, amount: str) -> int:
    """Cents with the sign of the credit or debit mark alone: a reversal is marked by it, too."""
    cents = cents_in(amount)
    mark = element.value("CdtDbtInd")
    if cents < 0 or mark not in ("CRDT", "DBIT"):
        raise _fault(f"{amount[:40]!r} is marked {mark[:10]!r}: amounts are positive, marked CRDT or DBIT")
    return cents if mark == "CRDT" else -cents


def cents_in(text: str) -> int:
    """Cents of an amount with a decimal point or comma; raises `UsageError` (bad_statement)."""
    found = _AMOUNT.fullmatch(text.strip().replace("\N{MINUS SIGN}", "-"))
    if found is None:
        raise _fault(f"{text[:40]!r} is no amount")
    cents = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -cents if found[1] == "-" else cents


def _csv(data: bytes) -> Iterator[BankEntry]:
    """Columns by their names, in any order, divided by semicolons or commas."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise _fault("it is neither XML nor CSV in UTF-8") from None
    head = text.partition("\n")[0]
    try:
        rows = csv.DictReader(lines_of(text), delimiter=";" if ";" in head else ",")
        lacking = sorted(set(CSV_COLUMNS) - set(rows.fieldnames or ()))
        if lacking:
            raise _fault(f"the columns {', '.join(lacking)} are missing")
        for number, row in enumerate(rows, 1):
            if None in row or any(row[name] is None for name in CSV_COLUMNS):
                raise _fault(f"row {number} has another number of columns than the first")
            yield BankEntry(
                compact(row["account"]), row["reference"].strip(), row["date"].strip(), cents_in(row["amount"]),
                row["currency"].strip(), (), row["text"],
            )  # fmt: skip
    except csv.Error as error:
        raise _fault(f"it is no CSV: {error}") from None
    except BadFile as error:
        raise _fault(error.detail) from None


def _fault(text: str) -> UsageError:
    return UsageError(f"this is no bank statement that can be taken in: {text}", code="bad_statement",
                      advice="Ask the bank for camt.053, or write CSV: docs/bills.md.")  # fmt: skip


class MatchedEntry(msgspec.Struct, frozen=True):
    """An entry and the bill that it pays, or why it pays none: outgoing, other_currency, no_reference, ambiguous."""

    entry: BankEntry
    number: int
    reason: str


def match_entries(entries: Iterable[BankEntry], known: Mapping[str, int], currency: str) -> tuple[MatchedEntry, ...]:
    """By structured reference first, then by the text without spaces; `known`: references and names of bills."""
    plain = {_plain(name): number for name, number in known.items()}
    return tuple(_matched(entry, plain, currency) for entry in entries)


def _matched(entry: BankEntry, known: Mapping[str, int], currency: str) -> MatchedEntry:
    if entry.cents <= 0:
        return MatchedEntry(entry, 0, "outgoing")
    if entry.currency != currency:
        return MatchedEntry(entry, 0, "other_currency")
    for reference in entry.references:
        number = known.get(_plain(reference))
        if number is not None:
            return MatchedEntry(entry, number, "")
    text = _plain(entry.text)
    structured = [number for name, number in known.items() if is_creditor_reference(name) and name in text]
    found = sorted(set(structured or [number for name, number in known.items() if _stands_in(name, text)]))
    if len(found) == 1:
        return MatchedEntry(entry, found[0], "")
    return MatchedEntry(entry, 0, "ambiguous" if found else "no_reference")


def _stands_in(name: str, text: str) -> bool:
    """Whether a name stands in a text, and no digit goes on with it: bill 1 is not meant by bill 17.

    An expression is made only of a name that is there: of ten thousand bills that took a second an entry.
    """
    if name not in text:
        return False
    return any(not text[found.end() : found.end() + 1].isdigit() for found in re.finditer(re.escape(name), text))


def _plain(text: str) -> str:
    return _PLAIN.sub("", text.upper())
