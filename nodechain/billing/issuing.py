"""Making bills final: what is sent, what the chain says became of it, and the proof of each bill afterwards."""

from __future__ import annotations

from collections.abc import Callable

from ledger.bank.genesis import BANK_SECTION
from ledger.billing.events import BillCorrected, BillsFinalised
from ledger.billing.payloads import CorrectBill, FinaliseBills
from ledger.chain.genesis import Genesis
from ledger.encoding.codec import encode
from ledger.light.claims import ReceiptClaim
from ledger.state.merkle import list_root, prove_item
from nodechain.billing.archive import BillArchive, PendingRun, RunRecord
from nodechain.billing.canonical import bill_hash, read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.proof import PROOF_FORMAT, BillProof
from nodechain.billing.run import DraftRun, RunReads, fetch_receipts
from nodechain.errors import NotFound, UsageError
from nodechain.light.bundle import ProofSource, make_proof
from nodechain.modules import REGISTRY


def pending_of(run: DraftRun) -> PendingRun:
    """What has to be kept before a run is sent."""
    return PendingRun(run.first, 0, tuple(draft.data.decode() for draft in run.drafts))


def finalising(run: DraftRun) -> FinaliseBills:
    """The payload of a run; raises `UsageError` (nothing_to_bill)."""
    if not run.drafts:
        raise UsageError("there is nobody to bill", code="nothing_to_bill", advice="Put members into the member book.")
    root = list_root([draft.hash for draft in run.drafts])
    return FinaliseBills(run.first, len(run.drafts), root, run.period.from_ms, run.period.to_ms)


def correcting(number: int, original: int, data: bytes) -> CorrectBill:
    """The payload of a correction."""
    return CorrectBill(number, original, bill_hash(data))


def settle_pending(node: RunReads, archive: BillArchive, treasurers: list[str]) -> list[RunRecord]:
    """Keep for good what waits, where the chain has made just that final; forget what can never be."""
    found = []
    waiting = archive.pending()
    following = node.bills.billing()["next_number"] if waiting else 0
    for pending in waiting:
        if pending.first >= following:
            continue
        place = _place_of(node, pending, node.bills.bill(pending.first)["block"], treasurers)
        if place is None:
            archive.forget_pending(pending)
        else:
            found.append(archive.finish(pending, *place))
    return found


def _place_of(node: RunReads, pending: PendingRun, height: int, treasurers: list[str]) -> tuple[int, int] | None:
    """Height and index of the receipt that made just these documents final."""
    hashes = [bill_hash(document.encode()) for document in pending.documents]
    for treasurer in treasurers:
        receipts, _head_ms = fetch_receipts(node, treasurer, height)
        for placed in receipts:
            for event in placed.receipt.events:
                if isinstance(event, BillsFinalised) and (event.first, event.root) == (
                    pending.first,
                    list_root(hashes),
                ):
                    return placed.height, placed.index
                if isinstance(event, BillCorrected) and (event.number, event.document) == (pending.first, hashes[0]):
                    return placed.height, placed.index
    return None


def prove_bill(
    node: RunReads,
    client: ProofSource,
    genesis: Genesis,
    archive: BillArchive,
    number: int,
    progress: Callable[[int], None],
) -> bytes:
    """The proof of a final bill, fetched from the node and checked; kept beside the bill."""
    path = archive.proof_path(number)
    if path.exists():
        return path.read_bytes()
    record = archive.run_of(number)
    bill = read_canonical(archive.document(number, record), Bill)
    first = 0 if bill.previous is None else max(0, archived_height(archive, bill.previous.number))
    receipts, _head_ms = fetch_receipts(node, bill.account, first)
    from_ms = 0 if bill.previous is None else bill.period.from_ms
    needed = [placed for placed in receipts if from_ms <= placed.time_ms < bill.period.to_ms]
    fetched = []
    for place, placed in enumerate(needed):
        fetched.append(client.receipt(placed.height, placed.index))
        progress(place + 1)
    fetched.append(client.receipt(record.height, record.index, _event_place(client, record)))
    file, _proven = make_proof(client, client.anchor, fetched, bank=BANK_SECTION.of(genesis))
    listed = b""
    if not record.corrects:
        listed = encode(prove_item([bytes.fromhex(text) for text in record.hashes], number - record.first))
    made = encode(BillProof(PROOF_FORMAT, listed, file))
    archive.keep_proof(number, made)
    return made


def archived_height(archive: BillArchive, number: int) -> int:
    """The height up to which an earlier bill counted."""
    return read_canonical(archive.document(number), Bill).last_height


def _event_place(client: ProofSource, record: RunRecord) -> int:
    """Which event of the receipt made the bills final."""
    claim = client.receipt(record.height, record.index).claim
    events = REGISTRY.receipts.decode(claim.receipt).events if isinstance(claim, ReceiptClaim) else ()
    for place, event in enumerate(events):
        if isinstance(event, BillsFinalised | BillCorrected):
            return place
    raise NotFound(f"the receipt at {record.height}-{record.index} makes no bill final", code="not_final")
