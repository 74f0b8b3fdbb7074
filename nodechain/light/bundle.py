"""Proof files: made of what a light client fetched, with the headers that lead there; and read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from ledger.bank.balances import lock_key
from ledger.bank.genesis import BankSection
from ledger.bank.schema import BALANCES
from ledger.chain.postings import AVAILABLE, EnergyMeasure, TokenMeasure
from ledger.chain.schema import LOCKS
from ledger.energy.schema import HOUSEHOLDS, Household
from ledger.errors import InvalidInput, LightError
from ledger.light.claims import ProvenReceipt, ProvenState
from ledger.light.headers import LightBlock, Trusted, TrustTerms
from ledger.light.proof_file import FORMAT, PROOF_FILE, ProofFile, Proven, check_proof
from nodechain.errors import UsageError
from nodechain.light.client import FetchedClaim, UnprovenAnswer
from nodechain.light.statement import Statement
from nodechain.modules import REGISTRY

INCOMPLETE: Final = "incomplete_statement"


class HoldingPlace(msgspec.Struct, frozen=True):
    """Where tokens of an account lie: available, or locked for a purpose."""

    asset: int
    name: str
    full_key: bytes
    locked: bool

    def amount(self, entry: bytes | None) -> int:
        """What the state's entry under `full_key` says, in base units."""
        if entry is None:
            return 0
        return LOCKS.codec.decode(entry).amount if self.locked else BALANCES.codec.decode(entry).available


def places_of(address: bytes, assets: int) -> list[HoldingPlace]:
    """Every place where an account may hold tokens of the chain's `assets`, by number: available, then each lock."""
    found = []
    for asset in range(1, assets + 1):
        found.append(HoldingPlace(asset, AVAILABLE, BALANCES.full_key(address + bytes((asset,))), locked=False))
        for _number, purpose in sorted(REGISTRY.purposes.items()):
            key = LOCKS.full_key(lock_key(address, asset, purpose))
            found.append(HoldingPlace(asset, purpose.name, key, locked=True))
    return found


def account_keys(address: bytes, assets: int) -> list[bytes]:
    """The state entries that say what an account holds: all its places, then its metered energy."""
    return [*(place.full_key for place in places_of(address, assets)), HOUSEHOLDS.full_key(address)]


class ProofSource(Protocol):
    """Where headers and what stands under them come from: a light client, or a node's own store."""

    @property
    def terms(self) -> TrustTerms:
        """What the chain is followed by."""
        ...

    @property
    def anchor(self) -> Trusted:
        """The first header that is trusted."""
        ...

    @property
    def now_ms(self) -> Callable[[], int]:
        """The own clock."""
        ...

    def changes(self, first: int) -> list[int]:
        """Heights from `first` on at which the set changed."""
        ...

    def block(self, height: int) -> LightBlock:
        """A header with its certificate."""
        ...

    def receipt(self, height: int, index: int, event: int | None = None) -> FetchedClaim:
        """A receipt of a block, or one of its events."""
        ...


def make_proof(
    client: ProofSource, anchor: Trusted, fetched: Sequence[FetchedClaim], *, bank: BankSection, account: bytes = b""
) -> tuple[ProofFile, Proven]:
    """The file that leads from an anchor to every claim, and what it shows. Raises `UnprovenAnswer`.

    Every change of the set stands in it, so that it can still be checked when no skip is allowed any more.
    """
    blocks = {each.block.header.height: each.block for each in fetched}
    if any(blocks[each.block.header.height].header != each.block.header for each in fetched):
        raise UnprovenAnswer("the node shows two headers of one height", code="conflicting_headers")
    last = max(blocks)
    height = anchor.header.height + 1
    while changes := [change for change in client.changes(height) if change < last]:
        for change in changes:
            if change not in blocks:
                blocks[change] = client.block(change)
        height = changes[-1] + 1
    ordered = [blocks[height] for height in sorted(blocks)]
    places = {block.header.height: place for place, block in enumerate(ordered)}
    claims = tuple(replace(each.claim, block=places[each.block.header.height]) for each in fetched)
    file = ProofFile(FORMAT, anchor.header.chain_id, _lean(anchor, ordered), claims, account, b"", b"")
    try:
        return file, verify_file(client.terms, anchor, file, client.now_ms(), bank)
    except InvalidInput as error:
        raise UnprovenAnswer(error.detail, code=error.code) from error


def _lean(anchor: Trusted, blocks: Sequence[LightBlock]) -> tuple[LightBlock, ...]:
    """The blocks without sets that the one before names already."""
    known, lean = anchor.header.next_validators_hash, []
    for block in blocks:
        lean.append(replace(block, members=()) if block.header.validators_hash == known else block)
        known = block.header.next_validators_hash
    return tuple(lean)


def read_proof(data: bytes) -> ProofFile:
    """The file of these bytes; raises `UsageError` (bad_proof_file)."""
    try:
        return PROOF_FILE.decode(data)
    except InvalidInput as error:
        raise UsageError(f"this is no proof file: {error.detail}", code="bad_proof_file") from error


def verify_file(terms: TrustTerms, anchor: Trusted, file: ProofFile, now_ms: int, bank: BankSection) -> Proven:
    """Check a file wholly, a statement's sums included (F8); `bank` is the genesis'. Raises `InvalidInput`."""
    proven = check_proof(terms, anchor, file, now_ms)
    if file.account:
        _check_statement(file.account, proven, bank)
    return proven


def _check_statement(account: bytes, proven: Proven, bank: BankSection) -> None:
    """What the account's receipts add up to, from the genesis on, is what it holds in the last state (F8)."""
    receipts = [shown for shown in proven.shown if isinstance(shown, ProvenReceipt)]
    places = [(shown.height, shown.position) for shown in receipts]
    if places != sorted(set(places)):
        raise LightError("the receipts of the statement do not rise", code=INCOMPLETE)
    statement = Statement(bank.fee_asset)
    for shown in receipts:
        statement.add(REGISTRY.receipts.decode(shown.receipt).events)
    held = {shown.full_key: shown for shown in proven.shown if isinstance(shown, ProvenState)}
    for place in places_of(account, len(bank.assets)):
        stored = place.amount(_at_the_head(held, place.full_key, proven))
        _same(
            f"{bank.assets[place.asset - 1].name} {place.name}",
            statement.sums[account, TokenMeasure(place.asset), place.name],
            stored,
        )
    entry = _at_the_head(held, HOUSEHOLDS.full_key(account), proven)
    household = HOUSEHOLDS.codec.decode(entry) if entry is not None else Household(0, 0, 0, 0)
    for name in Household.__struct_fields__:
        _same(name, statement.sums[account, EnergyMeasure.METERED, name.removesuffix("_wh")], getattr(household, name))


def _at_the_head(held: dict[bytes, ProvenState], full_key: bytes, proven: Proven) -> bytes | None:
    shown = held.get(full_key)
    if shown is None or shown.height != proven.head.header.height:
        raise LightError("the statement does not show what the account holds at its end", code=INCOMPLETE)
    return shown.value


def _same(what: str, added: int, stored: int) -> None:
    if added != stored:
        raise LightError(f"{what}: the receipts add up to {added}, the state says {stored}", code=INCOMPLETE)
