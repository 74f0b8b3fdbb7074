"""The operator's documents: `HOME/billing/`, what was made final, one file a bill, and a record of each run.

members.book             the member book (encrypted)
documents/NUMBER.json    the canonical bill, never written again
documents/NUMBER.proof   its proof, once it was exported
runs/FIRST.json          the hashes of a run in their order, and where the chain made it final
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from ledger.encoding.codec import encode
from ledger.limits import MAX_PROOF_FILE_BYTES
from ledger.state.merkle import prove_item
from nodechain.billing.canonical import MAX_BILL_BYTES, bill_hash, read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.received import FoundBill
from nodechain.billing.settings import Seller
from nodechain.errors import DataDamaged, NotFound
from nodechain.files.durable_file import make_directory, replace_file
from nodechain.files.user_file import read_user_file

MAX_RUN_BYTES: Final = 16 * 1024 * 1024


class RunRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`hashes` (hex) of the bills from `first` on; the receipt `index` at `height` made them final.

    `corrects`: the bill that the only one of them takes the place of, or 0.
    """

    first: int
    hashes: tuple[str, ...]
    height: int
    index: int
    corrects: int = 0


class PendingRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Documents that a transaction makes final, kept before it is sent; `corrects` as in `RunRecord`."""

    first: int
    corrects: int
    documents: tuple[str, ...]


class BillArchive:
    """The documents of a home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "billing"

    @property
    def book(self) -> Path:
        """The member book."""
        return self.path / "members.book"

    @property
    def settings(self) -> Path:
        """What the community bills by."""
        return self.path / "billing.toml"

    def save(self, record: RunRecord, documents: list[bytes]) -> None:
        """Keep what was made final: the documents, then the record that makes them count."""
        make_directory(self.path)
        for folder in (self._documents, self._runs):
            make_directory(folder)
        for place, data in enumerate(documents):
            replace_file(self.document_path(record.first + place), data)
        replace_file(self._runs / f"{record.first}.json", msgspec.json.encode(record))

    def keep_proof(self, number: int, proof: bytes) -> None:
        """Beside the bill."""
        replace_file(self.proof_path(number), proof)

    def keep_pending(self, pending: PendingRun) -> None:
        """What is about to be sent, beside all else that was and may still be decided."""
        make_directory(self.path)
        make_directory(self._pending)
        replace_file(self._pending_path(pending), msgspec.json.encode(pending))

    def pending(self) -> list[PendingRun]:
        """What was sent and is not known to be final."""
        found = []
        for path in sorted(self._pending.glob("*.json")) if self._pending.is_dir() else ():
            data = read_user_file(path, 4 * MAX_BILL_BYTES, "run that waits")
            try:
                found.append(msgspec.json.decode(data, type=PendingRun))
            except msgspec.DecodeError as error:
                raise DataDamaged(f"{path}: {error}", advice="Make the bills anew.") from None
        return found

    def forget_pending(self, pending: PendingRun) -> None:
        """The chain gave its number to something else: it can never be final."""
        self._pending_path(pending).unlink(missing_ok=True)

    def finish(self, pending: PendingRun, height: int, index: int) -> RunRecord:
        """The chain has made it final: keep it for good."""
        documents = [document.encode() for document in pending.documents]
        hashes = tuple(bill_hash(data).hex() for data in documents)
        record = RunRecord(pending.first, hashes, height, index, pending.corrects)
        self.save(record, documents)
        self.forget_pending(pending)
        return record

    @property
    def _pending(self) -> Path:
        return self.path / "pending"

    def _pending_path(self, pending: PendingRun) -> Path:
        return self._pending / f"{bill_hash(msgspec.json.encode(pending)).hex()[:32]}.json"

    @property
    def _documents(self) -> Path:
        return self.path / "documents"

    @property
    def _runs(self) -> Path:
        return self.path / "runs"

    def document_path(self, number: int) -> Path:
        """Where the canonical bill of a number is."""
        return self._documents / f"{number}.json"

    def proof_path(self, number: int) -> Path:
        """Where its proof is, once it was made."""
        return self._documents / f"{number}.proof"

    def document(self, number: int, record: RunRecord | None = None) -> bytes:
        """The canonical bill of a number; raises `NotFound` (no_document), `DataDamaged`."""
        path = self.document_path(number)
        if not path.exists():
            raise NotFound(f"{path} is not here", code="no_document", advice="Take HOME/billing back from a copy.")
        data = read_user_file(path, MAX_BILL_BYTES, "bill")
        record = record or self.run_of(number)
        if bill_hash(data).hex() != record.hashes[number - record.first]:
            raise DataDamaged(f"{path} is not what was made final", advice="Take it back from a copy.")
        return data

    def records(self, beyond: int = 0) -> Iterator[RunRecord]:
        """All runs and corrections whose first number is above `beyond`, by number."""
        if self._runs.is_dir():
            found = [path for path in self._runs.glob("*.json") if int(path.stem) > beyond]
            for path in sorted(found, key=lambda path: int(path.stem)):
                data = read_user_file(path, MAX_RUN_BYTES, "record of a run")
                try:
                    yield msgspec.json.decode(data, type=RunRecord)
                except msgspec.DecodeError as error:
                    raise DataDamaged(f"{path}: {error}", advice="Take it back from a copy.") from None

    def run_of(self, number: int) -> RunRecord:
        """The record that has a number; raises `NotFound` (no_document)."""
        for record in self.records():
            if record.first <= number < record.first + len(record.hashes):
                return record
        raise NotFound(f"no bill {number} is in {self.path}", code="no_document", advice="See `nodechain bill list`.")

    def bills(self) -> Iterator[tuple[Bill, bytes]]:
        """Every document with its hash, by number."""
        for record in self.records():
            for place in range(len(record.hashes)):
                data = self.document(record.first + place, record)
                yield read_canonical(data, Bill), bill_hash(data)

    @property
    def last_number(self) -> int:
        """The highest number that is here; 0 where none is."""
        return max((record.first + len(record.hashes) - 1 for record in self.records()), default=0)


def latest_bills(archive: BillArchive, to_ms: int) -> dict[str, tuple[Bill, bytes]]:
    """By account, the last word on the period that ends at a time: a correction before what it corrects."""
    return {bill.account: (bill, hashed) for bill, hashed in archive.bills() if bill.period.to_ms == to_ms}


def has_made(archive: BillArchive, number: int) -> bool:
    """Whether a home made the document of a number."""
    return any(record.first <= number < record.first + len(record.hashes) for record in archive.records())


def own_bill(archive: BillArchive, number: int, seller: Seller | None) -> FoundBill:
    """A document that this home made; raises `NotFound` (no_document), `DataDamaged`."""
    record = archive.run_of(number)
    data = archive.document(number, record)
    kept = archive.proof_path(number)
    proof = read_user_file(kept, MAX_PROOF_FILE_BYTES, "proof of a bill") if kept.exists() else b""
    listed = b""
    if not record.corrects:
        listed = encode(prove_item([bytes.fromhex(text) for text in record.hashes], number - record.first))
    return FoundBill(data, proof, listed, seller)
