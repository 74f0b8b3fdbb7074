"""Every kind of line that a bill can have: one changed digit in it is found with the genesis alone, even where the
treasurer has put the hash of the false bill on the chain (rules BL8, R2).

The events are samples of all types that move tokens, meter or share, told by a transaction of a module of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

import msgspec
import pytest
from msgspec.structs import replace

from harness.chain import START_MS, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.billing.genesis import BILLING_SECTION, BillingSection
from ledger.billing.payloads import FinaliseBills
from ledger.chain.context import Context
from ledger.chain.events import kind_of
from ledger.chain.header import Event, Receipt
from ledger.chain.numbers import Places
from ledger.chain.postings import EnergyMeasure, TokenMeasure, nothing
from ledger.chain.registry import Module, TransactionType
from ledger.encoding.codec import Value, encode
from ledger.encoding.quantities import FieldType, Quantity, field_types
from ledger.governance.admission import MEMBER
from ledger.light.proof_file import ProofFile
from ledger.sharing.credit_events import CreditBooked
from ledger.sharing.events import ShareBooked
from ledger.state.merkle import list_root, prove_item
from nodechain.billing.canonical import bill_hash, canonical_json
from nodechain.billing.document import Bill, BillTerms, Due, Period, TaxRule
from nodechain.billing.making import Beginning, Heading, make_bill, standing_before
from nodechain.billing.proof import PROOF_FORMAT, BillProof, FalseBill, VerifiedBill, verify_bill
from nodechain.billing.receipts import PlacedReceipt
from nodechain.errors import UsageError
from nodechain.modules import MODULES, REGISTRY
from tests.support.proof_chain import ProofChain

ME, OTHER = address("B"), address("C")
TERMS = BillTerms("A community", "private", "en", False, 14, (TaxRule("*", "*", "S", 2000, ""),),
                  (Due("member", "Fee", 250, 1),))  # fmt: skip


class Tell(Value, frozen=True):
    """Events that happened, as a receipt has them."""

    receipt: bytes


def _tell(context: Context, payload: Tell) -> None:
    for event in REGISTRY.receipts.decode(payload.receipt).events:
        context.emit(event)


TOLD = Module(name="told", places=Places(224), types=(TransactionType(224 * 24, "tell", Tell, _tell, MEMBER),))


def sample(kind: type[Event], mine: str) -> Event:
    """An event with our account in one of its fields, and numbers that differ."""
    return kind(
        **{name: _value(name, field, place, mine) for place, (name, field) in enumerate(field_types(kind).items())}
    )


def _value(name: str, field: FieldType, place: int, mine: str) -> object:
    if field.is_address:
        return ME if name == mine else OTHER
    if field.unit is not None and field.unit.quantity in (Quantity.ASSET, Quantity.PRODUCT):
        return CURRENCY_ASSET if field.unit.quantity is Quantity.ASSET else 1
    if field.names is not None:
        return list(field.names)[-1].value
    if field.hint is bool:
        return True
    kinds = {"bytes": bytes(32), "tuple": (), "str": ""}
    return next((value for text, value in kinds.items() if text in str(field.hint)), 1_000 + 37 * place)


def moves_mine(event: Event) -> bool:
    """Whether a bill of ours has a line of it: what is only locked stays its owner's, and is none."""
    moved: Counter[int] = Counter()
    for line in REGISTRY.postings_of(event, CURRENCY_ASSET):
        if line.holder == ME and line.measure == EnergyMeasure.METERED and line.amount:
            return True
        if line.holder == ME and isinstance(line.measure, TokenMeasure):
            moved[line.measure.asset] += line.amount
    return any(moved.values())


def samples() -> Iterator[Event]:
    """All kinds of events of which a bill has lines, by every field that may name its account."""
    for module in MODULES:
        for kind, posting in module.postings.items():
            if posting is nothing:
                continue
            for name, field in field_types(kind).items():
                if field.is_address and moves_mine(event := sample(kind, name)):
                    yield event
    booked = sample(ShareBooked, "account")
    assert isinstance(booked, ShareBooked)
    yield replace(booked, paid=0, received=0, owes=0, is_owed=0)
    credited = sample(CreditBooked, "account")
    assert isinstance(credited, CreditBooked)
    yield replace(credited, paid=0, received=0, owes=0, is_owed=0)


@cache
def told() -> tuple[ProofChain, Period, list[PlacedReceipt]]:
    """A chain on which each sample happened in a block of its own."""
    section = BILLING_SECTION.holding(BillingSection((address("T"),), address("fund"), "EG-"))
    chain = ProofChain((section,), (*MODULES, TOLD), fee_asset=CURRENCY_ASSET)
    for event in samples():
        chain.do("A", Tell(encode(Receipt(bytes(32), "", 0, 0, (event,)))))
    period = Period(START_MS + 1_000, chain.time_ms + 1, "UTC", "2023-11-14", "2023-11-14")
    receipts = [
        PlacedReceipt(block.header.height, index, block.header.time_ms, receipt)
        for block in chain.blocks
        for index, receipt in enumerate(block.executed.receipts)
    ]
    return chain, period, receipts


@cache
def honest() -> Bill:
    chain, period, receipts = told()
    begin = Beginning(standing_before(chain.genesis, ME, period.from_ms, receipts), 0, 0, None)
    return make_bill(chain.genesis, Heading(1, "EG-1", 0, ME, period, "2023-11-14"), begin, TERMS, receipts)


def changed_by_one(value: object) -> list[object]:
    """A value with one number or digit in it made another, each in turn; texts that are no digits stay."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return [str(int(value) + 1)]
    if isinstance(value, tuple):
        return [
            (*value[:place], other, *value[place + 1 :])
            for place, part in enumerate(value)
            for other in changed_by_one(part)
        ]
    if isinstance(value, msgspec.Struct):
        return [
            replace(value, **{name: other})
            for name in value.__struct_fields__
            for other in changed_by_one(getattr(value, name))
        ]
    return []


def test_the_bill_has_a_line_of_every_kind_that_moves_meters_or_shares() -> None:
    bill = honest()
    kinds = {kind_of(event) for event in samples() if moves_mine(event)}
    tokens = {line.kind for line in bill.lines}
    assert kinds - tokens <= {"grid_imported", "grid_exported"}, "those meter, and move nothing"
    assert len(tokens) >= 16
    assert {line.measure for line in bill.energy} >= {"imported", "exported", "consumed", "produced"}
    assert {line.by_period for line in bill.shared} == {False, True}


PARTS = (
    "lines",
    "energy",
    "shared",
    "assets",
    "charges",
    "credits",
    "due_cents",
    "payout_cents",
    "last_height",
)


@cache
def false_bills() -> tuple[tuple[str, bytes], ...]:
    """By part: of each of its lines (or of all of it) one number made another, another field from line to line."""
    found: list[tuple[str, Bill]] = []
    for part in PARTS:
        value = getattr(honest(), part)
        lines = value if isinstance(value, tuple) else (value,)
        for place, line in enumerate(lines):
            others = changed_by_one(line)
            other = others[place % len(others)]
            changed = (*value[:place], other, *value[place + 1 :]) if isinstance(value, tuple) else other
            found.append((part, replace(honest(), **{part: changed})))
    bills = [(part, replace(bill, number=number, name=f"EG-{number}")) for number, (part, bill) in enumerate(found, 2)]
    return tuple((part, canonical_json(bill)) for part, bill in bills)


@cache
def final() -> tuple[list[bytes], ProofFile]:
    """The treasurer makes the honest bill and all false ones final in one run; the claims that prove them."""
    chain, period, _receipts = told()
    documents = [canonical_json(honest()), *(data for _part, data in false_bills())]
    root = list_root([bill_hash(data) for data in documents])
    chain.do("T", FinaliseBills(1, len(documents), root, period.from_ms, period.to_ms))
    at = len(chain.blocks) - 1
    needed = [
        (block.header.height, index)
        for block in chain.blocks[:at]
        for index, receipt in enumerate(block.executed.receipts)
        if any(getattr(event, name) == ME for event in receipt.events for name in event.__struct_fields__)
    ]
    heights = sorted({height for height, _index in needed if height} | {at})
    blocks = {height: place for place, height in enumerate(heights, 1)}
    claims = [chain.receipt_claim(blocks.get(height, 0), height, index) for height, index in needed]
    file = chain.file(tuple(heights), *claims, chain.event_claim(blocks[at], at, 1, 0))
    first = replace(chain.light(1), header=chain.blocks[0].header)
    return documents, replace(file, blocks=(first, *file.blocks))


def verified(place: int) -> VerifiedBill:
    documents, file = final()
    chain, _period, _receipts = told()
    listed = encode(prove_item([bill_hash(data) for data in documents], place))
    proof = encode(BillProof(PROOF_FORMAT, listed, file))
    return verify_bill(documents[place], proof, chain.genesis, chain.terms, chain.anchor, chain.now_ms)


def test_the_honest_one_is_proven() -> None:
    assert verified(0).bill == honest()


@pytest.mark.parametrize("part", PARTS)
def test_a_changed_digit_of_any_line_is_found_though_the_treasurer_signed_it(part: str) -> None:
    places = [place for place, (name, _data) in enumerate(false_bills(), 1) if name == part]
    assert places
    for place in places:
        with pytest.raises((FalseBill, UsageError)) as refused:
            verified(place)
        assert refused.value.code in ("other_lines", "other_opening", "bad_bill"), refused.value
