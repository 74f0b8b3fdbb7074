"""A bank's statement (camt.053, or CSV) as entries, and which bill each entry pays.

Amounts are integer cents, out of the account negative. Only booked entries count; a statement whose booked entries do
not lead from its opening to its closing balance is refused. The layout is ISO 20022's camt.053.001.02 and .08.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from xml.etree import ElementTree as ET

from nodechain.billing.canonical import bank_entry_hash
from nodechain.billing.iban import compact, is_creditor_reference
from nodechain.errors import UsageError

MAX_STATEMENT_BYTES: Final = 32 * 1024 * 1024
CAMT: Final = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d{2})\}Document")
KNOWN_VERSIONS: Final = ("02", "08")
CSV_COLUMNS: Final = ("account", "reference", "date", "amount", "currency", "text")
_AMOUNT: Final = re.compile(r"([+-]?)(\d{1,12})(?:[.,](\d{1,2})0{0,3})?")
_PLAIN: Final = re.compile(r"[^A-Z0-9]")
NOT_PROVIDED: Final = "NOTPROVIDED"


@dataclass(frozen=True, slots=True)
class BankEntry:
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
        last = ("", "0") if self.bank_reference else (self.text, str(self.place))
        return bank_entry_hash((self.account, self.bank_reference, self.date, str(self.cents), *last))


def read_statement(data: bytes) -> tuple[BankEntry, ...]:
    """The booked entries of a file; raises `UsageError` (bad_statement)."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    entries = _camt(text) if text.lstrip().startswith(b"<") else _csv(text)
    return _placed(entries)


def _placed(entries: Iterable[BankEntry]) -> tuple[BankEntry, ...]:
    """Entries that look the same are told apart by their order; a bank's reference that comes twice is one entry."""
    seen: Counter[bytes] = Counter()
    found: dict[bytes, BankEntry] = {}
    for entry in entries:
        placed = entry
        if not entry.bank_reference:
            placed = replace(entry, place=seen[entry.hash])
            seen[entry.hash] += 1
        found.setdefault(placed.hash, placed)
    return tuple(found.values())


def _camt(data: bytes) -> Iterator[BankEntry]:
    try:
        root = ET.fromstring(data, ET.XMLParser(target=_WithoutDocumentType()))
    except (ET.ParseError, LookupError, ValueError) as error:  # an unknown encoding is a LookupError
        raise _fault(f"it is no XML: {error}") from None
    version = CAMT.fullmatch(root.tag)
    if version is None or version[1] not in KNOWN_VERSIONS:
        raise _fault(f"{root.tag} is no camt.053.001.{' or .'.join(KNOWN_VERSIONS)}")
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    for statement in root.iterfind("BkToCstmrStmt/Stmt"):
        yield from _statement(statement)


class _WithoutDocumentType(ET.TreeBuilder):
    """A document type is where entities that grow come from; its bytes depend on the encoding, so the parser says."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Called where one begins."""
        del name, pubid, system
        raise _fault("a statement declares no document type")


def _statement(statement: ET.Element) -> Iterator[BankEntry]:
    account = compact(_text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id"))
    booked = [entry for entry in statement.iterfind("Ntry") if _status(entry) == "BOOK"]
    balances = {
        _text(balance, "Tp/CdOrPrtry/Cd"): _signed(balance, _text(balance, "Amt"))
        for balance in statement.iterfind("Bal")
    }
    opening = balances.get("OPBD", balances.get("PRCD"))
    moved = sum(_signed(entry, _text(entry, "Amt")) for entry in booked)
    if opening is not None and "CLBD" in balances and opening + moved != balances["CLBD"]:
        raise _fault(f"the entries move {moved} cents, the balances {balances['CLBD'] - opening}")
    for entry in booked:
        yield from _entries(account, entry)


def _status(entry: ET.Element) -> str:
    return _text(entry, "Sts/Cd") or _text(entry, "Sts")


def _entries(account: str, entry: ET.Element) -> Iterator[BankEntry]:
    """An entry as its single transactions, where it names them with amounts; as a whole otherwise."""
    date = _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm")[:10]
    reference = _text(entry, "AcctSvcrRef")
    details = list(entry.iterfind("NtryDtls/TxDtls"))
    several = len(details) > 1 and all(_text(each, "Amt") for each in details)
    for number, detail in enumerate(details if several else details[:1] or [entry], 1):
        own = _text(detail, "Refs/AcctSvcrRef")
        amount = detail if several else entry
        signed = _signed(detail if _text(detail, "CdtDbtInd") and several else entry, _text(amount, "Amt"))
        currency = amount.find("Amt")
        references = [
            _text(detail, path)
            for path in ("RmtInf/Strd/CdtrRefInf/Ref", "Refs/EndToEndId", "Refs/MndtId", "Refs/InstrId")
        ]
        yield BankEntry(
            account,
            own or (f"{reference}#{number}" if reference and several else reference),
            date,
            signed,
            "" if currency is None else currency.get("Ccy", ""),
            tuple(each for each in references if each and each != NOT_PROVIDED),
            "".join(each.text or "" for each in detail.iterfind("RmtInf/Ustrd")) or _text(entry, "AddtlNtryInf"),
        )


def _text(element: ET.Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None or found.text is None else found.text.strip()


def _signed(element: ET.Element, amount: str) -> int:
    """Cents with the sign of the credit or debit mark alone: a reversal is marked by it, too."""
    cents = cents_in(amount)
    mark = _text(element, "CdtDbtInd")
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
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in head else ",")
    try:
        lacking = sorted(set(CSV_COLUMNS) - set(rows.fieldnames or ()))
        found = [] if lacking else list(rows)
    except csv.Error as error:
        raise _fault(f"it is no CSV: {error}") from None
    if lacking:
        raise _fault(f"the columns {', '.join(lacking)} are missing")
    for number, row in enumerate(found, 1):
        if None in row or any(row[name] is None for name in CSV_COLUMNS):
            raise _fault(f"row {number} has another number of columns than the first")
        yield BankEntry(
            compact(row["account"]), row["reference"].strip(), row["date"].strip(), cents_in(row["amount"]),
            row["currency"].strip(), (), row["text"],
        )  # fmt: skip


def _fault(text: str) -> UsageError:
    return UsageError(f"this is no bank statement that can be taken in: {text}", code="bad_statement",
                      advice="Ask the bank for camt.053, or write CSV: docs/bills.md.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatchedEntry:
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
    """Whether a name stands in a text, and no digit goes on with it: bill 1 is not meant by bill 17."""
    return any(not text[found.end() : found.end() + 1].isdigit() for found in re.finditer(re.escape(name), text))


def _plain(text: str) -> str:
    return _PLAIN.sub("", text.upper())
