"""What the bank is asked to pay of withdrawals that the banker has marked, and what it was asked for before.

A mark is paid by one order, whose id is the mark's reference: the bank's statement names it, and so finds the mark.
What was written into a file is noted in HOME/billing/pay-outs.json before the file is, and is in no later one: a mark
that stands in two files is paid twice, however the bank checks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from nodechain.billing.iban import check_iban, creditor_reference
from nodechain.billing.member_book import MemberEntry
from nodechain.billing.rounding import CentSize
from nodechain.billing.sepa_files import MAX_NAME, MAX_TEXT, CreditTransfer, sepa_text
from nodechain.errors import DataDamaged, UsageError
from nodechain.files.durable_file import make_directory, replace_file
from nodechain.files.user_file import only_writer, read_user_file

MARK_PREFIX: Final = "NCW"
"""So begin, after RF and check digits, the references of marks."""
MAX_RECORD_BYTES: Final = 64 * 1024 * 1024


def mark_reference(number: int) -> str:
    """A mark's creditor reference, by which the bank's statement finds it again."""
    return creditor_reference(number, MARK_PREFIX)


class OpenMark(msgspec.Struct, frozen=True):
    """A mark: its number, the account that is paid, base units, and whether it has lapsed."""

    number: int
    account: str
    base: int
    lapsed: bool


class LeftOut(msgspec.Struct, frozen=True):
    """A mark that no file asks the bank to pay, and why: lapsed, written_before, part_of_a_cent, no_account."""

    number: int
    account: str
    reason: str


class PayOuts(msgspec.Struct, frozen=True):
    """Orders to a bank, the marks that they pay, in the same order, and those that are left out."""

    orders: tuple[CreditTransfer, ...]
    marks: tuple[int, ...]
    left_out: tuple[LeftOut, ...]


def pay_outs_of(
    marks: Iterable[OpenMark],
    entries: Mapping[str, MemberEntry],
    size: CentSize,
    chain_id: str,
    written: frozenset[int],
) -> PayOuts:
    """What the bank is asked to pay of open marks; `written`: those that were in a file before."""
    orders, numbers, left_out = [], [], []
    for mark in sorted(marks, key=lambda each: each.number):
        entry = entries.get(mark.account)
        reason = _why_not(mark, entry, size, written)
        if reason or entry is None:
            left_out.append(LeftOut(mark.number, mark.account, reason))
            continue
        text = sepa_text(f"{chain_id} {mark.account}", MAX_TEXT)
        cents = mark.base * size.cents_per_base // size.base_per_cent
        name = sepa_text(entry.name, MAX_NAME)
        orders.append(CreditTransfer(name, check_iban(entry.iban), cents, mark_reference(mark.number), text))
        numbers.append(mark.number)
    return PayOuts(tuple(orders), tuple(numbers), tuple(left_out))


def _why_not(mark: OpenMark, entry: MemberEntry | None, size: CentSize, written: frozenset[int]) -> str:
    if mark.lapsed:
        return "lapsed"
    if mark.number in written:
        return "written_before"
    if mark.base % size.base_per_cent:
        return "part_of_a_cent"
    return "no_account" if entry is None or not entry.iban else ""


class WrittenFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that was written: its id at the bank, the day on which that pays, the marks in it."""

    id: str
    day: str
    marks: tuple[int, ...]


def marks_in(files: Iterable[WrittenFile]) -> frozenset[int]:
    """The numbers of all marks that stand in some of the files."""
    return frozenset(number for file in files for number in file.marks)


class WrittenPayOuts:
    """The record of a home."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "pay-outs.json"

    def files(self) -> tuple[WrittenFile, ...]:
        """All that were written, in turn; raises `DataDamaged`."""
        if not self._path.exists():
            return ()
        data = read_user_file(self._path, MAX_RECORD_BYTES, "record of pay-outs")
        try:
            return msgspec.json.decode(data, type=tuple[WrittenFile, ...])
        except msgspec.DecodeError as error:
            raise DataDamaged(
                f"{self._path}: {error}", advice="Take it back from a copy; without it marks could be paid twice."
            ) from None

    def note(self, file: WrittenFile, known: tuple[WrittenFile, ...]) -> None:
        """Keep what is about to be written; what is noted already, under the same id, stays once.

        `known`: the files of which the marks were chosen; raises `UsageError` (pay_out_meanwhile) where another process
        has written one since, as a mark could stand in both.
        """
        make_directory(self._path.parent)
        with only_writer(self._path.parent):
            before = self.files()
            if before != known:
                raise UsageError(
                    "another file of payments was written meanwhile; nothing is written by this command",
                    code="pay_out_meanwhile",
                    advice="Run the command again: it sees what is left to pay.",
                )
            if file in before:
                return
            replace_file(self._path, msgspec.json.format(msgspec.json.encode((*before, file)), indent=1))
