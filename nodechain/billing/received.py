"""Bills that came from the operator, in a member's own home: checked with the genesis alone, then kept.

HOME/billing/received/
    NUMBER.json     the canonical bill, as it was made final
    NUMBER.proof    what proves it
    NUMBER.seller   who bills, as the operator's node said it; written last, and makes the others count

Names and addresses of members are in none of them. What the chain has not made final is not kept, so there are at most
as many as the chain gave out numbers.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from ledger.chain.genesis import Genesis
from ledger.errors import InvalidInput
from ledger.limits import MAX_PROOF_FILE_BYTES
from nodechain.billing.canonical import MAX_BILL_BYTES, bill_hash, read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.proof import BILL_PROOF, VerifiedBill, verify_bill
from nodechain.billing.settings import Seller
from nodechain.errors import DataDamaged, NotFound
from nodechain.files.durable_file import make_directory, replace_file
from nodechain.files.user_file import read_user_file
from nodechain.light.client import genesis_trust, terms_of

MAX_SELLER_BYTES: Final = 64 * 1024
_TICK_NS: Final = 1_000_000_000
"""Two changes that are nearer to each other may have one time."""
_ANEW: Final = "Receive it again: `nodechain bill receive`."


class KeptSeller(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`hash` (hex) of the document; `seller`: nothing where a file was received, which proves no account at a bank."""

    hash: str
    seller: Seller | None = None


class FoundBill(msgspec.Struct, frozen=True):
    """A bill that is in a home: the canonical text, its proof (empty: none was made), its place in its run (a
    `ListProof`, empty for a correction), who bills."""

    data: bytes
    proof: bytes
    listed: bytes
    seller: Seller | None


class ReceivedBills:
    """Those of a home."""

    def __init__(self, home: Path) -> None:
        self.path = home / "billing" / "received"

    def receive(
        self, data: bytes, proof: bytes, genesis: Genesis, now_ms: int, seller: Seller | None = None
    ) -> VerifiedBill:
        """Check a bill wholly, by the one before it where that is here, and keep it.

        Raises `FalseBill`, `UsageError`. A seller that is known already stays where none comes with the bill.
        """
        found = verify_bill(data, proof, genesis, terms_of(genesis), genesis_trust(genesis), now_ms, self._before(data))
        number = found.bill.number
        if seller is None and self.has(number):
            seller = self._kept(number).seller
        make_directory(self.path.parent)
        make_directory(self.path)
        replace_file(self._file(number, "json"), data)
        replace_file(self._file(number, "proof"), proof)
        replace_file(self._file(number, "seller"), msgspec.json.encode(KeptSeller(found.hash.hex(), seller)))
        return found

    def _before(self, data: bytes) -> bytes | None:
        """The bill that this one begins after."""
        previous = read_canonical(data, Bill).previous
        if previous is None or not self.has(previous.number):
            return None
        before = self.find(previous.number).data
        return before if bill_hash(before).hex() == previous.hash else None

    def has(self, number: int) -> bool:
        """Whether a bill was received."""
        return self._file(number, "seller").exists()

    def numbers(self) -> list[int]:
        """What was received, rising."""
        if not self.path.is_dir():
            return []
        return sorted(int(file.stem) for file in self.path.glob("*.seller") if file.stem.isdecimal())

    def changed_ns(self) -> int:
        """When something was received last, by the file system; 0 where nothing was, or it is too near to tell."""
        if not self.path.is_dir():
            return 0
        found = self.path.stat().st_mtime_ns
        return found if time.time_ns() - found > _TICK_NS else 0

    def find(self, number: int) -> FoundBill:
        """A bill that was received; raises `NotFound` (no_document), `DataDamaged`."""
        if not self.has(number):
            raise NotFound(
                f"bill {number} was not received here", code="no_document", advice="`nodechain bill receive`."
            )
        kept = self._kept(number)
        data = read_user_file(self._file(number, "json"), MAX_BILL_BYTES, "bill")
        proof = read_user_file(self._file(number, "proof"), MAX_PROOF_FILE_BYTES, "proof of a bill")
        if bill_hash(data).hex() != kept.hash:
            raise DataDamaged(f"{self._file(number, 'json')} is not what was received", advice=_ANEW)
        try:
            return FoundBill(data, proof, BILL_PROOF.decode(proof).listed, kept.seller)
        except InvalidInput as error:
            raise DataDamaged(f"{self._file(number, 'proof')}: {error.detail}", advice=_ANEW) from None

    def _kept(self, number: int) -> KeptSeller:
        path = self._file(number, "seller")
        try:
            return msgspec.json.decode(read_user_file(path, MAX_SELLER_BYTES, "seller of a bill"), type=KeptSeller)
        except msgspec.DecodeError as error:
            raise DataDamaged(f"{path}: {error}", advice=_ANEW) from None

    def _file(self, number: int, ending: str) -> Path:
        return self.path / f"{number}.{ending}"


def seller_said(parts: Mapping[str, str]) -> Seller | None:
    """Who bills, as a node says it (`SellerView`); None where that is none."""
    try:
        address = {each: parts[each] for each in ("street", "postcode", "city", "country")}
        rest = {each: parts[each] for each in ("name", "vat_id", "iban", "bic")}
        return msgspec.convert({**rest, "address": address}, Seller)
    except (msgspec.ValidationError, KeyError):
        return None
