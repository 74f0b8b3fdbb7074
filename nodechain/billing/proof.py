"""A bill that proves itself: its hash in a run on the chain, each line's receipts, and nothing left but the genesis.

    BillProof = ["nodechain/bill-proof/1", ListProof or empty, ProofFile]

The claims are the receipts of the period (for the first bill of an account those since the genesis) and one event, the
run's or the correction's. The verifier makes the bill again out of the receipts and compares all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from ledger.billing.events import BillCorrected, BillsFinalised
from ledger.chain.genesis import Genesis
from ledger.chain.header import Event, Header
from ledger.encoding.codec import Codec, Value
from ledger.errors import InvalidInput
from ledger.keys.address import parse_address
from ledger.light.claims import EventClaim, ReceiptClaim
from ledger.light.headers import Trusted, TrustTerms
from ledger.light.proof_file import ProofFile, check_proof
from ledger.limits import MAX_PROOF_FILE_BYTES
from ledger.state.merkle import LIST_PROOF, verify_item
from market.denominations import Denominations
from nodechain.billing.canonical import bill_hash, canonical_json, read_canonical
from nodechain.billing.document import FORMAT, Bill
from nodechain.billing.making import beginning_after, beginning_of, heading_of, make_bill, standing_before
from nodechain.billing.periods import days_between, local_day
from nodechain.billing.receipts import PlacedReceipt
from nodechain.errors import NodeError, UsageError
from nodechain.modules import REGISTRY

PROOF_FORMAT: Final = "nodechain/bill-proof/1"


class BillProof(Value, frozen=True):
    """`listed`: the place of the bill's hash in its run (a `ListProof`), empty for a correction."""

    format: Annotated[str, msgspec.Meta(max_length=32)]
    listed: bytes
    file: ProofFile


BILL_PROOF: Final[Codec[BillProof]] = Codec(BillProof, MAX_PROOF_FILE_BYTES)


class FalseBill(NodeError):
    """A bill is not what the chain proves."""

    code = "false_bill"
    advice = "Do not pay it. Ask the treasurer, and show what this says."


class VerifiedBill(msgspec.Struct, frozen=True):
    """What was checked: the bill, its hash, the height that made it final, how many receipts its lines come from.

    `opening`: how the opening balance is known.
    """

    bill: Bill
    hash: bytes
    height: int
    receipts: int
    head: Trusted
    opening: str


def verify_bill(
    data: bytes,
    proof: bytes,
    genesis: Genesis,
    terms: TrustTerms,
    anchor: Trusted,
    now_ms: int,
    previous: bytes | None = None,
) -> VerifiedBill:
    """Check a bill against its proof; `previous`: the bytes of the bill before it. Raises `FalseBill`, `UsageError`."""
    bill = read_canonical(data, Bill)
    if bill.format != FORMAT:
        raise UsageError(f"bills of the format {bill.format} are unknown", code="bad_bill")
    if bill.genesis_hash != genesis.hash.hex():
        raise UsageError(f"the bill is of another chain, {bill.chain_id}", code="other_chain")
    if not bill.number:
        raise FalseBill("this is a preview: nobody has made it final", code="not_final")
    hashed = bill_hash(data)
    try:
        made = BILL_PROOF.decode(proof)
        if made.format != PROOF_FORMAT:
            raise UsageError(f"proofs of the format {made.format} are unknown", code="bad_proof_file")
        proven = check_proof(terms, anchor, made.file, now_ms)
        header = _check_final(bill, hashed, made)
    except InvalidInput as error:
        raise FalseBill(f"the proof does not hold: {error.detail}", code=error.code) from error
    final_day = local_day(header.time_ms, bill.period.zone)
    if days_between(bill.issued_day, final_day) > 1:
        raise FalseBill(f"the bill says {bill.issued_day}, it was final on {final_day}", code="other_day")
    receipts = list(_receipts(made.file))
    _check_opening(bill, receipts, genesis, previous)
    _check_lines(bill, data, receipts, genesis)
    opening = "from the genesis" if bill.previous is None else f"as bill {bill.previous.number} ended"
    return VerifiedBill(bill, hashed, header.height, len(receipts), proven.head, opening)


def _check_final(bill: Bill, hashed: bytes, made: BillProof) -> Header:
    """The event that made it final is there, and leads to just this bill; the header of its block."""
    events = [claim for claim in made.file.claims if isinstance(claim, EventClaim)]
    if len(events) != 1:
        raise FalseBill("the proof does not show what made the bill final", code="not_final")
    claim = events[0]
    event: Event = REGISTRY.receipts.decode(claim.receipt).events[claim.event]
    header = made.file.blocks[claim.block].header
    if isinstance(event, BillsFinalised):
        place = LIST_PROOF.decode(made.listed)
        verify_item(event.root, hashed, place)
        said = (bill.number, bill.period.from_ms, bill.period.to_ms, bill.corrects)
        if said != (event.first + place.position, event.from_ms, event.to_ms, 0) or place.count != event.count:
            raise FalseBill(
                f"run {event.run} has this bill under number {event.first + place.position}", code="other_number"
            )
        return header
    if isinstance(event, BillCorrected):
        if (event.number, event.original, event.document) != (bill.number, bill.corrects, hashed):
            raise FalseBill(f"the chain has another document under number {event.number}", code="other_document")
        return header
    raise FalseBill("the proof shows another event than one of bills", code="not_final")


def _receipts(file: ProofFile) -> Iterator[PlacedReceipt]:
    """The receipts that the file proves, which must rise: none counts twice."""
    before = (-1, -1)
    for claim in file.claims:
        if not isinstance(claim, ReceiptClaim):
            continue
        header = file.blocks[claim.block].header
        place = header.height, claim.proof.position
        if place <= before:
            raise FalseBill("the proof's receipts do not rise", code="bad_order")
        before = place
        yield PlacedReceipt(*place, header.time_ms, REGISTRY.receipts.decode(claim.receipt))


def _check_opening(bill: Bill, receipts: list[PlacedReceipt], genesis: Genesis, previous: bytes | None) -> None:
    chain = Denominations.of(genesis)
    if bill.previous is not None:
        if previous is None:
            return
        before = read_canonical(previous, Bill)
        hashed = bill_hash(previous)
        follows = before.account == bill.account and before.period.to_ms == bill.period.from_ms
        if not follows or beginning_after(before, hashed, chain) != beginning_of(bill, chain):
            raise FalseBill(f"the bill does not begin as bill {before.number} ended", code="other_opening")
        return
    account = parse_address(bill.account)
    begin = beginning_of(bill, chain)
    held = standing_before(genesis, account, bill.period.from_ms, receipts).held
    if held != begin.standing.held or begin.carried_charges or begin.carried_credits:
        raise FalseBill("the opening balance is not what the receipts before the period come to", code="other_opening")


def _check_lines(bill: Bill, data: bytes, receipts: list[PlacedReceipt], genesis: Genesis) -> None:
    """All of the bill follows from the receipts, its own beginning and its terms."""
    last_ms = max((placed.time_ms for placed in receipts), default=0)
    if last_ms >= bill.period.to_ms:
        raise FalseBill("a receipt lies after the period", code="other_period")
    again = make_bill(genesis, heading_of(bill), beginning_of(bill, Denominations.of(genesis)), bill.terms, receipts)
    if canonical_json(again) != data:
        raise FalseBill(_difference(bill, again), code="other_lines")


def _difference(bill: Bill, again: Bill) -> str:
    """The first part of the bill that is not what the receipts say, in words."""
    for name in Bill.__struct_fields__:
        said, proven = getattr(bill, name), getattr(again, name)
        if said == proven:
            continue
        if isinstance(said, tuple):
            for place, (one, other) in enumerate(zip(said, proven, strict=False)):
                if one != other:
                    return f"{name} {place + 1}: {_differing(one, other)}"
            return f"{name}: the bill has {len(said)}, the receipts give {len(proven)}"
        return f"{name}: {_differing(said, proven)}"
    return "the bill is written in another way"


def _differing(said: object, proven: object) -> str:
    names = getattr(said, "__struct_fields__", ())
    for name in names:
        one, other = getattr(said, name), getattr(proven, name)
        if one != other:
            return f"{name} is {_brief(one)} on the bill, {_brief(other)} by the receipts"
    return f"{_brief(said)} on the bill, {_brief(proven)} by the receipts"


def _brief(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
