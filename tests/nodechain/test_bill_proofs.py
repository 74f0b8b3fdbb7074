"""Bills that prove themselves with the genesis alone: a changed digit is found, wherever it stands (rule BL8)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache

import pytest
from msgspec.structs import replace

from harness.chain import START_MS, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.billing.genesis import BILLING_SECTION, BillingSection
from ledger.billing.payloads import CorrectBill, FinaliseBills
from ledger.chain.header import Receipt
from ledger.encoding.codec import encode
from ledger.state.merkle import list_root, prove_item
from market.denominations import Denominations
from nodechain.billing.canonical import bill_hash, canonical_json, read_canonical
from nodechain.billing.document import Bill, BillTerms, Due, Period, TaxRule
from nodechain.billing.fold import Standing
from nodechain.billing.making import NOTHING_BEFORE, Beginning, Heading, beginning_after, make_bill, standing_before
from nodechain.billing.proof import PROOF_FORMAT, BillProof, FalseBill, VerifiedBill, verify_bill
from nodechain.billing.receipts import PlacedReceipt
from nodechain.errors import UsageError
from tests.support.proof_chain import ProofChain

TERMS = BillTerms(
    "A community", "private", "en", False, 14, (TaxRule("*", "*", "S", 2000, ""),), (Due("member", "Fee", 250, 1),)
)
SECTION = BILLING_SECTION.holding(BillingSection((address("T"),), address("fund"), "EG-"))


class Issued:
    """A chain with two runs of the bills of A and B, and a correction of B's first bill; a block a second."""

    def __init__(self) -> None:
        self.chain = ProofChain((SECTION,), fee_asset=CURRENCY_ASSET)
        self.chain.pay(2)
        self.chain.block([self.chain.tx("B", Transfer(CURRENCY_ASSET, address("C"), 3))])
        first = Period(START_MS + 2_000, START_MS + 4_000, "UTC", "", "")
        self.before = {
            name: Beginning(self._standing(name, first.from_ms), 0, 0, NOTHING_BEFORE.previous) for name in "AB"
        }
        self.first = [self.bill(name, number, first) for number, name in enumerate("AB", 1)]
        self.first_at = self.finalise(1, self.first, first)
        self.corrected = canonical_json(
            make_bill(
                self.chain.genesis,
                Heading(3, "EG-3", 2, address("B"), first, "2023-11-14"),
                self.before["B"],
                replace(TERMS, dues=()),
                self.receipts(),
            )
        )
        self.chain.do("T", CorrectBill(3, 2, bill_hash(self.corrected)))
        self.corrected_at = len(self.chain.blocks) - 1
        second = Period(first.to_ms, self.chain.time_ms + 1, "UTC", "", "")
        chain = Denominations.of(self.chain.genesis)
        for name, data in zip("AB", (self.first[0], self.corrected), strict=True):
            self.before[name] = beginning_after(_read(data), bill_hash(data), chain)
        self.second = [self.bill(name, number, second) for number, name in enumerate("AB", 4)]
        self.second_at = self.finalise(4, self.second, second)

    def receipts(self) -> list[PlacedReceipt]:
        return [
            PlacedReceipt(block.header.height, index, block.header.time_ms, receipt)
            for block in self.chain.blocks
            for index, receipt in enumerate(block.executed.receipts)
        ]

    def _standing(self, name: str, until_ms: int) -> Standing:
        from_start = [placed for placed in self.receipts() if placed.time_ms < until_ms]
        return standing_before(self.chain.genesis, address(name), until_ms, from_start)

    def bill(self, name: str, number: int, period: Period) -> bytes:
        heading = Heading(number, f"EG-{number}", 0, address(name), period, "2023-11-15")
        return canonical_json(make_bill(self.chain.genesis, heading, self.before[name], TERMS, self.receipts()))

    def finalise(self, first: int, documents: list[bytes], period: Period) -> int:
        root = list_root([bill_hash(data) for data in documents])
        self.chain.do("T", FinaliseBills(first, len(documents), root, period.from_ms, period.to_ms))
        return len(self.chain.blocks) - 1

    def proof(self, name: str, at: int, from_ms: int, to_ms: int, documents: list[bytes], place: int) -> BillProof:
        """A whole proof: the receipts of a span that name the account, then the event that made it final."""
        needed = [
            (block.header.height, index)
            for block in self.chain.blocks
            for index, receipt in enumerate(block.executed.receipts)
            if from_ms <= block.header.time_ms < to_ms and _names(receipt, address(name))
        ]
        heights = sorted({height for height, _index in needed if height} | {at})
        # The genesis block itself is the anchor, and may stand in the file.
        first = replace(self.chain.light(1), header=self.chain.blocks[0].header)
        file = self.chain.file(
            tuple(heights),
            *(
                self.chain.receipt_claim(0 if not height else heights.index(height) + 1, height, index)
                for height, index in needed
            ),
            self.chain.event_claim(heights.index(at) + 1, at, 1, 0),
        )
        file = replace(file, blocks=(first, *file.blocks))
        listed = encode(prove_item([bill_hash(data) for data in documents], place)) if documents else b""
        return BillProof(PROOF_FORMAT, listed, file)

    def verify(self, data: bytes, proof: BillProof, previous: bytes | None = None) -> VerifiedBill:
        return verify_bill(
            data, encode(proof), self.chain.genesis, self.chain.terms, self.chain.anchor, self.chain.now_ms, previous
        )


def _names(receipt: Receipt, account: bytes) -> bool:
    return any(getattr(event, name, None) == account for event in receipt.events for name in event.__struct_fields__)


@cache
def issued() -> Issued:
    return Issued()


def first_of_b() -> tuple[bytes, BillProof]:
    found = issued()
    return found.first[1], found.proof("B", found.first_at, 0, START_MS + 4_000, found.first, 1)


def correction_of_b() -> tuple[bytes, BillProof]:
    found = issued()
    return found.corrected, found.proof("B", found.corrected_at, 0, START_MS + 4_000, [], 0)


def second_of_b() -> tuple[bytes, BillProof]:
    found = issued()
    return found.second[1], found.proof("B", found.second_at, START_MS + 4_000, 2**60, found.second, 1)


@pytest.mark.parametrize("made", [first_of_b, correction_of_b, second_of_b])
def test_a_final_bill_is_proven_with_the_genesis_alone(made: Callable[[], tuple[bytes, BillProof]]) -> None:
    data, proof = made()
    found = issued().verify(data, proof)
    assert found.hash == bill_hash(data)
    assert found.bill.account == json.loads(data)["account"]


def test_the_next_bill_begins_where_the_correction_ended() -> None:
    found = issued()
    data, proof = second_of_b()
    assert found.verify(data, proof, found.corrected).opening == "as bill 3 ended"
    with pytest.raises(FalseBill) as refused:
        found.verify(data, proof, found.first[1])
    assert refused.value.code == "other_opening"


def test_a_changed_digit_is_found_wherever_it_stands() -> None:
    """Each digit of the whole document, one at a time."""
    data, proof = first_of_b()
    places = [found.start() for found in re.finditer(rb"\d", data)]
    assert len(places) > 200
    for place in places:
        digit = b"%d" % ((data[place] - ord("0") + 1) % 10)
        with pytest.raises((FalseBill, UsageError)):
            issued().verify(data[:place] + digit + data[place + 1 :], proof)


def test_lines_are_made_again_even_where_the_treasurer_signed_something_else() -> None:
    """A treasurer that puts the hash of a false bill on the chain is found by the receipts."""
    found = Issued()
    bill = _read(found.second[1])
    period = Period(bill.period.to_ms, found.chain.time_ms + 2_001, "UTC", "", "")
    found.chain.pay(2)
    found.before["B"] = beginning_after(bill, bill_hash(found.second[1]), Denominations.of(found.chain.genesis))
    honest = _read(found.bill("B", 6, period))
    assert honest.lines
    taken = replace(honest.lines[0], amount=str(int(honest.lines[0].amount) + 1))
    false = canonical_json(replace(honest, lines=(taken, *honest.lines[1:])))
    at = found.finalise(6, [false], period)
    proof = found.proof("B", at, period.from_ms, period.to_ms, [false], 0)
    with pytest.raises(FalseBill) as refused:
        found.verify(false, proof)
    assert refused.value.code == "other_lines"
    assert "amount" in refused.value.detail


def drop(proof: BillProof, place: int) -> BillProof:
    claims = proof.file.claims
    return replace(proof, file=replace(proof.file, claims=(*claims[:place], *claims[place + 1 :])))


def test_a_receipt_left_out_or_shown_twice_is_found() -> None:
    data, proof = first_of_b()
    issued().verify(data, drop(proof, 0))  # the genesis' receipt names B as a member and moves nothing of it
    for place, claim in enumerate(proof.file.claims[1:], 1):
        with pytest.raises(FalseBill):
            issued().verify(data, drop(proof, place))
        twice = (*proof.file.claims[: place + 1], claim, *proof.file.claims[place + 1 :])
        with pytest.raises(FalseBill) as refused:
            issued().verify(data, replace(proof, file=replace(proof.file, claims=twice)))
        assert refused.value.code in ("bad_order", "not_final")


def test_previews_other_chains_and_other_numbers_are_refused() -> None:
    found = issued()
    data, proof = first_of_b()
    bill = _read(data)
    for changed, code in (
        (replace(bill, number=0), "not_final"),
        (replace(bill, genesis_hash="00" * 32), "other_chain"),
        (replace(bill, format="nodechain/bill/2"), "bad_bill"),
    ):
        with pytest.raises((FalseBill, UsageError)) as refused:
            found.verify(canonical_json(changed), proof)
        assert refused.value.code == code
    other = found.proof("B", found.second_at, 0, START_MS + 4_000, found.second, 1)
    with pytest.raises(FalseBill):
        found.verify(data, other)
    with pytest.raises(FalseBill):
        found.verify(data, replace(proof, listed=encode(prove_item([bill_hash(d) for d in found.first], 0))))
    with pytest.raises(UsageError):
        found.verify(data, replace(proof, format="nodechain/bill-proof/2"))


def _read(data: bytes) -> Bill:
    return read_canonical(data, Bill)
